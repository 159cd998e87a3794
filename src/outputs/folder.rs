//! The folder of a run, and files that appear in it only when they are complete.

use super::checkpoint;
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Files that a run writes at the top of its folder; `--force` removes these and nothing else.
const OWN_FILES: [&str; 27] = [
    checkpoint::NAME,
    checkpoint::JOURNAL,
    "manifest.json",
    "series.csv",
    "series.parquet",
    "overview.svg",
    "distributions.svg",
    "events.csv",
    "results.csv",
    "results.parquet",
    "ranking.csv",
    "study.svg",
    "heat_map.svg",
    "kaplan_meier.csv",
    "kaplan_meier.svg",
    "pareto.csv",
    "pareto.svg",
    "rounds.csv",
    "sensitivity.csv",
    "sensitivity.svg",
    "report.html",
    "phase_diagram.csv",
    "phase_diagram.svg",
    "tipping_points.csv",
    "cohort.csv",
    "cohort_association.csv",
    "cohort_roc.csv",
];

/// What is there only until the run has finished, and is no result.
const WORKING_FILES: [&str; 2] = [checkpoint::NAME, checkpoint::JOURNAL];

/// The parts of the folder that hold snapshots: files named `t….parquet`.
const SNAPSHOTS: [&str; 2] = ["cells", "fields"];

/// The folder that a run writes to.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Makes the folder, or takes over an existing one, and proves that files can be written there.
    ///
    /// # Errors
    /// `Input` if there are already files in it and `force` is false; `Failed` if it cannot be made or written to.
    pub fn create(path: &Path, force: bool) -> Result<RunFolder> {
        if path.exists() && !path.is_dir() {
            return Err(Error::Input(format!(
                "{} is a file; the output must be a folder\n\nhint: name another folder with -o",
                path.display()
            )));
        }
        fs::create_dir_all(path).map_err(|cause| Error::io("create the output folder", path, cause))?;
        let folder = RunFolder { path: path.to_path_buf() };
        if !force && !folder.is_empty()? {
            return Err(Error::Input(format!(
                "the output folder {} is not empty; results are never overwritten unasked\n\n\
                 hint: name another folder with -o, or add --force to replace the results in this one",
                path.display()
            )));
        }
        folder.probe()?;
        folder.remove_own_files()?;
        Ok(folder)
    }

    /// The folder of a run that goes on; half-written files go.
    ///
    /// # Errors
    /// `Failed` if it cannot be written to.
    pub fn resume(path: &Path) -> Result<RunFolder> {
        let folder = RunFolder { path: path.to_path_buf() };
        folder.probe()?;
        folder.own_files()?.iter().filter(|name| is_unfinished(name)).try_for_each(|name| folder.remove(name))?;
        Ok(folder)
    }

    /// Takes away what is there only until a run has finished.
    ///
    /// # Errors
    /// `Failed` if that is impossible.
    pub fn remove_working_files(&self) -> Result<()> {
        let own = self.own_files()?;
        WORKING_FILES.into_iter().filter(|name| own.iter().any(|it| it == name)).try_for_each(|name| self.remove(name))
    }

    /// An earlier run's folder.
    pub fn of(path: &Path) -> RunFolder {
        RunFolder { path: path.to_path_buf() }
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a file; `name` may have one folder in front, as in `cells/x.parquet`.
    ///
    /// # Errors
    /// `Failed` if the file cannot be made.
    pub fn begin(&self, name: &str) -> Result<PendingFile> {
        if let Some((part, _)) = name.split_once('/') {
            let part = self.path.join(part);
            // The folder of the run itself is there, or was taken away, and is not made again.
            let made = if part.is_dir() { Ok(()) } else { fs::create_dir(&part) };
            made.map_err(|cause| Error::io("create the folder", &part, cause))?;
        }
        PendingFile::create(&self.path.join(name))
    }

    /// Writes a whole file, in place of an older one of that name.
    ///
    /// # Errors
    /// `Failed` if it cannot be written; an older file is then untouched.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut file = self.begin(name)?;
        file.write_all(bytes).map_err(|cause| Error::io("write", &self.path.join(name), cause))?;
        file.finish()
    }

    /// Names of the finished files of the run, sorted.
    ///
    /// # Errors
    /// `Failed` if the folder cannot be read.
    pub fn files(&self) -> Result<Vec<String>> {
        let is_result = |name: &String| !is_unfinished(name) && !WORKING_FILES.contains(&name.as_str());
        Ok(self.own_files()?.into_iter().filter(is_result).collect())
    }

    /// Whether there is nothing but what a run leaves that was killed before its first checkpoint.
    fn is_empty(&self) -> Result<bool> {
        let is_nothing = |name: &String| is_unfinished(name) || name == checkpoint::JOURNAL;
        Ok(names(&self.path)?.iter().all(is_nothing))
    }

    /// Permissions do not tell whether a folder can be written to (mounts, quotas, root); only trying does.
    fn probe(&self) -> Result<()> {
        let probe = self.path.join(PROBE);
        let written = File::create(&probe).and_then(|mut file| file.write_all(b"texpop"));
        // A full disk makes the file and refuses its bytes, so it goes in any case.
        let removed = fs::remove_file(&probe);
        written.and(removed).map_err(|cause| Error::io("write into the output folder", &self.path, cause))
    }

    fn own_files(&self) -> Result<Vec<String>> {
        let own = |name: &String| OWN_FILES.contains(&finished_name(name));
        let snapshot =
            |name: &String| finished_name(name).starts_with('t') && finished_name(name).ends_with(".parquet");
        let mut found: Vec<String> = names(&self.path)?.into_iter().filter(own).collect();
        for part in SNAPSHOTS {
            let folder = self.path.join(part);
            if folder.is_dir() {
                found.extend(names(&folder)?.into_iter().filter(snapshot).map(|name| format!("{part}/{name}")));
            }
        }
        found.sort();
        Ok(found)
    }

    fn remove_own_files(&self) -> Result<()> {
        self.own_files()?.iter().try_for_each(|name| self.remove(name))
    }

    fn remove(&self, name: &str) -> Result<()> {
        let path = self.path.join(name);
        fs::remove_file(&path).map_err(|cause| Error::io("remove the earlier result", &path, cause))
    }
}

