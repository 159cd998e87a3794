// Stage divide: bonds follow their cells to the new slots, and the two cells of a division part.
//
// Each daughter has half the volume and lies half her radius from her mother's place, on opposite sides of a random
// direction. The mother keeps her id; the newborn's id is Philox of (mother's id, divisions since their first ancestor), and
// both have that many divisions behind them. Both start the next phase, less what the mother had left of the cycle step.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
//#include "shared/math.wgsl"
//#include "shared/random.wgsl"
//#include "shared/directions.wgsl"
//#include "shared/traits.wgsl"
//#include "shared/phases.wgsl"
//#include "shared/contacts.wgsl"
//#include "shared/age.wgsl"
//#include "shared/behaviours.wgsl"
//#include <columns>
//#include <parameters>
//#include <events>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> parameters: array<u32>;
@group(0) @binding(3) var<storage, read> slot_source: array<u32>;
@group(0) @binding(4) var<storage, read> new_slot: array<u32>;
@group(0) @binding(5) var<storage, read_write> position: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> identity: array<vec4u>;
@group(0) @binding(7) var<storage, read_write> progress: array<vec4u>;
@group(0) @binding(8) var<storage, read_write> events: array<atomic<u32>>;
@group(0) @binding(9) var<storage, read> behaviours: array<f32>;
@group(0) @binding(10) var<storage, read_write> surface: array<vec4f>;

// Transition number of the phase that follows a division: above all those of `cycle`.
const AFTER_DIVISION = 15u;

fn part(i: u32, side: f32, words: vec4u) {
    let mother = position[i];
    let volume = 0.5 * mother.w;
    var at = mother.xyz;
    if settings.dimensions > 0u {
        at = contained(at + direction(words) * (side * 0.5 * radius_of(volume)));
    }
    position[i] = vec4f(at, volume);
}

// Before the two cells part: each may lose its antigen.
@compute @workgroup_size(WORKGROUP)
fn lose_antigen(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let mother = identity[i];
    if fate_of(mother.z) != DIVIDING { return; }
    let tissue = tissue_of(mother.z);
    let own = type_row(arm_of(tissue), cell_type_of(mother.z));
    if type_is_immunogenic(own) == 0u { return; }
    let words = draw(seed_of(tissue), mother.xy, population.tick, PURPOSE_ANTIGEN_LOSS);
    let word = select(words.x, words.y, (slot_source[i] >> 31u) == 1u);
    if word < threshold_of(type_antigen_loss(own)) { surface[i].x = 0.0; }
}

@compute @workgroup_size(WORKGROUP)
fn divide(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let mother = identity[i];
    if mother.w != NO_BOND { identity[i].w = new_slot[mother.w]; }
    if fate_of(mother.z) != DIVIDING { return; }
    let is_newborn = (slot_source[i] >> 31u) == 1u;
    let tissue = tissue_of(mother.z);
    let arm = arm_of(tissue);
    let seed = seed_of(tissue);
    let own = type_row(arm, cell_type_of(mother.z));
    let before = progress[i];
    let divisions = divisions_of(before.y) + 1u;
    part(i, select(1.0, -1.0, is_newborn), draw(seed, mother.xy, population.tick, PURPOSE_DIVISION));
    var id = mother.xy;
    if is_newborn {
        id = draw(seed, mother.xy, divisions, PURPOSE_LINEAGE).xy;
        identity[i].w = NO_BOND;
        atomicAdd(&events[event_row(tissue, cell_type_of(mother.z)) + EVENT_BIRTHS], 1u);
    }
    let row = phase_row(arm, own, phase_of(mother.z));
    let factor = trait_factor(own, before, SCALES_CYCLE_RATE) / max(trait_factor(own, before, SCALES_CYCLE_DURATION), 1e-6);
    let left_min = f32(before.x) / PHASE_ONE * settings.cycle_min;
    let duration = phase_duration(row, seed, id, AFTER_DIVISION);
    let by_rate = fixed_point(ruled(row + PHASE_EXIT_PER_MIN, i) * factor * left_min);
    let used = select(by_rate, before.x, type_divides_by_proteostasis(own) == 1u);
    identity[i].x = id.x;
    identity[i].y = id.y;
    identity[i].z = with_fate(mother.z, LIVE);
    progress[i].x = duration - min(used, duration);
    progress[i].y = with_born(with_divisions(before.y, divisions & 1023u), born_now());
}
