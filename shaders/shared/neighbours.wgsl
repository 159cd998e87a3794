// The cells that may act on one: sieved first, looked at afterwards. Twin: src/stages/voxels/neighbours.rs.
//
// Most candidates in the rows about a cell are too far. Software adapters run both sides of every `if`, and threads of a
// GPU wait for each other, so that what is done with a neighbour must not stand inside the loop over candidates.
// Needs settings, space, and the buffers sorted_position and voxel_start.

// Neighbours found in one round; a cell with more takes another round.
const SIEVE = 32u;

var<private> sieved: array<u32, SIEVE>;

// Fills `sieved` with the neighbours of the cell at place k, from number `skip` on; returns how many there are in all.
fn sieve(k: u32, first_voxel: u32, skip: u32) -> u32 {
    return sieve_within(k, first_voxel, skip, settings.widest_reach);
}

// The same with the cells nearer than `widest_reach` sums of radii and what `Settings` adds to them.
fn sieve_within(k: u32, first_voxel: u32, skip: u32, widest_reach: f32) -> u32 {
    let own = sorted_position[k];
    let near = neighbourhood_of(own, widest_reach);
    let widest = own.w * widest_reach + settings.widest_um;
    let parts = part_count();
    var found = 0u;
    for (var part = 0u; part < parts; part++) {
        let range = voxels_of_part(near, part);
        let end = voxel_start[first_voxel + range.y];
        for (var n = voxel_start[first_voxel + range.x]; n < end; n++) {
            let other = sorted_position[n];
            let limit = min(widest + other.w * widest_reach, settings.reach_um);
            if squared_length(separation(own.xyz, other.xyz)) < limit * limit && n != k {
                // Below `skip` the difference wraps round to a large number.
                if found - skip < SIEVE { sieved[found - skip] = n; }
                found += 1u;
            }
        }
    }
    return found;
}

// How many of `found` neighbours a round has put into `sieved`.
fn in_round(found: u32, skip: u32) -> u32 {
    return min(found - min(skip, found), SIEVE);
}
