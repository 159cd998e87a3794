//! A scenario as it was given, so that it can be read again where its file is gone or has changed.

use super::load::{Further, read_file};
use super::{Scenario, Source, load};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The texts that a scenario is read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Name of the file as given.
    pub name: String,
    /// Paths in the scenario are relative to this.
    pub folder: PathBuf,
    pub text: String,
    /// Each a `path=value`.
    pub overrides: Vec<String>,
}

impl Given {
    /// Reads a file, and keeps its text.
    ///
    /// # Errors
    /// `Error::Input` saying why it cannot be read.
    pub fn of_file(path: &Path, overrides: &[String]) -> Result<Given> {
        let (name, folder, text) = read_file(path)?;
        Ok(Given { name, folder, text, overrides: overrides.to_vec() })
    }

    /// The same with a path of its folder that holds wherever the program is started.
    pub fn absolute(&self) -> Given {
        let here = if self.folder.as_os_str().is_empty() { Path::new(".") } else { &self.folder };
        Given { folder: std::path::absolute(here).unwrap_or_else(|_| self.folder.clone()), ..self.clone() }
    }

    /// The scenario, or all its faults, as [`super::load_with`] has them.
    ///
    /// # Errors
    /// `Error::Input` with all faults.
    pub fn scenario(&self, further: Further) -> Result<Scenario> {
        let source = Source::new(&self.name, self.folder.clone(), &self.text, &self.overrides);
        load::read_all(source, further)
    }
}
