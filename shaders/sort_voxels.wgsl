// Stage sort_voxels: orders the cells of each voxel by id, copies what neighbours look at into that order,
// and lists the live effectors.
// The order of the effector list depends on who came first; nothing depends on that order.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/math.wgsl"
//#include <columns>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read_write> population: PopulationCounters;
@group(0) @binding(2) var<storage, read> position: array<vec4f>;
@group(0) @binding(3) var<storage, read> identity: array<vec4u>;
@group(0) @binding(4) var<storage, read> voxel_start: array<u32>;
@group(0) @binding(5) var<storage, read_write> sorted_cell: array<vec2u>;
// x, y, z, radius.
@group(0) @binding(6) var<storage, read_write> sorted_position: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> effectors: array<u32>;

// Population, with the counter that this stage raises as an atomic.
struct PopulationCounters {
    live_count: u32,
    tick: u32,
    effector_count: atomic<u32>,
    needed: u32,
}

fn precedes(a: vec2u, b: vec2u) -> bool {
    return a.y < b.y || (a.y == b.y && a.x < b.x);
}

fn insert(first: u32, place: u32) {
    let slot = sorted_cell[place].x;
    let id = identity[slot].xy;
    var to = place;
    while to > first {
        let before = sorted_cell[to - 1u].x;
        if !precedes(id, identity[before].xy) { break; }
        sorted_cell[to].x = before;
        to -= 1u;
    }
    sorted_cell[to].x = slot;
}

@compute @workgroup_size(WORKGROUP)
fn sort_voxels(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let voxel = invocation_of(global, groups);
    if voxel >= settings.tissue_count * settings.voxels.w { return; }
    let first = voxel_start[voxel];
    let end = voxel_start[voxel + 1u];
    for (var place = first + 1u; place < end; place++) {
        insert(first, place);
    }
    for (var place = first; place < end; place++) {
        let slot = sorted_cell[place].x;
        let kind = identity[slot].z;
        let at = position[slot];
        sorted_cell[place].y = kind;
        sorted_position[place] = vec4f(at.xyz, radius_of(at.w));
        let is_effector = ((settings.effector_types >> cell_type_of(kind)) & 1u) == 1u;
        if is_effector && fate_of(kind) == LIVE {
            effectors[atomicAdd(&population.effector_count, 1u)] = place;
        }
    }
}
