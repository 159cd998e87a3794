// Histogram of one column over the live cells of each tissue and type: 64 bins from the smallest to the largest value
// that `summarise_column` found. Bins are whole steps of fixed point, so that no rounding decides.
// Twin: src/measure/histogram_column.rs. One invocation takes a chunk of slots and one cell type.

//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include <columns>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<uniform> request: ColumnRequest;
@group(0) @binding(3) var<storage, read> identity: array<vec4u>;
@group(0) @binding(4) var<storage, read> pack: array<vec4u>;
@group(0) @binding(5) var<storage, read_write> statistics: array<atomic<u32>>;

//#include "shared/statistics.wgsl"

@compute @workgroup_size(WORKGROUP)
fn histogram_column(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let invocation = invocation_of(global, groups);
    let start = invocation / settings.cell_type_count * CHUNK;
    if start >= population.live_count {
        return;
    }
    let own = invocation % settings.cell_type_count;
    let end = min(start + CHUNK, population.live_count);
    // No tissue has this number, so that the first cell loads its range.
    var tissue = 0xffffffffu;
    var block = 0u;
    var lowest = 0;
    var width = 1u;
    for (var cell = start; cell < end; cell++) {
        let kind = identity[cell].z;
        let lane = pack[cell][request.lane];
        if cell_type_of(kind) != own || fate_of(kind) != LIVE || !is_finite(lane) {
            continue;
        }
        if tissue_of(kind) != tissue {
            tissue = tissue_of(kind);
            block = row_of(tissue, own) + request.offset;
            lowest = steps_of(unordered(~atomicLoad(&statistics[block + MIN])));
            width = u32(steps_of(unordered(atomicLoad(&statistics[block + MAX]))) - lowest) + 1u;
        }
        let bin = u32(steps_of(number_of(lane)) - lowest) * BIN_COUNT / width;
        atomicAdd(&statistics[block + BINS + bin], 1u);
    }
}
