//! Volume and death of a cell definition.
//!
//! PhysiCell keeps fluid, nuclear and cytoplasmic volume apart, each with a rate of its own; a cell here has one volume and
//! one rate. The volume of a live cell follows its biomass; the rate is that with the same mean time. A body that shrinks has
//! the rate with the same volume, summed over the time.

use super::definitions::Definition;
use super::report::Kind;
use super::toml_text::{Text, name, number, quantity};
use super::xml::{Settings, is_true, text_of};
use roxmltree::Node;

/// PhysiCell's defaults: of the breast cancer cell MCF-7, in um^3 and 1/min (`PhysiCell_phenotype.cpp`).
const TOTAL_UM3: f64 = 2494.0;
const NUCLEAR_UM3: f64 = 540.0;
const FLUID_FRACTION: f64 = 0.75;
const CYTOPLASM_PER_MIN: f64 = 0.27 / 60.0;
const NUCLEUS_PER_MIN: f64 = 0.33 / 60.0;

/// Shares of a cell's volume: fluid, nuclear and cytoplasmic biomass.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shares {
    fluid: f64,
    nucleus: f64,
    cytoplasm: f64,
}

/// What a definition says about death of one kind.
struct Kinds {
    code: &'static str,
    name: &'static str,
    /// Phases of dying that follow each other.
    phases: usize,
}

const DEATHS: [Kinds; 2] =
    [Kinds { code: "100", name: "apoptosis", phases: 1 }, Kinds { code: "101", name: "necrosis", phases: 2 }];

/// Volume and rate of growth.
pub fn volume(settings: &Settings, own: &Definition, text: &mut Text) {
    let shares = shares(settings, own);
    match own.amount(settings, "volume/total") {
        Some((total, node)) => text.key("volume", &quantity(total, "um^3"), &settings.source(node)),
        None => text.key("volume", &quantity(TOTAL_UM3, "um^3"), "PhysiCell's default"),
    }
    let rate = |path: &str, default: f64| own.amount(settings, path).map_or(default, |(value, _)| value);
    let cytoplasm = rate("volume/cytoplasmic_biomass_change_rate", CYTOPLASM_PER_MIN);
    let nucleus = rate("volume/nuclear_biomass_change_rate", NUCLEUS_PER_MIN);
    let solid = shares.nucleus + shares.cytoplasm;
    let mean = mean_rate(&[(shares.nucleus / solid, nucleus), (shares.cytoplasm / solid, cytoplasm)]);
    text.key("volume_relaxation", &quantity(mean, "/min"), "volume: the mean of nuclear and cytoplasmic biomass");
    for path in ["volume/fluid_change_rate", "volume/relative_rupture_volume"] {
        if let Some(node) = own.at(settings, path) {
            settings.note(Kind::Unused, node, "a cell has one volume, which follows its biomass");
        }
    }
    for path in ["volume/calcified_fraction", "volume/calcification_rate"] {
        if let Some(node) = own.at(settings, path) {
            settings.note(Kind::Unused, node, "cells do not calcify, and nothing else depends on it");
        }
    }
}

fn shares(settings: &Settings, own: &Definition) -> Shares {
    let amount = |path: &str, default: f64| own.amount(settings, path).map_or(default, |(value, _)| value);
    let total = amount("volume/total", TOTAL_UM3);
    let fluid = amount("volume/fluid_fraction", FLUID_FRACTION).min(1.0);
    let nuclear = if total > 0.0 { (amount("volume/nuclear", NUCLEAR_UM3) / total).min(1.0) } else { 0.0 };
    // Shares of nothing would be no numbers.
    let fluid = fluid.min(0.999_999);
    Shares { fluid, nucleus: (1.0 - fluid) * nuclear, cytoplasm: (1.0 - fluid) * (1.0 - nuclear) }
}

/// The rate whose mean time is that of parts with these shares and rates; 0 where a part never changes.
fn mean_rate(parts: &[(f64, f64)]) -> f64 {
    let time: f64 = parts.iter().filter(|(share, _)| *share > 0.0).map(|(share, rate)| share / rate).sum();
    if time > 0.0 && time.is_finite() { 1.0 / time } else { 0.0 }
}

