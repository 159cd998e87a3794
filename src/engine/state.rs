//! What an engine remembers from step to step, on a device or not: with it the steps go on as if they had never stopped.
//!
//! Everything else that the stages work on, the sorted order, contacts, coarse grids, is made anew in each step.

use crate::cells::Cells;
use crate::cells::columns::{OPTIONAL_PACKS, PACKS, Pack};
use crate::cells::events::EVENT_COUNT;
use crate::fields::KEPT;
use crate::measure::Accounts;
use crate::plan::{Plan, Substrates};
use std::borrow::Cow;

/// Names of what is no pack and no buffer of the substrates.
const BEHAVIOURS: &str = "behaviours";
const EVENTS: &str = "events";
const ACCOUNTS: &str = "accounts";

/// Between two steps.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Tick of the next step.
    pub tick: u32,
    /// All columns of all cells, in slot order.
    pub cells: Cells,
    /// Cumulative events: \[tissue\]\[cell type\]\[event\].
    pub events: Vec<u32>,
    /// Buffers of the substrates, in the order of [`KEPT`]; empty where there are none.
    pub fields: Vec<Vec<u32>>,
    /// What turned over of the substrates.
    pub accounts: Accounts,
}

impl State {
    /// The state as named arrays of words.
    pub fn arrays(&self) -> Vec<(&'static str, Cow<'_, [u32]>)> {
        let pack = |it: Pack| (it.name(), Cow::Borrowed(bytemuck::cast_slice(self.cells.pack(it))));
        let mut arrays: Vec<(&'static str, Cow<[u32]>)> = PACKS.into_iter().chain(OPTIONAL_PACKS).map(pack).collect();
        arrays.push((BEHAVIOURS, Cow::Borrowed(bytemuck::cast_slice(&self.cells.behaviours))));
        arrays.push((EVENTS, Cow::Borrowed(&self.events)));
        arrays.extend(KEPT.iter().zip(&self.fields).map(|(it, words)| (it.name, Cow::Borrowed(words.as_slice()))));
        arrays.push((ACCOUNTS, Cow::Owned(bytemuck::pod_collect_to_vec(&self.accounts.sums()))));
        arrays.retain(|it| !it.1.is_empty());
        arrays
    }

    /// The state at a tick from its arrays; none where they are not those of a batch of so many tissues of a plan.
    pub fn from_arrays(plan: &Plan, tissues: usize, tick: u32, arrays: Vec<(String, Vec<u32>)>) -> Option<State> {
        let mut state = State { tick, ..State::default() };
        state.fields = plan.substrates.iter().flat_map(|_| KEPT).map(|_| Vec::new()).collect();
        for (name, words) in arrays {
            let pack = PACKS.into_iter().chain(OPTIONAL_PACKS).find(|pack| pack.name() == name);
            let field = KEPT.iter().position(|it| it.name == name);
            match (pack, field, name.as_str()) {
                (Some(pack), ..) if words.len().is_multiple_of(4) => {
                    state.cells.set_pack(pack, bytemuck::pod_collect_to_vec(&words));
                }
                (_, Some(field), _) if field < state.fields.len() => state.fields[field] = words,
                (.., BEHAVIOURS) => state.cells.behaviours = bytemuck::cast_vec(words),
                (.., EVENTS) => state.events = words,
                (.., ACCOUNTS) if words.len().is_multiple_of(8) => {
                    state.accounts = Accounts::from_sums(&bytemuck::pod_collect_to_vec(&words));
                }
                _ => return None,
            }
        }
        state.fits(plan, tissues).then_some(state)
    }

    /// Whether all parts are as long as the plan has them, and the cells can be its own.
    fn fits(&self, plan: &Plan, tissues: usize) -> bool {
        let kept = |substrates: &Substrates| {
            let mut both = KEPT.iter().zip(&self.fields);
            both.all(|(it, words)| words.len() == tissues * (it.words_per_tissue)(substrates))
        };
        self.cells.fit(plan, tissues)
            && self.events.len() == tissues * plan.cell_types.len() * EVENT_COUNT
            && plan.substrates.as_ref().is_none_or(kept)
            && [0, tissues * plan.substrates.as_ref().map_or(0, |it| it.list.len())]
                .contains(&self.accounts.sums().len())
    }
}
