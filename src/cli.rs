//! The command line: what can be asked for, and what answers.

pub(crate) mod check_verify;
mod import;
pub(crate) mod resume;

use crate::device::Choice;
use crate::error::{EXIT_CODES, Error, Result};
use crate::outputs::escape::plain;
use crate::outputs::render::{self, Section};
use crate::outputs::{diff, report, vocabulary};
use crate::phase_diagram;
use crate::plan::{Plan, TICKS_PER_MIN};
use crate::run::branch::WarmUp;
use crate::run::capacity::{self, Share};
use crate::run::{self, Order, Planned};
use crate::scenario::library;
use crate::scenario::units::{self, Dimension};
use check_verify::{CheckArgs, VerifyArgs};
use clap::{Args, Parser, Subcommand, ValueEnum};
use import::ImportArgs;
use resume::{BranchArgs, ResumeArgs, SavingArgs};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Simulate populations of T cells and tumour cells, cell by cell, on any GPU or on the CPU
#[derive(Debug, Parser)]
#[command(name = "texpop", version, max_term_width = 110, after_help = exit_codes())]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What `--help` says about exit codes.
fn exit_codes() -> String {
    let lines = EXIT_CODES.map(|(code, meaning)| format!("{code:>4}  {meaning}\n"));
    format!("Exit codes:\n{}", lines.concat().trim_end())
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario and write the results to a run folder; rank the arms if the scenario has a [study]
    #[command(visible_alias = "study")]
    Run(RunArgs),
    /// Branch arms from a time point of an earlier run, with the same cells and random streams
    Branch(BranchArgs),
    /// Resume a run that was stopped or killed, from its last checkpoint
    Resume(ResumeArgs),
    /// Check a scenario, and estimate memory, disk space and steps before a run
    Check(CheckArgs),
    /// Turn a PhysiCell project into a scenario, and list what cannot be carried over
    Import(ImportArgs),
    /// List the devices that were found, and what is missing
    Devices,
    /// Find the stimulation above which T cells in a culture collapse, and below which they recover, for each arm
    PhaseDiagram(PhaseDiagramArgs),
    /// Compare a device with known answers, or the model with published experiments (--experiments). Ends with exit
    /// code 1 if an answer is wrong or a published direction is missed
    Verify(VerifyArgs),
    /// Draw one snapshot of a run folder, or all of them as an animation, as PNG
    Render(RenderArgs),
    /// Show where two runs first differ: time, tissue, statistic, cell, column
    Diff {
        /// First run folder
        a: PathBuf,
        /// Second run folder
        b: PathBuf,
    },
    /// Write report.html of a run folder again
    Report {
        /// Run folder
        run: PathBuf,
    },
    /// List the signals and behaviours that rules may use, in general or in a scenario
    Signals(SignalsArgs),
    /// List the shipped definitions, which a scenario takes with `use = "NAME"`, or print one with its sources
    Library {
        /// The definition to print
        name: Option<String>,
    },
}

#[derive(Debug, Args)]
struct RunArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Run folder; if it holds the same run, stopped, that run resumes [default: runs/NAME of the scenario, with a number
    /// if that exists]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Start from the beginning, and replace the files of an earlier run in the folder
    #[arg(long)]
    force: bool,
    /// Stop after this simulated time, such as 6h
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Check all cells after every stage instead of only at reports: slow, but names the stage at fault
    #[arg(long)]
    checked: bool,
    /// Allow any number of arms; without it, sweeps may make at most 4096
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    saving: SavingArgs,
}

