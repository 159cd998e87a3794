// Stage engage: what an attached effector does to its target in a contact step.
//
// It lets go when the target is dead or farther than 1.25 contact distances, or at random at the detachment rate.
// Otherwise it kills with hazard kill, and strikes a Poisson number of sublethal hits at rate hits.
// Killing and hits are scaled by its own trait and by the target's.
// let_go: who lets go; strike: what those do that hold on.
// Strikes are gathered in the target's inbox as integers, whoever comes first; `respond` settles them.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
//#include "shared/math.wgsl"
//#include "shared/random.wgsl"
//#include "shared/traits.wgsl"
//#include "shared/behaviours.wgsl"
//#include "shared/contacts.wgsl"
//#include <columns>
//#include <parameters>
//#include <events>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> effectors: array<u32>;
@group(0) @binding(3) var<storage, read> sorted_cell: array<vec2u>;
@group(0) @binding(4) var<storage, read> position: array<vec4f>;
@group(0) @binding(5) var<storage, read> progress: array<vec4u>;
@group(0) @binding(6) var<storage, read> parameters: array<u32>;
@group(0) @binding(7) var<storage, read_write> identity: array<vec4u>;
@group(0) @binding(8) var<storage, read_write> contacts: array<atomic<u32>>;
@group(0) @binding(9) var<storage, read_write> events: array<atomic<u32>>;
@group(0) @binding(10) var<storage, read> behaviours: array<f32>;

// A bond stretches to this many contact distances before it breaks.
const BOND_STRETCH = 1.25;
// More hits than this in one step are counted as this many.
const MOST_HITS = 15u;

fn is_out_of_reach(pair: u32, slot: u32, target_slot: u32) -> bool {
    if settings.dimensions == 0u { return false; }
    let a = position[slot];
    let b = position[target_slot];
    let reach = BOND_STRETCH * (pair_contact_um(pair) + pair_contact_reach(pair) * (radius_of(a.w) + radius_of(b.w)));
    return squared_length(separation(a.xyz, b.xyz)) > reach * reach;
}

// Poisson number with the given mean, by inversion.
fn poisson(word: u32, mean: f32) -> u32 {
    var term = exact_exp(-mean);
    var cumulative = term;
    var count = 0u;
    while count < MOST_HITS && word >= threshold_of(min(cumulative, 1.0)) {
        count += 1u;
        term = term * mean / f32(count);
        cumulative += term;
    }
    return count;
}

@compute @workgroup_size(WORKGROUP)
fn let_go(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let e = invocation_of(global, groups);
    if e >= population.effector_count { return; }
    let slot = sorted_cell[effectors[e]].x;
    let cell = identity[slot];
    let bond = cell.w;
    if bond == NO_BOND { return; }
    let tissue = tissue_of(cell.z);
    let target_kind = identity[bond].z;
    let pair = pair_row(arm_of(tissue), cell_type_of(cell.z), cell_type_of(target_kind));
    let words = draw(seed_of(tissue), cell.xy, population.tick, PURPOSE_ENGAGE);
    let detachment_per_min = ruled(pair + PAIR_DETACHMENT_PER_MIN, slot);
    let lets_go = words.x < threshold_of(event_probability(detachment_per_min * settings.contacts_min));
    if lets_go || fate_of(target_kind) != LIVE || is_out_of_reach(pair, slot, bond) {
        identity[slot].w = NO_BOND;
    }
}

@compute @workgroup_size(WORKGROUP)
fn strike(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let e = invocation_of(global, groups);
    if e >= population.effector_count { return; }
    let slot = sorted_cell[effectors[e]].x;
    let cell = identity[slot];
    let bond = cell.w;
    if bond == NO_BOND { return; }
    let tissue = tissue_of(cell.z);
    let arm = arm_of(tissue);
    let own_type = cell_type_of(cell.z);
    let target_type = cell_type_of(identity[bond].z);
    let pair = pair_row(arm, own_type, target_type);
    let words = draw(seed_of(tissue), cell.xy, population.tick, PURPOSE_ENGAGE);
    let factor = trait_factor(type_row(arm, own_type), progress[slot], SCALES_KILLING)
        * trait_factor(type_row(arm, target_type), progress[bond], SCALES_SUSCEPTIBILITY);
    let hits = poisson(words.z, ruled(pair + PAIR_HITS_PER_MIN, slot) * factor * settings.contacts_min);
    atomicAdd(&contacts[INBOX_WORDS * bond], ONE_ATTACHED + hits * ONE_HIT);
    if words.y < threshold_of(event_probability(ruled(pair + PAIR_KILL_PER_MIN, slot) * factor * settings.contacts_min)) {
        atomicOr(&contacts[INBOX_WORDS * bond], IS_KILLED);
        atomicAdd(&events[event_row(tissue, own_type) + EVENT_KILLS], 1u);
    }
}
