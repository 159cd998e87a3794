//! What shows how far to trust a run: `texpop check` and `texpop verify`.

use super::{ScenarioArgs, say, shortened, warn};
use crate::device::{self, Alteration, Choice, Device};
use crate::error::Result;
use crate::run::convergence;
use crate::run::{self, Planned};
use crate::verify::{self, Size, VerifyOptions, known};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Run the scenario, shortened, at its step and at a half and a quarter of it, and with voxels of half the width, and print
    /// how far each statistic moves
    #[arg(long)]
    converge: bool,
    /// End of these runs, such as 6h [default: a tenth of the duration]
    #[arg(long, value_name = "TIME", requires = "converge")]
    until: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Experiments on T cells that fold proteins and exhaust (Wang et al., Nature 2025) instead, with the default
    /// parameters
    #[arg(long)]
    experiments: bool,
    /// Five replicates of 1000 cells instead of two of 300; of experiments in a tissue 20 replicates instead of eight,
    /// and survival to day 60
    #[arg(long, requires = "experiments")]
    full: bool,
    /// Cases to run, such as two_cells,walk; with --experiments such as E1,E4 [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Override a value of each scenario, such as cell_types.t_cell.proteostasis.folding="5 /h"
    #[arg(long = "set", value_name = "PATH=VALUE", requires = "experiments")]
    set: Vec<String>,
    /// As for run
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    device: Choice,
    /// Other text in a kernel, to see that it is caught
    #[arg(long, num_args = 3, value_names = ["KERNEL", "FROM", "TO"], hide = true)]
    alter: Option<Vec<String>>,
}

impl CheckArgs {
    pub fn execute(self) -> Result<()> {
        let CheckArgs { scenario: args, converge, until } = self;
        let Planned { plan, warnings, .. } = run::plan(&args.scenario, &args.set)?;
        warn(&warnings);
        if !converge {
            return say(&run::check(&plan, &args.device, args.share())?);
        }
        let until_ticks = until.map(|until| shortened(&plan, &until)).transpose()?;
        let (scenario, set, device) = (&args.scenario, &args.set, &args.device);
        say(&convergence::converge(&convergence::ConvergenceOptions {
            scenario,
            set,
            device,
            share: args.share(),
            until_ticks,
        })?)
    }
}

impl VerifyArgs {
    pub fn execute(self) -> Result<()> {
        if self.experiments { self.experiments() } else { self.known_answers() }
    }

    fn known_answers(self) -> Result<()> {
        let (mut device, notice) = device::open(&self.device)?;
        if let (Device::Gpu(gpu), Some([kernel, from, to])) = (&mut device, self.alter.as_deref()) {
            let altered = Alteration { kernel: kernel.clone(), from: from.clone(), to: to.clone() };
            gpu.altered = Some(Box::new(altered));
        }
        warn(&format!("{notice}\n"));
        let outcomes = known::run(&device, &self.only, |case| warn(&format!("{}: {}\n", case.name, case.law)))?;
        say(&if self.json {
            known::report::json(&device, &outcomes)
        } else {
            known::report::text(&device, &outcomes)
        })?;
        known::judge(&outcomes)
    }

    fn experiments(self) -> Result<()> {
        let size = if self.full { Size::FULL } else { Size::REDUCED };
        let VerifyArgs { only, set, device, .. } = self;
        let outcomes = verify::outcomes(&VerifyOptions { device, size, only, set })?;
        say(&if self.json { verify::json(&outcomes) } else { verify::text(&outcomes) })?;
        verify::judge(&outcomes)
    }
}
