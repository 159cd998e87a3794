// Stage count_contacts: for each cell, how many cells of each asked kind are closer than adhesion reaches.
// Four kinds, 8 bits each. Kinds: bit t live cells of type t, bit 16 dead ones.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> sorted_position: array<vec4f>;
@group(0) @binding(3) var<storage, read> sorted_cell: array<vec2u>;
@group(0) @binding(4) var<storage, read> voxel_start: array<u32>;
@group(0) @binding(5) var<storage, read> parameters: array<u32>;
@group(0) @binding(6) var<storage, read_write> contact_counts: array<u32>;

//#include "shared/neighbours.wgsl"

fn kinds_of(arm: u32) -> vec4u {
    let header = arm + 2u * settings.parameter_words;
    return vec4u(parameters[header], parameters[header + 1u], parameters[header + 2u], parameters[header + 3u]);
}

// 1 for each kind that counts the cell at place n, if it touches the one at place k.
fn counted(kinds: vec4u, pairs: u32, k: u32, n: u32) -> vec4u {
    let own = sorted_position[k];
    let other = sorted_position[n];
    let kind = sorted_cell[n].y;
    let reach = pair_adhesion_reach(pairs + cell_type_of(kind) * PAIR_WORDS) * (own.w + other.w);
    let touches = squared_length(separation(own.xyz, other.xyz)) < reach * reach;
    let bit = select(65536u, 1u << cell_type_of(kind), fate_of(kind) == LIVE);
    return select(vec4u(0u), vec4u(1u), (kinds & vec4u(bit)) != vec4u(0u)) * select(0u, 1u, touches);
}

@compute @workgroup_size(WORKGROUP)
fn count_contacts(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count { return; }
    let cell = sorted_cell[k];
    let tissue = tissue_of(cell.y);
    let arm = arm_of(tissue);
    let kinds = kinds_of(arm);
    let pairs = pair_row(arm, cell_type_of(cell.y), 0u);
    var counts = vec4u(0u);
    var skip = 0u;
    loop {
        let found = sieve(k, tissue * settings.voxels.w, skip);
        for (var i = 0u; i < in_round(found, skip); i++) { counts += counted(kinds, pairs, k, sieved[i]); }
        skip += SIEVE;
        if skip >= found { break; }
    }
    counts = min(counts, vec4u(255u));
    contact_counts[cell.x] = counts.x | (counts.y << 8u) | (counts.z << 16u) | (counts.w << 24u);
}
