//! The ledger of cells: before + births + added − removed − taken + transitions in − out = after, for each tissue and cell type.

use super::layout::{ATTACHED, Layout};
use crate::cells::events::{EVENT_COUNT, Event, event_row};
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::plan::domain::hours;
use std::ops::Range;

/// Event, sign with which it enters the balance, word in the message.
const ENTRIES: [(Event, i64, &str); 6] = [
    (Event::Births, 1, "births"),
    (Event::Added, 1, "added"),
    (Event::Removed, -1, "removed"),
    (Event::Taken, -1, "taken"),
    (Event::TransitionsIn, 1, "become"),
    (Event::TransitionsOut, -1, "become others"),
];

/// Cells and events of a batch at its last report.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    tick: u32,
    /// Cells of \[tissue\]\[cell type\].
    cells: Vec<u32>,
    /// Words of the buffer `events`.
    events: Vec<u32>,
}

impl Ledger {
    /// The ledger of a batch at a tick, from the buffers `statistics` and `events` of that time: at the start of a run,
    /// or at a checkpoint.
    pub fn new(layout: &Layout, words: &[u32], events: &[u32], tick: u32) -> Ledger {
        Ledger { tick, cells: cells(layout, words), events: events.to_vec() }
    }

    /// A ledger that opens at tick 0 with no cell and no event: whoever uses it counts the first cells as added.
    pub fn empty(layout: &Layout) -> Ledger {
        let rows = layout.tissue_count * layout.type_count;
        Ledger { tick: 0, cells: vec![0; rows], events: vec![0; rows * EVENT_COUNT] }
    }

    /// Balances the cells since the last report, for the tissues of a batch, which are `tissues` of the study, and
    /// takes this report as the last. `Error::Tissue` names the arm, replicate, cell type and numbers that are off.
    pub fn check(
        &mut self,
        plan: &Plan,
        layout: &Layout,
        words: &[u32],
        events: &[u32],
        tick: u32,
        tissues: Range<u32>,
    ) -> Result<()> {
        let now = Ledger::new(layout, words, events, tick);
        for (local, tissue) in tissues.enumerate() {
            for cell_type in 0..layout.type_count {
                self.balance(&now, layout.type_count, local, cell_type).map_err(|numbers| {
                    let (arm, replicate) = plan.arm_and_replicate(tissue as usize);
                    // As the series count them.
                    let replicate = replicate + 1;
                    let (arm, name) = (&plan.arms[arm].name, &plan.cell_types[cell_type].name);
                    let (from, to) = (hours(self.tick), hours(tick));
                    let said = format!(
                        "arm {arm}, replicate {replicate}, cell type {name}: cells do not balance between {from} h and {to} h: {numbers}\n\n\
                         hint: this is a fault of the program or the device, not of the scenario; try --device cpu, and report it"
                    );
                    Error::Tissue(tissue as usize, said)
                })?;
            }
        }
        *self = now;
        Ok(())
    }

    /// Err has the numbers that are off.
    fn balance(
        &self,
        now: &Ledger,
        type_count: usize,
        tissue: usize,
        cell_type: usize,
    ) -> std::result::Result<(), String> {
        let (group, row) = (tissue * type_count + cell_type, event_row(type_count, tissue, cell_type));
        let (before, after) = (i64::from(self.cells[group]), i64::from(now.cells[group]));
        let (mut expected, mut terms) = (before, before.to_string());
        for (event, sign, name) in ENTRIES {
            let word = row + event as usize;
            // The counters wrap at 2^32; fewer events than that lie between two reports.
            let count = i64::from(now.events[word].wrapping_sub(self.events[word]));
            expected += sign * count;
            terms += &format!(" {} {count} {name}", if sign > 0 { '+' } else { '-' });
        }
        if expected == after { Ok(()) } else { Err(format!("{terms} = {expected}, but {after} are there")) }
    }
}

/// Cells of \[tissue\]\[cell type\], whatever their fate.
fn cells(layout: &Layout, words: &[u32]) -> Vec<u32> {
    words.chunks(layout.row_words).map(|row| row[..ATTACHED].iter().sum()).collect()
}
