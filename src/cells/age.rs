//! Times of birth and ages. Twin of `shaders/shared/age.wgsl`.
//!
//! Survival to an age t is (1 − t/maximum)^shape, the hazard shape/(maximum − t); over a step from t0 to t1 it
//! integrates to −shape · ln(1 − x) with x = (t1 − t0)/(maximum − t0), so that the law is exact at any step.
//! A cell is born when it enters the tissue, and both cells are born when they come from a division.
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | maximum | `lifespan_min` | min | age that no cell survives | of a type; 10 d for the CAR-T cells of `acceptance.md` C11 |
//! | shape | `lifespan_shape` | 1 | below 1 most die late | same: 1/6 |

use super::cell_bits;
use super::settings::{Population, Settings};
use crate::math::log;
use crate::plan::TICKS_PER_MIN;

/// Integral of the hazard at which no cell is left: e^(−100) is 0 in 32 bits.
const CERTAIN: f32 = 100.0;

fn movement_ticks(settings: &Settings) -> u32 {
    (settings.movement_min * TICKS_PER_MIN as f32 + 0.5) as u32
}

/// Time of birth of a cell that comes at the end of this step, in units of `birth_ticks`.
pub fn born_now(settings: &Settings, population: &Population) -> u32 {
    ((population.tick + movement_ticks(settings)) / settings.birth_ticks).min(65_535)
}

/// The second lane of `progress` of a cell that grows no older in this cycle step. A step shorter than the unit of the
/// times of birth counts once in as many steps as the unit has.
pub fn born_later(settings: &Settings, population: &Population, lane: u32) -> u32 {
    let end = population.tick + movement_ticks(settings);
    if end.is_multiple_of(settings.birth_ticks) { cell_bits::with_born(lane, cell_bits::born(lane) + 1) } else { lane }
}

/// Age in min at the end of this step, from the second lane of `progress`.
pub fn age_min(settings: &Settings, population: &Population, lane: u32) -> f32 {
    let born = (cell_bits::born(lane) * settings.birth_ticks).min(population.tick);
    (population.tick - born) as f32 * 0.01 + settings.movement_min
}

/// Integral of the hazard of ageing over the cycle step that ends at an age.
pub fn ageing(settings: &Settings, age: f32, maximum_min: f32, shape: f32) -> f32 {
    if maximum_min == 0.0 {
        return 0.0;
    }
    let before = (age - settings.cycle_min).max(0.0);
    if age >= maximum_min {
        return CERTAIN;
    }
    let x = (age - before) / (maximum_min - before);
    if x < 0.01 { shape * (x * (1.0 + x * (0.5 + x * ((1.0 / 3.0) + x * 0.25)))) } else { shape * -log(1.0 - x) }
}
