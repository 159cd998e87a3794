// Stage sense_il2: IL-2 signal of T cells by the substrate around them, L2 = c/(c + half), for the step of proteostasis that
// follows. Twin: src/stages/substrates/sense_il2.rs.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
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
@group(0) @binding(6) var<storage, read_write> signal: array<vec4u>;

@compute @workgroup_size(WORKGROUP)
fn sense_il2(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let kind = identity[i].z;
    let tissue = tissue_of(kind);
    let own = type_row(arm_of(tissue), cell_type_of(kind));
    let il2 = type_il2(own);
    if il2 == 0u || fate_of(kind) != LIVE { return; }
    let level = level_at(il2 - 1u, tissue, position[i].xyz);
    let met = level / (level + type_il2_half(own));
    signal[i].x = with_il2_met(signal[i].x, u32(met * 65535.0 + 0.5));
}
