//! Durations of phases and of dying, in mean durations × 2^28. Twin of `shaders/shared/phases.wgsl`.

use super::cell_bits;
use super::columns::{Fate, PHASE_ONE};
use crate::math::log;
use crate::plan::Parameters;
use crate::plan::parameters::BY_AGE;
use crate::random::{Purpose, draw, uniform};

/// Longest duration that fits, in mean durations.
const LONGEST: f32 = 15.9;

/// A number of mean durations as an integer.
pub fn fixed_point(mean_durations: f32) -> u32 {
    (mean_durations.min(LONGEST) * PHASE_ONE) as u32
}

/// Sum of `stages` exponential deviates, each with mean 1/stages.
fn erlang(stages: u32, seed: [u32; 2], id: [u32; 2], tick: u32, purpose: u32) -> f32 {
    let mut sum = 0.0;
    for stage in 0..stages {
        let words = draw(seed, id, tick, purpose + ((stage / 4) << 16));
        sum -= log(uniform(words[stage as usize % 4]));
    }
    sum / stages as f32
}

/// Duration of a phase that a cell enters at this tick; `transition` numbers the phases entered within the step.
pub fn phase_duration(
    parameters: &Parameters,
    own: usize,
    phase: u32,
    seed: [u32; 2],
    id: [u32; 2],
    tick: u32,
    transition: u32,
) -> u32 {
    let row = parameters.phase(own, phase);
    if parameters.is_endless(own, phase) {
        u32::MAX
    } else if row.stages == 0 || row.stages == BY_AGE {
        PHASE_ONE as u32
    } else {
        fixed_point(erlang(row.stages, seed, id, tick, Purpose::Phase as u32 + transition))
    }
}

/// Time that a cell which dies at this tick stays in the tissue.
pub fn time_as_dead(is_fixed: u32, seed: [u32; 2], id: [u32; 2], tick: u32) -> u32 {
    if is_fixed == 1 { PHASE_ONE as u32 } else { fixed_point(erlang(1, seed, id, tick, Purpose::Phase as u32)) }
}

/// The kind of a cell that has just died: no phase any more, and nothing that holds it.
pub fn dead_kind(kind: u32, fate: Fate) -> u32 {
    cell_bits::with_fate(cell_bits::with_is_arrested(cell_bits::with_phase(kind, 0), false), fate)
}
