//! Cells at one point: they part into a round cluster, in which they touch and hardly overlap.
//!
//! N discs of radius r that fill φ of a disc have a radius of gyration of r √(N/φ)/√2, and balls in a ball one of
//! r (N/φ)^(1/3) √(3/5), with φ = 0.9 and 0.64 for what is packed (hexagonally, and at random).

use crate::fixture::*;
use texpop::cells::Cells;
use texpop::compile::build;
use texpop::plan::*;
use texpop::scenario::from_text;

const HOURS: u32 = 2;
const TICKS: u32 = HOURS * 60 * TICKS_PER_MIN;
const VOLUME_UM3: f64 = 2494.0;
const RADIUS_UM: f64 = 8.412;
const EDGE_UM: f64 = 400.0;

fn scenario(preset: &str, geometry: &str, boundary: &str, count: u32) -> Plan {
    let edges = if geometry == "layer" { 2 } else { 3 };
    let size = vec![format!("\"{EDGE_UM} um\""); edges].join(", ");
    let text = format!(
        "duration = \"{HOURS} h\"\npreset = \"{preset}\"\n\
         [domain]\ngeometry = \"{geometry}\"\nboundary = \"{boundary}\"\nsize = [{size}]\n\
         [cell_types.cell]\nvolume = \"{VOLUME_UM3} um^3\"\n[[place]]\ncell_type = \"cell\"\ncount = {count}\n"
    );
    build(&from_text("coincident", &text, &[]).unwrap()).unwrap()
}

/// All cells of a plan at places that their numbers give.
fn placed(plan: &Plan, place: impl Fn(usize) -> [f32; 3]) -> Cells {
    let mut cells = all_placed(plan);
    for (number, at) in cells.position.iter_mut().enumerate() {
        let [x, y, z] = place(number);
        *at = [x, y, z, at[3]];
    }
    cells
}

fn way(plan: &Plan, a: [f32; 4], b: [f32; 4]) -> [f64; 3] {
    [0, 1, 2].map(|axis| {
        let way = f64::from(a[axis]) - f64::from(b[axis]);
        let is_joined = plan.domain.boundary == Boundary::Periodic && plan.domain.size_um[axis] > 300.0;
        if is_joined { way - EDGE_UM * (way / EDGE_UM).round() } else { way }
    })
}

