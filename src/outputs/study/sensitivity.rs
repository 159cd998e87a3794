//! `sensitivity.csv` and `sensitivity.svg`: how much of each outcome each parameter of a sample makes.

use super::results::StudyResults;
use super::tables::write_csv;
use super::text::heading;
use crate::analysis::sensitivity::{Effects, Indices, Part, elementary_effects, sobol_indices};
use crate::error::Result;
use crate::outputs::RunFolder;
use crate::outputs::figures::figures;
use crate::outputs::picture::svg::{Anchor, Drawing, GREY, ticks};
use crate::outputs::series::number;
use crate::outputs::summary::aligned;
use crate::plan::study::{Line, Method};
use std::fmt::Write as _;

/// What was estimated of one parameter.
#[derive(Clone, Copy, Debug)]
enum Estimate {
    Indices(Indices),
    Effects(Effects),
}

/// An outcome of the points of an arm that is varied: an estimate for each parameter.
struct IndexTable<'a> {
    outcome: usize,
    line: &'a Line,
    /// None where the outcome does not vary, or lacks a number.
    estimates: Option<Vec<Estimate>>,
}

impl IndexTable<'_> {
    fn of(&self) -> &str {
        self.line.varied.as_deref().unwrap_or("")
    }
}

/// Writes what was found, and gives it as text; empty where the sample is none for it.
///
/// # Errors
/// `Failed` if a file cannot be written.
pub fn write(found: &StudyResults, folder: &RunFolder) -> Result<String> {
    let tables = tables(found);
    if tables.is_empty() {
        return Ok(String::new());
    }
    write_table(found, &tables, folder)?;
    folder.write("sensitivity.svg", svg(found, &tables).as_bytes())?;
    Ok(text(found, &tables))
}

fn tables<'a>(found: &StudyResults<'a>) -> Vec<IndexTable<'a>> {
    let Some(sample) = &found.study.sample else { return Vec::new() };
    if !sample.is_for_sensitivity() {
        return Vec::new();
    }
    let of_line = |outcome: usize, line: &'a Line| {
        let values: Option<Vec<f64>> = line.arms.iter().map(|arm| found.mean(outcome, *arm)).collect();
        let estimates = values.and_then(|values| match sample.method {
            Method::Morris => {
                Some(elementary_effects(&line.places, &values).into_iter().map(Estimate::Effects).collect())
            }
            _ => {
                let indices = sobol_indices(&values, line.sweeps.len(), found.study.confidence, found.plan.seeds[0]);
                indices.map(|it| it.into_iter().map(Estimate::Indices).collect())
            }
        });
        IndexTable { outcome, line, estimates }
    };
    let outcomes = 0..found.study.outcomes.len();
    outcomes.flat_map(|outcome| sample.lines.iter().map(move |line| of_line(outcome, line))).collect()
}

/// Columns of the two kinds of estimates.
const INDICES: [&str; 6] = ["first_order", "first_order_low", "first_order_high", "total", "total_low", "total_high"];
const EFFECTS: [&str; 3] = ["effect_mean", "effect_mean_magnitude", "effect_sd"];

fn write_table(found: &StudyResults, tables: &[IndexTable], folder: &RunFolder) -> Result<()> {
    let is_morris = found.study.sample.as_ref().is_some_and(|it| it.method == Method::Morris);
    let columns: &[&str] = if is_morris { &EFFECTS } else { &INDICES };
    let heading = ["outcome", "arm", "parameter"].iter().chain(columns).map(|it| (*it).to_owned()).collect();
    let records = tables.iter().flat_map(|table| {
        let estimate = |number: usize| table.estimates.as_ref().map(|it| it[number]);
        table.line.sweeps.iter().enumerate().map(move |(number, parameter)| {
            let mut record =
                vec![found.study.outcomes[table.outcome].name.clone(), table.of().to_owned(), parameter.clone()];
            record.extend(estimate(number).map_or_else(|| vec![String::new(); columns.len()], columns_of));
            record
        })
    });
    write_csv(folder, "sensitivity.csv", heading, records)
}

fn columns_of(estimate: Estimate) -> Vec<String> {
    let values = match estimate {
        Estimate::Indices(Indices { first_order: a, total: b }) => {
            vec![a.value, a.low, a.high, b.value, b.low, b.high]
        }
        Estimate::Effects(it) => vec![it.mean, it.mean_magnitude, it.deviation],
    };
    values.into_iter().map(|it| if it.is_finite() { number(it) } else { String::new() }).collect()
}

