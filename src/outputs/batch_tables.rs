//! Tables of one time, which stay open until every batch of tissues has added its part.

use super::RunFolder;
use super::table::{Field, Table};
use crate::error::Result;
use crate::plan::Plan;
use crate::plan::domain::hours;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The tables of one folder.
pub struct ByBatch {
    folder: RunFolder,
    /// Name of the folder in the run folder.
    name: &'static str,
    manifest_json: String,
    batch_count: usize,
    /// For each tick: the file, and how many batches it holds.
    open: BTreeMap<u32, (Table, usize)>,
}

impl ByBatch {
    /// Tables of a study that runs in `batch_count` batches; the manifest goes into each file.
    pub fn new(folder: &RunFolder, name: &'static str, manifest_json: &str, batch_count: usize) -> ByBatch {
        let (folder, manifest_json) = (folder.clone(), manifest_json.to_owned());
        ByBatch { folder, name, manifest_json, batch_count, open: BTreeMap::new() }
    }

    /// Where the table at a tick is once it is complete.
    pub fn path(&self, plan: &Plan, tick: u32) -> PathBuf {
        self.folder.path().join(file_name(plan, self.name, tick))
    }

    /// Lets a batch write its part of the table at a tick. With the last batch the file is complete.
    ///
    /// # Errors
    /// `Failed` if the file cannot be written.
    pub fn append(
        &mut self,
        plan: &Plan,
        tick: u32,
        fields: &[Field],
        write: impl FnOnce(&mut Table) -> Result<()>,
    ) -> Result<()> {
        let (mut table, batches) = match self.open.remove(&tick) {
            Some(open) => open,
            None => (Table::create(self.folder.begin(&file_name(plan, self.name, tick))?, fields)?, 0),
        };
        write(&mut table)?;
        if batches + 1 == self.batch_count {
            return table.finish(&[("texpop", &self.manifest_json), ("time_h", &hours(tick).to_string())]);
        }
        self.open.insert(tick, (table, batches + 1));
        Ok(())
    }
}

/// The name of a file: hours to two places, or to four where asked times would share a name.
pub(crate) fn file_name(plan: &Plan, folder: &str, tick: u32) -> String {
    let short = |tick: u32| format!("{folder}/t{:09.2}h.parquet", hours(tick));
    let shared = plan.snapshots.iter().any(|&other| other != tick && short(other) == short(tick));
    if shared { format!("{folder}/t{:011.4}h.parquet", hours(tick)) } else { short(tick) }
}
