//! Twins: each stage on the device gives the bits of its twin, in every column of every cell and every level.

use super::busy::{busy_plan, random_cells};
use super::lab::On;
use super::reading::Reading;
use crate::engine::cpu::CpuEngine;
use crate::engine::gpu::GpuEngine;
use crate::engine::graph::{Graph, Stage};
use crate::engine::interface::Engine;
use crate::error::Result;
use crate::plan::{Boundary, Geometry, Mechanics, Plan};
use crate::random::{philox, uniform};

/// Where the levels of two engines differ.
pub fn level_difference(cpu: &mut CpuEngine, device: &mut GpuEngine) -> Result<Option<String>> {
    let (mine, theirs) = (cpu.concentration()?, device.concentration()?);
    let bits = |it: &[f32; 4]| it.map(f32::to_bits);
    if mine.len() != theirs.len() {
        return Ok(Some(format!("{} levels against {}", mine.len(), theirs.len())));
    }
    let differs = mine.iter().zip(&theirs).position(|(a, b)| bits(a) != bits(b));
    Ok(differs.map(|place| format!("levels at {place}: {:?} against {:?}", mine[place], theirs[place])))
}

/// Where cells or levels of two engines differ.
pub fn difference(cpu: &mut CpuEngine, device: &mut GpuEngine) -> Result<Option<String>> {
    let cells = cpu.cells()?.first_difference(&device.cells()?);
    Ok(cells.or(level_difference(cpu, device)?))
}

/// What drugs add at the boundaries in each block: anew in two of three steps of the substrates.
pub fn drug_levels(plan: &Plan, tick: u32) -> Option<Vec<[f32; 4]>> {
    let blocks = (plan.substrates.as_ref()?.groups() * plan.tissue_count()) as u32;
    let solve = tick / plan.clocks.substrates_ticks;
    let level = |block: u32| philox([5, 1], [solve, block, 0, 0]).map(|word| 3.0 * uniform(word));
    let changes = plan.clocks.ends(tick, plan.clocks.substrates_ticks) && !solve.is_multiple_of(3);
    changes.then(|| (0..blocks).map(level).collect())
}

/// Cells in each tissue of the batch below.
const CELLS: u32 = 1000;

/// Stage by stage through four steps, the last of which ends an interval of every clock: one reading for each stage, up
/// to the first that differs, since those after it begin with other bits.
fn by_stage(on: On, mechanics: Mechanics) -> Result<Vec<Reading>> {
    let On::Adapter(gpu) = on else { return Ok(Vec::new()) };
    let plan = busy_plan(Geometry::Tissue, Boundary::Periodic, mechanics, 120.0, 1);
    let cells = random_cells(&plan, 0..2, CELLS, 0);
    let mut cpu = CpuEngine::new(&plan, 0..2)?;
    let mut device = GpuEngine::new(gpu, &plan, 0..2, CELLS)?;
    cpu.add(&cells, false)?;
    device.add(&cells, false)?;
    let graph = Graph::new(&plan);
    let mut seen: Vec<Stage> = Vec::new();
    for step in 0..4 {
        let tick = step * plan.clocks.movement_ticks;
        let due = if step == 3 { 90 } else { tick };
        for stage in graph.stages(due, false) {
            cpu.step(tick, &[stage])?;
            device.step(tick, &[stage])?;
            if !seen.contains(&stage) {
                seen.push(stage);
            }
            if let Some(difference) = difference(&mut cpu, &mut device)? {
                let what = format!("stage {}, device against twin: differences", stage.name());
                return Ok(vec![Reading::of_bits(what, Some(format!("step {step}, {difference}")))]);
            }
        }
    }
    let reading =
        |stage: Stage| Reading::of_bits(format!("stage {}, device against twin: differences", stage.name()), None);
    Ok(seen.into_iter().map(reading).collect())
}

/// Whole steps of a geometry: cells, levels and statistics.
fn by_geometry(on: On, geometry: Geometry) -> Result<Vec<Reading>> {
    const STEPS: u32 = 30;
    let On::Adapter(gpu) = on else { return Ok(Vec::new()) };
    let edge_um = if geometry == Geometry::Tissue { 120.0 } else { 240.0 };
    let plan = busy_plan(geometry, Boundary::Closed, Mechanics::Potentials, edge_um, 1);
    let cells = random_cells(&plan, 0..2, 2 * CELLS, 0);
    let mut cpu = CpuEngine::new(&plan, 0..2)?;
    let mut device = GpuEngine::new(gpu, &plan, 0..2, 2 * CELLS)?;
    for engine in [&mut cpu as &mut dyn Engine, &mut device] {
        engine.add(&cells, false)?;
        let graph = Graph::new(&plan);
        for step in 0..STEPS {
            let tick = step * plan.clocks.movement_ticks;
            if let Some(levels) = drug_levels(&plan, tick) {
                engine.set_drug_levels(&levels)?;
            }
            engine.step(tick, &graph.stages(tick, false))?;
        }
        engine.observe(STEPS * plan.clocks.movement_ticks)?;
    }
    let statistics = cpu.observations(true)? != device.observations(true)?;
    let differs = difference(&mut cpu, &mut device)?.or(statistics.then(|| "statistics".to_owned()));
    Ok(vec![Reading::of_bits(format!("{STEPS} steps of a {geometry:?}, device against twin: differences"), differs)])
}

/// All for `texpop verify`; none on the twins themselves.
pub fn readings(on: On) -> Result<Vec<Reading>> {
    let mut all = by_stage(on, Mechanics::Potentials)?;
    let known: Vec<String> = all.iter().map(|it| it.what.clone()).collect();
    let relaxed = by_stage(on, Mechanics::Relaxation { iterations: 4 })?;
    all.extend(relaxed.into_iter().filter(|it| !it.holds() || !known.contains(&it.what)));
    for geometry in [Geometry::Tissue, Geometry::Layer, Geometry::Culture] {
        all.extend(by_geometry(on, geometry)?);
    }
    Ok(all)
}
