//! Two cells: see `texpop::verify::known::two_cells`.

use crate::fixture::*;
use texpop::cells::Cells;
use texpop::plan::rules::signals::Code;
use texpop::plan::rules::{Behaviour, RuleRow, Rules};
use texpop::plan::*;
use texpop::verify::known::reading::judge;
use texpop::verify::known::two_cells::*;

#[test]
fn two_cells_come_to_the_distance_where_the_potentials_balance() {
    // The balance does not depend on the step; the way there does.
    let with = |repulsion, ticks| two_cells(repulsion, VOLUME_UM3, Mechanics::Potentials, ticks);
    kept_and_broken(On::Twin, balance, &with(10.0, 40), &with(11.0, 40));
    kept_and_broken(On::Twin, way_there, &with(10.0, 10), &with(11.0, 10));
}

#[test]
fn the_integrator_is_of_second_order() {
    order(On::Twin).verdict().unwrap();
    judge(&order_of_euler()).expect_err("Euler's rule is of first order");
}

#[test]
fn relaxation_ends_at_contact_whatever_the_step() {
    on_both(|on| {
        for ticks in [10, 100, 1500] {
            let with = |volume| two_cells(10.0, volume, Mechanics::Relaxation { iterations: 4 }, ticks);
            kept_and_broken(on, contact, &with(VOLUME_UM3), &with(1.1 * VOLUME_UM3));
        }
    });
}

/// A rule gives one of the two sixteenfold adhesion or repulsion, and the pair the geometric mean: fourfold. They come to
/// d = R (1 − k)/(1 − k/1.25), with k² = adhesion/repulsion = 4 · 0.4/10 or 0.4/(4 · 10).
fn ruled(on: On, &times: &f32) -> Verdict {
    for (field, base, ratio) in [
        (texpop::word!(PairParameters, adhesion_um_per_min), 0.4, 4.0 * 0.04),
        (texpop::word!(PairParameters, repulsion_um_per_min), 10.0, 0.04 / 4.0),
    ] {
        let plan = two_cells(10.0, VOLUME_UM3, Mechanics::Potentials, 20);
        let mut plan = Plan { cell_types: cell_types(&[1, 1], 0), ..plan };
        let parameters = &mut plan.arms[0].parameters;
        parameters.types.push(parameters.types[0]);
        parameters.pairs = vec![parameters.pairs[0]; 4];
        let word = parameters.pair_word(1, 1, field);
        let rule = RuleRow {
            signal: Code::Time as u32,
            which: 0,
            decreases: 0,
            applies_to_dead: 0,
            is_linear: 1,
            middle: 0.0,
            steepness: 1.0,
        };
        let behaviour = Behaviour { word, up_saturation: times * base, down_saturation: base, rules: vec![rule] };
        let mut slots = vec![0; parameters.word_count()];
        slots[word] = 1;
        parameters.rules = Rules { slots, behaviours: vec![vec![], vec![behaviour]], contacts: vec![] };
        let k = f64::sqrt(ratio);
        let balance = 20.0 * (1.0 - k) / (1.0 - k / 1.25);
        let reached = apart(&cells_at(on, &plan, &pairs_of_types(&plan, [9.9247, 21.5]), &[12_000])[0]).unwrap();
        for (start, reached) in [9.9247, 21.5].into_iter().zip(reached) {
            close(&format!("distance from {start} um"), reached, balance, 5e-4)?;
        }
    }
    Ok(())
}

#[test]
fn a_rule_changes_the_forces_of_a_cell() {
    on_both(|on| kept_and_broken(on, ruled, &16.0, &17.0));
}

/// An effector that is drawn toward a target from 20 um to 12 um: d = 20 e^(−a t) as long as both live, whatever the target
/// does; from 21.5 um, beyond its reach, it is not.
fn drawn(on: On, [attraction, from_um, to_um]: &[f32; 3]) -> Verdict {
    let plan = two_cells(0.0, VOLUME_UM3, Mechanics::Potentials, 40);
    let mut plan = Plan { cell_types: cell_types(&[1, 1], 0), ..plan };
    let parameters = &mut plan.arms[0].parameters;
    parameters.types.push(parameters.types[0]);
    parameters.pairs = vec![no_pair(); 4];
    parameters.pairs[1].attraction_per_min = 0.02 * attraction;
    parameters.pairs[1].attraction_from_um = 12.0 * from_um;
    parameters.pairs[1].attraction_to_um = 21.0 * to_um;
    for (is_dead, start, after) in
        [(false, [20.0, 21.5], [20.0 * (-0.2f64).exp(), 21.5]), (true, [20.0, 13.0], [20.0, 13.0])]
    {
        let mut cells = pairs(&plan, start);
        for identity in &mut cells.identity {
            // The second cell of each pair is the target.
            identity[2] |= identity[0] << 12 | if is_dead && identity[0] == 0 { 1 << 8 } else { 0 };
        }
        let before = cells.clone();
        let reached = &cells_at(on, &plan, &cells, &[1_000])[0];
        for (found, expected) in apart(reached).unwrap().into_iter().zip(after) {
            close(&format!("distance, dead: {is_dead}"), found, expected, 1e-3)?;
        }
        let place = |cells: &Cells, id: u32, tissue: u32| {
            let is_it = |it: &&usize| cells.identity[**it][0] == id && cells.identity[**it][2] >> 16 == tissue;
            (0..cells.len()).collect::<Vec<_>>().iter().find(is_it).map(|&slot| cells.position[slot])
        };
        assert_eq!(place(reached, 1, 0), place(&before, 1, 0), "the target is not drawn");
    }
    // It ends where it begins.
    let close_by = apart(&cells_at(on, &plan, &pairs_of_types(&plan, [12.5, 11.5]), &[400])[0]).unwrap();
    close("distance from 12.5 um", close_by[0], 12.0, 0.05)?;
    close("distance from 11.5 um", close_by[1], 11.5, 1e-3)
}

/// Pairs of an effector and a target.
fn pairs_of_types(plan: &Plan, apart_um: [f64; 2]) -> Cells {
    let mut cells = pairs(plan, apart_um);
    cells.identity.iter_mut().for_each(|identity| identity[2] |= identity[0] << 12);
    cells
}

#[test]
fn an_effector_is_drawn_toward_a_target_near_it() {
    on_both(|on| {
        for wrong in 0..3 {
            kept_and_broken(on, drawn, &[1.0; 3], &std::array::from_fn(|i| if i == wrong { 1.1 } else { 1.0 }));
        }
    });
}
