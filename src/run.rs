//! A run, from a scenario file to a run folder: scenario → plan → cells → steps → statistics → outputs.

use crate::cells::Cells;
use crate::cells::columns::PACKS;
use crate::device::{self, Choice, Device, Gpu, Kind, buffers};
use crate::error::{Error, Result};
use crate::outputs::report;
use crate::outputs::{
    CohortTable, Events, Fields, History, LogFormat, Manifest, Picture, Progress, RunFolder, Series, Snapshots, Study,
    question, schedule, summary,
};
use crate::plan::estimate::{Estimate, Limits};
use crate::plan::{self, Plan, resolution};
use crate::scenario::{self, Scenario};
use crate::statistics::{Layout, Ledger, MassBalance, rows, substrate_rows, with_concentrations};
use crate::steps::World;
use crate::steps::batch::{self, Ending, Observer};
use crate::steps::cpu::CpuEngine;
use crate::steps::diffusion;
use crate::steps::engine::{Engine, Observation};
use crate::steps::gpu::GpuEngine;
use crate::steps::interventions::Happening;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What to run, where, and how to show it.
pub struct Order {
    pub plan: Plan,
    /// The scenario with all defaults and overrides, for the manifest.
    pub scenario: serde_json::Value,
    pub device: Choice,
    /// Tissues that run together at most; None: as many as there is room for.
    pub most_tissues: Option<usize>,
    pub output: PathBuf,
    pub force: bool,
    pub log: LogFormat,
}

/// Reads a scenario with overrides, and plans it; with the warnings, which are empty where there are none.
///
/// # Errors
/// `Error::Input` with every fault of the file.
pub fn plan(path: &Path, overrides: &[String]) -> Result<(serde_json::Value, Plan, String)> {
    let scenario: Scenario = scenario::load_with(path, overrides, &plan::build::faults)?;
    let (plan, warnings) = plan::build::build_with_warnings(&scenario)?;
    let resolved = serde_json::to_value(&scenario)
        .map_err(|error| Error::Failed(format!("the scenario cannot be written as JSON: {error}")))?;
    Ok((resolved, plan, warnings))
}

/// What a plan will cost on a device, as text. Refuses, with the same words as `run`, what would not fit.
pub fn check(plan: &Plan, choice: &Choice, most_tissues: Option<usize>) -> Result<String> {
    let (device, notice) = device::open(choice)?;
    let cost = estimate(plan, &device, most_tissues)?;
    Ok(format!("{notice}\n{cost}{}{}{}", resolution::text(plan), question(plan), schedule(plan)))
}

/// Runs an order, and gives the table of what happened.
///
/// # Errors
/// Before any step: `Error::Input`, `Error::Device`, or `Error::Failed` where the folder cannot be written. Later:
/// `Error::Invariant` where the ledger is off, `Error::Interrupted` after Ctrl-C; what was written stays readable.
pub fn run(order: Order) -> Result<String> {
    let (device, notice) = device::open(&order.device)?;
    let estimate = estimate(&order.plan, &device, order.most_tissues)?;
    let mut recorder = Recorder::create(&order, &device, &estimate)?;
    recorder.progress.note(&notice);
    let ended = simulate(&order, &device, &mut recorder);
    recorder.finish(ended)
}

fn simulate(order: &Order, device: &Device, recorder: &mut Recorder) -> Result<Ending> {
    while let Some(tissues) = recorder.next_round() {
        let part = Arc::new(order.plan.part(tissues));
        let estimate = estimate(&part, device, order.most_tissues)?;
        recorder.begin_round(&part, estimate.batches.len());
        for tissues in &estimate.batches {
            recorder.begin_batch(part.clone(), tissues.clone())?;
            let mut engine = engine(device, &part, tissues.clone(), &estimate)?;
            if batch::run(&part, tissues.clone(), engine.as_mut(), recorder)? == Ending::Stopped {
                return Ok(Ending::Stopped);
            }
        }
    }
    Ok(Ending::Finished)
}

/// An engine for a batch of tissues.
pub(crate) fn engine<'a>(
    device: &'a Device,
    plan: &'a Plan,
    tissues: Range<usize>,
    estimate: &Estimate,
) -> Result<Box<dyn Engine + 'a>> {
    Ok(match device {
        Device::Gpu(gpu) => {
            let cells: u64 = estimate.cells_per_tissue[tissues.clone()].iter().sum();
            Box::new(GpuEngine::new(gpu, plan, tissues, cells as u32)?)
        }
        Device::Cpu => Box::new(CpuEngine::new(plan, tissues)?),
    })
}

/// What a plan takes on a device, and the batches that it is split into.
pub(crate) fn estimate(plan: &Plan, device: &Device, most_tissues: Option<usize>) -> Result<Estimate> {
    let limits = match device {
        Device::Gpu(gpu) => gpu_limits(gpu, plan),
        Device::Cpu => limits(plan, [World::bytes_per_cell(plan), COPIED_BYTES], u64::from(u32::MAX >> 1), u64::MAX),
    };
    Estimate::new(plan, &Limits { max_tissues: most_tissues, ..limits })
}

