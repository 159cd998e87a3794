//! Batches: a tissue does not know which others run beside it, which arm it belongs to, or where its cells lie in memory.

use super::busy::{busy_plan, random_cells};
use super::lab::{On, advance, with_engine};
use super::reading::Reading;
use crate::cells::Cells;
use crate::cells::columns::{NO_BOND, PACKS, Pack};
use crate::engine::graph::Graph;
use crate::engine::interface::Engine;
use crate::error::{Error, Result};
use crate::measure::{Layout, StatisticRow, rows, substrate_rows};
use crate::plan::*;
use crate::stages::lifecycle::remove::Removal;
use std::collections::HashMap;
use std::ops::Range;

/// All bits of a cell, by its id, with the number of the tissue taken out and the bond as the id of its partner.
pub type ById = HashMap<u64, Vec<u32>>;

/// The cells of a tissue of a batch.
pub fn by_id(cells: &Cells, tissue_in_batch: u32) -> ById {
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

/// Where the cells of two tissues differ.
pub fn difference(a: &ById, b: &ById) -> Option<String> {
    if a.len() != b.len() {
        return Some(format!("{} cells against {}", a.len(), b.len()));
    }
    let (id, lanes) = a.iter().find(|(id, lanes)| b.get(id) != Some(lanes))?;
    Some(format!("cell {id:#x}: {lanes:x?} against {:x?}", b.get(id)))
}

/// Cells of each tissue of the batch, the bits of its levels of substrates, and its rows of statistics, after some steps.
pub struct Outcome {
    pub tissues: Vec<ById>,
    pub levels: Vec<Vec<[u32; 4]>>,
    pub rows: Vec<StatisticRow>,
}

const CELLS: u32 = 60;

/// Runs cells of a plan's tissues until a tick, with a removal at a tick where one is given.
pub fn outcome(
    on: On,
    plan: &Plan,
    tissues: Range<usize>,
    cells: &Cells,
    until: u32,
    removal: Option<(u32, Removal)>,
) -> Result<Outcome> {
    with_engine(on, plan, tissues.clone(), cells, |engine| {
        let first = removal.as_ref().map_or(until, |(tick, _)| *tick);
        advance(engine, plan, 0..first)?;
        if let Some((tick, removal)) = removal {
            engine.remove(&removal)?;
            engine.step(tick, &Graph::new(plan).stages(tick, true))?;
            advance(engine, plan, tick + plan.clocks.movement_ticks..until)?;
        }
        engine.observe(until)?;
        look(engine, plan, tissues)
    })
}

fn look(engine: &mut dyn Engine, plan: &Plan, tissues: Range<usize>) -> Result<Outcome> {
    let lost = || Error::Failed("an observation did not come back".to_owned());
    let observation = engine.observations(true)?.pop().ok_or_else(lost)?;
    let layout = Layout::new(plan, tissues.len())?;
    let (count, range) = (tissues.len() as u32, tissues.start as u32..tissues.end as u32);
    let mut rows = rows(plan, &layout, &observation.words, &observation.events, observation.tick, range.clone())?;
    rows.extend(substrate_rows(plan, &observation.stocks, observation.tick, range));
    let cells = engine.cells()?;
    let levels = levels(plan, &engine.concentration()?, tissues.len());
    Ok(Outcome { tissues: (0..count).map(|tissue| by_id(&cells, tissue)).collect(), levels, rows })
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

/// Where the levels of two tissues differ.
pub fn level_difference(a: &[[u32; 4]], b: &[[u32; 4]]) -> Option<String> {
    match a.iter().zip(b).position(|(a, b)| a != b) {
        None if a.len() == b.len() => None,
        first => Some(format!("levels differ in place {first:?} of {} and {}", a.len(), b.len())),
    }
}

/// Cells at random for some of the tissues.
pub fn cells_for(plan: &Plan, tissues: Range<usize>) -> Cells {
    let count = CELLS * tissues.len() as u32;
    random_cells(plan, tissues, count, 3)
}

/// Where tissue `number` alone differs from what it was in the batch of all; `plan` may differ from that of the batch.
pub fn alone_against_batch(on: On, batch: &Outcome, plan: &Plan, number: usize, until: u32) -> Result<Option<String>> {
    let alone = outcome(on, plan, number..number + 1, &cells_for(plan, number..number + 1), until, None)?;
    let cells = difference(&alone.tissues[0], &batch.tissues[number]);
    let levels = || level_difference(&alone.levels[0], &batch.levels[number]);
    let statistics = || {
        let mine: Vec<&StatisticRow> = batch.rows.iter().filter(|row| row.tissue == number as u32).collect();
        let is_same = !mine.is_empty() && mine.iter().copied().eq(&alone.rows);
        (!is_same).then(|| format!("statistics {:?} against {mine:?}", alone.rows))
    };
    Ok(cells.or_else(levels).or_else(statistics))
}

/// Where replicate r of the second arm first differs from that of the first.
pub fn arm_difference(outcome: &Outcome, replicates: usize) -> Option<String> {
    let of = |r: usize| {
        let what = difference(&outcome.tissues[r], &outcome.tissues[replicates + r])?;
        Some(format!("replicate {r}: {what}"))
    };
    (0..replicates).find_map(of)
}

/// The same cells in other slots: a stride that is prime to their number, which is no multiple of it.
pub fn shuffled(cells: &Cells) -> Cells {
    let mut other = Cells::default();
    let count = cells.len();
    for slot in (0..count).map(|slot| (slot * 7919 + 13) % count) {
        other.push([0, 1, 2, 3, 4].map(|pack| cells.pack(PACKS[pack])[slot]));
    }
    other
}

/// Saved at the first tick, and gone on with from there in an engine of its own.
fn resumed(on: On, plan: &Plan, cells: &Cells, ticks: Range<u32>) -> Result<Outcome> {
    let saved = with_engine(on, plan, 0..16, cells, |engine| {
        advance(engine, plan, 0..ticks.start)?;
        engine.state()
    })?;
    with_engine(on, plan, 0..16, &Cells::default(), |engine| {
        engine.restore(&saved)?;
        advance(engine, plan, ticks.clone())?;
        engine.observe(ticks.end)?;
        look(engine, plan, 0..16)
    })
}

/// All for `texpop verify`: a minute of simulated time, in which all that a plan can have happens.
pub fn readings(on: On) -> Result<Vec<Reading>> {
    let mut plan = busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, 100.0, 8);
    let run = |plan: &Plan, cells: &Cells, until| outcome(on, plan, 0..16, cells, until, None);
    let cells = cells_for(&plan, 0..16);
    let batch = run(&plan, &cells, 600)?;
    let mut all = Vec::new();
    for number in [0, 5, 15] {
        let what = format!("tissue {number} of 16 alone, against the batch: differences");
        all.push(Reading::of_bits(what, alone_against_batch(on, &batch, &plan, number, 600)?));
    }
    let moved = run(&plan, &shuffled(&cells), 600)?;
    let cells_differ = || batch.tissues.iter().zip(&moved.tissues).find_map(|(a, b)| difference(a, b));
    let differ = batch.levels.iter().zip(&moved.levels).find_map(|(a, b)| level_difference(a, b)).or_else(cells_differ);
    all.push(Reading::of_bits("cells in other slots: differences", differ));
    let resumed = resumed(on, &plan, &cells, 300..600)?;
    let cells_differ = || batch.tissues.iter().zip(&resumed.tissues).find_map(|(a, b)| difference(a, b));
    let differ =
        batch.levels.iter().zip(&resumed.levels).find_map(|(a, b)| level_difference(a, b)).or_else(cells_differ);
    all.push(Reading::of_bits("saved and restored in another engine: differences", differ));
    plan.arms[1].parameters = plan.arms[0].parameters.clone();
    let differ = arm_difference(&run(&plan, &cells, 600)?, 8);
    all.push(Reading::of_bits("8 replicates of two equal arms: differences", differ));
    Ok(all)
}
