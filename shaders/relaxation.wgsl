// Stage relaxation: overlaps removed by position-based iterations (Macklin et al., ACM Trans Graph 2014, 33:153),
// stable at any step. In one iteration a cell moves by the mean over its contacts of half the overlap, at most a
// quarter of its radius; a bond longer than the sum of radii counts as a contact that pulls.
// correct: displacement of every cell, kept in `velocity`; displace: applies it; settle: writes positions back.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
//#include "shared/random.wgsl"
//#include "shared/directions.wgsl"
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

//#include "shared/bonds.wgsl"
//#include "shared/neighbours.wgsl"

// What has been summed up so far over the contacts of a cell: shifts, but for those by coincident cells, and how many those are.
struct Sum {
    shift: vec3f,
    contacts: f32,
    pressure: f32,
    coincident: u32,
}

// The cell that neighbours act on: place and rows of its pairs.
struct Own {
    pairs: u32,
    position: vec4f,
    cell: vec2u,
    bond: u32,
}

// A neighbour: the way to the cell from it, half of their overlap, and whether they are in contact.
struct Met {
    way: vec3f,
    distance: f32,
    cell: vec2u,
    half: f32,
    overlap: f32,
    is_contact: bool,
}

fn meet(own: Own, n: u32) -> Met {
    let other = sorted_position[n];
    let other_cell = sorted_cell[n];
    let way = separation(own.position.xyz, other.xyz);
    let sum_um = own.position.w + other.w;
    let distance = sqrt(squared_length(way));
    let pair = own.pairs + cell_type_of(other_cell.y) * PAIR_WORDS;
    let repels = pair_repulsion_um_per_min(pair) > 0.0;
    let touches = repels && distance < sum_um;
    let overlap = select(0.0, 1.0 - distance / sum_um, touches);
    let is_contact = touches || bond_elasticity(pair, own.cell, own.bond, other_cell) > 0.0;
    return Met(way, distance, other_cell, 0.5 * (sum_um - distance), overlap, is_contact);
}

fn with_neighbour(before: Sum, own: Own, n: u32) -> Sum {
    let met = meet(own, n);
    let apart = met.way * (met.half / max(met.distance, COINCIDENT_UM));
    let is_coincident = met.distance < COINCIDENT_UM;
    return Sum(
        before.shift + select(vec3f(0.0), apart, met.is_contact && !is_coincident),
        before.contacts + select(0.0, 1.0, met.is_contact),
        before.pressure + met.overlap * met.overlap,
        before.coincident + select(0u, 1u, met.is_contact && is_coincident),
    );
}

// Shift by coincident neighbours, so many as there are. A loop of its own: it is rarely entered, and software adapters
// would run a parting for every neighbour.
fn parted(own: Own, k: u32, first_voxel: u32, count: u32) -> vec3f {
    var shift = vec3f(0.0);
    var left = count;
    var skip = 0u;
    loop {
        if left == 0u { break; }
        let found = sieve(k, first_voxel, skip);
        for (var i = 0u; i < in_round(found, skip); i++) {
            let met = meet(own, sieved[i]);
            if !met.is_contact || met.distance >= COINCIDENT_UM { continue; }
            shift += parting(identity[own.cell.x].xy, identity[met.cell.x].xy) * met.half;
            left -= 1u;
        }
        skip += SIEVE;
        if skip >= found { break; }
    }
    return shift;
}

@compute @workgroup_size(WORKGROUP)
fn correct(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count { return; }
    let cell = sorted_cell[k];
    let tissue = tissue_of(cell.y);
    let own = Own(pair_row(arm_of(tissue), cell_type_of(cell.y), 0u), sorted_position[k], cell, identity[cell.x].w);
    var sum = Sum(vec3f(0.0), 0.0, 0.0, 0u);
    var skip = 0u;
    loop {
        let found = sieve(k, tissue * settings.voxels.w, skip);
        for (var i = 0u; i < in_round(found, skip); i++) { sum = with_neighbour(sum, own, sieved[i]); }
        skip += SIEVE;
        if skip >= found { break; }
    }
    let aside = parted(own, k, tissue * settings.voxels.w, sum.coincident);
    var shift = (sum.shift + aside) / max(sum.contacts, 1.0);
    let length = sqrt(squared_length(shift));
    let limit = 0.25 * own.position.w;
    if length > limit { shift = shift * (limit / length); }
    velocity[cell.x] = vec4f(shift, sum.pressure);
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
