// The operations whose rounding drivers take liberties with. Twin: src/device/exactness.rs.
//#include "shared/dispatch.wgsl"

@group(0) @binding(0) var<storage, read> probe_input: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> probe_result: array<vec4u>;

@compute @workgroup_size(WORKGROUP)
fn probe(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= arrayLength(&probe_input) {
        return;
    }
    let a = probe_input[i].x;
    let b = probe_input[i].y;
    // The last one is below the smallest normal float.
    let results = vec4f(a * b - a * 1.1, a / b, sqrt(b), a * 1e-38 * 0.01);
    probe_result[i] = bitcast<vec4u>(results);
}
