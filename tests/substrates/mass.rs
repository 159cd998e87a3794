//! Masses: decay alone, a steady source, and substrates that are quasi-steady.

use crate::field::*;
use crate::fixture::*;
use texpop::plan::*;
use texpop::random::{philox, uniform};
use texpop::verify::known::substrates::decays;

fn total(values: &Values) -> f64 {
    values.iter().map(|it| f64::from(it[0])).sum()
}

#[test]
fn decay_alone_is_exponential() {
    kept_and_broken(On::Twin, decays, &0.01, &0.011);
}

/// λ · total = q at the steady state, at any step: split schemes fail here.
fn steady_source(on: On, decay: &f32) -> Verdict {
    for (diffusion, right, ticks) in [(3000.0, 2.45, 100), (1e5, 10.0, 50), (500.0, 0.023, 100)] {
        let plan = field_plan([41, 41, 1], [20.0; 3], ticks, 2, vec![substrate(diffusion, right * decay, 0.0)]);
        let mut source = zeros(&plan);
        source[20 * 41 + 20][0] = 1.0;
        let solves = if right < 0.1 { 500 } else { 40 };
        let got = f64::from(right) * total(&solved(on, &plan, &source, &zeros(&plan), solves));
        close(&format!("λ · total / q, D {diffusion}, λ {right}"), got, 1.0, 0.01)?;
    }
    Ok(())
}

#[test]
fn a_steady_source_holds_what_it_should() {
    on_both(|on| kept_and_broken(on, steady_source, &1.0, &1.1));
}

/// Cycles of a solve from which on the masses below are exact to 1e-4.
const EXACT_CYCLES: u32 = 4;

/// What is left of an uneven substrate in a closed box after 100 steps of 0.1 min, by its start.
fn part_left(on: On, decay: f32, cycles: u32) -> f64 {
    let plan = field_plan([21; 3], [20.0; 3], 10, cycles, vec![substrate(1000.0, decay, 0.0)]);
    let mut levels = zeros(&plan);
    (0..levels.len()).for_each(|i| levels[i][0] = uniform(philox([3, 4], [i as u32 / 7, 0, 0, 0])[1]).powi(8));
    with_engine(on, &plan, 0..1, &Default::default(), |engine| {
        engine.set_levels(&levels).unwrap();
        step(engine, 100);
        total(&engine.concentration().unwrap()) / total(&levels)
    })
}

/// What the steps leave of the whole, for decay and without.
fn box_decays(on: On, factor: &f32) -> Verdict {
    [0.0f32, 0.016, 0.1].into_iter().try_for_each(|decay| {
        let left = part_left(on, factor * decay, EXACT_CYCLES);
        let exact = left_after(0.1 * f64::from(decay), 0.0, 100, 1.0);
        close(&format!("what is left, decay {decay} /min"), left / exact, 1.0, 1e-4)
    })
}

#[test]
fn a_closed_box_loses_what_decays_and_nothing_else() {
    for cycles in [1, 2, EXACT_CYCLES] {
        for decay in [0.0f32, 0.016, 0.1] {
            let off = part_left(On::Twin, decay, cycles) / left_after(0.1 * f64::from(decay), 0.0, 100, 1.0) - 1.0;
            println!("{cycles} cycles, decay {decay} /min: what is left after 100 steps of 0.1 min off by {off:.1e}");
        }
    }
    on_both(|on| kept_and_broken(on, box_decays, &1.0, &1.1));
}

/// Oxygen among cells that take it up, from full: the transient against the quasi-steady solution over time.
#[test]
fn a_fast_substrate_is_soon_at_its_steady_state() {
    let oxygen = |is_quasi_steady| {
        let mut it = substrate(1e5, 0.1, 38.0);
        it.boundary = SubstrateBoundary::Fixed([Some(38.0); 6]);
        it.is_quasi_steady = is_quasi_steady;
        field_plan([25; 3], [20.0; 3], 1, 2, vec![it])
    };
    on_both(|on| {
        let (steady, transient) = (oxygen(true), oxygen(false));
        let mut loss = zeros(&steady);
        (0..loss.len()).for_each(|i| loss[i][0] = 6.0 * uniform(philox([5, 6], [i as u32, 0, 0, 0])[0]));
        let exact = solved(on, &steady, &zeros(&steady), &loss, 6);
        let off = |values: &Values| (total(values) - total(&exact)) / (38.0 * exact.len() as f64 - total(&exact));
        let errors = with_engine(on, &transient, 0..1, &Default::default(), |engine| {
            engine.set_exchange(&zeros(&transient), &loss).unwrap();
            [5, 15, 30, 50].map(|solves| {
                step(engine, solves);
                off(&engine.concentration().unwrap())
            })
        });
        println!(
            "{on:?}: what oxygen lacks, transient against quasi-steady, after 0.05, 0.2, 0.5, 1 min: {errors:.4?}"
        );
        assert!(errors[0] > 0.05, "at first they differ");
        assert!(errors[3].abs() < 0.01, "after a minute they agree");
    });
}
