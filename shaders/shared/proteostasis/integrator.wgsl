// One step of proteostasis by the exponential midpoint rule, of second order. Twin: src/stages/proteostasis/integrator.rs.
//
// Half a step with the rates at its start, then a whole step with the rates found there. With rates held, every state
// moves exactly:
//
//   y' = (yinf - y)/tau:   y <- yinf + (y - yinf) e^(-t/tau)
//   M' = J - LM M:         M <- M e^-z + J t phi1(z),  z = LM t,  and its mean over the step Mbar = M phi1(z) + J t phi2(z)
//   G' = k M - LG G:       G <- G e^-w + k Mbar t phi1(w),  w = LG t
//
// so that all states stay positive at any step, and what leaves M for G arrives there. Recommended: 15 min, with an error
// of some 0.04 % after eight days of chronic stimulation.
//#include "shared/proteostasis/state.wgsl"
//#include "shared/proteostasis/met.wgsl"
//#include "shared/proteostasis/signalling.wgsl"
//#include "shared/proteostasis/translation.wgsl"
//#include "shared/proteostasis/folding.wgsl"
//#include "shared/proteostasis/degradation.wgsl"
//#include "shared/proteostasis/exhaustion.wgsl"
//#include "shared/proteostasis/effector.wgsl"
//#include "shared/proteostasis/fate.wgsl"
//#include "shared/proteostasis/variation.wgsl"

// Where each relaxing state goes, and the rates of the others.
struct Rates {
    akt_target: f32,
    capacity_target_percent_per_h: f32,
    activation_chaperones_target: f32,
    stress_chaperones_target: f32,
    history_target: f32,
    exhaustion_target: f32,
    locking_per_h: f32,
    stemness_target: f32,
    pd1_target: f32,
    effector_target: f32,
    misfolding_percent_per_h: f32,
    misfolded_loss_per_h: f32,
    aggregation_per_h: f32,
    aggregated_loss_per_h: f32,
}

// Parts of the distance to their targets that the relaxing states keep over a time.
struct Decays {
    akt: f32,
    translation: f32,
    activation_chaperones: f32,
    stress_chaperones: f32,
    history: f32,
    exhaustion: f32,
    stemness: f32,
    pd1: f32,
    effector: f32,
}

// What is told of a cell besides its state.
struct Readout {
    translation_percent_per_h: f32,
    proteotoxic_stress: f32,
    cytokine_capacity: f32,
    killing_capacity: f32,
    division_per_h: f32,
    death_per_h: f32,
}

fn rates_of(row: u32, own: Variation, cell: State, met: Signals) -> Rates {
    let inside = signalling(row, own, cell, met);
    let made = translation(row, own, cell, inside.mtor);
    let folded = folding(row, own, cell, made.rate_percent_per_h);
    let lost = degradation(row, own, cell, inside, made.stress, folded.free_chaperones);
    let diluted = division_per_h(row, cell, inside.tcr);
    return Rates(
        inside.akt_target,
        made.capacity_target_percent_per_h,
        activation_chaperones_target(row, own, cell, met, inside.tcr),
        stress_chaperones_target(row, own, cell, made.stress),
        met.tcr_occupancy,
        exhaustion_target(row, own, cell),
        locking_per_h(row, cell),
        stemness_target(row, cell),
        pd1_target(row, cell, inside.tcr),
        effector_target(row, cell, met),
        folded.misfolding_percent_per_h + proteostasis_misfolded_load_percent_per_h(row),
        lost.misfolded_loss_per_h + diluted,
        lost.aggregation_per_h,
        lost.aggregated_loss_per_h + diluted,
    );
}

