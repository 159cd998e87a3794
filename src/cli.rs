//! The command line: what can be asked for, and what answers.

use crate::device::Choice;
use crate::error::{Error, Result};
use crate::outputs::LogFormat;
use crate::plan::{Plan, TICKS_PER_MIN};
use crate::run::{self, Order};
use crate::scenario::units::{self, Dimension};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// Populations of T cells and tumour cells, cell by cell, on any GPU.
///
/// Exit codes: 0 done; 1 the run failed; 2 wrong input; 3 no usable device, or device lost; 4 an invariant was
/// violated; 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "texpop", version, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario and write what happened into a run folder
    Run(RunArgs),
    /// Check a scenario, and estimate memory, disk and steps before any run
    Check(CheckArgs),
    /// Say which devices were found, and what is missing
    Devices,
}

#[derive(Debug, Args)]
struct RunArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Run folder [default: runs/NAME of the scenario, numbered if it is there]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Replace the files of an earlier run in the folder
    #[arg(long)]
    force: bool,
    /// Stop after this simulated time, such as 6h
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// How progress is shown: a bar on a terminal and lines elsewhere, lines, or JSON lines
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    log: Log,
}

#[derive(Debug, Args)]
struct CheckArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
}

#[derive(Debug, Args)]
struct ScenarioArgs {
    /// Scenario file (TOML)
    scenario: PathBuf,
    /// Override a value of the scenario, such as replicates=8 or cell_types.t_cell.motility.speed="12 um/min"
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// auto: a hardware GPU, else the CPU; gpu: a hardware GPU or nothing; software: the shaders on a software
    /// adapter; cpu: the twins of the shaders; or a part of an adapter's name
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    device: Choice,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Log {
    Auto,
    Text,
    Json,
}

impl Cli {
    /// Does what was asked for.
    pub fn execute(self) -> Result<()> {
        match self.command {
            Command::Run(args) => args.execute(),
            Command::Check(args) => {
                let plan = run::plan(&args.scenario.scenario, &args.scenario.set)?.1;
                print!("{}", run::check(&plan, &args.scenario.device)?);
                Ok(())
            }
            Command::Devices => {
                print!("{}", crate::device::found::report());
                Ok(())
            }
        }
    }
}

impl RunArgs {
    fn execute(self) -> Result<()> {
        let (scenario, mut plan) = run::plan(&self.scenario.scenario, &self.scenario.set)?;
        if let Some(until) = &self.until {
            plan.duration_ticks = shortened(&plan, until)?;
        }
        let output = self.output.unwrap_or_else(|| free_folder(&self.scenario.scenario));
        let log = match self.log {
            Log::Auto => LogFormat::Auto,
            Log::Text => LogFormat::Text,
            Log::Json => LogFormat::Json,
        };
        let order = Order { plan, scenario, device: self.scenario.device, output, force: self.force, log };
        let summary = run::run(order)?;
        print!("{summary}");
        Ok(())
    }
}

/// Ticks of `--until`, in whole steps.
fn shortened(plan: &Plan, until: &str) -> Result<u32> {
    let minutes = units::parse(until, Dimension::TIME)
        .map_err(|fault| Error::Input(format!("error: --until {until}: {}{}", fault.message, hint(&fault.hint))))?;
    let step = plan.clocks.movement_ticks;
    let steps = (minutes * f64::from(TICKS_PER_MIN) / f64::from(step)).round();
    if steps < 1.0 {
        let least = f64::from(step) / f64::from(TICKS_PER_MIN);
        return Err(Error::Input(format!(
            "error: --until {until}: a run takes at least one step, which is {least} min"
        )));
    }
    Ok((steps * f64::from(step)).min(f64::from(plan.duration_ticks)) as u32)
}

fn hint(hint: &Option<String>) -> String {
    hint.as_ref().map_or(String::new(), |text| format!("\n\nhint: {text}"))
}

/// `runs/NAME`, or the first of `runs/NAME-2`, … that is not there.
fn free_folder(scenario: &Path) -> PathBuf {
    let name = scenario.file_stem().map_or("run".into(), |stem| stem.to_string_lossy().into_owned());
    let numbered = (2..).map(|number| PathBuf::from(format!("runs/{name}-{number}")));
    let mut folders = std::iter::once(PathBuf::from(format!("runs/{name}"))).chain(numbered);
    folders.find(|folder| !folder.exists()).unwrap_or_else(|| PathBuf::from("runs").join(name))
}
