//! Batches: a tissue does not know which others run beside it, which arm it belongs to, or where its cells lie in memory.

use crate::common::{busy_plan, random_cells};
use crate::fixture::*;
use std::collections::HashMap;
use std::ops::Range;
use texpop::cells::Cells;
use texpop::cells::columns::{NO_BOND, PACKS, Pack};
use texpop::plan::*;
use texpop::statistics::{Layout, Row, rows, substrate_rows};
use texpop::steps::engine::Engine;
use texpop::steps::graph::Graph;
use texpop::steps::remove::Removal;

/// All bits of a cell, by its id, with the number of the tissue taken out and the bond as the id of its partner.
type ById = HashMap<u64, Vec<u32>>;

fn by_id(cells: &Cells, tissue_in_batch: u32) -> ById {
    let mine = (0..cells.len()).filter(|&slot| cells.identity[slot][2] >> 16 == tissue_in_batch);
    mine.map(|slot| {
        let mut lanes: Vec<u32> = PACKS.iter().flat_map(|&pack| cells.pack(pack)[slot]).collect();
        let [_, _, kind, bond] = cells.identity[slot];
        let partner = if bond == NO_BOND { u64::MAX } else { cells.id(bond as usize) };
        let identity = 4 * Pack::Identity as usize;
        lanes[identity + 2] = kind & 0xffff;
        lanes[identity + 3] = 0;
        lanes.extend([partner as u32, (partner >> 32) as u32]);
        (cells.id(slot), lanes)
    })
    .collect()
}

fn same(what: &str, a: &ById, b: &ById) -> Verdict {
    if a.len() != b.len() {
        return Err(format!("{what}: {} cells against {}", a.len(), b.len()));
    }
    match a.iter().find(|(id, lanes)| b.get(id) != Some(lanes)) {
        None => Ok(()),
        Some((id, lanes)) => Err(format!("{what}: cell {id:#x}: {lanes:x?} against {:x?}", b.get(id))),
    }
}

/// Cells of each tissue of the batch, the bits of its levels of substrates, and its rows of statistics, after some steps.
struct Outcome {
    tissues: Vec<ById>,
    levels: Vec<Vec<[u32; 4]>>,
    rows: Vec<Row>,
}

const CELLS: u32 = 60;

fn outcome(on: On, plan: &Plan, tissues: Range<usize>, cells: &Cells, until: u32) -> Outcome {
    outcome_with(on, plan, tissues, cells, until, None)
}

/// The same with a removal at a tick.
fn outcome_with(
    on: On,
    plan: &Plan,
    tissues: Range<usize>,
    cells: &Cells,
    until: u32,
    removal: Option<(u32, Removal)>,
) -> Outcome {
    with_engine(on, plan, tissues.clone(), cells, |engine| {
        let first = removal.as_ref().map_or(until, |(tick, _)| *tick);
        advance(engine, plan, 0..first);
        if let Some((tick, removal)) = removal {
            engine.remove(&removal).unwrap();
            engine.step(tick, &Graph::new(plan).stages(tick, true)).unwrap();
            advance(engine, plan, tick + plan.clocks.movement_ticks..until);
        }
        engine.observe(until).unwrap();
        look(engine, plan, tissues)
    })
}

fn look(engine: &mut dyn Engine, plan: &Plan, tissues: Range<usize>) -> Outcome {
    let observation = engine.observations(true).unwrap().pop().unwrap();
    let layout = Layout::new(plan, tissues.len()).unwrap();
    let (count, range) = (tissues.len() as u32, tissues.start as u32..tissues.end as u32);
    let mut rows =
        rows(plan, &layout, &observation.words, &observation.events, observation.tick, range.clone()).unwrap();
    rows.extend(substrate_rows(plan, &observation.stocks, observation.tick, range));
    let cells = engine.cells().unwrap();
    let levels = levels(plan, &engine.concentration().unwrap(), tissues.len());
    Outcome { tissues: (0..count).map(|tissue| by_id(&cells, tissue)).collect(), levels, rows }
}

/// Bits of the levels of each tissue, group by group.
fn levels(plan: &Plan, values: &[[f32; 4]], tissues: usize) -> Vec<Vec<[u32; 4]>> {
    let voxels = plan.substrates.as_ref().map_or(1, |it| it.grid.voxel_count());
    let mut levels = vec![Vec::new(); tissues];
    for (block, values) in values.chunks(voxels).enumerate() {
        levels[block % tissues].extend(values.iter().map(|it| it.map(f32::to_bits)));
    }
    levels
}

