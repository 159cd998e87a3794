//! Stage `stimulate`: what T cells with proteostasis make of their contacts in a contact step. Twin of
//! `shaders/stimulate.wgsl`.
//!
//! ```text
//! S' = (s* - S)/tau          s* = max(a, s0), a the antigen that a target held presents, else 0
//!                            tau = tau_on where S rises, tau_off where it falls
//! Sf = max(S, plate-bound, s0) (1 - iS) (1 - piS rho),  rho = p/(1/2 + p),  p = P L (1 - RO)
//! Q  = K Sf                  killing that it realises        J = T Sf (1 - X)          IL-2 that it releases
//! ```
//!
//! The relaxation is exact at any step; its integral goes to the next step of proteostasis, which takes the mean.
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | S | `tcr_occupancy` | 1 | TCR occupancy by contacts | |
//! | tau_on, tau_off | `tcr_on_time_h`, `tcr_off_time_h` | h | 10 min, 3 h | assumed |
//! | s0, iS | `tonic_signal`, `tcr_inhibition` | 1 | signal without a target, and what is inhibited | conditions |
//! | L | `pd_l1`, `pd_l1_met` | 1 | PD-L1: that of the medium, or of the target held, whichever is more | |
//! | Sf | `tcr_signal` | 1 | TCR signal that PD-1 leaves | see `signalling.wgsl` |
//! | K, Q | `killing_capacity`, `realised_killing` | 1 | see `effector.wgsl` | |
//! | T, X, J | `stemness`, `exhaustion`, `il2_release` | 1 | stem-like cells make IL-2 | assumed |

use crate::cells::cell_bits;
use crate::cells::columns::{Fate, NO_BOND};
use crate::cells::world::World;
use crate::math::event_probability;
use crate::plan::ProteostasisParameters;
use crate::stages::proteostasis::{pd1_engagement, without_contacts};
use crate::stages::regulation::induce::presented;
use rayon::prelude::*;

/// Less occupancy than this is none: a float that went on falling would lose its bits.
const LEAST_OCCUPANCY: f32 = 1e-6;

/// Runs the stage.
pub fn stimulate(world: &mut World) {
    let mut signal = std::mem::take(&mut world.cells.signal);
    let mut synapse = std::mem::take(&mut world.cells.synapse);
    let rows = world.proteostasis_rows();
    signal.par_iter_mut().zip(&mut synapse).enumerate().with_min_len(4096).for_each(|(slot, (signal, synapse))| {
        let kind = world.cells.identity[slot][2];
        let set = world.tissues[cell_bits::tissue(kind) as usize].rows;
        let Some(row) = rows[set][cell_bits::cell_type(kind) as usize] else { return };
        if cell_bits::is(kind, Fate::Live) {
            meet(world, slot, row, signal, synapse);
        }
    });
    (world.cells.signal, world.cells.synapse) = (signal, synapse);
}

fn meet(world: &World, slot: usize, row: &ProteostasisParameters, signal: &mut [u32; 4], synapse: &mut [f32; 4]) {
    let [seen, pd_l1] = target(world, slot);
    let goal = seen.max(row.tonic_signal);
    let [occupancy, integral] = relaxed(row, synapse[0], goal, world.settings.contacts_min / 60.0);
    signal[0] = cell_bits::with_pd_l1_met(signal[0], (pd_l1 * 65_535.0 + 0.5) as u32);
    signal[1] = (f32::from_bits(signal[1]) + integral).to_bits();
    let [_, stemness, pd1, _] = world.cells.programme[slot];
    let engaged = pd1_engagement(row, pd1, pd_l1.max(row.pd_l1));
    let occupied = occupancy.max(without_contacts(row)) * (1.0 - row.tcr_inhibition);
    let tcr = occupied * (1.0 - row.pd1_loss_of_signal * engaged);
    let release = stemness * tcr * (1.0 - world.cells.response[slot][3]);
    *synapse = [occupancy, tcr, world.cells.capacity[slot][3] * tcr, release];
}

/// Antigen that the target held presents, and its PD-L1.
fn target(world: &World, slot: usize) -> [f32; 2] {
    let [_, _, kind, bond] = world.cells.identity[slot];
    if bond == NO_BOND {
        return [0.0; 2];
    }
    let target_type = cell_bits::cell_type(world.cells.identity[bond as usize][2]) as usize;
    let pair = world.parameters(cell_bits::tissue(kind)).pair(cell_bits::cell_type(kind) as usize, target_type);
    let pd_l1 = world.cells.surface.get(bond as usize).map_or(0.0, |it| it[2]);
    [presented(world, pair, bond as usize), pd_l1]
}

/// Occupancy after a step of contacts, and its integral over the step in h.
fn relaxed(row: &ProteostasisParameters, before: f32, goal: f32, step_h: f32) -> [f32; 2] {
    let time_h = if goal > before { row.tcr_on_time_h } else { row.tcr_off_time_h };
    let gone = event_probability(step_h / time_h);
    let gap = goal - before;
    let after = before + gap * gone;
    let integral = before * step_h + gap * (step_h - time_h * gone);
    [if after < LEAST_OCCUPANCY { 0.0 } else { after }, integral]
}
