//! Going on with runs: checkpoints, `texpop resume` and `texpop branch`.

use super::{Log, RunArgs, hint, say};
use crate::device::Choice;
use crate::error::{Error, Result};
use crate::outputs::LogFormat;
use crate::outputs::checkpoint::Cadence;
use crate::plan::TICKS_PER_MIN;
use crate::run::branch;
use crate::run::resume;
use crate::scenario::units::{self, Dimension};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Args)]
pub(crate) struct BranchArgs {
    /// Run folder with the warm-up, which is lived through again
    run: PathBuf,
    /// Simulated time of the branch, such as 7d; what the scenario has before it is left to the warm-up
    #[arg(long, value_name = "TIME")]
    at: String,
    /// Arm of the run that all arms of the scenario come from [default: the first]
    #[arg(long, value_name = "NAME")]
    arm: Option<String>,
    #[command(flatten)]
    order: RunArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    /// Run folder
    run: PathBuf,
    /// As for run [default: as the run was started]; on Vulkan and the CPU results are the same
    #[arg(long, value_name = "DEVICE")]
    device: Option<Choice>,
    /// Check all cells after every stage, not just at reports: slow, and names the stage at fault
    #[arg(long)]
    checked: bool,
    #[command(flatten)]
    saving: SavingArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SavingArgs {
    /// How progress is shown: a bar on a terminal and lines elsewhere, lines, or JSON lines
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub log: Log,
    /// Write a checkpoint, from which the run can go on, each time so much time has passed on the clock on the wall
    #[arg(long, value_name = "TIME", default_value = "10min")]
    checkpoint_every: String,
    /// Also each time so much simulated time has passed, such as 2d
    #[arg(long, value_name = "TIME")]
    checkpoint_simulated: Option<String>,
}

impl BranchArgs {
    pub fn execute(self) -> Result<()> {
        let at_min = units::parse(&self.at, Dimension::TIME).map_err(|fault| {
            Error::Input(format!("error: --at {}: {}{}", self.at, fault.message, hint(&fault.hint)))
        })?;
        let trunk = branch::trunk(&self.run, at_min, self.arm.as_deref())?;
        self.order.execute(Some(trunk))
    }
}

impl ResumeArgs {
    pub fn execute(self) -> Result<()> {
        let (log, cadence) = (self.saving.log.into(), self.saving.cadence()?);
        let request = resume::ResumeOptions { device: self.device, log, cadence, is_checked: self.checked };
        say(&resume::resume(&self.run, request)?)
    }
}

impl SavingArgs {
    pub fn cadence(&self) -> Result<Cadence> {
        let minutes = |flag: &str, text: &str| {
            units::parse(text, Dimension::TIME)
                .map_err(|fault| Error::Input(format!("error: {flag} {text}: {}{}", fault.message, hint(&fault.hint))))
        };
        let every_min = minutes("--checkpoint-every", &self.checkpoint_every)?;
        let every = Duration::try_from_secs_f64(60.0 * every_min).map_err(|_| {
            Error::Input(format!("error: --checkpoint-every {}: it must be 0 or more", self.checkpoint_every))
        })?;
        let simulated =
            self.checkpoint_simulated.as_deref().map(|it| minutes("--checkpoint-simulated", it)).transpose()?;
        let every_ticks = simulated.map(|minutes| (minutes * f64::from(TICKS_PER_MIN)).round() as u32);
        Ok(Cadence { every, every_ticks })
    }
}

impl From<Log> for LogFormat {
    fn from(log: Log) -> LogFormat {
        match log {
            Log::Auto => LogFormat::Auto,
            Log::Text => LogFormat::Text,
            Log::Json => LogFormat::Json,
        }
    }
}
