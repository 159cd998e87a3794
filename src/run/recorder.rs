//! Takes what the batches give: writes it to the run folder, with checkpoints to go on from, and tells the user.

mod finish;
mod rounds;

use super::Order;
use crate::cells::Cells;
use crate::device::Device;
use crate::engine::interface::Observation;
use crate::error::{Error, Result};
use crate::measure::{Layout, Ledger, MassBalance, rows, substrate_rows, with_concentrations};
use crate::outputs::checkpoint::{self, At, Description, Due, Entry, Journal};
use crate::outputs::{
    CohortTable, Events, Fields, History, Manifest, Picture, Progress, RunFolder, Series, Snapshots, Study, now,
};
use crate::plan::{self, Plan};
use crate::simulation::batch::{Moment, Observer};
use crate::simulation::interventions::InterventionEvent;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

/// Takes what the batches give. What is written depends on the entries of the journal alone.
pub(crate) struct Recorder<'a> {
    plan: &'a Plan,
    folder: RunFolder,
    manifest: Manifest,
    series: Series,
    /// None where nothing comes from outside.
    events: Option<Events>,
    snapshots: Snapshots,
    fields: Fields,
    history: History,
    study: Option<Study>,
    cohort: CohortTable,
    picture: Picture,
    pub(crate) progress: Progress,
    started: Instant,
    journal: Journal,
    due: Due,
    is_checked: bool,
    /// What the next checkpoint says, but for the place in the batch.
    description: Description,
    /// All of it has begun, where rounds do not add to it.
    has_begun: bool,
    /// Tissues of the study that are left out, and why.
    failed: BTreeMap<usize, String>,
    /// The batch that runs: the plan of its round, its number and tissues, and what its statistics mean.
    pub(crate) part: Arc<Plan>,
    pub(crate) batch: usize,
    tissues: Range<usize>,
    layout: Layout,
    ledger: Option<Ledger>,
    mass_balance: MassBalance,
    last_tick: u32,
    cell_count: u64,
    cell_steps: u64,
}

