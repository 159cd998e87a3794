//! Columns of a Parquet file, read for the rows of one tissue.

use super::recorded::unknown;
use crate::error::Result;
use crate::outputs::parquet_reading;
use crate::outputs::reading::unreadable;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Values of a column, row by row.
#[derive(Clone, Debug)]
pub enum Column {
    /// NaN where there is none.
    Numbers(Vec<f32>),
    Texts(Vec<Option<ByteArray>>),
}

impl Column {
    /// The numbers; none of a column of texts.
    pub fn numbers(self) -> Vec<f32> {
        match self {
            Column::Numbers(values) => values,
            Column::Texts(_) => Vec::new(),
        }
    }

    /// The texts; none of a column of numbers.
    pub fn texts(self) -> Vec<Option<ByteArray>> {
        match self {
            Column::Texts(values) => values,
            Column::Numbers(_) => Vec::new(),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Column::Numbers(values) => values.len(),
            Column::Texts(values) => values.len(),
        }
    }

    fn extend(&mut self, more: Column, keep: &[bool]) {
        let kept = |row: &usize| keep.get(*row).copied().unwrap_or(true);
        match (self, more) {
            (Column::Numbers(all), Column::Numbers(new)) => {
                all.extend(new.into_iter().enumerate().filter(|(row, _)| kept(row)).map(|it| it.1));
            }
            (Column::Texts(all), Column::Texts(new)) => {
                all.extend(new.into_iter().enumerate().filter(|(row, _)| kept(row)).map(|it| it.1));
            }
            _ => {}
        }
    }
}

/// A file whose columns can be read.
pub struct ColumnTable {
    reader: SerializedFileReader<File>,
    names: Vec<String>,
    path: PathBuf,
}

impl ColumnTable {
    /// Opens a file.
    ///
    /// # Errors
    /// `Input` if it cannot be read.
    pub fn open(path: &Path) -> Result<ColumnTable> {
        let reader = parquet_reading::open(path)?;
        let columns = reader.metadata().file_metadata().schema_descr().columns();
        let names = columns.iter().map(|column| column.name().to_owned()).collect();
        Ok(ColumnTable { reader, names, path: path.to_owned() })
    }

    /// Names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }

    /// Columns of one tissue.
    ///
    /// # Errors
    /// `Input` with the nearest name if there is no such column, or if the file cannot be read.
    pub fn columns(&self, names: &[&str], arm: &str, replicate: usize) -> Result<Vec<Column>> {
        let place = |name: &&str| {
            let found = self.names.iter().position(|it| it == name);
            found.ok_or_else(|| unknown("column", name, &self.names()))
        };
        let wanted = names.iter().map(place).collect::<Result<Vec<usize>>>()?;
        let (arm_at, replicate_at) = (place(&"arm")?, place(&"replicate")?);
        let mut columns: Vec<Option<Column>> = vec![None; names.len()];
        for number in 0..self.reader.num_row_groups() {
            let group = self.reader.get_row_group(number).map_err(|cause| unreadable(&self.path, &cause))?;
            let read = |at: usize| read(group.as_ref(), at).map_err(|cause| unreadable(&self.path, &cause));
            let of_arm = read(arm_at)?.texts().into_iter().map(|it| it.is_some_and(|it| it.data() == arm.as_bytes()));
            let of_replicate = read(replicate_at)?.numbers().into_iter().map(|it| it == replicate as f32);
            let keep: Vec<bool> = of_arm.zip(of_replicate).map(|(arm, replicate)| arm && replicate).collect();
            if !keep.contains(&true) {
                continue;
            }
            for (column, &at) in columns.iter_mut().zip(&wanted) {
                let new = read(at)?;
                let empty = match new {
                    Column::Numbers(_) => Column::Numbers(Vec::new()),
                    Column::Texts(_) => Column::Texts(Vec::new()),
                };
                column.get_or_insert(empty).extend(new, &keep);
            }
        }
        Ok(columns.into_iter().map(|it| it.unwrap_or(Column::Numbers(Vec::new()))).collect())
    }
}

/// A column of a row group.
fn read(group: &dyn RowGroupReader, at: usize) -> std::result::Result<Column, ParquetError> {
    let rows = group.metadata().num_rows() as usize;
    Ok(match group.get_column_reader(at)? {
        ColumnReader::ByteArrayColumnReader(mut column) => Column::Texts(values(&mut column, rows)?),
        ColumnReader::Int32ColumnReader(mut column) => numbers(&mut column, rows, |it| it as u32 as f32)?,
        ColumnReader::Int64ColumnReader(mut column) => numbers(&mut column, rows, |it| it as u64 as f32)?,
        ColumnReader::FloatColumnReader(mut column) => numbers(&mut column, rows, |it| it)?,
        ColumnReader::DoubleColumnReader(mut column) => numbers(&mut column, rows, |it| it as f32)?,
        _ => Column::Numbers(vec![f32::NAN; rows]),
    })
}

fn numbers<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    rows: usize,
    number: impl Fn(T::T) -> f32,
) -> std::result::Result<Column, ParquetError> {
    let values = values(column, rows)?.into_iter();
    Ok(Column::Numbers(values.map(|it| it.map_or(f32::NAN, &number)).collect()))
}

fn values<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    rows: usize,
) -> std::result::Result<Vec<Option<T::T>>, ParquetError> {
    let (mut present, mut levels) = (Vec::new(), Vec::new());
    let mut read = 0;
    while read < rows {
        let (records, ..) = column.read_records(rows - read, Some(&mut levels), None, &mut present)?;
        if records == 0 {
            break;
        }
        read += records;
    }
    // A column that must have values has no levels.
    if levels.is_empty() {
        return Ok(present.into_iter().map(Some).collect());
    }
    let mut present = present.into_iter();
    Ok(levels.iter().map(|level| if *level > 0 { present.next() } else { None }).collect())
}
