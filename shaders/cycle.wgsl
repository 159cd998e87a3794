// Stage cycle: death, phases of the cycle, volume.
//
// Live: dies with probability 1 - exp(-rate dt) by apoptosis, of age or of proteotoxic stress, else by necrosis; else its phase runs on. `remaining`
// counts mean durations and falls by rate * dt, with rate = exit * cycle_rate / cycle_duration (traits), 0 while
// crowded in a phase that arrests. A phase may end inside the step: the rest of the step counts for the next one, so
// that durations have no error of the order of dt. A phase that ends by age does so once age * rate reaches 1. A phase that
// divides waits for the division volume.
// A cell whose cycle is arrested keeps phase, volume and age: its time of birth moves on with the clock.
// Volume: V' = relaxation (target - V), exact over the step; target 1 or 2 (in phases that grow) times the type's volume.
// Dead: the body shrinks or swells to its final volume, and is removed at the end of its time.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/math.wgsl"
//#include "shared/random.wgsl"
//#include "shared/traits.wgsl"
//#include "shared/phases.wgsl"
//#include "shared/contacts.wgsl"
//#include "shared/age.wgsl"
//#include "shared/behaviours.wgsl"
//#include "shared/transitions.wgsl"
//#include <columns>
//#include <parameters>
//#include <events>
//#include <rules>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> parameters: array<u32>;
@group(0) @binding(3) var<storage, read> velocity: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> position: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> identity: array<vec4u>;
@group(0) @binding(6) var<storage, read_write> progress: array<vec4u>;
@group(0) @binding(7) var<storage, read_write> events: array<atomic<u32>>;
@group(0) @binding(8) var<storage, read_write> behaviours: array<f32>;
@group(0) @binding(9) var<storage, read> signal: array<vec4u>;

// More phases than this never end within one step.
const MOST_TRANSITIONS = 8u;

fn relaxed(volume: f32, goal: f32, rate_per_min: f32) -> f32 {
    return volume + (goal - volume) * event_probability(rate_per_min * settings.cycle_min);
}

fn die(i: u32, own: u32, fate: u32) {
    let cell = identity[i];
    let tissue = tissue_of(cell.z);
    let row = event_row(tissue, cell_type_of(cell.z));
    var is_fixed = type_apoptosis_is_fixed(own);
    if fate == NECROTIC {
        is_fixed = type_necrosis_is_fixed(own);
        atomicAdd(&events[row + EVENT_DEATHS_NECROSIS], 1u);
    } else {
        atomicAdd(&events[row + EVENT_DEATHS_APOPTOSIS], 1u);
    }
    progress[i].x = time_as_dead(is_fixed, seed_of(tissue), cell.xy);
    identity[i] = vec4u(cell.xy, dead_kind(cell.z, fate), NO_BOND);
}

fn decay(i: u32, own: u32, is_necrotic: bool) {
    let removal = select(type_apoptosis_removal_per_min(own), type_necrosis_removal_per_min(own), is_necrotic);
    let fraction = select(type_apoptosis_volume_fraction(own), type_necrosis_volume_fraction(own), is_necrotic);
    let rate = select(type_apoptosis_volume_relaxation_per_min(own), type_necrosis_volume_relaxation_per_min(own), is_necrotic);
    position[i].w = relaxed(position[i].w, fraction * type_volume_um3(own), rate);
    let used = fixed_point(removal * settings.cycle_min);
    let remaining = progress[i].x;
    if used < remaining {
        progress[i].x = remaining - used;
        return;
    }
    let kind = identity[i].z;
    identity[i].z = with_fate(kind, REMOVED);
    atomicAdd(&events[event_row(tissue_of(kind), cell_type_of(kind)) + EVENT_REMOVED], 1u);
}

