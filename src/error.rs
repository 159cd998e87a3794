//! What can go wrong, and the exit code that tells a script which of them did.

use std::fmt;

/// Result of everything in texpop that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure with its message already written for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The run failed: a file could not be written, a thread died. Exit code 1.
    Failed(String),
    /// The input is wrong; the message names file, line and what is allowed. Exit code 2.
    Input(String),
    /// No usable device, out of device memory, or device lost. Exit code 3.
    Device(String),
    /// A buffer that the device has no room for, where fewer tissues at a time may do. Exit code 3.
    NoRoom(String),
    /// A law that the simulation must obey was broken. Exit code 4.
    Invariant(String),
    /// The same in one tissue alone, by its number in the plan that ran. Exit code 4.
    Tissue(usize, String),
    /// Stopped before the end, by a signal or by what the user can mend: the same command again goes on from the last
    /// checkpoint. Exit code 75 (EX_TEMPFAIL of sysexits.h).
    Interrupted(String),
}

/// Every exit code of the program, and what it means; `--help` and the documentation print them.
pub const EXIT_CODES: [(u8, &str); 6] = [
    (0, "done"),
    (1, "the run failed, for example because a folder cannot be written to"),
    (2, "the scenario or the command line is wrong"),
    (3, "no usable device, or the device was lost"),
    (4, "an invariant was violated"),
    (75, "interrupted by Ctrl-C, SIGTERM, a hang-up or a full disk; the same command resumes"),
];

impl Error {
    /// The exit code of the process.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Failed(_) => 1,
            Error::Input(_) => 2,
            Error::Device(_) | Error::NoRoom(_) => 3,
            Error::Invariant(_) | Error::Tissue(..) => 4,
            Error::Interrupted(_) => 75,
        }
    }

    /// A failed file operation: what was tried, on which path, and what the system said.
    pub fn io(action: &str, path: &std::path::Path, cause: std::io::Error) -> Error {
        Error::Failed(format!("could not {action} {}: {cause}", path.display()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Error::Failed(text)
        | Error::Input(text)
        | Error::Device(text)
        | Error::NoRoom(text)
        | Error::Invariant(text)
        | Error::Tissue(_, text)
        | Error::Interrupted(text)) = self;
        f.write_str(text)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_listed_exit_code() {
        let text = String::new;
        let all = [
            Error::Failed(text()),
            Error::Input(text()),
            Error::Device(text()),
            Error::NoRoom(text()),
            Error::Invariant(text()),
            Error::Tissue(0, text()),
            Error::Interrupted(text()),
        ];
        let mut codes: Vec<u8> = std::iter::once(0).chain(all.iter().map(Error::exit_code)).collect();
        codes.dedup();
        assert_eq!(codes, EXIT_CODES.map(|it| it.0));
    }
}
