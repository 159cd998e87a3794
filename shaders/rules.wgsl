// Stage rules: what the rules make of the behaviours of each cell. The law is stated in src/plan/rules/mod.rs.
//
// sense: gathers what a cell senses of itself and its neighbours; sense_proteostasis, sense_synapse, sense_surface: what it has
// beyond that, where a rule asks for it; rules: evaluates every behaviour of its type.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/math.wgsl"
//#include <columns>
//#include <parameters>
//#include <rules>
//#include "shared/age.wgsl"
//#include "shared/field_grid.wgsl"
//#include "shared/field.wgsl"

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> position: array<vec4f>;
@group(0) @binding(3) var<storage, read> velocity: array<vec4f>;
@group(0) @binding(11) var<storage, read> motility: array<vec4f>;
@group(0) @binding(4) var<storage, read> contact_counts: array<u32>;
@group(0) @binding(5) var<storage, read> identity: array<vec4u>;
@group(0) @binding(6) var<storage, read> progress: array<vec4u>;
@group(0) @binding(7) var<storage, read> parameters: array<u32>;
@group(0) @binding(8) var<storage, read> tissue_counts: array<u32>;
// Volume, pressure, contacts, damage; where SENSED is 7, also the packs that follow.
@group(0) @binding(9) var<storage, read_write> sensed: array<vec4u>;
@group(0) @binding(10) var<storage, read_write> behaviours: array<f32>;
@group(0) @binding(12) var<storage, read> concentration: array<vec4f>;
@group(0) @binding(13) var<storage, read> protein: array<vec4f>;
@group(0) @binding(14) var<storage, read> response: array<vec4f>;
@group(0) @binding(15) var<storage, read> programme: array<vec4f>;
@group(0) @binding(16) var<storage, read> capacity: array<vec4f>;
@group(0) @binding(17) var<storage, read> synapse: array<vec4f>;
@group(0) @binding(18) var<storage, read> surface: array<vec4f>;

//#constant BEHAVIOURS = 0
//#constant SUBSTRATE_GROUPS = 0
// Vectors of a cell in `sensed`.
//#constant SENSED = 1

// Level of a substrate at a cell, or the length of its gradient there, in levels/um.
fn sense_substrate(i: u32, tissue: u32, substrate: u32, is_slope: bool) -> f32 {
    if SUBSTRATE_GROUPS == 0u { return 0.0; }
    let at = position[i].xyz;
    if !is_slope { return level_at(substrate, tissue, at); }
    return length_of(gradient_at(substrate, tissue, at));
}

@compute @workgroup_size(WORKGROUP)
fn sense(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    sensed[i * SENSED] = vec4u(bitcast<u32>(position[i].w), bitcast<u32>(velocity[i].w), contact_counts[i], bitcast<u32>(motility[i].w));
}

@compute @workgroup_size(WORKGROUP)
fn sense_proteostasis(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    sensed[i * SENSED + 1u] = bitcast<vec4u>(protein[i]);
    sensed[i * SENSED + 2u] = bitcast<vec4u>(response[i]);
    sensed[i * SENSED + 3u] = bitcast<vec4u>(programme[i]);
    sensed[i * SENSED + 4u] = bitcast<vec4u>(capacity[i]);
}

@compute @workgroup_size(WORKGROUP)
fn sense_synapse(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    sensed[i * SENSED + 5u] = bitcast<vec4u>(synapse[i]);
}

@compute @workgroup_size(WORKGROUP)
fn sense_surface(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    sensed[i * SENSED + 6u] = bitcast<vec4u>(surface[i]);
}

