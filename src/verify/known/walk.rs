//! The persistent walk: mean square displacement 2 s² P (t − P(1 − e^(−t/P))) in any dimension, at any step; drift bias · s.

use super::lab::{On, all_placed, cells_at};
use super::plans::*;
use super::reading::Reading;
use crate::cells::Cells;
use crate::error::{Error, Result};
use crate::plan::walk::Walk;
use crate::plan::*;
use std::collections::HashMap;

pub const SPEED_UM_PER_MIN: f64 = 8.0;
pub const PERSISTENCE_MIN: f64 = 2.0;

/// A closed space.
pub fn space(geometry: Geometry, edge_um: f32, reach_um: f32) -> Domain {
    let size_um = [edge_um, edge_um, if geometry == Geometry::Layer { 10.0 } else { edge_um }];
    let voxels = domain::voxels(size_um, reach_um, geometry);
    Domain { geometry, boundary: Boundary::Closed, size_um, voxels, reach_um }
}

/// What a walker does, and how often it is moved.
#[derive(Clone, Copy)]
pub struct Walker {
    pub speed_um_per_min: f64,
    pub persistence_min: f64,
    pub bias: f32,
    pub step_ticks: u32,
}

impl Walker {
    pub fn new(step_ticks: u32) -> Walker {
        Walker { speed_um_per_min: SPEED_UM_PER_MIN, persistence_min: PERSISTENCE_MIN, bias: 0.0, step_ticks }
    }

    fn parameters(self) -> TypeParameters {
        let walk = Walk::new(self.persistence_min, domain::minutes(self.step_ticks));
        TypeParameters {
            speed_um_per_min: self.speed_um_per_min as f32,
            bias: self.bias,
            bias_x: 0.6,
            bias_y: 0.8,
            walk_decay: walk.decay as f32,
            walk_kick: walk.kick as f32,
            walk_travel_min: walk.travel_min as f32,
            walk_shared_min: walk.shared_min as f32,
            walk_own_min: walk.own_min as f32,
            ..idle(1.0)
        }
    }
}

/// Walkers that meet no others.
pub fn alone(domain: Domain, walker: Walker, count: u32, start_um: f32) -> Plan {
    let parameters = Parameters {
        types: vec![walker.parameters()],
        pairs: vec![no_pair()],
        phases: vec![phase(0.0, 0, false)],
        ..Parameters::default()
    };
    let region = Region::Box { lower_um: [-start_um; 3], upper_um: [start_um; 3] };
    let clocks = Clocks { cycle_ticks: 12_000, reorder_ticks: 12_000, ..one_clock(walker.step_ticks) };
    plan(domain, clocks, cell_types(&[1], 0), vec![arm(parameters, vec![some_cells(0, count, region)])], 1)
}

/// Walkers that do not touch each other: 100,000 for the twins, `fewer` for the adapter. They start so far from the
/// walls that none comes near them in an hour: 700 um, eight standard deviations.
pub fn walkers(on: On, geometry: Geometry, walker: Walker, fewer: u32) -> Plan {
    let (count, start_um) = on.pick((100_000, 600.0), (fewer, 300.0));
    let reach_um = if geometry == Geometry::Layer { on.pick(10.0, 20.0) } else { on.pick(60.0, 100.0) };
    alone(space(geometry, 2.0 * (start_um + 700.0), reach_um), walker, count, start_um)
}

/// The way of each cell from its place at the start.
fn ways(start: &Cells, end: &Cells) -> Result<Vec<[f64; 3]>> {
    let slots: HashMap<u64, usize> = (0..start.len()).map(|slot| (start.id(slot), slot)).collect();
    let way = |slot: usize| {
        let (from, to) = (start.position[*slots.get(&end.id(slot))?], end.position[slot]);
        Some([0, 1, 2].map(|axis| f64::from(to[axis]) - f64::from(from[axis])))
    };
    let ways: Option<Vec<_>> = (0..end.len()).map(way).collect();
    let all = ways.filter(|it| it.len() == slots.len() && it.len() == start.len());
    all.ok_or_else(|| Error::Failed("walkers were lost, or came anew".to_owned()))
}

/// 2 s² P (t − P(1 − e^(−t/P))).
pub fn square_um2(minutes: f64) -> f64 {
    let p = PERSISTENCE_MIN;
    2.0 * SPEED_UM_PER_MIN.powi(2) * p * (minutes + p * (-minutes / p).exp_m1())
}

/// Mean square displacement at two times, to 5 standard deviations: the displacement is normal, so its square has
/// the standard deviation √(2/n) of its mean. That is 1.3 % for 10^5 cells in three dimensions.
pub fn spreads(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    let (start, dimensions) = (all_placed(plan), f64::from(plan.domain.dimensions()));
    // The hour takes long at short steps.
    let times: &[u32] = match plan.clocks.movement_ticks {
        25 => &[100, 400],
        100 => &[100, 1200],
        _ => &[1200, 6000],
    };
    let mut readings = Vec::new();
    for (&tick, end) in times.iter().zip(cells_at(on, plan, &start, times)?) {
        let ways = ways(&start, &end)?;
        let squares = ways.iter().map(|way| way.iter().map(|x| x * x).sum::<f64>()).sum::<f64>() / ways.len() as f64;
        let expected = square_um2(domain::minutes(tick));
        let sd = expected * (2.0 / (dimensions * ways.len() as f64)).sqrt();
        let name = format!("MSD in um² after {} min in {dimensions} dimensions", domain::minutes(tick));
        readings.push(Reading::new(name, squares, expected, 5.0 * sd));
    }
    Ok(readings)
}

/// Mean displacement over an hour: bias · speed · t along the direction, nothing across it; 5 standard deviations of
/// the mean, a component having variance (1 − bias²)/n of the mean square displacement.
pub fn drifts(on: On, plan: &Plan) -> Result<Vec<Reading>> {
    let (start, n) = (all_placed(plan), f64::from(plan.domain.dimensions()));
    let ways = ways(&start, &cells_at(on, plan, &start, &[6000])?[0])?;
    let count = ways.len() as f64;
    let mean = [0, 1, 2].map(|axis| ways.iter().map(|way| way[axis]).sum::<f64>() / count);
    let tolerance = 5.0 * ((1.0 - 0.2 * 0.2) / n * square_um2(60.0) / count).sqrt();
    let along = 0.2 * SPEED_UM_PER_MIN * 60.0;
    let reading = |(axis, direction): (usize, f64)| {
        Reading::new(format!("drift along axis {axis} in um"), mean[axis], along * direction, tolerance)
    };
    Ok([0.6, 0.8, 0.0].into_iter().enumerate().map(reading).collect())
}

/// All for `texpop verify`.
pub fn readings(on: On) -> Result<Vec<Reading>> {
    let mut all = Vec::new();
    for geometry in [Geometry::Tissue, Geometry::Layer] {
        all.extend(spreads(on, &walkers(on, geometry, Walker::new(400), 5_000))?);
        all.extend(drifts(on, &walkers(on, geometry, Walker { bias: 0.2, ..Walker::new(400) }, 10_000))?);
    }
    Ok(all)
}