fn decays_of(row: u32, time_h: f32) -> Decays {
    return Decays(
        exact_exp(-(time_h / proteostasis_akt_time_h(row))),
        exact_exp(-(time_h / proteostasis_translation_time_h(row))),
        exact_exp(-(time_h / proteostasis_activation_chaperones_time_h(row))),
        exact_exp(-(time_h / proteostasis_stress_chaperones_time_h(row))),
        exact_exp(-(time_h / proteostasis_history_time_h(row))),
        exact_exp(-(time_h / proteostasis_exhaustion_time_h(row))),
        exact_exp(-(time_h / proteostasis_stemness_time_h(row))),
        exact_exp(-(time_h / proteostasis_pd1_time_h(row))),
        exact_exp(-(time_h / proteostasis_effector_time_h(row))),
    );
}

fn approached(value: f32, goal: f32, decay: f32) -> f32 {
    return without_least(goal + (value - goal) * decay);
}

// The state after a time with rates held.
fn moved(row: u32, cell: State, rates: Rates, decays: Decays, time_h: f32) -> State {
    let z = rates.misfolded_loss_per_h * time_h;
    let misfolded_decay = exact_exp(-z);
    let mean = mean_decay(z, misfolded_decay);
    let gained = rates.misfolding_percent_per_h * time_h;
    let misfolded = cell.misfolded_percent * misfolded_decay + gained * mean;
    let misfolded_mean = cell.misfolded_percent * mean + gained * mean_gain(z, mean);
    let w = rates.aggregated_loss_per_h * time_h;
    let aggregated_decay = exact_exp(-w);
    let aggregated = cell.aggregated_percent * aggregated_decay
        + rates.aggregation_per_h * time_h * misfolded_mean * mean_decay(w, aggregated_decay);
    let turnover_per_h = rates.locking_per_h + proteostasis_unlock_per_h(row);
    let lock_decay = exact_exp(-(turnover_per_h * time_h));
    return State(
        approached(cell.akt_activity, rates.akt_target, decays.akt),
        approached(cell.translation_capacity_percent_per_h, rates.capacity_target_percent_per_h, decays.translation),
        without_least(misfolded),
        without_least(aggregated),
        approached(cell.activation_chaperones, rates.activation_chaperones_target, decays.activation_chaperones),
        approached(cell.stress_chaperones, rates.stress_chaperones_target, decays.stress_chaperones),
        approached(cell.stimulation_history, rates.history_target, decays.history),
        approached(cell.exhaustion, rates.exhaustion_target, decays.exhaustion),
        approached(cell.exhaustion_lock, rates.locking_per_h / turnover_per_h, lock_decay),
        approached(cell.stemness, rates.stemness_target, decays.stemness),
        approached(cell.pd1, rates.pd1_target, decays.pd1),
        approached(cell.effector_programme, rates.effector_target, decays.effector),
    );
}

// The state after a step of `step_h`; `halves` are the decays over half of it.
fn after_step(row: u32, own: Variation, cell: State, met: Signals, halves: Decays, step_h: f32) -> State {
    let halfway = moved(row, cell, rates_of(row, own, cell, met), halves, 0.5 * step_h);
    let wholes = Decays(
        halves.akt * halves.akt,
        halves.translation * halves.translation,
        halves.activation_chaperones * halves.activation_chaperones,
        halves.stress_chaperones * halves.stress_chaperones,
        halves.history * halves.history,
        halves.exhaustion * halves.exhaustion,
        halves.stemness * halves.stemness,
        halves.pd1 * halves.pd1,
        halves.effector * halves.effector,
    );
    return moved(row, cell, rates_of(row, own, halfway, met), wholes, step_h);
}

fn readout_of(row: u32, own: Variation, cell: State, met: Signals) -> Readout {
    let inside = signalling(row, own, cell, met);
    let made = translation(row, own, cell, inside.mtor);
    let able = effector(row, cell, made.stress);
    return Readout(
        made.rate_percent_per_h,
        made.stress,
        able.cytokine_capacity,
        able.killing_capacity,
        division_per_h(row, cell, inside.tcr),
        death_per_h(row, made.load_percent, made.stress),
    );
}
