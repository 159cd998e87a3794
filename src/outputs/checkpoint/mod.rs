//! `checkpoint.safetensors`: a run between two steps, so that it can go on from there after it was stopped or killed.
//!
//! It is written beside the last one, synced, and takes its name in one step, so that there is always a whole one. It
//! holds the state of the batch under way; what was reported before is in `journal.bin`.

pub mod arrays;
mod cadence;
pub(crate) mod encoding;
mod journal;
pub(crate) mod validate;

pub use arrays::{Fault, Named};
pub use cadence::{Cadence, Due};
pub use journal::{Entry, Journal, Mark};

use super::reading::{MOST_VALUES, marks, open_plain};
use super::{PendingFile, RunFolder};
use crate::engine::state::State;
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::scenario::Given;
use crate::simulation::batch::Moment;
use crate::simulation::intervention_state::Kept;
use serde::{Deserialize, Serialize};
use std::io::{BufWriter, ErrorKind, Read, Seek, Write};
use std::ops::Range;
use std::path::Path;

/// Names in the run folder.
pub const NAME: &str = "checkpoint.safetensors";
pub const JOURNAL: &str = "journal.bin";

/// The warm-up of a branch: one arm of an earlier run, up to a tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarmUpRecord {
    pub given: Given,
    pub duration_ticks: u32,
    /// That of the run's plan.
    pub fingerprint: String,
    pub arm: String,
    pub tick: u32,
}

/// What a checkpoint says of its run, besides the state of the cells.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Description {
    /// Version of the program.
    pub program: String,
    pub given: Given,
    /// That of the plan: see [`Plan::fingerprint`].
    pub fingerprint: String,
    pub duration_ticks: u32,
    /// Of a branch.
    pub warm_up: Option<WarmUpRecord>,
    /// As `--device` was given.
    pub device: String,
    /// As `--batch-tissues` was given.
    pub most_tissues: Option<usize>,
    /// Batches of the first round, of which each adds to the snapshots.
    pub parts: usize,
    /// Tissues of the round that run together; empty before the first.
    pub batches: Vec<Range<usize>>,
    /// Number of the batch under way.
    pub batch: usize,
    /// None: it has not begun.
    pub at: Option<At>,
    pub journal: Mark,
    /// The journal before the round and the batch under way.
    pub before_round: Mark,
    pub before_batch: Mark,
    /// RFC 3339, UTC: the start of the run, and when it went on.
    pub started: String,
    pub resumed: Vec<String>,
    pub wall_s: f64,
    pub cell_steps: u64,
}

/// A time within a batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct At {
    pub tick: u32,
    pub interventions: Kept,
}

/// A checkpoint that was read.
pub struct Checkpoint {
    pub description: Description,
    arrays: Vec<Named>,
}

/// Writes a checkpoint in place of the last one.
///
/// # Errors
/// `Failed` if it cannot be written; the last one is then untouched.
pub fn write(folder: &RunFolder, description: &Description, state: Option<&State>) -> Result<()> {
    let path = folder.path().join(NAME);
    let text = serde_json::to_string(description).map_err(|cause| Error::Failed(format!("{NAME}: {cause}")))?;
    let arrays = state.map_or_else(Vec::new, State::arrays);
    let named: Vec<(&str, &[u32])> = arrays.iter().map(|(name, words)| (*name, words.as_ref())).collect();
    let mut file = BufWriter::new(folder.begin(NAME)?);
    let written = arrays::write(&mut file, &text, &named).and_then(|()| file.flush());
    written.map_err(|cause| Error::io("write", &path, cause))?;
    file.into_inner().map_err(|error| Error::io("write", &path, error.into_error())).and_then(PendingFile::finish)
}

