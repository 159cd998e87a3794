//! What `texpop signals` prints: the signals and behaviours of rules, with their units.

use crate::plan::Plan;
use crate::plan::rules::behaviours::behaviours;
use crate::plan::rules::signals::{STATES, SignalNames, signals, unit};
use crate::scenario::levels::LevelKind;
use std::fmt::Write as _;

/// The tables in general, with NAME where a name of the scenario stands.
pub fn in_general() -> String {
    let names = SignalNames {
        types: &["NAME"],
        own: &["NAME"],
        substrates: &[("NAME", LevelKind::Number)],
        states: [true; STATES.len()],
    };
    let mut text = signals_text(names);
    text += "\nbehaviours\n";
    text += &behaviours_text(names);
    text
}

/// The tables of a plan: signals, and the behaviours of each cell type.
pub fn of_plan(plan: &Plan) -> String {
    let types: Vec<&str> = plan.cell_types.iter().map(|it| it.name.as_str()).collect();
    let mut traits: Vec<&str> = plan.cell_types.iter().flat_map(|it| &it.traits).map(String::as_str).collect();
    traits.sort_unstable();
    traits.dedup();
    let substrates: Vec<(&str, LevelKind)> =
        plan.substrates.iter().flat_map(|it| &it.list).map(|it| (it.name.as_str(), it.kind)).collect();
    let (proteostasis, synapses, surface) = (plan.has_proteostasis(), plan.has_synapses(), plan.has_immunogenicity());
    let states = [proteostasis, proteostasis, proteostasis, proteostasis, synapses, surface];
    let names = SignalNames { types: &types, own: &traits, substrates: &substrates, states };
    let mut text = signals_text(names);
    for cell_type in &plan.cell_types {
        let phases: Vec<&str> = cell_type.phases.iter().map(String::as_str).collect();
        let _ = writeln!(text, "\nbehaviours of {}", cell_type.name);
        text += &behaviours_text(SignalNames { own: &phases, ..names });
    }
    text
}

fn signals_text(names: SignalNames<'_>) -> String {
    let known = signals(names);
    let rows = known.iter().map(|it| (it.name.clone(), unit(it.dimension, it.kind), it.meaning));
    format!("signals\n{}", table(rows.collect()))
}

fn behaviours_text(names: SignalNames<'_>) -> String {
    let known = behaviours(names);
    table(known.iter().map(|it| (it.name.clone(), unit(it.dimension, it.kind), it.meaning)).collect())
}

fn table(rows: Vec<(String, String, &str)>) -> String {
    let width = |column: fn(&(String, String, &str)) -> usize| rows.iter().map(column).max().unwrap_or(0);
    let (name, unit) = (width(|row| row.0.chars().count()), width(|row| row.1.chars().count()));
    rows.iter().map(|row| format!("  {:name$}  {:unit$}  {}\n", row.0, row.1, row.2)).collect()
}
