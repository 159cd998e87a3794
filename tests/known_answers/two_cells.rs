//! Two cells (radius 10 um, repulsion 10, adhesion 0.4 um/min, reach 1.25): the potentials are in balance at
//! d = R (√10 − √0.4)/(√10 − √0.4/1.25) = 0.952381 R = 19.0476 um. The rule is Adams and Bashforth's of second order.

use crate::fixture::*;
use texpop::cells::Cells;
use texpop::cells::columns::NO_BOND;
use texpop::plan::*;

const EQUILIBRIUM_UM: f64 = 20.0 * 0.952_380_952;
const CLOSER_UM: f64 = 9.9247;
const FARTHER_UM: f64 = 21.5;
/// Volume of a ball of radius 10 um.
const VOLUME_UM3: f32 = 4_188.79;

fn two_cells(repulsion: f32, volume_um3: f32, mechanics: Mechanics, ticks: u32) -> Plan {
    let size_um = [100.0; 3];
    let voxels = domain::voxels(size_um, 26.0, Geometry::Tissue);
    let domain = Domain { geometry: Geometry::Tissue, boundary: Boundary::Closed, size_um, voxels, reach_um: 26.0 };
    let pair = PairParameters {
        repulsion_um_per_min: repulsion,
        adhesion_um_per_min: 0.4,
        adhesion_reach: 1.25,
        inverse_adhesion_reach: 0.8,
        ..no_pair()
    };
    let parameters = Parameters {
        types: vec![idle(volume_um3)],
        pairs: vec![pair],
        phases: vec![phase(0.0, 0, false)],
        ..Parameters::default()
    };
    let clocks = Clocks { cycle_ticks: 100 * ticks, reorder_ticks: 100 * ticks, ..one_clock(ticks) };
    let plan = plan(domain, clocks, cell_types(&[1], 0), vec![arm(parameters, vec![])], 2);
    Plan { mechanics, ..plan }
}

/// A pair of cells in each tissue, this far apart, askew to the axes.
fn pairs(plan: &Plan, apart_um: [f64; 2]) -> Cells {
    let volume = plan.arms[0].parameters.types[0].volume_um3;
    let mut cells = Cells::default();
    for (tissue, apart) in apart_um.into_iter().enumerate() {
        for side in [-0.5, 0.5] {
            let [x, y, z] = [0.48, 0.6, 0.64].map(|direction| (side * apart * direction) as f32);
            cells.push([
                [x, y, z, volume].map(f32::to_bits),
                [0.0f32, 0.0, 0.0, -0.0].map(f32::to_bits),
                [0; 4],
                [u32::from(side > 0.0), 7, (tissue as u32) << 16, NO_BOND],
                [u32::MAX, 0, 0, 0],
            ]);
        }
    }
    cells
}

/// Distance of the two cells of each tissue.
fn distances(cells: &Cells) -> [f64; 2] {
    [0, 1].map(|tissue| {
        let mine: Vec<_> = (0..cells.len()).filter(|&slot| cells.identity[slot][2] >> 16 == tissue).collect();
        assert_eq!(mine.len(), 2);
        let (a, b) = (cells.position[mine[0]], cells.position[mine[1]]);
        (0..3).map(|axis| f64::from(a[axis] - b[axis]).powi(2)).sum::<f64>().sqrt()
    })
}

/// How fast the distance grows, in um/min.
fn parting([d]: [f64; 1]) -> [f64; 1] {
    let overlap = (1.0 - d / 20.0).max(0.0);
    let gap = (1.0 - d / 25.0).max(0.0);
    [2.0 * (10.0 * overlap * overlap - 0.4 * gap * gap)]
}

/// Distances of the two starts at a tick, beside those given.
fn distances_are(on: On, plan: &Plan, tick: u32, expected: [f64; 2], tolerance: f64) -> Verdict {
    let starts = [CLOSER_UM, FARTHER_UM];
    let reached = distances(&cells_at(on, plan, &pairs(plan, starts), &[tick])[0]);
    (0..2).try_for_each(|i| close(&format!("from {} um", starts[i]), reached[i], expected[i], tolerance))
}

