// Live cells become cells of another type. Twin: src/stages/lifecycle/transitions.rs.
// Needs settings, population, parameters, events, identity, progress and behaviours.

// 0 where no cell becomes another.
//#constant HAS_TRANSITIONS = 1

// Number of the phase of the new type: above all those of `cycle`, below that of `divide`.
const AFTER_TRANSITION = 14u;

// Sum of the rates at which a cell becomes one of the first `count` types.
fn transition_per_min(i: u32, pairs: u32, count: u32) -> f32 {
    var sum = 0.0;
    for (var other = 0u; other < count; other++) {
        sum += ruled(pairs + other * PAIR_WORDS + PAIR_TRANSITION_PER_MIN, i);
    }
    return sum;
}

// The type that a cell becomes at this tick; its own for none.
fn next_type(i: u32, arm: u32, own_type: u32, words: vec4u) -> u32 {
    let pairs = pair_row(arm, own_type, 0u);
    let count = settings.cell_type_count;
    let total = transition_per_min(i, pairs, count);
    if words.z >= threshold_of(event_probability(total * settings.cycle_min)) { return own_type; }
    let drawn = uniform_of(words.w) * total;
    for (var other = 0u; other < count; other++) {
        if transition_per_min(i, pairs, other + 1u) > drawn { return other; }
    }
    return own_type;
}

// The values that rules start from in a type.
fn reset_behaviours(i: u32, arm: u32, cell_type: u32) {
    if BEHAVIOURS == 0u { return; }
    let row = arm + 2u * settings.parameter_words + RULES_HEADER_WORDS + 2u * cell_type;
    let first = arm + parameters[row];
    for (var b = 0u; b < parameters[row + 1u]; b++) {
        let word = arm + behaviour_word(first + b * BEHAVIOUR_WORDS);
        behaviours[i * BEHAVIOURS + b] = bitcast<f32>(parameters[word]);
    }
}

// Starts the first phase of another type, without a bond; volume, age, hits and traits stay.
fn change_type(i: u32, arm: u32, cell_type: u32) {
    let cell = identity[i];
    let tissue = tissue_of(cell.z);
    let row = phase_row(arm, type_row(arm, cell_type), 0u);
    progress[i].x = phase_duration(row, seed_of(tissue), cell.xy, AFTER_TRANSITION);
    identity[i] = vec4u(cell.xy, with_phase(with_cell_type(cell.z, cell_type), 0u), NO_BOND);
    reset_behaviours(i, arm, cell_type);
    atomicAdd(&events[event_row(tissue, cell_type_of(cell.z)) + EVENT_TRANSITIONS_OUT], 1u);
    atomicAdd(&events[event_row(tissue, cell_type) + EVENT_TRANSITIONS_IN], 1u);
}
