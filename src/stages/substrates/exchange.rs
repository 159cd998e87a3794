//! Stage `exchange`: what cells secrete into the voxels of the substrates, and what they take up from them. Twin of
//! `shaders/exchange.wgsl`.
//!
//! ```text
//! source = Σ S ρ f        loss = Σ (S + U) f        f = volume of the cell / volume of the voxel
//! ```
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | S | `secretion_per_min` | 1/min | rate of secretion, of which dead cells keep `dead_secretion` | scenario |
//! | ρ | `target` | level | level toward which cells secrete | scenario |
//! | U | `uptake_per_min` | 1/min | rate of uptake, of which dead cells keep `dead_uptake` | scenario |
//!
//! The law is BioFVM's (Ghaffarizadeh et al., Bioinformatics 2016, 32:1256); the implicit solve that follows keeps
//! levels from becoming negative or passing ρ at any step. Each voxel links the cells whose middle it holds, in any
//! order, and adds them up in the order of their ids: sums have the same bits however the cells were sorted.

use super::field::{field_place, field_voxel};
use crate::cells::cell_bits;
use crate::cells::columns::Fate;
use crate::cells::world::World;
use crate::of_exchange;
use crate::plan::substrates::LANES;
use crate::stages::voxels::assign_voxels::atomics;
use crate::stages::voxels::scatter::Scatter;
use crate::stages::voxels::space::xyz;
use rayon::prelude::*;
use std::sync::atomic::Ordering::Relaxed;

/// End of a list of cells.
const NOBODY: u32 = u32::MAX;

/// Runs the stage.
pub fn exchange(world: &mut World) {
    let Some(mut fields) = world.fields.take() else { return };
    let (first, next) = link(world);
    let groups = fields.source.len() / first.len();
    let (source, loss) = (Scatter::new(&mut fields.source), Scatter::new(&mut fields.loss));
    first.par_iter().enumerate().with_min_len(4096).for_each_init(Vec::new, |cells, (voxel, &head)| {
        cells.clear();
        let mut slot = head;
        while slot != NOBODY {
            cells.push(slot as usize);
            slot = next[slot as usize];
        }
        cells.sort_unstable_by_key(|&slot| world.cells.id(slot));
        for group in 0..groups {
            let place = group * first.len() + voxel;
            // SAFETY: each place belongs to one voxel, and each voxel to one thread.
            unsafe { [*source.at(place), *loss.at(place)] = gather(world, group, cells) };
        }
    });
    world.fields = Some(fields);
}

/// The last cell of each voxel's list, and of each cell the one before it.
fn link(world: &World) -> (Vec<u32>, Vec<u32>) {
    let count = world.settings.field_voxels[3] as usize;
    let mut first = vec![NOBODY; world.tissues.len() * count];
    let mut next = vec![NOBODY; world.cells.len()];
    let heads = atomics(&mut first);
    next.par_iter_mut().enumerate().with_min_len(1024).for_each(|(slot, next)| {
        let tissue = cell_bits::tissue(world.cells.identity[slot][2]) as usize;
        let voxel = field_voxel(&world.settings, xyz(world.cells.position[slot]));
        *next = heads[tissue * count + field_place(&world.settings, voxel)].swap(slot as u32, Relaxed);
    });
    (first, next)
}

/// Source and loss by the cells of a voxel, in the order given.
fn gather(world: &World, group: usize, cells: &[usize]) -> [[f32; 4]; 2] {
    let (mut source, mut loss) = ([0.0; 4], [0.0; 4]);
    for &slot in cells {
        let kind = world.cells.identity[slot][2];
        let (parameters, own) = (world.parameters(cell_bits::tissue(kind)), cell_bits::cell_type(kind) as usize);
        let columns = parameters.exchange.len() / parameters.types.len();
        let is_live = cell_bits::is(kind, Fate::Live);
        let filled = world.cells.position[slot][3] * world.settings.field_voxel_um[3];
        for lane in 0..LANES {
            let substrate = group * LANES + lane;
            let row = &parameters.exchange[own * columns + substrate];
            let [kept_secretion, kept_uptake] = if is_live { [1.0; 2] } else { [row.dead_secretion, row.dead_uptake] };
            let secretion = of_exchange!(world, parameters, own, substrate, columns, secretion_per_min, slot);
            let target = of_exchange!(world, parameters, own, substrate, columns, target, slot);
            let uptake = of_exchange!(world, parameters, own, substrate, columns, uptake_per_min, slot);
            let (secretion, uptake) = (secretion * kept_secretion, uptake * kept_uptake);
            source[lane] += secretion * target * filled;
            loss[lane] += (secretion + uptake) * filled;
        }
    }
    [source, loss]
}
