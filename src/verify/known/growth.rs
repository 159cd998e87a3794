//! Populations without limits of space: birth and death, the Ki67 cycle, lives of a limited length.

use super::lab::{On, series};
use super::plans::*;
use super::reading::{Reading, integrate};
use crate::error::Result;
use crate::plan::*;

pub const PER_HOUR: f64 = 1.0 / 60.0;
pub const TICKS_PER_HOUR: u32 = 60 * TICKS_PER_MIN;

/// One cell type that cycles and dies in a culture.
pub fn population(phases: Vec<PhaseParameters>, death_per_h: f64, stay_h: f64, step_ticks: u32, buckets: u32) -> Plan {
    let own = TypeParameters {
        apoptosis_per_min: (death_per_h * PER_HOUR) as f32,
        apoptosis_removal_per_min: (PER_HOUR / stay_h) as f32,
        apoptosis_volume_fraction: 1.0,
        phase_count: phases.len() as u32,
        ..idle(1000.0)
    };
    let names = cell_types(&[phases.len() as u32], 0);
    let parameters = Parameters { types: vec![own], pairs: vec![no_pair()], phases, ..Parameters::default() };
    plan(culture(buckets), one_clock(step_ticks), names, vec![arm(parameters, vec![])], 1)
}

/// The plan with so many replicates, each with so many cells at the start of their first phase.
pub fn replicated(mut plan: Plan, replicates: u32, cells: u32) -> Plan {
    plan.arms[0].initial = vec![some_cells(0, cells, Region::Everywhere)];
    plan.seeds = seeds::seeds(20_261, replicates);
    plan
}

/// Live cells of a linear birth-death process: N0 e^((b − d)t), b = 0.05 /h, d = 0.02 /h. The scheme is exact in the mean:
/// in a step each cell survives with e^(−d dt), and survivors multiply by e^(b dt).
pub fn exponential(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    let ticks = [12, 36].map(|hours| hours * TICKS_PER_HOUR);
    let live = series(on, plan, &ticks, &[(0, "live_count")])?;
    let reading = |(hours, sample): (f64, &Vec<f64>)| {
        Reading::of_mean(format!("live cells after {hours} h"), sample, 300.0 * (0.03 * hours).exp())
    };
    Ok([12.0, 36.0].into_iter().zip(&live[0]).map(reading).collect())
}

pub const RESTING_H: f64 = 8.5;
pub const K1_H: f64 = 13.0;
pub const K2_H: f64 = 2.5;
pub const DEATH_PER_H: f64 = 1.0 / 168.0;
pub const STAY_H: f64 = 8.6;

/// Q → K1 → two K2 → Q, all exponential; the state is Q, K1, K2, and A, the apoptotic.
fn ki67([q, k1, k2, a]: [f64; 4]) -> [f64; 4] {
    let died = DEATH_PER_H * (q + k1 + k2);
    [
        k2 / K2_H - q / RESTING_H - DEATH_PER_H * q,
        q / RESTING_H - k1 / K1_H - DEATH_PER_H * k1,
        2.0 * k1 / K1_H - k2 / K2_H - DEATH_PER_H * k2,
        died - a / STAY_H,
    ]
}

/// Cells of each phase, and the apoptotic. These stay half a step too long (death and removal act at ends of steps, and
/// removal rounds up): 1.5 % of 8.6 h.
pub fn ki67_phases(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    let asked = ["phase_0_count", "phase_1_count", "phase_2_count", "apoptotic_count"];
    let ticks = [24, 48].map(|hours| hours * TICKS_PER_HOUR);
    let series = series(on, plan, &ticks, &asked.map(|name| (0, name)))?;
    let mut readings = Vec::new();
    for (at, hours) in [24.0, 48.0].into_iter().enumerate() {
        let expected = integrate(ki67, [300.0, 0.0, 0.0, 0.0], hours, 4800);
        for (which, name) in asked.into_iter().enumerate() {
            readings.push(Reading::of_mean(format!("{name} after {hours} h"), &series[which][at], expected[which]));
        }
    }
    Ok(readings)
}

pub const LIFESPAN_H: f64 = 60.0;

/// Cells that live longer than an age: (1 − age/lifespan)^shape of them, exact at any step.
pub fn ageing(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    let ticks = [20, 45, 59].map(|hours| hours * TICKS_PER_HOUR);
    let live = series(on, plan, &ticks, &[(0, "live_count")])?;
    let reading = |(hours, sample): (f64, &Vec<f64>)| {
        let p = (1.0 - hours / LIFESPAN_H).powf(1.0 / 6.0);
        let (got, all) = (sample[0], 20_000.0);
        let tolerance = 5.0 * (all * p * (1.0 - p)).sqrt();
        Reading::new(format!("live cells at an age of {hours} h"), got, all * p, tolerance)
    };
    Ok([20.0, 45.0, 59.0].into_iter().zip(&live[0]).map(reading).collect())
}

/// A cycle of one phase, with births and deaths.
pub fn live_cycle(birth_per_h: f64) -> Plan {
    let cycle = vec![phase(birth_per_h * PER_HOUR, 0, true)];
    replicated(population(cycle, 0.02, 8.6, TICKS_PER_HOUR / 4, 32), 64, 300)
}

/// The cycle whose last marked phase lasts so long.
pub fn ki67_cycle(k1_h: f64) -> Plan {
    let rate = |hours: f64| PER_HOUR / hours;
    let cycle = vec![phase(rate(RESTING_H), 1, false), phase(rate(k1_h), 2, true), phase(rate(K2_H), 0, false)];
    replicated(population(cycle, DEATH_PER_H, STAY_H, TICKS_PER_HOUR / 4, 32), 64, 300)
}

/// Cells that neither divide nor live for ever.
pub fn mortals(lifespan_h: f64) -> Plan {
    let mut plan = replicated(population(vec![phase(0.0, 0, false)], 0.0, 8.6, TICKS_PER_HOUR, 32), 1, 20_000);
    let own = &mut plan.arms[0].parameters.types[0];
    (own.lifespan_min, own.lifespan_shape) = ((lifespan_h / PER_HOUR) as f32, 1.0 / 6.0);
    plan
}

/// All for `texpop verify`.
pub fn readings(on: On) -> Result<Vec<Reading>> {
    let mut all = exponential(on, &live_cycle(0.05))?;
    all.extend(ki67_phases(on, &ki67_cycle(K1_H))?);
    all.extend(ageing(on, &mortals(LIFESPAN_H))?);
    Ok(all)
}
