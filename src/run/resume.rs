//! Going on with a run that was stopped: what has to agree before it does.

use super::branch::WarmUp;
use super::capacity::Share;
use super::{Order, Planned};
use crate::device::Choice;
use crate::error::{Error, Result};
use crate::outputs::checkpoint::{self, Cadence, Description};
use crate::outputs::{LogFormat, RunFolder, is_finished};
use crate::plan::Plan;
use crate::run;
use crate::simulation::batch::Moment;
use std::path::Path;

/// How to go on with a run.
pub struct ResumeOptions {
    /// None: as the run was started.
    pub device: Option<Choice>,
    pub log: LogFormat,
    pub cadence: Cadence,
    /// Whether all cells are checked after every stage.
    pub is_checked: bool,
}

/// Goes on with the run in a folder, as far as it is not finished, and gives the table of what happened.
///
/// # Errors
/// `Input` where there is nothing to go on with; else as [`run::run`].
pub fn resume(folder: &Path, request: ResumeOptions) -> Result<String> {
    let Some(description) = stopped(folder)? else { return nothing_left(folder) };
    let Planned { given, scenario, mut plan, .. } = run::plan_given(description.given)?;
    // A run may end earlier than its scenario says, and never later.
    plan.duration_ticks = plan.duration_ticks.min(description.duration_ticks);
    let ResumeOptions { device, log, cadence, is_checked } = request;
    let device = match device {
        Some(device) => device,
        None => description.device.parse()?,
    };
    let (output, trunk) = (folder.to_path_buf(), description.warm_up.map(WarmUp::new).transpose()?);
    trunk.iter().try_for_each(|trunk| trunk.check(&plan))?;
    let (share, force) = (Share::default(), false);
    run::run(Order { given, plan, trunk, scenario, device, share, output, force, log, cadence, is_checked })
}

/// A folder without a run that was stopped: its run has finished, or it is that of none.
fn nothing_left(folder: &Path) -> Result<String> {
    let place = folder.display();
    if is_finished(folder) {
        RunFolder::tidy(folder)?;
        return Ok(format!("the run in {place} is finished\n"));
    }
    Err(Error::Input(format!(
        "error: there is no checkpoint in {place}\n\n\
         hint: name the folder of a run that was stopped, such as runs/quickstart"
    )))
}

/// What the checkpoint of a run says that was stopped; none where there is none. A run that was killed while it removed
/// its checkpoint at the very end has finished.
fn stopped(folder: &Path) -> Result<Option<Description>> {
    if is_finished(folder) { Ok(None) } else { checkpoint::describe(folder) }
}

/// Whether a folder holds a run of this plan, and of this warm-up, that was stopped.
pub fn is_stopped(folder: &Path, plan: &Plan, trunk: Option<&WarmUp>) -> bool {
    let is_it = |it: &Description| {
        it.fingerprint == plan.fingerprint() && it.warm_up.as_ref() == trunk.map(|trunk| &trunk.warm_up)
    };
    stopped(folder).is_ok_and(|it| it.as_ref().is_some_and(is_it))
}

/// The checkpoint that an order goes on from: none where its folder has none.
///
/// # Errors
/// `Input` where it is damaged, or of another scenario.
pub(crate) fn checkpoint_of(order: &Order) -> Result<Option<(Description, Option<Moment>)>> {
    let Some(found) = stopped(&order.output)? else { return Ok(None) };
    let (place, fingerprint) = (order.output.display(), order.plan.fingerprint());
    let warm_up = order.trunk.as_ref().map(|it| &it.warm_up);
    if found.fingerprint != fingerprint || found.warm_up.as_ref() != warm_up {
        let same = found.warm_up.as_ref() == warm_up
            && found.given == order.given.absolute()
            && found.duration_ticks == order.plan.duration_ticks;
        let what = if same {
            "a table that its scenario names, or the program or its library, has changed since"
        } else {
            "its scenario is another, or other options were given"
        };
        return Err(Error::Input(format!(
            "error: {place} holds a run that was stopped, and {what}\n\n\
             hint: texpop resume {place} goes on with that run, by its own scenario; --force replaces it; -o names \
             another folder"
        )));
    }
    checkpoint::read(&order.output)?.into_parts(&order.plan).map(Some)
}
