// Stage secrete: IFN-gamma and IL-2 that T cells secrete as they are able and stimulated. The law is stated in
// src/stages/substrates/secrete.rs. Adds to the sources that exchange left, by its lists of the cells in each voxel.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/in_voxel.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> identity: array<vec4u>;
@group(0) @binding(3) var<storage, read> parameters: array<u32>;
@group(0) @binding(4) var<storage, read> first_cell: array<u32>;
@group(0) @binding(5) var<storage, read> next_cell: array<u32>;
@group(0) @binding(6) var<storage, read> capacity: array<vec4f>;
@group(0) @binding(7) var<storage, read> synapse: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> source: array<vec4f>;

// Substrates in groups of four.
//#constant SUBSTRATE_GROUPS = 0

@compute @workgroup_size(WORKGROUP)
fn secrete(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    let voxels = settings.tissue_count * settings.field_voxels.w;
    if i >= SUBSTRATE_GROUPS * voxels { return; }
    let group = i / voxels;
    let head = first_cell[i % voxels];
    var sum = source[i];
    for (var slot = follower(head, NOBODY); slot != NOBODY; slot = follower(head, slot)) {
        let kind = identity[slot].z;
        let own = type_row(arm_of(tissue_of(kind)), cell_type_of(kind));
        if fate_of(kind) != LIVE { continue; }
        let ifn_gamma = type_ifn_gamma(own);
        if ifn_gamma > 0u && (ifn_gamma - 1u) / 4u == group {
            let able = capacity[slot].z * synapse[slot].y;
            sum[(ifn_gamma - 1u) % 4u] += type_ifn_gamma_um3_per_min(own) * able * settings.field_voxel_um.w;
        }
        let il2 = type_il2(own);
        if il2 > 0u && (il2 - 1u) / 4u == group {
            sum[(il2 - 1u) % 4u] += type_il2_um3_per_min(own) * synapse[slot].w * settings.field_voxel_um.w;
        }
    }
    source[i] = sum;
}
