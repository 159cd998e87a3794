//! Parquet files written column by column: zstd, and a dictionary for text.

use super::PendingFile;
use crate::error::{Error, Result};
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

/// Rows in a row group: large enough to compress well, small enough to buffer, at some 600 bytes a row of a snapshot.
pub const GROUP_ROWS: usize = 1 << 17;

/// What a column of a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    U32,
    U64,
    F32,
    F64,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: Cow<'static, str>,
    pub kind: Kind,
    /// Whether values may be missing.
    pub optional: bool,
}

/// A column that has a value in every row.
pub fn required(name: impl Into<Cow<'static, str>>, kind: Kind) -> Field {
    Field { name: name.into(), kind, optional: false }
}

/// A column that may lack values.
pub fn optional(name: impl Into<Cow<'static, str>>, kind: Kind) -> Field {
    Field { name: name.into(), kind, optional: true }
}

/// Values of a column in one row group; unsigned numbers as the signed ones with the same bits.
pub enum Values {
    Text(Vec<Option<ByteArray>>),
    U32(Vec<Option<i32>>),
    U64(Vec<Option<i64>>),
    F32(Vec<Option<f32>>),
    F64(Vec<Option<f64>>),
}

/// A Parquet file under way.
pub struct Table {
    writer: SerializedFileWriter<PendingFile>,
    optional: Vec<bool>,
    path: PathBuf,
}

impl Table {
    /// Begins a table with these columns.
    pub fn create(file: PendingFile, fields: &[Field]) -> Result<Table> {
        let path = file.path().to_path_buf();
        let failed = |cause| failed(&path, cause);
        let writer =
            SerializedFileWriter::new(file, schema(fields).map_err(failed)?, properties(fields).map_err(failed)?)
                .map_err(failed)?;
        Ok(Table { writer, optional: fields.iter().map(|field| field.optional).collect(), path })
    }

    /// Writes one row group, its columns in the order of the fields.
    pub fn write(&mut self, columns: Vec<Values>) -> Result<()> {
        write_group(&mut self.writer, &self.optional, columns).map_err(|cause| failed(&self.path, cause))
    }

    /// Completes the file, with named texts beside the data.
    pub fn finish(mut self, metadata: &[(&str, &str)]) -> Result<()> {
        for (key, value) in metadata {
            self.writer.append_key_value_metadata(KeyValue::new(key.to_string(), value.to_string()));
        }
        self.writer.into_inner().map_err(|cause| failed(&self.path, cause))?.finish()
    }
}

fn failed(path: &std::path::Path, cause: ParquetError) -> Error {
    Error::Failed(format!("could not write {}: {cause}", path.display()))
}

fn schema(fields: &[Field]) -> std::result::Result<TypePtr, ParquetError> {
    let columns = fields.iter().map(column_type).collect::<std::result::Result<_, _>>()?;
    Ok(Arc::new(Type::group_type_builder("texpop").with_fields(columns).build()?))
}

fn column_type(field: &Field) -> std::result::Result<TypePtr, ParquetError> {
    let (physical, logical) = match field.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::U32 => (Physical::INT32, Some(LogicalType::integer(32, false))),
        Kind::U64 => (Physical::INT64, Some(LogicalType::integer(64, false))),
        Kind::F32 => (Physical::FLOAT, None),
        Kind::F64 => (Physical::DOUBLE, None),
    };
    let repetition = if field.optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
    let builder = Type::primitive_type_builder(&field.name, physical).with_repetition(repetition);
    Ok(Arc::new(builder.with_logical_type(logical).with_converted_type(ConvertedType::NONE).build()?))
}

fn properties(fields: &[Field]) -> std::result::Result<WriterPropertiesPtr, ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("texpop ", env!("CARGO_PKG_VERSION")).into())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_dictionary_enabled(false);
    for field in fields.iter().filter(|field| field.kind == Kind::Text) {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(field.name.as_ref()), true);
    }
    Ok(Arc::new(properties.build()))
}

fn write_group(
    writer: &mut SerializedFileWriter<PendingFile>,
    optional: &[bool],
    columns: Vec<Values>,
) -> std::result::Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for (values, &optional) in columns.into_iter().zip(optional) {
        let Some(mut column) = group.next_column()? else { break };
        match values {
            Values::Text(values) => write_column::<ByteArrayType>(&mut column, values, optional)?,
            Values::U32(values) => write_column::<Int32Type>(&mut column, values, optional)?,
            Values::U64(values) => write_column::<Int64Type>(&mut column, values, optional)?,
            Values::F32(values) => write_column::<FloatType>(&mut column, values, optional)?,
            Values::F64(values) => write_column::<DoubleType>(&mut column, values, optional)?,
        }
        column.close()?;
    }
    group.close().map(|_| ())
}

fn write_column<T: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    values: Vec<Option<T::T>>,
    optional: bool,
) -> std::result::Result<(), ParquetError> {
    let levels: Option<Vec<i16>> = optional.then(|| values.iter().map(|value| i16::from(value.is_some())).collect());
    let present: Vec<T::T> = values.into_iter().flatten().collect();
    column.typed::<T>().write_batch(&present, levels.as_deref(), None).map(|_| ())
}
