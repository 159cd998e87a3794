//! How a cell differs from its type, and forgets it. Twin of `shaders/shared/proteostasis/variation.wgsl`, where
//! equations, symbols and sources stand.

use super::lanes::{Lanes, WIDTH};
use super::state::Variation;
use crate::math::exp;
use crate::plan::ProteostasisParameters;
use crate::random::normal_pair;

/// η in the middle of its 16 bits, and its steps in one.
const MIDDLE: f32 = 32_768.0;
const STEPS: f32 = 4096.0;

/// The factors of eight cells, from the words that hold their η.
#[inline(always)]
pub fn variation_of(row: &ProteostasisParameters, words: &[[u32; 4]; WIDTH]) -> Variation {
    let sd = row.variability;
    let factor = |number: usize| {
        let eta = |word: [u32; 4]| (word[number / 2] >> (16 * (number % 2)) & 0xffff) as f32;
        let eta = (Lanes::from(words.map(eta)) - MIDDLE) * (1.0 / STEPS);
        (sd * eta - 0.5 * (sd * sd)).exp()
    };
    Variation {
        misfolding: factor(0),
        proteasome: factor(1),
        translation_by_akt: factor(2),
        autophagy_of_aggregates: factor(3),
        exhaustion_half_aggregated: factor(4),
        stress_chaperones_by_stress: factor(5),
        akt_by_tcr: factor(6),
        activation_chaperones_by_tcr: factor(7),
    }
}

/// What is kept of each η over a step, and the width of the noise that is added.
#[derive(Clone, Copy, Debug)]
pub struct Motion {
    decay: f32,
    kick: f32,
}

impl Motion {
    /// Over a step of `step_h`.
    pub fn new(row: &ProteostasisParameters, step_h: f32) -> Motion {
        let decay = exp(-(step_h / row.variability_time_h));
        // Root of 12: a uniform number from -1/2 to 1/2 has the variance 1/12.
        Motion { decay, kick: ((1.0 - decay) * (1.0 + decay)).sqrt() * 3.464_101_6 }
    }

    fn eta(self, word: u32, random: u32) -> u32 {
        let noise = self.kick * ((random as f32 + 0.5) * (1.0 / 65_536.0) - 0.5);
        let eta = (word as f32 - MIDDLE) * (1.0 / STEPS) * self.decay + noise;
        ((eta * STEPS + 0.5).floor() + MIDDLE).clamp(0.0, 65_535.0) as u32
    }

    /// The η of a cell after the step.
    pub fn moved(self, words: [u32; 4], random: [u32; 4]) -> [u32; 4] {
        std::array::from_fn(|pair| {
            let low = self.eta(words[pair] & 0xffff, random[pair] & 0xffff);
            low | self.eta(words[pair] >> 16, random[pair] >> 16) << 16
        })
    }
}

/// The η of a new cell: normal, from two draws.
pub fn first(draws: [[u32; 4]; 2]) -> [u32; 4] {
    let word = |eta: f32| ((eta * STEPS + 0.5).floor() + MIDDLE).clamp(0.0, 65_535.0) as u32;
    std::array::from_fn(|pair| {
        let words = draws[pair / 2];
        let [low, high] = normal_pair(words[pair % 2 * 2], words[pair % 2 * 2 + 1]);
        word(low) | word(high) << 16
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::philox;

    fn etas(words: [u32; 4]) -> [f64; 8] {
        std::array::from_fn(|number| {
            let bits = words[number / 2] >> (16 * (number % 2)) & 0xffff;
            (f64::from(bits) - 32_768.0) / 4096.0
        })
    }

    /// Mean, variance, excess kurtosis and correlation over two steps of the process, from its own first values.
    fn moments(step_h: f32, memory_h: f32) -> [f64; 4] {
        let row = ProteostasisParameters { variability_time_h: memory_h, ..Default::default() };
        let motion = Motion::new(&row, step_h);
        let (mut n, mut sums) = (0.0, [0.0; 4]);
        for cell in 0..2000 {
            let draw = |draw: u32| philox([1, 2], [cell, draw, 0, 0]);
            let mut words = first([draw(0), draw(1)]);
            for step in 0..100 {
                words = motion.moved(words, draw(2 + 2 * step));
                let after = motion.moved(words, draw(3 + 2 * step));
                for (x, y) in etas(words).into_iter().zip(etas(after)) {
                    n += 1.0;
                    sums = [sums[0] + x, sums[1] + x * x, sums[2] + x.powi(4), sums[3] + x * y];
                }
                words = after;
            }
        }
        let [mean, second, fourth, product] = sums.map(|it| it / n);
        [mean, second, fourth / (second * second) - 3.0, product / second]
    }

    #[test]
    fn it_is_a_stationary_normal_process_with_the_right_memory() {
        for (step_h, memory_h) in [(0.25f32, 48.0f32), (0.002, 48.0), (0.5, 24.0)] {
            let [mean, variance, kurtosis, kept] = moments(step_h, memory_h);
            // 16,000 independent paths, seen for some 1 to 200 steps of their memory.
            assert!(
                mean.abs() < 0.04 && (variance - 1.0).abs() < 0.06 && kurtosis.abs() < 0.15,
                "{mean} {variance} {kurtosis}"
            );
            let expected = f64::from(-step_h / memory_h).exp();
            assert!((kept - expected).abs() < 0.05 * (1.0 - expected), "kept {kept}, not {expected}");
        }
        // A memory 10 % longer is seen.
        let [_, _, _, kept] = moments(0.25, 52.8);
        let expected = f64::from(-0.25f32 / 48.0).exp();
        assert!((kept - expected).abs() > 0.05 * (1.0 - expected));
    }
}
