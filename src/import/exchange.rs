//! Secretion and uptake, transformations, damage and attacks of cell definitions.

use super::definitions::Definition;
use super::motion::ADHESION_REACH;
use super::report::Kind;
use super::rules::Rows;
use super::space::Space;
use super::toml_text::{Text, name, number, quantity, quoted};
use super::xml::{Settings, key, shortened, text_of};

/// Fraction of its uptake that a dying cell keeps in PhysiCell (`Cell::advance_bundled_phenotype_functions`).
const DEAD_UPTAKE: f64 = 0.1;
/// Duration of an attack where a definition does not say, PhysiCell 1.14's default in min.
const ATTACK_MIN: f64 = 30.0;
/// Half-life of damage that is not repaired, in min: longer than any run.
const NO_REPAIR_MIN: f64 = 1e9;
/// Effectors that may attack one cell: as many as texpop counts.
const MOST_SITES: u32 = 255;

/// Secretion and uptake of each substrate.
pub fn secretion(settings: &Settings, own: &Definition, substrates: &[&str], rules: &Rows, text: &mut Text) {
    for substrate in substrates {
        let entry = own.entry(settings, "secretion", "substrate", ("name", substrate));
        let of = |keys: &[&str]| {
            let node = keys.iter().find_map(|key| entry.and_then(|it| settings.at(it, key)));
            node.and_then(|node| settings.amount(node).map(|value| (value, node)))
        };
        let secretion = of(&["secretion_rate"]);
        let target = of(&["secretion_target", "saturation_density"]);
        let uptake = of(&["uptake_rate"]);
        if let Some(node) = entry.and_then(|it| settings.at(it, "net_export_rate")) {
            settings.lose_unless_zero(node, "cells secrete toward a level; there is no export at a constant rate");
        }
        let ruled = |behaviour: &str| rules.of(own.name).any(|it| it.behaviour == format!("{substrate} {behaviour}"));
        let is_ruled =
            ["secretion", "uptake", "secretion target", "secretion saturation density"].iter().any(|it| ruled(it));
        let is_some = |it: &Option<(f64, _)>| it.as_ref().is_some_and(|(value, _)| *value > 0.0);
        if !(is_some(&secretion) || is_some(&uptake) || is_ruled) {
            continue;
        }
        text.header(&format!("[cell_types.{}.substrates.{}]", name(own.name), name(substrate)));
        if is_some(&secretion) && !is_some(&target) && !ruled("secretion target") {
            // Toward a level of 0 a cell takes up.
            let rate = [&secretion, &uptake].iter().filter_map(|it| it.as_ref().map(|(rate, _)| *rate)).sum();
            text.key("uptake", &quantity(rate, "/min"), "secretion toward a target of 0, and uptake");
            text.key("dead_uptake", &number(DEAD_UPTAKE), "PhysiCell leaves dying cells a tenth of their uptake");
            continue;
        }
        for (key, given, unit) in
            [("secretion", &secretion, "/min"), ("target", &target, ""), ("uptake", &uptake, "/min")]
        {
            if let Some((value, node)) = given {
                text.key(key, &quantity(*value, unit), &settings.source(*node));
            }
        }
        if is_some(&uptake) || ruled("uptake") {
            text.key("dead_uptake", &number(DEAD_UPTAKE), "PhysiCell leaves dying cells a tenth of their uptake");
        }
        let goes_on = rules.of(own.name).any(|it| it.is_for_dead && it.behaviour == format!("{substrate} secretion"));
        if goes_on {
            text.key("dead_secretion", "1", "a rule on this secretion applies to dead cells");
        }
    }
    foreign(settings, own, substrates);
}

/// What a definition secretes that is no substrate.
fn foreign(settings: &Settings, own: &Definition, substrates: &[&str]) {
    let Some(section) = settings.at(own.node, "phenotype/secretion") else { return };
    for node in settings.all(section, "substrate") {
        let other = node.attribute("name").map(str::trim).unwrap_or_default();
        if !substrates.contains(&other) {
            settings.see_all(node);
            settings.fault(node, format!("the substrate `{}` is not known", shortened(other)));
        }
    }
}

/// Rates at which cells become cells of another type.
pub fn transformations(settings: &Settings, own: &Definition, all: &[Definition], text: &mut Text) {
    let mut rates = Text::default();
    for other in all {
        let node = own.entry(
            settings,
            "cell_transformations/transformation_rates",
            "transformation_rate",
            ("name", other.name),
        );
        let Some((rate, node)) = node.and_then(|node| settings.amount(node).map(|rate| (rate, node))) else { continue };
        if rate > 0.0 && other.name != own.name {
            rates.key(&name(other.name), &quantity(rate, "/min"), &settings.source(node));
        }
    }
    if rates != Text::default() {
        text.header(&format!("[cell_types.{}.transitions]", name(own.name)));
        text.append(&rates);
    }
}

