//! Checkpoints and journals that are damaged, or made by someone who means harm: a checksum that fits is easily made.
//!
//! An input is taken as a file, as it is and with its checksum made anew; and as a list of changes to the files of a run
//! that was stopped, eight bytes each: what is done, to which part, at which place (two bytes), with which number (four).

use super::stopped::{STOPPED, Stopped};
use super::{Checked, Silent, in_a_folder, is_small};
use std::io::Cursor;
use std::path::Path;
use texpop::engine::cpu::CpuEngine;
use texpop::error::{Error, Result};
use texpop::outputs::LogFormat;
use texpop::outputs::checkpoint::{Cadence, Checkpoint, Description, JOURNAL, Mark, NAME, arrays};
use texpop::plan::Plan;
use texpop::run::plan_given;
use texpop::run::resume::{ResumeOptions, resume};
use texpop::simulation::batch;

/// Movement steps that an accepted state goes on for.
const MOST_STEPS: u32 = 3;

pub(super) struct Change {
    pub what: u8,
    pub part: usize,
    pub place: usize,
    pub number: u32,
}

impl Change {
    fn of(bytes: &[u8; 8]) -> Change {
        let [what, part, low, high, number @ ..] = *bytes;
        let (place, number) = (usize::from(u16::from_le_bytes([low, high])), u32::from_le_bytes(number));
        Change { what, part: part.into(), place, number }
    }
}

pub(super) fn changes(input: &[u8]) -> impl Iterator<Item = Change> {
    input.as_chunks::<8>().0.iter().map(Change::of)
}

/// A text with one of its numbers replaced.
fn with_number(text: &str, it: &Change) -> String {
    let is_digit = |at: usize| text.as_bytes()[at].is_ascii_digit();
    let starts: Vec<usize> = (0..text.len()).filter(|&at| is_digit(at) && (at == 0 || !is_digit(at - 1))).collect();
    let start = starts[it.place % starts.len()];
    let end = (start..text.len()).find(|&at| !is_digit(at)).unwrap_or(text.len());
    let number = match it.part % 4 {
        0 => it.number.to_string(),
        1 => (u64::from(it.number) << 32).to_string(),
        2 => format!("-{}", it.number),
        _ => format!("{}e{}", it.number % 10, it.number % 300),
    };
    [&text[..start], &number, &text[end..]].concat()
}

/// The description as text: the scenario and its fingerprint, which changes leave alone, and the rest.
fn halves(description: &Description) -> (String, String) {
    let text = serde_json::to_string(description).unwrap();
    let (given, rest) = text.split_at(text.find("\"duration_ticks\"").unwrap());
    (given.to_owned(), rest.to_owned())
}

/// The checkpoint with changes.
fn changed(input: &[u8]) -> (String, Vec<(String, Vec<u32>)>) {
    let (given, mut rest) = halves(&STOPPED.description);
    let mut arrays = STOPPED.arrays.clone();
    for it in changes(input) {
        let count = arrays.len();
        let words = &mut arrays[it.part % count].1;
        match it.what % 4 {
            3 => rest = with_number(&rest, &it),
            2 => words.resize(it.number as usize % (2 * words.len() + 2), 0),
            _ if words.is_empty() => {}
            1 => {
                let place = it.place % words.len();
                words[place] ^= it.number;
            }
            _ => {
                let place = it.place % words.len();
                words[place] = it.number;
            }
        }
    }
    (given + &rest, arrays)
}

