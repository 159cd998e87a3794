//! A certificate of the steps of a scenario: how far its statistics move as the clocks are cut to a half and a quarter, and
//! the voxels of its substrates to a half.
//!
//! With an error of order p in the step, what moves from dt to dt/2 is 2^p times what moves from there to dt/4. Cells draw
//! their luck by time, so that other steps bring other luck: a difference is told apart from luck where it is more than
//! twice its standard error over replicates, each of which begins alike at every step.

use super::capacity::{Share, engine, estimate};
use crate::cells::Cells;
use crate::device::{self, Choice, Device};
use crate::engine::interface::Observation;
use crate::error::{Error, Result};
use crate::measure::{Layout, STATE_HASH, rows, substrate_rows};
use crate::plan::Plan;
use crate::plan::domain::hours;
use crate::run;
use crate::simulation::batch::{self, Observer};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

/// Standard errors beyond which a difference is no luck.
const LUCK: f64 = 2.0;
/// Part of the duration that is run, where nothing else is asked for.
const SHORT: u32 = 10;

/// What is asked for.
#[derive(Debug)]
pub struct ConvergenceOptions<'a> {
    pub scenario: &'a Path,
    pub set: &'a [String],
    pub device: &'a Choice,
    pub share: Share,
    /// End of the runs; None: a tenth of the duration.
    pub until_ticks: Option<u32>,
}

/// Arm, cell type or nothing, statistic.
type Key = (usize, Option<u32>, String);
/// A statistic at the end of each replicate.
type Ends = BTreeMap<Key, Vec<f64>>;

/// Takes the statistics at the end.
struct Last<'a> {
    plan: &'a Plan,
    tissues: Range<usize>,
    layout: Layout,
    ends: &'a mut Ends,
}

impl Observer for Last<'_> {
    fn observed(&mut self, it: Observation) -> Result<()> {
        if it.tick < self.plan.duration_ticks {
            return Ok(());
        }
        let tissues = self.tissues.start as u32..self.tissues.end as u32;
        let mut all = rows(self.plan, &self.layout, &it.words, &it.events, it.tick, tissues.clone())?;
        all.extend(substrate_rows(self.plan, &it.stocks, it.tick, tissues));
        for row in all.into_iter().filter(|row| &*row.statistic != STATE_HASH) {
            let (arm, _) = self.plan.arm_and_replicate(row.tissue as usize);
            let key = (arm, row.cell_type, row.statistic.to_string());
            self.ends.entry(key).or_default().extend(row.value.filter(|it| it.is_finite()));
        }
        Ok(())
    }

    fn cells(&mut self, _tick: u32, _cells: &Cells) -> Result<()> {
        Ok(())
    }

    fn goes_on(&mut self, _tick: u32, _cell_count: u32) -> Result<bool> {
        Ok(true)
    }
}

/// Runs the scenario at finer steps, and tells as a table how far each statistic moves.
///
/// # Errors
/// `Error::Input` where the scenario is wrong, or its step cannot be cut; what a run can fail with.
pub fn converge(request: &ConvergenceOptions) -> Result<String> {
    let (device, notice) = device::open(request.device)?;
    let plan = run::plan(request.scenario, request.set)?.plan;
    let end = end(&plan, request.until_ticks);
    let factors: Vec<u32> = [1, 2, 4].into_iter().filter(|by| plan.clocks.movement_ticks.is_multiple_of(*by)).collect();
    if factors.len() < 2 {
        return Err(Error::Input(format!(
            "error: the step of {} min cannot be cut in two: clocks are whole multiples of 0.6 s\n\n\
             hint: set the clocks to 2.4 s or a multiple of it, such as --set clocks.mechanics=\"2.4 s\"",
            crate::plan::domain::minutes(plan.clocks.movement_ticks)
        )));
    }
    let mut columns = Vec::new();
    for by in factors {
        let name = if by == 1 { "dt".to_owned() } else { format!("dt/{by}") };
        columns.push((name, ends(request, &device, &finer(&plan, by), end)?));
    }
    let steps = columns.len();
    if let Some(substrates) = &plan.substrates {
        let voxel = format!("diffusion.voxel=\"{} um\"", 0.5 * substrates.grid.voxel_um[0]);
        columns.push(("voxel/2".to_owned(), ends(request, &device, &[voxel], end)?));
    }
    Ok(format!("{notice}\n{}", text(&plan, &columns, steps, end)))
}

/// Last tick of the runs: a whole number of steps.
fn end(plan: &Plan, until_ticks: Option<u32>) -> u32 {
    let step = plan.clocks.movement_ticks;
    let asked = until_ticks.unwrap_or(plan.duration_ticks / SHORT).min(plan.duration_ticks);
    asked.next_multiple_of(step).max(step)
}

/// Overrides that cut all clocks.
fn finer(plan: &Plan, by: u32) -> Vec<String> {
    let it = plan.clocks;
    let clocks = [
        ("mechanics", it.movement_ticks),
        ("contacts", it.contacts_ticks),
        ("cycle", it.cycle_ticks),
        ("rules", it.rules_ticks),
        ("proteostasis", it.proteostasis_ticks),
        ("substrates", it.substrates_ticks),
    ];
    // A hundred ticks a minute.
    let set =
        |(name, ticks): (&str, u32)| format!("clocks.{name}=\"{}.{:02} min\"", ticks / by / 100, ticks / by % 100);
    if by == 1 { Vec::new() } else { clocks.map(set).to_vec() }
}

