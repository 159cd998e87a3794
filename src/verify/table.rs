//! Outcomes as a table for readers, and as JSON for programs.

use super::experiments::Range;
use super::{Outcome, Verdict};
use crate::analysis::comparison::spread;
use serde_json::{Value, json};

/// A ratio beyond which nearly none was there before.
const MOST: f64 = 1e3;

const HEADINGS: [&str; 7] = ["", "readout", "paper", "asked", "band", "texpop", "verdict"];

/// A table with a row for each outcome, and how many hold.
pub fn text(outcomes: &[Outcome]) -> String {
    let mut table = vec![HEADINGS.map(str::to_owned)];
    table.extend(outcomes.iter().map(row));
    let widths: Vec<usize> = (0..HEADINGS.len())
        .map(|column| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let body: String = table.iter().map(line).collect();
    let count = |verdict| outcomes.iter().filter(|it| it.verdict() == verdict).count();
    let (hold, outside, missed) = (count(Verdict::Holds), count(Verdict::OutOfBand), count(Verdict::Miss));
    format!("{body}\n{} readouts: {hold} hold, {outside} lie outside of the band, {missed} missed\n", outcomes.len())
}

fn row(it: &Outcome) -> [String; 7] {
    let experiment = it.experiment;
    let verdict = match it.verdict() {
        Verdict::Holds => "holds".to_owned(),
        Verdict::OutOfBand if experiment.is_paired() => "not clear".to_owned(),
        Verdict::OutOfBand => "out of band".to_owned(),
        Verdict::Miss => "MISS".to_owned(),
    };
    let counted = it.counted().len();
    let agreeing = if it.agreeing() < it.values.len() {
        let left_out =
            if counted < it.values.len() { format!(" with a value, of {}", it.values.len()) } else { String::new() };
        format!(" ({} of {counted} seeds in the direction{left_out})", it.agreeing())
    } else {
        String::new()
    };
    [
        experiment.name.to_owned(),
        experiment.readout.to_owned(),
        experiment.paper.to_owned(),
        range(experiment.must),
        range(experiment.band),
        value(it),
        format!("{verdict}{agreeing}"),
    ]
}

fn range(it: Range) -> String {
    let [low, high] = [it.low, it.high].map(|bound| (100.0 * bound).round() / 100.0);
    match (low.is_finite(), high.is_finite()) {
        (true, true) => format!("{low} to {high}"),
        (true, false) => format!("> {low}"),
        (false, true) => format!("< {high}"),
        (false, false) => String::new(),
    }
}

/// Mean and standard deviation, or interval of the mean of paired differences.
fn value(it: &Outcome) -> String {
    let mean = it.mean();
    if mean > MOST {
        return "up from 0".to_owned();
    }
    if !mean.is_finite() {
        return "none".to_owned();
    }
    if let Some([low, high]) = it.interval() {
        return format!("{} [{}, {}]", number(mean), number(low), number(high));
    }
    let sd = spread(&it.values).deviation;
    if it.values.len() > 1 { format!("{} ± {}", number(mean), number(sd)) } else { number(mean) }
}

/// Two decimals, or two figures of what is large.
fn number(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// Bounds and values that are not finite are null.
pub fn json(outcomes: &[Outcome]) -> String {
    let range = |it: Range| json!([it.low, it.high]);
    let all: Vec<Value> = outcomes
        .iter()
        .map(|it| {
            json!({
                "experiment": it.experiment.name,
                "scenario": format!("scenarios/experiments/{}.toml", it.experiment.study),
                "readout": it.experiment.readout,
                "paper": it.experiment.paper,
                "must": range(it.experiment.must),
                "band": range(it.experiment.band),
                "values": it.values,
                "mean": it.mean(),
                "interval": it.interval(),
                "verdict": match it.verdict() {
                    Verdict::Holds => "holds",
                    Verdict::OutOfBand => "out_of_band",
                    Verdict::Miss => "miss",
                },
            })
        })
        .collect();
    format!("{:#}\n", Value::Array(all))
}