/// The journal with changes, and a checkpoint that says so of it.
fn changed_journal(input: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let Stopped { description, arrays, rows, .. } = &*STOPPED;
    let mut rows = rows.clone();
    let mut numbers = Vec::new();
    for it in changes(input).filter(|_| !rows.is_empty()).collect::<Vec<_>>() {
        if rows.is_empty() {
            break;
        }
        let row = it.part % rows.len();
        let place = it.place % (rows[row].len() - 3).max(1);
        match it.what % 6 {
            0 | 1 if rows[row].len() >= 4 => {
                let old = u32::from_le_bytes(rows[row][place..place + 4].try_into().unwrap());
                let new = if it.what % 6 == 0 { it.number } else { old ^ it.number };
                rows[row][place..place + 4].copy_from_slice(&new.to_le_bytes());
            }
            2 => drop(rows.remove(row)),
            3 if rows.len() < 50 => rows.insert(it.place % (rows.len() + 1), rows[row].clone()),
            4 => rows[row].truncate(place.max(4)),
            5 => numbers.push(it),
            _ => {}
        }
    }
    let journal = rows.concat();
    let mark = Mark { bytes: journal.len() as u64, blake3: blake3::hash(&journal).to_hex().to_string() };
    let (given, mut rest) = halves(&Description { journal: mark, ..description.clone() });
    for it in numbers {
        rest = with_number(&rest, &it);
    }
    (signed(&(given + &rest), arrays), journal)
}

fn signed(description: &str, arrays: &[arrays::Named]) -> Vec<u8> {
    let named: Vec<(&str, &[u32])> = arrays.iter().map(|(name, words)| (name.as_str(), words.as_slice())).collect();
    let mut bytes = Vec::new();
    arrays::write(&mut bytes, description, &named).unwrap();
    bytes
}

/// What is refused must be refused as wrong input, or as a tissue that is at fault.
fn told(outcome: Result<()>) -> Checked {
    match outcome {
        Err(error) if ![2, 4].contains(&error.exit_code()) => Err(format!("not refused as wrong input: {error}")),
        Err(Error::Input(text)) if !text.starts_with("error: ") => Err(format!("not told as an error: {text}")),
        _ => Ok(()),
    }
}

/// The plan that a checkpoint goes on with; none where it is larger than a target may be.
fn plan_of(description: &Description) -> Result<Option<Plan>> {
    let mut plan = if description.given == STOPPED.given {
        STOPPED.plan.clone()
    } else {
        plan_given(description.given.clone())?.plan
    };
    plan.duration_ticks = plan.duration_ticks.min(description.duration_ticks);
    Ok(Some(plan).filter(is_small))
}

/// Reads a checkpoint, and goes on from it.
fn goes_on(bytes: &[u8]) -> Result<()> {
    let found = Checkpoint::from_file(Path::new(NAME), &mut Cursor::new(bytes))?;
    let Some(mut plan) = plan_of(&found.description)? else { return Ok(()) };
    let (description, moment) = found.into_parts(&plan)?;
    let Some(moment) = moment else { return Ok(()) };
    plan.duration_ticks = plan.duration_ticks.min(moment.state.tick + MOST_STEPS * plan.clocks.movement_ticks);
    let tissues = description.batches[description.batch].clone();
    let mut engine = CpuEngine::new(&plan, tissues.clone())?;
    batch::resume(&plan, tissues, &mut engine, &mut Silent, &moment).map(drop)
}

/// `checkpoint.safetensors` as it is.
pub fn checkpoint_file(input: &[u8]) -> Checked {
    told(goes_on(input))
}

/// `checkpoint.safetensors`.
pub fn checkpoint(input: &[u8]) -> Checked {
    checkpoint_file(input)?;
    if let Ok((description, arrays, _)) = arrays::unchecked(&mut &input[..], input.len() as u64) {
        told(goes_on(&signed(&description, &arrays)))?;
    }
    let (description, arrays) = changed(input);
    told(goes_on(&signed(&description, &arrays)))
}

/// `journal.bin`, in a run that goes on to its end.
pub fn journal(input: &[u8]) -> Checked {
    let (checkpoint, journal) = changed_journal(input);
    in_a_folder(|folder| {
        std::fs::write(folder.join(NAME), checkpoint).unwrap();
        std::fs::write(folder.join(JOURNAL), journal).unwrap();
        let request =
            ResumeOptions { device: None, log: LogFormat::Silent, cadence: Cadence::default(), is_checked: false };
        told(resume(folder, request).map(drop))
    })
}
