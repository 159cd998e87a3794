// Stage induce: MHC-I and PD-L1 of cells with immunogenicity approach what IFN-gamma around them induces. The law is stated in
// src/stages/regulation/induce.rs.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/math.wgsl"
//#include "shared/field_grid.wgsl"
//#include "shared/field.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> parameters: array<u32>;
@group(0) @binding(3) var<storage, read> identity: array<vec4u>;
@group(0) @binding(4) var<storage, read> position: array<vec4f>;
@group(0) @binding(5) var<storage, read> concentration: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> surface: array<vec4f>;

//#constant SUBSTRATE_GROUPS = 0

// Signal of the inducer, from 0 to 1.
fn induction(own: u32, i: u32, tissue: u32) -> f32 {
    let inducer = type_inducer(own);
    if SUBSTRATE_GROUPS == 0u || inducer == 0u { return 0.0; }
    let level = level_at(inducer - 1u, tissue, position[i].xyz);
    return level / (type_inducer_half(own) + level);
}

fn relaxed(before: f32, basal: f32, induced: f32, signal: f32, rate_per_min: f32) -> f32 {
    let goal = basal + (induced - basal) * signal;
    return before + (goal - before) * event_probability(rate_per_min * settings.cycle_min);
}

@compute @workgroup_size(WORKGROUP)
fn induce(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let kind = identity[i].z;
    let tissue = tissue_of(kind);
    let own = type_row(arm_of(tissue), cell_type_of(kind));
    if fate_of(kind) != LIVE || type_is_immunogenic(own) == 0u { return; }
    let signal = induction(own, i, tissue);
    let before = surface[i];
    surface[i] = vec4f(
        before.x,
        relaxed(before.y, type_mhc1(own), type_mhc1_induced(own), signal, type_mhc1_relaxation_per_min(own)),
        relaxed(before.z, type_pd_l1(own), type_pd_l1_induced(own), signal, type_pd_l1_relaxation_per_min(own)),
        before.w,
    );
}
