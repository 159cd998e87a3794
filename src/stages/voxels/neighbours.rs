//! The cells that may act on one: sieved first, looked at afterwards. Twin of `shaders/shared/neighbours.wgsl`.

use super::space::neighbourhood_of;
use crate::cells::cell_bits;
use crate::cells::settings::Settings;
use crate::cells::world::World;
use wide::{f32x4, u32x4};

pub use crate::cells::world::LANES;
/// Neighbours handed over at once, at most.
const SIEVE: usize = 64;
/// Bits of the first lanes, by their number.
const FIRST_LANES: [usize; LANES + 1] = [0, 1, 3, 7, 15];
/// For each set of bits, the numbers of the lanes in it, in order, and how many they are.
const NEAR_LANES: [([u32; LANES], usize); 1 << LANES] = {
    let mut table = [([0; LANES], 0); 1 << LANES];
    let mut bits = 0;
    while bits < table.len() {
        let mut lane = 0;
        while lane < LANES {
            if bits >> lane & 1 == 1 {
                table[bits].0[table[bits].1] = lane as u32;
                table[bits].1 += 1;
            }
            lane += 1;
        }
        bits += 1;
    }
    table
};

/// The bit of the lane in which place k lies, if the lanes begin at `first`.
#[inline(always)]
fn lane_of(k: usize, first: usize) -> usize {
    let lane = k.wrapping_sub(first);
    if lane < LANES { 1 << lane } else { 0 }
}

/// Places and radii of four cells.
#[derive(Clone, Copy)]
pub struct Lanes {
    pub position: [f32x4; 3],
    pub radius: f32x4,
}

impl Lanes {
    /// Four cells.
    #[inline(always)]
    pub fn new(cells: &[[f32; 4]; LANES]) -> Lanes {
        let [x, y, z, radius] = f32x4::transpose(cells.map(f32x4::from));
        Lanes { position: [x, y, z], radius }
    }

    /// One cell in all lanes.
    #[inline(always)]
    pub fn splat([x, y, z, radius]: [f32; 4]) -> Lanes {
        Lanes { position: [x, y, z].map(f32x4::splat), radius: f32x4::splat(radius) }
    }

    /// Twin of `separation`.
    #[inline(always)]
    pub fn way_from<const PERIODIC: bool>(&self, settings: &Settings, others: &Lanes) -> [f32x4; 3] {
        std::array::from_fn(|axis| {
            let way = self.position[axis] - others.position[axis];
            if !PERIODIC {
                return way;
            }
            let size = f32x4::splat(settings.size_um[axis]);
            way - size * floor(way / size + 0.5)
        })
    }
}

/// The largest whole numbers that are not above, for numbers of less than 2^31.
#[inline(always)]
fn floor(x: f32x4) -> f32x4 {
    let cut = f32x4::from_i32x4(x.fast_trunc_int());
    cut - (cut.simd_gt(x) & f32x4::ONE)
}

/// x² + y² + z².
#[inline(always)]
pub fn squared_lengths([x, y, z]: [f32x4; 3]) -> f32x4 {
    x * x + y * y + z * z
}

/// Calls `act` with the places in the sorted order of all cells near enough to act on the one at place k, in the order
/// of voxels and ids, a sieve full at a time.
#[inline(always)]
pub fn for_neighbours(world: &World, k: usize, act: impl FnMut(&[u32])) {
    for_neighbours_within(world, k, world.settings.widest_reach, act);
}

/// The same with the cells nearer than `widest_reach` sums of radii and what `Settings` adds to them.
#[inline(always)]
pub fn for_neighbours_within(world: &World, k: usize, widest_reach: f32, act: impl FnMut(&[u32])) {
    if world.settings.periodic == 1 {
        sieve::<true>(world, k, widest_reach, act)
    } else {
        sieve::<false>(world, k, widest_reach, act)
    }
}

#[inline(always)]
fn sieve<const PERIODIC: bool>(world: &World, k: usize, widest_reach: f32, mut act: impl FnMut(&[u32])) {
    let settings = &world.settings;
    let position = world.sorted_position[k];
    let tissue = cell_bits::tissue(world.sorted_cell[k][1]);
    let starts = &world.voxel_start[(tissue * settings.voxels[3]) as usize..];
    let own = Lanes::splat(position);
    let widest = own.radius * widest_reach + settings.widest_um;
    let mut sieved = [0u32; SIEVE];
    let mut count = 0;
    neighbourhood_of(settings, position, widest_reach).for_each_part::<PERIODIC>(settings, |range| {
        let (first, end) = (starts[range.start as usize] as usize, starts[range.end as usize] as usize);
        for first in (first..end).step_by(LANES) {
            if count > SIEVE - LANES {
                act(&sieved[..count]);
                count = 0;
            }
            // Lanes past the end look at whatever cells come there, and are passed over.
            let others = Lanes::new(lanes(&world.sorted_position, first));
            let way = own.way_from::<PERIODIC>(settings, &others);
            let near = are_within(settings, widest, &others, widest_reach, squared_lengths(way)).to_bitmask() as usize;
            let near = near & FIRST_LANES[(end - first).min(LANES)] & !lane_of(k, first);
            // All lanes are written and some counted: nothing foretells which candidates are near, and a branch would
            // be guessed wrong.
            let (order, found) = NEAR_LANES[near];
            let places = (u32x4::from(order) + first as u32).to_array();
            sieved[count..count + LANES].copy_from_slice(&places);
            count += found;
        }
    });
    act(&sieved[..count]);
}

/// The cells from a place on; behind the last cell there is room for whole lanes.
#[inline(always)]
fn lanes(positions: &[[f32; 4]], first: usize) -> &[[f32; 4]; LANES] {
    positions[first..].first_chunk().expect("the sorted order ends with room for whole lanes")
}

/// Which of the others are nearer than `widest`, which one cell adds, and `widest_reach` of their own radii.
#[inline(always)]
pub fn are_within(settings: &Settings, widest: f32x4, others: &Lanes, widest_reach: f32, squared_um2: f32x4) -> f32x4 {
    let limit = (widest + others.radius * widest_reach).fast_min(f32x4::splat(settings.reach_um));
    squared_um2.simd_lt(limit * limit)
}
