//! What the known answers share with `texpop verify`, and how a test judges it: on both engines, and on a wrong plan.
#![allow(unused_imports, reason = "test binaries use parts")]

use std::ops::Range;
use std::sync::OnceLock;
use texpop::cells::Cells;
use texpop::cells::columns::Fate;
use texpop::device::Gpu;
use texpop::engine::interface::Engine;
use texpop::error;
use texpop::plan::*;
use texpop::verify::known::{lab, reading};

pub use lab::{On, Series, all_placed};
pub use reading::{Reading, integrate};
pub use texpop::verify::known::plans::*;

pub type Verdict = Result<(), String>;

/// What a law says, as a verdict.
pub trait Judged {
    fn verdict(self) -> Verdict;
}

impl Judged for Verdict {
    fn verdict(self) -> Verdict {
        self
    }
}

impl Judged for error::Result<Vec<Reading>> {
    fn verdict(self) -> Verdict {
        reading::judge(&self.unwrap_or_else(|error| panic!("{error}")))
    }
}

/// Whether there is an adapter to run laws on.
pub fn has_adapter() -> bool {
    adapter().is_some()
}

/// The adapter as an engine.
pub fn on_adapter() -> On<'static> {
    On::Adapter(adapter().expect("a test on the adapter runs only where there is one"))
}

/// Runs one body on both engines.
pub fn on_both(body: impl Fn(On<'static>)) {
    body(On::Twin);
    if has_adapter() {
        body(on_adapter());
    }
}

/// The software adapter, opened once.
fn adapter() -> Option<&'static Gpu> {
    static ADAPTER: OnceLock<Option<Gpu>> = OnceLock::new();
    ADAPTER.get_or_init(crate::common::software).as_ref()
}

/// As in the lab, for tests, which end with the first failure.
pub fn with_engine<T>(
    on: On,
    plan: &Plan,
    tissues: Range<usize>,
    cells: &Cells,
    body: impl FnOnce(&mut dyn Engine) -> T,
) -> T {
    lab::with_engine(on, plan, tissues, cells, |engine| Ok(body(engine))).unwrap()
}

/// Same.
pub fn advance(engine: &mut dyn Engine, plan: &Plan, ticks: Range<u32>) {
    lab::advance(engine, plan, ticks).unwrap();
}

/// Same.
pub fn cells_at(on: On, plan: &Plan, cells: &Cells, ticks: &[u32]) -> Vec<Cells> {
    lab::cells_at(on, plan, cells, ticks).unwrap()
}

/// Same.
pub fn series(on: On, plan: &Plan, ticks: &[u32], asked: &[(u32, &str)]) -> Vec<Series> {
    lab::series(on, plan, ticks, asked).unwrap()
}

/// Whether a cell is live.
pub fn is_live(cells: &Cells, slot: usize) -> bool {
    cells.identity[slot][2] >> 8 & 15 == Fate::Live as u32
}

/// Compares a number with the one expected. NaN is never close.
pub fn close(what: &str, got: f64, expected: f64, tolerance: f64) -> Verdict {
    reading::judge(&[Reading::new(what, got, expected, tolerance)])
}

/// Compares the mean of a sample with the one expected, to 5·sd/√n.
pub fn mean_close(what: &str, sample: &[f64], expected: f64) -> Verdict {
    reading::judge(&[Reading::of_mean(what, sample, expected)])
}

/// Holds a law to be kept by the right plan, and to be seen broken by the wrong one.
pub fn kept_and_broken<'a, P, J: Judged>(on: On<'a>, law: impl Fn(On<'a>, &P) -> J, right: &P, wrong: &P) {
    law(on, right).verdict().unwrap_or_else(|error| panic!("{on:?}: {error}"));
    let seen = law(on, wrong).verdict().expect_err("a parameter 10 % off must be seen");
    println!("{on:?}: seen as it should be: {seen}");
}
