//! One run at a time writes to a folder.

use super::checkpoint::JOURNAL;
use super::reading::open_plain;
use crate::error::{Error, Result};
use std::fs::{File, TryLockError};
use std::path::Path;

/// Held while a run writes to a folder, and released when it is dropped or the program ends in any way.
///
/// The lock is on the folder itself, which no run removes: a file could be deleted by another run, and each would then
/// hold a lock on a file of its own. Where folders cannot be locked (Windows, some network file systems), the lock on
/// the journal that each run holds is looked at; where there are no locks at all, the user has to run only one.
#[derive(Debug)]
pub(super) struct FolderLock {
    _folder: Option<File>,
}

impl FolderLock {
    /// Locks a folder that exists.
    ///
    /// # Errors
    /// `Failed` if another run holds the lock.
    pub fn take(path: &Path) -> Result<FolderLock> {
        let folder = if cfg!(unix) { File::open(path).ok() } else { None };
        if folder.as_ref().is_some_and(is_taken) {
            return Err(busy(path));
        }
        // Closed again at once, since the run opens the journal itself.
        if open_plain(&path.join(JOURNAL)).is_ok_and(|journal| is_taken(&journal)) {
            return Err(busy(path));
        }
        Ok(FolderLock { _folder: folder })
    }
}

/// Locks a file, and says whether somebody else has done so before.
pub(super) fn is_taken(file: &File) -> bool {
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// The refusal of a folder that another run writes to.
pub(super) fn busy(path: &Path) -> Error {
    Error::Failed(format!(
        "another run is writing to {}\n\nhint: wait for it, or name another folder with -o",
        path.display()
    ))
}
