//! Phases of a cycle as rows of the device.

use super::diagnostics::Diagnostics;
use crate::plan::PhaseParameters;
use crate::plan::parameters::BY_AGE;
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
pub fn phases(cycle: &Cycle, path: &str, diagnostics: &mut Diagnostics) -> Vec<(String, PhaseParameters)> {
    check_keys(cycle, path, diagnostics);
    let mut rows = match cycle.model {
        CycleModel::None => vec![("live".to_owned(), row(0.0, 1))],
        CycleModel::Live => vec![dividing(cycle.rate.map_or(0.0, |rate| rate.0), cycle)],
        // A factor of the rate that proteostasis allows.
        CycleModel::Proteostasis => vec![dividing(1.0, cycle)],
        CycleModel::Ki67Advanced => ki67_advanced(cycle),
        CycleModel::Phases => {
            let numbered = cycle.phases.iter().enumerate();
            numbered.map(|(n, phase)| listed(phase, &format!("{path}.phases.{n}"), diagnostics)).collect()
        }
    };
    for (number, phase) in cycle.phases.iter().enumerate() {
        let is_by_age = phase.distribution == DurationDistribution::ByAge;
        let message = "a phase that ends by age is the only one, and divides: ages count from the division";
        let fits = !is_by_age || (cycle.phases.len() == 1 && phase.divides);
        let hint = "set distribution = \"fixed\" in a cycle of several phases";
        diagnostics.require(fits, format!("{path}.phases.{number}.distribution"), message, hint);
    }
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

fn dividing(rate: f64, cycle: &Cycle) -> (String, PhaseParameters) {
    let arrests = u32::from(cycle.arrests_when_crowded);
    let grows = u32::from(!cycle.keeps_volume);
    ("live".to_owned(), PhaseParameters { divides: 1, grows, arrests, ..row(rate, 1) })
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

fn listed(phase: &Phase, path: &str, diagnostics: &mut Diagnostics) -> (String, PhaseParameters) {
    let is_erlang = phase.distribution == DurationDistribution::Erlang;
    if phase.stages.is_some() && !is_erlang {
        diagnostics.add(
            format!("{path}.stages"),
            "stages belong to the distribution erlang",
            "set distribution = \"erlang\"",
        );
    }
    let stages = match phase.distribution {
        DurationDistribution::Fixed => 0,
        DurationDistribution::Exponential => 1,
        DurationDistribution::Erlang => phase.stages.map_or(DEFAULT_STAGES, |count| count.0),
        DurationDistribution::ByAge => BY_AGE,
    };
    if is_erlang && !(1..=MOST_STAGES).contains(&stages) {
        diagnostics.add(
            format!("{path}.stages"),
            format!("stages is {stages}; it must be from 1 to {MOST_STAGES}"),
            "for a duration without spread set distribution = \"fixed\"",
        );
    }
    if phase.divides && phase.duration.is_none() {
        diagnostics.add(path, format!("phase {} divides at its end, but has no duration", phase.name), "add duration");
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
fn check_keys(cycle: &Cycle, path: &str, diagnostics: &mut Diagnostics) {
    let model = cycle.model;
    let ki67 = [
        ("ki67_negative", cycle.ki67_negative.is_some()),
        ("ki67_positive_premitotic", cycle.ki67_positive_premitotic.is_some()),
        ("ki67_positive_postmitotic", cycle.ki67_positive_postmitotic.is_some()),
    ];
    let mut keys = vec![
        ("rate", cycle.rate.is_some(), CycleModel::Live, "live"),
        ("keeps_volume", cycle.keeps_volume, CycleModel::Live, "live"),
        ("phases", !cycle.phases.is_empty(), CycleModel::Phases, "phases"),
    ];
    keys.extend(ki67.map(|(key, given)| (key, given, CycleModel::Ki67Advanced, "ki67_advanced")));
    for (key, given, owner, name) in keys {
        if given && model != owner {
            let message = format!("{key} belongs to the cycle model {name}");
            diagnostics.add(format!("{path}.{key}"), message, &format!("set model = \"{name}\", or leave {key} out"));
        }
    }
    if model == CycleModel::Live && cycle.rate.is_none() {
        diagnostics.add(path, "the cycle model live needs a rate of division", "add rate, such as rate = \"0.03 /h\"");
    }
    if model == CycleModel::Phases && !(1..=MOST_PHASES).contains(&cycle.phases.len()) {
        let message = format!("the cycle has {} phases; it must have from 1 to {MOST_PHASES}", cycle.phases.len());
        diagnostics.add(path, message, "add [[cell_types.NAME.cycle.phases]]");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(String, PhaseParameters)>, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let rows = phases(&toml::from_str(text).unwrap(), "cycle", &mut diagnostics);
        (rows, diagnostics.take().into_iter().map(|it| it.path).collect())
    }

    #[test]
    fn ki67_advanced_has_three_phases_in_a_ring() {
        let (rows, paths) = read("model = \"ki67_advanced\"\nki67_positive_premitotic = \"10 h\"");
        assert_eq!(paths, [""; 0]);
        let hours: Vec<f32> = rows.iter().map(|(_, it)| (1.0 / it.exit_per_min / 6.0).round() / 10.0).collect();
        assert_eq!(hours, [8.5, 10.0, 2.5]);
        let bits: Vec<_> = rows.iter().map(|(_, it)| (it.stages, it.next, it.divides, it.grows)).collect();
        assert_eq!(bits, [(1, 1, 0, 0), (0, 2, 1, 1), (0, 0, 0, 0)]);
    }

    #[test]
    fn a_live_cycle_is_one_phase_and_none_has_no_end() {
        let (rows, paths) = read("model = \"live\"\nrate = \"0.06 /h\"\narrests_when_crowded = true");
        let expected = PhaseParameters { exit_per_min: 0.001, stages: 1, next: 0, divides: 1, grows: 1, arrests: 1 };
        assert_eq!((rows, paths), (vec![("live".to_owned(), expected)], vec![]));
        let (rows, paths) = read("model = \"live\"\nrate = \"0.06 /h\"\nkeeps_volume = true");
        assert_eq!((rows[0].1.grows, rows[0].1.divides, paths), (0, 1, vec![]));
        let (rows, _) = read("");
        assert_eq!((rows.len(), rows[0].1), (1, PhaseParameters { next: 0, ..row(0.0, 1) }));
    }

    #[test]
    fn listed_phases_follow_each_other() {
        let (rows, paths) = read(
            "model = \"phases\"\n[[phases]]\nname = \"G1\"\nduration = \"7 h\"\ndistribution = \"erlang\"\n\
             [[phases]]\nname = \"M\"\nduration = \"2 h\"\ndistribution = \"fixed\"\ndivides = true\n",
        );
        let bits: Vec<_> = rows.iter().map(|(name, it)| (name.as_str(), it.stages, it.next, it.divides)).collect();
        assert_eq!((bits, paths), (vec![("G1", 20, 1, 0), ("M", 0, 0, 1)], vec![]));
    }

    #[test]
    fn faults_name_the_key() {
        let phase = "[[phases]]\nname = \"G1\"\n";
        for (text, path) in [
            ("model = \"live\"".to_owned(), "cycle"),
            ("model = \"phases\"".to_owned(), "cycle"),
            ("rate = \"1 /h\"".to_owned(), "cycle.rate"),
            ("keeps_volume = true".to_owned(), "cycle.keeps_volume"),
            ("model = \"live\"\nrate = \"1 /h\"\nki67_negative = \"1 h\"".to_owned(), "cycle.ki67_negative"),
            (phase.to_owned(), "cycle.phases"),
            (format!("model = \"phases\"\n{phase}divides = true"), "cycle.phases.0"),
            (format!("model = \"phases\"\n{phase}duration = \"1 h\"\nstages = 3"), "cycle.phases.0.stages"),
            (
                format!("model = \"phases\"\n{phase}duration = \"1 h\"\ndistribution = \"by_age\""),
                "cycle.phases.0.distribution",
            ),
            (
                format!("model = \"phases\"\n{phase}duration = \"1 h\"\ndistribution = \"erlang\"\nstages = 0"),
                "cycle.phases.0.stages",
            ),
        ] {
            assert_eq!(read(&text).1, [path], "{text}");
        }
    }
}
