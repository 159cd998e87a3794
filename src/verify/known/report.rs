//! Outcomes of known answers as a table for readers, and as JSON for programs.

use super::reading::Reading;
use super::{Found, Outcome};
use crate::device::Device;
use serde_json::{Value, json};
use std::fmt::Write as _;

const HEADINGS: [&str; 6] = ["case", "", "expected", "got", "tolerance", "verdict"];

/// Version, device and driver; a row for each reading; how many hold.
pub fn text(device: &Device, outcomes: &[Outcome]) -> String {
    let mut table = vec![HEADINGS.map(str::to_owned)];
    outcomes.iter().for_each(|it| table.extend(rows(it)));
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEADINGS.len()).map(width).collect();
    let mut text = head(device);
    for row in &table {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    let readings = |holds: Option<bool>| {
        let all = outcomes.iter().filter_map(|it| if let Found::Readings(all) = &it.found { Some(all) } else { None });
        all.flatten().filter(|it| holds.is_none_or(|holds| it.holds() == holds)).count()
    };
    let failed = outcomes.iter().filter(|it| !it.holds()).count();
    let seconds: f64 = outcomes.iter().map(|it| it.seconds).sum();
    let _ = writeln!(
        text,
        "\n{} of {} readings hold; {} of {} cases; {seconds:.0} s",
        readings(Some(true)),
        readings(None),
        outcomes.len() - failed,
        outcomes.len()
    );
    text
}

fn head(device: &Device) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match device {
        Device::Cpu => format!("texpop {version}, CPU twins\n\n"),
        Device::Gpu(gpu) => {
            let it = &gpu.description;
            format!("texpop {version}, {it}, driver {} {}\n\n", it.driver, it.driver_info)
        }
    }
}

fn rows(it: &Outcome) -> Vec<[String; 6]> {
    let name = it.case.name.to_owned();
    let said = |what: String, verdict: &str| [name.clone(), what, "".into(), "".into(), "".into(), verdict.into()];
    match &it.found {
        Found::Readings(readings) => readings.iter().map(|reading| row(&name, reading)).collect(),
        Found::Left(why) => vec![said((*why).to_owned(), "not run")],
        Found::Failed(why) => vec![said(why.replace('\n', " "), "FAILS")],
    }
}

fn row(name: &str, it: &Reading) -> [String; 6] {
    let verdict = match (it.holds(), it.note.is_empty()) {
        (true, _) => "holds".to_owned(),
        (false, true) => "FAILS".to_owned(),
        (false, false) => format!("FAILS: {}", it.note),
    };
    [name.to_owned(), it.what.clone(), number(it.expected), number(it.got), number(it.tolerance), verdict]
}

/// Six figures.
fn number(value: f64) -> String {
    let digits = value.abs().log10().floor();
    if value == 0.0 || !value.is_finite() {
        format!("{value}")
    } else if (-3.0..6.0).contains(&digits) {
        format!("{value:.*}", (5.0 - digits) as usize)
    } else {
        format!("{value:.5e}")
    }
}

/// Numbers that are not finite are null.
pub fn json(device: &Device, outcomes: &[Outcome]) -> String {
    let reading = |it: &Reading| {
        json!({
            "what": it.what,
            "expected": it.expected,
            "got": it.got,
            "tolerance": it.tolerance,
            "verdict": if it.holds() { "holds" } else { "fails" },
            "note": it.note,
        })
    };
    let case = |it: &Outcome| {
        let (readings, note) = match &it.found {
            Found::Readings(readings) => (readings.iter().map(reading).collect(), ""),
            Found::Left(why) => (Vec::new(), *why),
            Found::Failed(why) => (Vec::new(), why.as_str()),
        };
        let verdict = match (&it.found, it.holds()) {
            (Found::Left(_), _) => "not_run",
            (_, true) => "holds",
            _ => "fails",
        };
        json!({
            "case": it.case.name,
            "law": it.case.law,
            "verdict": verdict,
            "note": note,
            "seconds": it.seconds,
            "readings": readings,
        })
    };
    let described = match device {
        Device::Cpu => json!({ "name": "CPU twins", "kind": "cpu", "strict": true }),
        Device::Gpu(gpu) => serde_json::to_value(&gpu.description).unwrap_or(Value::Null),
    };
    let all = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "device": described,
        "verdict": if outcomes.iter().all(Outcome::holds) { "holds" } else { "fails" },
        "cases": outcomes.iter().map(case).collect::<Vec<Value>>(),
    });
    format!("{all:#}\n")
}
