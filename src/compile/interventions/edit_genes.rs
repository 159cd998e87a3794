//! `[[edit_genes]]`: all cells of a type have another genotype from then on, such as after a retrovirus or CRISPR.

use super::{Calendar, Scheduled};
use crate::compile::diagnostics::Diagnostics;
use crate::compile::genotype::genotype;
use crate::compile::parameter_paths::{Key, ParameterNames};
use crate::plan::Action;
use crate::plan::treatment::{Change, ParameterChange};
use crate::scenario::EditGenes;
use crate::scenario::naming::quoted;
use crate::scenario::proteostasis::PARAMETERS;

/// One action for each parameter that the genotype sets.
pub fn plan(
    given: &EditGenes,
    names: &ParameterNames,
    calendar: &Calendar,
    path: &str,
    to: &mut Scheduled,
    diagnostics: &mut Diagnostics,
) {
    let times = calendar.times(&given.timing(), None, path, diagnostics);
    let set = genotype(&given.genotype, &format!("{path}.genotype"), diagnostics);
    let message = "it names no genotype";
    diagnostics.require(
        !given.genotype.0.is_empty(),
        format!("{path}.genotype"),
        message,
        "such as \"gp96_knock_out\"",
    );
    let of_type = |it: &&crate::compile::types::BuiltType| it.name == given.cell_type;
    let Some(cell_type) = names.types.iter().find(of_type) else { return };
    let message = format!("{} has no proteostasis, in which genes could act", cell_type.name);
    let hint = format!("add [cell_types.{}.proteostasis]", quoted(&cell_type.name));
    let has_proteostasis = cell_type.proteostasis.is_some();
    diagnostics.require(has_proteostasis, format!("{path}.cell_type"), message, &hint);
    if !has_proteostasis {
        return;
    }
    let what = format!("{} of {}", given.genotype.0.join(" and "), cell_type.name);
    let mut actions = Vec::new();
    for (number, value) in set {
        let parameter = &PARAMETERS[number];
        let name = format!("proteostasis.{}", parameter.key());
        let key = Key { cell_type: Some(&given.cell_type), effector: None, target: None, parameter: &name };
        let Some(place) = names.place(&key, path, diagnostics) else { continue };
        let to = Change::Value(value / parameter.measure.from_min());
        actions.push((what.clone(), Action::Set(ParameterChange { place, to })));
    }
    to.add(times, path, |_| actions.clone());
}
