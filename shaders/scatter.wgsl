// Stage scatter: writes every cell's slot to its place in the list of voxels.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
//#include "shared/random.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> position: array<vec4f>;
@group(0) @binding(3) var<storage, read> identity: array<vec4u>;
@group(0) @binding(4) var<storage, read> parameters: array<u32>;
@group(0) @binding(5) var<storage, read> voxel_start: array<u32>;
@group(0) @binding(6) var<storage, read> rank: array<u32>;
@group(0) @binding(7) var<storage, read_write> sorted_cell: array<vec2u>;

//#include "shared/voxel_of_cell.wgsl"

@compute @workgroup_size(WORKGROUP)
fn scatter(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    sorted_cell[voxel_start[voxel_of_cell(i)] + rank[i]].x = i;
}