/// Damage, where cells can be attacked or a rule asks for it; `attackers` can attack this type.
pub fn damage(settings: &Settings, own: &Definition, attackers: usize, rules: &Rows, text: &mut Text) {
    if let Some(node) = own.at(settings, "cell_integrity/damage_rate") {
        settings.lose_unless_zero(node, "cells are damaged by attacks alone");
    }
    let repair = own.amount(settings, "cell_integrity/damage_repair_rate");
    let repair = repair.or_else(|| own.amount(settings, "cell_interactions/damage_repair_rate"));
    if attackers == 0 && !rules.of(own.name).any(|it| it.signal == "damage") {
        return;
    }
    text.header(&format!("[cell_types.{}.damage]", name(own.name)));
    match repair.filter(|(rate, _)| *rate > 0.0) {
        Some((rate, node)) => {
            text.key("half_life", &quantity(std::f64::consts::LN_2 / rate, "min"), &settings.source(node));
        }
        None => text.key("half_life", &quantity(NO_REPAIR_MIN, "min"), "no damage_repair_rate: it does not fade"),
    }
    text.key("hazard", "\"0 /min\"", "damage alone does not kill; rules on apoptosis do");
    text.key("power", "1", "");
}

/// Number of effectors that may attack a cell at once.
pub fn sites(attackers: usize, text: &mut Text) {
    if attackers > 0 {
        text.key("attachment_sites", &MOST_SITES.to_string(), "PhysiCell has no limit");
    }
}

/// Whether cells of a type attack those of another, by rate or by a rule.
pub fn attacks(settings: &Settings, own: &Definition, other: &Definition, rules: &Rows) -> bool {
    let rate = own.entry(settings, "cell_interactions/attack_rates", "attack_rate", ("name", other.name));
    let has_rate = rate.is_some_and(|node| text_of(node).parse::<f64>().is_ok_and(|rate| rate > 0.0));
    has_rate || rules.of(own.name).any(|it| is_attack(&it.behaviour, other.name))
}

fn is_attack(behaviour: &str, other: &str) -> bool {
    behaviour.strip_prefix("attack ").is_some_and(|it| it == other)
}

/// Attacks of a type on all others, as interactions; and what else it does to cells that it meets.
pub fn interactions(
    settings: &Settings,
    own: &Definition,
    all: &[Definition],
    space: &Space,
    rules: &Rows,
    text: &mut Text,
) {
    for other in all {
        let node = own.entry(settings, "cell_interactions/attack_rates", "attack_rate", ("name", other.name));
        let given = node.and_then(|node| settings.amount(node).map(|rate| (rate, node)));
        let factor = immunogenicity(settings, own, other, rules);
        if !attacks(settings, own, other, rules) {
            continue;
        }
        text.header("[[interactions]]");
        text.key("effector", &quoted(own.name), "");
        text.key("target", &quoted(other.name), "");
        let (rate, source) = given.map_or((0.0, "a rule".into()), |(rate, node)| (rate, settings.source(node)));
        text.key("attachment_rate", &quantity(rate * factor, "/min"), &source);
        let reach = |it: &Definition| {
            it.amount(settings, "mechanics/relative_maximum_adhesion_distance")
                .map_or(ADHESION_REACH, |(reach, _)| reach)
        };
        text.key("contact_reach", &number(reach(own).max(reach(other))), "neighbours are as far as adhesion reaches");
        attack(settings, own, space, text);
    }
    lost(settings, own);
}

/// How long an attack lasts and what it does.
fn attack(settings: &Settings, own: &Definition, space: &Space, text: &mut Text) {
    // Versions before 1.14 attack for one step, and keep the rate of damage among the interactions.
    let old = own.amount(settings, "cell_interactions/damage_rate");
    let new = own.amount(settings, "cell_interactions/attack_damage_rate");
    let (damage, source) =
        new.or(old).map_or((1.0, "PhysiCell's default".into()), |(rate, node)| (rate, settings.source(node)));
    let usual = if new.is_none() && old.is_some() { space.mechanics_min } else { ATTACK_MIN };
    let given = own.amount(settings, "cell_interactions/attack_duration");
    let (minutes, ending) =
        given.map_or((usual, "PhysiCell's default".into()), |(minutes, node)| (minutes, settings.source(node)));
    // As many steps of attack in the mean: a bond that is let go with probability p in a step lasts (1 - p)/p steps.
    let step = space.mechanics_min;
    let rate = (step / minutes.max(1e-3 * step)).ln_1p() / step;
    text.key("detachment_rate", &quantity(rate, "/min"), &format!("{ending}: {minutes} min in the mean"));
    text.key("hit_rate", &quantity(damage, "/min"), &format!("{source}: each hit is a damage of 1"));
    if let Some((spring, node)) = own.amount(settings, "mechanics/attachment_elastic_constant") {
        text.key("elastic", &quantity(spring, "/min"), &settings.source(node));
    }
    if let Some((_, node)) = given {
        settings.note(Kind::Differs, node, "attacks last so long in the mean; in PhysiCell all last exactly so long");
    }
    if let Some((_, node)) = new.or(old) {
        settings.note(
            Kind::Differs,
            node,
            "damage comes in random hits of 1 at this rate; in PhysiCell it grows evenly",
        );
    }
}

