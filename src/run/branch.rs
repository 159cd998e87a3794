//! Branches: the arms of a scenario that begin as one arm of an earlier run was at a time, its warm-up.
//!
//! The warm-up is lived through again from the scenario of that run, as its manifest has it, which gives the same bits;
//! so any run can be branched at any time, and nothing has to be kept for it. Replicate r of each arm comes from
//! replicate r of the run, and meets the same luck: arms that do not differ are equal in every bit.

use super::Planned;
use super::capacity::{self, Share};
use crate::device::Device;
use crate::engine::interface::Observation;
use crate::error::{Error, Result};
use crate::outputs::checkpoint::WarmUpRecord;
use crate::outputs::reading::{no_manifest, read_manifest};
use crate::plan::cohort::Drawn;
use crate::plan::domain::hours;
use crate::plan::{Plan, Substrates, TICKS_PER_MIN};
use crate::run;
use crate::scenario::Given;
use crate::simulation::batch::{self, Ending, Moment, Observer};
use crate::simulation::branch::WarmedUp;
use std::ops::Range;
use std::path::Path;

/// A warm-up with the plan of its run.
pub struct WarmUp {
    pub warm_up: WarmUpRecord,
    plan: Plan,
    /// Number of the arm.
    arm: usize,
}

fn refusal(message: impl std::fmt::Display, hint: impl std::fmt::Display) -> Error {
    Error::Input(format!("error: {message}\n\nhint: {hint}"))
}

/// The warm-up of a run at a time in min; without a name, that of its first arm.
///
/// # Errors
/// `Input` where there is no such run, arm or time.
pub fn trunk(run: &Path, at_min: f64, arm: Option<&str>) -> Result<WarmUp> {
    let shown = run.display();
    let manifest = read_manifest(run).map_err(|cause| no_manifest(run, &cause))?;
    if !manifest["branch"].is_null() {
        return Err(refusal(format_args!("{shown} is itself a branch"), "branch the run that it comes from"));
    }
    let given: Given = serde_json::from_value(manifest["source"].clone()).map_err(|cause| {
        refusal(format_args!("the manifest of {shown} does not have its scenario: {cause}"), "run it again")
    })?;
    let ticks = |hours: f64| (hours * 60.0 * f64::from(TICKS_PER_MIN)).round() as u32;
    let duration_ticks = ticks(manifest["duration_h"].as_f64().unwrap_or(0.0));
    let plan = planned(given.clone(), duration_ticks)?;
    let names: Vec<&str> = plan.arms.iter().map(|it| it.name.as_str()).collect();
    let arm = arm.unwrap_or(names[0]);
    if !names.contains(&arm) {
        return Err(refusal(
            format_args!("{shown} has no arm `{arm}`"),
            format_args!("there are {}", names.join(", ")),
        ));
    }
    let (tick, step) = (ticks(at_min / 60.0), plan.clocks.movement_ticks);
    if !tick.is_multiple_of(step) || tick == 0 || tick > duration_ticks {
        let (step, end) = (f64::from(step) / f64::from(TICKS_PER_MIN), hours(duration_ticks));
        let hint = format!("give a time after 0 and up to {end} h, the end of the run, in whole steps of {step} min");
        return Err(refusal(format_args!("--at: {shown} cannot be branched at {at_min} min"), hint));
    }
    let fingerprint = plan.fingerprint();
    if manifest["plan_hash"] != fingerprint.as_str() {
        let hint = "run it again with this program and these tables";
        return Err(refusal(
            format_args!(
                "a table that the scenario of {shown} names, or the program or its library, has changed since"
            ),
            hint,
        ));
    }
    WarmUp::new(WarmUpRecord { given, duration_ticks, fingerprint, arm: arm.to_owned(), tick })
}

fn planned(given: Given, duration_ticks: u32) -> Result<Plan> {
    let Planned { mut plan, .. } = run::plan_given(given)?;
    plan.duration_ticks = plan.duration_ticks.min(duration_ticks);
    Ok(plan)
}

/// A batch that stops at a tick, or when it is told to.
struct Until<'a> {
    tick: u32,
    end: u32,
    moment: Option<Moment>,
    stops: &'a dyn Fn() -> bool,
}

impl Observer for Until<'_> {
    fn observed(&mut self, _observation: Observation) -> Result<()> {
        Ok(())
    }

    fn cells(&mut self, _tick: u32, _cells: &crate::cells::Cells) -> Result<()> {
        Ok(())
    }

    fn goes_on(&mut self, tick: u32, _cell_count: u32) -> Result<bool> {
        self.tick = tick;
        Ok(tick < self.end && !(self.stops)())
    }

    fn saves(&mut self) -> bool {
        self.tick == self.end
    }

    fn save(&mut self, moment: Moment) -> Result<()> {
        self.moment = Some(moment);
        Ok(())
    }
}

impl WarmUp {
    /// Plans a warm-up.
    ///
    /// # Errors
    /// `Input` where its scenario is no more what it was.
    pub fn new(warm_up: WarmUpRecord) -> Result<WarmUp> {
        let mut plan = planned(warm_up.given.clone(), warm_up.duration_ticks)?;
        if plan.fingerprint() != warm_up.fingerprint {
            let message = "a table that the scenario of the warm-up names, or the program or its library, has changed";
            return Err(refusal(message, "begin again from the run itself, with `texpop branch`"));
        }
        let is_a_step = warm_up.tick.is_multiple_of(plan.clocks.movement_ticks) && warm_up.tick <= plan.duration_ticks;
        let arm = plan.arms.iter().position(|it| it.name == warm_up.arm).filter(|_| is_a_step);
        let arm =
            arm.ok_or_else(|| refusal("the warm-up ends at no step of an arm of its run", "begin again from it"))?;
        // A run does not step beyond its end, and the branch may be there.
        plan.duration_ticks = plan.duration_ticks.max(warm_up.tick + plan.clocks.movement_ticks);
        plan.snapshots.clear();
        Ok(WarmUp { warm_up, plan, arm })
    }

