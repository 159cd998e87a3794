// Stage exchange: what cells secrete into the voxels of the substrates, and what they take up from them.
//   source = sum of S rho f, loss = sum of (S + U) f, f = volume of the cell / volume of the voxel
// clear, link: each voxel links the cells whose middle it holds, in any order. gather: adds them up in the order of their
// ids, so that sums have the same bits however the cells were sorted. The law is stated in src/stages/substrates/exchange.rs.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/behaviours.wgsl"
//#include "shared/field_grid.wgsl"
//#include "shared/in_voxel.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> position: array<vec4f>;
@group(0) @binding(3) var<storage, read> identity: array<vec4u>;
@group(0) @binding(4) var<storage, read> parameters: array<u32>;
@group(0) @binding(5) var<storage, read> behaviours: array<f32>;
@group(0) @binding(6) var<storage, read_write> first_cell: array<atomic<u32>>;
@group(0) @binding(7) var<storage, read_write> next_cell: array<u32>;
@group(0) @binding(8) var<storage, read_write> source: array<vec4f>;
@group(0) @binding(9) var<storage, read_write> loss: array<vec4f>;

// Substrates in groups of four.
//#constant SUBSTRATE_GROUPS = 0

@compute @workgroup_size(WORKGROUP)
fn clear(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i < settings.tissue_count * settings.field_voxels.w { atomicStore(&first_cell[i], NOBODY); }
}

@compute @workgroup_size(WORKGROUP)
fn link(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let first = tissue_of(identity[i].z) * settings.field_voxels.w;
    next_cell[i] = atomicExchange(&first_cell[first + field_place(field_voxel(position[i].xyz))], i);
}

@compute @workgroup_size(WORKGROUP)
fn gather(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    let voxels = settings.tissue_count * settings.field_voxels.w;
    if i >= SUBSTRATE_GROUPS * voxels { return; }
    let first_substrate = i / voxels * 4u;
    let head = atomicLoad(&first_cell[i % voxels]);
    var sum_source = vec4f(0.0);
    var sum_loss = vec4f(0.0);
    for (var slot = follower(head, NOBODY); slot != NOBODY; slot = follower(head, slot)) {
        let kind = identity[slot].z;
        let arm = arm_of(tissue_of(kind));
        let is_live = fate_of(kind) == LIVE;
        let filled = position[slot].w * settings.field_voxel_um.w;
        for (var lane = 0u; lane < 4u; lane++) {
            let row = exchange_row(arm, cell_type_of(kind), SUBSTRATE_GROUPS * 4u, first_substrate + lane);
            let kept_secretion = select(exchange_dead_secretion(row), 1.0, is_live);
            let kept_uptake = select(exchange_dead_uptake(row), 1.0, is_live);
            let secretion = ruled(row + EXCHANGE_SECRETION_PER_MIN, slot) * kept_secretion;
            let rho = ruled(row + EXCHANGE_TARGET, slot);
            let uptake = ruled(row + EXCHANGE_UPTAKE_PER_MIN, slot) * kept_uptake;
            sum_source[lane] += secretion * rho * filled;
            sum_loss[lane] += (secretion + uptake) * filled;
        }
    }
    source[i] = sum_source;
    loss[i] = sum_loss;
}