/// Factor by which a type's attacks on another are scaled.
fn immunogenicity(settings: &Settings, own: &Definition, other: &Definition, rules: &Rows) -> f64 {
    let path = "cell_interactions/immunogenicities";
    let Some(node) = other.entry(settings, path, "immunogenicity", ("name", own.name)) else { return 1.0 };
    let factor = settings.amount(node).unwrap_or(1.0);
    if factor != 1.0 && rules.of(own.name).any(|it| is_attack(&it.behaviour, other.name)) {
        settings.note(
            Kind::Lost,
            node,
            "a rule sets the rate of this attack without the factor; scale its saturation by it",
        );
    }
    factor
}

/// What cells do to others that texpop's cells do not.
fn lost(settings: &Settings, own: &Definition) {
    let section = "cell_interactions";
    for name in [
        "apoptotic_phagocytosis_rate",
        "necrotic_phagocytosis_rate",
        "other_dead_phagocytosis_rate",
        "dead_phagocytosis_rate",
    ] {
        if let Some(node) = own.at(settings, &format!("{section}/{name}")) {
            settings
                .lose_unless_zero(node, "cells do not phagocytose; dead cells go after the duration of their death");
        }
    }
    for (list, child, reason) in [
        (
            "live_phagocytosis_rates",
            "phagocytosis_rate",
            "cells do not phagocytose; an interaction with mode = \"kinapse\" kills in passing, without ingestion",
        ),
        ("fusion_rates", "fusion_rate", "cells do not fuse"),
    ] {
        let Some(list) = own.at(settings, &format!("{section}/{list}")) else { continue };
        settings.all(list, child).iter().for_each(|node| settings.lose_unless_zero(*node, reason));
    }
}

/// Notes what is left of a project that nobody asked for.
pub fn left_over(settings: &Settings) {
    for node in settings.unseen() {
        let path = key(node);
        let unused = UNUSED.iter().find(|(part, _)| format!("/{path}/").contains(part));
        match unused {
            Some((_, reason)) => settings.note(Kind::Unused, node, reason),
            None => settings.note(Kind::Lost, node, "texpop does not know this key"),
        }
    }
}

/// Keys without effect on the model, and why.
const UNUSED: &[(&str, &str)] = &[
    ("/save/", "what is written follows [statistics] and [snapshots]"),
    ("/parallel/", "texpop uses all cores, or a GPU"),
    ("/overall/time_units", "texpop's units stand beside its values"),
    ("/overall/space_units", "texpop's units stand beside its values"),
    ("/overall/dt_", "the clocks have steps of their own"),
    ("/options/legacy_random_points", "daughters lie in a direction that is even over the sphere"),
    ("/options/disable_automated_spring_adhesions", "there are no automated springs"),
    ("/options/random_seed", "a seed that is no number above 0 leaves the usual one"),
    ("/options/virtual_wall", "cells stay in the domain"),
    ("/options/legacy_cell_defaults_copy", "definitions inherit as in PhysiCell 1.10 and later"),
    ("/custom_data/", "no rule reads it, and C++ is not carried over"),
    ("/user_parameters/", "only C++ reads it"),
    ("/initial_parameter_distributions/", "switched off"),
    ("/cell_rules/settings", "empty"),
    ("/cell_rules/", "switched off"),
    ("/cell_positions", "switched off"),
    ("/initial_conditions/", "switched off"),
    ("/cell_integrity/", "no attack damages these cells"),
    ("/standard_asymmetric_division", "switched off"),
    ("/settings/", "read by no part of a project without C++"),
    ("/plot_substrate", "only pictures follow it"),
    ("/cell_interactions/attack_d", "these cells attack none"),
    ("/cell_interactions/damage_rate", "these cells attack none"),
    ("/attachment_elastic_constant", "these cells attack none, and attach to none"),
    ("/immunogenicity", "no cell attacks these"),
    ("/volume/", "a cell has one volume"),
    ("/death/", "dead cells have one volume and one duration"),
    ("/secretion/", "these cells neither secrete it nor take it up"),
    ("/transformation_rate", "no cell type of this name"),
    ("/attack_rate", "no cell type of this name"),
    ("/motility/", "these cells do not walk"),
    ("/molecular", "what cells take up is gone; no cell remembers it"),
    ("/Dirichlet_options/", "the domain has no such face"),
    ("/microenvironment_setup/options", "switched off"),
];
