// Stage rebuild_behaviours: the values that cells keep for rules move to their new slots, four at a time through the
// scratch buffer; both cells of a division get the mother's.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"

@group(0) @binding(0) var<uniform> population: Population;
@group(0) @binding(1) var<storage, read> slot_source: array<u32>;
@group(0) @binding(2) var<storage, read_write> behaviours: array<f32>;
@group(0) @binding(3) var<storage, read_write> scratch: array<vec4f>;

//#constant BEHAVIOURS = 0

fn gather(global: vec3u, groups: vec3u, first: u32) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let from_slot = (slot_source[i] & 0x7fffffffu) * BEHAVIOURS;
    var lanes = vec4f(0.0);
    for (var lane = 0u; lane < min(BEHAVIOURS - first, 4u); lane++) { lanes[lane] = behaviours[from_slot + first + lane]; }
    scratch[i] = lanes;
}

fn write_back(global: vec3u, groups: vec3u, first: u32) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let lanes = scratch[i];
    for (var lane = 0u; lane < min(BEHAVIOURS - first, 4u); lane++) { behaviours[i * BEHAVIOURS + first + lane] = lanes[lane]; }
}

@compute @workgroup_size(WORKGROUP)
fn gather_0(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    gather(global, groups, 0u);
}

@compute @workgroup_size(WORKGROUP)
fn write_back_0(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    write_back(global, groups, 0u);
}

@compute @workgroup_size(WORKGROUP)
fn gather_1(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    gather(global, groups, 4u);
}

@compute @workgroup_size(WORKGROUP)
fn write_back_1(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    write_back(global, groups, 4u);
}

@compute @workgroup_size(WORKGROUP)
fn gather_2(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    gather(global, groups, 8u);
}

@compute @workgroup_size(WORKGROUP)
fn write_back_2(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    write_back(global, groups, 8u);
}

@compute @workgroup_size(WORKGROUP)
fn gather_3(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    gather(global, groups, 12u);
}

@compute @workgroup_size(WORKGROUP)
fn write_back_3(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    write_back(global, groups, 12u);
}
