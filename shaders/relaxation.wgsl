// Stage relaxation: overlaps removed by position-based iterations (Macklin et al., ACM Trans Graph 2014, 33:153),
// stable at any step. In one iteration a cell moves by the mean over its contacts of half the overlap, at most a
// quarter of its radius; a bond longer than the sum of radii counts as a contact that pulls.
// The cells that may touch are listed once a step by `touching`, and looked at in each iteration.
// correct: displacement of every cell, kept in `velocity`; displace: applies it; settle: writes positions back.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
//#include "shared/random.wgsl"
//#include "shared/directions.wgsl"
//#include "shared/lists.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read_write> sorted_position: array<vec4f>;
@group(0) @binding(3) var<storage, read> sorted_cell: array<vec2u>;
@group(0) @binding(4) var<storage, read> voxel_start: array<u32>;
@group(0) @binding(5) var<storage, read> identity: array<vec4u>;
@group(0) @binding(6) var<storage, read> parameters: array<u32>;
@group(0) @binding(7) var<storage, read_write> position: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> velocity: array<vec4f>;
@group(0) @binding(9) var<storage, read> lists: array<u32>;

//#include "shared/bonds.wgsl"
//#include "shared/neighbours.wgsl"

// What has been summed up so far over the contacts of a cell: shifts, but for those by coincident cells, and how many
// those are.
struct Sum {
    shift: vec3f,
    contacts: f32,
    pressure: f32,
    coincident: u32,
}

// Another cell: the way from it, half of their overlap, and whether they are in contact.
struct Met {
    way: vec3f,
    distance: f32,
    half: f32,
    overlap: f32,
    is_contact: bool,
}

fn meet(own: vec4f, n: u32, repels: bool, is_bonded: bool) -> Met {
    let other = sorted_position[n];
    let way = separation(own.xyz, other.xyz);
    let sum_um = own.w + other.w;
    let squared = squared_length(way);
    let widest = own.w * settings.widest_reach + settings.widest_um;
    let limit = min(widest + other.w * settings.widest_reach, settings.reach_um);
    let is_near = squared < limit * limit;
    let distance = sqrt(squared);
    let touches = is_near && repels && distance < sum_um;
    let overlap = select(0.0, 1.0 - distance / sum_um, touches);
    return Met(way, distance, 0.5 * (sum_um - distance), overlap, touches || (is_near && is_bonded));
}

// Adds the cell at place n, if it is a contact of the one at `own`.
fn with_cell(before: Sum, own: vec4f, n: u32, repels: bool, is_bonded: bool) -> Sum {
    let met = meet(own, n, repels, is_bonded);
    let apart = met.way * (met.half / max(met.distance, COINCIDENT_UM));
    let is_coincident = met.distance < COINCIDENT_UM;
    return Sum(
        before.shift + select(vec3f(0.0), apart, met.is_contact && !is_coincident),
        before.contacts + select(0.0, 1.0, met.is_contact),
        before.pressure + met.overlap * met.overlap,
        before.coincident + select(0u, 1u, met.is_contact && is_coincident),
    );
}

// Shift by coincident cells, of which there are `count`. A loop of its own: it is rarely entered, and software adapters
// would draw a direction for every neighbour.
fn parted(k: u32, own: vec4f, count: u32) -> vec3f {
    let cell = sorted_cell[k];
    let tissue = tissue_of(cell.y);
    let pairs = pair_row(arm_of(tissue), cell_type_of(cell.y), 0u);
    let self_identity = identity[cell.x];
    var shift = vec3f(0.0);
    var left = count;
    var skip = 0u;
    loop {
        if left == 0u { break; }
        let found = sieve(k, tissue * settings.voxels.w, skip);
        for (var i = 0u; i < in_round(found, skip); i++) {
            let other_cell = sorted_cell[sieved[i]];
            let pair = pairs + cell_type_of(other_cell.y) * PAIR_WORDS;
            let is_bonded = bond_elasticity(pair, cell, self_identity.w, other_cell) > 0.0;
            let met = meet(own, sieved[i], pair_repulsion_um_per_min(pair) > 0.0, is_bonded);
            if !met.is_contact || met.distance >= COINCIDENT_UM { continue; }
            shift += parting(self_identity.xy, identity[other_cell.x].xy) * met.half;
            left -= 1u;
        }
        skip += SIEVE;
        if skip >= found { break; }
    }
    return shift;
}

