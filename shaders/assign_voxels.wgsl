// Stage assign_voxels (clear, assign_voxels): counts the cells of each voxel and numbers them within it.
// In a culture a voxel is a bucket, drawn anew at each step: cells meet at random.
// The numbers depend on who came first; sort_voxels makes the order one of ids.
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
@group(0) @binding(5) var<storage, read_write> voxel_count: array<atomic<u32>>;
@group(0) @binding(6) var<storage, read_write> rank: array<u32>;

//#include "shared/voxel_of_cell.wgsl"

@compute @workgroup_size(WORKGROUP)
fn clear(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let voxel = invocation_of(global, groups);
    if voxel <= settings.tissue_count * settings.voxels.w { atomicStore(&voxel_count[voxel], 0u); }
}

@compute @workgroup_size(WORKGROUP)
fn assign_voxels(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    rank[i] = atomicAdd(&voxel_count[voxel_of_cell(i)], 1u);
}
