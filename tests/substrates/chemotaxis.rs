//! Cells that follow or avoid a substrate: the gradient by hand, and the mean velocity bias · speed along it.

use crate::field::*;
use crate::fixture::*;
use texpop::cells::Cells;
use texpop::cells::columns::Fate;
use texpop::engine::graph::Stage;
use texpop::plan::walk::Walk;
use texpop::plan::*;
use texpop::random::{philox, uniform};

const SPEED_UM_PER_MIN: f32 = 8.0;

/// Walks along (1) or against (−1) the gradient of the first substrate, with steps of so many ticks.
fn walker(bias: f32, sign: f32, ticks: u32) -> TypeParameters {
    let walk = Walk::new(2.0, domain::minutes(ticks));
    TypeParameters {
        speed_um_per_min: SPEED_UM_PER_MIN,
        bias,
        gradient_substrate: 1,
        gradient_sign: sign,
        walk_decay: walk.decay as f32,
        walk_kick: walk.kick as f32,
        walk_travel_min: walk.travel_min as f32,
        walk_shared_min: walk.shared_min as f32,
        walk_own_min: walk.own_min as f32,
        ..idle(1.0)
    }
}

const COUNTS: [usize; 3] = [6, 5, 4];
const WIDTHS_UM: [f32; 3] = [20.0, 30.0, 25.0];

/// A place in the grid, from its number.
fn at(voxel: usize) -> [usize; 3] {
    [voxel % 6, voxel / 6 % 5, voxel / 30]
}

/// Without noise a cell at rest goes speed · (dt − P (1 − e^(−dt/P))) along the gradient: by central differences, across
/// joined faces, and one-sided at others.
fn steps_along(on: On, sign: f32, is_joined: bool, (bias, joined): &(f32, bool)) -> Verdict {
    let mut it = substrate(0.0, 0.0, 0.0);
    it.boundary = if *joined { SubstrateBoundary::Periodic } else { SubstrateBoundary::NoFlux };
    let grid = Grid { voxels: COUNTS.map(|count| count as u32), voxel_um: WIDTHS_UM };
    let boundary = if is_joined { Boundary::Periodic } else { Boundary::Closed };
    let exchange = vec![bytemuck::Zeroable::zeroed(); 4];
    let plan = tissue_plan(boundary, grid, 100, 1, vec![it], vec![walker(*bias, sign, 100)], exchange);
    let mut source = zeros(&plan);
    let mut start = Cells::default();
    for (voxel, source) in source.iter_mut().enumerate() {
        source[0] = uniform(philox([8, 9], [voxel as u32, 0, 0, 0])[0]);
        let middle = |axis: usize| (at(voxel)[axis] as f32 + 0.5 - 0.5 * COUNTS[axis] as f32) * WIDTHS_UM[axis];
        start.push(cell(voxel as u32, 0, Fate::Live, [middle(0), middle(1), middle(2)], 1.0));
    }
    let (levels, end) = with_engine(on, &plan, 0..1, &start, |engine| {
        engine.set_exchange(&source, &zeros(&plan)).unwrap();
        engine.step(0, &[Stage::Diffusion, Stage::Motility]).unwrap();
        (engine.concentration().unwrap(), engine.cells().unwrap())
    });
    let level = |[x, y, z]: [usize; 3]| f64::from(levels[(z * 5 + y) * 6 + x][0]);
    let length_um = f64::from(SPEED_UM_PER_MIN) * (1.0 - 2.0 * (1.0 - (-0.5f64).exp()));
    for voxel in 0..levels.len() {
        let gradient = [0, 1, 2].map(|axis| {
            let (mut low, mut high) = (at(voxel), at(voxel));
            let (i, n) = (at(voxel)[axis], COUNTS[axis]);
            let is_inside = [is_joined || i > 0, is_joined || i + 1 < n];
            low[axis] = if is_inside[0] { (i + n - 1) % n } else { i };
            high[axis] = if is_inside[1] { (i + 1) % n } else { i };
            let steps = is_inside.iter().filter(|it| **it).count();
            (level(high) - level(low)) / (steps as f64 * f64::from(WIDTHS_UM[axis]))
        });
        let norm = gradient.map(|x| x * x).iter().sum::<f64>().sqrt();
        for (axis, along) in gradient.into_iter().enumerate() {
            let way = f64::from(end.position[voxel][axis]) - f64::from(start.position[voxel][axis]);
            close(
                &format!("way along axis {axis} from {:?}", at(voxel)),
                way,
                f64::from(sign) * length_um * along / norm,
                1e-3,
            )?;
        }
    }
    Ok(())
}

#[test]
fn the_way_along_a_gradient_is_that_by_hand() {
    on_both(|on| {
        for sign in [1.0, -1.0] {
            for is_joined in [false, true] {
                let law = |on: On, given: &(f32, bool)| steps_along(on, sign, is_joined, given);
                kept_and_broken(on, law, &(1.0, is_joined), &(0.9, is_joined));
                law(on, &(1.0, !is_joined)).expect_err("faces that are joined the other way are seen");
            }
        }
    });
}

/// Ticks of a step, and minutes over which the way is taken: after those in which a walk finds its drift.
const STEP_TICKS: u32 = 400;
const FROM_MIN: u32 = 20;
const TO_MIN: u32 = 60;

