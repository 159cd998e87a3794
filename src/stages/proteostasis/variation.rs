//! How a cell differs from its type, and forgets it. Twin of `shaders/shared/proteostasis/variation.wgsl`, where
//! equations, symbols and sources stand.

use super::lanes::Lanes;
use super::state::Variation;
use crate::math::exp;
use crate::plan::ProteostasisParameters;
use crate::random::normal_pair;

/// η in the middle of its 16 bits, and its steps in one.
const MIDDLE: f32 = 32_768.0;
const STEPS: f32 = 4096.0;

/// The eight η of each of eight cells, as the whole numbers of 16 bits that hold them.
#[derive(Clone, Copy, Debug)]
pub struct Etas([Lanes; 8]);

impl Etas {
    /// From the four words of each cell, two numbers in each.
    #[inline(always)]
    pub fn of(words: [Lanes; 4]) -> Etas {
        let [first, second, third, fourth] = words;
        let ([a, b], [c, d]) = (Lanes::of_halves(first), Lanes::of_halves(second));
        let ([e, f], [g, h]) = (Lanes::of_halves(third), Lanes::of_halves(fourth));
        Etas([a, b, c, d, e, f, g, h])
    }

    /// The four words of each cell.
    #[inline(always)]
    pub fn words(self) -> [Lanes; 4] {
        let Etas([a, b, c, d, e, f, g, h]) = self;
        [Lanes::into_halves(a, b), Lanes::into_halves(c, d), Lanes::into_halves(e, f), Lanes::into_halves(g, h)]
    }
}

/// The factors of eight cells.
#[inline(always)]
pub fn variation_of(row: &ProteostasisParameters, etas: Etas) -> Variation {
    let sd = row.variability;
    let factor = |number: usize| {
        let eta = (etas.0[number] - MIDDLE) * (1.0 / STEPS);
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

    /// The η of eight cells after the step, by the random numbers of 16 bits of each.
    #[inline(always)]
    pub fn moved(self, etas: Etas, random: Etas) -> Etas {
        let mut moved = etas;
        for (eta, random) in moved.0.iter_mut().zip(random.0) {
            let noise = self.kick * ((random + 0.5) * (1.0 / 65_536.0) - 0.5);
            let exact = (*eta - MIDDLE) * (1.0 / STEPS) * self.decay + noise;
            *eta = ((exact * STEPS + 0.5).floor() + MIDDLE).max(0.0).min(65_535.0);
        }
        moved
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
    use crate::stages::proteostasis::lanes::WIDTH;
    use std::iter::zip;
    use wide::u32x8;

    fn of_cells(words: [[u32; 4]; WIDTH]) -> Etas {
        Etas::of([0, 1, 2, 3].map(|number| Lanes::of_bits(u32x8::new(words.map(|it| it[number])))))
    }

    fn etas(etas: Etas) -> impl Iterator<Item = f64> {
        let words = Etas::of(etas.words()).0;
        words.into_iter().flat_map(Lanes::to_array).map(|it| (f64::from(it) - 32_768.0) / 4096.0)
    }

    /// Mean, variance, excess kurtosis and correlation over two steps of the process, from its own first values.
    fn moments(step_h: f32, memory_h: f32) -> [f64; 4] {
        let row = ProteostasisParameters { variability_time_h: memory_h, ..Default::default() };
        let motion = Motion::new(&row, step_h);
        let (mut n, mut sums) = (0.0, [0.0; 4]);
        for group in 0..2000 / WIDTH as u32 {
            let draw = |cell: u32, draw: u32| philox([1, 2], [group, cell, draw, 0]);
            let noise = |number: u32| of_cells(std::array::from_fn(|cell| draw(cell as u32, number)));
            let mut now = of_cells(std::array::from_fn(|cell| first([0, 1].map(|half| draw(cell as u32, half)))));
            for step in 0..100 {
                now = motion.moved(now, noise(2 + 2 * step));
                let after = motion.moved(now, noise(3 + 2 * step));
                for (x, y) in zip(etas(now), etas(after)) {
                    n += 1.0;
                    sums = [sums[0] + x, sums[1] + x * x, sums[2] + x.powi(4), sums[3] + x * y];
                }
                now = after;
            }
        }
        let [mean, second, fourth, product] = sums.map(|it| it / n);
        [mean, second, fourth / (second * second) - 3.0, product / second]
    }

    /// How far a correlation is off, in standard deviations of 1,600,000 steps.
    fn off(kept: f64, memories: f32) -> f64 {
        let expected = f64::from(-memories).exp();
        (kept - expected).abs() / ((1.0 - expected * expected) / 1.6e6).sqrt()
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
            assert!(off(kept, step_h / memory_h) < 4.0, "kept {kept} over {step_h} h of {memory_h} h");
        }
        // A memory 10 % longer is seen.
        let [_, _, _, kept] = moments(0.25, 52.8);
        assert!(off(kept, 0.25 / 48.0) > 4.0);
    }
}
