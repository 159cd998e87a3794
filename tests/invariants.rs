//! The audit of each report: a hash of all cells, and what no cell may be. Each invariant is broken, and seen, on the twins
//! and on the software adapter.

mod common;

use common::{busy_plan, random_cells, software};
use std::ops::Range;
use texpop::cells::Cells;
use texpop::cells::columns::{COLUMNS, Group, Pack, Storage, column, packs};
use texpop::device::Gpu;
use texpop::engine::cpu::CpuEngine;
use texpop::engine::gpu::GpuEngine;
use texpop::engine::graph::{Graph, Stage};
use texpop::engine::interface::{Engine, Observation};
use texpop::error::{Error, Result};
use texpop::measure::Layout;
use texpop::measure::audit::{audit, has_fault, lanes_of, refuse, state_hash};
use texpop::plan::*;
use texpop::simulation::batch::{self, Observer};
use texpop::verify::known::batches::shuffled;

fn plan() -> Plan {
    busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 120.0, 1)
}

fn observed(gpu: Option<&Gpu>, plan: &Plan, cells: &Cells) -> (Observation, Cells) {
    let look = |engine: &mut dyn Engine| {
        engine.add(cells, false).unwrap();
        engine.observe(0).unwrap();
        (engine.observations(true).unwrap().pop().unwrap(), engine.cells().unwrap())
    };
    match gpu {
        None => look(&mut CpuEngine::new(plan, 0..2).unwrap()),
        Some(gpu) => look(&mut GpuEngine::new(gpu, plan, 0..2, cells.len() as u32).unwrap()),
    }
}

type Break = fn(&mut Cells);

/// What is broken, how, and what the message must have.
const BREAKS: [(&str, Break, &[&str]); 7] = [
    ("NaN", |it| it.position[130][3] = f32::NAN, &["volume_um3 is NaN", "arm kill, replicate 1, at 0 h: cell 0x"]),
    ("infinity", |it| it.motility[131][1] = f32::INFINITY, &["motility_y_um_per_min is inf", "arm gentle"]),
    ("outside", |it| it.position[7][2] = -60.01, &["z_um is -60.01, outside of the domain, which ends at ±60"]),
    ("no such slot", |it| it.identity[64][3] = 5000, &["bond is 5000, which is the slot of no other cell"]),
    ("itself", |it| it.identity[64][3] = 64, &["bond is 64"]),
    ("another tissue", |it| it.identity[64][3] = 65, &["bond is 65"]),
    ("the same id", |it| (0..2).for_each(|lane| it.identity[900][lane] = it.identity[0][lane]), &["in slot 0"]),
];

#[test]
fn each_invariant_is_seen_to_be_broken() {
    let (plan, gpu) = (plan(), software());
    let layout = Layout::new(&plan, 2).unwrap();
    let cells = random_cells(&plan, 0..2, 1000, 0);
    for gpu in [None].into_iter().chain(gpu.as_ref().map(Some)) {
        let (sound, _) = observed(gpu, &plan, &cells);
        assert!(!has_fault(&layout, &sound.words, 1000));
        assert!(has_fault(&layout, &sound.words, 1001), "lost room");
        for (name, breaks, parts) in BREAKS {
            let mut broken = cells.clone();
            breaks(&mut broken);
            let (seen, found) = observed(gpu, &plan, &broken);
            assert!(has_fault(&layout, &seen.words, 1000), "{name}");
            let error = refuse(&plan, &layout, &seen.words, &found, &(0..2), 0);
            assert_eq!(error.exit_code(), 4);
            let missing: Vec<_> = parts.iter().filter(|part| !error.to_string().contains(**part)).collect();
            assert!(missing.is_empty(), "{name}: no {missing:?} in {error}");
            // Gone by the time that anyone looks.
            let late = refuse(&plan, &layout, &seen.words, &cells, &(0..2), 600).to_string();
            assert!(late.contains("arm ") && late.contains(" at 0.1 h: ") && late.contains(" cells of "), "{late}");
        }
    }
}

fn hashes(plan: &Plan, cells: &Cells) -> [u64; 2] {
    let layout = Layout::new(plan, 2).unwrap();
    let mut words = vec![0; layout.words()];
    audit(plan, &layout, cells, &mut words);
    [0, 1].map(|tissue| state_hash(&layout, &words, tissue))
}

