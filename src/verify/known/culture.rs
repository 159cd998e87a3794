//! Contacts in a culture: killing in passing by mass action, killing with a handling time, monogamous conjugates.
//!
//! With bonds, C the conjugates, E and T all live effectors and targets:
//!
//! ```text
//! C' = kon (E − C)(T − C) − (koff + kill) C        T' = −kill C
//! ```
//!
//! Where bonds come and go faster than targets die, C' = 0 gives C² − (E + T + Km) C + E T = 0 with
//! Km = (koff + kill)/kon. Its smaller root is the law of conjugates. C² is negligible where C ≪ E + T + Km, which holds
//! for E ≪ T and for T ≪ E (C is at most the smaller of them); then C = E T/(Km + E + T), and
//! T' = −k E T/(h + E + T) with k = kill and h = Km: the double-saturation law. It is too low by about C/(E + T + Km).

use super::lab::{On, series};
use super::plans::*;
use super::reading::{Reading, integrate};
use crate::error::Result;
use crate::plan::*;
use std::ops::Range;

const EFFECTOR: u32 = 0;
const TARGET: u32 = 1;

/// Rates of one pair of cells in the whole culture, per minute.
#[derive(Clone, Copy)]
pub struct Rates {
    pub attachment: f64,
    pub detachment: f64,
    pub kill: f64,
    pub is_kinapse: bool,
}

/// Effectors and targets, the same rates in every tissue. Cells of one bucket meet, so that the rate of a pair is
/// multiplied by the number of buckets.
fn parameters(rates: Rates, buckets: u32) -> Parameters {
    let target = TypeParameters {
        first_phase: 1,
        attachment_sites: 1,
        apoptosis_removal_per_min: 1.0,
        apoptosis_volume_fraction: 1.0,
        ..idle(1000.0)
    };
    let attack = PairParameters {
        attachment_per_min: (rates.attachment * f64::from(buckets)) as f32,
        detachment_per_min: rates.detachment as f32,
        kill_per_min: rates.kill as f32,
        is_kinapse: u32::from(rates.is_kinapse),
        ..no_pair()
    };
    let mut pairs = vec![no_pair(); 4];
    pairs[1] = attack;
    let phases = vec![phase(0.0, 0, false); 2];
    Parameters { types: vec![idle(500.0), target], pairs, phases, ..Parameters::default() }
}

/// A culture of so many effectors and targets.
pub fn mixture(rates: Rates, buckets: u32, cells: [u32; 2], clocks: Clocks, replicates: u32) -> Plan {
    let placed =
        [EFFECTOR, TARGET].map(|cell_type| some_cells(cell_type, cells[cell_type as usize], Region::Everywhere));
    let arm = arm(parameters(rates, buckets), placed.to_vec());
    plan(culture(buckets), clocks, cell_types(&[1, 1], 1), vec![arm], replicates)
}

/// Contacts at every step of so many ticks, dead cells removed every two minutes.
pub fn clocks(ticks: u32) -> Clocks {
    Clocks { cycle_ticks: 200, reorder_ticks: 200, ..one_clock(ticks) }
}

const REPLICATES: u32 = 16;
pub const MASS_ACTION: f64 = 8e-5;

/// T' = −k E T, with E = 250 and T = 1000 at first. Each target dies on its own at rate k E, so that the number that
/// is left is binomial. An effector kills at most once in a step: up to 1 % too slow at first.
pub fn mass_action(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    let live = &series(on, plan, &[3000, 6000], &[(TARGET, "live_count")])?[0];
    let mut readings = Vec::new();
    let all = 1000.0 * f64::from(REPLICATES);
    for (at, minutes) in [30.0, 60.0].into_iter().enumerate() {
        let left = (-MASS_ACTION * 250.0 * minutes).exp();
        let got = live[at].iter().sum::<f64>();
        let tolerance = 5.0 * (all * left * (1.0 - left)).sqrt();
        readings.push(Reading::new(format!("targets after {minutes} min, mass action"), got, left * all, tolerance));
    }
    Ok(readings)
}

pub const BONDS: Rates = Rates { attachment: 2e-4, detachment: 0.1, kill: 0.03, is_kinapse: false };
const BOND_REPLICATES: u32 = 32;

/// C and T of the pair equations.
pub fn pair([c, t]: [f64; 2], effectors: f64, rates: Rates) -> [f64; 2] {
    let free = (effectors - c) * (t - c);
    [rates.attachment * free - (rates.detachment + rates.kill) * c, -rates.kill * c]
}

