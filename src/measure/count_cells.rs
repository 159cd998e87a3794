//! Cells of each tissue and type by fate; live cells by phase and by being attached.
//! Twin of `shaders/count_cells.wgsl`.

use super::layout::{ATTACHED, FIRST_PHASE, Layout};
use super::reduce::by_row;
use crate::cells::Cells;
use crate::cells::columns::{Fate, NO_BOND};

#[derive(Default)]
struct Counts {
    /// Fates, then attached.
    head: [u32; FIRST_PHASE],
    phases: Vec<u32>,
}

/// Adds the counts to the words of the buffer `statistics`.
pub fn count_cells(layout: &Layout, cells: &Cells, words: &mut [u32]) {
    let visit = |_: &[u32], _: usize, slot: usize, counts: &mut Counts| {
        let (_, _, fate) = layout.kind(cells, slot);
        counts.head[fate.min(Fate::Removed as u32) as usize] += 1;
        if fate == Fate::Live as u32 {
            counts.head[ATTACHED] += u32::from(cells.identity[slot][3] != NO_BOND);
            counts.phases.resize(layout.phase_count, 0);
            let phase = (cells.identity[slot][2] & 255) as usize;
            counts.phases.iter_mut().skip(phase).take(1).for_each(|count| *count += 1);
        }
    };
    by_row(layout, cells, words, visit, |row, counts| {
        let found = counts.head.iter().chain(&counts.phases);
        row.iter_mut().zip(found).for_each(|(word, count)| *word += count);
    });
}