/// A bit of any column of one cell changes the hash of its tissue alone; the order of slots changes nothing. That devices
/// give the hash of the twins, and batches that of a tissue alone, is seen by the tests of twins and batches.
#[test]
fn the_hash_is_that_of_all_columns_whatever_their_order() {
    let plan = plan();
    let mut cells = random_cells(&plan, 0..2, 1001, 0);
    for pack in packs(&plan).filter(|pack| pack.group() != Group::Every) {
        cells.set_pack(pack, vec![[7; 4]; 1001]);
    }
    let before = hashes(&plan, &cells);
    assert!(before.iter().all(|&hash| hash > 1 << 40 && hash < 1 << 52) && before[0] != before[1]);
    assert_eq!(hashes(&plan, &shuffled_all(&plan, &cells)), before);
    for column in COLUMNS {
        let mut lanes = cells.pack(column.pack).to_vec();
        let lane = &mut lanes[500][column.lane];
        match column.name {
            // Of its batch.
            "tissue" => continue,
            "bond" => *lane = 502,
            _ => {
                *lane ^= match column.storage {
                    Storage::Float => 1,
                    Storage::Bits { shift, .. } => 1 << shift,
                }
            }
        }
        let mut other = cells.clone();
        other.set_pack(column.pack, lanes);
        let after = hashes(&plan, &other);
        // A cell of another type or id is in the tissue all the same.
        assert!(after[0] != before[0] && after[1] == before[1], "{}: {before:?}, {after:?}", column.name);
    }
    assert_eq!(lanes_of(Pack::Surface), [7, 7]);
    assert_eq!(lanes_of(Pack::Signal), [15, 14]);
    assert!(column("pd_l1").is_some_and(|it| it.pack == Pack::Surface && it.lane == 2));
}

/// All packs in other slots.
fn shuffled_all(plan: &Plan, cells: &Cells) -> Cells {
    let mut other = shuffled(cells);
    for pack in packs(plan).filter(|pack| pack.group() != Group::Every) {
        other.set_pack(pack, cells.pack(pack).to_vec());
    }
    other
}

/// Whether all stages are checked.
struct Watch(bool);

impl Observer for Watch {
    fn observed(&mut self, _observation: Observation) -> Result<()> {
        Ok(())
    }

    fn cells(&mut self, _tick: u32, _cells: &Cells) -> Result<()> {
        Ok(())
    }

    fn checks_stages(&self) -> bool {
        self.0
    }

    fn goes_on(&mut self, _tick: u32, _cell_count: u32) -> Result<bool> {
        Ok(true)
    }
}

/// A run whose walkers become infinitely fast stops at its next report; checked, in the stage that makes them so.
#[test]
fn a_run_stops_where_a_cell_is_at_fault() {
    let mut plan = plan();
    (plan.duration_ticks, plan.observe.every_ticks) = (1000, 500);
    for arm in &mut plan.arms {
        let region = Region::Ball { centre_um: [0.0; 3], radius_um: 40.0 };
        arm.initial = vec![Placement {
            cell_type: 1,
            arrangement: Arrangement::Random { count: 30, region },
            phase: Some(0),
            traits: vec![Distribution::Fixed(1.0)],
            history: vec![],
        }];
    }
    let run = |plan: &Plan, is_checked: bool, tissues: Range<usize>| -> Result<batch::Ending> {
        let mut engine = CpuEngine::new(plan, tissues.clone()).unwrap();
        batch::run(plan, tissues, &mut engine, &mut Watch(is_checked))
    };
    run(&plan, true, 0..2).unwrap();
    plan.arms[1].parameters.types[1].walk_kick = f32::INFINITY;
    for (is_checked, when) in
        [(false, "at 0.08333333333333333 h"), (true, "in the step from 0 h on, after the stage motility")]
    {
        let error = run(&plan, is_checked, 0..2).unwrap_err();
        assert!(matches!(error, Error::Tissue(1, _)));
        let text = error.to_string();
        assert!(text.contains("arm gentle, replicate 1") && text.contains(when) && text.contains("(t_cell)"), "{text}");
    }
}

/// The time that a report's audit takes, against that of the steps of an hour, the default interval, on the device's own
/// clock: below 1 %.
#[test]
fn the_audit_takes_less_than_a_hundredth() {
    const STEPS: u32 = 20;
    let Some(gpu) = software() else { return };
    let plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 270.0, 1);
    let mut engine = GpuEngine::new(&gpu, &plan, 0..2, 25_000).unwrap();
    engine.add(&random_cells(&plan, 0..2, 20_000, 0), false).unwrap();
    assert!(engine.time_stages().unwrap());
    let graph = Graph::new(&plan);
    let run = |engine: &mut GpuEngine, steps: Range<u32>| {
        for step in steps {
            let tick = step * plan.clocks.movement_ticks;
            // The steps of cells alone: the substrates would make the audit's part smaller still.
            let stages: Vec<Stage> =
                graph.stages(tick, false).into_iter().filter(|it| *it != Stage::Diffusion).collect();
            engine.step(tick, &stages).unwrap();
        }
        engine.observe(0).unwrap();
        engine.stage_times().unwrap()
    };
    run(&mut engine, 0..1);
    let times = run(&mut engine, 1..1 + STEPS);
    let audit: f64 = times.iter().filter(|it| it.0 == "audit").map(|it| it.1).sum();
    let all: f64 = times.iter().filter(|it| it.0 != "audit" && it.0 != "statistics").map(|it| it.1).sum();
    let hour = all / f64::from(STEPS) * f64::from(60 * TICKS_PER_MIN / plan.clocks.movement_ticks);
    println!("audit {:.3} ms, an hour of steps {:.1} ms: {:.4} %", audit / 1e6, hour / 1e6, 100.0 * audit / hour);
    assert!(audit > 0.0 && audit < 0.01 * hour);
}
