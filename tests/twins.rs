//! Shaders and twins, bit for bit, on the software adapter in strict numerics.

mod common;

use common::{busy_plan, random_cells, software};
use texpop::plan::{Boundary, Geometry, Mechanics, Plan};
use texpop::steps::cpu::CpuEngine;
use texpop::steps::engine::Engine;
use texpop::steps::gpu::GpuEngine;
use texpop::steps::graph::Graph;

/// Runs both engines from the same cells and compares every column of every cell.
fn compare(plan: &Plan, count: u32, steps: u32, capacity: u32) -> Result<(), String> {
    let Some(gpu) = software() else { return Ok(()) };
    assert!(gpu.description.strict, "lavapipe has strict numerics");
    let tissues = 0..plan.tissue_count();
    let cells = random_cells(plan, tissues.clone(), count, 0);
    let mut cpu = CpuEngine::new(plan, tissues.clone()).unwrap();
    let mut device = GpuEngine::new(&gpu, plan, tissues, capacity).map_err(|error| error.to_string())?;
    for engine in [&mut cpu as &mut dyn Engine, &mut device] {
        engine.add(&cells, false).unwrap();
        let graph = Graph::new(plan);
        for step in 0..steps {
            let tick = step * plan.clocks.movement_ticks;
            engine.step(tick, &graph.stages(tick, false)).unwrap();
        }
        engine.observe(steps * plan.clocks.movement_ticks).unwrap();
    }
    let (mine, theirs) = (cpu.observations(true).unwrap(), device.observations(true).unwrap());
    if let Some(difference) = cpu.cells().unwrap().first_difference(&device.cells().unwrap()) {
        return Err(difference);
    }
    assert_eq!(mine, theirs, "observations");
    if count >= 1000 && steps >= 100 {
        let total = |event: usize| mine[0].events.iter().skip(event).step_by(9).sum::<u32>();
        let seen: Vec<u32> = (0..9).map(total).collect();
        println!("{} cells after {steps} steps, events {seen:?}", cpu.cell_count());
        assert!(seen[0] > 0 && seen[3] > 0 && seen[4] > 0 && seen[8] > 0, "something happened: {seen:?}");
    }
    Ok(())
}

#[test]
fn every_geometry_agrees_in_every_bit() {
    let potentials = Mechanics::Potentials;
    let relaxation = Mechanics::Relaxation { iterations: 4 };
    for (geometry, boundary, mechanics) in [
        (Geometry::Tissue, Boundary::Closed, potentials),
        (Geometry::Tissue, Boundary::Periodic, potentials),
        (Geometry::Tissue, Boundary::Periodic, relaxation),
        (Geometry::Layer, Boundary::Closed, relaxation),
        (Geometry::Layer, Boundary::Periodic, potentials),
        (Geometry::Culture, Boundary::Closed, potentials),
    ] {
        let edge = if geometry == Geometry::Tissue { 150.0 } else { 400.0 };
        let plan = busy_plan(geometry, boundary, mechanics, edge, 2);
        compare(&plan, 6000, 150, 8000)
            .unwrap_or_else(|error| panic!("{geometry:?} {boundary:?} {mechanics:?}: {error}"));
    }
}

#[test]
fn awkward_numbers_of_cells_agree() {
    let plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 120.0, 1);
    for count in [0, 1, 63, 64, 65, 1000] {
        compare(&plan, count, 30, 4096).unwrap_or_else(|error| panic!("{count} cells: {error}"));
    }
}

#[test]
fn running_out_of_room_changes_nothing() {
    let plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 150.0, 2);
    compare(&plan, 4000, 200, 4000).unwrap();
}

/// The comparison itself can fail: one cell moved by a micrometre is seen.
#[test]
fn a_cell_moved_by_a_micrometre_is_seen() {
    let plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 120.0, 1);
    let cells = random_cells(&plan, 0..2, 100, 0);
    let mut moved = cells.clone();
    moved.position[57][1] += 1.0;
    assert!(cells.first_difference(&moved).unwrap().starts_with("slot 57, y_um"));
}
