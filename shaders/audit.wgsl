// Hash of the cells of each tissue and type, and what no cell may be: not finite, outside of the domain, attached to what
// is no cell of its tissue, with the number of another. Twin: src/measure/audit.rs.
//
// A hash is a sum over cells of mixed words, so that it depends neither on slots nor on who comes first. One dispatch of
// `audit` takes a pack; one invocation a chunk of slots and one cell type. Numbers are compared along chains of the cells
// that share a bucket, which `link` makes; the order within a chain does not matter.

//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include <columns>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<uniform> request: ColumnRequest;
@group(0) @binding(3) var<storage, read> identity: array<vec4u>;
@group(0) @binding(4) var<storage, read> pack: array<vec4u>;
@group(0) @binding(5) var<storage, read_write> statistics: array<atomic<u32>>;
@group(0) @binding(6) var<storage, read_write> chain_head: array<atomic<u32>>;
@group(0) @binding(7) var<storage, read_write> chain_next: array<u32>;

//#include "shared/statistics.wgsl"

// Words of the audit in a row.
const HASH_FIRST = 0u;
const HASH_SECOND = 1u;
const CELLS_NOT_FINITE = 2u;
const CELLS_OUTSIDE = 3u;
const CELLS_MISATTACHED = 4u;
const CELLS_ALIKE = 5u;
const AUDIT_WORDS = 6u;

// Any two numbers that differ.
const SEED_FIRST = 0x9e3779b9u;
const SEED_SECOND = 0x7f4a7c15u;
// Numbers of two packs.
const POSITION = 0u;
const IDENTITY = 3u;
// Rounding at a face.
const FACE = 1.000001;

alias Audit = array<u32, AUDIT_WORDS>;

// The finaliser of MurmurHash3 (Appleby), of a word that enters a hash.
fn mixed(hash: u32, word: u32) -> u32 {
    var it = hash ^ word;
    it = (it ^ (it >> 16u)) * 0x85ebca6bu;
    it = (it ^ (it >> 13u)) * 0xc2b2ae35u;
    return it ^ (it >> 16u);
}

fn hash_of(seed: u32, id: vec2u, lanes: vec4u) -> u32 {
    let own = mixed(mixed(mixed(seed, request.lane), id.x), id.y);
    return mixed(mixed(mixed(mixed(own, lanes.x), lanes.y), lanes.z), lanes.w);
}

// Whether a bond leads to another cell of the tissue.
fn is_attached_well(cell: u32, bond: u32) -> bool {
    if bond == NO_BOND { return true; }
    if bond >= population.live_count || bond == cell { return false; }
    return tissue_of(identity[bond].z) == tissue_of(identity[cell].z);
}

// The lanes as the hash takes them: columns alone, without the number of the tissue in its batch, and the number of the
// cell that a bond leads to for its slot.
fn hashed(cell: u32, lanes: vec4u) -> vec4u {
    if request.lane == IDENTITY {
        var partner = vec2u(NO_BOND);
        if lanes.w != NO_BOND && is_attached_well(cell, lanes.w) { partner = identity[lanes.w].xy; }
        return vec4u(lanes.z & 0xffffu, partner, u32(lanes.w == NO_BOND));
    }
    let is_column = (vec4u(request.mask) >> vec4u(0u, 1u, 2u, 3u)) & vec4u(1u);
    return lanes * is_column;
}

fn is_not_finite(lanes: vec4u) -> bool {
    let is_float = ((vec4u(request.shift) >> vec4u(0u, 1u, 2u, 3u)) & vec4u(1u)) == vec4u(1u);
    return any(is_float & ((lanes & vec4u(0x7f800000u)) == vec4u(0x7f800000u)));
}

fn is_outside(lanes: vec4u) -> bool {
    let place = abs(bitcast<vec3f>(lanes.xyz));
    return request.lane == POSITION && any(place > 0.5 * FACE * settings.size_um.xyz);
}

fn flush(row: u32, found: Audit) {
    for (var word = 0u; word < AUDIT_WORDS; word++) {
        if found[word] > 0u {
            atomicAdd(&statistics[row + request.offset + word], found[word]);
        }
    }
}

@compute @workgroup_size(WORKGROUP)
fn audit(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let invocation = invocation_of(global, groups);
    let start = invocation / settings.cell_type_count * CHUNK;
    if start >= population.live_count {
        return;
    }
    let own = invocation % settings.cell_type_count;
    let end = min(start + CHUNK, population.live_count);
    var tissue = tissue_of(identity[start].z);
    var found = Audit();
    for (var cell = start; cell < end; cell++) {
        let kind = identity[cell].z;
        if cell_type_of(kind) != own {
            continue;
        }
        if tissue_of(kind) != tissue {
            flush(row_of(tissue, own), found);
            found = Audit();
            tissue = tissue_of(kind);
        }
        let lanes = pack[cell];
        let id = identity[cell].xy;
        let columns = hashed(cell, lanes);
        found[HASH_FIRST] += hash_of(SEED_FIRST, id, columns);
        found[HASH_SECOND] += hash_of(SEED_SECOND, id, columns);
        found[CELLS_NOT_FINITE] += u32(is_not_finite(lanes));
        found[CELLS_OUTSIDE] += u32(!is_not_finite(lanes) && is_outside(lanes));
        found[CELLS_MISATTACHED] += u32(request.lane == IDENTITY && !is_attached_well(cell, lanes.w));
    }
    flush(row_of(tissue, own), found);
}

fn bucket_of(cell: u32) -> u32 {
    let own = identity[cell];
    return mixed(mixed(mixed(SEED_FIRST, own.x), own.y), tissue_of(own.z)) % population.live_count;
}

@compute @workgroup_size(WORKGROUP)
fn unlink(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let cell = invocation_of(global, groups);
    if cell >= population.live_count {
        return;
    }
    atomicStore(&chain_head[cell], NO_BOND);
}

@compute @workgroup_size(WORKGROUP)
fn link(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let cell = invocation_of(global, groups);
    if cell >= population.live_count {
        return;
    }
    chain_next[cell] = atomicExchange(&chain_head[bucket_of(cell)], cell);
}

// Adds the cells that share their number with another of their tissue.
@compute @workgroup_size(WORKGROUP)
fn compare(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let cell = invocation_of(global, groups);
    if cell >= population.live_count {
        return;
    }
    let own = identity[cell];
    var other = atomicLoad(&chain_head[bucket_of(cell)]);
    while other != NO_BOND {
        let it = identity[other];
        if other != cell && all(it.xy == own.xy) && tissue_of(it.z) == tissue_of(own.z) {
            let row = row_of(tissue_of(own.z), cell_type_of(own.z));
            atomicAdd(&statistics[row + request.offset + CELLS_ALIKE], 1u);
            return;
        }
        other = chain_next[other];
    }
}
