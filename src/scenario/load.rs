//! From a file to a scenario, or to all its faults.

use super::collect::Cut;
use super::faults::Faults;
use super::{Scenario, Source, collect, definitions, names, naming};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What else is wrong with a scenario whose values can be read.
#[derive(Clone, Debug, Default)]
pub struct Beyond {
    /// Path, message and a way out of each fault.
    pub faults: Vec<(String, String, Option<String>)>,
    /// Faults of other files, already written.
    pub texts: Vec<String>,
}

/// Looks for [`Beyond`].
pub type Further<'a> = &'a dyn Fn(&Scenario) -> Beyond;

/// Reads a scenario file; each override is `path=value`, such as `replicates=8`.
///
/// # Errors
/// `Error::Input` with all faults of the file, or saying why it cannot be read.
pub fn load(path: &Path, overrides: &[String]) -> Result<Scenario> {
    load_with(path, overrides, &|_| Beyond::default())
}

/// [`load`]; beside faults of single values it tells those that `further` finds among the rest, as far as they do not
/// depend on what could not be read.
///
/// # Errors
/// As [`load`].
pub fn load_with(path: &Path, overrides: &[String], further: Further) -> Result<Scenario> {
    let (name, folder, text) = read_file(path)?;
    read_all(Source::new(&name, folder, &text, overrides), further)
}

/// Name, folder and text of a scenario file.
pub(super) fn read_file(path: &Path) -> Result<(String, PathBuf, String)> {
    let name = path.display().to_string();
    let text = read_text(path, &name)?;
    Ok((name, path.parent().unwrap_or(Path::new("")).to_owned(), text))
}

/// Reads a scenario from text; `name` stands for the file in messages, and paths are relative to the working folder.
///
/// # Errors
/// As [`load`].
pub fn from_text(name: &str, text: &str, overrides: &[String]) -> Result<Scenario> {
    from_text_with(name, text, overrides, &|_| Beyond::default())
}

/// [`from_text`] with further faults, as [`load_with`].
///
/// # Errors
/// As [`load`].
pub fn from_text_with(name: &str, text: &str, overrides: &[String], further: Further) -> Result<Scenario> {
    read_all(Source::new(name, "".into(), text, overrides), further)
}

/// The longest file that is read: a table of ten million cells is shorter.
const MOST_BYTES: u64 = 1 << 30;

/// All of a file that a person wrote, or of a pipe.
///
/// # Errors
/// Those of the file; `FileTooLarge` where it has no end, such as `/dev/zero`.
pub fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    read_up_to(MOST_BYTES, File::open(path)?)
}

fn read_up_to(most: u64, from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let message = format!("it is longer than {} MiB", most >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

fn read_text(path: &Path, name: &str) -> Result<String> {
    let input = |message: String| Err(Error::Input(format!("error: {message}")));
    if path.is_dir() {
        return input(format!("{name} is a folder\n\nhint: give the path of a scenario file (.toml)"));
    }
    let bytes = match read_bytes(path) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            return input(format!("{name}: there is no such file\n\nhint: check the path, relative to this folder"));
        }
        Err(cause) => return input(format!("could not read {name}: {cause}")),
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(fault) => {
            let start = &fault.as_bytes()[..fault.utf8_error().valid_up_to()];
            let line = 1 + start.iter().filter(|byte| **byte == b'\n').count();
            let hint = "hint: save the file as plain text in UTF-8";
            input(format!("{name}:{line}: this is not UTF-8 text\n\n{hint}"))
        }
    }
}

/// Reads the scenario without arms, and checks that it can be read with each arm.
pub(super) fn read_all(source: Source, further: Further) -> Result<Scenario> {
    if source.text.trim().is_empty() {
        let hint = "hint: a scenario has at least `duration`, `[domain]` and one `[cell_types.NAME]`";
        return Err(Error::Input(format!("error: {} is empty\n\n{hint}", source.name)));
    }
    let mut faults = Faults::default();
    source.table(&mut faults);
    if !faults.is_empty() {
        // What a broken text says is not worth checking.
        source.finish(faults)?;
    }
    let mut cut = Cut::default();
    let (scenario, mut faults) = check(&source, &mut cut);
    for arm in source.names_in("arms") {
        let (_, of_arm) = check(&source.with_arm(&arm), &mut Cut::default());
        faults.extend_with_arm(of_arm, &arm);
    }
    if let (Some(scenario), false, false) = (&scenario, faults.is_empty(), cut.is_deep) {
        let texts = add_further(&source, scenario, &cut, further, &mut faults);
        return finish(source, Some(scenario.clone()), faults).map_err(|error| with_texts(error, &texts));
    }
    finish(source, scenario, faults)
}

/// Reads a scenario whose texts were checked.
pub(super) fn read(source: Source) -> Result<Scenario> {
    let (scenario, faults) = check(&source, &mut Cut::default());
    finish(source, scenario, faults)
}

/// The scenario as far as it can be read, and its faults.
fn check(source: &Source, cut: &mut Cut) -> (Option<Scenario>, Faults) {
    let mut faults = Faults::default();
    source.check_uses(&mut faults);
    let scenario = collect::deserialise(source, &mut faults, cut);
    if let Some(scenario) = &scenario {
        definitions::check(source, scenario, &mut faults);
        names::check(source, scenario, &mut faults);
    }
    (scenario, source.written(faults))
}

/// Adds what is found beside the faults that are known, but for tables that lost a key, of which a default speaks. What it
/// gives are the faults of other files.
fn add_further(source: &Source, scenario: &Scenario, cut: &Cut, further: Further, faults: &mut Faults) -> Vec<String> {
    let whole = Scenario { source: source.clone(), ..scenario.clone() };
    let mut found = Faults::default();
    let beyond = further(&whole);
    for (path, message, hint) in beyond.faults {
        let table = naming::parent(&path);
        if !cut.tables.iter().any(|lost| *lost == path || *lost == table) {
            found.push(source.fault(&path, message, hint));
        }
    }
    source.written(found).into_iter().for_each(|fault| faults.push_new_at(fault));
    beyond.texts
}

fn with_texts(error: Error, texts: &[String]) -> Error {
    match error {
        Error::Input(text) if !texts.is_empty() => Error::Input(format!("{text}\n{}", texts.join("\n"))),
        other => other,
    }
}

fn finish(source: Source, scenario: Option<Scenario>, mut faults: Faults) -> Result<Scenario> {
    if scenario.is_none() && faults.is_empty() {
        faults.add(0..0, "this is not a scenario", None);
    }
    source.finish(faults)?;
    match scenario {
        Some(scenario) => Ok(Scenario { source, ..scenario }),
        None => Err(Error::Input(format!("error: {} is not a scenario", source.name))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_is_refused() {
        assert_eq!(read_up_to(1 << 20, &b"duration"[..]).unwrap(), b"duration");
        let endless = read_up_to(1 << 20, io::repeat(b'a')).unwrap_err();
        assert_eq!(
            (endless.kind(), endless.to_string()),
            (io::ErrorKind::FileTooLarge, "it is longer than 1 MiB".into())
        );
    }
}
