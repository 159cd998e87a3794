//! Stage `secrete`: IFN-gamma and IL-2 that T cells secrete as they are able and stimulated. Twin of
//! `shaders/secrete.wgsl`.
//!
//! ```text
//! IFN-gamma: q_g Y Sf        IL-2: q_2 T Sf (1 - X)        molecules per time, whatever the level around
//! ```
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | q_g | `ifn_gamma_um3_per_min` | level um³/min | 30 molecules/s; 1 nM is 0.602 molecules/um³ | assumed, of 10 to 100 |
//! | q_2 | `il2_um3_per_min` | level um³/min | 10 molecules/s | general knowledge |
//! | Y | `cytokine_capacity` | 1 | see `effector.wgsl` | |
//! | Sf, T Sf (1 - X) | `tcr_signal`, `il2_release` | 1 | see `stimulate` | |
//!
//! Adds to the sources that `exchange` left, in the order of the cells' ids in each voxel.

use super::field::{field_place, field_voxel};
use crate::cells::cell_bits;
use crate::cells::columns::Fate;
use crate::cells::world::World;
use crate::plan::TypeParameters;
use crate::plan::substrates::LANES;
use crate::stages::voxels::space::xyz;
use rayon::prelude::*;

/// Runs the stage.
pub fn secrete(world: &mut World) {
    let Some(mut fields) = world.fields.take() else { return };
    let blocks = world.tissues.len() * world.settings.field_voxels[3] as usize;
    let per_um3 = world.settings.field_voxel_um[3];
    for (place, _, slot) in secreting(world) {
        let own = type_of(world, slot);
        let ifn_gamma = own.ifn_gamma_um3_per_min * (world.cells.capacity[slot][2] * world.cells.synapse[slot][1]);
        let il2 = own.il2_um3_per_min * world.cells.synapse[slot][3];
        for (number, amount) in [(own.ifn_gamma, ifn_gamma), (own.il2, il2)] {
            let Some(substrate) = (number as usize).checked_sub(1) else { continue };
            fields.source[substrate / LANES * blocks + place][substrate % LANES] += amount * per_um3;
        }
    }
    world.fields = Some(fields);
}

fn type_of<'a>(world: &'a World, slot: usize) -> &'a TypeParameters {
    let kind = world.cells.identity[slot][2];
    &world.parameters(cell_bits::tissue(kind)).types[cell_bits::cell_type(kind) as usize]
}

/// Voxel, id and slot of every live cell that secretes, in order.
fn secreting(world: &World) -> Vec<(usize, u64, usize)> {
    let count = world.settings.field_voxels[3] as usize;
    let place = |slot: usize| {
        let kind = world.cells.identity[slot][2];
        if !cell_bits::is(kind, Fate::Live) || !type_of(world, slot).has_cytokines() {
            return None;
        }
        let voxel = field_voxel(&world.settings, xyz(world.cells.position[slot]));
        let place = cell_bits::tissue(kind) as usize * count + field_place(&world.settings, voxel);
        Some((place, world.cells.id(slot), slot))
    };
    let mut found: Vec<_> = (0..world.cells.len()).into_par_iter().with_min_len(4096).filter_map(place).collect();
    found.par_sort_unstable();
    found
}
