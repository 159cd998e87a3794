//! One step of proteostasis by the exponential midpoint rule, of second order. Twin of
//! `shaders/shared/proteostasis/integrator.wgsl`, where equations, symbols and sources stand.

use super::degradation::degradation;
use super::effector::{effector, effector_target};
use super::exhaustion::{exhaustion_target, locking_per_h, pd1_target, stemness_target};
use super::fate::{death_per_h, division_per_h};
use super::folding::{activation_chaperones_target, folding, stress_chaperones_target};
use super::lanes::Lanes;
use super::signalling::signalling;
use super::state::{Signals, State, Variation, mean_decay, mean_gain, without_least};
use super::translation::translation;
use crate::math::exp;
use crate::plan::ProteostasisParameters;

/// Where each relaxing state goes, and the rates of the others.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub akt_target: Lanes,
    pub capacity_target_percent_per_h: Lanes,
    pub activation_chaperones_target: Lanes,
    pub stress_chaperones_target: Lanes,
    pub history_target: Lanes,
    pub exhaustion_target: Lanes,
    pub locking_per_h: Lanes,
    pub stemness_target: Lanes,
    pub pd1_target: Lanes,
    pub effector_target: Lanes,
    pub misfolding_percent_per_h: Lanes,
    pub misfolded_loss_per_h: Lanes,
    pub aggregation_per_h: Lanes,
    pub aggregated_loss_per_h: Lanes,
}

/// Parts of the distance to their targets that the relaxing states keep over a time.
#[derive(Clone, Copy, Debug)]
pub struct Decays {
    pub akt: Lanes,
    pub translation: Lanes,
    pub activation_chaperones: Lanes,
    pub stress_chaperones: Lanes,
    pub history: Lanes,
    pub exhaustion: Lanes,
    pub stemness: Lanes,
    pub pd1: Lanes,
    pub effector: Lanes,
}

/// What is told of a cell besides its state.
#[derive(Clone, Copy, Debug)]
pub struct Readout {
    pub translation_percent_per_h: Lanes,
    pub proteotoxic_stress: Lanes,
    pub cytokine_capacity: Lanes,
    pub killing_capacity: Lanes,
    pub division_per_h: Lanes,
    pub death_per_h: Lanes,
}

#[inline(always)]
pub fn rates_of(row: &ProteostasisParameters, own: Variation, cell: State, met: Signals) -> Rates {
    let inside = signalling(row, own, cell, met);
    let made = translation(row, own, cell, inside.mtor);
    let folded = folding(row, own, cell, made.rate_percent_per_h);
    let lost = degradation(row, own, cell, inside, made.stress, folded.free_chaperones);
    let diluted = division_per_h(row, cell, inside.tcr);
    Rates {
        akt_target: inside.akt_target,
        capacity_target_percent_per_h: made.capacity_target_percent_per_h,
        activation_chaperones_target: activation_chaperones_target(row, own, cell, met, inside.tcr),
        stress_chaperones_target: stress_chaperones_target(row, own, cell, made.stress),
        history_target: met.tcr_occupancy,
        exhaustion_target: exhaustion_target(row, own, cell),
        locking_per_h: locking_per_h(row, cell),
        stemness_target: stemness_target(row, cell),
        pd1_target: pd1_target(row, cell, inside.tcr),
        effector_target: effector_target(row, cell, met),
        misfolding_percent_per_h: folded.misfolding_percent_per_h + row.misfolded_load_percent_per_h,
        misfolded_loss_per_h: lost.misfolded_loss_per_h + diluted,
        aggregation_per_h: lost.aggregation_per_h,
        aggregated_loss_per_h: lost.aggregated_loss_per_h + diluted,
    }
}

#[inline(always)]
pub fn decays_of(row: &ProteostasisParameters, time_h: f32) -> Decays {
    let decay = |exponent: f32| Lanes::all(exp(exponent));
    Decays {
        akt: decay(-(time_h / row.akt_time_h)),
        translation: decay(-(time_h / row.translation_time_h)),
        activation_chaperones: decay(-(time_h / row.activation_chaperones_time_h)),
        stress_chaperones: decay(-(time_h / row.stress_chaperones_time_h)),
        history: decay(-(time_h / row.history_time_h)),
        exhaustion: decay(-(time_h / row.exhaustion_time_h)),
        stemness: decay(-(time_h / row.stemness_time_h)),
        pd1: decay(-(time_h / row.pd1_time_h)),
        effector: decay(-(time_h / row.effector_time_h)),
    }
}

