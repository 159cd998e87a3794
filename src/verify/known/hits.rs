//! Additive cytotoxicity: a target under one effector takes hits at rate λ, loses each at rate μ, and dies of n of them.
//! Without repair the time to its death is Gamma(n, λ). With repair it is the first passage of the chain
//! 0 → 1 → … → n (λ upwards, i μ down from i), whose mean m_i solves λ (m_{i+1} − m_i) + i μ (m_{i−1} − m_i) = −1, m_n = 0.

use super::lab::{On, series_from};
use super::plans::*;
use super::reading::{Reading, integrate};
use crate::cells::Cells;
use crate::cells::columns::NO_BOND;
use crate::error::Result;
use crate::plan::*;

const LETHAL_HITS: usize = 3;
pub const HITS_PER_MIN: f64 = 0.2;
/// So much that the mean first passage depends on it: with 10 % more repair it is 7 % later.
pub const REPAIR_PER_MIN: f64 = 0.15;

/// Effectors that strike targets at a rate; struck targets repair.
pub fn attack(hits_per_min: f64, repair_per_min: f64, step_ticks: u32) -> Plan {
    let target = TypeParameters {
        first_phase: 1,
        attachment_sites: 1,
        lethal_hits: LETHAL_HITS as u32,
        hit_repair_per_min: repair_per_min as f32,
        apoptosis_removal_per_min: 1.0,
        apoptosis_volume_fraction: 1.0,
        ..idle(1000.0)
    };
    let mut pairs = vec![no_pair(); 4];
    pairs[1].hits_per_min = hits_per_min as f32;
    let parameters = Parameters {
        types: vec![idle(500.0), target],
        pairs,
        phases: vec![phase(0.0, 0, false); 2],
        ..Parameters::default()
    };
    let clocks = Clocks { cycle_ticks: 400, reorder_ticks: 400, ..one_clock(step_ticks) };
    plan(culture(1024), clocks, cell_types(&[1, 1], 1), vec![arm(parameters, vec![])], 1)
}

/// So many couples of an effector and the target it holds.
fn couples(count: u32) -> Cells {
    let mut cells = Cells::default();
    for couple in 0..count {
        for (cell_type, bond) in [(0u32, 2 * couple + 1), (1, NO_BOND)] {
            let place = [0.0f32, 0.0, 0.0, 1000.0].map(f32::to_bits);
            cells.push([place, [0; 4], [0; 4], [couple, cell_type, cell_type << 12, bond], [u32::MAX, 0, 0, 0]]);
        }
    }
    cells
}

/// Fraction of targets alive at each of the ticks.
fn alive(on: On, plan: &Plan, count: u32, ticks: &[u32]) -> Result<Vec<f64>> {
    let live = series_from(on, plan, &couples(count), ticks, &[(1, "live_count")])?;
    Ok(live[0].iter().map(|tissues| tissues[0] / f64::from(count)).collect())
}

/// The largest gap between two distribution functions, against the bound that it passes once in a million samples
/// (Dvoretzky, Kiefer and Wolfowitz with Massart's constant: 2 e^(−2 n gap²)).
fn same_distribution(dead: impl Iterator<Item = f64>, expected: impl Iterator<Item = f64>, count: u32) -> Reading {
    let gap = dead.zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let tolerance = (2e6f64.ln() / (2.0 * f64::from(count))).sqrt();
    Reading::new("gap of the distributions of times to kill", gap, 0.0, tolerance)
}

/// Gamma(n, λ): 1 − Σ (λ t)^i e^(−λ t)/i!, i below n.
fn dead_by(minutes: f64) -> f64 {
    let x = HITS_PER_MIN * minutes;
    let (mut term, mut sum) = (1.0, 1.0);
    for i in 1..LETHAL_HITS {
        term *= x / i as f64;
        sum += term;
    }
    1.0 - sum * (-x).exp()
}

