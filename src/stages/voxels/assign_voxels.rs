//! Stages `assign_voxels` and `scatter`: the voxel of every cell, and the list of cells by voxel.
//! Twins of `shaders/assign_voxels.wgsl`, `shaders/scatter.wgsl` and `shaders/shared/voxel_of_cell.wgsl`.
//! In a culture a voxel is a bucket, drawn anew at each step: cells meet at random.

use super::scatter::Scatter;
use super::space::{voxel_at, xyz};
use crate::cells::cell_bits::tissue;
use crate::cells::world::World;
use crate::random::{Purpose, draw};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// The voxel of a cell, numbered tissue by tissue.
pub fn voxel_of_cell(world: &World, i: usize) -> u32 {
    let settings = &world.settings;
    let own = world.cells.identity[i];
    let tissue = tissue(own[2]);
    let [nx, ny, _, voxels] = settings.voxels;
    if settings.dimensions == 0 {
        return tissue * voxels + bucket(world, own);
    }
    let [x, y, z] = voxel_at(settings, xyz(world.cells.position[i]));
    tissue * voxels + (z * ny + y) * nx + x
}

/// The bucket of a culture in which a cell is at this tick.
pub fn bucket(world: &World, own: [u32; 4]) -> u32 {
    let seed = world.seed(tissue(own[2]));
    draw(seed, [own[0], own[1]], world.population.tick, Purpose::Mixing as u32)[0] % world.settings.voxels[3]
}

/// Counts the cells of each voxel in `voxel_start` and numbers them within it in `rank`.
pub fn assign_voxels(world: &mut World) {
    let mut rank = std::mem::take(&mut world.rank);
    let mut counts = std::mem::take(&mut world.voxel_start);
    counts.fill(0);
    let counters: &[AtomicU32] = atomics(&mut counts);
    rank.par_iter_mut().enumerate().with_min_len(1024).for_each(|(i, rank)| {
        *rank = counters[voxel_of_cell(world, i) as usize].fetch_add(1, Ordering::Relaxed);
    });
    (world.rank, world.voxel_start) = (rank, counts);
}

/// Writes every cell's slot to its place in the sorted order.
pub fn scatter(world: &mut World) {
    let mut sorted_cell = std::mem::take(&mut world.sorted_cell);
    let places = Scatter::new(&mut sorted_cell);
    (0..world.cells.len()).into_par_iter().with_min_len(1024).for_each(|i| {
        let place = world.voxel_start[voxel_of_cell(world, i) as usize] + world.rank[i];
        // SAFETY: ranks within a voxel differ, so every cell has a place of its own.
        unsafe { places.at(place as usize)[0] = i as u32 };
    });
    world.sorted_cell = sorted_cell;
}

/// The same numbers as atomics.
pub fn atomics(numbers: &mut [u32]) -> &[AtomicU32] {
    // SAFETY: AtomicU32 has the layout of u32, and the borrow is exclusive.
    unsafe { &*(std::ptr::from_mut(numbers) as *const [AtomicU32]) }
}
