//! Stage `sort_voxels`: orders the cells of each voxel by id, copies what neighbours look at into that order, and
//! lists the live effectors. Twin of `shaders/sort_voxels.wgsl`.

use super::scatter::Scatter;
use crate::cells::cell_bits;
use crate::cells::columns::Fate;
use crate::cells::world::World;
use crate::math::radius_of;
use rayon::prelude::*;

/// Runs the stage.
pub fn sort_voxels(world: &mut World) {
    let mut sorted_cell = std::mem::take(&mut world.sorted_cell);
    let mut sorted_position = std::mem::take(&mut world.sorted_position);
    let (cells, starts) = (&world.cells, &world.voxel_start);
    let (kept_cell, kept_position) = (Scatter::new(&mut sorted_cell), Scatter::new(&mut sorted_position));
    (0..starts.len() - 1).into_par_iter().with_min_len(1024).for_each(|voxel| {
        let (first, end) = (starts[voxel] as usize, starts[voxel + 1] as usize);
        for place in first..end {
            // SAFETY: the places of one voxel are used by one thread only.
            unsafe { insert(cells, &kept_cell, first, place) };
        }
        for place in first..end {
            // SAFETY: as above.
            let (cell, position) = unsafe { (kept_cell.at(place), kept_position.at(place)) };
            let [x, y, z, volume] = cells.position[cell[0] as usize];
            cell[1] = cells.identity[cell[0] as usize][2];
            *position = [x, y, z, radius_of(volume)];
        }
    });
    (world.sorted_cell, world.sorted_position) = (sorted_cell, sorted_position);
    list_effectors(world);
}

/// Moves the cell at `place` down to where its id belongs among those from `first` on.
///
/// # Safety
/// No other thread uses these places.
unsafe fn insert(cells: &crate::cells::Cells, sorted: &Scatter<[u32; 2]>, first: usize, place: usize) {
    // SAFETY: the caller's.
    let at = |place| unsafe { sorted.at(place) };
    let slot = at(place)[0];
    let id = cells.id(slot as usize);
    let mut to = place;
    while to > first && id < cells.id(at(to - 1)[0] as usize) {
        at(to)[0] = at(to - 1)[0];
        to -= 1;
    }
    at(to)[0] = slot;
}

fn list_effectors(world: &mut World) {
    world.effectors.clear();
    let types = world.settings.effector_types;
    if types == 0 {
        return;
    }
    for (place, &[_, kind]) in world.sorted_cell.iter().enumerate() {
        if (types >> cell_bits::cell_type(kind)) & 1 == 1 && cell_bits::is(kind, Fate::Live) {
            world.effectors.push(place as u32);
        }
    }
    world.population.effector_count = world.effectors.len() as u32;
}
