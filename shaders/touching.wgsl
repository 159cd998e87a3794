// Part of stage relaxation: the cells that may touch one during a step, searched for once and looked at in each
// iteration. src/stages/motion/touching.rs says why results are those of a search in every iteration.
// list: the cells closer than LISTED_REACH sums of radii when the step begins, and those bonded, in the order of the
// search; mark: makes cells search where lists miss what touches by now, or would add it up in another order.
// There may be room for the lists of the first cells only, or none; the others search.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
//#include "shared/lists.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> sorted_position: array<vec4f>;
@group(0) @binding(3) var<storage, read> sorted_cell: array<vec2u>;
@group(0) @binding(4) var<storage, read> voxel_start: array<u32>;
@group(0) @binding(5) var<storage, read> identity: array<vec4u>;
@group(0) @binding(6) var<storage, read> parameters: array<u32>;
@group(0) @binding(7) var<storage, read> position: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> lists: array<u32>;
// The lists, of which `mark` changes the states while others read them.
@group(0) @binding(9) var<storage, read_write> marked: array<atomic<u32>>;

//#include "shared/bonds.wgsl"
//#include "shared/neighbours.wgsl"

const LISTED_REACH = 1.125;
// Factors that cover what rounding does to distances.
const SLIGHTLY_LESS = 0.999;
const SLIGHTLY_MORE = 1.001;

// How far, in um, a cell may move before it has to look around; and before a search may miss it.
fn allowances_um(radius_um: f32) -> vec2f {
    let by_lists = (LISTED_REACH - 1.0) * radius_um;
    let by_reach = (settings.widest_reach - 1.0) * radius_um + 0.5 * settings.widest_um;
    let by_search = max(min(by_reach, 0.5 * settings.reach_um - radius_um), 0.0) * SLIGHTLY_LESS;
    return vec2f(min(by_lists * SLIGHTLY_LESS, by_search), by_search);
}

// The reach of the search that makes lists.
fn search_reach() -> f32 {
    return max(settings.widest_reach, LISTED_REACH);
}

// What has been found for a list.
struct Found {
    count: u32,
    state: u32,
    seeks: bool,
}

fn with_neighbour(before: Found, k: u32, pairs: u32, bond: u32, n: u32) -> Found {
    let own = sorted_position[k];
    let other = sorted_position[n];
    let cell = sorted_cell[k];
    let other_cell = sorted_cell[n];
    let pair = pairs + cell_type_of(other_cell.y) * PAIR_WORDS;
    let is_bonded = bond_elasticity(pair, cell, bond, other_cell) > 0.0;
    let repels = pair_repulsion_um_per_min(pair) > 0.0;
    let limit = LISTED_REACH * (own.w + other.w);
    let is_near = squared_length(separation(own.xyz, other.xyz)) < limit * limit;
    var found = before;
    found.seeks = found.seeks && other_cell.x != bond;
    if is_bonded || (repels && is_near) {
        if found.count < LISTED { lists[k * LIST_WORDS + found.count] = n | select(0u, BONDED, is_bonded); }
        found.count += 1u;
        // Lists hold that two cells repel each other.
        found.state |= select(SEARCHES, 0u, repels);
    }
    return found;
}

@compute @workgroup_size(WORKGROUP)
fn list(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count || k >= arrayLength(&lists) / LIST_WORDS { return; }
    let cell = sorted_cell[k];
    let tissue = tissue_of(cell.y);
    let pairs = pair_row(arm_of(tissue), cell_type_of(cell.y), 0u);
    let bond = identity[cell.x].w;
    var found = Found(0u, 0u, false);
    if HAS_BONDS == 1u && bond != NO_BOND {
        found.seeks = pair_elastic_per_min(pairs + cell_type_of(identity[bond].z) * PAIR_WORDS) > 0.0;
    }
    var skip = 0u;
    loop {
        let near = sieve_within(k, tissue * settings.voxels.w, skip, search_reach());
        for (var i = 0u; i < in_round(near, skip); i++) { found = with_neighbour(found, k, pairs, bond, sieved[i]); }
        skip += SIEVE;
        if skip >= near { break; }
    }
    let state = found.state | select(0u, SEARCHES | SEEKS_BONDED, found.seeks)
        | select(0u, SEARCHES, found.count > LISTED);
    lists[k * LIST_WORDS + LISTED] = state | min(found.count, LISTED);
}

// Where faces are joined, the order of the search depends on the rows of voxels about a cell, and on the side of the
// domain that it is on.
fn has_changed_rows(before: vec3f, now: vec3f) -> bool {
    let rows_from = voxel_at(before).yz;
    let rows_to = voxel_at(now).yz;
    return any(rows_from != rows_to) || abs(now.x - before.x) > 0.5 * settings.size_um.x;
}

// How many cells have lists.
fn list_count() -> u32 {
    return arrayLength(&marked) / LIST_WORDS;
}

fn make_search(k: u32) {
    if k < list_count() { atomicOr(&marked[k * LIST_WORDS + LISTED], SEARCHES); }
}

fn is_listed(k: u32, n: u32) -> bool {
    if k >= list_count() { return false; }
    let count = atomicLoad(&marked[k * LIST_WORDS + LISTED]) & COUNT;
    for (var i = 0u; i < count; i++) {
        if (atomicLoad(&marked[k * LIST_WORDS + i]) & ~BONDED) == n { return true; }
    }
    return false;
}

fn mark_pair(k: u32, is_far: bool, pairs: u32, bond: u32, n: u32) {
    let own = sorted_position[k];
    let other = sorted_position[n];
    let other_cell = sorted_cell[n];
    let pair = pairs + cell_type_of(other_cell.y) * PAIR_WORDS;
    let touching_um = SLIGHTLY_MORE * (own.w + other.w);
    let touches = pair_repulsion_um_per_min(pair) > 0.0
        && squared_length(separation(own.xyz, other.xyz)) < touching_um * touching_um;
    let is_contact = touches || bond_elasticity(pair, sorted_cell[k], bond, other_cell) > 0.0;
    if is_contact && (is_far || !is_listed(k, n)) {
        make_search(k);
        make_search(n);
    }
}

@compute @workgroup_size(WORKGROUP)
fn mark(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count || list_count() == 0u { return; }
    let cell = sorted_cell[k];
    let own = sorted_position[k];
    let at_first = position[cell.x].xyz;
    if PERIODIC == 1u && has_changed_rows(at_first, own.xyz) { make_search(k); }
    let allowed = allowances_um(own.w);
    let moved_um2 = squared_length(separation(own.xyz, at_first));
    let has_strayed = moved_um2 > allowed.x * allowed.x;
    let is_far = moved_um2 > allowed.y * allowed.y;
    var seeks_bonded = false;
    if k < list_count() {
        seeks_bonded = (atomicLoad(&marked[k * LIST_WORDS + LISTED]) & SEEKS_BONDED) != 0u;
    }
    if !has_strayed && !seeks_bonded { return; }
    if is_far { make_search(k); }
    let tissue = tissue_of(cell.y);
    let pairs = pair_row(arm_of(tissue), cell_type_of(cell.y), 0u);
    let bond = identity[cell.x].w;
    var skip = 0u;
    loop {
        let near = sieve_within(k, tissue * settings.voxels.w, skip, search_reach());
        for (var i = 0u; i < in_round(near, skip); i++) { mark_pair(k, is_far, pairs, bond, sieved[i]); }
        skip += SIEVE;
        if skip >= near { break; }
    }
}