/// The packs of a cell, as they go in and come out, and its place in the order of a snapshot.
const COPIED_BYTES: u64 = 16 * PACKS.len() as u64 + 8;

fn gpu_limits(gpu: &Gpu, plan: &Plan) -> Limits {
    // The widest buffer has one place more than cells.
    let bytes = GpuEngine::bytes_by_buffer(plan).map(|(_, bytes)| bytes).max().unwrap_or(16);
    let most_bytes = gpu.description.max_binding_bytes.min(gpu.description.max_buffer_bytes);
    // The copy is in main memory, as is all that a software adapter has.
    let copied = if gpu.description.kind == Kind::Software { COPIED_BYTES } else { 0 };
    limits(plan, [GpuEngine::bytes_per_cell(plan), copied], most_bytes / bytes - 64, most_bytes)
}

/// What main memory has room for: the memory of a GPU is not told, but hardly larger.
fn limits(plan: &Plan, by_cell: [u64; 2], max_cells: u64, max_buffer_bytes: u64) -> Limits {
    let [bytes_per_cell, copied_bytes_per_cell] = by_cell;
    let memory_bytes = buffers::available_bytes().unwrap_or(u64::MAX);
    let [field_bytes, field_buffer_bytes] = plan.substrates.as_ref().map_or([0; 2], diffusion::bytes_per_tissue);
    // Snapshots copy the levels, as they do the cells.
    let is_copied = copied_bytes_per_cell > 0 && !plan.snapshots.is_empty();
    let copied_levels = plan.substrates.as_ref().filter(|_| is_copied).map_or(0, diffusion::level_bytes_per_tissue);
    Limits {
        bytes_per_cell,
        copied_bytes_per_cell,
        max_cells,
        field_bytes: field_bytes + copied_levels,
        field_buffer_bytes,
        memory_bytes,
        max_buffer_bytes,
        max_tissues: None,
    }
}

/// Takes what the batches give, and writes it.
struct Recorder<'a> {
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
    progress: Progress,
    interrupted: Arc<AtomicBool>,
    started: Instant,
    /// All of it has begun, where rounds do not add to it.
    has_begun: bool,
    /// The batch that runs: the plan of its round, its tissues, and what its statistics mean.
    part: Arc<Plan>,
    tissues: Range<usize>,
    layout: Layout,
    ledger: Option<Ledger>,
    mass_balance: MassBalance,
    last_tick: u32,
    cell_count: u64,
    cell_steps: u64,
}

