//! A run, from a scenario file to a run folder: scenario → plan → cells → steps → statistics → outputs.

use crate::branch::Trunk;
use crate::device::{self, Choice, Device};
use crate::error::{Error, Result};
use crate::outputs::checkpoint::Cadence;
use crate::outputs::{LogFormat, question, schedule};
use crate::plan::{self, Plan, resolution};
use crate::recorder::Recorder;
use crate::resume;
use crate::room::{Share, engine, estimate, settled};
use crate::scenario::Given;
use crate::steps::batch::{self, Ending, Moment};
use std::collections::BTreeSet;
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
    pub share: Share,
    pub output: PathBuf,
    pub force: bool,
    pub log: LogFormat,
    pub cadence: Cadence,
    /// Whether all cells are checked after every stage.
    pub is_checked: bool,
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
pub fn check(plan: &Plan, choice: &Choice, share: Share) -> Result<String> {
    let (device, notice) = device::open(choice)?;
    let cost = estimate(plan, &device, share)?;
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
        order.share.tissues = description.most_tissues;
    }
    let (mut device, mut notice) = device::open(&order.device)?;
    if let Device::Gpu(gpu) = &mut device {
        gpu.budget_bytes = order.share.bytes;
    }
    let estimate = settled(&order.plan, &device, &mut order.share, &mut notice)?;
    let (mut recorder, moment) = match checkpoint {
        None => (Recorder::create(&order, &device, estimate.batches.len())?, None),
        Some((description, moment)) => (Recorder::resume(&order, &device, &description)?, moment),
    };
    recorder.progress.note(&notice);
    let mut tries = BTreeSet::new();
    let mut ended = simulate(&order, &device, &mut recorder, moment);
    // A study can do without a tissue that fails again.
    while let (Err(Error::Tissue(tissue, reason)), true) = (&ended, order.plan.study.is_some()) {
        // A broken device may name any.
        if *tissue >= recorder.part.tissue_count() {
            break;
        }
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
            let batches = estimate(&order.plan.part(tissues.clone()), device, order.share)?.batches;
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
    let engine = || engine(device, &part, tissues.clone(), &estimate(&part, device, order.share)?);
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
