//! The folder of a run.

use super::PendingFile;
use super::contents::{Contents, PROBE, WORKING_FILES, is_result};
use super::lock::FolderLock;
use super::manifest;
use crate::error::{Error, Result};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The folder that a run writes to. No other run does while it, or a clone of it, is there.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
    /// Names that the run has begun to write, or found from before it was stopped.
    written: Arc<Mutex<BTreeSet<String>>>,
    _lock: Arc<FolderLock>,
}

impl RunFolder {
    /// Makes the folder, or takes over an existing one, and proves that files can be written there.
    ///
    /// With `force` the files of an earlier run are removed, as far as its manifest or checkpoint names them, and nothing
    /// else.
    ///
    /// # Errors
    /// `Input` if there are already files in it and `force` is false, if there are files that texpop did not write where
    /// results would be, or if a part of it is a link; `Failed` if another run writes to it, or if it cannot be made or
    /// written to.
    pub fn create(path: &Path, force: bool) -> Result<RunFolder> {
        if path.exists() && !path.is_dir() {
            return Err(Error::Input(format!(
                "{} is a file; the output must be a folder\n\nhint: name another folder with -o",
                path.display()
            )));
        }
        fs::create_dir_all(path).map_err(|cause| Error::io("create the output folder", path, cause))?;
        let folder = RunFolder::locked(path)?;
        let contents = Contents::of(path)?;
        if !contents.is_empty() {
            may_replace(path, &contents, force)?;
        }
        folder.probe()?;
        folder.empty(contents)?;
        Ok(folder)
    }

    /// The folder of a run that is resumed; half-written files go.
    ///
    /// # Errors
    /// `Input` if it holds files that texpop did not write where results would be, or if a part of it is a link; `Failed`
    /// if another run writes to it, or if it cannot be written to.
    pub fn resume(path: &Path) -> Result<RunFolder> {
        let folder = RunFolder::locked(path)?;
        let contents = Contents::of(path)?;
        // A manifest tells what the run would write; a run that was killed before it had one had written no results.
        if let (None, Some(stranger)) = (&contents.manifest, contents.strangers.first()) {
            return Err(not_own(path, stranger));
        }
        folder.probe()?;
        contents.unfinished.iter().try_for_each(|name| folder.remove(name))?;
        *folder.written() = contents.own;
        Ok(folder)
    }

    /// The folder of a run that is there, to add a file made from the others. None of its files may be the user's own.
    ///
    /// # Errors
    /// As [`RunFolder::resume`].
    pub fn reopen(path: &Path, name: &str) -> Result<RunFolder> {
        let folder = RunFolder::locked(path)?;
        let contents = Contents::of(path)?;
        match contents.strangers.iter().find(|it| *it == name) {
            Some(stranger) => Err(not_own(path, stranger)),
            None => Ok(folder),
        }
    }

    /// Takes away what a run that has finished left because it was killed at its very end.
    ///
    /// # Errors
    /// As [`RunFolder::resume`].
    pub fn tidy(path: &Path) -> Result<()> {
        let folder = RunFolder::locked(path)?;
        *folder.written() = Contents::of(path)?.own;
        folder.remove_working_files()
    }

    fn locked(path: &Path) -> Result<RunFolder> {
        let lock = Arc::new(FolderLock::take(path)?);
        Ok(RunFolder { path: path.to_path_buf(), written: Arc::default(), _lock: lock })
    }

    /// Takes away what is there only until a run has finished.
    ///
    /// # Errors
    /// `Failed` if that is impossible.
    pub fn remove_working_files(&self) -> Result<()> {
        let own = self.existing();
        WORKING_FILES.into_iter().filter(|name| own.iter().any(|it| it == name)).try_for_each(|name| self.remove(name))
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a file; `name` may have one folder in front, as in `cells/x.parquet`.
    ///
    /// # Errors
    /// `Failed` if the file cannot be made, or if its name is not in the list of those that runs write.
    pub fn begin(&self, name: &str) -> Result<PendingFile> {
        if !is_result(name) {
            return Err(Error::Failed(format!("{name} is not in the list of the files of a run folder")));
        }
        if let Some((part, _)) = name.split_once('/') {
            let part = self.path.join(part);
            let is_there = fs::symlink_metadata(&part).is_ok_and(|it| it.is_dir());
            // The folder of the run itself is there, or was taken away, and is not made again.
            let made = if is_there { Ok(()) } else { fs::create_dir(&part) };
            made.map_err(|cause| Error::io("create the folder", &part, cause))?;
        }
        self.note(name);
        PendingFile::create(&self.path.join(name))
    }

    /// Notes that a file is written by the run, if by other means than [`RunFolder::begin`].
    pub fn note(&self, name: &str) {
        self.written().insert(name.to_owned());
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
    pub fn files(&self) -> Vec<String> {
        self.existing().into_iter().filter(|name| !WORKING_FILES.contains(&name.as_str())).collect()
    }

    fn existing(&self) -> Vec<String> {
        self.written().iter().filter(|name| self.path.join(name).is_file()).cloned().collect()
    }

    fn written(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Permissions do not tell whether a folder can be written to (mounts, quotas, root); only trying does.
    fn probe(&self) -> Result<()> {
        let failed = |cause| Error::io("write into the output folder", &self.path, cause);
        let mut probe = PendingFile::create(&self.path.join(PROBE)).map_err(|error| match error {
            Error::Failed(text) => Error::Failed(format!(
                "could not write into the output folder {}: {}",
                self.path.display(),
                text.rsplit(": ").next().unwrap_or_default()
            )),
            other => other,
        })?;
        // A full disk makes the file and refuses its bytes.
        probe.write_all(b"texpop").map_err(failed)?;
        probe.discard()
    }

    /// Removes what an earlier run left. Its manifest stays until the next run writes its own over it: if this is
    /// interrupted, the manifest still tells whose the rest is, and that it is no finished run any more.
    fn empty(&self, contents: Contents) -> Result<()> {
        if let Some(mut manifest) = contents.manifest {
            manifest::replaced(&mut manifest);
            self.write(manifest::NAME, manifest.to_string().as_bytes())?;
        }
        let own = contents.own.iter().filter(|name| *name != manifest::NAME);
        let (working, results): (Vec<_>, Vec<_>) = own.partition(|name| WORKING_FILES.contains(&name.as_str()));
        let working = WORKING_FILES.iter().filter(|name| working.iter().any(|it| it == *name));
        results.into_iter().chain(&contents.unfinished).try_for_each(|name| self.remove(name))?;
        working.into_iter().try_for_each(|name| self.remove(name))
    }

    fn remove(&self, name: &str) -> Result<()> {
        let path = self.path.join(name);
        fs::remove_file(&path).map_err(|cause| Error::io("remove the earlier result", &path, cause))
    }
}

/// Whether the results in a folder may be replaced.
fn may_replace(path: &Path, contents: &Contents, force: bool) -> Result<()> {
    let shown = path.display();
    match (force, contents.foreign()) {
        (_, Some(name)) if contents.own.is_empty() || force && contents.strangers.contains(name) => {
            Err(not_own(path, name))
        }
        (false, _) => Err(Error::Input(format!(
            "the output folder {shown} is not empty; results are never overwritten unasked\n\n\
             hint: name another folder with -o, or add --force to replace the results of the run in this one"
        ))),
        (true, _) => Ok(()),
    }
}

fn not_own(path: &Path, name: &str) -> Error {
    Error::Input(format!(
        "the output folder {} is not empty: {name} in it was not written by texpop, which leaves it alone\n\n\
         hint: name another folder with -o",
        path.display()
    ))
}
