// Dispatches folded into two dimensions, since a device runs at most 65,535 workgroups along one.
// Twin: `fold` in src/device/kernel.rs, which also gives WORKGROUP and MAX_GROUPS_X.

// Number of this invocation, from `global_invocation_id` and `num_workgroups`.
fn invocation_of(global: vec3u, groups: vec3u) -> u32 {
    return global.y * (groups.x * WORKGROUP) + global.x;
}

// Number of this workgroup, from `workgroup_id` and `num_workgroups`.
fn group_of(workgroup: vec3u, groups: vec3u) -> u32 {
    return workgroup.y * groups.x + workgroup.x;
}

// Arguments of an indirect dispatch of so many workgroups.
fn fold(groups: u32) -> vec3u {
    let x = min(groups, MAX_GROUPS_X);
    return vec3u(x, (groups + max(x, 1u) - 1u) / max(x, 1u), 1u);
}

// Arguments of an indirect dispatch of so many invocations.
fn groups_for(invocations: u32) -> vec3u {
    return fold(invocations / WORKGROUP + u32(invocations % WORKGROUP != 0u));
}
