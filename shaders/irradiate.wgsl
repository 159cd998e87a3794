// Stage irradiate: a dose of radiation makes each live cell inside a region apoptotic with the probability of its type.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/math.wgsl"
//#include "shared/random.wgsl"
//#include "shared/phases.wgsl"
//#include "shared/contacts.wgsl"
//#include "shared/region.wgsl"
//#include <columns>
//#include <parameters>
//#include <events>

struct Irradiation {
    bounds: Bounds,
    // Threshold of the draw for each cell type.
    below: array<vec4u, 4>,
    purpose: u32,
    arm: u32,
    // Within the batch, or ALL of the arm.
    tissue: u32,
}

const ALL = 0xffffffffu;

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<uniform> irradiation: Irradiation;
@group(0) @binding(3) var<storage, read> parameters: array<u32>;
@group(0) @binding(4) var<storage, read> position: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> identity: array<vec4u>;
@group(0) @binding(6) var<storage, read_write> progress: array<vec4u>;
@group(0) @binding(7) var<storage, read_write> events: array<atomic<u32>>;

@compute @workgroup_size(WORKGROUP)
fn irradiate(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let cell = identity[i];
    let tissue = tissue_of(cell.z);
    let own = cell_type_of(cell.z);
    if irradiation.tissue != ALL && irradiation.tissue != tissue { return; }
    if parameters[tissue * 4u + 3u] != irradiation.arm || fate_of(cell.z) != LIVE { return; }
    if !is_inside(irradiation.bounds, position[i].xyz) { return; }
    let seed = seed_of(tissue);
    let words = draw(seed, cell.xy, population.tick, irradiation.purpose);
    if words.x >= irradiation.below[own / 4u][own % 4u] { return; }
    let row = type_row(arm_of(tissue), own);
    progress[i].x = time_as_dead(type_apoptosis_is_fixed(row), seed, cell.xy);
    identity[i] = vec4u(cell.xy, dead_kind(cell.z, APOPTOTIC), NO_BOND);
    atomicAdd(&events[event_row(tissue, own) + EVENT_DEATHS_IRRADIATION], 1u);
}