    /// Whether the arms of a plan can go on from the warm-up.
    ///
    /// # Errors
    /// `Input` with all that is not alike.
    pub fn check(&self, plan: &Plan) -> Result<()> {
        let (at, end) = (hours(self.warm_up.tick), hours(plan.duration_ticks));
        let has_ended = (at >= end).then(|| format!("it ends at {end} h, and branches at {at} h"));
        let faults: Vec<String> = [unlike(plan, &self.plan), unlike_types(plan, &self.plan)].concat();
        let faults: Vec<String> = faults.into_iter().chain(has_ended).collect();
        if faults.is_empty() {
            return Ok(());
        }
        Err(refusal(
            format_args!("the scenario cannot go on from the warm-up:\n  {}", faults.join("\n  ")),
            "change the scenario, or run the warm-up with what it lacks: types that enter later are declared there too",
        ))
    }

    /// Lives through the warm-up of a batch of the plan; none where it was stopped meanwhile.
    ///
    /// # Errors
    /// Those of the engines; `Input` where the plan cannot go on with what the warm-up has.
    pub fn moment(
        &self,
        device: &Device,
        plan: &Plan,
        tissues: Range<usize>,
        stops: &dyn Fn() -> bool,
    ) -> Result<Option<Moment>> {
        let replicates: Vec<usize> = tissues.clone().map(|tissue| plan.arm_and_replicate(tissue).1).collect();
        let first = replicates.iter().copied().min().unwrap_or(0);
        let count = replicates.iter().copied().max().map_or(0, |last| last + 1 - first);
        let start = self.arm * self.plan.seeds.len() + first;
        let warm = start..start + count;
        let estimate = capacity::estimate(&self.plan, device, Share::default())?;
        let mut engine = capacity::engine(device, &self.plan, warm.clone(), &estimate)?;
        let mut until = Until { tick: 0, end: self.warm_up.tick, moment: None, stops };
        let ending = batch::run(&self.plan, warm.clone(), engine.as_mut(), &mut until)?;
        let (Ending::Stopped, Some(moment)) = (ending, &until.moment) else { return Ok(None) };
        let source: Vec<usize> = replicates.iter().map(|replicate| replicate - first).collect();
        let warmed = WarmedUp { plan: &self.plan, tissues: warm, moment };
        let branched = warmed.branch(plan, tissues, &source);
        branched.map(Some).map_err(|fault| refusal(fault, "give the arm what it lacks, or leave it out of the warm-up"))
    }
}

/// What both plans must have alike, but for the cell types.
fn unlike(plan: &Plan, warm: &Plan) -> Vec<String> {
    let substrates = |plan: &Plan| {
        let of = |it: &Substrates| (it.grid, it.list.iter().map(|it| (it.name.clone(), it.kind)).collect::<Vec<_>>());
        plan.substrates.as_ref().map(of)
    };
    let (replicates, known) = (plan.seeds.len(), warm.seeds.len());
    let drawn = |plan: &Plan| {
        let values = |it: &Drawn| (it.place, it.values.get(..replicates).map(<[f64]>::to_vec));
        plan.cohort.parameters.iter().map(values).collect::<Vec<_>>()
    };
    let seeds =
        format!("it has {replicates} replicates by its seed; they must be the first of the {known} of the warm-up");
    let all = [
        (plan.domain == warm.domain, "[domain] is not that of the warm-up"),
        (plan.clocks == warm.clocks, "[clocks] are not those of the warm-up"),
        (substrates(plan) == substrates(warm), "the substrates, their units or voxels are not those of the warm-up"),
        (warm.seeds.get(..replicates) == Some(&plan.seeds[..]), seeds.as_str()),
        (drawn(plan) == drawn(warm), "[cohort] draws other values than that of the warm-up"),
    ];
    all.into_iter().filter(|(is_alike, _)| !is_alike).map(|(_, fault)| fault.to_owned()).collect()
}

/// Cell types share the columns of their cells.
fn unlike_types(plan: &Plan, warm: &Plan) -> Vec<String> {
    let names = |plan: &Plan| plan.cell_types.iter().map(|it| it.name.clone()).collect::<Vec<_>>().join(", ");
    let (own, their) = (names(plan), names(warm));
    if own != their {
        return vec![format!("the cell types are {own}; those of the warm-up are {their}")];
    }
    let mut faults = Vec::new();
    for (number, (own, their)) in plan.cell_types.iter().zip(&warm.cell_types).enumerate() {
        let has = |plan: &Plan| [plan.has_proteostasis_of(number), plan.has_immunogenicity_of(number)];
        if own.phases != their.phases || own.traits != their.traits {
            faults.push(format!("{} has other phases or traits than in the warm-up", own.name));
        }
        if has(plan) != has(warm) {
            faults.push(format!("{} gains or loses proteostasis or immunogenicity", own.name));
        }
    }
    faults
}