/// Targets left after an hour with E = T = 500; those killed vary no more than the binomial. In a step an effector
/// rests after a kill and a contested target is won by one: kills are about 1 % too few.
pub fn handling(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    let live = &series(on, plan, &[2000, 6000], &[(TARGET, "live_count")])?[0];
    let mut readings = Vec::new();
    for (at, minutes) in [20.0, 60.0].into_iter().enumerate() {
        let [_, left] = integrate(|y| pair(y, 500.0, BONDS), [0.0, 500.0], minutes, 6000);
        let (all, p) = (500.0 * f64::from(BOND_REPLICATES), left / 500.0);
        let got = live[at].iter().sum::<f64>();
        let tolerance = 5.0 * (all * p * (1.0 - p)).sqrt();
        readings.push(Reading::new(format!("targets after {minutes} min, pair equations"), got, p * all, tolerance));
    }
    Ok(readings)
}

/// Loosens fast beside the kill, as the law of saturation asks.
pub const LOOSE: Rates = Rates { attachment: 2e-4, detachment: 0.1, kill: 0.02, is_kinapse: false };

const STEP_MIN: f64 = 0.5;
pub const STEP_TICKS: u32 = 50;

/// Kills in a window of steps in the mean by the stages of a contact step, which are the pair equations in the limit of
/// short steps: bonds loosen and kill; an effector is free again in the step after a kill; of those that want one target
/// one has it.
pub fn kills_by_steps([effectors, targets]: [f64; 2], rates: Rates, window: Range<u32>) -> f64 {
    let chance = |mean: f64| 1.0 - (-mean).exp();
    let (mut bonds, mut live, mut at_start) = (0.0, targets, targets);
    for step in 0..window.end {
        if step == window.start {
            at_start = live;
        }
        let held = bonds * (1.0 - chance(rates.detachment * STEP_MIN));
        let killed = held * chance(rates.kill * STEP_MIN);
        let untaken = live - held;
        let bids = (effectors - held) * chance(rates.attachment * STEP_MIN * untaken);
        bonds = held - killed + untaken * chance(bids / untaken);
        live -= killed;
    }
    at_start - live
}

/// Kills in a culture, beside those of the steps; they vary no more than the binomial.
pub fn saturation(on: On, plan: &Plan, cells: [f64; 2], window: Range<u32>) -> Result<Vec<Reading>> {
    let ticks = [window.start, window.end].map(|step| step * STEP_TICKS);
    let live = &series(on, plan, &ticks, &[(TARGET, "live_count")])?[0];
    let kills = live[0].iter().sum::<f64>() - live[1].iter().sum::<f64>();
    let tissues = live[0].len() as f64;
    let expected = tissues * kills_by_steps(cells, LOOSE, window);
    let sd = (expected * (1.0 - expected / (tissues * cells[1]))).sqrt();
    Ok(vec![Reading::new(format!("kills of E, T = {cells:?}, saturation"), kills, expected, 5.0 * sd)])
}

/// Effectors that kill in passing, with so many attachments.
pub fn passing(attachment: f64) -> Plan {
    let rates = Rates { attachment, detachment: 0.0, kill: 0.0, is_kinapse: true };
    mixture(rates, 50, [250, 1000], clocks(25), REPLICATES)
}

/// Effectors and targets with bonds that kill at a rate.
pub fn bonded(kill: f64) -> Plan {
    mixture(Rates { kill, ..BONDS }, 25, [500, 500], clocks(25), BOND_REPLICATES)
}

/// Few effectors or few targets, with loose bonds that kill at a rate.
pub fn loose(cells: [u32; 2], kill: f64, replicates: u32) -> Plan {
    mixture(Rates { kill, ..LOOSE }, 25, cells, clocks(STEP_TICKS), replicates)
}

/// Steps in which kills of few effectors, and of few targets, are counted.
pub const WINDOWS: [([u32; 2], Range<u32>); 2] = [([50, 1000], 40..120), ([1000, 50], 0..40)];

/// All for `texpop verify`.
pub fn readings(on: On) -> Result<Vec<Reading>> {
    let mut all = mass_action(on, &passing(MASS_ACTION))?;
    all.extend(handling(on, &bonded(BONDS.kill))?);
    for (cells, window) in WINDOWS {
        all.extend(saturation(on, &loose(cells, LOOSE.kill, 8), cells.map(f64::from), window)?);
    }
    Ok(all)
}
