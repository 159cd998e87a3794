//! `events.csv`: what came from outside, one row for each tissue that it came to.

use super::series::{failed, number};
use super::{PendingFile, RunFolder, escape};
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::plan::domain::hours;
use crate::simulation::interventions::InterventionEvent;
use std::path::PathBuf;

/// The file, growing by whole rows: in the order of batches, then time.
pub struct Events {
    csv: csv::Writer<PendingFile>,
    path: PathBuf,
}

impl Events {
    /// Whether there is anything to record.
    pub fn has_any(plan: &Plan) -> bool {
        plan.arms.iter().any(|arm| arm.actions().next().is_some())
    }

    /// Begins the file.
    ///
    /// # Errors
    /// `Failed` if it cannot be made.
    pub fn create(folder: &RunFolder) -> Result<Events> {
        let file = folder.begin("events.csv")?;
        let path = file.path().to_path_buf();
        let mut csv = csv::Writer::from_writer(file);
        csv.write_record(["arm", "replicate", "time_h", "intervention", "what"])
            .map_err(|cause| failed(&path, cause))?;
        Ok(Events { csv, path })
    }

    /// Appends what happened.
    ///
    /// # Errors
    /// `Failed` if it cannot be written.
    pub fn append(&mut self, plan: &Plan, happened: &[InterventionEvent]) -> Result<()> {
        for it in happened {
            let (arm, replicate) = plan.arm_and_replicate(it.tissue);
            let (replicate, time_h) = ((replicate + 1).to_string(), number(hours(it.tick)));
            let record = [&plan.arms[arm].name, &replicate, &time_h, &it.intervention, &it.what];
            self.csv.write_record(escape::fields(record)).map_err(|cause| failed(&self.path, cause))?;
        }
        self.csv.flush().map_err(|cause| Error::io("write", &self.path, cause))
    }

    /// Completes the file.
    ///
    /// # Errors
    /// `Failed` if the last rows cannot be written.
    pub fn finish(self) -> Result<()> {
        self.csv.into_inner().map_err(|error| Error::io("write", &self.path, error.into_error()))?.finish()
    }
}
