// Stage respond: what a contact step did to each cell, and its inbox put at rest.
//
// Hits add up; each earlier hit is repaired with probability 1 - exp(-repair dt). A live cell that was killed, or has
// as many hits as are lethal, becomes apoptotic. Where a type dies of its damage instead, no hit is repaired.
// A live cell that is held by an effector which arrests its cycle is marked as is_arrested until the next step.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/math.wgsl"
//#include "shared/random.wgsl"
//#include "shared/contacts.wgsl"
//#include "shared/phases.wgsl"
//#include "shared/damage.wgsl"
//#include "shared/behaviours.wgsl"
//#include <columns>
//#include <parameters>
//#include <events>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> parameters: array<u32>;
@group(0) @binding(3) var<storage, read_write> identity: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> progress: array<vec4u>;
@group(0) @binding(5) var<storage, read_write> motility: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> contacts: array<u32>;
@group(0) @binding(7) var<storage, read_write> events: array<atomic<u32>>;
@group(0) @binding(8) var<storage, read> behaviours: array<f32>;

// 0 where no type dies of its damage, and none needs to be looked up.
//#constant HAS_DAMAGE = 1
// 0 where no interaction arrests the cycle of its targets, and no mark needs to be looked up.
//#constant HAS_ARREST = 1

// More hits are counted as this many: they have 6 bits.
const MOST_HITS_KEPT = 63u;

// How many of `hits` are left after a step.
fn unrepaired(hits: u32, below: u32, seed: vec2u, id: vec2u) -> u32 {
    if below == 0u { return hits; }
    var left = hits;
    for (var hit = 0u; hit < hits; hit++) {
        let words = draw(seed, id, population.tick, PURPOSE_REPAIR + ((hit / 4u) << 16u));
        if words[hit % 4u] < below { left -= 1u; }
    }
    return left;
}

@compute @workgroup_size(WORKGROUP)
fn respond(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let inbox = contacts[INBOX_WORDS * i];
    let bid = contacts[INBOX_WORDS * i + 1u];
    let before = hits_of(progress[i].y);
    var is_marked = false;
    if HAS_ARREST == 1u { is_marked = is_arrested_of(identity[i].z) == 1u; }
    if inbox == 0u && bid == NO_CLAIM && before == 0u && !is_marked { return; }
    contacts[INBOX_WORDS * i] = 0u;
    contacts[INBOX_WORDS * i + 1u] = NO_CLAIM;
    var cell = identity[i];
    if fate_of(cell.z) != LIVE { return; }
    if HAS_ARREST == 1u {
        cell.z = with_is_arrested(cell.z, u32((inbox & ARRESTS) != 0u));
        identity[i].z = cell.z;
    }
    let tissue = tissue_of(cell.z);
    let seed = seed_of(tissue);
    let own = type_row(arm_of(tissue), cell_type_of(cell.z));
    let repaired_below = threshold_of(event_probability(ruled(own + TYPE_HIT_REPAIR_PER_MIN, i) * settings.contacts_min));
    let hits = min(unrepaired(before, repaired_below, seed, cell.xy) + hits_in(inbox), MOST_HITS_KEPT);
    progress[i].y = with_hits(progress[i].y, hits);
    var is_lethal = type_lethal_hits(own) > 0u && hits >= type_lethal_hits(own);
    if HAS_DAMAGE == 1u && type_damage_power(own) > 0u {
        let after = faded(own, motility[i].w, hits_in(inbox), settings.contacts_min);
        motility[i].w = after.x;
        let words = draw(seed, cell.xy, population.tick, PURPOSE_DAMAGE);
        is_lethal = words.x < threshold_of(event_probability(after.y));
    }
    if is_lethal || (inbox & IS_KILLED) != 0u {
        identity[i] = vec4u(cell.xy, dead_kind(cell.z, APOPTOTIC), NO_BOND);
        progress[i].x = time_as_dead(type_apoptosis_is_fixed(own), seed, cell.xy);
        atomicAdd(&events[event_row(tissue, cell_type_of(cell.z)) + EVENT_DEATHS_KILLED], 1u);
    }
}
