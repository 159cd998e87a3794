//! `[[set_parameters]]`: a parameter is changed from outside, such as antigen withdrawn or a gene knocked out.

use super::{Calendar, Scheduled};
use crate::compile::diagnostics::Diagnostics;
use crate::compile::parameter_paths::{Key, ParameterNames};
use crate::plan::Action;
use crate::plan::treatment::{Change, ParameterChange};
use crate::scenario::SetParameters;

/// One action for each time.
pub fn plan(
    given: &SetParameters,
    names: &ParameterNames,
    calendar: &Calendar,
    path: &str,
    to: &mut Scheduled,
    diagnostics: &mut Diagnostics,
) {
    let times = calendar.times(&given.timing(), None, path, diagnostics);
    let hint = "give value = \"0.1 /h\" or factor = 0.5";
    let is_one = given.value.is_some() != given.factor.is_some();
    diagnostics.require(is_one, path, "it must say either value or factor", hint);
    let key = Key {
        cell_type: given.cell_type.as_deref(),
        effector: given.effector.as_deref(),
        target: given.target.as_deref(),
        parameter: &given.parameter,
    };
    let Some(place) = names.place(&key, path, diagnostics) else { return };
    let (to_what, change) = match (&given.value, given.factor) {
        (Some(text), None) => {
            let text = text.to_string();
            let value = names.value(place, &text, &format!("{path}.value"), diagnostics);
            (text, value.map(Change::Value))
        }
        (None, Some(factor)) => {
            if let Some(base) = place.value(names.parameters) {
                names.doubt(place, base * factor.0, &format!("{path}.factor"), diagnostics);
            }
            (format!("{} of what it was", factor.0), Some(Change::Factor(factor.0)))
        }
        _ => return,
    };
    let Some(change) = change else { return };
    let what = format!("{} set to {to_what}", key.written());
    to.add(times, path, |_| vec![(what.clone(), Action::Set(ParameterChange { place, to: change }))]);
}
