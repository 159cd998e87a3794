//! A run, from a scenario file to a run folder: scenario → plan → cells → steps → statistics → outputs.

use crate::branch::Trunk;
use crate::cells::columns::PACKS;
use crate::device::{self, Choice, Device, Gpu, Kind, buffers};
use crate::error::{Error, Result};
use crate::outputs::checkpoint::Cadence;
use crate::outputs::{LogFormat, question, schedule};
use crate::plan::estimate::{Estimate, Limits};
use crate::plan::{self, Plan, resolution};
use crate::recorder::Recorder;
use crate::resume;
use crate::scenario::Given;
use crate::steps::World;
use crate::steps::batch::{self, Ending, Moment};
use crate::steps::cpu::CpuEngine;
use crate::steps::diffusion;
use crate::steps::engine::Engine;
use crate::steps::gpu::GpuEngine;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What to run, where, and how to show it.
pub struct Order {
    pub given: Given,
    pub plan: Plan,
    /// What the arms of a branch come from.
    pub trunk: Option<Trunk>,
    /// The scenario with all defaults and overrides, for the manifest.
    pub scenario: serde_json::Value,
    pub device: Choice,
    /// Tissues that run together at most; None: as many as there is room for.
    pub most_tissues: Option<usize>,
    pub output: PathBuf,
    pub force: bool,
    pub log: LogFormat,
    pub cadence: Cadence,
}

/// A scenario that was read and planned.
pub struct Planned {
    pub given: Given,
    /// With all defaults and overrides.
    pub scenario: serde_json::Value,
    pub plan: Plan,
    /// Empty where there are none.
    pub warnings: String,
}

/// Reads a scenario with overrides, and plans it.
///
/// # Errors
/// `Error::Input` with every fault of the file.
pub fn plan(path: &Path, overrides: &[String]) -> Result<Planned> {
    plan_given(Given::of_file(path, overrides)?)
}

/// Plans a scenario by its text.
///
/// # Errors
/// `Error::Input` with every fault.
pub fn plan_given(given: Given) -> Result<Planned> {
    let read = given.scenario(&plan::build::faults)?;
    let (plan, warnings) = plan::build::build_with_warnings(&read)?;
    let scenario = serde_json::to_value(&read)
        .map_err(|error| Error::Failed(format!("the scenario cannot be written as JSON: {error}")))?;
    Ok(Planned { given, scenario, plan, warnings })
}

/// What a plan will cost on a device, as text. Refuses, with the same words as `run`, what would not fit.
pub fn check(plan: &Plan, choice: &Choice, most_tissues: Option<usize>) -> Result<String> {
    let (device, notice) = device::open(choice)?;
    let cost = estimate(plan, &device, most_tissues)?;
    Ok(format!("{notice}\n{cost}{}{}{}", resolution::text(plan), question(plan), schedule(plan)))
}

/// Runs an order, and gives the table of what happened. Goes on where the folder holds a checkpoint of the same run.
///
/// # Errors
/// Before any step: `Error::Input`, `Error::Device`, or `Error::Failed` where the folder cannot be written. Later:
/// `Error::Invariant` where the ledger is off, `Error::Interrupted` where the same order goes on from a checkpoint, as
/// after Ctrl-C; what was written stays readable.
pub fn run(mut order: Order) -> Result<String> {
    let checkpoint = if order.force { None } else { resume::checkpoint_of(&order)? };
    if let Some((description, _)) = &checkpoint {
        // Batches follow each other in the series.
        order.most_tissues = description.most_tissues;
    }
    let (device, notice) = device::open(&order.device)?;
    let estimate = estimate(&order.plan, &device, order.most_tissues)?;
    let (mut recorder, moment) = match checkpoint {
        None => (Recorder::create(&order, &device, estimate.batches.len())?, None),
        Some((description, moment)) => (Recorder::resume(&order, &device, &description)?, moment),
    };
    recorder.progress.note(&notice);
    let mut tries = BTreeSet::new();
    let mut ended = simulate(&order, &device, &mut recorder, moment);
    // A study can do without a tissue that fails again.
    while let (Err(Error::Tissue(tissue, reason)), true) = (&ended, order.plan.study.is_some()) {
        let tissue = recorder.part.number_in_study(*tissue);
        recorder = recorder.before_round(&order, &device)?;
        let is_first = tries.insert(tissue);
        recorder.progress.note(&format!("{reason}\n\n{}", if is_first { "trying again" } else { "leaving it out" }));
        if !is_first {
            recorder.leave_out(tissue, reason.clone())?;
        }
        ended = simulate(&order, &device, &mut recorder, None);
    }
    recorder.finish(ended)
}

/// Round by round, batch by batch, from the moment of the batch under way on if there is one.
fn simulate(order: &Order, device: &Device, recorder: &mut Recorder, mut moment: Option<Moment>) -> Result<Ending> {
    let mut is_under_way = recorder.is_under_way();
    loop {
        if !std::mem::take(&mut is_under_way) {
            let Some(tissues) = recorder.next_round() else { return Ok(Ending::Finished) };
            let batches = estimate(&order.plan.part(tissues.clone()), device, order.most_tissues)?.batches;
            recorder.begin_round(tissues, batches)?;
        }
        for number in recorder.batch..recorder.batches().len() {
            if run_batch(order, device, recorder, number, moment.take())? == Ending::Stopped {
                return Ok(Ending::Stopped);
            }
        }
    }
}

fn run_batch(
    order: &Order,
    device: &Device,
    recorder: &mut Recorder,
    number: usize,
    moment: Option<Moment>,
) -> Result<Ending> {
    let (part, tissues) = (recorder.part.clone(), recorder.batches()[number].clone());
    let engine = || engine(device, &part, tissues.clone(), &estimate(&part, device, order.most_tissues)?);
    if let Some(moment) = moment {
        return batch::resume(&part, tissues.clone(), engine()?.as_mut(), recorder, &moment);
    }
    recorder.begin_batch(number)?;
    let Some(trunk) = &order.trunk else { return batch::run(&part, tissues.clone(), engine()?.as_mut(), recorder) };
    match recorder.warm_up(trunk, device, &tissues)? {
        Some(moment) => batch::branch(&part, tissues.clone(), engine()?.as_mut(), recorder, &moment),
        None => Ok(Ending::Stopped),
    }
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
    // Checkpoints copy the levels, as they do the cells.
    let is_copied = copied_bytes_per_cell > 0;
    let copied_levels = plan.substrates.as_ref().filter(|_| is_copied).map_or(0, diffusion::kept_bytes_per_tissue);
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