fn same_levels(what: &str, a: &[[u32; 4]], b: &[[u32; 4]]) -> Verdict {
    let first = a.iter().zip(b).position(|(a, b)| a != b);
    match first {
        None if a.len() == b.len() => Ok(()),
        _ => Err(format!("{what}: levels differ in place {first:?} of {} and {}", a.len(), b.len())),
    }
}

fn cells_for(plan: &Plan, tissues: Range<usize>) -> Cells {
    let count = CELLS * tissues.len() as u32;
    random_cells(plan, tissues, count, 3)
}

/// Tissue `number` alone, as in the batch of all; `plan` may differ from that of the batch.
fn alone_as_in_batch(on: On, batch: &Outcome, plan: &Plan, number: usize, until: u32) -> Verdict {
    let alone = outcome(on, plan, number..number + 1, &cells_for(plan, number..number + 1), until);
    same(&format!("tissue {number}"), &alone.tissues[0], &batch.tissues[number])?;
    same_levels(&format!("tissue {number}"), &alone.levels[0], &batch.levels[number])?;
    let mine: Vec<&Row> = batch.rows.iter().filter(|row| row.tissue == number as u32).collect();
    if mine.is_empty() || !mine.iter().copied().eq(&alone.rows) {
        return Err(format!("tissue {number}: statistics {:?} against {mine:?}", alone.rows));
    }
    Ok(())
}

#[test]
fn a_tissue_does_not_know_which_others_run_beside_it() {
    for (geometry, mechanics) in [
        (Geometry::Tissue, Mechanics::Potentials),
        (Geometry::Layer, Mechanics::Relaxation { iterations: 4 }),
        (Geometry::Culture, Mechanics::Potentials),
    ] {
        let plan = busy_plan(geometry, Boundary::Closed, mechanics, 100.0, 32);
        assert_eq!(plan.tissue_count(), 64);
        let mut wrong = plan.clone();
        wrong.arms.iter_mut().for_each(|arm| arm.parameters.types[0].apoptosis_per_min *= 1.1);
        wrong.arms.iter_mut().for_each(|arm| arm.parameters.types[1].apoptosis_per_min *= 1.1);
        wrong.arms.iter_mut().for_each(|arm| arm.parameters.phases[0].exit_per_min *= 1.1);
        on_both(|on| {
            let batch = outcome(on, &plan, 0..64, &cells_for(&plan, 0..64), 600);
            for number in [0, 5, 31, 32, 63] {
                alone_as_in_batch(on, &batch, &plan, number, 600)
                    .unwrap_or_else(|error| panic!("{on:?}, {geometry:?}: {error}"));
            }
            alone_as_in_batch(on, &batch, &wrong, 5, 600).expect_err("a rate 10 % off is seen");
            assert_eq!(batch.levels[5].is_empty(), geometry == Geometry::Culture);
        });
    }
}

/// Uptake off by a part in a thousand is seen in the levels at once.
#[test]
fn levels_of_a_batch_show_what_cells_take_up() {
    let plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 100.0, 2);
    let mut wrong = plan.clone();
    let uptake =
        |plan: &mut Plan| plan.arms.iter_mut().for_each(|arm| arm.parameters.exchange[0].uptake_per_min *= 1.001);
    uptake(&mut wrong);
    on_both(|on| {
        let run = |plan: &Plan| outcome(on, plan, 0..4, &cells_for(plan, 0..4), 20);
        let (right, off) = (run(&plan), run(&wrong));
        for tissue in 0..4 {
            same_levels("the same run", &right.levels[tissue], &run(&plan).levels[tissue]).unwrap();
            same_levels("uptake", &right.levels[tissue], &off.levels[tissue]).expect_err("uptake that is off is seen");
        }
    });
}

/// Replicate r of both arms, alike in every bit.
fn arms_alike(outcome: &Outcome, replicates: usize) -> Verdict {
    (0..replicates)
        .try_for_each(|r| same(&format!("replicate {r}"), &outcome.tissues[r], &outcome.tissues[replicates + r]))
}

