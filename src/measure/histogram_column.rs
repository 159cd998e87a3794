//! Histogram of a column between the smallest and largest value that `summarise_column` found.
//! Twin of `shaders/histogram_column.wgsl`. Bins are whole steps of fixed point, so that no rounding decides.

use super::fixed_point::{number_of, steps_of, unordered};
use super::layout::{BIN_COUNT, Layout, Observed, block};
use super::reduce::by_row;
use crate::cells::Cells;
use crate::cells::columns::Fate;

struct Bins([u32; BIN_COUNT]);

impl Default for Bins {
    fn default() -> Bins {
        Bins([0; BIN_COUNT])
    }
}

/// Lowest step, and number of steps from the smallest to the largest value of a block that is not empty.
pub(crate) fn range(words: &[u32], steps_per_unit: f32) -> (i32, u32) {
    let lowest = steps_of(unordered(!words[block::MIN]), steps_per_unit);
    let highest = steps_of(unordered(words[block::MAX]), steps_per_unit);
    (lowest, (highest - lowest) as u32 + 1)
}

/// First step of a bin, above the lowest; the last bin is followed by one that begins at `width`.
pub(crate) fn first_step(bin: usize, width: u32) -> u32 {
    (bin as u32 * width).div_ceil(BIN_COUNT as u32)
}

/// Fills the bins of an observed column, after `summarise_column`.
pub fn histogram_column(layout: &Layout, observed: &Observed, cells: &Cells, words: &mut [u32]) {
    let (column, steps_per_unit) = (observed.column, 1.0 / observed.resolution);
    let lanes = cells.pack(column.pack);
    let visit = |words: &[u32], row: usize, slot: usize, bins: &mut Bins| {
        let (_, _, fate) = layout.kind(cells, slot);
        let number = number_of(column.storage, lanes[slot][column.lane]);
        if let Some(number) = number.filter(|_| fate == Fate::Live as u32) {
            let (lowest, width) = range(&words[row + observed.offset..], steps_per_unit);
            let bin = (steps_of(number, steps_per_unit) - lowest) as u32 * BIN_COUNT as u32 / width;
            bins.0[bin as usize] += 1;
        }
    };
    by_row(layout, cells, words, visit, |row, bins| {
        row[observed.offset + block::BINS..].iter_mut().zip(bins.0).for_each(|(word, count)| *word += count);
    });
}
