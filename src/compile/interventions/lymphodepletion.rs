//! `[[lymphodepletion]]`: chemotherapy or irradiation before a transfer takes most of the host's own T cells, which leaves IL-2, IL-7
//! and IL-15 to those that come.
//!
//! | symbol | key | meaning | source |
//! |---|---|---|---|
//! | | `fraction` | probability that a cell of the types in `removes` leaves | stated by the user |
//! | ΔL2 | `il2_gain` | what is added to the IL-2 signal of all cells with proteostasis, which stands for IL-7 and IL-15 too: 0.3 | assumed |
//! | | `lasts` | for how long: 7 d | assumed |
//!
//! The signal comes to 1 at most. Mice of Wang et al., Nature 2025 (doi 10.1038/s41586-025-09539-1), got 5 Gy before the transfer.

use super::timing::Times;
use super::{Calendar, Scheduled};
use crate::compile::diagnostics::Diagnostics;
use crate::compile::parameter_paths::{Key, ParameterNames};
use crate::compile::time::on_step;
use crate::plan::treatment::{Change, ParameterChange};
use crate::plan::{Action, Region};
use crate::scenario::Lymphodepletion;

/// The parameter of cells with proteostasis that is raised.
const SIGNAL: &str = "proteostasis.il2";

/// At each time the cells leave and the signal rises; later it falls again.
pub fn plan(
    given: &Lymphodepletion,
    names: &ParameterNames,
    calendar: &Calendar,
    path: &str,
    to: &mut Scheduled,
    diagnostics: &mut Diagnostics,
) {
    let times = calendar.times(&given.timing(), None, path, diagnostics);
    let lasts = on_step(given.lasts.0, &calendar.clocks, &format!("{path}.lasts"), diagnostics);
    let message = "it removes no cell type";
    diagnostics.require(!given.removes.is_empty(), format!("{path}.removes"), message, "such as [\"host_t_cell\"]");
    let types: Vec<&str> = names.types.iter().map(|it| it.name.as_str()).collect();
    let mut begins = Vec::new();
    for (number, name) in given.removes.iter().enumerate() {
        let found = diagnostics.number(format!("{path}.removes.{number}"), "cell type", name, &types);
        let Some(own) = found else { continue };
        let (cell_type, probability, region) = (Some(own as u32), given.fraction.0, Region::Everywhere);
        begins.push((format!("{probability} of {name} leave"), Action::Remove { cell_type, probability, region }));
    }
    let mut ends = Vec::new();
    for own in names.types.iter().filter(|it| it.proteostasis.is_some()) {
        let key = Key { cell_type: Some(&own.name), effector: None, target: None, parameter: SIGNAL };
        let Some(place) = names.place(&key, path, diagnostics) else { continue };
        let gain = given.il2_gain.0;
        let set = |change: f64, word: &str| {
            let action = Action::Set(ParameterChange { place, to: Change::Added(change) });
            (format!("IL-2 signal of {} {word} by {gain}", own.name), action)
        };
        begins.push(set(gain, "rises"));
        ends.push(set(-gain, "falls"));
    }
    let (is_conditional, end) = (times.start.is_some(), calendar.duration_ticks);
    let both = times.ticks.iter().flat_map(|&(tick, number)| [(tick, 2 * number), (tick + lasts, 2 * number + 1)]);
    let is_within = |&(tick, part): &(u32, usize)| is_conditional || part.is_multiple_of(2) || tick < end;
    let times = Times { ticks: both.filter(is_within).collect(), start: times.start };
    to.add(times, path, |part| if part.is_multiple_of(2) { begins.clone() } else { ends.clone() });
}