#[derive(Debug, Args)]
struct PhaseDiagramArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Cell type with proteostasis [default: the first]
    #[arg(long, value_name = "NAME")]
    cell_type: Option<String>,
    /// Folder for tables and picture [default: runs/NAME of the scenario, with a number if that exists]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Replace the files of an earlier run in the folder
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
struct SignalsArgs {
    /// Scenario file (TOML) whose cell types, phases and traits are listed
    scenario: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ScenarioArgs {
    /// Scenario file (TOML)
    scenario: PathBuf,
    /// Override a value of the scenario, such as replicates=8 or cell_types.t_cell.motility.speed="12 um/min"
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// auto: a hardware GPU, else the CPU; gpu: a hardware GPU only; software: the shaders on a software adapter;
    /// cpu: the CPU twins of the shaders; anything else: part of an adapter's name or PCI address
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    device: Choice,
    /// Limit tissues per batch to save memory; values do not change, and batches follow one another in the series
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    batch_tissues: Option<u32>,
    /// Limit memory for cells, voxels and substrates, such as 4GiB, on a shared device; what does not fit runs in several
    /// batches, with the same values
    #[arg(long, value_name = "SIZE", value_parser = capacity::bytes)]
    memory_limit: Option<u64>,
}

#[derive(Debug, Args)]
struct RenderArgs {
    /// Run folder
    run: PathBuf,
    /// Time of the snapshot, such as 20d [default: the last]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Draw all snapshots as one animated PNG
    #[arg(long, conflicts_with = "at")]
    animate: bool,
    /// Column that colours the cells, such as cell_type, phase or volume_um3
    #[arg(long, visible_alias = "colour-by", value_name = "COLUMN", default_value = "cell_type")]
    color_by: String,
    /// Draw the cells that a plane cuts, such as x=-20um
    #[arg(long, value_name = "AXIS=PLACE", default_value = "z=0", allow_hyphen_values = true)]
    slice: Section,
    /// Draw all cells, viewed along z
    #[arg(long, conflicts_with = "slice")]
    project: bool,
    /// Arm to draw [default: the first]
    #[arg(long)]
    arm: Option<String>,
    /// Replicate to draw
    #[arg(long, value_name = "N", default_value_t = 1)]
    replicate: usize,
    /// Substrate to draw behind the cells
    #[arg(long, value_name = "NAME")]
    substrate: Option<String>,
    /// Lowest and highest value of the colour scale, such as 0,5000, so that pictures can be compared
    #[arg(long, value_name = "LOW,HIGH", allow_hyphen_values = true)]
    range: Option<String>,
    /// File to write [default: RUN_ARM_REPLICATE_TIME.png in the working folder]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Log {
    Auto,
    Text,
    Json,
}

impl Cli {
    /// Does what was asked for.
    pub fn execute(self) -> Result<()> {
        match self.command {
            Command::Run(args) => args.execute(None),
            Command::Branch(args) => args.execute(),
            Command::Resume(args) => args.execute(),
            Command::Check(args) => args.execute(),
            Command::Import(args) => args.execute(),
            Command::Signals(args) => say(&match args.scenario {
                Some(file) => vocabulary::of_plan(&run::plan(&file, &[])?.plan),
                None => vocabulary::in_general(),
            }),
            Command::Devices => say(&crate::device::adapter_list::report()),
            Command::PhaseDiagram(args) => args.execute(),
            Command::Verify(args) => args.execute(),
            Command::Render(args) => say(&render::render(&args.request()?)?),
            Command::Diff { a, b } => say(&diff::diff(&a, &b)?),
            Command::Report { run } => say(&report::report(&run)?),
            Command::Library { name: None } => say(&library::list()),
            Command::Library { name: Some(name) } => say(library::show(&name)?),
        }
    }
}

impl ScenarioArgs {
    fn share(&self) -> Share {
        Share { tissues: self.batch_tissues.map(|tissues| tissues as usize), bytes: self.memory_limit }
    }
}

/// Data go to stdout. A reader that has seen enough, such as `head`, is no failure, and neither is a closed terminal.
fn say(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(plain(text).as_bytes()).and_then(|()| stdout.flush()) {
        Err(cause) if cause.kind() == ErrorKind::BrokenPipe || is_hung_up(&cause) => Ok(()),
        Err(cause) => Err(Error::Failed(format!("could not write to the standard output: {cause}"))),
        Ok(()) => Ok(()),
    }
}

/// Whether the standard output is a terminal that was closed.
#[cfg(unix)]
fn is_hung_up(cause: &std::io::Error) -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let file = std::io::stdout().as_fd().try_clone_to_owned().map(std::fs::File::from);
    let is_device = file.and_then(|it| it.metadata()).is_ok_and(|it| it.file_type().is_char_device());
    is_device && cause.raw_os_error() == Some(libc::EIO)
}