/// The file that proves that the folder can be written to.
const PROBE: &str = ".texpop.tmp";

/// Whether a file of the run is under way: `cells/.x.parquet.tmp`.
fn is_unfinished(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let snapshot = |it: &str| it.starts_with('t') && it.ends_with(".parquet");
    last == PROBE
        || (finished_name(last) != last && (OWN_FILES.contains(&finished_name(last)) || snapshot(finished_name(last))))
}

/// `.series.csv.tmp` → `series.csv`; other names as they are.
fn finished_name(name: &str) -> &str {
    name.strip_prefix('.').and_then(|rest| rest.strip_suffix(".tmp")).unwrap_or(name)
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let failed = |cause| Error::io("read the folder", folder, cause);
    fs::read_dir(folder)
        .map_err(failed)?
        .map(|entry| Ok(entry.map_err(failed)?.file_name().to_string_lossy().into_owned()))
        .collect()
}

/// A file under way: `.NAME.tmp` until [`PendingFile::finish`], removed if that never comes.
#[derive(Debug)]
pub struct PendingFile {
    file: File,
    unfinished: PathBuf,
    path: PathBuf,
    is_finished: bool,
}

impl PendingFile {
    /// Begins a file in a folder that is there.
    ///
    /// # Errors
    /// `Failed` if it cannot be made.
    pub fn create(path: &Path) -> Result<PendingFile> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let unfinished = folder.join(format!(".{name}.tmp"));
        let file = File::create(&unfinished).map_err(|cause| Error::io("create", &unfinished, cause))?;
        Ok(PendingFile { file, unfinished, path: path.to_path_buf(), is_finished: false })
    }

    /// The name that the file will have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the complete file under its own name.
    ///
    /// # Errors
    /// `Failed` if what was written does not reach the disk.
    pub fn finish(mut self) -> Result<()> {
        // Without this, a full or failing disk might be noticed only after the renaming.
        self.file.sync_all().map_err(|cause| Error::io("write", &self.path, cause))?;
        fs::rename(&self.unfinished, &self.path).map_err(|cause| Error::io("write", &self.path, cause))?;
        self.is_finished = true;
        // The new name is on the disk once the folder is; not all systems can be asked.
        let folder = self.path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let synced = if cfg!(unix) { File::open(folder).and_then(|it| it.sync_all()) } else { Ok(()) };
        synced.map_err(|cause| Error::io("write", &self.path, cause))
    }
}

impl Write for PendingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for PendingFile {
    fn drop(&mut self) {
        if !self.is_finished {
            // Nothing more can be done about a file that will not go.
            let _ = fs::remove_file(&self.unfinished);
        }
    }
}
