//! Oxygen as the published program of `scenarios/car_t_doses.toml` steps it: each axis by itself, implicitly, with the
//! outermost voxels put back to their value before and after; then uptake, one cell after the other. Its cells read what uptake has
//! just left, in steps of 0.01 min. How much less that is than the steady level is by what the scenario divides its
//! thresholds of oxygen.

use crate::fixture::*;
use std::path::PathBuf;
use texpop::cells::Cells;
use texpop::cells::placement::initial;
use texpop::compile;
use texpop::engine::graph::Stage;
use texpop::plan::*;
use texpop::scenario;

const OXYGEN: usize = 1;

fn planned() -> Plan {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/car_t_doses.toml");
    compile::build(&scenario::load(&path, &[]).unwrap()).unwrap()
}

/// Steady levels of oxygen about the cells of a tissue without doses.
fn steady(plan: &Plan, cells: &Cells) -> Vec<f64> {
    let levels = with_engine(On::Twin, plan, 0..1, cells, |engine| {
        for _ in 0..40 {
            engine.step(0, &[Stage::Exchange, Stage::Diffusion]).unwrap();
        }
        engine.concentration().unwrap()
    });
    levels.iter().map(|it| f64::from(it[OXYGEN])).collect()
}

/// One line of an implicit step: (1 + decay) c' − spread (c'₋ − 2 c' + c'₊) = c, with no flux through its ends.
fn solve(line: &mut [f64], spread: f64, decay: f64) {
    let last = line.len() - 1;
    let middle = |i: usize| 1.0 + decay + spread * if i == 0 || i == last { 1.0 } else { 2.0 };
    let mut upper = vec![-spread / middle(0); line.len()];
    line[0] /= middle(0);
    for i in 1..line.len() {
        let pivot = middle(i) + spread * upper[i - 1];
        upper[i] = -spread / pivot;
        line[i] = (line[i] + spread * line[i - 1]) / pivot;
    }
    for i in (0..last).rev() {
        line[i] -= upper[i] * line[i + 1];
    }
}

/// Levels by the published scheme in steps of `dt_min` from given ones, once they change no more. `cells` are the voxel
/// and the uptake in 1/min of each cell.
fn published(plan: &Plan, cells: &[(usize, f64)], from: &[f64], dt_min: f64) -> Vec<f64> {
    let substrates = plan.substrates.as_ref().unwrap();
    let oxygen = &substrates.list[OXYGEN];
    let (n, width_um) = (substrates.grid.voxels[0] as usize, f64::from(substrates.grid.voxel_um[0]));
    let spread = f64::from(oxygen.diffusion_um2_per_min) * dt_min / width_um.powi(2);
    let decay = f64::from(oxygen.decay_per_min) * dt_min / 3.0;
    let is_outer = |place: usize| [place % n, place / n % n, place / (n * n)].iter().any(|&i| i == 0 || i == n - 1);
    let hold = |levels: &mut Vec<f64>| {
        let outer = levels.iter_mut().enumerate().filter(|it| is_outer(it.0));
        outer.for_each(|(_, level)| *level = f64::from(oxygen.initial));
    };
    let mut levels = from.to_vec();
    let mut line = vec![0.0; n];
    for _ in 0..(4.0 / dt_min) as u32 {
        hold(&mut levels);
        for stride in [1, n, n * n] {
            let starts = (0..n * n * n).filter(|place| place / stride % n == 0);
            for start in starts {
                (0..n).for_each(|i| line[i] = levels[start + i * stride]);
                solve(&mut line, spread, decay);
                (0..n).for_each(|i| levels[start + i * stride] = line[i]);
            }
            hold(&mut levels);
        }
        cells.iter().for_each(|&(voxel, uptake)| levels[voxel] /= 1.0 + dt_min * uptake);
    }
    levels
}

#[test]
fn its_cells_read_93_percent_of_the_oxygen_there_is() {
    let plan = planned();
    let substrates = plan.substrates.as_ref().unwrap();
    assert_eq!((substrates.list[OXYGEN].name.as_str(), plan.arms[0].name.as_str()), ("oxygen", "no_dose"));
    let cells = initial(&plan, 0, 0, 0);
    let n = substrates.grid.voxels[0] as usize;
    let voxel_um = substrates.grid.voxel_um[0];
    let place_of = |[x, y, z, _]: [f32; 4]| {
        let [x, y, z] = [x, y, z].map(|it| (it / voxel_um + 0.5 * n as f32) as usize);
        (z * n + y) * n + x
    };
    let uptake_per_min = plan.arms[0].parameters.exchange.iter().map(|it| it.uptake_per_min).fold(0.0, f32::max);
    let takes_up = |[.., volume_um3]: [f32; 4]| f64::from(uptake_per_min * volume_um3 / voxel_um.powi(3));
    let each: Vec<_> = cells.position.iter().map(|it| (place_of(*it), takes_up(*it))).collect();
    let steady = steady(&plan, &cells);
    let mean = |levels: &[f64]| each.iter().map(|it| levels[it.0]).sum::<f64>() / each.len() as f64;
    let share = |dt_min: f64| mean(&published(&plan, &each, &steady, dt_min)) / mean(&steady);
    let (its, shorter) = (share(0.01), share(0.0025));
    println!("{} cells read {its:.4} of the steady level, {shorter:.4} by steps of a quarter", cells.len());
    assert!((its - 0.933).abs() < 0.003, "{its}");
    // Most of it is the step.
    assert!(shorter > 0.97 && shorter < 1.0, "{shorter}");
}