fn ends(request: &ConvergenceOptions, device: &Device, changes: &[String], end: u32) -> Result<Ends> {
    let set: Vec<String> = request.set.iter().chain(changes).cloned().collect();
    let mut plan = run::plan(request.scenario, &set)?.plan;
    plan.duration_ticks = end;
    plan.snapshots.clear();
    let estimate = estimate(&plan, device, request.share)?;
    let mut ends = Ends::new();
    for tissues in &estimate.batches {
        let layout = Layout::new(&plan, tissues.len())?;
        let mut last = Last { plan: &plan, tissues: tissues.clone(), layout, ends: &mut ends };
        let mut engine = engine(device, &plan, tissues.clone(), &estimate)?;
        batch::run(&plan, tissues.clone(), engine.as_mut(), &mut last)?;
    }
    Ok(ends)
}

/// Mean and its variance; the variance of one replicate is not known, and taken as 0.
fn mean(values: &[f64]) -> [f64; 2] {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|it| (it - mean).powi(2)).sum();
    [mean, if values.len() > 1 { squares / (n - 1.0) / n } else { 0.0 }]
}

/// The order of two differences of which the second is of half the step; None where one of them is luck, or they part.
fn order(coarse: [f64; 2], middle: [f64; 2], fine: [f64; 2]) -> Option<f64> {
    let [first, second] = [[coarse, middle], [middle, fine]].map(|[a, b]| difference(a, b));
    let (first, second) = (first?, second?);
    Some((first / second).log2()).filter(|it| it.is_finite())
}

/// A difference that is no luck.
fn difference(a: [f64; 2], b: [f64; 2]) -> Option<f64> {
    let (difference, error) = (a[0] - b[0], (a[1] + b[1]).sqrt());
    (difference.abs() > LUCK * error && difference.abs() > 1e-12 * a[0].abs()).then_some(difference)
}

/// A row for each statistic of each arm that is not 0 at all steps.
fn text(plan: &Plan, columns: &[(String, Ends)], steps: usize, end: u32) -> String {
    let mut table = vec![vec!["arm".to_owned(), "statistic".to_owned()]];
    table[0].extend(columns.iter().map(|it| it.0.clone()));
    let finest = columns[steps - 1].0.clone();
    table[0].extend([format!("dt to {finest}"), "order".to_owned()]);
    if columns.len() > steps {
        table[0].push("dt to voxel/2".to_owned());
    }
    for key in columns[0].1.keys() {
        let values: Option<Vec<[f64; 2]>> =
            columns.iter().map(|it| it.1.get(key).filter(|it| !it.is_empty()).map(|it| mean(it))).collect();
        let Some(values) = values.filter(|it| it.iter().any(|it| it[0] != 0.0)) else { continue };
        let of = key.1.map_or(String::new(), |own| format!("{}.", plan.cell_types[own as usize].name));
        let mut row = vec![plan.arms[key.0].name.clone(), format!("{of}{}", key.2)];
        row.extend(values.iter().map(|it| number(it[0])));
        row.push(moved(values[0], values[steps - 1]));
        let seen = if steps == 3 { order(values[0], values[1], values[2]) } else { None };
        row.push(seen.map_or(String::new(), |it| format!("{it:.2}")));
        row.extend(values.get(steps).map(|it| moved(values[0], *it)));
        table.push(row);
    }
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..table[0].len()).map(width).collect();
    let mut text = format!(
        "means of {} replicates at {} h; dt is {} min; \"luck\": within {LUCK} standard errors of each other\n\n",
        plan.seeds.len(),
        hours(end),
        crate::plan::domain::minutes(plan.clocks.movement_ticks)
    );
    for row in &table {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    text
}

/// How far a mean moves, in % of where it ends.
fn moved(from: [f64; 2], to: [f64; 2]) -> String {
    match difference(to, from) {
        Some(it) if to[0] != 0.0 => format!("{:+.2} %", 100.0 * it / to[0].abs()),
        Some(it) => number(it),
        None if from[0] == to[0] => "0 %".to_owned(),
        None => "luck".to_owned(),
    }
}

/// Five figures.
fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-3..1e6).contains(&size) {
        let digits = if value == 0.0 { 0.0 } else { size.log10().floor() };
        format!("{value:.*}", (4.0 - digits).max(0.0) as usize)
    } else {
        format!("{value:.4e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_seen_where_they_are_no_luck() {
        let exact = |value: f64| [value, 0.0];
        assert_eq!(order(exact(14.0), exact(12.0), exact(11.0)), Some(1.0));
        assert_eq!(order(exact(26.0), exact(14.0), exact(11.0)), Some(2.0));
        assert_eq!(order(exact(14.0), exact(12.0), exact(13.0)), None, "they part");
        assert_eq!(order([14.0, 1.0], [12.0, 1.0], exact(11.0)), None, "luck");
        assert_eq!(moved([14.0, 1.0], [12.0, 1.0]), "luck");
        assert_eq!((moved(exact(11.0), exact(10.0)), moved(exact(3.0), exact(3.0))), ("-10.00 %".into(), "0 %".into()));
    }
}