#[cfg(not(unix))]
fn is_hung_up(_cause: &std::io::Error) -> bool {
    false
}

/// Messages go to stderr; one that cannot be written is no reason to stop.
fn warn(text: &str) {
    let _ = std::io::stderr().lock().write_all(plain(text).as_bytes());
}

impl RunArgs {
    fn execute(self, trunk: Option<WarmUp>) -> Result<()> {
        let mut sets = self.scenario.set.clone();
        if self.yes {
            sets.push(format!("study.most_arms={}", u32::MAX));
        }
        let Planned { given, scenario, mut plan, warnings } = run::plan(&self.scenario.scenario, &sets)?;
        warn(&warnings);
        if let Some(until) = &self.until {
            plan.duration_ticks = shortened(&plan, until)?;
        }
        if let Some(trunk) = &trunk {
            trunk.check(&plan)?;
        }
        let is_free = |folder: &Path| !folder.exists() || crate::run::resume::is_stopped(folder, &plan, trunk.as_ref());
        let output = self.output.unwrap_or_else(|| free_folder(&self.scenario.scenario, is_free));
        let (share, force, is_checked) = (self.scenario.share(), self.force, self.checked);
        let (log, cadence) = (self.saving.log.into(), self.saving.cadence()?);
        let device = self.scenario.device;
        say(&run::run(Order { given, plan, trunk, scenario, device, share, output, force, log, cadence, is_checked })?)
    }
}

impl PhaseDiagramArgs {
    fn execute(self) -> Result<()> {
        let planned = run::plan(&self.scenario.scenario, &self.scenario.set)?;
        let is_free = |folder: &Path| !folder.exists();
        let output = self.output.unwrap_or_else(|| free_folder(&self.scenario.scenario, is_free));
        let (cell_type, device) = (self.cell_type.as_deref(), &self.scenario.device);
        say(&phase_diagram::draw(&planned, cell_type, device, &output, self.force)?)
    }
}

impl RenderArgs {
    fn request(self) -> Result<render::RenderOptions> {
        let at_h = self.at.as_deref().map(render::time_h).transpose()?;
        let range = self.range.as_deref().map(range).transpose()?;
        let section = if self.project { Section::Projection } else { self.slice };
        let RenderArgs { run, animate, color_by, arm, replicate, substrate, output, force, .. } = self;
        Ok(render::RenderOptions {
            run,
            at_h,
            animate,
            color_by,
            section,
            arm,
            replicate,
            substrate,
            range,
            output,
            force,
        })
    }
}

/// Two numbers, the second larger.
fn range(text: &str) -> Result<(f32, f32)> {
    let number = |it: &str| it.trim().parse::<f32>().ok().filter(|it| it.is_finite());
    let numbers = text.split_once(',').and_then(|(low, high)| number(low).zip(number(high)));
    numbers.filter(|(low, high)| low < high).ok_or_else(|| {
        Error::Input(format!("error: --range {text}: give two numbers, the second larger, such as --range 0,5000"))
    })
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

/// `runs/NAME`, or the first of `runs/NAME-2`, … that is free.
fn free_folder(scenario: &Path, is_free: impl Fn(&Path) -> bool) -> PathBuf {
    let name = scenario.file_stem().map_or("run".into(), |stem| stem.to_string_lossy().into_owned());
    let numbered = (2..).map(|number| PathBuf::from(format!("runs/{name}-{number}")));
    let mut folders = std::iter::once(PathBuf::from(format!("runs/{name}"))).chain(numbered);
    folders.find(|folder| is_free(folder)).unwrap_or_else(|| PathBuf::from("runs").join(name))
}
