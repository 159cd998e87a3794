// Durations of phases and of dying, in mean durations × 2^28. Twin: src/cells/phases.rs.

// Values that a cell keeps for rules.
//#constant BEHAVIOURS = 0

// Longest duration that fits, in mean durations.
const LONGEST = 15.9;

fn fixed_point(mean_durations: f32) -> u32 {
    return u32(min(mean_durations, LONGEST) * PHASE_ONE);
}

// Sum of `stages` exponential deviates, each with mean 1/stages.
fn erlang(stages: u32, seed: vec2u, id: vec2u, purpose: u32) -> f32 {
    var sum = 0.0;
    for (var stage = 0u; stage < stages; stage++) {
        let words = draw(seed, id, population.tick, purpose + ((stage / 4u) << 16u));
        sum -= exact_log(uniform_of(words[stage % 4u]));
    }
    return sum / f32(stages);
}

// Whether a phase never ends, whatever the rules say.
fn is_endless(row: u32) -> bool {
    if phase_exit_per_min(row) != 0.0 { return false; }
    if BEHAVIOURS == 0u { return true; }
    return parameters[row + PHASE_EXIT_PER_MIN + settings.parameter_words] == 0u;
}

// Duration of a phase that a cell enters at this tick; `transition` numbers the phases entered within the step.
fn phase_duration(row: u32, seed: vec2u, id: vec2u, transition: u32) -> u32 {
    if is_endless(row) { return 0xffffffffu; }
    let stages = phase_stages(row);
    if stages == 0u || stages == BY_AGE { return u32(PHASE_ONE); }
    return fixed_point(erlang(stages, seed, id, PURPOSE_PHASE + transition));
}

// Time that a cell which dies at this tick stays in the tissue.
fn time_as_dead(is_fixed: u32, seed: vec2u, id: vec2u) -> u32 {
    if is_fixed == 1u { return u32(PHASE_ONE); }
    return fixed_point(erlang(1u, seed, id, PURPOSE_PHASE));
}

// The kind of a cell that has just died: no phase any more, and nothing that holds it.
fn dead_kind(kind: u32, fate: u32) -> u32 {
    return with_fate(with_is_arrested(with_phase(kind, 0u), 0u), fate);
}
