//! Files that appear only when they are complete.

use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// In the hidden name of a file under way, before its number.
const MARK: &str = ".texpop-";
const END: &str = ".tmp";

/// More files of one name are never under way together.
const MOST_NUMBERS: u32 = 10_000;

/// A file under way: `.NAME.texpop-0.tmp` until [`PendingFile::finish`], removed if that never comes.
#[derive(Debug)]
pub struct PendingFile {
    file: File,
    unfinished: PathBuf,
    path: PathBuf,
    is_finished: bool,
}

impl PendingFile {
    /// Begins a file in a folder that is there. It is always a new one: what has its hidden name already, such as a link
    /// or a file of another run, is left alone.
    ///
    /// # Errors
    /// `Failed` if it cannot be made.
    pub fn create(path: &Path) -> Result<PendingFile> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        for number in 0..MOST_NUMBERS {
            let unfinished = folder.join(format!(".{name}{MARK}{number}{END}"));
            match File::create_new(&unfinished) {
                Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {}
                Err(cause) => return Err(Error::io("create", path, cause)),
                Ok(file) => return Ok(PendingFile { file, unfinished, path: path.to_path_buf(), is_finished: false }),
            }
        }
        let message = format!("{MOST_NUMBERS} files named .{name}{MARK}…{END} are in its folder");
        Err(Error::io("create", path, io::Error::new(ErrorKind::AlreadyExists, message)))
    }

    /// The name that the file will have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the file away again.
    ///
    /// # Errors
    /// `Failed` if that is impossible.
    pub fn discard(mut self) -> Result<()> {
        self.is_finished = true;
        fs::remove_file(&self.unfinished).map_err(|cause| Error::io("remove", &self.unfinished, cause))
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

/// The name that a file under way will have: `.series.csv.texpop-0.tmp` → `series.csv`; none of other files.
pub fn finished_name(name: &str) -> Option<&str> {
    let (name, number) = name.strip_prefix('.')?.strip_suffix(END)?.rsplit_once(MARK)?;
    number.parse::<u32>().is_ok().then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_names_lead_back_to_their_own() {
        assert_eq!(finished_name(".series.csv.texpop-0.tmp"), Some("series.csv"));
        for other in ["series.csv", ".series.csv.tmp", ".series.csv.texpop-.tmp", "series.csv.texpop-0.tmp"] {
            assert_eq!(finished_name(other), None, "{other}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_has_the_hidden_name_is_left_alone() {
        let folder = std::env::temp_dir().join(format!("texpop-pending-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (precious, path) = (folder.join("precious"), folder.join("a.csv"));
        fs::write(&precious, "mine").unwrap();
        std::os::unix::fs::symlink(&precious, folder.join(".a.csv.texpop-0.tmp")).unwrap();
        std::os::unix::fs::symlink(&precious, &path).unwrap();
        for _ in 0..2 {
            let mut file = PendingFile::create(&path).unwrap();
            file.write_all(b"results").unwrap();
            file.finish().unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "results");
            assert_eq!(fs::read_to_string(&precious).unwrap(), "mine");
            assert!(fs::symlink_metadata(folder.join(".a.csv.texpop-0.tmp")).unwrap().is_symlink());
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
