// Copies one buffer to another: what the memory of a device can do at best.
//#include "shared/dispatch.wgsl"

@group(0) @binding(0) var<storage, read> copy_source: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> copy_target: array<vec4u>;

@compute @workgroup_size(WORKGROUP)
fn copy(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= arrayLength(&copy_target) {
        return;
    }
    copy_target[i] = copy_source[i];
}
