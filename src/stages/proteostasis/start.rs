//! Cells that enter: resting, each with a variation of its own.

use super::Kernel;
use super::integrator::readout_of;
use super::lanes::Lanes;
use super::state::State;
use super::variation::{Etas, first, variation_of};
use crate::cells::Cells;
use crate::cells::cell_bits;
use crate::plan::{Parameters, Plan};
use crate::random::{Purpose, draw};
use wide::u32x8;

/// A resting CD8 T cell (assumed): akt_activity, translation_capacity_percent_per_h, misfolded_percent,
/// aggregated_percent; activation_chaperones, stress_chaperones, stimulation_history, exhaustion; exhaustion_lock,
/// stemness, pd1, effector_programme.
const RESTING: [[f32; 4]; 3] = [[0.05, 1.5, 0.15, 0.3], [0.8, 0.9, 0.0, 0.0], [0.0, 0.95, 0.0, 0.02]];

/// Gives cells that enter the packs of proteostasis. `of_tissue` gives seed and arm of a tissue of the batch. Cells of
/// types without proteostasis get zeros, which nothing reads.
pub fn enter(plan: &Plan, identity: &[[u32; 4]], of_tissue: impl Fn(u32) -> ([u32; 2], usize), entering: &mut Cells) {
    let of_types = |parameters: &Parameters| -> Vec<[[f32; 4]; 5]> {
        (0..parameters.types.len()).map(|own| resting(parameters, own)).collect()
    };
    let resting: Vec<_> = plan.arms.iter().map(|arm| of_types(&arm.parameters)).collect();
    for &[low, high, kind, _] in identity {
        let (seed, arm) = of_tissue(cell_bits::tissue(kind));
        let [protein, response, programme, capacity, signal] = resting[arm][cell_bits::cell_type(kind) as usize];
        entering.protein.push(protein);
        entering.response.push(response);
        entering.programme.push(programme);
        entering.capacity.push(capacity);
        entering.signal.push(signal.map(f32::to_bits));
        let draws = [0, 1].map(|half| draw(seed, [low, high], half, Purpose::FirstVariation as u32));
        entering.variation.push(first(draws));
    }
}

/// The packs of a resting cell of a type, but for its variation, on which nothing depends that is told of it.
fn resting(parameters: &Parameters, own: usize) -> [[f32; 4]; 5] {
    let Some(number) = parameters.proteostasis_number(own) else { return [[0.0; 4]; 5] };
    let kernel = Kernel::new(&parameters.proteostasis[number], 1.0);
    let cell = State::of(RESTING.map(|pack| pack.map(Lanes::all)));
    let own = variation_of(kernel.row, Etas::of(first([[0; 4]; 2]).map(|word| Lanes::of_bits(u32x8::splat(word)))));
    let readout = readout_of(kernel.row, own, cell, kernel.signals(Lanes::all(0.0), Lanes::all(0.0)));
    let number = |lanes: Lanes| lanes.to_array()[0];
    let [protein, response, programme] = RESTING;
    let signal = [0.0, 0.0, number(readout.division_per_h), number(readout.death_per_h)];
    [protein, response, programme, readout.capacity().map(number), signal]
}
