//! Additive cytotoxicity: a target under one effector takes hits at rate λ, loses each at rate μ, and dies of n of them.
//! Without repair the time to its death is Gamma(n, λ). With repair it is the first passage of the chain
//! 0 → 1 → … → n (λ upwards, i μ down from i), whose mean m_i solves λ (m_{i+1} − m_i) + i μ (m_{i−1} − m_i) = −1, m_n = 0.

use crate::fixture::*;
use statrs::distribution::{ContinuousCDF, Gamma};
use texpop::cells::Cells;
use texpop::cells::columns::NO_BOND;
use texpop::plan::*;

const LETHAL_HITS: usize = 3;
const HITS_PER_MIN: f64 = 0.2;
/// So much that the mean first passage depends on it: with 10 % more repair it is 7 % later.
const REPAIR_PER_MIN: f64 = 0.15;

fn attack(hits_per_min: f64, repair_per_min: f64, step_ticks: u32) -> Plan {
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
fn alive(on: On, plan: &Plan, count: u32, ticks: &[u32]) -> Vec<f64> {
    let live = &series_from(on, plan, &couples(count), ticks, &[(1, "live_count")])[0];
    live.iter().map(|tissues| tissues[0] / f64::from(count)).collect()
}

/// The largest gap between two distribution functions, against the bound that it passes once in a million samples
/// (Dvoretzky, Kiefer and Wolfowitz with Massart's constant: 2 e^(−2 n gap²)).
fn same_distribution(dead: impl Iterator<Item = f64>, expected: impl Iterator<Item = f64>, count: u32) -> Verdict {
    let gap = dead.zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    close("gap of the distributions of times to kill", gap, 0.0, (2e6f64.ln() / (2.0 * f64::from(count))).sqrt())
}

/// Hits by the end of a step are Poisson of λ t exactly, so the deaths counted there follow the Gamma distribution
/// without an error of the step.
fn gamma(on: On, plan: &Plan) -> Verdict {
    let count = on.pick(30_000, 10_000);
    let ticks: Vec<u32> = (1..=60).map(|minute| 100 * minute).collect();
    let alive = alive(on, plan, count, &ticks);
    let law = Gamma::new(LETHAL_HITS as f64, HITS_PER_MIN).unwrap();
    let expected = ticks.iter().map(|&tick| law.cdf(domain::minutes(tick)));
    same_distribution(alive.iter().map(|alive| 1.0 - alive), expected, count)?;
    // Mean n/λ and variance n/λ², from ∫ S dt and ∫ 2 t S dt by the trapezoidal rule; 5 sd of their estimates, the
    // fourth moment of a Gamma variable about its mean being (3 + 6/n) times its squared variance.
    let (mean, square) = moments(&ticks, &alive);
    let (n, size) = (LETHAL_HITS as f64, f64::from(count));
    let (m, v) = (n / HITS_PER_MIN, n / HITS_PER_MIN.powi(2));
    println!("{on:?}: mean {mean:.3} min, expected {m}; variance {:.2}, expected {v}", square - mean * mean);
    close("mean time to kill in min", mean, m, 5.0 * (v / size).sqrt())?;
    close("variance of the time to kill in min²", square - mean * mean, v, 5.0 * v * ((2.0 + 6.0 / n) / size).sqrt())
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

#[test]
fn without_repair_the_time_to_kill_is_gamma() {
    on_both(|on| {
        kept_and_broken(on, gamma, &attack(HITS_PER_MIN, 0.0, 50), &attack(1.1 * HITS_PER_MIN, 0.0, 50));
    });
}

/// Probabilities of 0, 1 and 2 hits.
fn chain([a, b, c]: [f64; LETHAL_HITS]) -> [f64; LETHAL_HITS] {
    let (up, down) = (HITS_PER_MIN, REPAIR_PER_MIN);
    [down * b - up * a, up * a + 2.0 * down * c - (up + down) * b, up * b - (up + 2.0 * down) * c]
}

/// Mean first passage from no hit, by elimination: in row i, m_i = m_{i+1} + gap_i with λ gap_i = 1 + i μ gap_{i−1}.
fn mean_first_passage() -> f64 {
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
fn first_passage(on: On, plan: &Plan) -> Verdict {
    let count = on.pick(20_000, 10_000);
    let ticks: Vec<u32> = (1..=125).map(|look| 200 * look).collect();
    let alive = alive(on, plan, count, &ticks);
    let survival = |tick: u32| integrate(chain, [1.0, 0.0, 0.0], domain::minutes(tick), tick).iter().sum::<f64>();
    same_distribution(alive.iter().map(|alive| 1.0 - alive), ticks.iter().map(|&tick| 1.0 - survival(tick)), count)?;
    let (mean, square) = moments(&ticks, &alive);
    println!("{on:?}: mean {mean:.3} min, expected {:.3}", mean_first_passage());
    let sd = (square - mean * mean).sqrt();
    close("mean first passage in min", mean, mean_first_passage(), 5.0 * sd / f64::from(count).sqrt())
}

#[test]
fn with_repair_the_time_to_kill_is_a_first_passage() {
    // The linear system in full, as a check of its elimination.
    assert!((mean_first_passage() - (5.0 + 8.75 + 18.125)).abs() < 1e-12);
    on_both(|on| {
        let right = attack(HITS_PER_MIN, REPAIR_PER_MIN, 20);
        first_passage(on, &attack(1.1 * HITS_PER_MIN, REPAIR_PER_MIN, 20)).expect_err("a rate 10 % off is seen");
        kept_and_broken(on, first_passage, &right, &attack(HITS_PER_MIN, 1.1 * REPAIR_PER_MIN, 20));
    });
}
