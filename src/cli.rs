//! The command line: what can be asked for, and what answers.

mod going_on;
mod proving;

use crate::branch::Trunk;
use crate::device::Choice;
use crate::error::{Error, Result};
use crate::outputs::render::{self, Section};
use crate::outputs::{diff, report, vocabulary};
use crate::phase_diagram;
use crate::plan::{Plan, TICKS_PER_MIN};
use crate::resume;
use crate::room::{self, Share};
use crate::run::{self, Order, Planned};
use crate::scenario::library;
use crate::scenario::units::{self, Dimension};
use clap::{Args, Parser, Subcommand, ValueEnum};
use going_on::{BranchArgs, ResumeArgs, SavingArgs};
use proving::{CheckArgs, VerifyArgs};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Populations of T cells and tumour cells, cell by cell, on any GPU.
///
/// Exit codes: 0 done; 1 the run failed; 2 wrong input; 3 no usable device, or device lost; 4 an invariant was
/// violated; 75 interrupted, and the same command goes on.
#[derive(Debug, Parser)]
#[command(name = "texpop", version, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario and write what happened into a run folder; rank the arms where it has a [study]
    #[command(visible_alias = "study")]
    Run(RunArgs),
    /// Let the arms of a scenario go on from a time of an earlier run, with the same cells and the same luck
    Branch(BranchArgs),
    /// Go on with a run that was stopped or killed, from its last checkpoint
    Resume(ResumeArgs),
    /// Check a scenario, and estimate memory, disk and steps before any run
    Check(CheckArgs),
    /// Say which devices were found, and what is missing
    Devices,
    /// Find the stimulation at which T cells of a culture collapse, and below which they recover, in each arm
    PhaseDiagram(PhaseDiagramArgs),
    /// Run known answers on a device, and print what holds; or published experiments, with --experiments. Exit code 1
    /// where one does not hold, or a direction that a paper reports is missed
    Verify(VerifyArgs),
    /// Draw a snapshot of a run folder, or all of them as an animation, as PNG
    Render(RenderArgs),
    /// Say where two runs first differ: time, tissue, statistic, cell, column
    Diff {
        /// Run folder
        a: PathBuf,
        /// Another
        b: PathBuf,
    },
    /// Make report.html of a run folder again
    Report {
        /// Run folder
        run: PathBuf,
    },
    /// Print the signals and behaviours of rules, in general or of a scenario
    Signals(SignalsArgs),
    /// List the shipped definitions, which a section takes by `use = "NAME"`, or print one with its sources
    Library {
        /// The definition to print
        name: Option<String>,
    },
}

#[derive(Debug, Args)]
struct RunArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Run folder; one with the same run, stopped, goes on [default: runs/NAME of the scenario, numbered if it is there]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Start from the beginning, and replace the files of an earlier run in the folder
    #[arg(long)]
    force: bool,
    /// Stop after this simulated time, such as 6h
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Check all cells after every stage, not just at reports: slow, and names the stage at fault
    #[arg(long)]
    checked: bool,
    /// Run a study of any number of arms; without it, sweeps may make 4096 of one arm
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
    /// Folder for tables and picture [default: runs/NAME of the scenario, numbered if it is there]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Replace the files of an earlier run in the folder
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
struct SignalsArgs {
    /// Scenario file (TOML), for its cell types, phases and traits
    scenario: Option<PathBuf>,
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
    /// Run at most so many tissues at a time, for less memory; values stay the same, batches follow each other in the
    /// series
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    batch_tissues: Option<u32>,
    /// Take at most so much memory for cells, voxels and substrates, such as 4GiB, of a device that others use too; what does
    /// not fit runs in several batches, with the same values
    #[arg(long, value_name = "SIZE", value_parser = room::bytes)]
    memory_limit: Option<u64>,
}

#[derive(Debug, Args)]
struct RenderArgs {
    /// Run folder
    run: PathBuf,
    /// Time of the snapshot, such as 20d [default: the last]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// All snapshots, one after the other, in one animated PNG
    #[arg(long, conflicts_with = "at")]
    animate: bool,
    /// Column of cells that gives their colour, such as cell_type, phase or volume_um3
    #[arg(long, visible_alias = "colour-by", value_name = "COLUMN", default_value = "cell_type")]
    color_by: String,
    /// Draw what a plane cuts, such as x=-20um
    #[arg(long, value_name = "AXIS=PLACE", default_value = "z=0", allow_hyphen_values = true)]
    slice: Section,
    /// Draw all cells, seen along z
    #[arg(long, conflicts_with = "slice")]
    project: bool,
    /// Arm to draw [default: the first]
    #[arg(long)]
    arm: Option<String>,
    /// Replicate to draw
    #[arg(long, value_name = "N", default_value_t = 1)]
    replicate: usize,
    /// Substrate behind the cells
    #[arg(long, value_name = "NAME")]
    substrate: Option<String>,
    /// Least and greatest number of the colours, such as 0,5000, so that pictures can be compared
    #[arg(long, value_name = "LOW,HIGH", allow_hyphen_values = true)]
    range: Option<String>,
    /// File to write [default: RUN_ARM_REPLICATE_TIME.png in the working folder]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
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
            Command::Run(args) => args.execute(None),
            Command::Branch(args) => args.execute(),
            Command::Resume(args) => args.execute(),
            Command::Check(args) => args.execute(),
            Command::Signals(args) => say(&match args.scenario {
                Some(file) => vocabulary::of_plan(&run::plan(&file, &[])?.plan),
                None => vocabulary::in_general(),
            }),
            Command::Devices => say(&crate::device::found::report()),
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

/// Data go to stdout. A reader that has seen enough, such as `head`, is no failure.
fn say(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => {
            Err(Error::Failed(format!("could not write to the standard output: {cause}")))
        }
        _ => Ok(()),
    }
}

/// Messages go to stderr; one that cannot be written is no reason to stop.
fn warn(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

impl RunArgs {
    fn execute(self, trunk: Option<Trunk>) -> Result<()> {
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
        let is_free = |folder: &Path| !folder.exists() || resume::is_stopped(folder, &plan, trunk.as_ref());
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
    fn request(self) -> Result<render::Request> {
        let at_h = self.at.as_deref().map(render::time_h).transpose()?;
        let range = self.range.as_deref().map(range).transpose()?;
        let section = if self.project { Section::Projection } else { self.slice };
        let RenderArgs { run, animate, color_by, arm, replicate, substrate, output, force, .. } = self;
        Ok(render::Request { run, at_h, animate, color_by, section, arm, replicate, substrate, range, output, force })
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
