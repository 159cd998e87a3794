// Stage engage: what an attached effector does to its target in a contact step.
//
// It lets go when the target is dead or farther than 1.25 contact distances, or at random at the detachment rate.
// Otherwise it kills with hazard kill, and strikes a Poisson number of sublethal hits at rate hits.
// Killing and hits are scaled by its own trait and by the target's.
// Hits come in proportion to the killing that the effector realises, where the interaction has a reference_killing.
// Where the interaction arrests the cycle of its targets, `respond` notes of each whether one holds it.
// let_go: who lets go; strike, kill: what those do that hold on.
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
@group(0) @binding(11) var<storage, read> synapse: array<vec4f>;

// 0 where no cell has a synapse, and none needs to be looked up.
//#constant HAS_SYNAPSES = 1

// A bond stretches to this many contact distances before it breaks.
const BOND_STRETCH = 1.25;
// More hits than this in one step are counted as this many.
const MOST_HITS = 15u;
// Hits come at most so many times as often as at the reference.
const MOST_BY_KILLING = 2.0;

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

// What an effector that holds on does to its target.
struct Attack {
    tissue: u32,
    own_type: u32,
    slot: u32,
    bond: u32,
    pair: u32,
    // By the traits of both.
    factor: f32,
    words: vec4u,
}

// The attack of effector e; its bond is NO_BOND where there is none.
fn attack_of(e: u32) -> Attack {
    let none = vec4u(0u);
    if e >= population.effector_count { return Attack(0u, 0u, 0u, NO_BOND, 0u, 0.0, none); }
    let slot = sorted_cell[effectors[e]].x;
    let cell = identity[slot];
    let bond = cell.w;
    if bond == NO_BOND { return Attack(0u, 0u, slot, NO_BOND, 0u, 0.0, none); }
    let tissue = tissue_of(cell.z);
    let arm = arm_of(tissue);
    let own_type = cell_type_of(cell.z);
    let target_type = cell_type_of(identity[bond].z);
    let factor = trait_factor(type_row(arm, own_type), progress[slot], SCALES_KILLING)
        * trait_factor(type_row(arm, target_type), progress[bond], SCALES_SUSCEPTIBILITY);
    let words = draw(seed_of(tissue), cell.xy, population.tick, PURPOSE_ENGAGE);
    return Attack(tissue, own_type, slot, bond, pair_row(arm, own_type, target_type), factor, words);
}

// Killing against the one at which hits come at their rate.
fn by_killing(pair: u32, slot: u32) -> f32 {
    let reference = pair_reference_killing(pair);
    if HAS_SYNAPSES == 0u || reference == 0.0 { return 1.0; }
    return min(synapse[slot].z / reference, MOST_BY_KILLING);
}

@compute @workgroup_size(WORKGROUP)
fn strike(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let it = attack_of(invocation_of(global, groups));
    if it.bond == NO_BOND { return; }
    let hits_per_min = ruled(it.pair + PAIR_HITS_PER_MIN, it.slot) * by_killing(it.pair, it.slot);
    let hits = poisson(it.words.z, hits_per_min * it.factor * settings.contacts_min);
    atomicAdd(&contacts[INBOX_WORDS * it.bond], ONE_ATTACHED + hits * ONE_HIT);
    if pair_arrests_cycle(it.pair) == 1u { atomicOr(&contacts[INBOX_WORDS * it.bond], ARRESTS); }
}

@compute @workgroup_size(WORKGROUP)
fn kill(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let it = attack_of(invocation_of(global, groups));
    if it.bond == NO_BOND { return; }
    let kill_per_min = ruled(it.pair + PAIR_KILL_PER_MIN, it.slot);
    if it.words.y < threshold_of(event_probability(kill_per_min * it.factor * settings.contacts_min)) {
        atomicOr(&contacts[INBOX_WORDS * it.bond], IS_KILLED);
        atomicAdd(&events[event_row(it.tissue, it.own_type) + EVENT_KILLS], 1u);
    }
}
