// Stage proteostasis: protein folding, its stress response and exhaustion.
//
// Every live cell of a type with proteostasis makes one step of the clock of this stage. The processes, each with its
// equations, symbols and sources, are the files of shaders/shared/proteostasis/.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/math.wgsl"
//#include "shared/random.wgsl"
//#include "shared/proteostasis/integrator.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> parameters: array<u32>;
@group(0) @binding(3) var<storage, read> identity: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> protein: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> response: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> programme: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> capacity: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> signal: array<vec4u>;
@group(0) @binding(9) var<storage, read_write> variation: array<vec4u>;

fn state_of(i: u32) -> State {
    let a = protein[i];
    let b = response[i];
    let c = programme[i];
    return State(a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w, c.x, c.y, c.z, c.w);
}

// What a cell meets that has so much TCR occupancy by contacts, and such a first lane of its pack signal:
// S = max(contacts, plate, tonic) (1 - iS), with iS the part that an inhibitor such as dasatinib silences.
fn signals_of(row: u32, by_contacts: f32, lane: u32) -> Signals {
    return Signals(
        max(by_contacts, without_contacts(row)) * (1.0 - proteostasis_tcr_inhibition(row)),
        proteostasis_costimulation(row),
        max(f32(il2_met_of(lane)) * PER_MET, proteostasis_il2(row)),
        max(f32(pd_l1_met_of(lane)) * PER_MET, proteostasis_pd_l1(row)),
    );
}

@compute @workgroup_size(WORKGROUP)
fn proteostasis(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let cell = identity[i];
    if fate_of(cell.z) != LIVE { return; }
    let tissue = tissue_of(cell.z);
    let arm = arm_of(tissue);
    let place = type_proteostasis(type_row(arm, cell_type_of(cell.z)));
    if place == 0u { return; }
    let row = arm + place;
    let step_h = settings.proteostasis_h;
    let own = variation_of(row, variation[i]);
    let met = signals_of(row, bitcast<f32>(signal[i].y) / step_h, signal[i].x);
    let after = after_step(row, own, state_of(i), met, decays_of(row, 0.5 * step_h), step_h);
    let readout = readout_of(row, own, after, met);
    protein[i] = vec4f(
        after.akt_activity,
        after.translation_capacity_percent_per_h,
        after.misfolded_percent,
        after.aggregated_percent,
    );
    response[i] = vec4f(
        after.activation_chaperones,
        after.stress_chaperones,
        after.stimulation_history,
        after.exhaustion,
    );
    programme[i] = vec4f(after.exhaustion_lock, after.stemness, after.pd1, after.effector_programme);
    capacity[i] = vec4f(
        readout.translation_percent_per_h,
        readout.proteotoxic_stress,
        readout.cytokine_capacity,
        readout.killing_capacity,
    );
    signal[i] = vec4u(signal[i].x, 0u, bitcast<u32>(readout.division_per_h), bitcast<u32>(readout.death_per_h));
    let random = draw(seed_of(tissue), cell.xy, population.tick, PURPOSE_VARIATION);
    variation[i] = moved_variation(row, variation[i], random, step_h);
}
