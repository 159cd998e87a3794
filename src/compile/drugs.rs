//! Drugs and their effects from a scenario.

use super::diagnostics::Diagnostics;
use super::parameter_paths::{Key, ParameterNames};
use super::substrates::known_substrate;
use super::time::on_step;
use crate::plan::treatment::pharmacokinetics::Disposition;
use crate::plan::treatment::{self, Combination, Effect, Feed, Largest, Treatment};
use crate::plan::{Clocks, Substrate, SubstrateBoundary, Substrates};
use crate::scenario::levels::LevelKind;
use crate::scenario::naming::quoted;
use crate::scenario::substances::{Concentration, Kind, UM3_PER_ML};
use crate::scenario::{self, Drug, DrugEffect, Scenario};
use std::f64::consts::LN_2;

/// A number of mg or nmol, or one by mL.
#[derive(Clone, Copy, Debug)]
pub struct Converted {
    pub value: f64,
    pub kind: Kind,
}

impl Converted {
    /// The same in the kind that the drug is counted in.
    pub fn to(self, kind: Kind, drug: &Drug, path: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
        if self.kind == kind {
            return Some(self.value);
        }
        let message = "masses and moles of this drug are mixed";
        let hint = "add molar_mass = \"407 g/mol\" to the drug, or write doses and ec50 alike";
        diagnostics.require(drug.molar_mass.is_some(), path, message, hint);
        let molar = drug.molar_mass?.0;
        Some(if kind == Kind::Moles { self.value / molar } else { self.value * molar })
    }
}

/// What a drug is counted in: as its `ec50` is, that of its effects, or its substrate.
fn kind_of(drug: &Drug, substrate: Option<&Substrate>) -> Kind {
    let ec50 = drug.ec50.or(drug.effects.iter().find_map(|effect| effect.ec50)).map(|ec50| ec50.kind);
    ec50.or(substrate.and_then(|it| amounts(it.kind))).unwrap_or(Kind::Mass)
}

/// Whether levels count masses or moles.
fn amounts(kind: LevelKind) -> Option<Kind> {
    match kind {
        LevelKind::Molarity => Some(Kind::Moles),
        LevelKind::Mass => Some(Kind::Mass),
        LevelKind::Number | LevelKind::Pressure => None,
    }
}

/// The treatment of an arm.
pub fn treatment(
    scenario: &Scenario,
    clocks: &Clocks,
    substrates: Option<&Substrates>,
    names: &ParameterNames,
    diagnostics: &mut Diagnostics,
) -> Treatment {
    let given = &scenario.treatments;
    let path = "treatments.clock";
    let clock_ticks = given.clock.map_or(clocks.cycle_ticks, |clock| on_step(clock.0, clocks, path, diagnostics));
    let mut treatment = Treatment {
        clock_ticks,
        combination: match given.combination {
            scenario::Combination::Bliss => Combination::Bliss,
            scenario::Combination::Loewe => Combination::Loewe,
        },
        ..Treatment::default()
    };
    for (number, (name, drug)) in scenario.drugs.iter().enumerate() {
        let path = format!("drugs.{}", quoted(name));
        let disposition = disposition(drug, &path, diagnostics);
        let substrate = substrate_of(scenario, drug, &path, diagnostics);
        let substrate = substrate.zip(substrates).map(|(number, all)| (number, &all.list[number]));
        let kind = kind_of(drug, substrate.map(|it| it.1));
        let feed = substrate.and_then(|it| feed(it, drug, kind, &treatment, &path, diagnostics));
        treatment.drugs.push(treatment::Drug {
            name: name.clone(),
            kind,
            disposition,
            tissue_fraction: drug.tissue_fraction.0,
            feed,
        });
        let types: Vec<&str> = names.types.iter().map(|it| it.name.as_str()).collect();
        let mut is_known =
            |it: &str| diagnostics.number(format!("{path}.cell_type"), "cell type", it, &types).is_some();
        if !drug.cell_type.as_deref().is_none_or(&mut is_known) {
            continue;
        }
        for (index, effect) in drug.effects.iter().enumerate() {
            let path = format!("{path}.effects.{index}");
            for key in keys(scenario, drug, effect, names, &path, diagnostics) {
                let Some(effect) = effect_of(number, (drug, kind), effect, &key, names, &path, diagnostics) else {
                    continue;
                };
                add(&mut treatment, effect, name, &path, diagnostics);
            }
        }
    }
    treatment
}