fn balance(on: On, plan: &Plan) -> Verdict {
    distances_are(on, plan, 40_000, [EQUILIBRIUM_UM; 2], 2e-4)
}

fn way_there(on: On, plan: &Plan) -> Verdict {
    let exact = [CLOSER_UM, FARTHER_UM].map(|start| integrate(parting, [start], 60.0, 60_000)[0]);
    distances_are(on, plan, 6_000, exact, 2e-3)
}

#[test]
fn two_cells_come_to_the_distance_where_the_potentials_balance() {
    // The balance does not depend on the step; the way there does.
    let with = |repulsion, ticks| two_cells(repulsion, VOLUME_UM3, Mechanics::Potentials, ticks);
    on_both(|on| kept_and_broken(on, balance, &with(10.0, 40), &with(11.0, 40)));
    on_both(|on| kept_and_broken(on, way_there, &with(10.0, 10), &with(11.0, 10)));
}

/// Errors at dt, dt/2 and dt/4 fall fourfold each time, within a tenth of an order.
fn second_order(errors: [f64; 3]) -> Verdict {
    for (coarse, fine) in [(errors[0], errors[1]), (errors[1], errors[2])] {
        close(&format!("order of convergence of the errors {errors:?}"), (coarse / fine).log2(), 2.0, 0.15)?;
    }
    Ok(())
}

#[test]
fn the_integrator_is_of_second_order() {
    let minutes = 8.0;
    let [exact] = integrate(parting, [CLOSER_UM], minutes, 100_000);
    on_both(|on| {
        let errors = [40, 20, 10].map(|ticks| {
            let plan = two_cells(10.0, VOLUME_UM3, Mechanics::Potentials, ticks);
            let cells = cells_at(on, &plan, &pairs(&plan, [CLOSER_UM; 2]), &[800]);
            (distances(&cells[0])[0] - exact).abs()
        });
        println!("{on:?}: errors {errors:?} um at dt 0.4, 0.2, 0.1 min");
        second_order(errors).unwrap_or_else(|error| panic!("{on:?}: {error}"));
    });
    // Euler's rule, of first order, is told apart.
    let errors = [20, 40, 80].map(|steps| {
        let euler = (0..steps).fold(CLOSER_UM, |d, _| d + minutes / f64::from(steps) * parting([d])[0]);
        (euler - exact).abs()
    });
    second_order(errors).expect_err("Euler's rule is of first order");
}

fn contact(on: On, plan: &Plan) -> Verdict {
    let cells = cells_at(on, plan, &pairs(plan, [CLOSER_UM, 3.0]), &[20 * plan.clocks.movement_ticks]);
    for (start, reached) in [CLOSER_UM, 3.0].into_iter().zip(distances(&cells[0])) {
        let step_min = domain::minutes(plan.clocks.movement_ticks);
        close(&format!("from {start} um by relaxation, step {step_min} min"), reached, 20.0, 1e-3)?;
    }
    Ok(())
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
        for (found, expected) in distances(reached).into_iter().zip(after) {
            close(&format!("distance, dead: {is_dead}"), found, expected, 1e-3)?;
        }
        let place = |cells: &Cells, id: u32, tissue: u32| {
            let is_it = |it: &&usize| cells.identity[**it][0] == id && cells.identity[**it][2] >> 16 == tissue;
            (0..cells.len()).collect::<Vec<_>>().iter().find(is_it).map(|&slot| cells.position[slot])
        };
        assert_eq!(place(reached, 1, 0), place(&before, 1, 0), "the target is not drawn");
    }
    // It ends where it begins.
    let close_by = distances(&cells_at(on, &plan, &pairs_of_types(&plan, [12.5, 11.5]), &[400])[0]);
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
