// Live cells of each tissue and type in shells about the middle of the tissue; in a layer, rings.
// Twin: src/measure/radial_profile.rs. One invocation takes a chunk of slots and one cell type.

//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include <columns>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<uniform> request: ColumnRequest;
@group(0) @binding(3) var<storage, read> identity: array<vec4u>;
@group(0) @binding(4) var<storage, read> position: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> statistics: array<atomic<u32>>;

//#include "shared/statistics.wgsl"

@compute @workgroup_size(WORKGROUP)
fn radial_profile(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let invocation = invocation_of(global, groups);
    let start = invocation / settings.cell_type_count * CHUNK;
    if start >= population.live_count {
        return;
    }
    let own = invocation % settings.cell_type_count;
    let end = min(start + CHUNK, population.live_count);
    for (var cell = start; cell < end; cell++) {
        let kind = identity[cell].z;
        if cell_type_of(kind) != own || fate_of(kind) != LIVE {
            continue;
        }
        let at = position[cell];
        let height = select(0.0, at.z, settings.dimensions == 3u);
        let shells = sqrt(at.x * at.x + at.y * at.y + height * height) * request.shells_per_um;
        // Cells beyond the last shell are in no shell.
        if shells < f32(request.shell_count) {
            atomicAdd(&statistics[row_of(tissue_of(kind), own) + request.offset + u32(shells)], 1u);
        }
    }
}
