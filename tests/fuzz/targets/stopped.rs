//! The files of a tiny run that was stopped in its second batch: what the targets `checkpoint` and `journal` damage.

use std::path::Path;
use std::sync::LazyLock;
use texpop::cells::Cells;
use texpop::engine::cpu::CpuEngine;
use texpop::engine::interface::Observation;
use texpop::error::Result;
use texpop::outputs::checkpoint::{At, Description, Entry, Journal};
use texpop::plan::{Plan, TICKS_PER_MIN};
use texpop::run::{Planned, plan_given};
use texpop::scenario::Given;
use texpop::simulation::batch::{self, Moment, Observer};
use texpop::simulation::interventions::InterventionEvent;

/// When it was stopped: after reports, doses and what a condition brought, while more is to come.
const STOPPED_MIN: u32 = 9;

pub struct Stopped {
    pub given: Given,
    pub plan: Plan,
    pub description: Description,
    /// Of the state.
    pub arrays: Vec<(String, Vec<u32>)>,
    /// Of the journal.
    pub rows: Vec<Vec<u8>>,
}

/// The run.
pub static STOPPED: LazyLock<Stopped> = LazyLock::new(|| {
    let text = include_str!("run.toml").to_owned();
    let given = Given { name: "run.toml".into(), folder: "/".into(), text, overrides: Vec::new() };
    let Planned { plan, .. } = plan_given(given.clone()).unwrap();
    super::in_a_folder(|folder| stopped(given, plan, &folder.join("journal.bin")).unwrap())
});

fn stopped(given: Given, plan: Plan, path: &Path) -> Result<Stopped> {
    let mut journal = Journal::create(path)?;
    let before_round = journal.mark();
    let half = plan.tissue_count() / 2;
    let batches = vec![0..half, half..2 * half];
    journal.append(&Entry::Round { tissues: (0..2 * half).collect(), batches: batches.len() })?;
    let mut writer = Writer { journal, stops: false, tick: 0, moment: None };
    let mut before_batch = before_round.clone();
    for tissues in &batches {
        before_batch = writer.journal.mark();
        writer.journal.append(&Entry::Batch(tissues.clone()))?;
        let mut engine = CpuEngine::new(&plan, tissues.clone())?;
        batch::run(&plan, tissues.clone(), &mut engine, &mut writer)?;
        writer.stops = true;
    }
    let Moment { state, interventions } = writer.moment.unwrap();
    let at = At { tick: state.tick, interventions };
    let description = Description {
        program: "0".into(),
        given: given.clone(),
        fingerprint: plan.fingerprint(),
        duration_ticks: plan.duration_ticks,
        warm_up: None,
        device: "cpu".into(),
        most_tissues: Some(half),
        parts: batches.len(),
        batches,
        batch: 1,
        at: Some(at),
        journal: writer.journal.mark(),
        before_round,
        before_batch,
        started: "2000-01-01T00:00:00Z".into(),
        resumed: Vec::new(),
        wall_s: 1.0,
        cell_steps: 100,
    };
    let arrays = state.arrays().into_iter().map(|(name, words)| (name.to_owned(), words.into_owned())).collect();
    Ok(Stopped { given, plan, description, arrays, rows: rows(&std::fs::read(path).unwrap()) })
}

/// The rows of a journal: a kind, a length, and as many bytes.
fn rows(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut rows = Vec::new();
    while !bytes.is_empty() {
        let length = u64::from_le_bytes(bytes[4..12].try_into().unwrap()) as usize;
        let (row, rest) = bytes.split_at(12 + length);
        rows.push(row.to_vec());
        bytes = rest;
    }
    rows
}

/// Notes the reports, and stops the last batch.
struct Writer {
    journal: Journal,
    stops: bool,
    tick: u32,
    moment: Option<Moment>,
}

impl Observer for Writer {
    fn observed(&mut self, observation: Observation) -> Result<()> {
        self.journal.append(&Entry::Observed(observation))
    }

    fn cells(&mut self, tick: u32, cells: &Cells) -> Result<()> {
        self.journal.append(&Entry::Cells(tick, Box::new(cells.clone())))
    }

    fn levels(&mut self, tick: u32, levels: &[[f32; 4]]) -> Result<()> {
        self.journal.append(&Entry::Levels(tick, levels.to_vec()))
    }

    fn happened(&mut self, happened: Vec<InterventionEvent>) -> Result<()> {
        if happened.is_empty() { Ok(()) } else { self.journal.append(&Entry::Happened(happened)) }
    }

    fn goes_on(&mut self, tick: u32, _cell_count: u32) -> Result<bool> {
        self.tick = tick;
        Ok(!self.stops || tick < STOPPED_MIN * TICKS_PER_MIN)
    }

    fn saves(&mut self) -> bool {
        self.stops && self.tick >= STOPPED_MIN * TICKS_PER_MIN
    }

    fn save(&mut self, moment: Moment) -> Result<()> {
        self.moment = Some(moment);
        Ok(())
    }
}