#[test]
fn replicates_are_paired_across_arms() {
    let different = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 100.0, 8);
    let mut equal = different.clone();
    equal.arms[1].parameters = equal.arms[0].parameters.clone();
    let mut gentler = equal.clone();
    gentler.arms[1].parameters.phases[0].exit_per_min *= 0.9;
    on_both(|on| {
        let run = |plan: &Plan, until| outcome(on, plan, 0..16, &cells_for(plan, 0..16), until);
        arms_alike(&run(&different, 0), 8).unwrap();
        arms_alike(&run(&equal, 600), 8).unwrap_or_else(|error| panic!("{on:?}: {error}"));
        arms_alike(&run(&gentler, 600), 8).expect_err("a rate 10 % off in one arm is seen");
    });
}

#[test]
fn placed_cells_are_the_same_in_every_arm() {
    let mut plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 100.0, 3);
    for arm in &mut plan.arms {
        let ball = Region::Ball { centre_um: [0.0; 3], radius_um: 40.0 };
        arm.initial = vec![Placement { traits: vec![Distribution::Fixed(1.0)], ..some_cells(0, 30, ball) }];
    }
    let cells = all_placed(&plan);
    let tissue = |number| by_id(&cells, number);
    for replicate in 0..3 {
        same("placed", &tissue(replicate), &tissue(3 + replicate)).unwrap();
    }
    same("placed", &tissue(0), &tissue(1)).expect_err("replicates differ");
}

/// An intervention in one arm leaves the other as it would be without, and its own as it was until then.
#[test]
fn an_intervention_changes_its_arm_alone_and_only_from_then_on() {
    let mut plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 100.0, 8);
    plan.arms[1].parameters = plan.arms[0].parameters.clone();
    let cells = cells_for(&plan, 0..16);
    on_both(|on| {
        let removal = Removal::new(1, 0, 1, 0.5, &Region::Everywhere);
        let before = outcome(on, &plan, 0..16, &cells, 300);
        let untouched = outcome(on, &plan, 0..16, &cells, 600);
        let treated = outcome_with(on, &plan, 0..16, &cells, 600, Some((300, removal)));
        arms_alike(&before, 8).unwrap();
        for tissue in 0..8 {
            same("the arm without", &treated.tissues[tissue], &untouched.tissues[tissue])
                .unwrap_or_else(|error| panic!("{on:?}: {error}"));
        }
        arms_alike(&treated, 8).expect_err("the intervention did something");
    });
}

/// The same cells in other slots: a stride that is prime to their number.
fn shuffled(cells: &Cells) -> Cells {
    let mut other = Cells::default();
    let count = cells.len();
    assert_ne!(count % 7919, 0);
    for slot in (0..count).map(|slot| (slot * 7919 + 13) % count) {
        other.push([0, 1, 2, 3, 4].map(|pack| cells.pack(PACKS[pack])[slot]));
    }
    other
}

#[test]
fn the_order_of_slots_changes_no_cell() {
    for (boundary, mechanics) in
        [(Boundary::Closed, Mechanics::Potentials), (Boundary::Periodic, Mechanics::Relaxation { iterations: 4 })]
    {
        let plan = busy_plan(Geometry::Tissue, boundary, mechanics, 150.0, 1);
        let cells = random_cells(&plan, 0..2, 1001, 5);
        let mut moved = shuffled(&cells);
        assert!(cells.first_difference(&moved).is_some());
        on_both(|on| {
            let run = |cells: &Cells| outcome(on, &plan, 0..2, cells, 600);
            let (one, other) = (run(&cells), run(&shuffled(&cells)));
            for tissue in 0..2 {
                same("shuffled", &one.tissues[tissue], &other.tissues[tissue])
                    .and_then(|()| same_levels("shuffled", &one.levels[tissue], &other.levels[tissue]))
                    .unwrap_or_else(|error| panic!("{on:?}, {boundary:?}: {error}"));
            }
        });
        moved.position[57][1] += 1.0;
        let differs = |on| {
            let (one, other) = (outcome(on, &plan, 0..2, &cells, 10), outcome(on, &plan, 0..2, &moved, 10));
            (0..2).any(|tissue| same("moved", &one.tissues[tissue], &other.tissues[tissue]).is_err())
        };
        assert!(differs(On::Twin), "a cell moved by a micrometre is seen");
    }
}