/// Apoptosis and necrosis.
pub fn deaths(settings: &Settings, own: &Definition, text: &mut Text) {
    for kind in &DEATHS {
        let code = own.entry(settings, "death", "model", ("code", kind.code));
        let Some(model) = code.or_else(|| own.entry(settings, "death", "model", ("name", kind.name))) else { continue };
        text.header(&format!("[cell_types.{}.{}]", name(own.name), kind.name));
        if let Some(node) = settings.at(model, "death_rate").or_else(|| settings.at(model, "rate"))
            && let Some(rate) = settings.amount(node)
        {
            text.key("rate", &quantity(rate, "/min"), &settings.source(node));
        }
        duration(settings, model, kind, text);
        fading(settings, model, kind, shares(settings, own), text);
    }
}

/// How long a dead cell stays.
fn duration<'a>(settings: &Settings<'a>, model: Node<'a, 'a>, kind: &Kinds, text: &mut Text) {
    let last = (kind.phases - 1).to_string();
    let of = |list: &str, child: &'static str, key: &'static str| {
        let list = settings.at(model, list)?;
        let all = settings.all(list, child);
        all.into_iter().find(|it| it.attribute(key).map(str::trim) == Some(last.as_str()))
    };
    let given = of("phase_durations", "duration", "index").map(|node| (node, settings.amount(node)));
    let given = given.or_else(|| {
        let node = of("phase_transition_rates", "rate", "start_index")?;
        Some((node, settings.amount(node).map(|rate| 1.0 / rate)))
    });
    let Some((node, Some(minutes))) = given else { return };
    if !(minutes > 0.0 && minutes.is_finite()) {
        settings.fault(node, format!("a dead cell would stay for {minutes} min; it must be a time above 0"));
        return;
    }
    text.key("duration", &quantity(minutes, "min"), &settings.source(node));
    let is_fixed = node.attribute("fixed_duration").is_some_and(is_true);
    text.key("duration_distribution", if is_fixed { "\"fixed\"" } else { "\"exponential\"" }, "fixed_duration");
}

/// How the body shrinks, or swells.
fn fading<'a>(settings: &Settings<'a>, model: Node<'a, 'a>, kind: &Kinds, shares: Shares, text: &mut Text) {
    let Some(parameters) = settings.at(model, "parameters") else { return };
    let node = |name: &str| settings.at(parameters, name);
    let rate = |name: &str| node(name).and_then(|it| settings.amount(it));
    let unlysed = rate("unlysed_fluid_change_rate");
    let [cytoplasm, nucleus] = ["cytoplasmic_biomass_change_rate", "nuclear_biomass_change_rate"].map(rate);
    if let Some(it) = node("calcification_rate") {
        settings.note(Kind::Unused, it, "cells do not calcify, and nothing else depends on it");
    }
    let (lysed, rupture) = (node("lysed_fluid_change_rate"), node("relative_rupture_volume"));
    let source = settings.source(parameters);
    if kind.phases == 1 {
        let parts = [(shares.fluid, unlysed), (shares.cytoplasm, cytoplasm), (shares.nucleus, nucleus)];
        let parts: Vec<(f64, f64)> = parts.iter().filter_map(|(share, rate)| rate.map(|rate| (*share, rate))).collect();
        text.key("volume_fraction", "0", "the body shrinks to nothing");
        text.key("volume_relaxation", &quantity(mean_rate(&parts), "/min"), &source);
        return;
    }
    if let Some(rupture) = rupture.and_then(|it| settings.amount(it)) {
        text.key("volume_fraction", &number(rupture), "relative_rupture_volume: it swells until it bursts");
    }
    if let Some(unlysed) = unlysed {
        // Fluid comes in at this rate in proportion to the biomass.
        let swelling = unlysed * (1.0 - shares.fluid);
        text.key("volume_relaxation", &quantity(swelling, "/min"), &source);
    }
    if let Some(it) = lysed.filter(|it| text_of(*it).parse::<f64>().is_ok_and(|rate| rate != 0.0)) {
        settings.note(Kind::Differs, it, "a necrotic cell keeps the volume at which it bursts until it is gone");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_change_at_one_rate_have_that_rate() {
        assert!((mean_rate(&[(0.25, 0.02), (0.75, 0.02)]) - 0.02).abs() < 1e-15);
        // 1/(0.5/0.1 + 0.5/0.3)
        assert!((mean_rate(&[(0.5, 0.1), (0.5, 0.3)]) - 0.15).abs() < 1e-15);
        assert_eq!((mean_rate(&[(1.0, 0.0)]), mean_rate(&[]), mean_rate(&[(1.0, 0.1), (0.0, 0.0)])), (0.0, 0.0, 0.1));
    }
}
