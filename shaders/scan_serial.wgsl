// Stage scan for software adapters: as `scan.wgsl`, with blocks of 256 values, one invocation each and no barriers,
// which cost lavapipe four times as much as the sums.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"

struct ScanRequest {
    // Values; 0: one for each cell and one more.
    count: u32,
}

@group(0) @binding(0) var<uniform> scan_request: ScanRequest;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read_write> values: array<u32>;
@group(0) @binding(3) var<storage, read_write> block_sums: array<u32>;

const BLOCK = 256u;

fn value_count() -> u32 {
    if scan_request.count > 0u { return scan_request.count; }
    return population.live_count + 1u;
}

fn block_count() -> u32 {
    return (value_count() + BLOCK - 1u) / BLOCK;
}

@compute @workgroup_size(WORKGROUP)
fn reduce(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let block = invocation_of(global, groups);
    if block >= block_count() { return; }
    var sum = 0u;
    for (var item = block * BLOCK; item < min((block + 1u) * BLOCK, value_count()); item++) { sum += values[item]; }
    block_sums[block] = sum;
}

@compute @workgroup_size(1)
fn top() {
    var sum = 0u;
    for (var block = 0u; block < block_count(); block++) {
        let value = block_sums[block];
        block_sums[block] = sum;
        sum += value;
    }
}

@compute @workgroup_size(WORKGROUP)
fn apply(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let block = invocation_of(global, groups);
    if block >= block_count() { return; }
    var sum = block_sums[block];
    for (var item = block * BLOCK; item < min((block + 1u) * BLOCK, value_count()); item++) {
        let value = values[item];
        values[item] = sum;
        sum += value;
    }
}
