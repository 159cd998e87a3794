// Stage stimulate: what T cells with proteostasis make of their contacts in a contact step. The law is stated in
// src/stages/interactions/stimulate.rs.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/math.wgsl"
//#include "shared/proteostasis/met.wgsl"
//#include "shared/surface.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> parameters: array<u32>;
@group(0) @binding(3) var<storage, read> identity: array<vec4u>;
@group(0) @binding(4) var<storage, read> response: array<vec4f>;
@group(0) @binding(5) var<storage, read> programme: array<vec4f>;
@group(0) @binding(6) var<storage, read> capacity: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> signal: array<vec4u>;
@group(0) @binding(8) var<storage, read_write> synapse: array<vec4f>;
@group(0) @binding(9) var<storage, read> surface: array<vec4f>;

// Less occupancy than this is none.
const LEAST_OCCUPANCY = 1e-6;

// Occupancy after a step of contacts, and its integral over the step in h.
fn relaxed(row: u32, before: f32, goal: f32, step_h: f32) -> vec2f {
    let time_h = select(proteostasis_tcr_off_time_h(row), proteostasis_tcr_on_time_h(row), goal > before);
    let gone = event_probability(step_h / time_h);
    let gap = goal - before;
    let after = before + gap * gone;
    let integral = before * step_h + gap * (step_h - time_h * gone);
    return vec2f(select(after, 0.0, after < LEAST_OCCUPANCY), integral);
}

@compute @workgroup_size(WORKGROUP)
fn stimulate(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let cell = identity[i];
    if fate_of(cell.z) != LIVE { return; }
    let arm = arm_of(tissue_of(cell.z));
    let place = type_proteostasis(type_row(arm, cell_type_of(cell.z)));
    if place == 0u { return; }
    let row = arm + place;
    var seen = 0.0;
    var pd_l1 = 0.0;
    if cell.w != NO_BOND {
        seen = presented(pair_row(arm, cell_type_of(cell.z), cell_type_of(identity[cell.w].z)), cell.w);
        if HAS_SURFACE == 1u { pd_l1 = surface[cell.w].z; }
    }
    let goal = max(seen, proteostasis_tonic_signal(row));
    let after = relaxed(row, synapse[i].x, goal, settings.contacts_min / 60.0);
    let told = signal[i];
    signal[i] = vec4u(with_pd_l1_met(told.x, u32(pd_l1 * 65535.0 + 0.5)), bitcast<u32>(bitcast<f32>(told.y) + after.y), told.zw);
    let engaged = pd1_engagement(row, programme[i].z, max(pd_l1, proteostasis_pd_l1(row)));
    let occupied = max(after.x, without_contacts(row)) * (1.0 - proteostasis_tcr_inhibition(row));
    let tcr = occupied * (1.0 - proteostasis_pd1_loss_of_signal(row) * engaged);
    synapse[i] = vec4f(after.x, tcr, capacity[i].w * tcr, programme[i].y * tcr * (1.0 - response[i].w));
}
