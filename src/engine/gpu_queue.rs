//! The order of work of the engine on a device: submissions, confirmations, halts.

use super::gpu::{Command, Flight, GpuEngine};
use super::graph::Stage;
use super::interface::Observation;
use crate::cells::settings::Population;
use crate::device::{CommandEncoder, Kind, pass};
use crate::error::{Error, Result};
use crate::fields::balance::Column;
use crate::fields::device::STAGED_LEVELS;
use crate::measure::Stock;
use crate::plan::Mechanics;

/// Cell-steps in a submission: about a tenth of a second on a software adapter, milliseconds on hardware.
const SOFTWARE_SUBMISSION: u32 = 200_000;
const HARDWARE_SUBMISSION: u32 = 20_000_000;
/// Dispatches in a submission, about: a step has some thirty, and each solve of the substrates some hundred more, which
/// take memory of the driver while they are on their way.
const MOST_DISPATCHES: usize = 2048;
const STEP_DISPATCHES: usize = 32;
/// Submissions on their way at once.
const MOST_IN_FLIGHT: usize = 2;

impl GpuEngine<'_> {
    /// Steps that make a submission of good length.
    pub(crate) fn steps_in_submission(&self) -> usize {
        let cell_steps = match self.gpu.description.kind {
            Kind::Software => SOFTWARE_SUBMISSION,
            Kind::Hardware => HARDWARE_SUBMISSION,
        };
        let by_cells = (cell_steps / self.population.live_count.max(1)) as usize;
        let clocks = &self.plan.clocks;
        let steps_by_solve = (clocks.substrates_ticks / clocks.movement_ticks).max(1) as usize;
        let dispatches = STEP_DISPATCHES + self.sweeps.dispatches().div_ceil(steps_by_solve);
        by_cells.clamp(1, (MOST_DISPATCHES / dispatches).max(1))
    }

    /// Submits what has been ordered. An observation ends its submission.
    pub(crate) fn submit(&mut self) -> Result<()> {
        while self.submitted < self.log.len() {
            self.submit_next()?;
            while self.in_flight.len() > MOST_IN_FLIGHT {
                self.wait_for_oldest()?;
            }
        }
        Ok(())
    }

    fn submit_next(&mut self) -> Result<()> {
        let mut encoder = self.gpu.encoder("steps");
        let mut flight = Flight { commands: 0, observed: None };
        let mut is_empty = true;
        let mut staged: Vec<u8> = Vec::new();
        for command in self.log.range(self.submitted..) {
            // Parameters are written before all that a submission holds, so they begin one.
            if matches!(command, Command::SetParameters { .. }) && !is_empty {
                break;
            }
            let is_setting_levels = matches!(command, Command::SetDrugLevels { .. });
            if is_setting_levels && staged.len() == STAGED_LEVELS * size_of_val(self.drug_levels.as_slice()) {
                break;
            }
            flight.commands += 1;
            is_empty &= matches!(command, Command::SetParameters { .. });
            match command {
                Command::SetParameters { first, words } => {
                    self.buffers.upload(self.gpu, "parameters", 4 * *first as u64, bytemuck::cast_slice(words))?;
                }
                // These wait their turn, since they change from step to step.
                Command::SetDrugLevels { levels } => {
                    let levels: &[u8] = bytemuck::cast_slice(levels);
                    let [from, to] = ["staged_drug_levels", "drug_levels"].map(|name| self.buffers.expect(name));
                    encoder.copy_buffer_to_buffer(from?, staged.len() as u64, to?, 0, levels.len() as u64);
                    staged.extend_from_slice(levels);
                }
                Command::Step { tick, stages } => self.record_stages(&mut encoder, *tick, stages)?,
                Command::Observe { tick } => {
                    flight.observed = Some(*tick);
                    break;
                }
            }
        }
        if flight.observed.is_some() {
            self.record(&mut encoder, "statistics", &self.observing);
            self.record(&mut encoder, "audit", &self.auditing);
            // By their words: buffers are rounded up.
            let sums = self.sweeps.row_sums * size_of::<Column>() / 4;
            let all = [("statistics", self.layout.words()), ("events", self.event_words()), ("field_sums", sums)];
            for (name, words) in all.into_iter().filter(|it| it.1 > 0) {
                let source = self.buffers.expect(name)?;
                self.ring.copy(self.gpu, &mut encoder, source, 0, 4 * words as u64)?;
            }
        }
        if !staged.is_empty() {
            self.buffers.upload(self.gpu, "staged_drug_levels", 0, &staged)?;
        }
        let population = self.buffers.expect("population")?;
        self.ring.copy(self.gpu, &mut encoder, population, 0, population.size())?;
        self.in_flight.push_back(self.gpu.submit(encoder));
        self.ring.map(flight);
        self.submitted += flight.commands;
        Ok(())
    }

    fn record_stages(&self, encoder: &mut CommandEncoder, tick: u32, stages: &[Stage]) -> Result<()> {
        let iterations = match self.plan.mechanics {
            Mechanics::Relaxation { iterations } => iterations,
            Mechanics::Potentials => 1,
        };
        for stage in stages {
            let dispatches = &self.dispatches[stage];
            if *stage == Stage::Balance {
                self.record(encoder, stage.name(), &self.balancing);
            } else if *stage == Stage::Diffusion {
                let [once, each_cycle] = &self.solving;
                self.record(encoder, stage.name(), once);
                let cycles = self.sweeps.cycles.map_or(0, |it| it.at(tick, self.plan.clocks.substrates_ticks));
                (0..cycles).for_each(|_| self.record(encoder, stage.name(), each_cycle));
            } else if *stage == Stage::Relaxation {
                // The first dispatch makes the lists, the second looks for what they miss once cells have moved, and
                // the last writes the positions back.
                let (list, rest) = dispatches.split_at(1);
                let (iterated, settle) = rest.split_at(rest.len() - 1);
                self.record(encoder, stage.name(), list);
                (0..iterations).for_each(|it| self.record(encoder, stage.name(), &iterated[usize::from(it == 0)..]));
                self.record(encoder, stage.name(), settle);
            } else {
                self.record(encoder, stage.name(), dispatches);
            }
        }
        Ok(())
    }

    /// Records dispatches in a pass of their own, which bears the name of the stage.
    pub(crate) fn record(&self, encoder: &mut CommandEncoder, name: &str, dispatches: &[super::dispatches::Dispatch]) {
        let Some(sizes) = self.buffers.get("sizes") else { return };
        let mut pass = match &mut *self.profile.borrow_mut() {
            Some(profile) => profile.pass(encoder, name),
            None => pass(encoder, name),
        };
        dispatches.iter().for_each(|it| it.record(&mut pass, &self.host, sizes));
    }

    fn wait_for_oldest(&mut self) -> Result<()> {
        if let Some(oldest) = self.in_flight.front() {
            self.gpu.wait_for(oldest.clone())?;
        }
        self.collect(false)
    }

    /// Waits until everything ordered is done.
    pub(crate) fn settle(&mut self) -> Result<()> {
        while !self.log.is_empty() {
            self.submit()?;
            self.collect(true)?;
        }
        Ok(())
    }

    /// Takes what has come back.
    pub(crate) fn collect(&mut self, wait: bool) -> Result<()> {
        let mut parts = Vec::new();
        for (flight, bytes) in self.ring.collect(self.gpu, wait)? {
            parts.push(bytemuck::pod_collect_to_vec::<u8, u32>(&bytes));
            let whole = match flight.observed {
                None => 1,
                Some(_) if self.sweeps.row_sums == 0 => 3,
                Some(_) => 4,
            };
            if parts.len() < whole {
                continue;
            }
            self.in_flight.pop_front();
            let population = parts.pop().map(population_of).unwrap_or_default();
            if population.needed > self.capacity {
                return self.go_on_from_halt(population);
            }
            self.confirm(flight.commands);
            self.submitted -= flight.commands;
            self.population = population;
            let sums = if parts.len() == 3 { parts.pop() } else { None };
            if let (Some(tick), Some(events), Some(words)) = (flight.observed, parts.pop(), parts.pop()) {
                let stocks = self.stocks(&sums.unwrap_or_default());
                self.taken.push(Observation { tick, population, words, events, concentrations: Vec::new(), stocks });
            }
            parts.clear();
        }
        Ok(())
    }

    /// Stocks from the words of `field_sums`.
    fn stocks(&mut self, sums: &[u32]) -> Vec<Stock> {
        let Some(substrates) = &self.plan.substrates else { return Vec::new() };
        self.accounts.report(substrates, self.tissues, &bytemuck::pod_collect_to_vec::<u32, Column>(sums))
    }

    /// Forgets the first commands, which are done, but for what they set.
    fn confirm(&mut self, commands: usize) {
        for command in self.log.drain(..commands) {
            match command {
                Command::SetParameters { first, words } => {
                    self.parameter_words[first..first + words.len()].copy_from_slice(&words);
                }
                Command::SetDrugLevels { levels } => self.drug_levels = levels,
                Command::Step { .. } | Command::Observe { .. } => {}
            }
        }
    }

    /// The device stopped before the rebuild of a step: makes room, and orders the rest of that step again, with all
    /// that came after it.
    fn go_on_from_halt(&mut self, population: Population) -> Result<()> {
        // What else was on its way did nothing.
        self.ring.collect(self.gpu, true)?;
        self.in_flight.clear();
        let is_halted = |command: &Command| matches!(command, Command::Step { tick, .. } if *tick == population.tick);
        let done = self.log.iter().position(is_halted).ok_or_else(|| {
            Error::Failed(format!("the device halted at tick {}, which was not ordered", population.tick))
        })?;
        self.confirm(done);
        // The device may have got parameters and levels of later steps.
        if self.log.iter().any(|command| matches!(command, Command::SetParameters { .. })) {
            self.buffers.upload(self.gpu, "parameters", 0, bytemuck::cast_slice(&self.parameter_words))?;
        }
        if self.log.iter().any(|command| matches!(command, Command::SetDrugLevels { .. })) {
            self.buffers.upload(self.gpu, "drug_levels", 0, bytemuck::cast_slice(&self.drug_levels))?;
        }
        if let Some(Command::Step { stages, .. }) = self.log.front_mut() {
            stages.retain(|stage| matches!(stage, Stage::Rebuild | Stage::Divide | Stage::Advance));
        }
        self.submitted = 0;
        self.make_room(population.needed.saturating_add(population.needed / 2))?;
        self.set_population(Population { needed: population.live_count, ..population })
    }
}

fn population_of(words: Vec<u32>) -> Population {
    Population { live_count: words[0], tick: words[1], effector_count: words[2], needed: words[3] }
}
