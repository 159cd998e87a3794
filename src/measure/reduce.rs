//! The loop that all twins share: chunks of cells in parallel, each with its own totals, added up in order.

use super::layout::Layout;
use crate::cells::Cells;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Cells of one task.
const TASK_CELLS: usize = 4096;

/// Visits every slot with the totals of its row, then adds those of each chunk to the row's words.
/// `visit(words, row, slot, totals)` sees the words as they were before; `add(row_words, totals)` changes them.
pub fn by_row<T: Default + Send>(
    layout: &Layout,
    cells: &Cells,
    words: &mut [u32],
    visit: impl Fn(&[u32], usize, usize, &mut T) + Sync,
    add: impl Fn(&mut [u32], T),
) {
    let before: &[u32] = words;
    let tasks: Vec<BTreeMap<usize, T>> = (0..cells.len().div_ceil(TASK_CELLS))
        .into_par_iter()
        .map(|task| {
            let mut totals = BTreeMap::new();
            for slot in task * TASK_CELLS..cells.len().min((task + 1) * TASK_CELLS) {
                let (tissue, cell_type, _) = layout.kind(cells, slot);
                let row = layout.row(tissue, cell_type);
                visit(before, row, slot, totals.entry(row).or_default());
            }
            totals
        })
        .collect();
    for (row, totals) in tasks.into_iter().flatten() {
        add(&mut words[row..row + layout.row_words], totals);
    }
}
