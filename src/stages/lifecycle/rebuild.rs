//! Stage `rebuild`: a new slot for every cell, in voxel order, two for a dividing one, none for a removed one.
//! Twin of `shaders/rebuild.wgsl`.

use crate::cells::cell_bits;
use crate::cells::columns::{Fate, NO_BOND, packs};
use crate::cells::inbox::AT_REST;
use crate::cells::world::World;
use crate::stages::voxels::scan::scan;
use rayon::prelude::*;

/// Marks the newborn of two cells that come from one slot.
pub const NEWBORN: u32 = 1 << 31;

/// Runs the stage, but for the division itself: see `divide`.
pub fn rebuild(world: &mut World) {
    // Ranks are of no more use in this step.
    let mut first_slot = std::mem::take(&mut world.rank);
    count_slots(world, &mut first_slot);
    scan(&mut first_slot);
    place(world, &first_slot);
    world.rank = first_slot;
    // Nor are sorted positions: one pack after the other moves into their memory, and leaves its own to the next.
    let mut scratch = bytemuck::cast_vec(std::mem::take(&mut world.sorted_position));
    let source = &world.slot_source;
    for pack in packs(world.plan) {
        let mut lanes = world.cells.take_pack(pack);
        gather(source, &lanes, &mut scratch);
        std::mem::swap(&mut lanes, &mut scratch);
        world.cells.set_pack(pack, lanes);
    }
    world.sorted_position = bytemuck::cast_vec(scratch);
    rebuild_behaviours(world);
    world.population.live_count = world.slot_source.len() as u32;
    world.population.needed = world.population.live_count;
    world.contacts.resize(world.slot_source.len(), AT_REST);
}

/// Twin of `shaders/rebuild_behaviours.wgsl`: both cells of a division get the mother's values.
fn rebuild_behaviours(world: &mut World) {
    let count = world.ruled_values;
    let before = std::mem::take(&mut world.cells.behaviours);
    let mothers = world.slot_source.iter().map(|&source| (source & !NEWBORN) as usize * count);
    world.cells.behaviours = mothers.flat_map(|first| before[first..first + count].iter().copied()).collect();
}

fn count_slots(world: &World, first_slot: &mut Vec<u32>) {
    let identity = &world.cells.identity;
    first_slot.clear();
    first_slot.extend(world.sorted_cell.iter().map(|&[slot, _]| {
        let kind = identity[slot as usize][2];
        match () {
            () if cell_bits::is(kind, Fate::Removed) => 0,
            () if cell_bits::is(kind, Fate::Dividing) => 2,
            () => 1,
        }
    }));
    first_slot.push(0);
}

fn place(world: &mut World, first_slot: &[u32]) {
    let cells = world.sorted_cell.len();
    world.new_slot.resize(cells, 0);
    world.slot_source.resize(first_slot[cells] as usize, 0);
    for (k, &[slot, _]) in world.sorted_cell.iter().enumerate() {
        let (first, end) = (first_slot[k], first_slot[k + 1]);
        world.new_slot[slot as usize] = if end == first { NO_BOND } else { first };
        for (copy, source) in world.slot_source[first as usize..end as usize].iter_mut().enumerate() {
            *source = if copy == 0 { slot } else { slot | NEWBORN };
        }
    }
}

fn gather(source: &[u32], lanes: &[[u32; 4]], scratch: &mut Vec<[u32; 4]>) {
    scratch.resize(source.len(), [0; 4]);
    let places = scratch.par_iter_mut().zip(source).with_min_len(4096);
    places.for_each(|(to, &slot)| *to = lanes[(slot & !NEWBORN) as usize]);
}