impl<'a> Recorder<'a> {
    fn create(order: &'a Order, device: &Device, estimate: &Estimate) -> Result<Recorder<'a>> {
        let plan = &order.plan;
        let folder = RunFolder::create(&order.output, order.force)?;
        let (described, strict) = match device {
            Device::Gpu(gpu) => (serde_json::to_value(&gpu.description), gpu.description.strict),
            Device::Cpu => (Ok(serde_json::json!({ "name": "CPU twins", "kind": "cpu", "strict": true })), true),
        };
        let described = described.map_err(|error| Error::Failed(format!("the device cannot be described: {error}")))?;
        let mut manifest = Manifest::new(plan, order.scenario.clone(), described, strict)?;
        manifest.write(&folder)?;
        let batches = estimate.batches.len();
        Ok(Recorder {
            plan,
            series: Series::create(&folder)?,
            events: if Events::has_any(plan) { Some(Events::create(&folder)?) } else { None },
            fields: Fields::new(&folder, &manifest.json()?, batches),
            snapshots: Snapshots::new(&folder, &manifest.json()?, batches),
            folder,
            manifest,
            history: History::default(),
            study: Study::new(plan),
            cohort: CohortTable::default(),
            picture: Picture::new(plan),
            progress: Progress::new(order.log, plan.duration_ticks).with_batches(batches as u32),
            interrupted: listen_for_interrupts()?,
            started: Instant::now(),
            has_begun: false,
            part: Arc::new(plan.part(Vec::new())),
            tissues: 0..0,
            layout: Layout::new(plan, 0)?,
            ledger: None,
            mass_balance: MassBalance::default(),
            last_tick: 0,
            cell_count: 0,
            cell_steps: 0,
        })
    }

    /// Numbers of the tissues that run next; none at the end.
    fn next_round(&mut self) -> Option<Vec<usize>> {
        match &mut self.study {
            Some(study) => study.next_round(self.plan),
            None => (!std::mem::replace(&mut self.has_begun, true)).then(|| (0..self.plan.tissue_count()).collect()),
        }
    }

    /// The first round is that of which the progress was told at the start.
    fn begin_round(&mut self, part: &Plan, batches: usize) {
        if !self.tissues.is_empty() {
            self.progress.add_batches(batches as u32);
            self.progress.note(&format!("next round: {} tissues", part.tissue_count()));
        }
    }

    fn begin_batch(&mut self, part: Arc<Plan>, tissues: Range<usize>) -> Result<()> {
        if !self.tissues.is_empty() {
            self.progress.next_batch();
        }
        self.layout = Layout::new(&part, tissues.len())?;
        (self.part, self.tissues) = (part, tissues);
        self.ledger = None;
        self.mass_balance = MassBalance::default();
        self.last_tick = 0;
        Ok(())
    }

    fn finish(mut self, ended: Result<Ending>) -> Result<String> {
        self.manifest.steps = u64::from(self.last_tick / self.plan.clocks.movement_ticks);
        self.manifest.ticks = u64::from(self.last_tick);
        self.manifest.cell_steps = self.cell_steps;
        self.manifest.wall_s = self.started.elapsed().as_secs_f64();
        self.manifest.end(&status(&ended));
        let picture = self.picture.svg(self.plan, &self.history);
        let picture = self.folder.write("overview.svg", picture.as_bytes());
        let distributions = self.picture.distributions(self.plan);
        let distributions = distributions.map_or(Ok(()), |it| self.folder.write("distributions.svg", it.as_bytes()));
        let manifest = self.manifest.json()?;
        let ranking = self.study.as_ref().map(|study| study.finish(self.plan, &self.folder, &manifest)).transpose();
        let (ranking, ranked) = ranking.map_or_else(|error| (None, Err(error)), |text| (text, Ok(())));
        let events = self.events.map_or(Ok(()), Events::finish);
        let written = self.series.finish(self.plan, &manifest).and(picture).and(distributions).and(events).and(ranked);
        let (cohort, compared) = match self.cohort.finish(self.plan, &self.folder) {
            Ok(text) => (text, Ok(())),
            Err(error) => (String::new(), Err(error)),
        };
        // What failed first is what the user has to know of.
        let ended = ended.and_then(|ending| written.and(compared).map(|()| ending));
        let status = status(&ended);
        self.manifest.end(&status);
        let reported = write_report(&mut self.manifest, &self.folder);
        let noted = self.manifest.write(&self.folder).and(reported);
        self.progress.finish(&status, self.last_tick, self.cell_count, self.cell_steps);
        let (ending, place) = (ended?, self.folder.path().display());
        noted?;
        match ending {
            Ending::Stopped => Err(Error::Interrupted(format!(
                "interrupted at {:.2} h; what had been reported by then is in {place}",
                plan::domain::hours(self.last_tick)
            ))),
            Ending::Finished => {
                let mut text = summary(self.plan, &self.history) + &cohort;
                let ranking = ranking.map(|ranking| text += &ranking);
                let study = if ranking.is_some() { ", study.svg; results, ranking" } else { "" };
                let _ = writeln!(
                    text,
                    "\nwritten to {place} (manifest, series, report.html, picture: overview.svg{study})"
                );
                Ok(text)
            }
        }
    }
}

fn write_report(manifest: &mut Manifest, folder: &RunFolder) -> Result<()> {
    manifest.list(folder, &["manifest.json"])?;
    let value = serde_json::to_value(manifest).map_err(|error| Error::Failed(format!("report.html: {error}")))?;
    report::write(folder, &value)
}

/// The status in the manifest.
fn status(ended: &Result<Ending>) -> String {
    match ended {
        Ok(Ending::Finished) => "finished".to_owned(),
        Ok(Ending::Stopped) => "interrupted".to_owned(),
        Err(error) => format!("failed: {error}"),
    }
}

impl Observer for Recorder<'_> {
    fn observed(&mut self, observation: Observation) -> Result<()> {
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

    fn happened(&mut self, happened: Vec<Happening>) -> Result<()> {
        self.events.as_mut().map_or(Ok(()), |events| events.append(&self.part, &happened))
    }

    fn cells(&mut self, tick: u32, cells: &Cells) -> Result<()> {
        self.picture.add_cells(&self.part, tick, cells, self.tissues.start);
        if self.plan.snapshots.contains(&tick) {
            self.snapshots.append(&self.part, tick, cells, self.tissues.start)?;
        }
        Ok(())
    }

    fn levels(&mut self, tick: u32, levels: &[[f32; 4]]) -> Result<()> {
        self.fields.append(&self.part, tick, levels, self.tissues.clone())
    }

    fn goes_on(&mut self, tick: u32, cell_count: u32) -> Result<bool> {
        let steps = u64::from((tick - self.last_tick) / self.plan.clocks.movement_ticks);
        self.cell_count = u64::from(cell_count);
        self.cell_steps += steps * self.cell_count;
        self.last_tick = tick;
        self.progress.update(tick, self.cell_count, self.cell_steps);
        Ok(!self.interrupted.load(Ordering::Relaxed))
    }
}

/// A flag that Ctrl-C or a polite kill raises; a second Ctrl-C ends the program at once.
fn listen_for_interrupts() -> Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 130, flag.clone())
            .and_then(|_| signal_hook::flag::register(signal, flag.clone()))
            .map_err(|error| Error::Failed(format!("signals cannot be listened for: {error}")))?;
    }
    Ok(flag)
}
