//! The persistent walk: see `texpop::verify::known::walk`.

use crate::fixture::*;
use texpop::plan::*;
use texpop::verify::known::walk::*;

fn walk_test(geometry: Geometry) {
    assert!((square_um2(1.0) - 54.5).abs() < 0.1 && (square_um2(60.0) - 14_848.0).abs() < 1.0);
    on_both(|on| {
        for step_ticks in [25, 100, 400] {
            let plan = walkers(on, geometry, Walker::new(step_ticks), 5_000);
            spreads(on, &plan).verdict().unwrap_or_else(|error| panic!("{on:?}: {error}"));
        }
    });
    let right = Walker::new(400);
    let fast = Walker { speed_um_per_min: 1.1 * SPEED_UM_PER_MIN, ..right };
    let persistent = Walker { persistence_min: 1.1 * PERSISTENCE_MIN, ..right };
    for wrong in [fast, persistent] {
        let plan = walkers(On::Twin, geometry, wrong, 20_000);
        println!("seen: {}", spreads(On::Twin, &plan).verdict().expect_err("a parameter 10 % off must be seen"));
    }
}

#[test]
fn mean_square_displacement_in_a_tissue_is_that_of_the_walk_at_any_step() {
    walk_test(Geometry::Tissue);
}

#[test]
fn mean_square_displacement_in_a_layer_is_that_of_the_walk_at_any_step() {
    walk_test(Geometry::Layer);
}

#[test]
fn drift_is_the_bias_times_the_speed() {
    for geometry in [Geometry::Tissue, Geometry::Layer] {
        let with = |bias: f32| walkers(On::Twin, geometry, Walker { bias, ..Walker::new(400) }, 10_000);
        kept_and_broken(On::Twin, drifts, &with(0.2), &with(0.22));
    }
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