impl<'a> Recorder<'a> {
    /// Begins a run in an empty folder.
    ///
    /// # Errors
    /// `Input` where there are files in it; `Failed` where it cannot be written to.
    pub(crate) fn create(order: &'a Order, device: &Device, parts: usize) -> Result<Recorder<'a>> {
        // From the first file on a signal stops the run, and does not kill it.
        let due = Due::new(order.cadence)?;
        let folder = RunFolder::create(&order.output, order.force)?;
        let journal = Journal::create(&folder.path().join(checkpoint::JOURNAL))?;
        folder.note(checkpoint::JOURNAL);
        let description = Description {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            given: order.given.absolute(),
            fingerprint: order.plan.fingerprint(),
            duration_ticks: order.plan.duration_ticks,
            warm_up: order.trunk.as_ref().map(|it| it.warm_up.clone()),
            device: order.device.to_string(),
            most_tissues: order.share.tissues,
            parts,
            batches: Vec::new(),
            batch: 0,
            at: None,
            journal: journal.mark(),
            before_round: journal.mark(),
            before_batch: journal.mark(),
            started: now(),
            resumed: Vec::new(),
            wall_s: 0.0,
            cell_steps: 0,
        };
        // The first file, so that whatever happens from now on the same order goes on here.
        checkpoint::write(&folder, &description, None).inspect_err(|_| {
            // Nothing is left of a run that could not begin.
            let _ = folder.remove_working_files();
        })?;
        Recorder::new(order, device, due, folder, journal, description)
    }

    /// Goes on with a run: all that was reported before the checkpoint is written anew.
    ///
    /// # Errors
    /// `Failed` where what was reported cannot be read, or the folder not be written to.
    pub(crate) fn resume(order: &'a Order, device: &Device, found: &Description) -> Result<Recorder<'a>> {
        let mut description = found.clone();
        description.resumed.push(now());
        let folder = RunFolder::resume(&order.output)?;
        checkpoint::still_says(&order.output, found)?;
        let recorder = Recorder::again(order, device, folder, description)?;
        let note = format!(
            "going on at {:.2} h, from the checkpoint in {}",
            plan::domain::hours(recorder.last_tick),
            order.output.display()
        );
        recorder.progress.note(&note);
        Ok(recorder)
    }

    fn again(order: &'a Order, device: &Device, folder: RunFolder, description: Description) -> Result<Recorder<'a>> {
        let due = Due::new(order.cadence)?;
        let path = order.output.join(checkpoint::JOURNAL);
        let journal = Journal::resume(&path, &description.journal)?;
        let tick = description.at.as_ref().map_or(0, |at| at.tick);
        let mut recorder = Recorder::new(order, device, due, folder, journal, description)?;
        let journal = Journal::reader(&path, &recorder.description.journal)?;
        journal.replay(|entry| match entry {
            entry if !entry.fits(&recorder.part, &recorder.layout) => Err(checkpoint::unfit(checkpoint::JOURNAL)),
            Entry::Round { tissues, .. } if recorder.next_round().as_ref() != Some(&tissues) => {
                Err(Error::Input("error: the rounds of the study are not those that there were before".to_owned()))
            }
            entry => recorder.take(entry),
        })?;
        // The batches are those of the last round.
        if recorder.batches().last().is_some_and(|last| last.end != recorder.part.tissue_count()) {
            return Err(checkpoint::unfit(checkpoint::NAME));
        }
        recorder.check_snapshots(tick)?;
        recorder.batch = recorder.description.batch;
        recorder.last_tick = tick;
        recorder.due.written(tick);
        recorder.cell_steps = recorder.description.cell_steps;
        recorder.progress.goes_on(tick, recorder.cell_steps);
        Ok(recorder)
    }

    fn new(
        order: &'a Order,
        device: &Device,
        due: Due,
        folder: RunFolder,
        journal: Journal,
        description: Description,
    ) -> Result<Recorder<'a>> {
        let plan = &order.plan;
        let (described, strict) = device.described()?;
        let mut manifest = Manifest::new(plan, order.scenario.clone(), described, strict)?;
        manifest.source = description.given.clone();
        manifest.branch.clone_from(&description.warm_up);
        manifest.started.clone_from(&description.started);
        manifest.resumed.clone_from(&description.resumed);
        manifest.write(&folder)?;
        let (parts, provenance) = (description.parts, manifest.provenance()?);
        Ok(Recorder {
            plan,
            series: Series::create(&folder)?,
            events: if Events::has_any(plan) { Some(Events::create(&folder)?) } else { None },
            fields: Fields::new(&folder, &provenance, parts),
            snapshots: Snapshots::new(&folder, &provenance, parts),
            folder,
            manifest,
            history: History::default(),
            study: Study::new(plan),
            cohort: CohortTable::default(),
            picture: Picture::new(plan),
            progress: Progress::new(order.log, plan.duration_ticks).with_batches(parts as u32),
            started: Instant::now(),
            journal,
            due,
            is_checked: order.is_checked,
            description,
            has_begun: false,
            failed: BTreeMap::new(),
            part: Arc::new(plan.part(Vec::new())),
            batch: 0,
            tissues: 0..0,
            layout: Layout::new(plan, 0)?,
            ledger: None,
            mass_balance: MassBalance::default(),
            last_tick: 0,
            cell_count: 0,
            cell_steps: 0,
        })
    }

    /// Snapshots of a single batch are complete once they are written, and are not in the journal.
    fn check_snapshots(&self, tick: u32) -> Result<()> {
        let before = self.plan.snapshots.iter().filter(|at| !self.has_parts() && **at <= tick);
        let at = self.description.at.is_some();
        match before.map(|at| self.snapshots.path(self.plan, *at)).find(|path| at && !path.exists()) {
            None => Ok(()),
            Some(path) => Err(Error::Failed(format!(
                "{} is missing, which was written before the checkpoint\n\nhint: start the run again with --force",
                path.display()
            ))),
        }
    }

    /// Whether what is shown of the cells is put together from several batches.
    fn has_parts(&self) -> bool {
        self.description.parts > 1 || self.plan.study.as_ref().is_some_and(|it| it.rounds.is_some())
    }

    /// Whether a round has begun.
    pub(crate) fn is_under_way(&self) -> bool {
        !self.description.batches.is_empty()
    }

    /// Batches of the round.
    pub(crate) fn batches(&self) -> &[Range<usize>] {
        &self.description.batches
    }

    fn write_checkpoint(&mut self, moment: Option<Moment>) -> Result<()> {
        self.journal.sync()?;
        let (state, interventions) = moment.map(|it| (it.state, it.interventions)).unzip();
        let at = state.as_ref().zip(interventions).map(|(state, interventions)| At { tick: state.tick, interventions });
        let tick = at.as_ref().map_or(0, |it| it.tick);
        let wall_s = self.wall_s();
        let description = Description {
            batch: self.batch,
            at,
            journal: self.journal.mark(),
            wall_s,
            cell_steps: self.cell_steps,
            ..self.description.clone()
        };
        checkpoint::write(&self.folder, &description, state.as_ref())?;
        self.due.written(tick);
        Ok(())
    }

    /// Since the run began, without the time in which it was stopped.
    fn wall_s(&self) -> f64 {
        self.description.wall_s + self.started.elapsed().as_secs_f64()
    }

    /// Notes a report in the journal, and does with it what is to be done.
    fn report(&mut self, entry: Entry) -> Result<()> {
        self.journal.append(&entry)?;
        self.take(entry)
    }

    fn take(&mut self, entry: Entry) -> Result<()> {
        match entry {
            Entry::Round { tissues, batches } => {
                self.take_round(tissues, batches);
                Ok(())
            }
            Entry::Failed(tissue, reason) => {
                self.failed.insert(tissue, reason);
                Ok(())
            }
            Entry::Batch(tissues) => self.take_batch(tissues),
            Entry::Observed(observation) => self.take_observation(observation),
            Entry::Happened(happened) => {
                self.events.as_mut().map_or(Ok(()), |events| events.append(&self.part, &happened))
            }
            Entry::Cells(tick, cells) => self.take_cells(tick, &cells),
            Entry::Levels(tick, levels) => self.fields.append(&self.part, tick, &levels, self.tissues.clone()),
        }
    }

    /// The first round is that of which the progress was told at the start.
    fn take_round(&mut self, tissues: Vec<usize>, batches: usize) {
        if !self.tissues.is_empty() {
            self.progress.add_batches(batches as u32);
            self.progress.note(&format!("next round: {} tissues", tissues.len()));
        }
        self.part = Arc::new(self.plan.part(tissues));
    }

    fn take_batch(&mut self, tissues: Range<usize>) -> Result<()> {
        if !self.tissues.is_empty() {
            self.progress.next_batch();
        }
        self.layout = Layout::new(&self.part, tissues.len())?;
        self.tissues = tissues;
        self.ledger = None;
        self.mass_balance = MassBalance::default();
        self.last_tick = 0;
        Ok(())
    }

    fn take_observation(&mut self, observation: Observation) -> Result<()> {
        let Observation { tick, words, events, concentrations, stocks, .. } = observation;
        let tissues = self.tissues.start as u32..self.tissues.end as u32;
        match &mut self.ledger {
            Some(ledger) => ledger.check(&self.part, &self.layout, &words, &events, tick, tissues.clone())?,
            None => self.ledger = Some(Ledger::new(&self.layout, &words, &events, tick)),
        }
        self.mass_balance.check(&self.part, &stocks, tick, tissues.clone())?;
        let rows = rows(&self.part, &self.layout, &words, &events, tick, tissues.clone())?;
        let mut rows = with_concentrations(&self.part, rows, &concentrations);
        rows.extend(substrate_rows(&self.part, &stocks, tick, tissues));
        rows.iter_mut().for_each(|row| row.tissue = self.part.number_in_study(row.tissue as usize) as u32);
        self.history.append(&rows);
        if let Some(study) = &mut self.study {
            study.append(&rows);
        }
        self.cohort.append(self.plan, &rows);
        self.series.append(self.plan, &rows)
    }

    fn take_cells(&mut self, tick: u32, cells: &Cells) -> Result<()> {
        self.picture.add_cells(&self.part, tick, cells, self.tissues.start);
        if self.plan.snapshots.contains(&tick) {
            self.snapshots.append(&self.part, tick, cells, self.tissues.start)?;
        }
        Ok(())
    }
}

impl Observer for Recorder<'_> {
    fn observed(&mut self, observation: Observation) -> Result<()> {
        self.report(Entry::Observed(observation))
    }

    fn happened(&mut self, happened: Vec<InterventionEvent>) -> Result<()> {
        if happened.is_empty() { Ok(()) } else { self.report(Entry::Happened(happened)) }
    }

    fn cells(&mut self, tick: u32, cells: &Cells) -> Result<()> {
        if self.has_parts() {
            self.report(Entry::Cells(tick, Box::new(cells.clone())))
        } else {
            self.take_cells(tick, cells)
        }
    }

    fn levels(&mut self, tick: u32, levels: &[[f32; 4]]) -> Result<()> {
        if self.has_parts() {
            return self.report(Entry::Levels(tick, levels.to_vec()));
        }
        self.fields.append(&self.part, tick, levels, self.tissues.clone())
    }

    fn goes_on(&mut self, tick: u32, cell_count: u32) -> Result<bool> {
        let steps = u64::from((tick - self.last_tick) / self.plan.clocks.movement_ticks);
        self.cell_count = u64::from(cell_count);
        self.cell_steps += steps * self.cell_count;
        self.last_tick = tick;
        self.progress.update(tick, self.cell_count, self.cell_steps);
        Ok(!self.due.stops())
    }

    fn checks_stages(&self) -> bool {
        self.is_checked
    }

    fn saves(&mut self) -> bool {
        self.due.is_due(self.last_tick)
    }

    fn save(&mut self, moment: Moment) -> Result<()> {
        self.write_checkpoint(Some(moment))
    }
}
