// Stage rebuild: a new slot for every cell, in voxel order, two for a dividing one, none for a removed one.
//
// count_slots: slots that each place in the sorted order needs (scan makes them first slots); place: where each new
// slot comes from, and where each old slot went; resize: the new number of cells, or a halt where there is no room;
// gather, write_back: one pack after the other moves through the scratch buffer.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include <columns>

@group(0) @binding(0) var<uniform> population: Population;
@group(0) @binding(1) var<storage, read> sorted_cell: array<vec2u>;
@group(0) @binding(2) var<storage, read> identity: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> first_slot: array<u32>;
@group(0) @binding(4) var<storage, read_write> slot_source: array<u32>;
@group(0) @binding(5) var<storage, read_write> new_slot: array<u32>;
@group(0) @binding(6) var<storage, read_write> pack: array<vec4u>;
@group(0) @binding(7) var<storage, read_write> scratch: array<vec4u>;

// Marks the newborn of two cells that come from one slot.
const NEWBORN = 0x80000000u;

@compute @workgroup_size(WORKGROUP)
fn count_slots(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k > population.live_count { return; }
    var slots = 0u;
    if k < population.live_count {
        let fate = fate_of(identity[sorted_cell[k].x].z);
        slots = select(select(1u, 2u, fate == DIVIDING), 0u, fate == REMOVED);
    }
    first_slot[k] = slots;
}

@compute @workgroup_size(WORKGROUP)
fn place(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count || first_slot[population.live_count] > arrayLength(&slot_source) { return; }
    let slot = sorted_cell[k].x;
    let first = first_slot[k];
    let slots = first_slot[k + 1u] - first;
    new_slot[slot] = select(first, NO_BOND, slots == 0u);
    if slots > 0u { slot_source[first] = slot; }
    if slots > 1u { slot_source[first + 1u] = slot | NEWBORN; }
}

@compute @workgroup_size(WORKGROUP)
fn gather(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    scratch[i] = pack[slot_source[i] & ~NEWBORN];
}

@compute @workgroup_size(WORKGROUP)
fn write_back(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    pack[i] = scratch[i];
}
