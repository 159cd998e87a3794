//! Populations without limits of space: birth and death, the Ki67 cycle, Erlang cycles, extinction.

use crate::fixture::*;
use texpop::plan::*;
use texpop::verify::known::growth::*;

#[test]
fn live_cycle_grows_exponentially() {
    kept_and_broken(On::Twin, exponential, &live_cycle(0.05), &live_cycle(0.055));
}

#[test]
fn ki67_cycle_follows_its_equations() {
    kept_and_broken(On::Twin, ki67_phases, &ki67_cycle(K1_H), &ki67_cycle(1.1 * K1_H));
}

const CYCLE_H: f64 = 20.0;

/// Rate of growth of a population whose cycle is Erlang with k stages: (k/Tc)(2^(1/k) − 1).
fn erlang_rate_per_h(stages: u32) -> f64 {
    let k = f64::from(stages);
    k / CYCLE_H * (2f64.powf(1.0 / k) - 1.0)
}

/// Births per cell and hour over the last doublings, after as many before them that the first synchrony has worn off.
/// The mean number of cells in a step is the logarithmic mean of those at its ends.
fn erlang(on: On, plan: &Plan, stages: u32) -> Verdict {
    let expected = erlang_rate_per_h(stages);
    let hours = |doublings: f64| (doublings * 2f64.ln() / expected).round() as u32;
    let (before, counted) = on.pick((5.7, 6.0), (5.7, 4.0));
    let ticks: Vec<u32> = (hours(before)..=hours(before + counted)).map(|hour| hour * TICKS_PER_HOUR).collect();
    let all = series(on, plan, &ticks, &[(0, "live_count"), (0, "births")]);
    let sum = |at: usize, which: usize| all[which][at].iter().sum::<f64>();
    let mut cell_hours = 0.0;
    for at in 1..ticks.len() {
        let (from, to) = (sum(at - 1, 0), sum(at, 0));
        cell_hours += if to == from { from } else { (to - from) / (to / from).ln() };
    }
    let births = sum(ticks.len() - 1, 1) - sum(0, 1);
    // Births of k stages are at most as irregular as Poisson's.
    let tolerance = on.pick(0.005, 5.0 / births.sqrt()) * expected;
    println!("{on:?}, k {stages}: {:.5} /h by {births} births, expected {expected:.5}", births / cell_hours);
    close(&format!("growth in 1/h with {stages} stages"), births / cell_hours, expected, tolerance)
}

fn erlang_plan(on: On, stages: u32, cycle_h: f64) -> Plan {
    let stage = PhaseParameters { stages, ..phase(PER_HOUR / cycle_h, 0, true) };
    let (cells, buckets) = on.pick((256, 65_536), (16, 1_024));
    replicated(population(vec![stage], 0.0, 8.6, TICKS_PER_HOUR, buckets), 1, cells)
}

fn erlang_test(stages: u32) {
    on_both(|on| {
        let law = |on, plan: &Plan| erlang(on, plan, stages);
        kept_and_broken(on, law, &erlang_plan(on, stages, CYCLE_H), &erlang_plan(on, stages, 1.1 * CYCLE_H));
    });
}

#[test]
fn erlang_cycle_of_one_stage_grows_at_its_rate() {
    erlang_test(1);
}

#[test]
fn erlang_cycle_of_four_stages_grows_at_its_rate() {
    erlang_test(4);
}

#[test]
fn erlang_cycle_of_twenty_stages_grows_at_its_rate() {
    erlang_test(20);
}

const BIRTH_PER_H: f64 = 0.06;
const LOSS_PER_H: f64 = 0.02;
const FOUNDERS: u32 = 2;
const WATCHED_H: u32 = 48;

/// Probability that a linear birth-death process from one cell has died out by a time; (d/b) in the end, which makes
/// 0.1111 for two cells at these rates.
fn extinct_by(hours: f64) -> f64 {
    let grown = ((BIRTH_PER_H - LOSS_PER_H) * hours).exp();
    LOSS_PER_H * (grown - 1.0) / (BIRTH_PER_H * grown - LOSS_PER_H)
}

/// Tissues that have died out, and the mean over tissues. The extinctions come to 3 standard deviations. A cell that would
/// have divided before it died within one step dies first here, which brings 0.4 of a standard deviation.
fn extinction(on: On, plan: &Plan) -> Verdict {
    let live = &series(on, plan, &[WATCHED_H * TICKS_PER_HOUR], &[(0, "live_count")])[0][0];
    let n = live.len() as f64;
    let extinct = live.iter().filter(|&&count| count == 0.0).count() as f64 / n;
    let expected = extinct_by(f64::from(WATCHED_H)).powi(FOUNDERS as i32);
    close(&format!("extinct of {n} tissues"), extinct, expected, 3.0 * (expected * (1.0 - expected) / n).sqrt())?;
    let mean = f64::from(FOUNDERS) * ((BIRTH_PER_H - LOSS_PER_H) * f64::from(WATCHED_H)).exp();
    mean_close("live cells", live, mean)
}

#[test]
fn small_populations_die_out_as_often_as_they_should() {
    assert!((extinct_by(1e4).powi(2) - 0.1111).abs() < 1e-4);
    let with = |on: On, loss_per_h: f64| {
        let cycle = vec![phase(BIRTH_PER_H * PER_HOUR, 0, true)];
        let plan = population(cycle, loss_per_h, 1.0, TICKS_PER_HOUR / 5, 1);
        replicated(plan, on.pick(10_000, 2_000), FOUNDERS)
    };
    on_both(|on| kept_and_broken(on, extinction, &with(on, LOSS_PER_H), &with(on, 1.1 * LOSS_PER_H)));
}

#[test]
fn lives_are_as_long_as_their_law_says() {
    kept_and_broken(On::Twin, ageing, &mortals(LIFESPAN_H), &mortals(1.1 * LIFESPAN_H));
}

/// A phase that ends by age, at a rate that changes: it ends once the cell is older than 1/rate, whatever the rate was
/// before. From 1/20 h to 1/30 h at 12 h every cell divides at 30 h, where a fixed duration would have it at 24 h.
fn by_age(on: On, later_h: &f64) -> Verdict {
    let mut cycle = phase(PER_HOUR / 20.0, 0, true);
    cycle.stages = parameters::BY_AGE;
    let plan = replicated(population(vec![cycle], 0.0, 8.6, TICKS_PER_HOUR / 10, 4), 1, 100);
    let mut slower = plan.arms[0].parameters.clone();
    slower.phases[0].exit_per_min = (PER_HOUR / later_h) as f32;
    let hour = |hours: f64| (hours * f64::from(TICKS_PER_HOUR)) as u32;
    let counts = with_engine(on, &plan, 0..1, &all_placed(&plan), |engine| {
        advance(engine, &plan, 0..hour(12.0));
        engine.set_parameters(0, &slower).unwrap();
        advance(engine, &plan, hour(12.0)..hour(29.7));
        let before = engine.cells().unwrap().len();
        advance(engine, &plan, hour(29.7)..hour(30.3));
        [before, engine.cells().unwrap().len()]
    });
    if counts == [100, 200] { Ok(()) } else { Err(format!("cells before and after 30 h: {counts:?}")) }
}

#[test]
fn a_phase_by_age_asks_for_the_present_rate() {
    on_both(|on| kept_and_broken(on, by_age, &30.0, &27.0));
}
