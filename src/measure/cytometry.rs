//! Sums over live cells of what a flow cytometer would show. Twin of `shaders/cytometry.wgsl`; equations, symbols and marks
//! stand in `plan::cytometry`.

use super::fixed_point::{MAX_STEPS, is_saturated, steps_of};
use super::layout::{Layout, block};
use super::reduce::by_row;
use super::summarise_column::add_wide;
use crate::cells::Cells;
use crate::cells::columns::{Fate, column};
use crate::math::{exp, power_of_two};
use crate::plan::cytometry::*;
use crate::random::{Purpose, draw, normal_pair, uniform};

struct Stained {
    found: u32,
    not_finite: u32,
    saturated: u32,
    sums: [i64; SUM_COUNT],
}

impl Default for Stained {
    fn default() -> Stained {
        Stained { found: 0, not_finite: 0, saturated: 0, sums: [0; SUM_COUNT] }
    }
}

fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

impl Stained {
    fn add(&mut self, sum: usize, number: f32) {
        self.sums[sum] += i64::from(steps_of(number, 1.0 / resolution(sum)));
    }

    /// Takes part of a number. Small weights would be lost in rounding, so that the part of a step is kept by chance.
    fn add_part(&mut self, sum: usize, weight: f32, number: f32, chance: f32) {
        let steps = (weight * number) * (1.0 / resolution(sum));
        self.sums[sum] += (steps.clamp(-MAX_STEPS, MAX_STEPS) + chance).floor() as i64;
    }

    /// Takes a cell, given its packs, its divisions and four random words.
    fn take(&mut self, packs: [[f32; 4]; 4], divisions: u32, random: [u32; 4]) {
        let [protein, response, programme, capacity] = packs;
        let noise = normal_pair(random[0], random[1]);
        let tim3 = logistic((response[3] + TIM3_NOISE * noise[0] - TIM3_THRESHOLD) / TIM3_WIDTH);
        let slamf6 = logistic((programme[1] + SLAMF6_NOISE * noise[1] - SLAMF6_THRESHOLD) / SLAMF6_WIDTH);
        let cytokine = logistic((capacity[2] - CYTOKINE_THRESHOLD) / CYTOKINE_WIDTH);
        let progenitor = slamf6 * (1.0 - tim3);
        let terminal = (1.0 - slamf6) * tim3;
        let rest = (1.0 - progenitor - terminal).max(0.0);
        let intermediate = if programme[3] > INTERMEDIATE_EFFECTOR { rest } else { 0.0 };
        let neither = (1.0 - slamf6) * (1.0 - tim3);
        let fractions = [progenitor, terminal, slamf6 * tim3, neither, slamf6, tim3, cytokine, intermediate];
        let measured = [DYE_BACKGROUND + protein[2] + protein[3], capacity[0], response[1], protein[0]];
        let is_beyond = |(&number, (_, step)): (&f32, (&str, f32))| is_saturated(number, 1.0 / step);
        self.found += 1;
        self.saturated += u32::from(measured.iter().zip(MEASURED).any(is_beyond));
        fractions.iter().enumerate().for_each(|(sum, &chance)| self.add(sum, chance));
        self.add(DYE, measured[0]);
        for (subset, (_, fraction)) in SUBSETS.iter().enumerate() {
            for (number, &value) in measured.iter().enumerate() {
                self.add(subset_sum(subset, number), fractions[*fraction] * value);
            }
        }
        let (weight, chance) = (power_of_two(-(divisions.min(MOST_DIVISIONS) as i32)), uniform(random[2]));
        let of_lineages = [1.0].iter().chain(&fractions).chain(&measured).chain(&response[3..]);
        for (number, &value) in of_lineages.enumerate() {
            self.add_part(LINEAGE + number, weight, value, chance);
        }
    }

    fn add_to(&self, words: &mut [u32]) {
        words[block::FOUND] += self.found;
        words[block::NOT_FINITE] += self.not_finite;
        words[block::SATURATED] += self.saturated;
        for (sum, &steps) in self.sums.iter().enumerate() {
            add_wide(words, block::SUM + 2 * sum, steps as u64);
        }
    }
}

/// Fills the block of the panel, where the layout has one; `seed` is that of a tissue of the batch.
pub fn cytometry(layout: &Layout, cells: &Cells, seed: impl Fn(u32) -> [u32; 2] + Sync, tick: u32, words: &mut [u32]) {
    let (Some(offset), Some(divisions)) = (layout.cytometry, column("divisions")) else { return };
    let visit = |_: &[u32], _: usize, slot: usize, stained: &mut Stained| {
        let (tissue, cell_type, fate) = layout.kind(cells, slot);
        if fate != Fate::Live as u32 || layout.stained_types >> cell_type & 1 == 0 {
            return;
        }
        let packs = [cells.protein[slot], cells.response[slot], cells.programme[slot], cells.capacity[slot]];
        if !packs.iter().flatten().all(|number| number.is_finite()) {
            stained.not_finite += 1;
            return;
        }
        let [low, high, ..] = cells.identity[slot];
        let random = draw(seed(tissue as u32), [low, high], tick, Purpose::Cytometry as u32);
        stained.take(packs, divisions.bits(cells.progress[slot][divisions.lane]), random);
    };
    by_row(layout, cells, words, visit, |row, stained| stained.add_to(&mut row[offset..]));
}