#[inline(always)]
pub fn approached(value: Lanes, goal: Lanes, decay: Lanes) -> Lanes {
    without_least(goal + (value - goal) * decay)
}

/// The state after a time with rates held.
#[inline(always)]
pub fn moved(row: &ProteostasisParameters, cell: State, rates: Rates, decays: Decays, time_h: f32) -> State {
    let z = rates.misfolded_loss_per_h * time_h;
    let misfolded_decay = (-z).exp();
    let mean = mean_decay(z, misfolded_decay);
    let gained = rates.misfolding_percent_per_h * time_h;
    let misfolded = cell.misfolded_percent * misfolded_decay + gained * mean;
    let misfolded_mean = cell.misfolded_percent * mean + gained * mean_gain(z, mean);
    let w = rates.aggregated_loss_per_h * time_h;
    let aggregated_decay = (-w).exp();
    let aggregated = cell.aggregated_percent * aggregated_decay
        + rates.aggregation_per_h * time_h * misfolded_mean * mean_decay(w, aggregated_decay);
    let turnover_per_h = rates.locking_per_h + row.unlock_per_h;
    let lock_decay = (-(turnover_per_h * time_h)).exp();
    State {
        akt_activity: approached(cell.akt_activity, rates.akt_target, decays.akt),
        translation_capacity_percent_per_h: approached(
            cell.translation_capacity_percent_per_h,
            rates.capacity_target_percent_per_h,
            decays.translation,
        ),
        misfolded_percent: without_least(misfolded),
        aggregated_percent: without_least(aggregated),
        activation_chaperones: approached(
            cell.activation_chaperones,
            rates.activation_chaperones_target,
            decays.activation_chaperones,
        ),
        stress_chaperones: approached(cell.stress_chaperones, rates.stress_chaperones_target, decays.stress_chaperones),
        stimulation_history: approached(cell.stimulation_history, rates.history_target, decays.history),
        exhaustion: approached(cell.exhaustion, rates.exhaustion_target, decays.exhaustion),
        exhaustion_lock: approached(cell.exhaustion_lock, rates.locking_per_h / turnover_per_h, lock_decay),
        stemness: approached(cell.stemness, rates.stemness_target, decays.stemness),
        pd1: approached(cell.pd1, rates.pd1_target, decays.pd1),
        effector_programme: approached(cell.effector_programme, rates.effector_target, decays.effector),
    }
}

/// The state after a step of `step_h`; `halves` are the decays over half of it.
#[inline(always)]
pub fn after_step(
    row: &ProteostasisParameters,
    own: Variation,
    cell: State,
    met: Signals,
    halves: Decays,
    step_h: f32,
) -> State {
    let halfway = moved(row, cell, rates_of(row, own, cell, met), halves, 0.5 * step_h);
    let wholes = Decays {
        akt: halves.akt * halves.akt,
        translation: halves.translation * halves.translation,
        activation_chaperones: halves.activation_chaperones * halves.activation_chaperones,
        stress_chaperones: halves.stress_chaperones * halves.stress_chaperones,
        history: halves.history * halves.history,
        exhaustion: halves.exhaustion * halves.exhaustion,
        stemness: halves.stemness * halves.stemness,
        pd1: halves.pd1 * halves.pd1,
        effector: halves.effector * halves.effector,
    };
    moved(row, cell, rates_of(row, own, halfway, met), wholes, step_h)
}

#[inline(always)]
pub fn readout_of(row: &ProteostasisParameters, own: Variation, cell: State, met: Signals) -> Readout {
    let inside = signalling(row, own, cell, met);
    let made = translation(row, own, cell, inside.mtor);
    let able = effector(row, cell, made.stress);
    Readout {
        translation_percent_per_h: made.rate_percent_per_h,
        proteotoxic_stress: made.stress,
        cytokine_capacity: able.cytokine_capacity,
        killing_capacity: able.killing_capacity,
        division_per_h: division_per_h(row, cell, inside.tcr),
        death_per_h: death_per_h(row, made.load_percent, made.stress),
    }
}
