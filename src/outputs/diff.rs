//! `texpop diff`: where two runs first differ, in their series, and in the snapshots of their cells.

use super::parquet_reading;
use super::reading::{open_plain, unreadable};
use crate::error::{Error, Result};
use crate::measure::STATE_HASH;
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader;
use parquet::record::{Field, Row};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// What names a row of the series, in the order of time: bits of the time, arm, replicate, cell type, statistic.
type Key = (u64, String, u32, String, String);

/// In a key, in the place of a cell type: after all of these.
const LAST: &str = "\u{10ffff}";

/// Says that two run folders have the same series and snapshots.
///
/// # Errors
/// `Failed` with the first difference of the series, and of the snapshots, where there is one; `Input` where a folder is
/// that of no run.
pub fn diff(a: &Path, b: &Path) -> Result<String> {
    let (series, rows) = first_of_series(a, b)?;
    let (cells, snapshots) = first_of_snapshots(a, b)?;
    let (a, b) = (a.display(), b.display());
    if series.is_none() && cells.is_none() {
        return Ok(format!("{a} and {b} are equal: {rows} numbers of the series, {snapshots} snapshots of cells\n"));
    }
    let mut text = format!("{a} and {b} differ");
    for (part, found) in [("series", series), ("cells", cells)] {
        let _ = write!(text, "\n{part}: {}", found.unwrap_or_else(|| "equal".into()));
    }
    Err(Error::Failed(text))
}

/// The first difference of the series in time, and how many numbers were compared.
fn first_of_series(a: &Path, b: &Path) -> Result<(Option<String>, usize)> {
    let (left, right) = (series(a)?, series(b)?);
    let mut first: Option<(Key, String)> = None;
    let mut found = |key: &Key, what: String| {
        if first.as_ref().is_none_or(|it| *key < it.0) {
            first = Some((key.clone(), what));
        }
    };
    let (mut i, mut j) = (0, 0);
    while i < left.len() || j < right.len() {
        let order = match (left.get(i), right.get(j)) {
            (Some(l), Some(r)) => l.0.cmp(&r.0),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        match order {
            std::cmp::Ordering::Less => found(&left[i].0, format!("only in {}", a.display())),
            std::cmp::Ordering::Greater => found(&right[j].0, format!("only in {}", b.display())),
            std::cmp::Ordering::Equal if left[i].1 != right[j].1 => {
                found(&left[i].0, format!("{} against {}", shown(&left[i].1), shown(&right[j].1)));
            }
            std::cmp::Ordering::Equal => {}
        }
        i += usize::from(order.is_le());
        j += usize::from(order.is_ge());
    }
    let text = first.map(|((time, arm, replicate, cell_type, statistic), what)| {
        let of_type = match cell_type.as_str() {
            "" => String::new(),
            LAST => "cells differ, though no statistic does, ".to_owned(),
            name => format!("{name}."),
        };
        format!("at {} h, arm {arm}, replicate {replicate}, {of_type}{statistic}: {what}", f64::from_bits(time))
    });
    Ok((text, left.len()))
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "no value" } else { value }
}

/// All rows of `series.csv` in the order of their keys; times are positive, so that their bits are in the order of time.
fn series(run: &Path) -> Result<Vec<(Key, String)>> {
    let path = run.join("series.csv");
    let unread = |cause: csv::Error| unreadable(&path, &cause);
    let file = open_plain(&path).map_err(|cause| unreadable(&path, &cause))?;
    let mut reader = csv::Reader::from_reader(file);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unread)?;
        let text = |column: usize| record.get(column).unwrap_or_default().to_owned();
        let time = text(2).parse::<f64>().unwrap_or(f64::INFINITY).to_bits();
        // The hash tells of a difference that no statistic shows: it comes last.
        let of = if text(4) == STATE_HASH { LAST.to_owned() } else { text(3) };
        let key = (time, text(0), text(1).parse().unwrap_or(0), of, text(4));
        rows.push((key, text(5)));
    }
    rows.sort();
    Ok(rows)
}

/// The first difference of the snapshots in time, and how many were compared.
fn first_of_snapshots(a: &Path, b: &Path) -> Result<(Option<String>, usize)> {
    let names: BTreeSet<String> = names(a)?.union(&names(b)?).cloned().collect();
    for name in &names {
        let [left, right] = [a, b].map(|run| run.join("cells").join(name));
        let time = name.trim_start_matches('t').trim_start_matches('0').trim_end_matches(".parquet");
        let time = if time.starts_with('.') { format!("0{time}") } else { time.to_owned() };
        let found = match (left.exists(), right.exists()) {
            (true, true) => first_of_cells(&left, &right)?,
            (is_left, _) => Some(format!("a snapshot only in {}", if is_left { a } else { b }.display())),
        };
        if let Some(what) = found {
            return Ok((Some(format!("at {time}, {what}")), names.len()));
        }
    }
    Ok((None, names.len()))
}

/// Names of the snapshots: times of equal width, so that they are in the order of time.
fn names(run: &Path) -> Result<BTreeSet<String>> {
    let folder = run.join("cells");
    if !folder.is_dir() {
        return Ok(BTreeSet::new());
    }
    let failed = |cause| Error::io("read the folder", &folder, cause);
    let entries = std::fs::read_dir(&folder).map_err(failed)?;
    let names = entries.map(|it| Ok(it.map_err(failed)?.file_name().to_string_lossy().into_owned()));
    let names: Vec<String> = names.collect::<Result<_>>()?;
    Ok(names.into_iter().filter(|name| name.starts_with('t') && name.ends_with(".parquet")).collect())
}

/// The first cell, in the order of the files, that differs.
fn first_of_cells(left: &Path, right: &Path) -> Result<Option<String>> {
    let (mut left_rows, mut right_rows) = (rows(left)?.into_iter(), rows(right)?.into_iter());
    loop {
        let (l, r) = match (left_rows.next(), right_rows.next()) {
            (Some(l), Some(r)) => (l, r),
            (None, None) => return Ok(None),
            (Some(only), None) => return Ok(Some(format!("{}: only in {}", cell(&only), left.display()))),
            (None, Some(only)) => return Ok(Some(format!("{}: only in {}", cell(&only), right.display()))),
        };
        if cell(&l) != cell(&r) {
            return Ok(Some(format!("{} against {}", cell(&l), cell(&r))));
        }
        let differs = l.get_column_iter().zip(r.get_column_iter()).find(|(l, r)| bits(l.1) != bits(r.1) || l.0 != r.0);
        if let Some(((name, l_value), (_, r_value))) = differs {
            return Ok(Some(format!("{}, {name}: {l_value} against {r_value}", cell(&l))));
        }
    }
}

fn rows(path: &Path) -> Result<Vec<Row>> {
    let failed = |cause: ParquetError| unreadable(path, &cause);
    let reader = parquet_reading::open(path)?;
    reader.get_row_iter(None).map_err(failed)?.map(|row| row.map_err(failed)).collect()
}

/// Arm, replicate and id.
fn cell(row: &Row) -> String {
    let value = |name: &str| row.get_column_iter().find(|it| it.0 == name).map_or(String::new(), |it| it.1.to_string());
    format!("arm {}, replicate {}, cell {}", value("arm").trim_matches('"'), value("replicate"), value("cell_id"))
}

/// A float by its bits, so that NaN is itself and -0 is not 0; all else as text.
fn bits(field: &Field) -> String {
    match field {
        Field::Float(number) => format!("{:x}", number.to_bits()),
        other => other.to_string(),
    }
}
