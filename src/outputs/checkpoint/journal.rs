//! `journal.bin`: all that a run has reported so far, as it came from the steps. Outputs are functions of it, so that
//! a run that goes on writes them anew, from the same reports to the same bytes, whatever became of the half-written ones.
//!
//! A row is a kind (4 bytes), a length (8 bytes) and as many bytes. A checkpoint knows how much of the file was there,
//! and its BLAKE3; what came after is cut off when the run goes on.

use super::AGAIN;
use super::encoding::{Packed, Unpacked};
use crate::cells::Cells;
use crate::cells::columns::{OPTIONAL_PACKS, PACKS};
use crate::cells::settings::Population;
use crate::engine::interface::Observation;
use crate::error::{Error, Result};
use crate::measure::Stock;
use crate::measure::substrates::Turnover;
use crate::outputs::lock::{busy, is_taken};
use crate::simulation::interventions::InterventionEvent;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// Some tissues of the study begin, in so many batches.
    Round {
        tissues: Vec<usize>,
        batches: usize,
    },
    /// A tissue of the study failed twice, for this reason, and is left out from now on.
    Failed(usize, String),
    /// A batch begins, of these tissues of its round.
    Batch(Range<usize>),
    Observed(Observation),
    Happened(Vec<InterventionEvent>),
    Cells(u32, Box<Cells>),
    Levels(u32, Vec<[f32; 4]>),
}

/// How much of a journal there was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub bytes: u64,
    pub blake3: String,
}

/// The file under way. While it is open no other run can write to its folder.
pub struct Journal {
    file: File,
    path: PathBuf,
    bytes: u64,
    hasher: blake3::Hasher,
}

impl Journal {
    /// Begins the file, which must not be there yet.
    ///
    /// # Errors
    /// `Failed` if it cannot be made.
    pub fn create(path: &Path) -> Result<Journal> {
        let opened = OpenOptions::new().read(true).write(true).create_new(true).open(path);
        Journal::locked(opened.map_err(|cause| Error::io("create", path, cause))?, path)
    }

    /// Goes on at a mark, and cuts off what came after it.
    ///
    /// # Errors
    /// `Input` where the file is not what it was at the mark; `Failed` if it cannot be read, or another run writes to it.
    pub fn resume(path: &Path, mark: &Mark) -> Result<Journal> {
        let io = |cause| Error::io("read", path, cause);
        let opened = OpenOptions::new().read(true).write(true).open(path);
        let mut journal = Journal::locked(opened.map_err(io)?, path)?;
        let mut before = (&journal.file).take(mark.bytes);
        journal.bytes = io::copy(&mut before, &mut journal.hasher).map_err(io)?;
        if journal.mark() != *mark {
            return Err(Error::Input(format!(
                "error: {} is damaged: it does not hold what the checkpoint says that it held\n\n{AGAIN}",
                path.display()
            )));
        }
        journal.file.set_len(mark.bytes).map_err(|cause| Error::io("write", path, cause))?;
        journal.file.seek(SeekFrom::Start(mark.bytes)).map_err(io)?;
        Ok(journal)
    }

    fn locked(file: File, path: &Path) -> Result<Journal> {
        if is_taken(&file) {
            return Err(busy(path.parent().unwrap_or(path)));
        }
        Ok(Journal { file, path: path.to_owned(), bytes: 0, hasher: blake3::Hasher::new() })
    }

    /// How much there is.
    pub fn mark(&self) -> Mark {
        Mark { bytes: self.bytes, blake3: self.hasher.finalize().to_hex().to_string() }
    }

    /// Makes sure that all there is has reached the disk.
    ///
    /// # Errors
    /// `Failed` where it does not.
    pub fn sync(&self) -> Result<()> {
        self.file.sync_data().map_err(|cause| Error::io("write", &self.path, cause))
    }

    /// Appends a report.
    ///
    /// # Errors
    /// `Failed` if it cannot be written.
    pub fn append(&mut self, entry: &Entry) -> Result<()> {
        let (kind, packed) = pack(entry);
        let mut row = Packed::default();
        row.u32(kind);
        row.count(packed.0.len());
        row.0.extend(packed.0);
        self.file.write_all(&row.0).map_err(|cause| Error::io("write", &self.path, cause))?;
        self.hasher.update(&row.0);
        self.bytes += row.0.len() as u64;
        Ok(())
    }

    /// What a journal holds up to a mark, for whoever checked it by [`Journal::resume`].
    ///
    /// # Errors
    /// `Failed` if it cannot be read.
    pub fn reader(path: &Path, mark: &Mark) -> Result<Reader> {
        let file = File::open(path).map_err(|cause| Error::io("read", path, cause))?;
        Ok(Reader { rest: BufReader::new(file).take(mark.bytes), path: path.to_owned() })
    }
}

/// A journal that is read.
pub struct Reader {
    rest: io::Take<BufReader<File>>,
    path: PathBuf,
}

