//! A run, from a scenario file to a run folder: scenario → plan → cells → steps → statistics → outputs.

pub mod branch;
pub mod capacity;
pub mod convergence;
pub(crate) mod recorder;
pub mod resume;

use crate::device::{self, Choice, Device};
use crate::error::{Error, Result};
use crate::outputs::checkpoint::{Cadence, Description};
use crate::outputs::{LogFormat, question, schedule};
use crate::plan::{Plan, resolution, waits};
use crate::scenario::Given;
use crate::simulation::batch::{self, Ending, Moment};
use branch::WarmUp;
use capacity::{Share, engine, estimate, settled};
use recorder::Recorder;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What to run, where, and how to show it.
pub struct Order {
    pub given: Given,
    pub plan: Plan,
    /// What the arms of a branch come from.
    pub trunk: Option<WarmUp>,
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
    let read = given.scenario(&crate::compile::faults)?;
    let (plan, warnings) = crate::compile::build_with_warnings(&read)?;
    let scenario = serde_json::to_value(&read)
        .map_err(|error| Error::Failed(format!("the scenario cannot be written as JSON: {error}")))?;
    Ok(Planned { given, scenario, plan, warnings })
}

/// What a plan will cost on a device, as text. Refuses, with the same words as `run`, what would not fit.
pub fn check(plan: &Plan, choice: &Choice, share: Share) -> Result<String> {
    let (device, notice) = device::open(choice)?;
    let cost = estimate(plan, &device, share)?;
    let types = numbered_types(plan);
    let (fields, waits) = (resolution::text(plan), waits::text(plan));
    Ok(format!("{notice}\n{cost}{types}{fields}{waits}{}{}", question(plan), schedule(plan)))
}

/// The cell types with their numbers, which tables of cells may hold instead of names.
fn numbered_types(plan: &Plan) -> String {
    let named = plan.cell_types.iter().enumerate().map(|(number, it)| format!("{number} {}", it.name));
    format!("cell types     {}\n", named.collect::<Vec<_>>().join(", "))
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
    let (mut device, notice) = device::open(&order.device)?;
    if let Device::Gpu(gpu) = &mut device {
        gpu.budget_bytes = order.share.bytes;
    }
    run_on(&device, notice, order, checkpoint)
}

fn run_on(
    device: &Device,
    mut notice: String,
    mut order: Order,
    checkpoint: Option<(Description, Option<Moment>)>,
) -> Result<String> {
    let estimate = settled(&order.plan, device, &mut order.share, &mut notice)?;
    let (mut recorder, moment) = match checkpoint {
        None => (Recorder::create(&order, device, estimate.batches.len())?, None),
        Some((description, moment)) => (Recorder::resume(&order, device, &description)?, moment),
    };
    recorder.progress.note(&notice);
    let (mut share, mut tries) = (order.share, BTreeSet::new());
    let mut ended = simulate(&order, share, device, &mut recorder, moment);
    loop {
        match &ended {
            // Cells have outgrown the device, which may have room for fewer tissues of as many.
            Err(Error::NoRoom(reason)) if recorder.tissue_count() > 1 => {
                let (count, fewer) = (recorder.tissue_count(), recorder.tissue_count() / 2);
                share.tissues = Some(fewer);
                recorder = recorder.in_smaller_batches(fewer, &order, device)?;
                let reason = reason.lines().next().unwrap_or_default();
                recorder
                    .progress
                    .note(&format!("{reason}; batches of at most {fewer} tissues are tried instead of {count}"));
            }
            // A study can do without a tissue that fails again; a broken device may name any.
            Err(Error::Tissue(tissue, reason))
                if order.plan.study.is_some() && *tissue < recorder.part.tissue_count() =>
            {
                let tissue = recorder.part.number_in_study(*tissue);
                recorder = recorder.before_round(&order, device)?;
                let is_first = tries.insert(tissue);
                let now = if is_first { "trying again" } else { "leaving it out" };
                recorder.progress.note(&format!("{reason}\n\n{now}"));
                if !is_first {
                    recorder.leave_out(tissue, reason.clone())?;
                }
            }
            _ => return recorder.finish(ended),
        }
        ended = simulate(&order, share, device, &mut recorder, None);
    }
}

/// Round by round, batch by batch, from the moment of the batch under way on if there is one.
fn simulate(
    order: &Order,
    share: Share,
    device: &Device,
    recorder: &mut Recorder,
    mut moment: Option<Moment>,
) -> Result<Ending> {
    let mut is_under_way = recorder.is_under_way();
    loop {
        if !std::mem::take(&mut is_under_way) {
            let Some(tissues) = recorder.next_round() else { return Ok(Ending::Finished) };
            let batches = estimate(&order.plan.part(tissues.clone()), device, share)?.batches;
            recorder.begin_round(tissues, batches)?;
        }
        for number in recorder.batch..recorder.batches().len() {
            if run_batch(order, share, device, recorder, number, moment.take())? == Ending::Stopped {
                return Ok(Ending::Stopped);
            }
        }
    }
}

