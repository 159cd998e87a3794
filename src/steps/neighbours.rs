//! The cells that may act on one: sieved first, looked at afterwards. Twin of `shaders/shared/neighbours.wgsl`.

use super::World;
use super::kind;
use super::space::{neighbourhood_of, separation, squared_length, xyz};

/// Neighbours sieved before they are looked at.
const SIEVE: usize = 32;

/// Calls `act` with the place in the sorted order of every cell near enough to act on the one at place k, in the order
/// of voxels and ids.
#[inline(always)]
pub fn for_each_neighbour(world: &World, k: usize, mut act: impl FnMut(usize)) {
    let settings = &world.settings;
    let own = world.sorted_position[k];
    let tissue = kind::tissue(world.sorted_cell[k][1]);
    let starts = &world.voxel_start[(tissue * settings.voxels[3]) as usize..];
    let near = neighbourhood_of(settings, xyz(own));
    let mut sieved = [0u32; SIEVE];
    let mut count = 0;
    for range in near.parts(settings) {
        let (first, end) = (starts[range.start as usize] as usize, starts[range.end as usize] as usize);
        for (n, &other) in (first..end).zip(&world.sorted_position[first..end]) {
            let squared = squared_length(separation(settings, xyz(own), xyz(other)));
            let widest = (own[3] + other[3]) * settings.widest_reach + settings.widest_um;
            // Without a branch, since nothing foretells which candidates are near.
            sieved[count] = n as u32;
            count += usize::from((squared < widest * widest) & (n != k));
            if count == SIEVE {
                sieved.iter().for_each(|&n| act(n as usize));
                count = 0;
            }
        }
    }
    sieved[..count].iter().for_each(|&n| act(n as usize));
}
