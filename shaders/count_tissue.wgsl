// Stage count_tissue: live cells of each tissue and cell type.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include <columns>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> identity: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> tissue_counts: array<atomic<u32>>;

// Slots that one invocation reads, as in src/measure/layout.rs.
const CHUNK = 64u;

@compute @workgroup_size(WORKGROUP)
fn clear(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let word = invocation_of(global, groups);
    if word >= arrayLength(&tissue_counts) { return; }
    atomicStore(&tissue_counts[word], 0u);
}

@compute @workgroup_size(WORKGROUP)
fn count_tissue(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let invocation = invocation_of(global, groups);
    let start = invocation / settings.cell_type_count * CHUNK;
    if start >= population.live_count { return; }
    let own = invocation % settings.cell_type_count;
    var tissue = tissue_of(identity[start].z);
    var count = 0u;
    for (var cell = start; cell < min(start + CHUNK, population.live_count); cell++) {
        let kind = identity[cell].z;
        if tissue_of(kind) != tissue {
            atomicAdd(&tissue_counts[tissue * settings.cell_type_count + own], count);
            tissue = tissue_of(kind);
            count = 0u;
        }
        count += u32(cell_type_of(kind) == own && fate_of(kind) == LIVE);
    }
    atomicAdd(&tissue_counts[tissue * settings.cell_type_count + own], count);
}
