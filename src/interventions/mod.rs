//! What happens to a tissue from outside: one file for each kind, with its checks and its effect, an action that the
//! steps carry out. A new kind needs its file here, its keys in `scenario::interventions`, and a line in [`schedule`].

pub mod add_cells;
pub mod remove_cells;

use crate::plan::build::findings::Findings;
use crate::plan::build::placements::Surroundings;
use crate::plan::build::time::{LATE, on_step};
use crate::plan::{Clocks, Intervention};
use crate::scenario::{Scenario, Times};

/// When interventions can happen.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    pub clocks: Clocks,
    pub duration_ticks: u32,
}

impl Calendar {
    /// Ticks of the given times, on whole steps; a fault for a time at which the run is over.
    pub fn ticks(&self, at: &Times, path: &str, findings: &mut Findings) -> Vec<u32> {
        let mut ticks = Vec::new();
        for (number, time) in at.0.iter().enumerate() {
            let path = if at.0.len() == 1 { format!("{path}.at") } else { format!("{path}.at.{number}") };
            let tick = on_step(time.0, &self.clocks, &path, findings);
            findings.require(tick < self.duration_ticks, path, "at that time the run is over", LATE);
            ticks.push(tick);
        }
        ticks
    }
}

/// All interventions of an arm, ascending in time; of those at one time, additions come first.
pub fn schedule(
    scenario: &Scenario,
    around: &Surroundings,
    calendar: &Calendar,
    findings: &mut Findings,
) -> Vec<Intervention> {
    let mut all = Vec::new();
    for (number, given) in scenario.add_cells.iter().enumerate() {
        all.extend(add_cells::plan(given, around, calendar, &format!("add_cells.{number}"), findings));
    }
    for (number, given) in scenario.remove_cells.iter().enumerate() {
        all.extend(remove_cells::plan(given, around, calendar, &format!("remove_cells.{number}"), findings));
    }
    all.sort_by_key(|intervention| intervention.tick);
    all
}
