//! Number, sum, sum of squares, smallest and largest value of a column over the live cells of each tissue and type.
//! Twin of `shaders/summarise_column.wgsl`.

use super::fixed_point::{is_saturated, number_of, ordered, steps_of};
use super::layout::{Layout, Observed, block};
use super::reduce::by_row;
use crate::cells::Cells;
use crate::cells::columns::Fate;

#[derive(Default)]
struct Summary {
    found: u32,
    not_finite: u32,
    saturated: u32,
    sum: i64,
    squares: u64,
    min_complement: u32,
    max: u32,
}

impl Summary {
    fn take(&mut self, number: f32, steps_per_unit: f32) {
        let steps = i64::from(steps_of(number, steps_per_unit));
        self.found += 1;
        self.saturated += u32::from(is_saturated(number, steps_per_unit));
        self.sum += steps;
        self.squares += (steps * steps) as u64;
        self.min_complement = self.min_complement.max(!ordered(number));
        self.max = self.max.max(ordered(number));
    }

    fn add_to(&self, words: &mut [u32]) {
        words[block::FOUND] += self.found;
        words[block::NOT_FINITE] += self.not_finite;
        words[block::SATURATED] += self.saturated;
        add_wide(words, block::SUM, self.sum as u64);
        add_wide(words, block::SQUARES, self.squares);
        words[block::MIN] = words[block::MIN].max(self.min_complement);
        words[block::MAX] = words[block::MAX].max(self.max);
    }
}

/// The number of two words.
pub(crate) fn wide(words: &[u32], at: usize) -> u64 {
    u64::from(words[at]) | u64::from(words[at + 1]) << 32
}

/// Adds to the number of two words.
pub(crate) fn add_wide(words: &mut [u32], at: usize, value: u64) {
    let sum = wide(words, at).wrapping_add(value);
    words[at] = sum as u32;
    words[at + 1] = (sum >> 32) as u32;
}

/// Fills the block of an observed column, bins aside.
pub fn summarise_column(layout: &Layout, observed: &Observed, cells: &Cells, words: &mut [u32]) {
    let (column, steps_per_unit) = (observed.column, 1.0 / observed.resolution);
    let lanes = cells.pack(column.pack);
    let visit = |_: &[u32], _: usize, slot: usize, summary: &mut Summary| {
        let (_, _, fate) = layout.kind(cells, slot);
        if fate == Fate::Live as u32 {
            match number_of(column.storage, lanes[slot][column.lane]) {
                Some(number) if number < 0.0 => summary.take(number + observed.wrap, steps_per_unit),
                Some(number) => summary.take(number, steps_per_unit),
                None => summary.not_finite += 1,
            }
        }
    };
    by_row(layout, cells, words, visit, |row, summary| summary.add_to(&mut row[observed.offset..]));
}