fn add(treatment: &mut Treatment, effect: Effect, name: &str, path: &str, diagnostics: &mut Diagnostics) {
    let same = |it: &Effect| it.drug == effect.drug && it.place == effect.place;
    let message = format!("{name} acts on this parameter twice");
    diagnostics.require(!treatment.effects.iter().any(same), path, message, "join the two effects");
    check_combination(treatment, &effect, path, diagnostics);
    // Effects on one place follow each other.
    let after = treatment.effects.iter().rposition(|it| it.place == effect.place);
    treatment.effects.insert(after.map_or(treatment.effects.len(), |at| at + 1), effect);
}

/// The parameters that an effect is on: one, or one of each cell type with proteostasis where it names none.
fn keys<'a>(
    scenario: &Scenario,
    drug: &'a Drug,
    given: &'a DrugEffect,
    names: &ParameterNames<'a>,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<Key<'a>> {
    let (effector, target) = (given.effector.as_deref(), given.target.as_deref());
    let is_owned = effector.is_some() || target.is_some() || given.parameter.starts_with("interactions.");
    let cell_type = given.cell_type.as_deref().or(drug.cell_type.as_deref().filter(|_| !is_owned));
    let key = Key { cell_type, effector, target, parameter: &given.parameter };
    if cell_type.is_some() || is_owned || !given.parameter.starts_with("proteostasis.") {
        return vec![key];
    }
    let with_proteostasis = names.types.iter().filter(|it| it.proteostasis.is_some());
    let all: Vec<Key> = with_proteostasis.map(|it| Key { cell_type: Some(&it.name), ..key }).collect();
    // Where it does nothing, an effect of the library is no fault: the kinetics may be all that is wanted.
    let holds = !all.is_empty() || scenario.is_of_library(path);
    let message = "no cell type has proteostasis, on which the drug acts";
    diagnostics.require(holds, path, message, "add [cell_types.NAME.proteostasis]");
    all
}

/// Loewe's law needs effects of one direction, as fractions.
fn check_combination(treatment: &Treatment, effect: &Effect, path: &str, diagnostics: &mut Diagnostics) {
    if treatment.combination == Combination::Bliss {
        return;
    }
    let sign = |it: &Effect| if let Largest::Fraction(emax) = it.largest { Some(emax > 0.0) } else { None };
    let mut others = treatment.effects.iter().filter(|it| it.place == effect.place);
    let agree = others.all(|it| sign(it).is_some() && sign(it) == sign(effect));
    let message = "drugs that act in opposite directions, or on a parameter that is 0, have no equivalent doses";
    diagnostics.require(agree, path, message, "set combination = \"bliss\" in [treatments]");
}

