//! Stage `rebuild`: a new slot for every cell, in voxel order, two for a dividing one, none for a removed one.
//! Twin of `shaders/rebuild.wgsl`.

use super::World;
use super::contacts::AT_REST;
use super::kind;
use super::scan::scan;
use crate::cells::columns::{Fate, NO_BOND};
use rayon::prelude::*;

/// Marks the newborn of two cells that come from one slot.
pub const NEWBORN: u32 = 1 << 31;

/// Runs the stage, but for the division itself: see `divide`.
pub fn rebuild(world: &mut World) {
    count_slots(world);
    scan(&mut world.first_slot);
    place(world);
    let source = &world.slot_source;
    gather(source, &mut world.cells.position);
    gather(source, &mut world.cells.velocity);
    gather(source, &mut world.cells.motility);
    gather(source, &mut world.cells.identity);
    gather(source, &mut world.cells.progress);
    world.population.live_count = source.len() as u32;
    world.population.needed = source.len() as u32;
    world.contacts.resize(source.len(), AT_REST);
}

fn count_slots(world: &mut World) {
    let identity = &world.cells.identity;
    world.first_slot.clear();
    world.first_slot.extend(world.sorted_cell.iter().map(|&[slot, _]| {
        let kind = identity[slot as usize][2];
        match () {
            () if kind::is(kind, Fate::Removed) => 0,
            () if kind::is(kind, Fate::Dividing) => 2,
            () => 1,
        }
    }));
    world.first_slot.push(0);
}

fn place(world: &mut World) {
    let cells = world.sorted_cell.len();
    world.new_slot.resize(cells, 0);
    world.slot_source.resize(world.first_slot[cells] as usize, 0);
    for (k, &[slot, _]) in world.sorted_cell.iter().enumerate() {
        let (first, end) = (world.first_slot[k], world.first_slot[k + 1]);
        world.new_slot[slot as usize] = if end == first { NO_BOND } else { first };
        for (copy, source) in world.slot_source[first as usize..end as usize].iter_mut().enumerate() {
            *source = if copy == 0 { slot } else { slot | NEWBORN };
        }
    }
}

fn gather<T: Copy + Send + Sync>(source: &[u32], pack: &mut Vec<T>) {
    let gathered = source.par_iter().with_min_len(4096).map(|&slot| pack[(slot & !NEWBORN) as usize]).collect();
    *pack = gathered;
}
