//! Names that refer to other sections: cell types and their phases.

use super::faults::{Faults, nearest};
use super::overrides::unknown_cell_type;
use super::{CycleModel, Rule, Scenario, Source};

/// Phases of the models that have names.
const KI67_ADVANCED: [&str; 3] = ["ki67_positive_premitotic", "ki67_positive_postmitotic", "ki67_negative"];

/// Notes names that nothing has.
pub(super) fn check(source: &Source, scenario: &Scenario, faults: &mut Faults) {
    let is_whole = faults.is_empty();
    let names = Names { source, scenario, known: source.names_in("cell_types"), is_whole };
    for (index, each) in names.items("interactions", &scenario.interactions) {
        names.cell_type(&each.effector, &format!("interactions.{index}.effector"), faults);
        names.cell_type(&each.target, &format!("interactions.{index}.target"), faults);
    }
    for (index, each) in names.items("place", &scenario.place) {
        names.rule(&each.rule(), &format!("place.{index}"), faults);
    }
    for (index, each) in names.items("add_cells", &scenario.add_cells) {
        names.rule(&each.rule(), &format!("add_cells.{index}"), faults);
    }
    for (index, each) in names.items("remove_cells", &scenario.remove_cells) {
        names.cell_type(&each.cell_type, &format!("remove_cells.{index}.cell_type"), faults);
    }
    for (index, each) in names.items("lymphodepletion", &scenario.lymphodepletion) {
        for (number, name) in each.removes.iter().enumerate() {
            names.cell_type(name, &format!("lymphodepletion.{index}.removes.{number}"), faults);
        }
    }
    for (index, each) in names.items("edit_genes", &scenario.edit_genes) {
        names.cell_type(&each.cell_type, &format!("edit_genes.{index}.cell_type"), faults);
    }
}

struct Names<'a> {
    source: &'a Source,
    scenario: &'a Scenario,
    /// Cell types as written, those that could not be read included.
    known: Vec<String>,
    /// Nothing was cut out.
    is_whole: bool,
}

impl Names<'_> {
    /// Items with their numbers; none if some were cut out, since the numbers would be wrong.
    fn items<'b, T>(&self, section: &str, items: &'b [T]) -> impl Iterator<Item = (usize, &'b T)> {
        let is_whole = self.is_whole || self.source.length(section) == items.len();
        items.iter().enumerate().filter(move |_| is_whole)
    }

    fn cell_type(&self, name: &str, path: &str, faults: &mut Faults) {
        if !self.known.iter().any(|known| known == name) {
            let known: Vec<&str> = self.known.iter().map(String::as_str).collect();
            let (message, hint) = unknown_cell_type(name, &known);
            faults.add(self.source.span(path), message, hint);
        }
    }

    fn rule(&self, rule: &Rule, path: &str, faults: &mut Faults) {
        let Some(cell_type) = rule.cell_type else { return };
        self.cell_type(cell_type, &format!("{path}.cell_type"), faults);
        let phase = rule.phase.filter(|_| self.is_whole);
        let (Some(phase), Some(of_type)) = (phase, self.scenario.cell_types.get(cell_type)) else { return };
        let phases: Vec<&str> = match of_type.cycle.model {
            CycleModel::None | CycleModel::Live | CycleModel::Proteostasis => vec!["live"],
            CycleModel::Ki67Advanced => KI67_ADVANCED.to_vec(),
            CycleModel::Phases => of_type.cycle.phases.iter().map(|phase| phase.name.as_str()).collect(),
        };
        if !phases.contains(&phase) {
            let hint = match nearest(phase, &phases) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("phases of {cell_type}: {}", phases.join(", ")),
            };
            faults.add(self.source.span(&format!("{path}.phase")), format!("unknown phase `{phase}`"), Some(hint));
        }
    }
}