fn signal_value(i: u32, signal: u32, which: u32) -> f32 {
    let cell = identity[i];
    let own = sensed[i * SENSED];
    let lanes = progress[i];
    switch signal {
        case SIGNAL_VOLUME: { return bitcast<f32>(own.x); }
        case SIGNAL_PRESSURE: { return bitcast<f32>(own.y); }
        case SIGNAL_HITS: { return f32(hits_of(lanes.y)); }
        case SIGNAL_DAMAGE: { return bitcast<f32>(own.w); }
        case SIGNAL_DIVISIONS: { return f32(divisions_of(lanes.y)); }
        case SIGNAL_ATTACHED: { return select(1.0, 0.0, cell.w == NO_BOND); }
        case SIGNAL_DEAD: { return select(1.0, 0.0, fate_of(cell.z) == LIVE); }
        case SIGNAL_AGE: { return age_min(lanes.y); }
        case SIGNAL_TIME: { return f32(population.tick) * 0.01 + settings.movement_min; }
        case SIGNAL_TRAIT: { return bitcast<f32>(select(lanes.w, lanes.z, which == 0u)); }
        case SIGNAL_CONTACT: { return f32((own.z >> (8u * which)) & 255u); }
        case SIGNAL_COUNT: { return f32(tissue_counts[tissue_of(cell.z) * settings.cell_type_count + which]); }
        case SIGNAL_STATE: { return bitcast<f32>(sensed[i * SENSED + 1u + (which >> 2u)][which & 3u]); }
        case SIGNAL_LEVEL: { return sense_substrate(i, tissue_of(cell.z), which, false); }
        case SIGNAL_GRADIENT: { return sense_substrate(i, tissue_of(cell.z), which, true); }
        default: { return 0.0; }
    }
}

// (s/half_maximum)^hill_power, or the linear response.
fn response_to(row: u32, s: f32) -> f32 {
    let middle = rule_middle(row);
    let steepness = rule_steepness(row);
    if rule_is_linear(row) == 1u { return min(max((s - middle) * steepness, 0.0), 1.0); }
    let ratio = s / middle;
    if !(ratio > 1e-30) { return 0.0; }
    return exact_exp(min(steepness * exact_log(ratio), 60.0));
}

// What the rules of one direction make of a value.
fn moved(value: f32, saturation: f32, hill: f32, linear: f32) -> f32 {
    let h = hill / (1.0 + hill);
    let l = min(linear, 1.0);
    let to = value + (saturation - value) * (h + l * (1.0 - h));
    return min(max(to, min(value, saturation)), max(value, saturation));
}

fn evaluate(i: u32, arm: u32, row: u32, is_dead: bool, slot: u32) {
    var hill = vec2f(0.0);
    var linear = vec2f(0.0);
    var applies = false;
    let first = arm + behaviour_first_rule(row);
    for (var r = 0u; r < behaviour_rule_count(row); r++) {
        let rule = first + r * RULE_WORDS;
        if is_dead && rule_applies_to_dead(rule) == 0u { continue; }
        applies = true;
        let answer = response_to(rule, signal_value(i, rule_signal(rule), rule_which(rule)));
        let up = select(0.0, answer, rule_decreases(rule) == 0u);
        let both = vec2f(up, select(answer, 0.0, rule_decreases(rule) == 0u));
        if rule_is_linear(rule) == 1u { linear += both; } else { hill += both; }
    }
    if !applies { return; }
    let unruled = bitcast<f32>(parameters[arm + behaviour_word(row)]);
    let raised = moved(unruled, behaviour_up_saturation(row), hill.x, linear.x);
    behaviours[slot] = moved(raised, behaviour_down_saturation(row), hill.y, linear.y);
}

@compute @workgroup_size(WORKGROUP)
fn rules(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let kind = identity[i].z;
    let arm = arm_of(tissue_of(kind));
    let header = arm + 2u * settings.parameter_words;
    let own = header + RULES_HEADER_WORDS + 2u * cell_type_of(kind);
    let first = arm + parameters[own];
    for (var b = 0u; b < parameters[own + 1u]; b++) {
        evaluate(i, arm, first + b * BEHAVIOUR_WORDS, fate_of(kind) != LIVE, i * BEHAVIOURS + b);
    }
}
