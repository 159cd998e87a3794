//! Trajectories of one cell in acute and in chronic stimulation, as LSODA solves the equations (relative tolerance
//! 1e-10) from the resting state: costimulation and full TCR signal for 48 h, then none, or a TCR signal of 0.9 for good.

use super::*;

/// From so many hours on: TCR occupancy, costimulation, AKT inhibition.
type Course = &'static [(u32, f32, f32, f32)];

const ACUTE: Course = &[(0, 1.0, 1.0, 0.0), (48, 0.0, 0.0, 0.0)];
const CHRONIC: Course = &[(0, 1.0, 1.0, 0.0), (48, 0.9, 0.0, 0.0)];
/// 1 µM of MK-2206 inhibits 1/(1 + 1.9) of AKT activity.
const INHIBITED: Course = &[(0, 1.0, 1.0, 0.0), (48, 0.9, 0.0, 1.0 / 2.9)];

/// Course, hours, and the states in the order of `NAMES`.
#[rustfmt::skip]
const REFERENCE: &[(&str, Course, u32, [f64; 13])] = &[
    ("acute", ACUTE, 48, [1.80155, 7.58930, 1.45026, 0.98126, 2.08467, 1.32072, 0.73640, 0.00731, 0.00000, 0.38969, 0.56080, 0.72204, 7.56417]),
    ("acute", ACUTE, 192, [0.49340, 3.19340, 0.54103, 0.15875, 1.09226, 0.94444, 0.01349, 0.00017, 0.00000, 0.77019, 0.00047, 0.52144, 3.15870]),
    ("chronic", CHRONIC, 96, [1.94872, 6.33642, 2.98693, 4.37027, 1.18894, 1.61540, 0.85688, 0.26336, 0.00058, 0.22870, 0.62320, 0.92166, 6.28383]),
    ("chronic", CHRONIC, 192, [2.30352, 6.19352, 3.74501, 15.92056, 0.74647, 2.23262, 0.89700, 0.89279, 0.14571, 0.03588, 1.21465, 0.67354, 6.15120]),
    ("AKT inhibited", INHIBITED, 192, [1.31837, 5.14459, 2.74498, 5.85633, 0.89694, 1.68229, 0.89700, 0.65379, 0.04314, 0.21252, 0.94543, 0.81516, 4.96112]),
];

/// The cell of a course at a time.
fn cell_at(on: On, plan: &Plan, course: Course, hour: u32) -> Cells {
    with_engine(on, plan, 0..1, &one_each(1), |engine| {
        let ends = course.iter().skip(1).map(|it| it.0).chain([u32::MAX]);
        for (&(from, tcr, costimulation, akt_inhibition), end) in course.iter().zip(ends) {
            let change = |row: &mut ProteostasisParameters| {
                *row = ProteostasisParameters { plate_bound_stimulation: tcr, costimulation, akt_inhibition, ..*row };
            };
            if from < hour {
                hours(engine, plan, from..end.min(hour), change);
            }
        }
        engine.cells().unwrap()
    })
}

/// Largest part of what is allowed, 1 % and 0.002, that the errors take.
fn follows_the_reference(on: On, plan: &Plan) -> Verdict {
    for &(name, course, hour, expected) in REFERENCE {
        let cells = cell_at(on, plan, course, hour);
        let mut worst = 0.0f64;
        for (column, expected) in NAMES.into_iter().zip(expected) {
            let got = value(&cells, column, 0);
            worst = worst.max((got - expected).abs() / (0.01 * expected + 0.002));
            close(&format!("{name}, {hour} h, {column}"), got, expected, 0.01 * expected + 0.002)?;
        }
        println!("{on:?}, {name}, {hour} h: {:.1} % of the tolerance", 100.0 * worst);
    }
    Ok(())
}

#[test]
fn acute_and_chronic_stimulation_follow_the_reference() {
    let right = cultures(&[noiseless()], 1500);
    let row = ProteostasisParameters { misfolding_per_h: 1.1 * 1.36, ..noiseless() };
    let wrong = cultures(&[row], 1500);
    on_both(|on| kept_and_broken(on, follows_the_reference, &right, &wrong));
}

/// Every parameter that the kernel has in common with the reference is seen, 10 % off, by some trajectory.
#[test]
fn the_reference_sees_the_parameters() {
    let seen = |change: fn(&mut ProteostasisParameters)| {
        let mut row = noiseless();
        change(&mut row);
        follows_the_reference(On::Twin, &cultures(&[row], 1500)).is_err()
    };
    for (name, change) in [
        ("akt_by_tcr", (|it| it.akt_by_tcr *= 1.1) as fn(&mut ProteostasisParameters)),
        ("akt_by_il2", |it| it.akt_by_il2 *= 1.1),
        ("akt_gain", |it| it.akt_gain_by_stress_chaperones *= 1.1),
        ("translation_by_akt", |it| it.translation_by_akt_percent_per_h *= 1.1),
        ("attenuation", |it| it.attenuation_by_stress *= 1.1),
        ("folding", |it| it.folding_per_h *= 1.1),
        ("proteasome", |it| it.proteasome_percent_per_h *= 1.1),
        ("nucleation", |it| it.nucleation_per_percent_per_h *= 1.1),
        ("autophagy_of_aggregates", |it| it.autophagy_of_aggregates_per_h *= 1.1),
        ("stress_chaperones_by_stress", |it| it.stress_chaperones_by_stress *= 1.1),
        ("lock", |it| it.lock_per_h *= 1.1),
        ("exhaustion_time", |it| it.exhaustion_time_h *= 1.1),
        ("pd1_by_exhaustion", |it| it.pd1_by_exhaustion *= 1.1),
        ("stemness_half_akt", |it| it.stemness_half_akt *= 1.1),
        ("effector_loss", |it| it.effector_loss_by_exhaustion *= 1.1),
        ("division_of_blasts", |it| it.division_of_blasts_per_h *= 1.1),
    ] {
        assert!(seen(change), "{name} 10 % off is not seen");
    }
}
