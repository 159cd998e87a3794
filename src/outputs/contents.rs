//! What is in a folder, and what of it texpop wrote: that alone is ever removed or replaced.
//!
//! A manifest names the files of its run, those that are complete and those still to come; a checkpoint tells of itself
//! and its journal. A file that has the name of a result and is named by neither belongs to the user.

use super::checkpoint::{self, arrays};
use super::events::Events;
use super::pending::finished_name;
use super::reading::open_plain;
use super::{batch_tables, manifest};
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::plan::study::Study;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What is there only until the run has finished, and is no result. The journal goes first: a checkpoint tells that both
/// are texpop's.
pub(super) const WORKING_FILES: [&str; 2] = [checkpoint::JOURNAL, checkpoint::NAME];

/// The parts of the folder that hold snapshots: files named `t….parquet`.
pub(super) const SNAPSHOTS: [&str; 2] = ["cells", "fields"];

/// Files of a phase diagram.
pub(crate) const OF_PHASE_DIAGRAMS: [&str; 3] = ["phase_diagram.csv", "phase_diagram.svg", "tipping_points.csv"];

/// Whether the runs of a plan write a file.
type IsWritten = fn(&Plan) -> bool;

/// Files at the top of a run folder, and which plans write them.
const OF_RUNS: [(&str, IsWritten); 24] = [
    (checkpoint::NAME, |_| true),
    (checkpoint::JOURNAL, |_| true),
    (manifest::NAME, |_| true),
    ("series.csv", |_| true),
    ("series.parquet", |_| true),
    ("overview.svg", |_| true),
    ("distributions.svg", |_| true),
    ("report.html", |_| true),
    ("events.csv", Events::has_any),
    ("results.csv", |plan| plan.study.is_some()),
    ("results.parquet", |plan| plan.study.is_some()),
    ("ranking.csv", |plan| plan.study.is_some()),
    ("study.svg", |plan| plan.study.is_some()),
    ("heat_map.svg", |plan| asks(plan, |it| it.sweeps.len() == 2)),
    ("kaplan_meier.csv", |plan| plan.study.is_some()),
    ("kaplan_meier.svg", |plan| plan.study.is_some()),
    ("pareto.csv", |plan| asks(plan, |it| it.pareto.is_some())),
    ("pareto.svg", |plan| asks(plan, |it| it.pareto.is_some())),
    ("rounds.csv", |plan| asks(plan, |it| it.rounds.is_some())),
    ("sensitivity.csv", |plan| asks(plan, |it| it.sample.is_some())),
    ("sensitivity.svg", |plan| asks(plan, |it| it.sample.is_some())),
    ("cohort.csv", has_cohort),
    ("cohort_association.csv", |plan| plan.cohort.score.is_some()),
    ("cohort_roc.csv", |plan| plan.cohort.score.is_some()),
];

fn asks(plan: &Plan, what: impl Fn(&Study) -> bool) -> bool {
    plan.study.as_ref().is_some_and(what)
}

fn has_cohort(plan: &Plan) -> bool {
    !plan.cohort.parameters.is_empty() || plan.cohort.score.is_some()
}

/// Names of all files that a run of a plan may write.
pub(super) fn names_of(plan: &Plan) -> Vec<String> {
    let tops = OF_RUNS.iter().filter(|it| it.1(plan)).map(|it| it.0.to_owned());
    let parts = if plan.substrates.is_some() { &SNAPSHOTS[..] } else { &SNAPSHOTS[..1] };
    let snapshots =
        parts.iter().flat_map(|part| plan.snapshots.iter().map(|tick| batch_tables::file_name(plan, part, *tick)));
    tops.chain(snapshots).collect()
}

/// Whether a file at the top of a folder could be texpop's by its name.
fn is_known(name: &str) -> bool {
    OF_RUNS.iter().any(|it| it.0 == name) || OF_PHASE_DIAGRAMS.contains(&name)
}

/// Whether a file of a run folder has a name that is known to be that of a result.
pub(super) fn is_result(name: &str) -> bool {
    match name.split_once('/') {
        Some((part, file)) => SNAPSHOTS.contains(&part) && is_snapshot(file),
        None => is_known(name),
    }
}

fn is_snapshot(name: &str) -> bool {
    name.starts_with('t') && name.ends_with(".parquet")
}

