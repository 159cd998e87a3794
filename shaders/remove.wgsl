// Stage remove: an intervention takes each cell of a type inside a region with a given probability.
// The cells leave at the end of the step.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/random.wgsl"
//#include "shared/math.wgsl"
//#include "shared/contacts.wgsl"
//#include "shared/region.wgsl"
//#include <columns>
//#include <parameters>
//#include <events>

struct Removal {
    bounds: Bounds,
    // Or ALL.
    cell_type: u32,
    below: u32,
    purpose: u32,
    arm: u32,
    // Within the batch, or ALL of the arm.
    tissue: u32,
}

const ALL = 0xffffffffu;

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<uniform> removal: Removal;
@group(0) @binding(3) var<storage, read> parameters: array<u32>;
@group(0) @binding(4) var<storage, read> position: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> identity: array<vec4u>;
@group(0) @binding(6) var<storage, read_write> events: array<atomic<u32>>;

@compute @workgroup_size(WORKGROUP)
fn remove(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let cell = identity[i];
    let tissue = tissue_of(cell.z);
    if removal.cell_type != ALL && removal.cell_type != cell_type_of(cell.z) { return; }
    if removal.tissue != ALL && removal.tissue != tissue { return; }
    if parameters[tissue * 4u + 3u] != removal.arm { return; }
    if !is_inside(removal.bounds, position[i].xyz) { return; }
    let words = draw(seed_of(tissue), cell.xy, population.tick, removal.purpose);
    if words.x >= removal.below { return; }
    identity[i].z = with_fate(cell.z, REMOVED);
    identity[i].w = NO_BOND;
    atomicAdd(&events[event_row(tissue, cell_type_of(cell.z)) + EVENT_TAKEN], 1u);
}
