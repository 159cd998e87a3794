//! Shaders and twins, bit for bit, on the software adapter in strict numerics.

mod common;

use common::{busy_plan, random_cells, random_rules, software};
use texpop::cells::columns::OPTIONAL_PACKS;
use texpop::cells::events::EVENT_COUNT;
use texpop::device::Gpu;
use texpop::engine::cpu::CpuEngine;
use texpop::engine::gpu::GpuEngine;
use texpop::engine::graph::{Graph, Stage};
use texpop::engine::interface::Engine;
use texpop::plan::rules::Rules;
use texpop::plan::{Boundary, Geometry, Mechanics, Plan};
use texpop::random::{philox, uniform};
use texpop::verify::known::stages::{difference, drug_levels, level_difference};

/// Runs both engines from the same cells and compares every column of every cell.
fn compare(plan: &Plan, count: u32, steps: u32, capacity: u32) -> Result<(), String> {
    software().map_or(Ok(()), |gpu| compare_on(&gpu, plan, count, steps, capacity))
}

fn compare_on(gpu: &Gpu, plan: &Plan, count: u32, steps: u32, capacity: u32) -> Result<(), String> {
    assert!(gpu.description.strict, "lavapipe has strict numerics");
    let tissues = 0..plan.tissue_count();
    let cells = random_cells(plan, tissues.clone(), count, 0);
    let mut cpu = CpuEngine::new(plan, tissues.clone()).unwrap();
    let mut device = GpuEngine::new(gpu, plan, tissues, capacity).map_err(|error| error.to_string())?;
    for engine in [&mut cpu as &mut dyn Engine, &mut device] {
        engine.add(&cells, false).unwrap();
        let graph = Graph::new(plan);
        for step in 0..steps {
            let tick = step * plan.clocks.movement_ticks;
            if let Some(levels) = drug_levels(plan, tick) {
                engine.set_drug_levels(&levels).unwrap();
            }
            engine.step(tick, &graph.stages(tick, false)).unwrap();
        }
        engine.observe(steps * plan.clocks.movement_ticks).unwrap();
    }
    let (mine, theirs) = (cpu.observations(true).unwrap(), device.observations(true).unwrap());
    if let Some(difference) = cpu.cells().unwrap().first_difference(&device.cells().unwrap()) {
        return Err(difference);
    }
    if let Some(difference) = level_difference(&mut cpu, &mut device).unwrap() {
        return Err(difference);
    }
    assert_eq!(mine, theirs, "observations");
    if count >= 1000 && steps >= 100 {
        let total = |event: usize| mine[0].events.iter().skip(event).step_by(EVENT_COUNT).sum::<u32>();
        let seen: Vec<u32> = (0..EVENT_COUNT).map(total).collect();
        if cpu.world.fields.is_some() {
            let [oxygen, factor] = [mine[0].stocks[0].turned_over, mine[0].stocks[1].turned_over];
            assert!(oxygen.taken_up > 0.0 && oxygen.supplied > 0.0 && factor.secreted > 0.0, "{oxygen:?} {factor:?}");
        }
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
        compare(&plan, 6000, 110, 8000)
            .unwrap_or_else(|error| panic!("{geometry:?} {boundary:?} {mechanics:?}: {error}"));
    }
}

/// Stage by stage through steps in which every stage is due, at numbers about those of workgroups and chunks.
#[test]
fn each_stage_agrees_at_awkward_numbers_of_cells() {
    let Some(gpu) = software() else { return };
    for (count, edge_um) in
        [(0, 120.0), (1, 120.0), (63, 120.0), (64, 120.0), (65, 120.0), (1000, 120.0), (100_000, 560.0)]
    {
        let plan = busy_plan(Geometry::Tissue, Boundary::Periodic, Mechanics::Potentials, edge_um, 1);
        let cells = random_cells(&plan, 0..2, count, 0);
        let mut cpu = CpuEngine::new(&plan, 0..2).unwrap();
        let mut device = GpuEngine::new(&gpu, &plan, 0..2, count).unwrap();
        cpu.add(&cells, false).unwrap();
        device.add(&cells, false).unwrap();
        let graph = Graph::new(&plan);
        // The fourth of these steps ends an interval of every clock.
        for step in 0..4 {
            let tick = step * plan.clocks.movement_ticks;
            let due = if step == 3 { 90 } else { tick };
            for stage in graph.stages(due, false) {
                cpu.step(tick, &[stage]).unwrap();
                device.step(tick, &[stage]).unwrap();
                let differs = difference(&mut cpu, &mut device).unwrap();
                assert_eq!(differs, None, "{count} cells, step {step}, after {}", stage.name());
            }
        }
    }
}

