//! What happens to a tissue from outside: one file for each kind, with its checks and its effect, an action that the
//! steps carry out. A new kind needs its file here, its keys in `scenario::interventions`, and a line in [`schedule`].

pub mod add_cells;
pub mod doses;
pub mod edit_genes;
pub mod irradiation;
pub mod lymphodepletion;
pub mod remove_cells;
pub mod resection;
pub mod set_parameters;
pub mod timing;

use super::diagnostics::Diagnostics;
use super::parameter_paths::ParameterNames;
use super::placements::Surroundings;
use crate::plan::{Action, Clocks, Conditional, Intervention, Placement, Treatment, estimate};
use crate::scenario::Scenario;
use doses::Drugs;

/// Interventions of an arm at most: their numbers tell their random draws apart.
const MOST_INTERVENTIONS: usize = 16_384;

/// When interventions can happen, and what conditions can be judged by.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    pub clocks: Clocks,
    pub duration_ticks: u32,
    /// Cell types with their statistics.
    pub reported: &'a [(String, Vec<String>)],
    /// Statistics of the whole tissue.
    pub of_tissue: &'a [&'a str],
}

/// The interventions of an arm: those at times, ascending, and those with a condition.
#[derive(Clone, Debug, Default)]
pub struct Scheduled {
    pub interventions: Vec<Intervention>,
    pub conditional: Vec<Conditional>,
}

impl Scheduled {
    /// Sums a number over all placements that will come.
    pub fn added(&self, placed: impl Fn(&Placement) -> f64) -> f64 {
        estimate::added(&self.interventions, &self.conditional, placed)
    }

    /// All actions, whenever they come.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        let conditional = self.conditional.iter().flat_map(|it| &it.course);
        self.interventions.iter().chain(conditional).map(|it| &it.action)
    }

    /// All actions, to be changed.
    pub fn actions_mut(&mut self) -> impl Iterator<Item = &mut Action> {
        let conditional = self.conditional.iter_mut().flat_map(|it| &mut it.course);
        self.interventions.iter_mut().chain(conditional).map(|it| &mut it.action)
    }

    /// Sorts by time and numbers what draws random numbers: cells that come and go, and irradiations. Other kinds do
    /// not count, so that the cells of an arm meet the same luck with a drug as without.
    fn number(&mut self) {
        self.interventions.sort_by_key(|intervention| intervention.tick);
        let (mut moves, mut beams) = (0, 0);
        for intervention in &mut self.interventions {
            let counter = match intervention.action {
                Action::Add(_) | Action::Remove { .. } => &mut moves,
                Action::Irradiate { .. } => &mut beams,
                Action::Dose(_) | Action::Set(_) => continue,
            };
            intervention.number = *counter;
            *counter += 1;
        }
    }
}

/// All interventions of an arm; of those at one time, what takes cells away or irradiates them comes first, so that cells that
/// are added then are spared.
pub fn schedule(
    scenario: &Scenario,
    around: &Surroundings,
    calendar: &Calendar,
    names: &ParameterNames,
    treatment: &Treatment,
    diagnostics: &mut Diagnostics,
) -> Scheduled {
    let mut all = Scheduled::default();
    for (number, given) in scenario.remove_cells.iter().enumerate() {
        remove_cells::plan(given, around, calendar, &format!("remove_cells.{number}"), &mut all, diagnostics);
    }
    for (number, given) in scenario.resection.iter().enumerate() {
        resection::plan(given, around, calendar, &format!("resection.{number}"), &mut all, diagnostics);
    }
    for (number, given) in scenario.irradiation.iter().enumerate() {
        let path = format!("irradiation.{number}");
        irradiation::plan(given, &scenario.cell_types, around, calendar, &path, &mut all, diagnostics);
    }
    for (number, given) in scenario.lymphodepletion.iter().enumerate() {
        lymphodepletion::plan(given, names, calendar, &format!("lymphodepletion.{number}"), &mut all, diagnostics);
    }
    for (number, given) in scenario.add_cells.iter().enumerate() {
        add_cells::plan(given, around, calendar, &format!("add_cells.{number}"), &mut all, diagnostics);
    }
    for (number, given) in scenario.set_parameters.iter().enumerate() {
        set_parameters::plan(given, names, calendar, &format!("set_parameters.{number}"), &mut all, diagnostics);
    }
    for (number, given) in scenario.edit_genes.iter().enumerate() {
        edit_genes::plan(given, names, calendar, &format!("edit_genes.{number}"), &mut all, diagnostics);
    }
    for (number, given) in scenario.doses.iter().enumerate() {
        let drugs = Drugs { given: &scenario.drugs, planned: &treatment.drugs };
        doses::plan(given, drugs, calendar, &format!("doses.{number}"), &mut all, diagnostics);
    }
    all.number();
    let count = all.interventions.len();
    let message = format!("there are {count} interventions; at most {MOST_INTERVENTIONS} can be told apart");
    diagnostics.require(count <= MOST_INTERVENTIONS, "", message, "repeat courses less often");
    all
}