/// What the checkpoint in a folder says; none where there is none.
///
/// # Errors
/// `Input` where it cannot be used.
pub fn describe(folder: &Path) -> Result<Option<Description>> {
    let path = folder.join(NAME);
    let mut file = match open_plain(&path) {
        Ok(file) => file,
        Err(cause) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&cause.kind()) => return Ok(None),
        Err(cause) => return Err(Error::io("read", &path, cause)),
    };
    let text = arrays::describe(&mut file).map_err(|fault| refused(&path, fault))?;
    described(&path, &text).map(Some)
}

/// Refuses to go on where the checkpoint in a folder is no more the one that was read, before the folder was locked.
///
/// # Errors
/// `Failed` if it is another one.
pub(crate) fn still_says(folder: &Path, found: &Description) -> Result<()> {
    let text = |it: &Description| serde_json::to_string(it).ok();
    if describe(folder)?.is_some_and(|now| text(&now) == text(found)) {
        return Ok(());
    }
    Err(Error::Failed(format!(
        "another run has written to {} in the meantime\n\nhint: give the same command again",
        folder.display()
    )))
}

/// Reads the checkpoint in a folder, and checks that it is as it was written.
///
/// # Errors
/// `Input` where it is damaged or of another version; `Failed` where it cannot be read.
pub fn read(folder: &Path) -> Result<Checkpoint> {
    let path = folder.join(NAME);
    let mut file = open_plain(&path).map_err(|cause| Error::io("read", &path, cause))?;
    Checkpoint::from_file(&path, &mut file)
}

impl Checkpoint {
    /// The checkpoint that a file of this path holds.
    ///
    /// # Errors
    /// `Input` where it is damaged or of another version.
    pub fn from_file(path: &Path, file: &mut (impl Read + Seek)) -> Result<Checkpoint> {
        let (text, arrays) = arrays::read(file).map_err(|fault| refused(path, fault))?;
        Ok(Checkpoint { description: described(path, &text)?, arrays })
    }

    /// What it is of, and the moment that it holds; none where the batch has not begun.
    ///
    /// # Errors
    /// `Input` where it does not fit the plan.
    pub fn into_parts(self, plan: &Plan) -> Result<(Description, Option<Moment>)> {
        let Checkpoint { description, arrays } = self;
        if !description.fits(plan) {
            return Err(unfit(NAME));
        }
        let moment = match &description.at {
            None => None,
            Some(at) => {
                let tissues = description.batches[description.batch].len();
                let state = State::from_arrays(plan, tissues, at.tick, arrays).ok_or_else(|| unfit(NAME))?;
                Some(Moment { state, interventions: at.interventions.clone() })
            }
        };
        Ok((description, moment))
    }
}

const AGAIN: &str = "hint: start the run again with --force, or in another folder with -o";

const ELSEWHERE: &str = "hint: name another folder";

/// The refusal of a file that says what cannot be of its plan.
pub(crate) fn unfit(name: &str) -> Error {
    Error::Input(format!("error: {name} does not fit its scenario\n\n{AGAIN}"))
}

fn described(path: &Path, text: &str) -> Result<Description> {
    if marks(text.as_bytes()) > MOST_VALUES {
        return Err(refused(path, Fault::Damaged("its description has too many values")));
    }
    serde_json::from_str(text).map_err(|cause| {
        let path = path.display();
        Error::Input(format!("error: {path} is of another version of texpop: {cause}\n\n{AGAIN}"))
    })
}

fn refused(path: &Path, fault: Fault) -> Error {
    let path = path.display();
    let hint = if fault == Fault::Foreign { ELSEWHERE } else { AGAIN };
    let what = match fault {
        Fault::Foreign => format!("{path} is no checkpoint of texpop, or its beginning is damaged"),
        Fault::Version(version) => format!(
            "{path} is a checkpoint of format {version}, and this texpop reads format {}; go on with the texpop that \
             wrote it",
            arrays::version()
        ),
        Fault::Damaged(how) => format!("{path} is damaged: {how}"),
    };
    Error::Input(format!("error: {what}\n\n{hint}"))
}