// The sum over the cells that a search finds.
fn over_search(k: u32, own: vec4f) -> Sum {
    let cell = sorted_cell[k];
    let tissue = tissue_of(cell.y);
    let pairs = pair_row(arm_of(tissue), cell_type_of(cell.y), 0u);
    let bond = identity[cell.x].w;
    var sum = Sum(vec3f(0.0), 0.0, 0.0, 0u);
    var skip = 0u;
    loop {
        let found = sieve(k, tissue * settings.voxels.w, skip);
        for (var i = 0u; i < in_round(found, skip); i++) {
            let n = sieved[i];
            let other_cell = sorted_cell[n];
            let pair = pairs + cell_type_of(other_cell.y) * PAIR_WORDS;
            let repels = pair_repulsion_um_per_min(pair) > 0.0;
            sum = with_cell(sum, own, n, repels, bond_elasticity(pair, cell, bond, other_cell) > 0.0);
        }
        skip += SIEVE;
        if skip >= found { break; }
    }
    return sum;
}

// Whether a search around `own` may miss the cell at place n, though neither has moved far.
fn may_be_missed(own: vec4f, n: u32) -> bool {
    let other = sorted_position[n];
    let surely = (own.w * settings.widest_reach + 0.5 * settings.widest_um) + other.w;
    return squared_length(separation(own.xyz, other.xyz)) > surely * surely;
}

// The sum over the cells that may touch the one at place k: those listed, or those that a search finds, also where a
// bond is stretched so far that a search may miss it.
fn over_contacts(k: u32, own: vec4f) -> Sum {
    var state = SEARCHES;
    if k < arrayLength(&lists) / LIST_WORDS { state = lists[k * LIST_WORDS + LISTED]; }
    var searches = (state & SEARCHES) != 0u;
    let count = select(state & COUNT, 0u, searches);
    var sum = Sum(vec3f(0.0), 0.0, 0.0, 0u);
    for (var i = 0u; i < count; i++) {
        let word = lists[k * LIST_WORDS + i];
        let is_bonded = (word & BONDED) != 0u;
        searches = searches || (HAS_BONDS == 1u && is_bonded && may_be_missed(own, word & ~BONDED));
        sum = with_cell(sum, own, word & ~BONDED, true, is_bonded);
    }
    if searches { return over_search(k, own); }
    return sum;
}

@compute @workgroup_size(WORKGROUP)
fn correct(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count { return; }
    let own = sorted_position[k];
    let sum = over_contacts(k, own);
    var shift = (sum.shift + parted(k, own, sum.coincident)) / max(sum.contacts, 1.0);
    let length = sqrt(squared_length(shift));
    let limit = 0.25 * own.w;
    if length > limit { shift = shift * (limit / length); }
    velocity[sorted_cell[k].x] = vec4f(shift, sum.pressure);
}

@compute @workgroup_size(WORKGROUP)
fn displace(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count { return; }
    let own = sorted_position[k];
    sorted_position[k] = vec4f(contained(own.xyz + velocity[sorted_cell[k].x].xyz), own.w);
}

@compute @workgroup_size(WORKGROUP)
fn settle(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count { return; }
    let slot = sorted_cell[k].x;
    let to = sorted_position[k].xyz;
    let before = position[slot];
    let moved = separation(to, before.xyz) / settings.movement_min;
    velocity[slot] = vec4f(moved, velocity[slot].w);
    position[slot] = vec4f(to, before.w);
}
