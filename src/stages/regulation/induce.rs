//! Stage `induce`: MHC-I and PD-L1 of cells with immunogenicity approach what IFN-gamma around them induces, at the clock
//! of the cycle. Twin of `shaders/induce.wgsl`.
//!
//! ```text
//! m' = (m0 + (m1 - m0) h - m)/tau_m      L' = (L0 + (L1 - L0) h - L)/tau_L      h = c/(Ki + c)
//! ```
//!
//! Exact over a step with the level at its end. An effector sees antigen times MHC-I, or, with a CAR, the antigen alone: it
//! attaches at a rate in proportion (see `attach`), and its TCR is occupied in proportion (see `stimulate`). At a division
//! each daughter loses the antigen with a small probability, for good (see `divide`).
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | m0, m1 | `mhc1`, `mhc1_induced` | 1 | without and with all IFN-gamma; 0.4 and 1 | assumed |
//! | tau_m | 1/`mhc1_relaxation_per_min` | min | 12 h | assumed |
//! | L0, L1 | `pd_l1`, `pd_l1_induced` | 1 | 1/6 and 1: six-fold | read, quoted by secondary sources |
//! | tau_L | 1/`pd_l1_relaxation_per_min` | min | loss of 1/d | same |
//! | c, Ki | `inducer`, `inducer_half` | level | IFN-gamma around the cell, and that of half the signal: 0.1 nM | assumed |

use crate::cells::cell_bits;
use crate::cells::columns::Fate;
use crate::cells::world::World;
use crate::math::event_probability;
use crate::plan::{PairParameters, TypeParameters};
use crate::stages::substrates::field::level_at;
use crate::stages::voxels::space::xyz;
use rayon::prelude::*;

/// Antigen that the cell in a slot presents to an effector of the pair: on MHC-I, or, to one that ignores it, all of it.
pub fn presented(world: &World, pair: &PairParameters, slot: usize) -> f32 {
    let Some(own) = world.cells.surface.get(slot) else { return 1.0 };
    own[0] * if pair.ignores_mhc1 == 1 { 1.0 } else { own[1] }
}

/// Runs the stage.
pub fn induce(world: &mut World) {
    let mut surface = std::mem::take(&mut world.cells.surface);
    surface.par_iter_mut().enumerate().with_min_len(4096).for_each(|(slot, surface)| {
        let kind = world.cells.identity[slot][2];
        let own = &world.parameters(cell_bits::tissue(kind)).types[cell_bits::cell_type(kind) as usize];
        if !cell_bits::is(kind, Fate::Live) || own.is_immunogenic == 0 {
            return;
        }
        let signal = induction(world, own, slot);
        let relaxed = |before: f32, basal: f32, induced: f32, rate_per_min: f32| {
            let goal = basal + (induced - basal) * signal;
            before + (goal - before) * event_probability(rate_per_min * world.settings.cycle_min)
        };
        surface[1] = relaxed(surface[1], own.mhc1, own.mhc1_induced, own.mhc1_relaxation_per_min);
        surface[2] = relaxed(surface[2], own.pd_l1, own.pd_l1_induced, own.pd_l1_relaxation_per_min);
    });
    world.cells.surface = surface;
}

/// Signal of the inducer, from 0 to 1.
fn induction(world: &World, own: &TypeParameters, slot: usize) -> f32 {
    let (Some(fields), 1..) = (&world.fields, own.inducer) else { return 0.0 };
    let (tissue, place) = (cell_bits::tissue(world.cells.identity[slot][2]), xyz(world.cells.position[slot]));
    let level = level_at(&world.settings, &fields.concentration, own.inducer - 1, tissue, place);
    level / (own.inducer_half + level)
}