fn run_phases(i: u32, arm: u32, own: u32) {
    let cell = identity[i];
    let seed = seed_of(tissue_of(cell.z));
    let by_proteostasis = type_divides_by_proteostasis(own) == 1u;
    var allowed = 1.0;
    if by_proteostasis { allowed = bitcast<f32>(signal[i].z) / 60.0; }
    let factor = trait_factor(own, progress[i], SCALES_CYCLE_RATE) / max(trait_factor(own, progress[i], SCALES_CYCLE_DURATION), 1e-6) * allowed;
    var phase = phase_of(cell.z);
    var row = phase_row(arm, own, phase);
    let goal = select(1.0, 2.0, phase_grows(row) == 1u) * type_volume_um3(own);
    let volume = relaxed(position[i].w, goal, ruled(own + TYPE_VOLUME_RELAXATION_PER_MIN, i));
    position[i].w = volume;
    let age = age_min(progress[i].y);
    let is_crowded = velocity[i].w > ruled(own + TYPE_CROWDING_PRESSURE, i);
    var remaining = progress[i].x;
    var left_min = settings.cycle_min;
    var fate = LIVE;
    for (var transition = 0u; transition < MOST_TRANSITIONS; transition++) {
        let rate = ruled(row + PHASE_EXIT_PER_MIN, i) * factor;
        if rate == 0.0 || (is_crowded && phase_arrests(row) == 1u) { break; }
        if phase_stages(row) == BY_AGE {
            if age * rate < 1.0 { break; }
            left_min = 0.0;
        } else {
            let used = fixed_point(rate * left_min);
            if used < remaining {
                remaining -= used;
                break;
            }
            left_min = max(left_min - f32(remaining) / PHASE_ONE / rate, 0.0);
        }
        if phase_divides(row) == 1u && volume < type_division_volume_um3(own) {
            remaining = 0u;
            break;
        }
        let divides = phase_divides(row) == 1u;
        phase = phase_next(row);
        row = phase_row(arm, own, phase);
        if divides {
            // `divide` starts the next phase of both cells with what is left of this step, or with what proteostasis
            // lets them use of it.
            fate = DIVIDING;
            remaining = fixed_point(select(left_min / settings.cycle_min, rate * left_min, by_proteostasis));
            break;
        }
        remaining = phase_duration(row, seed, cell.xy, transition);
    }
    progress[i].x = remaining;
    identity[i].z = with_fate(with_phase(cell.z, phase), fate);
}

@compute @workgroup_size(WORKGROUP)
fn cycle(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let cell = identity[i];
    let tissue = tissue_of(cell.z);
    let arm = arm_of(tissue);
    let own = type_row(arm, cell_type_of(cell.z));
    let fate = fate_of(cell.z);
    if fate == APOPTOTIC || fate == NECROTIC {
        decay(i, own, fate == NECROTIC);
        return;
    }
    if fate != LIVE { return; }
    let words = draw(seed_of(tissue), cell.xy, population.tick, PURPOSE_CYCLE);
    let is_arrested = is_arrested_of(cell.z) == 1u;
    var old = 0.0;
    if is_arrested {
        progress[i].y = born_later(progress[i].y);
    } else {
        old = ageing(age_min(progress[i].y), type_lifespan_min(own), type_lifespan_shape(own));
    }
    var stressed = 0.0;
    if type_proteostasis(own) > 0u { stressed = bitcast<f32>(signal[i].w) / 60.0 * settings.cycle_min; }
    let apoptosis = ruled(own + TYPE_APOPTOSIS_PER_MIN, i) * settings.cycle_min + old + stressed;
    if words.x < threshold_of(event_probability(apoptosis)) {
        die(i, own, APOPTOTIC);
    } else if words.y < threshold_of(event_probability(ruled(own + TYPE_NECROSIS_PER_MIN, i) * settings.cycle_min)) {
        die(i, own, NECROTIC);
    } else {
        let own_type = cell_type_of(cell.z);
        var next = own_type;
        if HAS_TRANSITIONS == 1u { next = next_type(i, arm, own_type, words); }
        if next != own_type {
            change_type(i, arm, next);
        } else if !is_arrested {
            run_phases(i, arm, own);
        }
    }
}
