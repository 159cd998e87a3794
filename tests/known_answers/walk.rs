//! The persistent walk: mean square displacement 2 s² P (t − P(1 − e^(−t/P))) in any dimension, at any step; drift bias · s.

use crate::fixture::*;
use std::collections::HashMap;
use texpop::cells::Cells;
use texpop::plan::walk::Walk;
use texpop::plan::*;

const SPEED_UM_PER_MIN: f64 = 8.0;
const PERSISTENCE_MIN: f64 = 2.0;

fn space(geometry: Geometry, edge_um: f32, reach_um: f32) -> Domain {
    let size_um = [edge_um, edge_um, if geometry == Geometry::Layer { 10.0 } else { edge_um }];
    let voxels = domain::voxels(size_um, reach_um, geometry);
    Domain { geometry, boundary: Boundary::Closed, size_um, voxels, reach_um }
}

/// What a walker does, and how often it is moved.
#[derive(Clone, Copy)]
struct Walker {
    speed_um_per_min: f64,
    persistence_min: f64,
    bias: f32,
    step_ticks: u32,
}

impl Walker {
    fn new(step_ticks: u32) -> Walker {
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

fn alone(domain: Domain, walker: Walker, count: u32, start_um: f32) -> Plan {
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
fn walkers(on: On, geometry: Geometry, walker: Walker, fewer: u32) -> Plan {
    let (count, start_um) = on.pick((100_000, 600.0), (fewer, 300.0));
    let reach_um = if geometry == Geometry::Layer { on.pick(10.0, 20.0) } else { on.pick(60.0, 100.0) };
    alone(space(geometry, 2.0 * (start_um + 700.0), reach_um), walker, count, start_um)
}

/// The way of each cell from its place at the start.
fn ways(start: &Cells, end: &Cells) -> Vec<[f64; 3]> {
    let slots: HashMap<u64, usize> = (0..start.len()).map(|slot| (start.id(slot), slot)).collect();
    assert_eq!((slots.len(), end.len()), (start.len(), start.len()));
    let way = |slot: usize| {
        let (from, to) = (start.position[slots[&end.id(slot)]], end.position[slot]);
        [0, 1, 2].map(|axis| f64::from(to[axis]) - f64::from(from[axis]))
    };
    (0..end.len()).map(way).collect()
}

/// 2 s² P (t − P(1 − e^(−t/P))).
fn square_um2(minutes: f64) -> f64 {
    let p = PERSISTENCE_MIN;
    2.0 * SPEED_UM_PER_MIN.powi(2) * p * (minutes + p * (-minutes / p).exp_m1())
}

/// Mean square displacement at two times, to 5 standard deviations: the displacement is normal, so its square has
/// the standard deviation √(2/n) of its mean. That is 1.3 % for 10^5 cells in three dimensions.
fn spreads(on: On, plan: &Plan) -> Verdict {
    let (start, dimensions) = (all_placed(plan), f64::from(plan.domain.dimensions()));
    // The hour takes long at short steps.
    let times: &[u32] = match plan.clocks.movement_ticks {
        25 => &[100, 400],
        100 => &[100, 1200],
        _ => &[1200, 6000],
    };
    for (&tick, end) in times.iter().zip(cells_at(on, plan, &start, times)) {
        let ways = ways(&start, &end);
        let squares = ways.iter().map(|way| way.iter().map(|x| x * x).sum::<f64>()).sum::<f64>() / ways.len() as f64;
        let expected = square_um2(domain::minutes(tick));
        let sd = expected * (2.0 / (dimensions * ways.len() as f64)).sqrt();
        let name = format!("MSD in um² after {} min in {dimensions} dimensions", domain::minutes(tick));
        println!("{on:?}: {name}: {squares:.1}, expected {expected:.1}");
        close(&name, squares, expected, 5.0 * sd)?;
    }
    Ok(())
}

fn walk_test(geometry: Geometry) {
    assert!((square_um2(1.0) - 54.5).abs() < 0.1 && (square_um2(60.0) - 14_848.0).abs() < 1.0);
    on_both(|on| {
        for step_ticks in [25, 100, 400] {
            let plan = walkers(on, geometry, Walker::new(step_ticks), 5_000);
            spreads(on, &plan).unwrap_or_else(|error| panic!("{on:?}: {error}"));
        }
        let right = Walker::new(400);
        let fast = Walker { speed_um_per_min: 1.1 * SPEED_UM_PER_MIN, ..right };
        let persistent = Walker { persistence_min: 1.1 * PERSISTENCE_MIN, ..right };
        for wrong in [fast, persistent] {
            let plan = walkers(on, geometry, wrong, 20_000);
            println!("seen: {}", spreads(on, &plan).expect_err("a parameter 10 % off must be seen"));
        }
    });
}

#[test]
fn mean_square_displacement_in_a_tissue_is_that_of_the_walk_at_any_step() {
    walk_test(Geometry::Tissue);
}

#[test]
fn mean_square_displacement_in_a_layer_is_that_of_the_walk_at_any_step() {
    walk_test(Geometry::Layer);
}

/// Mean displacement over an hour: bias · speed · t along the direction, nothing across it; 5 standard deviations of
/// the mean, a component having variance (1 − bias²)/n of the mean square displacement.
fn drifts(on: On, plan: &Plan) -> Verdict {
    let (start, n) = (all_placed(plan), f64::from(plan.domain.dimensions()));
    let ways = ways(&start, &cells_at(on, plan, &start, &[6000])[0]);
    let count = ways.len() as f64;
    let mean = [0, 1, 2].map(|axis| ways.iter().map(|way| way[axis]).sum::<f64>() / count);
    let tolerance = 5.0 * ((1.0 - 0.2 * 0.2) / n * square_um2(60.0) / count).sqrt();
    let along = 0.2 * SPEED_UM_PER_MIN * 60.0;
    for (axis, direction) in [0.6, 0.8, 0.0].into_iter().enumerate() {
        close(&format!("drift along axis {axis} in um"), mean[axis], along * direction, tolerance)?;
    }
    Ok(())
}

#[test]
fn drift_is_the_bias_times_the_speed() {
    on_both(|on| {
        for geometry in [Geometry::Tissue, Geometry::Layer] {
            let with = |bias: f32| {
                let walker = Walker { bias, ..Walker::new(400) };
                walkers(on, geometry, walker, 10_000)
            };
            kept_and_broken(on, drifts, &with(0.2), &with(0.22));
        }
    });
}

/// Cells in a closed box stay in it, and fill it evenly: the variance of a uniform coordinate is L²/12, and the
/// standard deviation of its mean square over n cells L²/12 · √(4/5)/√n.
fn fills(on: On, plan: &Plan, edge_um: f64) -> Verdict {
    let cells = &cells_at(on, plan, &all_placed(plan), &[6000])[0];
    for axis in 0..3 {
        let mut squares = 0.0;
        for at in &cells.position {
            let x = f64::from(at[axis]);
            if x.is_nan() || x.abs() > edge_um / 2.0 {
                return Err(format!("axis {axis}: a cell at {x} um, expected within ±{} um", edge_um / 2.0));
            }
            squares += x * x / cells.len() as f64;
        }
        let expected = edge_um * edge_um / 12.0;
        let sd = expected * (0.8 / cells.len() as f64).sqrt();
        close(&format!("mean square of coordinate {axis} in um²"), squares, expected, 5.0 * sd)?;
    }
    Ok(())
}

#[test]
fn a_closed_box_keeps_its_cells() {
    on_both(|on| {
        let plan = alone(space(Geometry::Tissue, 100.0, 12.5), Walker::new(100), 5_000, 50.0);
        fills(on, &plan, 100.0).unwrap_or_else(|error| panic!("{on:?}: {error}"));
        fills(on, &plan, 90.0).expect_err("a box 10 % smaller is left");
        fills(on, &plan, 110.0).expect_err("a box 10 % larger is not filled");
    });
}
