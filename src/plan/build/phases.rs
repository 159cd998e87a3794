//! Phases of a cycle as rows of the device.

use super::findings::Findings;
use crate::plan::PhaseParameters;
use crate::scenario::cycle::{Cycle, CycleModel, DurationDistribution, Phase};

/// Phases of a cell type at most: their number has 8 bits.
pub const MOST_PHASES: usize = 255;
/// Stages of an Erlang distribution at most: each costs a draw.
const MOST_STAGES: u32 = 255;
/// Stages where an Erlang distribution does not say: a coefficient of variation of 22 % (assumed).
const DEFAULT_STAGES: u32 = 20;

/// Names and defaults in min of the phases of Ki67-advanced, in order: negative, positive before division, positive
/// after it (PhysiCell's defaults).
const KI67: [(&str, f64); 3] = [
    ("ki67_negative", 8.5 * 60.0),
    ("ki67_positive_premitotic", 13.0 * 60.0),
    ("ki67_positive_postmitotic", 2.5 * 60.0),
];

/// Names and rows of the phases of one cell type.
pub fn phases(cycle: &Cycle, path: &str, findings: &mut Findings) -> Vec<(String, PhaseParameters)> {
    check_keys(cycle, path, findings);
    let mut rows = match cycle.model {
        CycleModel::None => vec![("live".to_owned(), row(0.0, 1))],
        CycleModel::Live => vec![live(cycle)],
        CycleModel::Ki67Advanced => ki67_advanced(cycle),
        CycleModel::Phases => {
            let numbered = cycle.phases.iter().enumerate();
            numbered.map(|(n, phase)| listed(phase, &format!("{path}.phases.{n}"), findings)).collect()
        }
    };
    let count = rows.len() as u32;
    for (number, (_, row)) in rows.iter_mut().enumerate() {
        row.next = (number as u32 + 1) % count;
    }
    rows
}

/// A phase that ends at this rate, and does nothing else.
fn row(exit_per_min: f64, stages: u32) -> PhaseParameters {
    PhaseParameters { exit_per_min: exit_per_min as f32, stages, next: 0, divides: 0, grows: 0, arrests: 0 }
}

fn live(cycle: &Cycle) -> (String, PhaseParameters) {
    let rate = cycle.rate.map_or(0.0, |rate| rate.0);
    let arrests = u32::from(cycle.arrests_when_crowded);
    ("live".to_owned(), PhaseParameters { divides: 1, grows: 1, arrests, ..row(rate, 1) })
}

fn ki67_advanced(cycle: &Cycle) -> Vec<(String, PhaseParameters)> {
    let given = [cycle.ki67_negative, cycle.ki67_positive_premitotic, cycle.ki67_positive_postmitotic];
    let arrests = u32::from(cycle.arrests_when_crowded);
    let rows = KI67.iter().zip(given).enumerate().map(|(number, ((name, default_min), given))| {
        let is_premitotic = u32::from(number == 1);
        let exit = 1.0 / given.map_or(*default_min, |duration| duration.0);
        let stages = if number == 0 { 1 } else { 0 };
        let row = PhaseParameters { divides: is_premitotic, grows: is_premitotic, arrests, ..row(exit, stages) };
        ((*name).to_owned(), row)
    });
    rows.collect()
}

fn listed(phase: &Phase, path: &str, findings: &mut Findings) -> (String, PhaseParameters) {
    let is_erlang = phase.distribution == DurationDistribution::Erlang;
    if phase.stages.is_some() && !is_erlang {
        findings.add(
            format!("{path}.stages"),
            "stages belong to the distribution erlang",
            "set distribution = \"erlang\"",
        );
    }
    let stages = match phase.distribution {
        DurationDistribution::Fixed => 0,
        DurationDistribution::Exponential => 1,
        DurationDistribution::Erlang => phase.stages.map_or(DEFAULT_STAGES, |count| count.0),
    };
    if is_erlang && !(1..=MOST_STAGES).contains(&stages) {
        findings.add(
            format!("{path}.stages"),
            format!("stages is {stages}; it must be from 1 to {MOST_STAGES}"),
            "for a duration without spread set distribution = \"fixed\"",
        );
    }
    if phase.divides && phase.duration.is_none() {
        findings.add(path, format!("phase {} divides at its end, but has no duration", phase.name), "add duration");
    }
    let exit = phase.duration.map_or(0.0, |duration| 1.0 / duration.0);
    let row = PhaseParameters {
        divides: u32::from(phase.divides),
        grows: u32::from(phase.grows),
        arrests: u32::from(phase.arrests_when_crowded),
        ..row(exit, stages)
    };
    (phase.name.clone(), row)
}

/// Keys that belong to one model only.
fn check_keys(cycle: &Cycle, path: &str, findings: &mut Findings) {
    let model = cycle.model;
    let ki67 = [
        ("ki67_negative", cycle.ki67_negative.is_some()),
        ("ki67_positive_premitotic", cycle.ki67_positive_premitotic.is_some()),
        ("ki67_positive_postmitotic", cycle.ki67_positive_postmitotic.is_some()),
    ];
    let mut keys = vec![
        ("rate", cycle.rate.is_some(), CycleModel::Live, "live"),
        ("phases", !cycle.phases.is_empty(), CycleModel::Phases, "phases"),
    ];
    keys.extend(ki67.map(|(key, given)| (key, given, CycleModel::Ki67Advanced, "ki67_advanced")));
    for (key, given, owner, name) in keys {
        if given && model != owner {
            let message = format!("{key} belongs to the cycle model {name}");
            findings.add(format!("{path}.{key}"), message, &format!("set model = \"{name}\", or leave {key} out"));
        }
    }
    if model == CycleModel::Live && cycle.rate.is_none() {
        findings.add(path, "the cycle model live needs a rate of division", "add rate, such as rate = \"0.03 /h\"");
    }
    if model == CycleModel::Phases && !(1..=MOST_PHASES).contains(&cycle.phases.len()) {
        let message = format!("the cycle has {} phases; it must have from 1 to {MOST_PHASES}", cycle.phases.len());
        findings.add(path, message, "add [[cell_types.NAME.cycle.phases]]");
    }
}