/// A thousand rule sets, one an arm, on cells in every state that a rule can sense.
#[test]
fn a_thousand_random_rule_sets_agree_in_every_bit() {
    let Some(gpu) = software() else { return };
    let mut plan = busy_plan(Geometry::Tissue, Boundary::Periodic, Mechanics::Potentials, 80.0, 1);
    let base = plan.arms[0].clone();
    plan.arms = (0..1000)
        .map(|salt| {
            let mut arm = base.clone();
            arm.parameters.rules = random_rules(&arm.parameters, true, salt);
            arm
        })
        .collect();
    let mut cells = random_cells(&plan, 0..1000, 20_000, 0);
    for slot in 0..cells.len() {
        let [a, b, c, d] = philox([3, 4], [slot as u32, 0, 0, 0]);
        cells.identity[slot][2] |= (a % 3) << 8;
        cells.identity[slot][3] = if b % 2 == 0 { slot as u32 } else { u32::MAX };
        cells.velocity[slot][3] = uniform(c) * 3.0;
        cells.progress[slot][1] = d & 0x3_07ff;
    }
    for (number, pack) in OPTIONAL_PACKS.into_iter().enumerate() {
        let lanes = |slot| philox([8, number as u32], [slot as u32, 0, 0, 0]).map(|it| (3.0 * uniform(it)).to_bits());
        cells.set_pack(pack, (0..cells.len()).map(lanes).collect());
    }
    let mut cpu = CpuEngine::new(&plan, 0..1000).unwrap();
    let mut device = GpuEngine::new(&gpu, &plan, 0..1000, 20_000).unwrap();
    let sensing = [
        Stage::AssignVoxels,
        Stage::Scan,
        Stage::Scatter,
        Stage::SortVoxels,
        Stage::Exchange,
        Stage::Diffusion,
        Stage::CountContacts,
        Stage::CountTissue,
        Stage::Rules,
    ];
    for engine in [&mut cpu as &mut dyn Engine, &mut device] {
        engine.add(&cells, false).unwrap();
        engine.step(0, &sensing).unwrap();
    }
    let (mine, theirs) = (cpu.cells().unwrap(), device.cells().unwrap());
    assert_eq!(mine.first_difference(&theirs), None);
    // Many behaviours have left their parameters, each by its own way.
    let mut distinct: Vec<u32> = mine.behaviours.iter().map(|it| it.to_bits()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert!(distinct.len() > 10_000, "{} values in {}", distinct.len(), mine.behaviours.len());
    // The comparison can fail.
    let mut moved = mine.clone();
    moved.behaviours[57] += 0.5;
    assert!(mine.first_difference(&moved).unwrap().contains("behaviour"));
}

/// A thousand steps of a hundred thousand cells.
#[test]
fn a_large_tissue_agrees_over_a_thousand_steps() {
    let mut plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 590.0, 1);
    plan.arms.truncate(1);
    compare(&plan, 100_000, 1000, 110_000).unwrap();
}

/// More cells than fit one dimension of workgroups, whose length is lowered for it. By hand with the real length:
/// `TEXPOP_TEST_CELLS=4300000 cargo test --release --test twins workgroups`.
#[test]
fn more_workgroups_than_one_dimension_holds_agree() {
    let Some(mut gpu) = software() else { return };
    let by_hand = std::env::var("TEXPOP_TEST_CELLS").ok().map(|cells| cells.parse().unwrap());
    if by_hand.is_none() {
        gpu.max_groups_x = 16;
    }
    let cells: u32 = by_hand.unwrap_or(20_000);
    assert!(cells > 2 * 64 * gpu.max_groups_x, "{cells} cells fit two rows of workgroups");
    // As dense as the other tissues.
    let edge_um = 12.7 * (cells as f32).cbrt();
    let plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, edge_um, 1);
    compare_on(&gpu, &plan, cells, 20, cells + cells / 10).unwrap();
}

#[test]
fn running_out_of_room_changes_nothing() {
    let plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 150.0, 2);
    compare(&plan, 4000, 200, 4000).unwrap();
}

/// Where a device has no room for the lists of all cells, the others search, with equal results.
#[test]
fn lists_of_some_cells_only_change_nothing() {
    let Some(mut gpu) = software() else { return };
    let relaxation = Mechanics::Relaxation { iterations: 8 };
    let mut plan = busy_plan(Geometry::Tissue, Boundary::Periodic, relaxation, 150.0, 2);
    // What rules need of each cell would not fit either.
    plan.arms.iter_mut().for_each(|arm| arm.parameters.rules = Rules::default());
    gpu.description.max_buffer_bytes = 64 * 4000;
    compare_on(&gpu, &plan, 6000, 40, 8000).unwrap();
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
