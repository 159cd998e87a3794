//! A batch of tissues from start to end: cells in, steps, interventions, statistics and snapshots when they are due.

use super::history;
use super::intervention_state::Kept;
use super::interventions::{InterventionEvent, Interventions};
use crate::cells::Cells;
use crate::engine::graph::{Graph, Stage};
use crate::engine::interface::{Engine, Observation};
use crate::engine::state::State;
use crate::error::Result;
use crate::measure::{Layout, audit};
use crate::plan::Plan;
use crate::plan::domain::hours;
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
    fn happened(&mut self, _happened: Vec<InterventionEvent>) -> Result<()> {
        Ok(())
    }

    /// Whether all cells are checked after every stage. Where one breaks a law, the batch is saved as it was before that
    /// step.
    fn checks_stages(&self) -> bool {
        false
    }

    /// Whether the batch is to be saved at the tick that [`Observer::goes_on`] was just told of.
    fn saves(&mut self) -> bool {
        false
    }

    /// All that the batch is at that tick; everything before has been reported.
    fn save(&mut self, _moment: Moment) -> Result<()> {
        Ok(())
    }

    /// How far the steps are ordered, the end included, and the last known number of cells; false stops the batch.
    fn goes_on(&mut self, tick: u32, cell_count: u32) -> Result<bool>;
}

/// A batch between two steps, after the reports of its tick: all that is needed to go on from there.
#[derive(Clone, Debug)]
pub struct Moment {
    pub state: State,
    pub interventions: Kept,
}

/// Whether a batch reached its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Finished,
    Stopped,
}

/// Runs the plan for a range of its tissues on an engine made for them.
pub fn run(plan: &Plan, tissues: Range<usize>, engine: &mut dyn Engine, observer: &mut dyn Observer) -> Result<Ending> {
    let mut first = Cells::default();
    for (local, tissue) in tissues.clone().enumerate() {
        let (arm, replicate) = plan.arm_and_replicate(tissue);
        first.take_in(history::initial(plan, arm, replicate, local as u32)?);
    }
    engine.add(&first, false)?;
    drop(first);
    let mut batch = Batch::new(plan, tissues, engine, observer)?;
    batch.report()?;
    batch.go_on()
}

/// Goes on from a moment of the same tissues.
pub fn resume(
    plan: &Plan,
    tissues: Range<usize>,
    engine: &mut dyn Engine,
    observer: &mut dyn Observer,
    moment: &Moment,
) -> Result<Ending> {
    restored(plan, tissues, engine, observer, moment)?.go_on()
}

/// Begins at a moment of other tissues that these go on from, with the reports of its tick.
pub fn branch(
    plan: &Plan,
    tissues: Range<usize>,
    engine: &mut dyn Engine,
    observer: &mut dyn Observer,
    moment: &Moment,
) -> Result<Ending> {
    let mut batch = restored(plan, tissues, engine, observer, moment)?;
    batch.report()?;
    batch.go_on()
}

fn restored<'a>(
    plan: &'a Plan,
    tissues: Range<usize>,
    engine: &'a mut dyn Engine,
    observer: &'a mut dyn Observer,
    moment: &Moment,
) -> Result<Batch<'a>> {
    engine.restore(&moment.state)?;
    let mut batch = Batch::new(plan, tissues, engine, observer)?;
    batch.interventions.restore(&moment.interventions, moment.state.tick, batch.engine)?;
    batch.tick = moment.state.tick;
    Ok(batch)
}

struct Batch<'a> {
    plan: &'a Plan,
    /// Of the plan.
    tissues: Range<usize>,
    graph: Graph,
    layout: Layout,
    interventions: Interventions<'a>,
    engine: &'a mut dyn Engine,
    observer: &'a mut dyn Observer,
    /// That of the next step.
    tick: u32,
}

impl<'a> Batch<'a> {
    fn new(
        plan: &'a Plan,
        tissues: Range<usize>,
        engine: &'a mut dyn Engine,
        observer: &'a mut dyn Observer,
    ) -> Result<Batch<'a>> {
        let interventions = Interventions::new(plan, tissues.clone())?;
        let layout = Layout::new(plan, tissues.len())?;
        Ok(Batch { plan, tissues, graph: Graph::new(plan), layout, interventions, engine, observer, tick: 0 })
    }

    fn is_end(&self) -> bool {
        self.tick >= self.plan.duration_ticks
    }

    /// Takes what is due at the tick, and hands on what has arrived.
    fn report(&mut self) -> Result<()> {
        let (plan, tick, is_end) = (self.plan, self.tick, self.is_end());
        if is_end || tick.is_multiple_of(plan.observe.every_ticks) {
            self.engine.observe(tick)?;
        }
        if is_end || plan.snapshots.contains(&tick) {
            self.observer.cells(tick, &self.engine.cells()?)?;
        }
        if plan.substrates.is_some() && plan.snapshots.contains(&tick) {
            self.observer.levels(tick, &self.engine.concentration()?)?;
        }
        self.hand_on(is_end || self.interventions.has_conditions())
    }

    /// Hands on the observations that have arrived; all of them when `wait` is set.
    fn hand_on(&mut self, wait: bool) -> Result<()> {
        for mut it in self.engine.observations(wait)? {
            it.concentrations = self.interventions.concentrations(it.tick);
            if it.tick == self.tick && self.interventions.has_conditions() {
                self.interventions.judge(&it)?;
            }
            if audit::has_fault(&self.layout, &it.words, it.population.live_count) {
                let cells = self.engine.cells()?;
                return Err(audit::refuse(self.plan, &self.layout, &it.words, &cells, &self.tissues, it.tick));
            }
            self.observer.observed(it)?;
        }
        Ok(())
    }

    /// Steps and reports to the end, from a tick whose reports were taken.
    fn go_on(&mut self) -> Result<Ending> {
        loop {
            let goes_on = self.observer.goes_on(self.tick, self.engine.cell_count())?;
            if self.is_end() {
                return Ok(Ending::Finished);
            }
            let (saves, checks) = (self.observer.saves(), self.observer.checks_stages());
            if saves || checks || !goes_on {
                self.hand_on(true)?;
            }
            if saves {
                let moment = self.moment()?;
                self.observer.save(moment)?;
            }
            if !goes_on {
                return Ok(Ending::Stopped);
            }
            if checks {
                self.checked_step()?;
            } else {
                let removes = self.interventions.carry_out(self.tick, self.engine)?;
                self.engine.step(self.tick, &self.graph.stages(self.tick, removes))?;
            }
            self.observer.happened(self.interventions.happened())?;
            self.tick += self.plan.clocks.movement_ticks;
            self.report()?;
        }
    }

    fn moment(&mut self) -> Result<Moment> {
        Ok(Moment { state: self.engine.state()?, interventions: self.interventions.kept() })
    }

    /// Where a stage breaks a law, the batch is saved as it was before the step.
    fn checked_step(&mut self) -> Result<()> {
        let before = self.moment()?;
        let removes = self.interventions.carry_out(self.tick, self.engine)?;
        for stage in self.graph.stages(self.tick, removes) {
            self.engine.step(self.tick, &[stage])?;
            // Daughters bear their mother's id until `divide`, which follows.
            if stage == Stage::Rebuild {
                continue;
            }
            let when = format!("in the step from {} h on, after the stage {}", hours(self.tick), stage.name());
            if let Err(fault) = audit::check_cells(self.plan, &self.engine.cells()?, &self.tissues, &when) {
                // The fault is what the user has to know of, also where it cannot be saved.
                let _ = self.observer.save(before);
                return Err(fault);
            }
        }
        Ok(())
    }
}
