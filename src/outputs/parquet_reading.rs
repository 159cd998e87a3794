//! Opening Parquet files that may come from anyone.
//!
//! A few bytes can claim any number of rows, and a page any size, for which a reader takes memory before it looks further.
//! Each page is headed by a struct in Thrift's compact protocol (<https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>),
//! whose fields 2 and 3 are its sizes before and after compression.

use super::reading::{open_plain, unreadable};
use super::table::GROUP_ROWS;
use crate::error::Result;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The longest page that is read. Those of texpop have up to 1 MiB.
const MOST_PAGE_BYTES: u64 = 16 << 20;

/// The longest column of a row group that is read, as it is in the file.
const MOST_COLUMN_BYTES: u64 = 64 << 20;

/// Structs within structs, of which a page header has two.
const MOST_DEPTH: u32 = 8;

/// Opens a file, after a look at the sizes that it claims.
///
/// # Errors
/// `Input` if it cannot be read, or holds larger parts than texpop writes.
pub fn open(path: &Path) -> Result<SerializedFileReader<File>> {
    let refused = |cause: &dyn std::fmt::Display| unreadable(path, &cause);
    let mut file = open_plain(path).map_err(|cause| refused(&cause))?;
    let again = file.try_clone().map_err(|cause| refused(&cause))?;
    let reader = SerializedFileReader::new(again).map_err(|cause| refused(&cause))?;
    for group in reader.metadata().row_groups() {
        if !usize::try_from(group.num_rows()).is_ok_and(|rows| rows <= GROUP_ROWS) {
            return Err(refused(&format!("a row group has more than {GROUP_ROWS} rows")));
        }
        for column in group.columns() {
            let bytes = bytes_of(&mut file, column).map_err(|cause| refused(&cause))?;
            if !bytes.is_some_and(|bytes| are_small(&bytes)) {
                let name = column.column_path().string();
                return Err(refused(&format!("the column {name} is damaged, or has longer pages than texpop writes")));
            }
        }
    }
    Ok(reader)
}

/// The pages of a column; none where they lie nowhere or are too many.
fn bytes_of(file: &mut File, column: &ColumnChunkMetaData) -> std::io::Result<Option<Vec<u8>>> {
    let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
    let place = u64::try_from(start).ok().zip(u64::try_from(column.compressed_size()).ok());
    let Some((start, length)) = place.filter(|it| it.1 <= MOST_COLUMN_BYTES) else { return Ok(None) };
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(length).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 == length).then_some(bytes))
}

/// Whether pages follow each other to the end, and none becomes too long.
fn are_small(mut pages: &[u8]) -> bool {
    while !pages.is_empty() {
        let mut sizes = [None; 2];
        let read = structure(&mut pages, MOST_DEPTH, &mut |field, value| {
            if let 2 | 3 = field {
                sizes[field as usize - 2] = Some(value);
            }
        });
        let [Some(uncompressed), Some(compressed)] = sizes else { return false };
        let rest = usize::try_from(compressed).ok().and_then(|length| pages.get(length..));
        let Some(rest) = rest.filter(|_| read.is_some() && uncompressed <= MOST_PAGE_BYTES) else { return false };
        pages = rest;
    }
    true
}

/// Reads a struct, and tells of its own whole numbers: number of the field, and value. None if it is none.
fn structure(from: &mut &[u8], depth: u32, tell: &mut dyn FnMut(u64, u64)) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    let mut field = 0u64;
    loop {
        let head = byte(from)?;
        if head == 0 {
            return Some(());
        }
        // A short form has the step from the last field; a long one its number.
        field = if head >> 4 == 0 { varint(from)? >> 1 } else { field.checked_add(u64::from(head >> 4))? };
        match head & 15 {
            // Truth values stand in the head.
            1 | 2 => {}
            // Whole numbers are doubled, and negative ones odd.
            4..=6 => {
                let value = varint(from)?;
                tell(field, if value & 1 == 0 { value >> 1 } else { u64::MAX });
            }
            kind => skip(from, kind, depth)?,
        }
    }
}

/// Goes past a value of a kind that page headers have.
fn skip(from: &mut &[u8], kind: u8, depth: u32) -> Option<()> {
    match kind {
        1..=3 => byte(from).map(drop),
        4..=6 => varint(from).map(drop),
        7 => past(from, 8),
        8 => {
            let length = varint(from)?;
            past(from, usize::try_from(length).ok()?)
        }
        12 => structure(from, depth, &mut |_, _| ()),
        // Neither lists nor maps are in a page header.
        _ => None,
    }
}

fn past(from: &mut &[u8], length: usize) -> Option<()> {
    *from = from.get(length..)?;
    Some(())
}

fn byte(from: &mut &[u8]) -> Option<u8> {
    let (first, rest) = from.split_first()?;
    *from = rest;
    Some(*first)
}

/// Seven bits a byte, the lowest first; the eighth says that more come.
fn varint(from: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let next = byte(from)?;
        value |= u64::from(next & 127) << shift;
        if next < 128 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of five bytes that says to become so many: type 0, both sizes, and a header of its kind.
    fn page(uncompressed: &[u8], rest: &[u8]) -> Vec<u8> {
        [&[0x15, 0x00, 0x15], uncompressed, &[0x15, 0x0a, 0x2c, 0x15, 0x02, 0x11, 0x00, 0x00], rest].concat()
    }

    #[test]
    fn pages_are_measured_by_their_heads() {
        let good = page(&[0x80, 0x80, 0x80, 0x10], &[1, 2, 3, 4, 5]);
        assert!(are_small(&good) && are_small(&[good.clone(), good.clone()].concat()));
        assert!(!are_small(&page(&[0x82, 0x80, 0x80, 0x10], &[1, 2, 3, 4, 5])), "16 MiB and a byte");
        assert!(!are_small(&page(&[0x01], &[1, 2, 3, 4, 5])), "a negative size");
        assert!(!are_small(&page(&[0x02], &[1, 2, 3, 4])), "an end too early");
        assert!(!are_small(&[0x1c; 100]), "structs without end");
        assert!(!are_small(&[0x00]), "a page without sizes");
    }
}
