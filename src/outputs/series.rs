//! `series.csv` and `series.parquet`: the statistics as one long table, a number a row.

use super::table::{Field, GROUP_ROWS, Kind, Table, Values, optional, required};
use super::{PendingFile, RunFolder, escape};
use crate::error::{Error, Result};
use crate::measure::StatisticRow;
use crate::plan::Plan;
use crate::plan::domain::hours;
use parquet::data_type::ByteArray;
use std::path::PathBuf;

fn fields() -> [Field; 6] {
    [
        required("arm", Kind::Text),
        required("replicate", Kind::U32),
        required("time_h", Kind::F64),
        // Empty for statistics of a whole tissue.
        optional("cell_type", Kind::Text),
        required("statistic", Kind::Text),
        optional("value", Kind::F64),
    ]
}

/// Both files of the time series, growing by whole reports. Rows are in the order of batches, then time, tissue and cell
/// type; a study in other batches has the same rows.
pub struct Series {
    csv: csv::Writer<PendingFile>,
    csv_path: PathBuf,
    parquet: Table,
    /// Rows of the next row group.
    waiting: Vec<StatisticRow>,
}

impl Series {
    /// Begins both files.
    ///
    /// # Errors
    /// `Failed` if a file cannot be made.
    pub fn create(folder: &RunFolder) -> Result<Series> {
        let file = folder.begin("series.csv")?;
        let csv_path = file.path().to_path_buf();
        let mut csv = csv::Writer::from_writer(file);
        csv.write_record(fields().iter().map(|field| field.name.as_ref())).map_err(|cause| failed(&csv_path, cause))?;
        let parquet = Table::create(folder.begin("series.parquet")?, &fields())?;
        Ok(Series { csv, csv_path, parquet, waiting: Vec::new() })
    }

    /// Appends reports, in the order given.
    ///
    /// # Errors
    /// `Failed` if they cannot be written, for example because the disk is full.
    pub fn append(&mut self, plan: &Plan, rows: &[StatisticRow]) -> Result<()> {
        for row in rows {
            self.csv.write_record(escape::fields(record(plan, row))).map_err(|cause| failed(&self.csv_path, cause))?;
        }
        self.csv.flush().map_err(|cause| Error::io("write", &self.csv_path, cause))?;
        self.waiting.extend_from_slice(rows);
        while self.waiting.len() >= GROUP_ROWS {
            let rest = self.waiting.split_off(GROUP_ROWS);
            let group = std::mem::replace(&mut self.waiting, rest);
            self.parquet.write(columns(plan, &group))?;
        }
        Ok(())
    }

    /// Completes both files; the manifest goes into the Parquet file under the key `texpop`.
    ///
    /// # Errors
    /// `Failed` if the last rows cannot be written.
    pub fn finish(mut self, plan: &Plan, manifest_json: &str) -> Result<()> {
        if !self.waiting.is_empty() {
            self.parquet.write(columns(plan, &self.waiting))?;
        }
        self.parquet.finish(&[("texpop", manifest_json)])?;
        self.csv.into_inner().map_err(|error| Error::io("write", &self.csv_path, error.into_error()))?.finish()
    }
}

pub(super) fn failed(path: &std::path::Path, cause: csv::Error) -> Error {
    Error::Failed(format!("could not write {}: {cause}", path.display()))
}

/// Arm, replicate from 1, cell type.
fn names<'a>(plan: &'a Plan, row: &StatisticRow) -> (&'a str, usize, Option<&'a str>) {
    let (arm, replicate) = plan.arm_and_replicate(row.tissue as usize);
    let cell_type = row.cell_type.map(|t| plan.cell_types[t as usize].name.as_str());
    (&plan.arms[arm].name, replicate + 1, cell_type)
}

fn record(plan: &Plan, row: &StatisticRow) -> [String; 6] {
    let (arm, replicate, cell_type) = names(plan, row);
    [
        arm.to_owned(),
        replicate.to_string(),
        number(hours(row.tick)),
        cell_type.unwrap_or_default().to_owned(),
        row.statistic.to_string(),
        row.value.map(number).unwrap_or_default(),
    ]
}

/// The shortest decimal that reads back as the same f64; powers of ten only where zeros would pile up.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-5..1e16).contains(&size) { value.to_string() } else { format!("{value:e}") }
}

fn columns(plan: &Plan, rows: &[StatisticRow]) -> Vec<Values> {
    let text = |text: &str| Some(ByteArray::from(text));
    vec![
        Values::Text(rows.iter().map(|row| text(names(plan, row).0)).collect()),
        Values::U32(rows.iter().map(|row| Some(names(plan, row).1 as i32)).collect()),
        Values::F64(rows.iter().map(|row| Some(hours(row.tick))).collect()),
        Values::Text(rows.iter().map(|row| names(plan, row).2.and_then(text)).collect()),
        Values::Text(rows.iter().map(|row| text(&row.statistic)).collect()),
        Values::F64(rows.iter().map(|row| row.value).collect()),
    ]
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_read_back_as_they_were() {
        for value in [0.0, 3.0, -0.1, 1.0 / 3.0, 1e-9, 6.02e23, f64::MAX, f64::MIN_POSITIVE] {
            let text = number(value);
            assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(value.to_bits()), "{text}");
            assert!(text.len() < 25, "{text}");
        }
        assert_eq!(number(24.0), "24");
    }
}
