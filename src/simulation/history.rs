//! Cells that enter after a history of their own: each lives through its spells by the twin of the kernel before it is
//! there. They neither divide nor die meanwhile, so as many enter as were asked for, unselected. Their noise is not that
//! of the time after they enter.

use crate::cells::columns::{Group, NO_BOND, OPTIONAL_PACKS, Pack};
use crate::cells::{Cells, placement};
use crate::engine::cpu::CpuEngine;
use crate::engine::graph::Graph;
use crate::engine::initial_state::entering;
use crate::engine::interface::Engine;
use crate::error::Result;
use crate::plan::domain::minutes;
use crate::plan::isolated_cells::{parameters, still};
use crate::plan::{Placement, Plan};

/// Sets the random numbers of a history apart from those of a run.
const STREAM: u32 = 0x9E37_79B9;

/// The cells of a placement, with their history, if the plan has any.
pub fn place(plan: &Plan, arm: usize, placement: &Placement, group: u32, seed: [u32; 2], tissue: u32) -> Result<Cells> {
    let mut cells = placement::place(plan, &plan.arms[arm].parameters, placement, group, seed, tissue);
    if !plan.has_history() {
        return Ok(cells);
    }
    // Of cells that enter together all have the packs that a plan needs, or none.
    let more = entering(plan, &cells, |_| (seed, arm));
    cells.append(&more);
    if !placement.history.is_empty() {
        live_through(plan, placement, seed, &mut cells)?;
    }
    Ok(cells)
}

/// All cells at the start of a tissue.
pub fn initial(plan: &Plan, arm: usize, replicate: usize, tissue: u32) -> Result<Cells> {
    let mut cells = Cells::default();
    for (group, placement) in plan.arms[arm].initial.iter().enumerate() {
        cells.take_in(place(plan, arm, placement, group as u32, plan.seeds[replicate], tissue)?);
    }
    Ok(cells)
}

/// Changes the packs of proteostasis to what the spells make of them.
fn live_through(plan: &Plan, placement: &Placement, seed: [u32; 2], cells: &mut Cells) -> Result<()> {
    let Some(&[low, high, ..]) = cells.identity.first() else { return Ok(()) };
    let step_ticks = plan.clocks.proteostasis_ticks;
    let rows: Vec<_> = placement.history.iter().map(|spell| spell.row).collect();
    let alone = still(&rows[..1], vec![[seed[0] ^ low ^ STREAM, seed[1] ^ high]], step_ticks, 0);
    let graph = Graph::new(&alone);
    let mut engine = CpuEngine::new(&alone, 0..1)?;
    engine.add(&alone_in_a_dish(cells), false)?;
    let mut tick = 0;
    for spell in &placement.history {
        engine.set_parameters(0, &parameters(spell.row))?;
        let steps = (spell.duration_min / minutes(step_ticks)).round() as u32;
        for _ in 0..steps {
            engine.step(tick, &graph.stages(tick, false))?;
            tick += step_ticks;
        }
    }
    let lived = engine.cells()?;
    for pack in of_proteostasis() {
        let mut lanes = cells.take_pack(pack);
        for (identity, lived) in lived.identity.iter().zip(lived.pack(pack)) {
            // The id tells where a cell was before.
            lanes[identity[0] as usize] = *lived;
        }
        cells.set_pack(pack, lanes);
    }
    Ok(())
}

/// The packs that a history changes.
fn of_proteostasis() -> impl Iterator<Item = Pack> {
    OPTIONAL_PACKS.into_iter().filter(|pack| pack.group() == Group::Proteostasis)
}

/// The same cells as the only ones of a dish, numbered.
fn alone_in_a_dish(cells: &Cells) -> Cells {
    let mut alone = Cells::default();
    for cell in 0..cells.len() as u32 {
        let place = [0.0f32, 0.0, 0.0, 500.0].map(f32::to_bits);
        alone.push([place, [0; 4], [0; 4], [cell, 0, 0, NO_BOND], [u32::MAX, 0, 0, 0]]);
    }
    of_proteostasis().for_each(|pack| alone.set_pack(pack, cells.pack(pack).to_vec()));
    alone
}