/// What is in a folder.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Complete files that texpop wrote, such as `series.csv` or `cells/t000001.00h.parquet`.
    pub own: BTreeSet<String>,
    /// Files that never got their name: a run was killed while it wrote them.
    pub unfinished: Vec<String>,
    /// What has the name of a result or of a part, and was not written by texpop.
    pub strangers: Vec<String>,
    /// Everything else.
    pub others: Vec<String>,
    /// The manifest, if it is one of texpop.
    pub manifest: Option<Value>,
}

impl Contents {
    /// Looks at a folder.
    ///
    /// # Errors
    /// `Input` if a part that a run writes to is a link; `Failed` if the folder cannot be read.
    pub fn of(folder: &Path) -> Result<Contents> {
        let mut found = Contents { manifest: manifest::of(folder), ..Contents::default() };
        let (mut known, mut misplaced) = (Vec::new(), Vec::new());
        for (name, is_folder) in names(folder)? {
            let is_part = SNAPSHOTS.contains(&name.as_str());
            if is_part && is_folder {
                for (file, _) in names(&folder.join(&name))? {
                    found.sort(format!("{name}/{file}"), is_snapshot, &mut known);
                }
            } else if is_part || is_folder && is_known(&name) {
                misplaced.push(name);
            } else {
                found.sort(name, is_known, &mut known);
            }
        }
        refuse_links(folder, known.iter().chain(&found.unfinished).chain(&misplaced))?;
        let said = said(folder, found.manifest.as_ref());
        let (own, strangers): (Vec<_>, Vec<_>) = known.into_iter().partition(|name| said.contains(name));
        found.own = own.into_iter().collect();
        found.strangers = [strangers, misplaced].concat();
        Ok(found)
    }

    /// Puts a name among those that results have, or where else it belongs.
    fn sort(&mut self, name: String, is_result: fn(&str) -> bool, known: &mut Vec<String>) {
        let last = name.rsplit('/').next().unwrap_or(&name);
        let is_unfinished = finished_name(last).is_some_and(|it| is_result(it) || it == PROBE);
        let list = if is_result(last) {
            known
        } else if is_unfinished {
            &mut self.unfinished
        } else {
            &mut self.others
        };
        list.push(name);
    }

    /// Whether there is nothing but what a run leaves that was killed before its first checkpoint.
    pub fn is_empty(&self) -> bool {
        let is_nothing = |it: &String| it == checkpoint::JOURNAL;
        self.own.iter().all(is_nothing) && self.strangers.is_empty() && self.others.is_empty()
    }

    /// A file that texpop did not write: first one that has the name of a result.
    pub fn foreign(&self) -> Option<&String> {
        self.strangers.first().or(self.others.first())
    }
}

/// What is written to or removed must lie in the folder itself.
fn refuse_links<'a>(folder: &Path, mut written: impl Iterator<Item = &'a String>) -> Result<()> {
    let is_link = |name: &&String| fs::symlink_metadata(folder.join(name)).is_ok_and(|it| it.is_symlink());
    written.find(is_link).map_or(Ok(()), |name| {
        Err(Error::Input(format!(
            "{} is a link, and results are written only into the run folder itself\n\n\
             hint: name another folder with -o",
            folder.join(name).display()
        )))
    })
}

/// The file that proves that the folder can be written to.
pub(super) const PROBE: &str = "probe";

/// What the manifest and the checkpoint of a folder say that texpop wrote.
fn said(folder: &Path, manifest: Option<&Value>) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    if let Some(manifest) = manifest {
        said.insert(manifest::NAME.to_owned());
        let names = ["files", "pending"].into_iter().filter_map(|key| manifest[key].as_array()).flatten();
        said.extend(names.filter_map(Value::as_str).map(str::to_owned));
    }
    let is_checkpoint = || open_plain(&folder.join(checkpoint::NAME)).is_ok_and(|mut it| arrays::is_own(&mut it));
    if is_checkpoint() {
        said.extend(WORKING_FILES.map(str::to_owned));
    }
    // As it is before the first checkpoint, and nobody loses anything by it.
    if fs::metadata(folder.join(checkpoint::JOURNAL)).is_ok_and(|it| it.is_file() && it.len() == 0) {
        said.insert(checkpoint::JOURNAL.to_owned());
    }
    said
}

/// What is in a folder, and whether it is a folder itself, not by a link.
fn names(folder: &Path) -> Result<Vec<(String, bool)>> {
    let failed = |cause| Error::io("read the folder", folder, cause);
    let of = |entry: fs::DirEntry| Ok((entry.file_name().to_string_lossy().into_owned(), entry.file_type()?.is_dir()));
    fs::read_dir(folder).map_err(failed)?.map(|entry| entry.and_then(of).map_err(failed)).collect()
}