/// Hits by the end of a step are Poisson of λ t exactly, so the deaths counted there follow the Gamma distribution
/// without an error of the step.
pub fn gamma(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    let count = on.pick(30_000, 10_000);
    let ticks: Vec<u32> = (1..=60).map(|minute| 100 * minute).collect();
    let alive = alive(on, plan, count, &ticks)?;
    let expected = ticks.iter().map(|&tick| dead_by(domain::minutes(tick)));
    let gap = same_distribution(alive.iter().map(|alive| 1.0 - alive), expected, count);
    // Mean n/λ and variance n/λ², from ∫ S dt and ∫ 2 t S dt by the trapezoidal rule; 5 sd of their estimates, the
    // fourth moment of a Gamma variable about its mean being (3 + 6/n) times its squared variance.
    let (mean, square) = moments(&ticks, &alive);
    let (n, size) = (LETHAL_HITS as f64, f64::from(count));
    let (m, v) = (n / HITS_PER_MIN, n / HITS_PER_MIN.powi(2));
    let of_variance = 5.0 * v * ((2.0 + 6.0 / n) / size).sqrt();
    Ok(vec![
        gap,
        Reading::new("mean time to kill in min", mean, m, 5.0 * (v / size).sqrt()),
        Reading::new("variance of the time to kill in min²", square - mean * mean, v, of_variance),
    ])
}

/// Mean and mean square of a time with the given survival.
fn moments(ticks: &[u32], alive: &[f64]) -> (f64, f64) {
    let (mut mean, mut square, mut before) = (0.0, 0.0, (0.0, 1.0));
    for (&tick, &alive) in ticks.iter().zip(alive) {
        let t = domain::minutes(tick);
        mean += 0.5 * (t - before.0) * (alive + before.1);
        square += (t - before.0) * (t * alive + before.0 * before.1);
        before = (t, alive);
    }
    (mean, square)
}

/// Probabilities of 0, 1 and 2 hits.
fn chain([a, b, c]: [f64; LETHAL_HITS]) -> [f64; LETHAL_HITS] {
    let (up, down) = (HITS_PER_MIN, REPAIR_PER_MIN);
    [down * b - up * a, up * a + 2.0 * down * c - (up + down) * b, up * b - (up + 2.0 * down) * c]
}

/// Mean first passage from no hit, by elimination: in row i, m_i = m_{i+1} + gap_i with λ gap_i = 1 + i μ gap_{i−1}.
pub fn mean_first_passage() -> f64 {
    let mut gap = 0.0;
    let mut sum = 0.0;
    for hits in 0..LETHAL_HITS {
        gap = (1.0 + hits as f64 * REPAIR_PER_MIN * gap) / HITS_PER_MIN;
        sum += gap;
    }
    sum
}

/// The scheme repairs what a step finds, not what it brings: μ dt/2 = 1.5 % too little repair, which brings death 1 %
/// too soon in the mean.
pub fn first_passage(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    let count = on.pick(20_000, 3_000);
    let ticks: Vec<u32> = (1..=125).map(|look| 200 * look).collect();
    let alive = alive(on, plan, count, &ticks)?;
    let survival = |tick: u32| integrate(chain, [1.0, 0.0, 0.0], domain::minutes(tick), tick).iter().sum::<f64>();
    let expected = ticks.iter().map(|&tick| 1.0 - survival(tick));
    let gap = same_distribution(alive.iter().map(|alive| 1.0 - alive), expected, count);
    let (mean, square) = moments(&ticks, &alive);
    let sd = (square - mean * mean).sqrt();
    let tolerance = 5.0 * sd / f64::from(count).sqrt();
    Ok(vec![gap, Reading::new("mean first passage in min", mean, mean_first_passage(), tolerance)])
}

/// All for `texpop verify`.
pub fn readings(on: On) -> Result<Vec<Reading>> {
    let mut all = gamma(on, &attack(HITS_PER_MIN, 0.0, 50))?;
    all.extend(first_passage(on, &attack(HITS_PER_MIN, REPAIR_PER_MIN, 20))?);
    Ok(all)
}
