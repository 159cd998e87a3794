//! Batches: see `texpop::verify::known::batches`.

use crate::common::{busy_plan, random_cells};
use crate::fixture::*;
use std::ops::Range;
use texpop::cells::Cells;
use texpop::plan::*;
use texpop::stages::lifecycle::remove::Removal;
use texpop::verify::known::batches::*;

fn run(on: On, plan: &Plan, tissues: Range<usize>, cells: &Cells, until: u32) -> Outcome {
    outcome(on, plan, tissues, cells, until, None).unwrap()
}

#[test]
fn a_tissue_does_not_know_which_others_run_beside_it() {
    for (geometry, mechanics) in [
        (Geometry::Tissue, Mechanics::Potentials),
        (Geometry::Layer, Mechanics::Relaxation { iterations: 4 }),
        (Geometry::Culture, Mechanics::Potentials),
    ] {
        let plan = busy_plan(geometry, Boundary::Closed, mechanics, 100.0, 32);
        assert_eq!(plan.tissue_count(), 64);
        let mut wrong = plan.clone();
        wrong.arms.iter_mut().for_each(|arm| arm.parameters.types[0].apoptosis_per_min *= 1.1);
        wrong.arms.iter_mut().for_each(|arm| arm.parameters.types[1].apoptosis_per_min *= 1.1);
        wrong.arms.iter_mut().for_each(|arm| arm.parameters.phases[0].exit_per_min *= 1.1);
        on_both(|on| {
            let batch = run(on, &plan, 0..64, &cells_for(&plan, 0..64), 600);
            for number in [0, 5, 31, 32, 63] {
                let differs = alone_against_batch(on, &batch, &plan, number, 600).unwrap();
                assert_eq!(differs, None, "{on:?}, {geometry:?}");
            }
            assert!(alone_against_batch(on, &batch, &wrong, 5, 600).unwrap().is_some(), "a rate 10 % off is seen");
            assert_eq!(batch.levels[5].is_empty(), geometry == Geometry::Culture);
        });
    }
}

/// Uptake off by a part in a thousand is seen in the levels at once.
#[test]
fn levels_of_a_batch_show_what_cells_take_up() {
    let plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 100.0, 2);
    let mut wrong = plan.clone();
    let uptake =
        |plan: &mut Plan| plan.arms.iter_mut().for_each(|arm| arm.parameters.exchange[0].uptake_per_min *= 1.001);
    uptake(&mut wrong);
    on_both(|on| {
        let after = |plan: &Plan| run(on, plan, 0..4, &cells_for(plan, 0..4), 20);
        let (right, off) = (after(&plan), after(&wrong));
        for tissue in 0..4 {
            assert_eq!(level_difference(&right.levels[tissue], &after(&plan).levels[tissue]), None);
            let off = level_difference(&right.levels[tissue], &off.levels[tissue]);
            assert!(off.is_some(), "uptake that is off is seen");
        }
    });
}

#[test]
fn replicates_are_paired_across_arms() {
    let different = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 100.0, 8);
    let mut equal = different.clone();
    equal.arms[1].parameters = equal.arms[0].parameters.clone();
    let mut gentler = equal.clone();
    gentler.arms[1].parameters.phases[0].exit_per_min *= 0.9;
    on_both(|on| {
        let differ = |plan: &Plan, until| arm_difference(&run(on, plan, 0..16, &cells_for(plan, 0..16), until), 8);
        assert_eq!(differ(&different, 0), None);
        assert_eq!(differ(&equal, 600), None, "{on:?}");
        assert!(differ(&gentler, 600).is_some(), "a rate 10 % off in one arm is seen");
    });
}

#[test]
fn placed_cells_are_the_same_in_every_arm() {
    let mut plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 100.0, 3);
    for arm in &mut plan.arms {
        let ball = Region::Ball { centre_um: [0.0; 3], radius_um: 40.0 };
        arm.initial = vec![Placement { traits: vec![Distribution::Fixed(1.0)], ..some_cells(0, 30, ball) }];
    }
    let cells = all_placed(&plan);
    let tissue = |number| by_id(&cells, number);
    for replicate in 0..3 {
        assert_eq!(difference(&tissue(replicate), &tissue(3 + replicate)), None);
    }
    assert!(difference(&tissue(0), &tissue(1)).is_some(), "replicates differ");
}

/// An intervention in one arm leaves the other as it would be without, and its own as it was until then.
#[test]
fn an_intervention_changes_its_arm_alone_and_only_from_then_on() {
    let mut plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 100.0, 8);
    plan.arms[1].parameters = plan.arms[0].parameters.clone();
    let cells = cells_for(&plan, 0..16);
    on_both(|on| {
        let removal = Removal::new(1, 0, 1, 0.5, &Region::Everywhere);
        let before = run(on, &plan, 0..16, &cells, 300);
        let untouched = run(on, &plan, 0..16, &cells, 600);
        let treated = outcome(on, &plan, 0..16, &cells, 600, Some((300, removal))).unwrap();
        assert_eq!(arm_difference(&before, 8), None);
        for tissue in 0..8 {
            let differs = difference(&treated.tissues[tissue], &untouched.tissues[tissue]);
            assert_eq!(differs, None, "{on:?}: the arm without");
        }
        assert!(arm_difference(&treated, 8).is_some(), "the intervention did something");
    });
}

#[test]
fn the_order_of_slots_changes_no_cell() {
    for (boundary, mechanics) in
        [(Boundary::Closed, Mechanics::Potentials), (Boundary::Periodic, Mechanics::Relaxation { iterations: 4 })]
    {
        let plan = busy_plan(Geometry::Tissue, boundary, mechanics, 150.0, 1);
        let cells = random_cells(&plan, 0..2, 1001, 5);
        let mut moved = shuffled(&cells);
        assert!(cells.first_difference(&moved).is_some());
        on_both(|on| {
            let after = |cells: &Cells| run(on, &plan, 0..2, cells, 600);
            let (one, other) = (after(&cells), after(&shuffled(&cells)));
            for tissue in 0..2 {
                let levels = level_difference(&one.levels[tissue], &other.levels[tissue]);
                let cells = difference(&one.tissues[tissue], &other.tissues[tissue]);
                assert_eq!((cells, levels), (None, None), "{on:?}, {boundary:?}");
            }
        });
        moved.position[57][1] += 1.0;
        let differs = |on| {
            let (one, other) = (run(on, &plan, 0..2, &cells, 10), run(on, &plan, 0..2, &moved, 10));
            (0..2).any(|tissue| difference(&one.tissues[tissue], &other.tissues[tissue]).is_some())
        };
        assert!(differs(On::Twin), "a cell moved by a micrometre is seen");
    }
}