/// A level that rises evenly along x over 1800 um, from a fixed face to the other.
fn between_faces() -> (Plan, Values, Values) {
    let mut it = substrate(1000.0, 0.0, 0.0);
    it.is_quasi_steady = true;
    it.boundary = SubstrateBoundary::Fixed([Some(1.0), Some(3.0), None, None, None, None]);
    let plan = walkers(Boundary::Closed, 90, it);
    let none = zeros(&plan);
    (plan, none.clone(), none)
}

/// One that falls evenly from x = 600 um across the joined faces at 1200 um to −600 um: made in one place, lost in the other.
fn across_faces() -> (Plan, Values, Values) {
    let mut it = substrate(1000.0, 0.0, 0.0);
    it.is_quasi_steady = true;
    it.boundary = SubstrateBoundary::Periodic;
    let plan = walkers(Boundary::Periodic, 120, it);
    let (mut source, mut loss) = (zeros(&plan), zeros(&plan));
    (source[90][0], loss[29][0]) = (1.0, 1.0);
    (plan, source, loss)
}

fn walkers(boundary: Boundary, voxels: u32, it: Substrate) -> Plan {
    let edge_um = 20.0 * voxels as f32;
    let grid = Grid { voxels: [voxels, 1, 1], voxel_um: [20.0, edge_um, edge_um] };
    let exchange = vec![bytemuck::Zeroable::zeroed(); 4];
    tissue_plan(boundary, grid, STEP_TICKS, 4, vec![it], vec![walker(0.5, 1.0, STEP_TICKS)], exchange)
}

/// Mean velocity ± bias · speed along x, and none across: to 1 % of bias · speed, and to 5 standard deviations.
fn drifts(on: On, field: &(Plan, Values, Values), start: &Cells, sign: f64, speed: &f32) -> Verdict {
    let (mut plan, (source, loss)) = (field.0.clone(), (&field.1, &field.2));
    plan.arms[0].parameters.types[0].speed_um_per_min *= speed;
    let edge_um = f64::from(plan.domain.size_um[0]);
    let [before, after] = with_engine(on, &plan, 0..1, start, |engine| {
        engine.set_exchange(source, loss).unwrap();
        step(engine, 20);
        let to = |engine: &mut dyn texpop::engine::interface::Engine, from: u32, to: u32| {
            for tick in (100 * from..100 * to).step_by(STEP_TICKS as usize) {
                engine.step(tick, &[Stage::Motility, Stage::Advance]).unwrap();
            }
            engine.cells().unwrap()
        };
        [to(engine, 0, FROM_MIN), to(engine, FROM_MIN, TO_MIN)]
    });
    let minutes = f64::from(TO_MIN - FROM_MIN);
    let count = start.len() as f64;
    let expected = sign * 0.5 * f64::from(SPEED_UM_PER_MIN);
    for axis in 0..3 {
        let way = |slot: usize| {
            let way = f64::from(after.position[slot][axis]) - f64::from(before.position[slot][axis]);
            if plan.domain.boundary == Boundary::Periodic { way - edge_um * (way / edge_um).round() } else { way }
        };
        let ways: Vec<f64> = (0..start.len()).map(way).collect();
        let mean = ways.iter().sum::<f64>() / count;
        let sd = (ways.iter().map(|way| (way - mean).powi(2)).sum::<f64>() / count).sqrt();
        let tolerance = (5.0 * sd / count.sqrt() / minutes).min(0.01 * expected.abs());
        let expected = if axis == 0 { expected } else { 0.0 };
        println!("{on:?}: mean velocity along axis {axis} {:.4} um/min, expected {expected}", mean / minutes);
        close(&format!("mean velocity along axis {axis} in um/min"), mean / minutes, expected, tolerance)?;
    }
    let crossed =
        (0..start.len()).filter(|&slot| (after.position[slot][0] - start.position[slot][0]).abs() > 1200.0).count();
    let is_joined = plan.domain.boundary == Boundary::Periodic;
    let is_right = if is_joined { 2 * crossed > start.len() } else { crossed == 0 };
    if is_right { Ok(()) } else { Err(format!("{crossed} cells crossed the joined faces")) }
}

/// Cells within 50 um of a place along x.
fn cells_about(x_um: f32, count: u32) -> Cells {
    let mut cells = Cells::default();
    for id in 0..count {
        let words = philox([4, 4], [id, 0, 0, 0]);
        let place = [0, 1, 2].map(|axis| 100.0 * (uniform(words[axis]) - 0.5));
        cells.push(cell(id, 0, Fate::Live, [x_um + place[0], place[1], place[2]], 1.0));
    }
    cells
}

#[test]
fn mean_velocity_in_a_constant_gradient_is_the_bias_times_the_speed() {
    on_both(|on| {
        let count = on.pick(40_000, 30_000);
        for sign in [1.0, -1.0] {
            // Between faces the level rises along x; across them it falls.
            for (field, start_um, along) in [(between_faces(), 0.0, sign), (across_faces(), -sign * 1050.0, -sign)] {
                let mut field = field;
                field.0.arms[0].parameters.types[0].gradient_sign = sign as f32;
                let start = cells_about(start_um as f32, count);
                let law = |on: On, speed: &f32| drifts(on, &field, &start, along, speed);
                kept_and_broken(on, law, &1.0, &1.1);
            }
        }
    });
}
