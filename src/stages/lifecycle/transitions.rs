//! Live cells become cells of another type. Twin of `shaders/shared/transitions.wgsl`.
//!
//! In a cycle step a cell that lives on becomes another with probability 1 − e^(−Σ rates dt), of a type drawn in
//! proportion to the rates; exact where rates do not change within the step. It starts the first phase of its new type
//! and lets go of its target; volume, age, hits and traits stay, and rules start from the parameters of the new type.

use crate::cells::cell_bits;
use crate::cells::world::World;
use crate::math::event_probability;
use crate::of_pair;
use crate::random::{threshold, uniform};

/// Number of the phase of the new type: above all those of `cycle`, below that of `divide`.
pub const AFTER_TRANSITION: u32 = 14;

/// The type that a live cell becomes at this tick, if any.
pub fn next_type(world: &World, slot: usize, kind: u32, words: [u32; 4]) -> Option<u32> {
    let (parameters, own) = (world.parameters(cell_bits::tissue(kind)), cell_bits::cell_type(kind) as usize);
    let types = parameters.types.len();
    let sums: Vec<f32> = (0..types)
        .scan(0.0, |sum, other| {
            *sum += of_pair!(world, parameters, own, other, transition_per_min, slot);
            Some(*sum)
        })
        .collect();
    let total = sums.last().copied().unwrap_or(0.0);
    if words[2] >= threshold(event_probability(total * world.settings.cycle_min)) {
        return None;
    }
    let drawn = uniform(words[3]) * total;
    sums.iter().position(|&sum| sum > drawn).filter(|&other| other != own).map(|other| other as u32)
}

/// Gives the cells in these slots, which have another type now, the values that rules start from in it.
pub fn reset_behaviours(world: &mut World, slots: &[usize]) {
    let count = world.ruled_values;
    for &slot in slots {
        let kind = world.cells.identity[slot][2];
        let parameters = world.parameters(cell_bits::tissue(kind));
        let own = cell_bits::cell_type(kind) as usize;
        let Some(of_type) = parameters.rules.behaviours.get(own) else { continue };
        let values: Vec<f32> = of_type.iter().map(|it| f32::from_bits(parameters.word(it.word))).collect();
        world.cells.behaviours[slot * count..][..values.len()].copy_from_slice(&values);
    }
}
