//! The table at the end of a run: how many cells there were and are, and what became of them.

use super::History;
use crate::analysis::comparison::spread;
use crate::plan::Plan;

/// A column of the table: heading, statistic, whether it is taken at the start. Columns that are 0 throughout are
/// left out, but for the two counts.
const COLUMNS: [(&str, &str, bool); 12] = [
    ("start", "count", true),
    ("end", "count", false),
    ("births", "births", false),
    ("apoptosis", "deaths_apoptosis", false),
    ("necrosis", "deaths_necrosis", false),
    ("killed", "deaths_killed", false),
    ("irradiated", "deaths_irradiation", false),
    ("bodies gone", "removed", false),
    ("added", "added", false),
    ("taken out", "taken", false),
    ("came over", "transitions_in", false),
    ("went over", "transitions_out", false),
];

/// Arms that the table shows.
const MOST_ARMS: usize = 24;

/// The table as aligned text: per arm and cell type the mean over the replicates ± standard deviation; then, with
/// several arms, the paired differences from the first arm ± standard error. Counts are of live cells.
pub fn summary(plan: &Plan, history: &History) -> String {
    let columns: Vec<usize> = (0..COLUMNS.len()).filter(|&c| c < 2 || is_used(plan, history, c)).collect();
    let replicates = plan.seeds.len();
    let spread = if replicates > 1 { ", mean ± standard deviation" } else { "" };
    let mut text = format!("Live cells and events ({}{spread})\n\n", count(replicates, "replicate"));
    text += &table(plan, &columns, 0, |arm, cell_type, column| {
        let values = values(plan, history, arm, cell_type, column);
        entry(&values, deviation(&values), false)
    });
    if plan.arms.len() > 1 {
        let spread = if replicates > 1 { ": paired over replicates, mean ± standard error" } else { "" };
        text += &format!("\nDifference from {}{spread}\n\n", plan.arms[0].name);
        text += &table(plan, &columns, 1, |arm, cell_type, column| {
            let reference = values(plan, history, 0, cell_type, column);
            let own = values(plan, history, arm, cell_type, column);
            let differences: Vec<f64> = own.iter().zip(&reference).map(|(own, reference)| own - reference).collect();
            let error = deviation(&differences).map(|sd| sd / (differences.len() as f64).sqrt());
            entry(&differences, error, true)
        });
    }
    text
}

fn is_used(plan: &Plan, history: &History, column: usize) -> bool {
    let types = 0..plan.cell_types.len();
    let differs = |arm, t| values(plan, history, arm, t, column).iter().any(|value| *value != 0.0);
    (0..plan.arms.len()).any(|arm| types.clone().any(|t| differs(arm, t)))
}

/// One number a replicate; replicates that did not report are left out.
fn values(plan: &Plan, history: &History, arm: usize, cell_type: usize, column: usize) -> Vec<f64> {
    let (_, statistic, at_start) = COLUMNS[column];
    let tissues = arm * plan.seeds.len()..(arm + 1) * plan.seeds.len();
    let value = |tissue| {
        let points = match statistic {
            "count" => history.counts(tissue, cell_type),
            _ => history.points(statistic, tissue, cell_type),
        };
        if at_start { points.first() } else { points.last() }.map(|point| point.1)
    };
    tissues.filter_map(value).collect()
}

/// Sample standard deviation; None of fewer than two numbers.
fn deviation(values: &[f64]) -> Option<f64> {
    (values.len() > 1).then(|| spread(values).deviation)
}

fn entry(values: &[f64], spread: Option<f64>, signed: bool) -> String {
    if values.is_empty() {
        return "–".into();
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let spread = spread.filter(|spread| *spread > 0.0);
    // One figure more than the counts have where the spread is small.
    let places = usize::from(spread.is_some_and(|spread| spread < 10.0) || (mean.fract() != 0.0 && mean.abs() < 100.0));
    let sign = if signed && mean > 0.0 { "+" } else { "" };
    let text = format!("{sign}{mean:.places$}").replace('-', "−");
    spread.map_or(text.clone(), |spread| format!("{text} ± {spread:.places$}"))
}

fn table(plan: &Plan, columns: &[usize], first_arm: usize, entry: impl Fn(usize, usize, usize) -> String) -> String {
    let headings = ["arm", "cell type"].into_iter().chain(columns.iter().map(|&c| COLUMNS[c].0));
    let mut rows = vec![headings.map(str::to_owned).collect::<Vec<_>>()];
    let end = plan.arms.len().min(MOST_ARMS);
    for arm in first_arm..end {
        for (cell_type, it) in plan.cell_types.iter().enumerate() {
            // An arm's name stands once, at its first row.
            let name = if cell_type == 0 { plan.arms[arm].name.clone() } else { String::new() };
            let entries = columns.iter().map(|&column| entry(arm, cell_type, column));
            rows.push([name, it.name.clone()].into_iter().chain(entries).collect());
        }
    }
    let mut text = aligned(&rows);
    if plan.arms.len() > end {
        text += &format!("… and {} arms more in series.csv\n", plan.arms.len() - end);
    }
    text
}

/// Columns of equal width, two blanks apart: names to the left, numbers to the right.
pub(super) fn aligned(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
            0 | 1 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