fn effect_of(
    number: usize,
    (drug, kind): (&Drug, Kind),
    given: &DrugEffect,
    key: &Key,
    names: &ParameterNames,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Effect> {
    let place = names.place(key, path, diagnostics);
    let is_one = given.emax.is_some() != given.at_saturation.is_some();
    diagnostics.require(is_one, path, "it must say either emax or at_saturation", "such as emax = -0.8");
    if let Some(emax) = given.emax {
        let message = format!("emax is {}; it must be -1 or more", emax.0);
        diagnostics.require(emax.0 >= -1.0, format!("{path}.emax"), message, "-1 switches the parameter off");
    }
    let ec50 = ec50(drug, kind, given, path, diagnostics);
    let place = place?;
    let base = place.value(names.parameters);
    let largest = match (given.emax, &given.at_saturation) {
        (Some(emax), None) => {
            let message = format!("{} is 0, of which no fraction is more", key.written());
            let hint = "give at_saturation = \"0.1 /h\", the value at saturation";
            diagnostics.require(base != Some(0.0), format!("{path}.emax"), message, hint);
            if let Some(base) = base {
                names.doubt(place, base * (1.0 + emax.0), &format!("{path}.emax"), diagnostics);
            }
            Largest::Fraction(emax.0)
        }
        (None, Some(text)) => {
            let value = names.value(place, &text.to_string(), &format!("{path}.at_saturation"), diagnostics)?;
            base.filter(|base| *base > 0.0).map_or(Largest::Value(value), |base| Largest::Fraction(value / base - 1.0))
        }
        _ => return None,
    };
    Some(Effect {
        place,
        drug: number,
        largest,
        ec50: ec50?,
        hill: given.hill.or(drug.hill).map_or(1.0, |hill| hill.0),
    })
}

/// Concentration of half the effect, its own or that of its drug.
fn ec50(drug: &Drug, counted: Kind, given: &DrugEffect, path: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
    let Some(Concentration { value, kind }) = given.ec50.or(drug.ec50) else {
        diagnostics.add(path, "the effect has no ec50", "add ec50 = \"1 uM\" to it, or to its drug");
        return None;
    };
    Converted { value, kind }.to(counted, drug, &format!("{path}.ec50"), diagnostics)
}

/// Number of the substrate that a drug names, whose effects then are rules.
fn substrate_of(scenario: &Scenario, drug: &Drug, path: &str, diagnostics: &mut Diagnostics) -> Option<usize> {
    let name = drug.substrate.as_ref()?;
    let message = "what a drug does through a substrate depends on the place, which effects do not see";
    let hint = format!(
        "write [[rules]] with signal = \"{name}\" in their place (with use: effects = []), or leave substrate out"
    );
    diagnostics.require(drug.effects.is_empty(), format!("{path}.effects"), message, &hint);
    let names: Vec<&str> = scenario.substrates.keys().map(String::as_str).collect();
    known_substrate(name, &names, &format!("{path}.substrate"), diagnostics)
}

/// How a drug raises the levels at the boundary of its substrate.
fn feed(
    (number, substrate): (usize, &Substrate),
    drug: &Drug,
    kind: Kind,
    others: &Treatment,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Feed> {
    let (path, name) = (format!("{path}.substrate"), &substrate.name);
    let mut feeding = others.drugs.iter().filter(|it| it.feed.is_some_and(|feed| feed.substrate == number));
    if let Some(other) = feeding.next() {
        let message = format!("{} comes in through {name} already", other.name);
        diagnostics.add(path.as_str(), message, "give each drug a substrate of its own");
    }
    let is_open = matches!(substrate.boundary, SubstrateBoundary::Fixed(_) | SubstrateBoundary::Held { .. });
    let message = format!("a drug comes in at the boundary of {name}, which lets nothing in");
    let hint = format!("set boundary = \"fixed\" or \"held\" in [substrates.{}]", quoted(name));
    diagnostics.require(is_open, path.as_str(), message, &hint);
    let Some(counted) = amounts(substrate.kind) else {
        let message = format!("{name} is measured in neither nM nor ng/mL, as a drug is");
        let hint = format!("write its levels such as boundary_value = \"0 nM\" in [substrates.{}]", quoted(name));
        diagnostics.add(path, message, &hint);
        return None;
    };
    let one = Converted { value: 1.0, kind }.to(counted, drug, &path, diagnostics)?;
    Some(Feed { substrate: number, level: one / (UM3_PER_ML * substrate.kind.scale()) })
}

/// How a drug leaves, with the keys that contradict each other or lack another.
fn disposition(drug: &Drug, path: &str, diagnostics: &mut Diagnostics) -> Disposition {
    let mut require = |holds: bool, key: &str, message: &str, hint: &str| {
        diagnostics.require(holds, format!("{path}{key}"), message, hint);
    };
    let (clearance, volume) = (drug.clearance.map(|it| it.0), drug.volume.map(|it| it.0));
    let has_both = drug.half_life.is_some() && clearance.is_some();
    require(!has_both, ".half_life", "the half-life follows from clearance and volume", "leave half_life out");
    require(clearance.is_none() || volume.is_some(), "", "a clearance needs a volume", "add volume = \"3.5 L\"");
    require(clearance != Some(0.0), ".clearance", "a drug without clearance never leaves", "leave clearance out");
    let is_doubly_absorbed = drug.absorption_rate.is_some() && drug.absorption_half_life.is_some();
    let message = "absorption is given twice";
    require(!is_doubly_absorbed, ".absorption_half_life", message, "leave one of them out");
    require(
        drug.absorption_rate.is_none_or(|it| it.0 > 0.0),
        ".absorption_rate",
        "it is 0, so that nothing gets in",
        "",
    );
    let peripheral = (drug.peripheral_volume, drug.intercompartmental_clearance);
    let message = "a second compartment needs peripheral_volume and intercompartmental_clearance";
    require(peripheral.0.is_some() == peripheral.1.is_some(), "", message, "add the other one");
    let message = "two compartments need clearance and volume";
    let has_central = clearance.is_some() && volume.is_some();
    require(peripheral.0.is_none() || has_central, "", message, "add clearance and volume");
    let rate =
        drug.half_life.map(|it| LN_2 / it.0).or(clearance.zip(volume).map(|(clearance, volume)| clearance / volume));
    match (rate, volume, peripheral) {
        (None, _, _) => Disposition::Held,
        (Some(k10), Some(volume), (Some(other), Some(between))) if between.0 > 0.0 => {
            Disposition::two(k10, between.0 / volume, between.0 / other.0)
        }
        (Some(rate), _, _) => Disposition::one(rate),
    }
}
