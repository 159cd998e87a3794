//! Damage with memory: a hit adds 1 to the damage D of a cell, which fades with a half-life of 49 min; the cell dies with
//! hazard h D^5, h = 0.0036 /min. Until the next hit D(t) = D e^(−t/τ), and the cell survives with e^(−h D^5 c(t)),
//! c(t) = (τ/5)(1 − e^(−5 t/τ)).
//!
//! Hits at fixed times give the probability to die of them in closed form. Under hits at rate λ the mean time m(D) to
//! death after a hit that made the damage D solves
//!
//! ```text
//! m(D) = ∫ λ e^(−λ t) e^(−h D^5 c(t)) (1/λ + m(1 + D e^(−t/τ))) dt
//! ```
//!
//! A fresh target lives 1/λ + m(1), and takes λ times that many hits in the mean, as Wald's identity says.

use crate::fixture::*;
use texpop::cells::Cells;
use texpop::cells::columns::NO_BOND;
use texpop::engine::graph::Stage;
use texpop::plan::*;

const HALF_LIFE_MIN: f64 = 49.0;
const HAZARD_PER_MIN: f64 = 0.0036;
const POWER: i32 = 5;

fn tau_min() -> f64 {
    HALF_LIFE_MIN / std::f64::consts::LN_2
}

/// c(t).
fn exposure_min(minutes: f64) -> f64 {
    let p = f64::from(POWER);
    tau_min() / p * -(-p * minutes / tau_min()).exp_m1()
}

