//! A batch of tissues from start to end: cells in, steps, interventions, statistics and snapshots when they are due.

use super::engine::{Engine, Observation};
use super::graph::Graph;
use super::history;
use super::interventions::{Happening, Interventions};
use crate::cells::Cells;
use crate::error::Result;
use crate::plan::Plan;
use std::ops::Range;

/// Whoever takes what a batch gives.
pub trait Observer {
    /// Statistics of the batch, in the order of time.
    fn observed(&mut self, observation: Observation) -> Result<()>;

    /// All cells of the batch at a tick at which the plan asks for them, or at the end.
    fn cells(&mut self, tick: u32, cells: &Cells) -> Result<()>;

    /// Levels of all substrates (see `Substrates::place`) at a tick at which the plan asks for them.
    fn levels(&mut self, _tick: u32, _levels: &[[f32; 4]]) -> Result<()> {
        Ok(())
    }

    /// What interventions did before the step that comes next.
    fn happened(&mut self, _happened: Vec<Happening>) -> Result<()> {
        Ok(())
    }

    /// How far the steps are ordered, the end included, and the last known number of cells; false stops the batch.
    fn goes_on(&mut self, tick: u32, cell_count: u32) -> Result<bool>;
}

/// Whether a batch reached its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Finished,
    Stopped,
}

/// Runs the plan for a range of its tissues on an engine made for them.
pub fn run(plan: &Plan, tissues: Range<usize>, engine: &mut dyn Engine, observer: &mut dyn Observer) -> Result<Ending> {
    let graph = Graph::new(plan);
    let mut interventions = Interventions::new(plan, tissues.clone())?;
    let mut first = Cells::default();
    for (local, tissue) in tissues.clone().enumerate() {
        let (arm, replicate) = plan.arm_and_replicate(tissue);
        first.take_in(history::initial(plan, arm, replicate, local as u32)?);
    }
    engine.add(&first, false)?;
    drop(first);
    let mut tick = 0;
    loop {
        let is_end = tick >= plan.duration_ticks;
        if is_end || tick.is_multiple_of(plan.observe.every_ticks) {
            engine.observe(tick)?;
        }
        if is_end || plan.snapshots.contains(&tick) {
            observer.cells(tick, &engine.cells()?)?;
        }
        if plan.substrates.is_some() && plan.snapshots.contains(&tick) {
            observer.levels(tick, &engine.concentration()?)?;
        }
        for mut it in engine.observations(is_end || interventions.has_conditions())? {
            it.concentrations = interventions.concentrations(it.tick);
            if it.tick == tick {
                interventions.judge(&it)?;
            }
            observer.observed(it)?;
        }
        let goes_on = observer.goes_on(tick, engine.cell_count())?;
        if is_end {
            return Ok(Ending::Finished);
        }
        if !goes_on {
            for mut it in engine.observations(true)? {
                it.concentrations = interventions.concentrations(it.tick);
                observer.observed(it)?;
            }
            return Ok(Ending::Stopped);
        }
        let removes = interventions.carry_out(tick, engine)?;
        observer.happened(interventions.happened())?;
        engine.step(tick, &graph.stages(tick, removes))?;
        tick += plan.clocks.movement_ticks;
    }
}
