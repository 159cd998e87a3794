// Number, sum, sum of squares, smallest and largest value of one column over the live cells of each tissue and type.
// Twin: src/measure/summarise_column.rs. One invocation takes a chunk of slots and one cell type.

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

struct Summary {
    found: u32,
    not_finite: u32,
    saturated: u32,
    // At most 64 · 2^20.
    sum: i32,
    // A square of 40 bits from digits of 10: high², high · low, low²; each at most 2^20, 64 of them 2^26.
    high_high: u32,
    high_low: u32,
    low_low: u32,
    // Complement of the smallest value, so that 0 stands for none and the larger wins.
    min: u32,
    max: u32,
}

fn with_value(before: Summary, lane: u32) -> Summary {
    var summary = before;
    if !is_finite(lane) {
        summary.not_finite += 1u;
        return summary;
    }
    let found = number_of(lane);
    let number = select(found, found + request.wrap, found < 0.0);
    let steps = steps_of(number);
    let high = u32(abs(steps)) >> 10u;
    let low = u32(abs(steps)) & 1023u;
    summary.found += 1u;
    summary.saturated += u32(is_saturated(number));
    summary.sum += steps;
    summary.high_high += high * high;
    summary.high_low += high * low;
    summary.low_low += low * low;
    summary.min = max(summary.min, ~ordered(number));
    summary.max = max(summary.max, ordered(number));
    return summary;
}

fn flush(block: u32, summary: Summary) {
    if summary.not_finite > 0u {
        atomicAdd(&statistics[block + NOT_FINITE], summary.not_finite);
    }
    if summary.found == 0u {
        return;
    }
    atomicAdd(&statistics[block + FOUND], summary.found);
    if summary.saturated > 0u {
        atomicAdd(&statistics[block + SATURATED], summary.saturated);
    }
    add_wide(block + SUM, bitcast<u32>(summary.sum), select(0u, 0xffffffffu, summary.sum < 0));
    add_wide(block + SQUARES, summary.high_high << 20u, summary.high_high >> 12u);
    add_wide(block + SQUARES, summary.high_low << 11u, summary.high_low >> 21u);
    add_wide(block + SQUARES, summary.low_low, 0u);
    atomicMax(&statistics[block + MIN], summary.min);
    atomicMax(&statistics[block + MAX], summary.max);
}

@compute @workgroup_size(WORKGROUP)
fn summarise_column(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let invocation = invocation_of(global, groups);
    let start = invocation / settings.cell_type_count * CHUNK;
    if start >= population.live_count {
        return;
    }
    let own = invocation % settings.cell_type_count;
    let end = min(start + CHUNK, population.live_count);
    var tissue = tissue_of(identity[start].z);
    var summary = Summary();
    for (var cell = start; cell < end; cell++) {
        let kind = identity[cell].z;
        if cell_type_of(kind) != own || fate_of(kind) != LIVE {
            continue;
        }
        if tissue_of(kind) != tissue {
            flush(row_of(tissue, own) + request.offset, summary);
            summary = Summary();
            tissue = tissue_of(kind);
        }
        summary = with_value(summary, pack[cell][request.lane]);
    }
    flush(row_of(tissue, own) + request.offset, summary);
}
