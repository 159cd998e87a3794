// Stage scan: exclusive prefix sum in place, in workgroup memory, for GPUs. Blocks of 2048 values.
// reduce: sum of each block; top: prefix sum of the sums; apply: prefix sum inside each block.
// `scan_serial.wgsl` gives the same numbers on software adapters.
//#include "shared/settings.wgsl"

struct ScanRequest {
    // Values; 0: one for each cell and one more.
    count: u32,
}

@group(0) @binding(0) var<uniform> scan_request: ScanRequest;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read_write> values: array<u32>;
@group(0) @binding(3) var<storage, read_write> block_sums: array<u32>;

const THREADS = 256u;
const ITEMS = 8u;

var<workgroup> partial: array<u32, THREADS>;

fn value_count() -> u32 {
    if scan_request.count > 0u { return scan_request.count; }
    return population.live_count + 1u;
}

fn block_count() -> u32 {
    return (value_count() + THREADS * ITEMS - 1u) / (THREADS * ITEMS);
}

// Inclusive prefix sum over the workgroup (Hillis and Steele 1986).
fn scan_workgroup(thread: u32, value: u32) -> u32 {
    partial[thread] = value;
    workgroupBarrier();
    for (var reach = 1u; reach < THREADS; reach *= 2u) {
        var sum = partial[thread];
        if thread >= reach { sum += partial[thread - reach]; }
        workgroupBarrier();
        partial[thread] = sum;
        workgroupBarrier();
    }
    return partial[thread];
}

fn sum_of_items(first: u32) -> u32 {
    var sum = 0u;
    for (var item = first; item < min(first + ITEMS, value_count()); item++) { sum += values[item]; }
    return sum;
}

@compute @workgroup_size(THREADS)
fn reduce(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let block = group.y * groups.x + group.x;
    let total = scan_workgroup(thread, sum_of_items((block * THREADS + thread) * ITEMS));
    if thread == THREADS - 1u && block < block_count() { block_sums[block] = total; }
}

@compute @workgroup_size(THREADS)
fn top(@builtin(local_invocation_index) thread: u32) {
    var carry = 0u;
    let blocks = block_count();
    for (var first = 0u; first < blocks; first += THREADS) {
        let block = first + thread;
        var value = 0u;
        if block < blocks { value = block_sums[block]; }
        let inclusive = scan_workgroup(thread, value);
        if block < blocks { block_sums[block] = carry + inclusive - value; }
        carry += partial[THREADS - 1u];
        workgroupBarrier();
    }
}

@compute @workgroup_size(THREADS)
fn apply(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let block = group.y * groups.x + group.x;
    let first = (block * THREADS + thread) * ITEMS;
    let own = sum_of_items(first);
    var sum = scan_workgroup(thread, own) - own;
    if block >= block_count() { return; }
    sum += block_sums[block];
    for (var item = first; item < min(first + ITEMS, value_count()); item++) {
        let value = values[item];
        values[item] = sum;
        sum += value;
    }
}
