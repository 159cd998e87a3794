//! Reading the files of a run folder, which may come from anyone: nothing is waited for, and memory has a limit.

use crate::error::Error;
use serde_json::Value;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The longest manifest or picture that is read.
pub const MOST_BYTES: u64 = 48 << 20;

/// The most values in a manifest. Each takes some 100 bytes of memory, and as few as 2 bytes of text.
pub const MOST_VALUES: usize = 1 << 19;

/// Opens a file to read it. A pipe or a device, on which a program would wait for ever, is refused.
///
/// # Errors
/// Those of the file; `InvalidInput` if it is something else.
pub fn open_plain(path: &Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is not a file"));
    }
    File::open(path)
}

/// All of a file of at most so many bytes.
///
/// # Errors
/// Those of the file; `FileTooLarge` if it is longer.
fn read(path: &Path, most_bytes: u64) -> io::Result<Vec<u8>> {
    let file = open_plain(path)?;
    // No more than there is, so that the buffer does not grow beyond it.
    let mut bytes = Vec::with_capacity(file.metadata()?.len().min(most_bytes) as usize + 1);
    file.take(most_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most_bytes {
        return Err(io::Error::new(ErrorKind::FileTooLarge, format!("it is longer than {} MiB", most_bytes >> 20)));
    }
    Ok(bytes)
}

/// All of a text of at most so many bytes.
///
/// # Errors
/// Those of the file; `FileTooLarge` if it is longer; `InvalidData` if it is not UTF-8.
pub fn read_text(path: &Path, most_bytes: u64) -> io::Result<String> {
    String::from_utf8(read(path, most_bytes)?)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8 text"))
}

/// What a manifest says: a JSON object of at most [`MOST_VALUES`] values.
///
/// # Errors
/// Those of the file; `FileTooLarge` if it is longer; `InvalidData` if it is something else.
pub fn read_manifest(run: &Path) -> io::Result<Value> {
    let bytes = read(&run.join("manifest.json"), MOST_BYTES)?;
    if marks(&bytes) > MOST_VALUES {
        let message = format!("it has more than {MOST_VALUES} values");
        return Err(io::Error::new(ErrorKind::FileTooLarge, message));
    }
    match serde_json::from_slice(&bytes) {
        Ok(it @ Value::Object(_)) => Ok(it),
        Ok(_) => Err(io::Error::new(ErrorKind::InvalidData, "it is not a JSON object")),
        Err(cause) => Err(io::Error::new(ErrorKind::InvalidData, cause.to_string())),
    }
}

/// At least as many as there are values in a JSON text: each follows a mark outside of texts, but for the first.
pub fn marks(json: &[u8]) -> usize {
    let (mut is_text, mut is_escaped, mut count) = (false, false, 0);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b',' | b'[' | b'{' | b':' if !is_text => count += 1,
            _ => {}
        }
    }
    count
}

/// A file of a run folder that cannot be read, as the input of a command.
pub fn unreadable(path: &Path, cause: &impl std::fmt::Display) -> Error {
    let hint = "hint: name the folder that `texpop run` wrote, such as runs/quickstart";
    Error::Input(format!("error: {} cannot be read: {cause}\n\n{hint}", path.display()))
}

/// A folder whose manifest cannot be read, as the input of a command.
pub fn no_manifest(run: &Path, cause: &io::Error) -> Error {
    let hint = "hint: name the folder that `texpop run` wrote, such as runs/quickstart";
    Error::Input(format!("error: {} has no manifest.json that can be read: {cause}\n\n{hint}", run.display()))
}
