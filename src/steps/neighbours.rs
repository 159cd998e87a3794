//! The cells that may act on one: sieved first, looked at afterwards. Twin of `shaders/shared/neighbours.wgsl`.

use super::World;
use super::kind;
use super::space::{neighbourhood_of, separation, squared_length, xyz};

/// Candidates sieved before they are looked at.
const SIEVE: usize = 128;

/// Calls `act` with the places in the sorted order of all cells near enough to act on the one at place k, in the order
/// of voxels and ids, a sieve full at a time.
#[inline(always)]
pub fn for_neighbours(world: &World, k: usize, act: impl FnMut(&[u32])) {
    if world.settings.periodic == 1 { sieve::<true>(world, k, act) } else { sieve::<false>(world, k, act) }
}

#[inline(always)]
fn sieve<const PERIODIC: bool>(world: &World, k: usize, mut act: impl FnMut(&[u32])) {
    let settings = &world.settings;
    let own = world.sorted_position[k];
    let tissue = kind::tissue(world.sorted_cell[k][1]);
    let starts = &world.voxel_start[(tissue * settings.voxels[3]) as usize..];
    let near = neighbourhood_of(settings, xyz(own));
    let widest = own[3] * settings.widest_reach + settings.widest_um;
    let mut sieved = [0u32; SIEVE];
    let mut count = 0;
    near.for_each_part::<PERIODIC>(settings, |range| {
        let (mut first, end) = (starts[range.start as usize] as usize, starts[range.end as usize] as usize);
        while first < end {
            if count == SIEVE {
                act(&sieved);
                count = 0;
            }
            let row = &world.sorted_position[first..end.min(first + SIEVE - count)];
            for (n, &other) in (first..).zip(row) {
                let way = [own[0] - other[0], own[1] - other[1], own[2] - other[2]];
                let way = if PERIODIC { separation(settings, xyz(own), xyz(other)) } else { way };
                let limit = (widest + other[3] * settings.widest_reach).min(settings.reach_um);
                // Without a branch, since nothing foretells which candidates are near.
                sieved[count] = n as u32;
                count += usize::from((squared_length(way) < limit * limit) & (n != k));
            }
            first += row.len();
        }
    });
    act(&sieved[..count]);
}
