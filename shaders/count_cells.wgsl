// Counts the cells of each tissue and type by fate, and its live cells by phase and by being attached.
// Twin: src/measure/count_cells.rs. One invocation takes a chunk of slots and one cell type.

//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include <columns>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<uniform> request: ColumnRequest;
@group(0) @binding(3) var<storage, read> identity: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> statistics: array<atomic<u32>>;

//#include "shared/statistics.wgsl"

// Fates, then attached: the words at the start of a row.
alias Counts = array<u32, FIRST_PHASE>;

fn flush(row: u32, counts: Counts) {
    for (var word = 0u; word < FIRST_PHASE; word++) {
        if counts[word] > 0u {
            atomicAdd(&statistics[row + word], counts[word]);
        }
    }
}

// Fills every word with 0, from which sums and maxima start.
@compute @workgroup_size(WORKGROUP)
fn clear(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let word = invocation_of(global, groups);
    if word >= arrayLength(&statistics) {
        return;
    }
    atomicStore(&statistics[word], 0u);
}

@compute @workgroup_size(WORKGROUP)
fn count_cells(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let invocation = invocation_of(global, groups);
    let start = invocation / settings.cell_type_count * CHUNK;
    if start >= population.live_count {
        return;
    }
    let own = invocation % settings.cell_type_count;
    let end = min(start + CHUNK, population.live_count);
    var tissue = tissue_of(identity[start].z);
    var counts = Counts();
    for (var cell = start; cell < end; cell++) {
        let kind = identity[cell].z;
        if cell_type_of(kind) != own {
            continue;
        }
        if tissue_of(kind) != tissue {
            flush(row_of(tissue, own), counts);
            counts = Counts();
            tissue = tissue_of(kind);
        }
        counts[min(fate_of(kind), REMOVED)] += 1u;
        if fate_of(kind) == LIVE {
            counts[ATTACHED] += u32(identity[cell].w != NO_BOND);
            if phase_of(kind) < request.phase_count {
                atomicAdd(&statistics[row_of(tissue, own) + FIRST_PHASE + phase_of(kind)], 1u);
            }
        }
    }
    flush(row_of(tissue, own), counts);
}
