//! Two ways to be: under IL-2 and a TCR signal without costimulation, between two tipping points, a cell stays as healthy
//! or as collapsed as it was. The lock is frozen. Besides: what attenuation of translation spares a cell.

use super::*;
use crate::proteostasis::equations::slope;
use texpop::device::Device;
use texpop::phase_diagram::branches::{branches, folding_type};

/// Days until the states no longer move.
const DAYS: u32 = 60;

/// TCR signals that are tried.
fn stimuli() -> Vec<f32> {
    (0..=32).map(|step| 0.15 + 0.005 * step as f32).collect()
}

fn swept(row: &ProteostasisParameters) -> Plan {
    let rows: Vec<_> = stimuli()
        .into_iter()
        .map(|plate_bound_stimulation| ProteostasisParameters { plate_bound_stimulation, lock_per_h: 0.0, ..*row })
        .collect();
    cultures(&rows, 1500)
}

/// Cells that rest, or have collapsed, in each tissue.
fn cells(is_collapsed: bool) -> Cells {
    let mut cells = one_each(stimuli().len() as u32);
    let count = cells.len();
    let (protein, response, programme) = match is_collapsed {
        false => ([0.05, 1.5, 0.15, 0.3], [1.2, 0.9, 0.0, 0.0], [0.0, 0.95, 0.0, 0.6]),
        true => ([2.0, 7.0, 4.0, 20.0], [0.6, 2.5, 1.0, 1.0], [0.0, 0.0, 1.2, 0.02]),
    };
    (cells.protein, cells.response) = (vec![protein; count], vec![response; count]);
    (cells.programme, cells.capacity) = (vec![programme; count], vec![[0.0; 4]; count]);
    (cells.signal, cells.variation) = (vec![[0; 4]; count], vec![[0x8000_8000; 4]; count]);
    cells
}

/// The weakest signal under which cells that were healthy, or collapsed, are exhausted in the end.
fn threshold(on: On, plan: &Plan, is_collapsed: bool) -> f64 {
    let ticks = DAYS * 1440 * TICKS_PER_MIN;
    let after = &cells_at(on, plan, &cells(is_collapsed), &[ticks])[0];
    let exhausted = (0..after.len()).find(|&cell| value(after, "exhaustion", cell) > 0.5);
    exhausted.map_or(f64::NAN, |cell| f64::from(stimuli()[cell]))
}

fn tips_where_it_should(on: On, row: &ProteostasisParameters) -> Verdict {
    let plan = swept(row);
    let (collapse, recovery) = (threshold(on, &plan, false), threshold(on, &plan, true));
    println!("{on:?}: collapse at {collapse:.3}, recovery at {recovery:.3}");
    close("collapse", collapse, 0.245, 0.0101)?;
    close("recovery", recovery, 0.190, 0.0101)
}

#[test]
fn cells_collapse_and_recover_at_the_tipping_points() {
    let wrong = ProteostasisParameters { folding_per_h: 0.9 * 6.0, ..noiseless() };
    on_both(|on| kept_and_broken(on, tips_where_it_should, &noiseless(), &wrong));
}

/// A resting cell with IL-2, 6 h of a proline analogue: largest misfolded and aggregated pools, least translation.
fn pulse(on: On, attenuation_by_stress: f32) -> [f64; 3] {
    let plan = cultures(&[ProteostasisParameters { attenuation_by_stress, ..noiseless() }], 1500);
    with_engine(on, &plan, 0..1, &one_each(1), |engine| {
        hours(engine, &plan, 0..960, |_| ());
        let mut extremes = [0.0f64, 0.0, f64::INFINITY];
        for hour in 960..1008 {
            let dose = if hour < 966 { 2.0 } else { 0.0 };
            hours(engine, &plan, hour..hour + 1, |row| row.misfolding_by_analogue = dose);
            let cells = engine.cells().unwrap();
            let now = ["misfolded_percent", "aggregated_percent", "translation_percent_per_h"];
            let [misfolded, aggregated, translation] = now.map(|name| value(&cells, name, 0));
            extremes = [extremes[0].max(misfolded), extremes[1].max(aggregated), extremes[2].min(translation)];
        }
        extremes
    })
}

fn attenuation_spares(on: On, attenuation: &f32) -> Verdict {
    let names = ["largest misfolded pool", "largest aggregated pool", "least translation"];
    for (attenuation, expected) in [(*attenuation, [1.96, 0.68, 2.82]), (0.0, [2.40, 0.92, 3.19])] {
        let got = pulse(on, attenuation);
        println!("{on:?}, attenuation {attenuation}: {got:.3?}");
        for ((name, got), expected) in names.into_iter().zip(got).zip(expected) {
            close(&format!("{name}, attenuation {attenuation}"), got, expected, 0.02 * expected)?;
        }
    }
    Ok(())
}

/// Attenuation of translation lowers the peaks of a pulse of misfolding (as Trusina et al., PNAS 2008, find of the UPR).
#[test]
fn attenuation_of_translation_spares_a_cell() {
    on_both(|on| kept_and_broken(on, attenuation_spares, &0.7, &0.63));
}

/// At the ends of the branches nothing moves: both states solve the equations.
#[test]
fn both_branches_are_steady() {
    let plan = swept(&noiseless());
    let ticks = DAYS * 1440 * TICKS_PER_MIN;
    // At 0.2, between the tipping points.
    let tissue = stimuli().iter().position(|it| (it - 0.2).abs() < 1e-4).unwrap();
    for (is_collapsed, aggregated) in [(false, 0.74), (true, 5.11)] {
        let after = &cells_at(On::Twin, &plan, &cells(is_collapsed), &[ticks])[0];
        let state: [f64; 12] = std::array::from_fn(|number| value(after, NAMES[number], tissue));
        let slopes = slope(&plan.arms[tissue].parameters.proteostasis[0], state);
        assert!(slopes.iter().all(|it| it.abs() < 1e-3), "{slopes:?}");
        close("aggregated_percent", state[3], aggregated, 0.01 * aggregated).unwrap();
    }
}

/// The arms of the shipped scenario tip where the prototype of the model does, which looked at steps of 0.025 only.
#[test]
fn the_phase_diagram_shows_how_treatments_shift_the_tipping_points() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/tipping_point.toml");
    let plan = texpop::run::plan(&path, &[]).unwrap().plan;
    let arms = branches(&plan, folding_type(&plan, None).unwrap(), &Device::Cpu).unwrap();
    let expected = [
        ("untreated", 0.245),
        ("gp96_knock_out", 0.70),
        ("gp96_inhibited", 0.73),
        ("akt_inhibited", 0.65),
        ("translation_inhibited", 0.60),
        ("mtor_inhibited", 0.40),
        ("proteasome_inhibited", 0.10),
    ];
    assert_eq!(arms.len(), expected.len());
    for (arm, (name, collapse)) in arms.iter().zip(expected) {
        let [got, recovery] = arm.tipping_points().map(|it| it.unwrap_or(f64::NAN));
        println!("{name}: collapse at {got:.3}, recovery below {recovery:.3}");
        assert_eq!(arm.arm, name);
        close(name, got, collapse - 0.01, 0.0151).unwrap();
        assert!(recovery < got, "{name}");
    }
    close("recovery", arms[0].tipping_points()[1].unwrap(), 0.190, 0.0101).unwrap();
}