/// Effectors and targets, in so many tissues.
fn attack(hits_per_min: f64, half_life_min: f64, hazard_per_min: f64, step_ticks: u32, tissues: u32) -> Plan {
    let target = TypeParameters {
        first_phase: 1,
        attachment_sites: 1,
        damage_decay_per_min: (std::f64::consts::LN_2 / half_life_min) as f32,
        damage_hazard_per_min: hazard_per_min as f32,
        damage_power: POWER as u32,
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
    // The dead stay, and keep their number of hits.
    let clocks = Clocks { cycle_ticks: 1_000_000_000, reorder_ticks: 1_000_000_000, ..one_clock(step_ticks) };
    plan(culture(1024), clocks, cell_types(&[1, 1], 1), vec![arm(parameters, vec![])], tissues)
}

/// Number of hits, minutes between them, probability to die of them.
const SCHEDULES: [(u32, u32, f64); 11] = [
    (1, 10, 0.050),
    (2, 10, 0.694),
    (2, 25, 0.537),
    (2, 50, 0.348),
    (2, 100, 0.183),
    (2, 200, 0.112),
    (3, 10, 0.999),
    (3, 25, 0.961),
    (3, 50, 0.704),
    (3, 100, 0.324),
    (3, 200, 0.171),
];
/// By then what is left of the damage of the last hit no longer counts: e^(−5 · 150/τ) is 2 in 100,000.
const WATCHED_MIN: u32 = 150;

/// Probability to die of hits at fixed times.
fn dead_of(hits: u32, apart_min: u32) -> f64 {
    let (mut damage, mut hazard) = (0.0, 0.0);
    for hit in 1..=hits {
        damage += 1.0;
        let minutes = if hit == hits { f64::INFINITY } else { f64::from(apart_min) };
        hazard += HAZARD_PER_MIN * f64::powi(damage, POWER) * exposure_min(minutes);
        damage *= (-minutes / tau_min()).exp();
    }
    -f64::exp_m1(-hazard)
}

/// One tissue of `count` targets for each schedule.
fn targets(count: u32) -> Cells {
    let mut cells = Cells::default();
    for tissue in 0..SCHEDULES.len() as u32 {
        for target in 0..count {
            let kind = 1 << 12 | tissue << 16;
            let place = [0.0f32, 0.0, 0.0, 1000.0].map(f32::to_bits);
            cells.push([place, [0; 4], [0; 4], [target, 0, kind, NO_BOND], [u32::MAX, 0, 0, 0]]);
        }
    }
    cells
}

/// Hits the live targets of the schedules that have a hit at this minute.
fn strike(cells: &mut Cells, minute: u32) {
    for slot in 0..cells.len() {
        let (hits, apart_min, _) = SCHEDULES[(cells.identity[slot][2] >> 16) as usize];
        if minute.is_multiple_of(apart_min) && minute / apart_min < hits && is_live(cells, slot) {
            cells.motility[slot][3] += 1.0;
            cells.progress[slot][1] += 1;
        }
    }
}

/// Fractions dead of each schedule, to 0.01 or 5 sd. Between hits the law is exact at any step: here 5 min.
fn dead_of_schedules(on: On, plan: &Plan, count: u32) -> Verdict {
    let mut moments: Vec<u32> = SCHEDULES.iter().flat_map(|it| (0..it.0).map(|hit| hit * it.1)).collect();
    moments.sort_unstable();
    moments.dedup();
    moments.push(moments[moments.len() - 1] + WATCHED_MIN);
    let mut cells = targets(count);
    for (interval, ends) in moments.windows(2).enumerate() {
        strike(&mut cells, ends[0]);
        // Each interval starts at tick 0 of an engine of its own, and has its own luck.
        let plan = Plan { seeds: seeds::seeds(interval as u64, SCHEDULES.len() as u32), ..plan.clone() };
        cells = with_engine(on, &plan, 0..SCHEDULES.len(), &cells, |engine| {
            for tick in (0..(ends[1] - ends[0]) * TICKS_PER_MIN).step_by(plan.clocks.movement_ticks as usize) {
                engine.step(tick, &[Stage::Respond, Stage::Advance]).unwrap();
            }
            engine.cells().unwrap()
        });
    }
    let mut dead = [0.0; SCHEDULES.len()];
    for slot in (0..cells.len()).filter(|&slot| !is_live(&cells, slot)) {
        dead[(cells.identity[slot][2] >> 16) as usize] += 1.0 / f64::from(count);
    }
    for ((hits, apart_min, _), dead) in SCHEDULES.into_iter().zip(dead) {
        let expected = dead_of(hits, apart_min);
        let sd = (expected * (1.0 - expected) / f64::from(count)).sqrt();
        let tolerance = on.pick(0.01, 5.0 * sd);
        close(&format!("dead of {hits} hits {apart_min} min apart"), dead, expected, tolerance)?;
    }
    Ok(())
}

#[test]
fn hits_at_fixed_times_kill_as_often_as_the_closed_form_says() {
    for (hits, apart_min, published) in SCHEDULES {
        assert!((dead_of(hits, apart_min) - published).abs() < 0.001, "{hits} hits {apart_min} min apart");
    }
    let with = |half_life, hazard| attack(0.0, half_life, hazard, 500, SCHEDULES.len() as u32);
    let right = with(HALF_LIFE_MIN, HAZARD_PER_MIN);
    on_both(|on| {
        for wrong in [with(1.1 * HALF_LIFE_MIN, HAZARD_PER_MIN), with(HALF_LIFE_MIN, 1.1 * HAZARD_PER_MIN)] {
            println!(
                "seen: {}",
                dead_of_schedules(on, &wrong, on.pick(20_000, 10_000)).expect_err("a parameter 10 % off must be seen")
            );
        }
        dead_of_schedules(on, &right, on.pick(100_000, 10_000)).unwrap_or_else(|error| panic!("{on:?}: {error}"));
    });
}

/// Damage above which the next minute is fatal: h 9^5 = 213 /min.
const MOST_DAMAGE: f64 = 9.0;
const GRID: usize = 200;
const QUANTILES: usize = 400;

/// 1/λ + m(1): the equation for m on a grid of damages, linear between them, the time to the next hit at the middles of
/// equally probable intervals, swept until nothing changes.
fn mean_life_min(hits_per_min: f64) -> f64 {
    let spacing = (MOST_DAMAGE - 1.0) / GRID as f64;
    let mut rows = Vec::new();
    for at in 0..=GRID {
        let damage = 1.0 + spacing * at as f64;
        for quantile in 0..QUANTILES {
            let minutes = -((quantile as f64 + 0.5) / QUANTILES as f64).ln() / hits_per_min;
            let survives = (-HAZARD_PER_MIN * damage.powi(POWER) * exposure_min(minutes)).exp();
            let next = (damage * (-minutes / tau_min()).exp()).min(MOST_DAMAGE - 1.0) / spacing;
            rows.push((survives / QUANTILES as f64, next.min(GRID as f64 - 1e-9)));
        }
    }
    let mut life_min = vec![0.0; GRID + 1];
    loop {
        let before = life_min[0];
        for at in (0..=GRID).rev() {
            let mut sum = 0.0;
            for &(weight, next) in &rows[at * QUANTILES..(at + 1) * QUANTILES] {
                let (low, part) = (next as usize, next.fract());
                let later = life_min[low] * (1.0 - part) + life_min[low + 1] * part;
                sum += weight * (1.0 / hits_per_min + later);
            }
            life_min[at] = sum;
        }
        if (life_min[0] - before).abs() < 1e-7 * life_min[0] {
            return 1.0 / hits_per_min + life_min[0];
        }
    }
}

/// Hits an hour, mean hours to death, hits used: from a simulation of 20,000 targets, good to some 1 %.
const RATES: [(f64, f64, f64); 4] = [(0.5, 8.04, 4.03), (1.0, 3.10, 3.10), (2.0, 1.37, 2.76), (4.0, 0.67, 2.69)];
/// Steps in the mean time between two hits. Hits that come after death in its step are counted: up to half of 1/30.
const STEPS_PER_HIT: f64 = 30.0;

fn struck(hits_per_h: f64, half_life_min: f64, step_of_hits_per_h: f64) -> Plan {
    let step_ticks = (60.0 * f64::from(TICKS_PER_MIN) / (STEPS_PER_HIT * step_of_hits_per_h)).round() as u32;
    attack(hits_per_h / 60.0, half_life_min, HAZARD_PER_MIN, step_ticks, 1)
}

/// So many couples of an effector and the fresh target that it holds.
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

fn is_target(cells: &Cells, slot: usize) -> bool {
    cells.identity[slot][2] >> 12 & 15 == 1
}

/// Mean time to death, from ∫ S dt by the trapezoidal rule, and hits used, both to 3 % on the twins, or to 5 sd.
/// They are watched for nine mean lives, by which all but some e^(−9) have died.
fn lives(on: On, plan: &Plan, hits_per_h: f64) -> Verdict {
    let count = on.pick(10_000, 2_000);
    let expected_min = mean_life_min(hits_per_h / 60.0);
    let look_ticks = 15 * plan.clocks.movement_ticks;
    let looks = (9.0 * expected_min / domain::minutes(look_ticks)).ceil() as u32;
    let ticks: Vec<u32> = (1..=looks).map(|look| look * look_ticks).collect();
    let found = cells_at(on, plan, &couples(count), &ticks);
    let all = f64::from(count);
    let (mut mean, mut square, mut before) = (0.0, 0.0, (0.0, 1.0));
    for (&tick, cells) in ticks.iter().zip(&found) {
        let live = (0..cells.len()).filter(|&slot| is_target(cells, slot) && is_live(cells, slot)).count();
        let (minutes, alive) = (domain::minutes(tick), live as f64 / all);
        mean += 0.5 * (minutes - before.0) * (alive + before.1);
        square += (minutes - before.0) * (minutes * alive + before.0 * before.1);
        before = (minutes, alive);
    }
    // The dead keep the number of their hits.
    let end = &found[found.len() - 1];
    let hits = |slot: usize| f64::from(end.progress[slot][1] & 0xffff);
    let used = (0..end.len()).filter(|&slot| is_target(end, slot)).map(hits).sum::<f64>() / all;
    let sd = ((square - mean * mean) / all).sqrt();
    println!("{on:?}, {hits_per_h} /h: {mean:.2} min ± {sd:.2}, expected {expected_min:.2}; {used:.3} hits");
    let tolerance = on.pick(0.03 * expected_min, 5.0 * sd);
    close(&format!("mean time to death in min at {hits_per_h} hits/h"), mean, expected_min, tolerance)?;
    let expected = expected_min * hits_per_h / 60.0;
    close(&format!("hits used at {hits_per_h} hits/h"), used, expected, on.pick(0.03, 0.1) * expected)
}

#[test]
fn hits_at_random_times_kill_after_the_time_that_the_equation_says() {
    for (hits_per_h, hours, used) in RATES {
        let expected_h = mean_life_min(hits_per_h / 60.0) / 60.0;
        println!("{hits_per_h} /h: {expected_h:.3} h, {:.3} hits", expected_h * hits_per_h);
        assert!((expected_h / hours - 1.0).abs() < 0.03 && (expected_h * hits_per_h / used - 1.0).abs() < 0.03);
    }
    on_both(|on| {
        for (hits_per_h, ..) in RATES {
            let plan = struck(hits_per_h, HALF_LIFE_MIN, hits_per_h);
            lives(on, &plan, hits_per_h).unwrap_or_else(|error| panic!("{on:?}: {error}"));
        }
        for (wrong, hits_per_h) in
            [(struck(0.5, 1.1 * HALF_LIFE_MIN, 0.5), 0.5), (struck(4.4, HALF_LIFE_MIN, 4.0), 4.0)]
        {
            println!("seen: {}", lives(on, &wrong, hits_per_h).expect_err("a parameter 10 % off must be seen"));
        }
    });
}