fn text(found: &StudyResults, tables: &[IndexTable]) -> String {
    let mut text = String::new();
    for table in tables {
        let of = if table.of().is_empty() { String::new() } else { format!(", {}", table.of()) };
        let _ = writeln!(text, "\nSensitivity of {}{of}\n", heading(&found.study.outcomes[table.outcome]));
        let Some(estimates) = &table.estimates else {
            text += "It does not vary between the points of the sample, or some have no number.\n";
            continue;
        };
        let heads: [&str; 4] = match estimates.first() {
            Some(Estimate::Effects(_)) => ["parameter", "", "effect, mean ± sd", "mean of magnitudes"],
            _ => ["parameter", "", "first-order index", "total index"],
        };
        let part = |it: Part| format!("{} ({} to {})", figures(it.value), figures(it.low), figures(it.high));
        let row = |(name, estimate): (&String, &Estimate)| {
            let [a, b] = match estimate {
                Estimate::Indices(it) => [part(it.first_order), part(it.total)],
                Estimate::Effects(it) => {
                    [format!("{} ± {}", figures(it.mean), figures(it.deviation)), figures(it.mean_magnitude)]
                }
            };
            vec![name.clone(), String::new(), a, b]
        };
        let rows: Vec<_> = std::iter::once(heads.map(str::to_owned).to_vec())
            .chain(table.line.sweeps.iter().zip(estimates).map(row))
            .collect();
        text += &aligned(&rows);
    }
    text
}

const LEFT: f64 = 28.0;
const NAMES: f64 = 190.0;
const WIDTH: f64 = 380.0;
const PITCH: f64 = 34.0;
const TOP: f64 = 56.0;
const ABOVE: f64 = 34.0;
const BELOW: f64 = 52.0;
const FIRST: &str = "#0f766e";
const TOTAL: &str = "#99c9c4";

/// Two bars a parameter: first order and total, or the mean of effects and of their magnitudes.
fn svg(found: &StudyResults, tables: &[IndexTable]) -> String {
    let height = |table: &IndexTable| ABOVE + PITCH * table.line.sweeps.len() as f64 + BELOW;
    let mut drawing = Drawing::new(LEFT + NAMES + WIDTH + 60.0, TOP + tables.iter().map(height).sum::<f64>());
    drawing.title(LEFT, 34.0, 20, &found.plan.title);
    let mut top = TOP;
    for table in tables {
        draw(&mut drawing, found, table, top);
        top += height(table);
    }
    drawing.finish()
}

fn draw(drawing: &mut Drawing, found: &StudyResults, table: &IndexTable, top: f64) {
    let of = if table.of().is_empty() { String::new() } else { format!(", {}", table.of()) };
    drawing.title(LEFT, top + 14.0, 13, &format!("{}{of}", heading(&found.study.outcomes[table.outcome])));
    let Some(estimates) = &table.estimates else {
        return drawing.styled_text(LEFT, top + ABOVE + 14.0, 12, Anchor::Start, GREY, "does not vary");
    };
    let bars: Vec<[Part; 2]> = estimates.iter().map(bars).collect();
    let ends = bars.iter().flatten().flat_map(|it| [it.value, it.low, it.high]).filter(|it| it.is_finite());
    let (low, high) = ends.fold((0.0f64, 0.0f64), |(low, high), it| (low.min(it), high.max(it)));
    let high = if high > low { high } else { low + 1.0 };
    let left = LEFT + NAMES;
    let x = |value: f64| left + WIDTH * (value - low) / (high - low);
    let bottom = top + ABOVE + PITCH * bars.len() as f64;
    for value in ticks(low, high, 5) {
        let colour = if value == 0.0 { GREY } else { "#e5e7eb" };
        drawing.line((x(value), top + ABOVE - 6.0), (x(value), bottom), colour, 1.0);
        drawing.styled_text(x(value), bottom + 16.0, 11, Anchor::Middle, GREY, &figures(value));
    }
    let names = match estimates.first() {
        Some(Estimate::Effects(_)) => ["mean effect over the range", "mean of magnitudes (μ*)"],
        _ => ["first-order index", "total index"],
    };
    for (place, (name, colour)) in [(0.0, (names[0], FIRST)), (190.0, (names[1], TOTAL))] {
        drawing.key(left + place + 5.0, bottom + 32.0, colour);
        drawing.text(left + place + 16.0, bottom + 36.0, 12, Anchor::Start, name);
    }
    for (number, (name, pair)) in table.line.sweeps.iter().zip(&bars).enumerate() {
        let y = top + ABOVE + PITCH * number as f64;
        drawing.text(left - 12.0, y + 19.0, 12, Anchor::End, name);
        for (bar, (part, colour)) in pair.iter().zip([FIRST, TOTAL]).enumerate() {
            let middle = y + 9.0 + 12.0 * bar as f64;
            let corners = [(x(0.0), -5.0), (x(part.value), -5.0), (x(part.value), 5.0), (x(0.0), 5.0)];
            drawing.area("bar", &corners.map(|(x, dy)| (x, middle + dy)), colour, 1.0);
            if part.low < part.high {
                drawing.polyline("interval", &[(x(part.low), middle), (x(part.high), middle)], "#374151", 1.5);
            }
        }
    }
}

fn bars(estimate: &Estimate) -> [Part; 2] {
    let plain = |value: f64| Part { value, low: value, high: value };
    match estimate {
        Estimate::Indices(it) => [it.first_order, it.total],
        Estimate::Effects(it) => [plain(it.mean), plain(it.mean_magnitude)],
    }
}
