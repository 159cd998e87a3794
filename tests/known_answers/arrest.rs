//! Targets that stand still in their cycle while an effector holds them.
//!
//! A target that needs n cycle steps to its division, held from the start by an effector that lets go with probability
//! p = 1 − e^(−d dt) in each step, stands still for K of them, P(K ≥ k) = (1 − p)^k. It has divided at the end of step s
//! with probability P(K ≤ s − n) = 1 − e^(−d dt (s − n + 1)), whether its phase has a fixed duration or ends by age.

use crate::fixture::*;
use texpop::cells::Cells;
use texpop::cells::columns::{NO_BOND, PHASE_ONE, column};
use texpop::plan::parameters::BY_AGE;
use texpop::plan::*;

const TARGET_UM3: f32 = 1000.0;
/// Cycle steps to a division. A power of two, so that counting them has no error.
const STEPS: u32 = 64;

/// What is told apart: how the phase ends, at which rate effectors let go, whether they arrest.
#[derive(Clone, Copy)]
struct Arrest {
    stages: u32,
    detachment_per_min: f32,
    arrests_cycle: u32,
}

/// Effectors and the targets they hold, which divide after `STEPS` steps of so many ticks.
fn held(arrest: &Arrest, step_ticks: u32, couples: u32) -> (Plan, Cells) {
    let target = TypeParameters {
        first_phase: 1,
        attachment_sites: 1,
        volume_relaxation_per_min: 0.01,
        lifespan_min: 1e6,
        lifespan_shape: 1e-9,
        ..idle(TARGET_UM3)
    };
    let mut pairs = vec![no_pair(); 4];
    pairs[1].detachment_per_min = arrest.detachment_per_min;
    pairs[1].arrests_cycle = arrest.arrests_cycle;
    let exit_per_min = 100.0 / f64::from(STEPS * step_ticks);
    let parameters = Parameters {
        types: vec![idle(500.0), target],
        pairs,
        phases: vec![phase(0.0, 0, false), PhaseParameters { stages: arrest.stages, ..phase(exit_per_min, 0, true) }],
        ..Parameters::default()
    };
    let types = cell_types(&[1, 1], 1);
    let plan = plan(culture(couples / 4), one_clock(step_ticks), types, vec![arm(parameters, vec![])], 1);
    let mut cells = Cells::default();
    for couple in 0..couples {
        for (cell_type, bond, remaining) in [(0u32, 2 * couple + 1, u32::MAX), (1, NO_BOND, PHASE_ONE as u32)] {
            let place = [0.0f32, 0.0, 0.0, 0.5 * TARGET_UM3].map(f32::to_bits);
            cells.push([place, [0; 4], [0; 4], [couple, cell_type, cell_type << 12, bond], [remaining, 0, 0, 0]]);
        }
    }
    (plan, cells)
}

/// Targets that have divided by four times, each before a daughter could.
fn divided(on: On, arrest: &Arrest) -> Verdict {
    const TICKS: u32 = 600;
    let count = on.pick(20_000, 8_000);
    let (plan, cells) = held(arrest, TICKS, count);
    let steps = [63, 66, 71, 80, 100];
    let ticks = steps.map(|it| it * TICKS);
    let live = texpop::verify::known::lab::series_from(on, &plan, &cells, &ticks, &[(1, "live_count")]).unwrap();
    for (step, live) in steps.into_iter().zip(&live[0]) {
        let got = live[0] / f64::from(count) - 1.0;
        let waited = (f64::from(step) - f64::from(STEPS - 1)).max(0.0);
        let expected = 1.0 - (-0.02 * 6.0 * waited).exp();
        let sd = (expected * (1.0 - expected) / f64::from(count)).sqrt();
        println!("{on:?}: step {step}: {got:.4} of targets have divided, {expected:.4} expected");
        close(&format!("divided by step {step}"), got, expected, 5.0 * sd)?;
    }
    Ok(())
}

const ARREST: Arrest = Arrest { stages: 0, detachment_per_min: 0.02, arrests_cycle: 1 };

#[test]
fn a_fixed_phase_waits_until_the_effector_lets_go() {
    on_both(|on| kept_and_broken(on, divided, &ARREST, &Arrest { detachment_per_min: 0.022, ..ARREST }));
}

#[test]
fn a_phase_that_ends_by_age_waits_as_long() {
    let by_age = Arrest { stages: BY_AGE, ..ARREST };
    on_both(|on| kept_and_broken(on, divided, &by_age, &Arrest { arrests_cycle: 0, ..by_age }));
}

/// Held for 60 min in steps of 1 min, shorter than the unit of 6 min in which times of birth are counted.
fn still(on: On, arrest: &Arrest) -> Verdict {
    let (plan, cells) = held(arrest, 100, 64);
    let after = &cells_at(on, &plan, &cells, &[6000])[0];
    let targets = (0..after.len()).filter(|&cell| after.value(column("cell_type").unwrap(), cell) == 1.0);
    for cell in targets {
        let value = |name: &str| after.value(column(name).unwrap(), cell);
        close("births put off", value("born"), 10.0, 0.0)?;
        close("phase left", value("phase_remaining"), f64::from(PHASE_ONE), 0.0)?;
        close("volume", value("volume_um3"), 0.5 * f64::from(TARGET_UM3), 0.0)?;
        close("mark", value("is_arrested"), 1.0, 0.0)?;
    }
    Ok(())
}

#[test]
fn age_phase_and_volume_stand_still() {
    let forever = Arrest { detachment_per_min: 0.0, ..ARREST };
    on_both(|on| kept_and_broken(on, still, &forever, &Arrest { arrests_cycle: 0, ..forever }));
}
