//! `texpop import`: a PhysiCell project as a scenario.

use super::say;
use crate::error::Result;
use crate::import::{Request, import};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Settings of the project, such as config/PhysiCell_settings.xml
    settings: PathBuf,
    /// Scenario to write; a table of its cells goes beside it
    #[arg(short, long, value_name = "FILE", default_value = "scenario.toml")]
    output: PathBuf,
    /// Write a scenario even where parts of the model cannot be carried over; they are listed in it
    #[arg(long)]
    partial: bool,
    /// Replace the files if they are there
    #[arg(long)]
    force: bool,
}

impl ImportArgs {
    pub fn execute(self) -> Result<()> {
        let ImportArgs { settings, output, partial, force } = self;
        say(&import(&Request { settings, output, is_partial: partial, force })?)
    }
}
