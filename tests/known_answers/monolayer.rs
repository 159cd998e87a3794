//! A monolayer (Brú et al., Phys Rev Lett 1998, 81:4008, in small): only cells that are not crowded pass G1 and divide, so
//! that it grows at its rim alone. Each division takes two uncrowded hours of mitosis, so that the radius grows at
//!
//! ```text
//! R' = w/T      w = a n/(2π R), the width of the rim of n uncrowded mitotic cells, a um² for each; T = 2 h
//! ```
//!
//! which is constant once the rim has its width: the radius grows linearly. Without arrest it grows exponentially.

use crate::fixture::*;
use texpop::cells::Cells;
use texpop::plan::*;

const VOLUME_UM3: f32 = 4_188.79;
const CROWDING_PRESSURE: f32 = 1e-5;
const MITOSIS_H: f64 = 2.0;
const MITOSIS: u32 = 3;
const TICKS_PER_HOUR: u32 = 60 * TICKS_PER_MIN;
/// By then the cells of the first disc have grown and made room.
const TRANSIENT_H: u32 = 24;

/// The cycle of `scenarios/monolayer.toml`, all phases so many times as long.
fn cycle(stretch: f64) -> Vec<PhaseParameters> {
    let row = |hours: f64, stages, next, divides, arrests| PhaseParameters {
        exit_per_min: (1.0 / (60.0 * hours * stretch)) as f32,
        stages,
        next,
        divides,
        grows: u32::from(next != 1),
        arrests,
    };
    vec![row(7.0, 20, 1, 0, 1), row(6.0, 0, 2, 0, 0), row(3.0, 0, 3, 0, 0), row(MITOSIS_H, 0, 0, 1, 1)]
}

fn colony(radius_um: f32, crowding_pressure: f32, stretch: f64) -> Plan {
    let own = TypeParameters {
        volume_relaxation_per_min: 0.005,
        crowding_pressure,
        division_volume_um3: 1.9 * VOLUME_UM3,
        phase_count: 4,
        ..idle(VOLUME_UM3)
    };
    let pair = PairParameters { repulsion_um_per_min: 10.0, ..no_pair() };
    let parameters =
        Parameters { types: vec![own], pairs: vec![pair], phases: cycle(stretch), ..Parameters::default() };
    let size_um = [2000.0, 2000.0, 26.0];
    let voxels = domain::voxels(size_um, 26.0, Geometry::Layer);
    let domain = Domain { geometry: Geometry::Layer, boundary: Boundary::Closed, size_um, voxels, reach_um: 26.0 };
    let region = Region::Ball { centre_um: [0.0; 3], radius_um };
    let arrangement = Arrangement::Packed { spacing_um: 20.0, region };
    let disc = Placement { cell_type: 0, arrangement, phase: None, traits: vec![], history: vec![] };
    let clocks = Clocks { cycle_ticks: 600, reorder_ticks: 600, ..one_clock(100) };
    let plan = plan(domain, clocks, cell_types(&[4], 0), vec![arm(parameters, vec![disc])], 1);
    Plan { mechanics: Mechanics::Relaxation { iterations: 8 }, ..plan }
}

/// √2 times the radius of gyration: that of an even disc.
fn radius_um(cells: &Cells) -> f64 {
    let n = cells.len() as f64;
    let variance = |axis: usize| {
        let mean = cells.position.iter().map(|at| f64::from(at[axis])).sum::<f64>() / n;
        cells.position.iter().map(|at| (f64::from(at[axis]) - mean).powi(2)).sum::<f64>() / n
    };
    (2.0 * (variance(0) + variance(1))).sqrt()
}

fn dividing(cells: &Cells) -> f64 {
    let is_dividing =
        |&slot: &usize| cells.identity[slot][2] & 255 == MITOSIS && cells.velocity[slot][3] <= CROWDING_PRESSURE;
    (0..cells.len()).filter(is_dividing).count() as f64
}

/// Slope of a line through the points, and the part of the variance that it explains.
fn line(points: &[(f64, f64)]) -> (f64, f64) {
    let n = points.len() as f64;
    let (x, y) = (points.iter().map(|it| it.0).sum::<f64>() / n, points.iter().map(|it| it.1).sum::<f64>() / n);
    let sum = |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|it| f(it.0 - x, it.1 - y)).sum::<f64>();
    let (xx, xy, yy) = (sum(&|a, _| a * a), sum(&|a, b| a * b), sum(&|_, b| b * b));
    (xy / xx, xy * xy / (xx * yy))
}

/// Linear to R² > 0.99, at the speed of the rim to 5 %; to 20 % on the adapter, where some 160 births are all there are.
fn grows_at_its_rim(on: On, plan: &Plan) -> Verdict {
    let end_h = on.pick(72, 44);
    let ticks: Vec<u32> = (TRANSIENT_H..=end_h).map(|hour| hour * TICKS_PER_HOUR).collect();
    let found = cells_at(on, plan, &all_placed(plan), &ticks);
    let radii: Vec<(f64, f64)> =
        ticks.iter().zip(&found).map(|(&t, it)| (domain::minutes(t) / 60.0, radius_um(it))).collect();
    let (slope, explained) = line(&radii);
    let (first, last) = (radii[0].1, radii[radii.len() - 1].1);
    let born = found[found.len() - 1].len() - found[0].len();
    let area_um2 = std::f64::consts::PI * (last * last - first * first) / born as f64;
    let width = |(cells, at): (&Cells, &(f64, f64))| area_um2 * dividing(cells) / (std::f64::consts::TAU * at.1);
    let rim_um = found.iter().zip(&radii).map(width).sum::<f64>() / radii.len() as f64;
    println!(
        "{on:?}: {} to {} cells, radius {first:.0} to {last:.0} um, {slope:.3} um/h, R² {explained:.5}, \
         rim of {rim_um:.2} um: {:.3} um/h",
        found[0].len(),
        found[found.len() - 1].len(),
        rim_um / MITOSIS_H
    );
    close("R² of a line", explained, 1.0, 0.01)?;
    close("speed of the radius in um/h", slope, rim_um / MITOSIS_H, on.pick(0.05, 0.2) * slope)
}

#[test]
fn the_radius_of_a_monolayer_grows_linearly() {
    on_both(|on| {
        let with = |crowding, stretch| colony(on.pick(200.0, 120.0), crowding, stretch);
        let wrong = with(CROWDING_PRESSURE, on.pick(1.1, 1.5));
        kept_and_broken(on, grows_at_its_rim, &with(CROWDING_PRESSURE, 1.0), &wrong);
    });
    let endless = colony(100.0, f32::INFINITY, 1.0);
    println!("seen: {}", grows_at_its_rim(On::Twin, &endless).expect_err("without arrest it grows exponentially"));
}
