//! Stage `count_contacts`: for each cell, how many cells of each asked kind are closer than adhesion reaches. Four kinds, 8
//! bits each. Twin of `shaders/count_contacts.wgsl`.

use crate::cells::cell_bits;
use crate::cells::columns::Fate;
use crate::cells::world::World;
use crate::plan::rules::signals::DEAD_CONTACT;
use crate::stages::voxels::neighbours::for_neighbours;
use crate::stages::voxels::space::{separation, squared_length, xyz};
use rayon::prelude::*;

/// Runs the stage.
pub fn count_contacts(world: &mut World) {
    let counts: Vec<u32> = (0..world.sorted_cell.len()).into_par_iter().map(|k| counts_of(world, k)).collect();
    world.contact_counts.resize(counts.len(), 0);
    for (&[slot, _], count) in world.sorted_cell.iter().zip(counts) {
        world.contact_counts[slot as usize] = count;
    }
}

fn counts_of(world: &World, k: usize) -> u32 {
    let (own, own_kind) = (world.sorted_position[k], world.sorted_cell[k][1]);
    let parameters = world.parameters(cell_bits::tissue(own_kind));
    let mut counts = vec![0u32; parameters.rules.contacts.len()];
    for_neighbours(world, k, |places| {
        for &n in places {
            let (other, kind) = (world.sorted_position[n as usize], world.sorted_cell[n as usize][1]);
            let other_type = cell_bits::cell_type(kind);
            let pair = parameters.pair(cell_bits::cell_type(own_kind) as usize, other_type as usize);
            let reach = pair.adhesion_reach * (own[3] + other[3]);
            if squared_length(separation(&world.settings, xyz(own), xyz(other))) < reach * reach {
                let bit = if cell_bits::is(kind, Fate::Live) { 1 << other_type } else { DEAD_CONTACT };
                for (count, kinds) in counts.iter_mut().zip(&parameters.rules.contacts) {
                    *count += u32::from(kinds & bit != 0);
                }
            }
        }
    });
    counts.iter().enumerate().fold(0, |packed, (n, &count)| packed | count.min(255) << (8 * n))
}
