//! Two cells (radius 10 um, repulsion 10, adhesion 0.4 um/min, reach 1.25): the potentials are in balance at
//! d = R (√10 − √0.4)/(√10 − √0.4/1.25) = 0.952381 R = 19.0476 um. The rule is Adams and Bashforth's of second order.

use super::lab::{On, cells_at};
use super::plans::*;
use super::reading::{Reading, integrate};
use crate::cells::Cells;
use crate::cells::cell_bits;
use crate::cells::columns::NO_BOND;
use crate::error::{Error, Result};
use crate::plan::*;

const EQUILIBRIUM_UM: f64 = 20.0 * 0.952_380_952;
const CLOSER_UM: f64 = 9.9247;
const FARTHER_UM: f64 = 21.5;
/// Volume of a ball of radius 10 um.
pub const VOLUME_UM3: f32 = 4_188.79;

/// Two tissues, which `pairs` fills.
pub fn two_cells(repulsion: f32, volume_um3: f32, mechanics: Mechanics, ticks: u32) -> Plan {
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
pub fn pairs(plan: &Plan, apart_um: [f64; 2]) -> Cells {
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
///
/// # Errors
/// `Failed` where there are not two in each.
pub fn apart(cells: &Cells) -> Result<[f64; 2]> {
    let mut reached = [0.0; 2];
    for (tissue, reached) in reached.iter_mut().enumerate() {
        let mine = (0..cells.len()).filter(|&slot| cell_bits::tissue(cells.identity[slot][2]) as usize == tissue);
        let &[a, b] = &mine.map(|slot| cells.position[slot]).collect::<Vec<_>>()[..] else {
            return Err(Error::Failed(format!("tissue {tissue} no longer has two cells")));
        };
        *reached = (0..3).map(|axis| f64::from(a[axis] - b[axis]).powi(2)).sum::<f64>().sqrt();
    }
    Ok(reached)
}

/// The same after so many ticks.
fn distances(on: On, plan: &Plan, apart_um: [f64; 2], tick: u32) -> Result<[f64; 2]> {
    apart(&cells_at(on, plan, &pairs(plan, apart_um), &[tick])?[0])
}

/// How fast the distance grows, in um/min.
fn parting([d]: [f64; 1]) -> [f64; 1] {
    let overlap = (1.0 - d / 20.0).max(0.0);
    let gap = (1.0 - d / 25.0).max(0.0);
    [2.0 * (10.0 * overlap * overlap - 0.4 * gap * gap)]
}

/// Distances of the two starts at a tick, beside those given.
fn distances_are(on: On, plan: &Plan, tick: u32, expected: [f64; 2], tolerance: f64) -> Result<Vec<Reading>> {
    let starts = [CLOSER_UM, FARTHER_UM];
    let reached = distances(on, plan, starts, tick)?;
    let minutes = domain::minutes(tick);
    let reading = |i: usize| {
        let what = format!("distance in um from {} um after {minutes} min", starts[i]);
        Reading::new(what, reached[i], expected[i], tolerance)
    };
    Ok(vec![reading(0), reading(1)])
}

/// The distance at rest.
pub fn balance(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    distances_are(on, plan, 40_000, [EQUILIBRIUM_UM; 2], 2e-4)
}

/// The distance after an hour.
pub fn way_there(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    let exact = [CLOSER_UM, FARTHER_UM].map(|start| integrate(parting, [start], 60.0, 60_000)[0]);
    distances_are(on, plan, 6_000, exact, 2e-3)
}

/// Errors at dt, dt/2 and dt/4 fall fourfold each time, within a seventh of an order.
fn second_order(errors: [f64; 3]) -> Vec<Reading> {
    let reading = |(coarse, fine, steps): (f64, f64, &str)| {
        Reading::new(format!("order in dt, by {steps} min"), (coarse / fine).log2(), 2.0, 0.15)
    };
    [(errors[0], errors[1], "0.4 and 0.2"), (errors[1], errors[2], "0.2 and 0.1")].map(reading).to_vec()
}

const ORDER_MIN: f64 = 8.0;

/// The order of the integrator.
pub fn order(on: On) -> Result<Vec<Reading>> {
    let [exact] = integrate(parting, [CLOSER_UM], ORDER_MIN, 100_000);
    let mut errors = [0.0; 3];
    for (error, ticks) in errors.iter_mut().zip([40, 20, 10]) {
        let plan = two_cells(10.0, VOLUME_UM3, Mechanics::Potentials, ticks);
        *error = (distances(on, &plan, [CLOSER_UM; 2], 800)?[0] - exact).abs();
    }
    Ok(second_order(errors))
}

/// Euler's rule by itself, which is of first order.
pub fn order_of_euler() -> Vec<Reading> {
    let [exact] = integrate(parting, [CLOSER_UM], ORDER_MIN, 100_000);
    second_order([20, 40, 80].map(|steps| {
        let euler = (0..steps).fold(CLOSER_UM, |d, _| d + ORDER_MIN / f64::from(steps) * parting([d])[0]);
        (euler - exact).abs()
    }))
}

/// By relaxation cells end at contact.
pub fn contact(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    let starts = [CLOSER_UM, 3.0];
    let reached = distances(on, plan, starts, 20 * plan.clocks.movement_ticks)?;
    let step_min = domain::minutes(plan.clocks.movement_ticks);
    let reading = |(start, reached)| {
        Reading::new(format!("from {start} um by relaxation, step {step_min} min"), reached, 20.0, 1e-3)
    };
    Ok(starts.into_iter().zip(reached).map(reading).collect())
}

/// All for `texpop verify`.
pub fn readings(on: On) -> Result<Vec<Reading>> {
    let plan = |ticks| two_cells(10.0, VOLUME_UM3, Mechanics::Potentials, ticks);
    let mut all = balance(on, &plan(40))?;
    all.extend(way_there(on, &plan(10))?);
    all.extend(order(on)?);
    Ok(all)
}