fn run_batch(
    order: &Order,
    share: Share,
    device: &Device,
    recorder: &mut Recorder,
    number: usize,
    moment: Option<Moment>,
) -> Result<Ending> {
    let (part, tissues) = (recorder.part.clone(), recorder.batches()[number].clone());
    let engine = || engine(device, &part, tissues.clone(), &estimate(&part, device, share)?);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::checkpoint::describe;
    use std::time::Duration;

    /// An order of two tissues, into a folder of its own, with a checkpoint at each step.
    fn order(name: &str, duration: &str, device: Choice) -> Order {
        let text = format!(
            "duration = \"{duration}\"\nreplicates = 2\n\
             [domain]\ngeometry = \"tissue\"\nsize = [\"100 um\", \"100 um\", \"100 um\"]\n\
             [cell_types.t_cell]\nvolume = \"500 um^3\"\ncycle.model = \"none\"\nmotility.speed = \"5 um/min\"\n\
             [[place]]\ncell_type = \"t_cell\"\ncount = 40\n\
             [statistics]\nevery = \"6 min\"\n[snapshots]\nat = [\"{duration}\"]\n"
        );
        let given = Given { name: "walkers.toml".into(), text, ..Given::default() };
        let Planned { given, scenario, plan, .. } = plan_given(given).unwrap();
        let output = std::env::temp_dir().join(format!("texpop-run-{name}-{}", std::process::id()));
        let (trunk, share, log) = (None, Share::default(), LogFormat::Json);
        let cadence = Cadence { every: Duration::ZERO, every_ticks: None };
        Order { given, plan, trunk, scenario, device, share, output, force: false, log, cadence, is_checked: false }
    }

    /// What is the same however often a run stopped.
    fn results(order: &Order) -> [Vec<u8>; 2] {
        let snapshot = std::fs::read_dir(order.output.join("cells")).unwrap().next().unwrap().unwrap().path();
        [order.output.join("series.csv"), snapshot].map(|path| std::fs::read(path).unwrap())
    }

    #[test]
    fn a_run_whose_device_is_lost_goes_on_on_another() {
        let lost = order("lost", "40 h", Choice::Software);
        let (device, notice) = match device::open(&lost.device) {
            Ok(opened) => opened,
            Err(_) if std::env::var("TEXPOP_TEST_NO_GPU").is_ok_and(|it| it == "1") => return,
            Err(error) => panic!("{error}"),
        };
        let Device::Gpu(gpu) = &device else { panic!("no adapter") };
        let (card, folder) = (gpu.device.clone(), lost.output.clone());
        // As when a card falls off the bus: at some moment after the first steps.
        let thief = std::thread::spawn(move || {
            while !describe(&folder).is_ok_and(|it| it.and_then(|it| it.at).is_some_and(|at| at.tick > 0)) {
                std::thread::sleep(Duration::from_millis(1));
            }
            card.destroy();
        });
        let output = lost.output.clone();
        let error = run_on(&device, notice, lost, None).unwrap_err();
        thief.join().unwrap();
        assert!(matches!(error, Error::Device(_)), "{error:?}");
        assert_eq!(error.exit_code(), 3);
        let said = error.to_string();
        for part in ["lost", "the last checkpoint in ", " is whole", "the same command goes on"] {
            assert!(said.contains(part), "no {part} in {said}");
        }
        assert!(describe(&output).unwrap().is_some_and(|it| it.at.is_some()));

        let (again, whole) = (order("lost", "40 h", Choice::Cpu), order("never-lost", "40 h", Choice::Cpu));
        let folders = [again.output.clone(), whole.output.clone()];
        assert_eq!(folders[0], output);
        let calm = |it: Order| Order { cadence: Cadence::default(), ..it };
        run(calm(again)).unwrap();
        run(calm(whole)).unwrap();
        let [again, whole] = ["lost", "never-lost"].map(|name| results(&order(name, "40 h", Choice::Cpu)));
        assert!(again == whole, "the rest is another");
        folders.iter().for_each(|it| std::fs::remove_dir_all(it).unwrap());
    }

    #[test]
    fn a_broken_law_is_seen_again_from_the_checkpoint() {
        let broken = |is_checked: bool| {
            let mut it = order("broken", "1 h", Choice::Cpu);
            it.plan.arms[0].parameters.types[0].walk_kick = f32::INFINITY;
            Order { is_checked, cadence: Cadence::default(), ..it }
        };
        let fails = |is_checked: bool| {
            let error = run(broken(is_checked)).unwrap_err();
            assert_eq!(error.exit_code(), 4);
            error.to_string()
        };
        let output = broken(false).output;
        let said = fails(false);
        for part in ["arm base, replicate 1, at 0.1 h: cell 0x", "texpop resume ", "--checked` goes on"] {
            assert!(said.contains(part), "no {part} in {said}");
        }
        // It names the stage, and so does the step that it leaves.
        let checked = fails(true);
        assert!(checked.contains("after the stage motility"), "{checked}");
        let step = describe(&output).unwrap().unwrap().at.unwrap().tick;
        assert!(checked.contains(&format!("in the step from {} h on", crate::plan::domain::hours(step))), "{checked}");
        assert_eq!(fails(true), checked);
        std::fs::remove_dir_all(output).unwrap();
    }
}
