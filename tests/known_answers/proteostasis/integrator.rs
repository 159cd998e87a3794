//! Errors of the exponential midpoint rule at larger and larger steps.

use super::equations::{RESTING, slope};
use super::*;

/// Hours of a step, and the largest error of a state after 8 days of chronic stimulation, relative to the state plus 0.02,
/// as the model's description lists it; and half a unit of its last figure.
const LISTED: [(f64, f64, f64); 5] =
    [(0.1, 6e-5, 0.5e-5), (0.25, 4e-4, 0.5e-4), (0.5, 1.3e-3, 0.5e-4), (1.0, 4.7e-3, 0.5e-4), (4.0, 4.6e-2, 0.5e-3)];
/// What f32 adds or takes, as listed there.
const BY_F32: f64 = 5e-5;

/// Hours, TCR occupancy, costimulation: chronic stimulation, with costimulation for two days.
const CHRONIC: [(Range<u32>, f32, f32); 2] = [(0..48, 1.0, 1.0), (48..192, 0.9, 0.0)];

fn stimulated(row: &ProteostasisParameters, tcr: f32, costimulation: f32) -> ProteostasisParameters {
    ProteostasisParameters { plate_bound_stimulation: tcr, costimulation, ..*row }
}

/// The states on day 8 by a rule of fourth order in f64, at steps of 18 s.
fn exact() -> [f64; 12] {
    CHRONIC.iter().fold(RESTING, |state, (span, tcr, costimulation)| {
        let (row, hours) = (stimulated(&noiseless(), *tcr, *costimulation), span.end - span.start);
        integrate(|y| slope(&row, y), state, f64::from(hours), 200 * hours)
    })
}

/// The largest relative error of the engine's states on day 8.
fn error(on: On, step_h: f64, exact: &[f64; 12]) -> f64 {
    let plan = cultures(&[noiseless()], (step_h * 60.0 * f64::from(TICKS_PER_MIN)).round() as u32);
    let cells = with_engine(on, &plan, 0..1, &one_each(1), |engine| {
        for (span, tcr, costimulation) in CHRONIC {
            hours(engine, &plan, span, |row| *row = stimulated(row, tcr, costimulation));
        }
        engine.cells().unwrap()
    });
    let of_state = |(name, y): (&str, &f64)| (value(&cells, name, 0) - y).abs() / (y.abs() + 0.02);
    NAMES.into_iter().zip(exact).map(of_state).fold(0.0, f64::max)
}

/// Longer steps are seen, to which belong the errors of the next row; so is a rule of first order, whose errors are larger still.
#[test]
fn errors_are_as_listed() {
    let exact = exact();
    on_both(|on| {
        let errors = LISTED.map(|(step_h, ..)| error(on, step_h, &exact));
        println!("{on:?}\nstep, h   error   listed");
        for (number, (step_h, listed, half_a_unit)) in LISTED.into_iter().enumerate() {
            println!("{step_h:>7}   {:.1e}   {listed:.1e} ± {:.1e}", errors[number], half_a_unit + BY_F32);
            let judged = |it| close(&format!("error in steps of {step_h} h"), it, listed, half_a_unit + BY_F32);
            judged(errors[number]).unwrap_or_else(|error| panic!("{on:?}: {error}"));
            assert!(
                errors.get(number + 1).is_none_or(|longer| judged(*longer).is_err()),
                "{on:?}: longer steps are seen"
            );
        }
    });
}