impl Reader {
    /// Hands over all that there is, in the order in which it came.
    ///
    /// # Errors
    /// `Input` where it holds what is no report, `Failed` if it cannot be read, and whatever `take` gives.
    pub fn replay(mut self, mut take: impl FnMut(Entry) -> Result<()>) -> Result<()> {
        while self.rest.limit() > 0 {
            take(self.next()?)?;
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Entry> {
        let io = |cause| Error::io("read", &self.path, cause);
        let mut head = Vec::new();
        self.rest.by_ref().take(12).read_to_end(&mut head).map_err(io)?;
        let mut head = Unpacked(&head);
        let entry = head.u32().zip(head.count()).map(|(kind, length)| {
            let mut bytes = Vec::new();
            self.rest.by_ref().take(length as u64).read_to_end(&mut bytes).map(|_| unpack(kind, &mut Unpacked(&bytes)))
        });
        let entry = entry.transpose().map_err(io)?.flatten();
        entry.ok_or_else(|| {
            let path = self.path.display();
            Error::Input(format!("error: {path} is damaged: it holds a row that cannot be read\n\n{AGAIN}"))
        })
    }
}

const BATCH: u32 = 1;
const OBSERVED: u32 = 2;
const HAPPENED: u32 = 3;
const CELLS: u32 = 4;
const LEVELS: u32 = 5;
const ROUND: u32 = 6;
const FAILED: u32 = 7;

fn pack(entry: &Entry) -> (u32, Packed) {
    let mut to = Packed::default();
    let kind = match entry {
        Entry::Round { tissues, batches } => {
            to.count(tissues.len());
            tissues.iter().for_each(|tissue| to.count(*tissue));
            to.count(*batches);
            ROUND
        }
        Entry::Failed(tissue, reason) => {
            to.count(*tissue);
            to.text(reason);
            FAILED
        }
        Entry::Batch(tissues) => {
            to.count(tissues.start);
            to.count(tissues.end);
            BATCH
        }
        Entry::Observed(it) => {
            pack_observation(it, &mut to);
            OBSERVED
        }
        Entry::Happened(all) => {
            to.count(all.len());
            for InterventionEvent { tick, tissue, intervention, what } in all {
                to.u32(*tick);
                to.count(*tissue);
                to.text(intervention);
                to.text(what);
            }
            HAPPENED
        }
        Entry::Cells(tick, cells) => {
            to.u32(*tick);
            PACKS.into_iter().chain(OPTIONAL_PACKS).for_each(|it| to.words(bytemuck::cast_slice(cells.pack(it))));
            to.words(bytemuck::cast_slice(&cells.behaviours));
            CELLS
        }
        Entry::Levels(tick, levels) => {
            to.u32(*tick);
            to.words(bytemuck::cast_slice(levels));
            LEVELS
        }
    };
    (kind, to)
}

fn unpack(kind: u32, from: &mut Unpacked) -> Option<Entry> {
    let entry = match kind {
        ROUND => Entry::Round { tissues: from.each(Unpacked::count)?, batches: from.count()? },
        FAILED => Entry::Failed(from.count()?, from.text()?),
        BATCH => Entry::Batch(from.count()?..from.count()?),
        OBSERVED => Entry::Observed(unpack_observation(from)?),
        HAPPENED => Entry::Happened(from.each(|it| {
            Some(InterventionEvent { tick: it.u32()?, tissue: it.count()?, intervention: it.text()?, what: it.text()? })
        })?),
        CELLS => {
            let (tick, mut cells) = (from.u32()?, Cells::default());
            for pack in PACKS.into_iter().chain(OPTIONAL_PACKS) {
                let words = from.words()?;
                cells.set_pack(pack, bytemuck::try_cast_slice(&words).ok()?.to_vec());
            }
            cells.behaviours = bytemuck::cast_vec(from.words()?);
            Entry::Cells(tick, Box::new(cells))
        }
        LEVELS => {
            let (tick, words) = (from.u32()?, from.words()?);
            Entry::Levels(tick, bytemuck::try_cast_slice(&words).ok()?.to_vec())
        }
        _ => return None,
    };
    from.0.is_empty().then_some(entry)
}

fn pack_observation(it: &Observation, to: &mut Packed) {
    // All fields, so that a new one is not forgotten.
    let Observation { tick, population, words, events, concentrations, stocks } = it;
    to.u32(*tick);
    let Population { live_count, tick, effector_count, needed } = *population;
    [live_count, tick, effector_count, needed].into_iter().for_each(|value| to.u32(value));
    to.words(words);
    to.words(events);
    to.count(concentrations.len());
    concentrations.iter().for_each(|it| to.numbers(it));
    to.count(stocks.len());
    for Stock { content, volume_um3, least, most, turned_over } in stocks {
        let Turnover { secreted, taken_up, decayed, supplied } = *turned_over;
        to.numbers(&[*content, *volume_um3, *least, *most, secreted, taken_up, decayed, supplied]);
    }
}

fn unpack_observation(from: &mut Unpacked) -> Option<Observation> {
    let tick = from.u32()?;
    let population =
        Population { live_count: from.u32()?, tick: from.u32()?, effector_count: from.u32()?, needed: from.u32()? };
    let (words, events) = (from.words()?, from.words()?);
    let concentrations = from.each(Unpacked::numbers)?;
    let stocks = from.each(|it| {
        let [content, volume_um3, least, most, secreted, taken_up, decayed, supplied] =
            it.numbers()?.try_into().ok()?;
        let turned_over = Turnover { secreted, taken_up, decayed, supplied };
        Some(Stock { content, volume_um3, least, most, turned_over })
    })?;
    Some(Observation { tick, population, words, events, concentrations, stocks })
}