/// The largest 1 − distance/sum of radii.
fn largest_overlap(plan: &Plan, cells: &Cells) -> f64 {
    let at = &cells.position;
    let pairs = (0..at.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let overlap = |(i, j): (usize, usize)| {
        1.0 - way(plan, at[i], at[j]).iter().map(|it| it * it).sum::<f64>().sqrt() / (2.0 * RADIUS_UM)
    };
    pairs.map(overlap).fold(0.0, f64::max)
}

/// Variances along the axes, about the mean, seen from the first cell.
fn variances(plan: &Plan, cells: &Cells) -> [f64; 3] {
    let seen: Vec<[f64; 3]> = cells.position.iter().map(|&at| way(plan, at, cells.position[0])).collect();
    [0, 1, 2].map(|axis| {
        let mean = seen.iter().map(|it| it[axis]).sum::<f64>() / seen.len() as f64;
        seen.iter().map(|it| (it[axis] - mean).powi(2)).sum::<f64>() / seen.len() as f64
    })
}

fn round_cluster(plan: &Plan, cells: &Cells, most_overlap: f64) -> Verdict {
    let dimensions = plan.domain.dimensions() as usize;
    let n = cells.len() as f64;
    let expected = match dimensions {
        2 => RADIUS_UM * (n / 0.9).sqrt() / 2f64.sqrt(),
        _ => RADIUS_UM * (n / 0.64).cbrt() * 0.6f64.sqrt(),
    };
    let along = variances(plan, cells);
    let (least, most) = along[..dimensions].iter().fold((f64::MAX, 0.0f64), |(a, b), &it| (a.min(it), b.max(it)));
    println!("variances {along:?}, overlap {:.4}", largest_overlap(plan, cells));
    close("radius of gyration", along.iter().sum::<f64>().sqrt(), expected, 0.15 * expected)?;
    close("spread of the narrowest over that of the widest axis", (least / most).sqrt(), 1.0, 0.3)?;
    close("largest overlap", largest_overlap(plan, cells), 0.0, most_overlap)
}

/// Potentials end where repulsion and adhesion are in balance, with some overlap in the middle of a cluster.
const PRESETS: [(&str, f64); 2] = [("coarse", 0.02), ("fine", 0.15)];

#[test]
fn cells_at_one_point_become_a_round_cluster() {
    for (preset, most_overlap) in PRESETS {
        for (geometry, boundary) in
            [("layer", "closed"), ("layer", "periodic"), ("tissue", "closed"), ("tissue", "periodic")]
        {
            let plan = scenario(preset, geometry, boundary, 40);
            // In a periodic domain where it is joined.
            let x = if boundary == "periodic" { -200.0 } else { 3.0 };
            let start = placed(&plan, |_| [x, 5.0, 0.0]);
            let mut ends = Vec::new();
            for on in [Some(On::Twin), has_adapter().then(on_adapter)].into_iter().flatten() {
                let end = cells_at(on, &plan, &start, &[TICKS]).remove(0);
                let said = round_cluster(&plan, &end, most_overlap);
                said.unwrap_or_else(|said| panic!("{on:?}, {preset} {geometry} {boundary}: {said}"));
                ends.push(end);
            }
            if let [twin, adapter] = &ends[..] {
                assert_eq!(twin.first_difference(adapter), None, "{preset} {geometry} {boundary}");
            }
        }
    }
}

/// A jitter finer than coordinates are, one at the limit of what counts as one point, and more cells, which take longer.
#[test]
fn so_do_cells_that_are_all_but_at_one_point() {
    for (preset, most_overlap) in PRESETS {
        for (count, jitter_um, times) in [(2, 0.0, 1), (40, 1e-5, 1), (40, 0.01, 1), (300, 0.0, 5)] {
            let plan = scenario(preset, "layer", "closed", count);
            let start = placed(&plan, |number| {
                let [i, j] = [number % 7, number % 5].map(|it| it as f32 - 2.0);
                [50.0 + jitter_um * i, -20.0 + jitter_um * j, 0.0]
            });
            let end = cells_at(On::Twin, &plan, &start, &[times * TICKS]).remove(0);
            let overlap = largest_overlap(&plan, &end);
            assert!(overlap <= most_overlap, "{preset}, {count} cells with {jitter_um} um: {overlap}");
            if count > 2 {
                let [x, y, _] = variances(&plan, &end).map(f64::sqrt);
                assert!((x / y - 1.0).abs() < 0.3, "{preset}, {count} cells with {jitter_um} um: {x} by {y} um");
            }
        }
    }
}

#[test]
fn cells_in_one_corner_part_too() {
    for (preset, most_overlap) in PRESETS {
        let plan = scenario(preset, "layer", "closed", 20);
        let end = cells_at(On::Twin, &plan, &placed(&plan, |_| [-200.0, -200.0, 0.0]), &[3 * TICKS]).remove(0);
        let overlap = largest_overlap(&plan, &end);
        assert!(overlap <= most_overlap, "{preset}: {overlap}");
    }
}

/// The direction is that of the ids: whichever slots cells have, they end at the same places, bit by bit.
#[test]
fn the_order_of_cells_does_not_matter() {
    for (preset, _) in PRESETS {
        let plan = scenario(preset, "tissue", "closed", 12);
        let start = placed(&plan, |_| [1.0, 2.0, 3.0]);
        let mut turned = start.clone();
        turned.identity.reverse();
        turned.motility.reverse();
        turned.progress.reverse();
        let mut ends = [start, turned].map(|start| {
            let end = cells_at(On::Twin, &plan, &start, &[TICKS / 20]).remove(0);
            (0..end.len()).map(|slot| (end.id(slot), end.position[slot].map(f32::to_bits))).collect::<Vec<_>>()
        });
        ends.iter_mut().for_each(|it| it.sort_unstable());
        assert_eq!(ends[0], ends[1], "{preset}");
    }
}

/// Cells on a line push each other along it: nothing but the walk of cells, or their division, is random.
#[test]
fn cells_on_a_line_stay_on_it() {
    for (preset, _) in PRESETS {
        let plan = scenario(preset, "tissue", "closed", 9);
        let start = placed(&plan, |number| [3.0 * number as f32, 4.0, 5.0]);
        let end = cells_at(On::Twin, &plan, &start, &[TICKS]).remove(0);
        assert!(end.position.iter().all(|at| at[1] == 4.0 && at[2] == 5.0), "{preset}: {:?}", end.position);
        assert!(largest_overlap(&plan, &end) < 0.15, "{preset}");
    }
}
