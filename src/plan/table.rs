//! Cells from a table (`cells.csv`), as PhysiCell writes it: columns x, y, z (um about the middle) and type.
//!
//! Columns may come in any order, and others are ignored. A file of four columns without a header is read as
//! PhysiCell's first version: x, y, z, number of the cell type.

use super::Geometry;
use crate::error::{Error, Result};
use crate::scenario::faults::nearest;
use crate::scenario::read_bytes;
use csv::{ReaderBuilder, StringRecord, Trim};
use std::path::Path;

/// More faults than this are counted, not shown.
const SHOWN_FAULTS: usize = 10;

/// What a line holds, or what is wrong with it.
type Checked<T> = std::result::Result<T, String>;

/// A cell of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Line of the file, from 1.
    pub line: u64,
    pub position_um: [f32; 3],
    /// Number of the cell type.
    pub cell_type: usize,
}

/// Columns that a table needs besides `type`.
fn axes(geometry: Geometry) -> &'static [&'static str] {
    match geometry {
        Geometry::Tissue => &["x", "y", "z"],
        Geometry::Layer => &["x", "y"],
        Geometry::Culture => &[],
    }
}

/// Reads the cells of a table; `cell_types` are the names that it may use.
///
/// # Errors
/// `Error::Input` if the file cannot be read, has no cells, lacks a column, or holds something that is no number or
/// no cell type. All faults come together, each with line and column.
pub fn read(path: &Path, cell_types: &[&str], geometry: Geometry) -> Result<Vec<Row>> {
    let name = path.display().to_string();
    let bytes = read_bytes(path).map_err(|cause| {
        Error::Input(format!(
            "error: could not read the table of cells {name}: {cause}\n\nhint: the path is relative to the scenario"
        ))
    })?;
    parse(&name, &bytes, cell_types, geometry)
}

/// Reads the cells of a table from the bytes of the file called `name`.
///
/// # Errors
/// As [`read`].
pub fn parse(name: &str, bytes: &[u8], cell_types: &[&str], geometry: Geometry) -> Result<Vec<Row>> {
    let text = std::str::from_utf8(bytes).map_err(|cause| {
        Error::Input(format!("error: {name}: byte {} is not UTF-8 text\n\nhint: save it as UTF-8", cause.valid_up_to()))
    })?;
    let text = &unix(text);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let (mut rows, mut faults, mut columns) = (Vec::new(), Vec::new(), None);
    // The reader skips empty lines and remarks, and does not count them.
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    for ((_, line), record) in lines.zip(reader.records()) {
        let record = record.map_err(|cause| Error::Input(format!("error: {name}:{line}: {cause}")))?;
        if columns.is_none() {
            let (found, is_header) = find_columns(name, line, &record, geometry)?;
            columns = Some(found);
            if is_header {
                continue;
            }
        }
        let Some(columns) = &columns else { continue };
        match read_row(&record, columns, cell_types) {
            Ok((position_um, cell_type)) => rows.push(Row { line, position_um, cell_type }),
            Err(fault) => faults.push(format!("error: {name}:{line}: {fault}\n")),
        }
    }
    if rows.is_empty() && faults.is_empty() {
        faults.push(format!(
            "error: {name}: there are no cells in it\n\nhint: one line a cell, such as 10,-20,0,tumour\n"
        ));
    }
    finish(name, faults)?;
    Ok(rows)
}

/// The same text with lines that end as on Unix, and without a mark of its encoding. Old spreadsheets end lines with a
/// carriage return alone, where nobody but the reader of the fields sees an end.
pub fn unix(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n")
}

/// Fails if there are faults: with the first of them, and how many there are.
///
/// # Errors
/// `Error::Input`.
pub fn finish(name: &str, faults: Vec<String>) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let shown: String = faults.iter().take(SHOWN_FAULTS).cloned().collect();
    let more = faults.len().saturating_sub(SHOWN_FAULTS);
    let more = if more > 0 { format!(", {more} of them not shown") } else { String::new() };
    let plural = if faults.len() == 1 { "" } else { "s" };
    Err(Error::Input(format!("{shown}{name}: {} fault{plural}{more}", faults.len())))
}

/// Where the columns are: those of the axes, and the type.
#[derive(Debug)]
struct Columns {
    axes: Vec<(&'static str, usize)>,
    cell_type: usize,
}

/// Finds the columns by the first line; false if that is a cell already.
fn find_columns(name: &str, line: u64, first: &StringRecord, geometry: Geometry) -> Result<(Columns, bool)> {
    if first.len() == 4 && first.iter().all(|field| field.parse::<f64>().is_ok()) {
        let axes = axes(geometry).iter().copied().zip(0..).collect();
        return Ok((Columns { axes, cell_type: 3 }, false));
    }
    let position = |wanted: &str| first.iter().position(|field| field.eq_ignore_ascii_case(wanted));
    let all: Vec<&str> = axes(geometry).iter().copied().chain(["type"]).collect();
    let missing: Vec<&str> = all.iter().copied().filter(|wanted| position(wanted).is_none()).collect();
    if !missing.is_empty() {
        return Err(Error::Input(format!(
            "error: {name}:{line}: the header `{}` has no column {}\n\nhint: the columns {} are needed, in any order",
            first.iter().collect::<Vec<_>>().join(","),
            missing.join(", "),
            all.join(", ")
        )));
    }
    let axes = axes(geometry).iter().map(|axis| (*axis, position(axis).unwrap_or(0))).collect();
    Ok((Columns { axes, cell_type: position("type").unwrap_or(0) }, true))
}

/// Position and cell type, or what is wrong with the line.
fn read_row(record: &StringRecord, columns: &Columns, cell_types: &[&str]) -> Checked<([f32; 3], usize)> {
    let field = |name: &str, column: usize| {
        record.get(column).ok_or_else(|| format!("column {name} is missing: the line has only {} fields", record.len()))
    };
    let mut position_um = [0.0; 3];
    for (axis, &(name, column)) in columns.axes.iter().enumerate() {
        let text = field(name, column)?;
        position_um[axis] = match text.parse::<f32>() {
            Ok(value) if value.is_finite() => value,
            _ => return Err(format!("column {name} holds `{text}`; it must be a number, in um")),
        };
    }
    let text = field("type", columns.cell_type)?;
    Ok((position_um, type_number(text, cell_types)?))
}

/// The number of a cell type given by name, or by number as in PhysiCell's first version.
fn type_number(text: &str, cell_types: &[&str]) -> Checked<usize> {
    if let Some(number) = cell_types.iter().position(|name| *name == text) {
        return Ok(number);
    }
    // PhysiCell writes the number as a float at times.
    let number = text.parse::<f64>().ok().filter(|it| it.fract() == 0.0 && *it >= 0.0 && *it < cell_types.len() as f64);
    number.map(|it| it as usize).ok_or_else(|| {
        let close = nearest(text, cell_types).map(|it| format!("; did you mean `{it}`?")).unwrap_or_default();
        let last = cell_types.len().saturating_sub(1);
        format!(
            "column type holds `{text}`; it must be one of {}, or a number from 0 to {last}{close}",
            cell_types.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: &[&str] = &["tumour", "t_cell"];

    fn tissue(text: &str) -> Result<Vec<Row>> {
        parse("cells.csv", text.as_bytes(), TYPES, Geometry::Tissue)
    }

    fn row(line: u64, position_um: [f32; 3], cell_type: usize) -> Row {
        Row { line, position_um, cell_type }
    }

    #[test]
    fn columns_come_in_any_order_and_others_are_ignored() {
        let expected = [row(2, [1.0, -2.5, 3.0], 1), row(4, [4.0, 5.0, 6.0], 0)];
        assert_eq!(tissue("x,y,z,type\n1,-2.5,3,t_cell\n\n4,5,6,tumour\n").unwrap(), expected);
        let shuffled = "type, z, note, y, x\nt_cell, 3, a, -2.5, 1\n# a remark\ntumour, 6, b, 5, 4\n";
        assert_eq!(tissue(shuffled).unwrap(), expected);
        assert_eq!(tissue("\u{feff}x,y,z,type\r\n1,-2.5,3,t_cell\r\n\r\n4,5,6,tumour").unwrap(), expected);
    }

    #[test]
    fn lines_may_end_as_in_old_spreadsheets() {
        let expected = [row(2, [1.0, -2.5, 3.0], 1), row(4, [4.0, 5.0, 6.0], 0)];
        for end in ["\r", "\n", "\r\n"] {
            let text = ["x,y,z,type", "1,-2.5,3,t_cell", "# a remark", "4,5,6,tumour", ""].join(end);
            assert_eq!(tissue(&text).unwrap(), expected, "{end:?}");
        }
    }

    #[test]
    fn four_numbers_are_the_first_version() {
        assert_eq!(tissue("1,2,3,1\n4,5,6,0.0\n").unwrap(), [row(1, [1.0, 2.0, 3.0], 1), row(2, [4.0, 5.0, 6.0], 0)]);
    }

    #[test]
    fn a_layer_needs_no_z_and_a_culture_no_place() {
        let layer = parse("a", b"x,y,type\n1,2,tumour\n", TYPES, Geometry::Layer).unwrap();
        assert_eq!(layer, [row(2, [1.0, 2.0, 0.0], 0)]);
        let flattened = parse("a", b"x,y,z,type\n1,2,9,tumour\n", TYPES, Geometry::Layer).unwrap();
        assert_eq!(flattened, layer);
        assert_eq!(parse("a", b"type\nt_cell\n", TYPES, Geometry::Culture).unwrap(), [row(2, [0.0; 3], 1)]);
    }

    #[test]
    fn faults_name_line_and_column() {
        for (text, parts) in [
            ("x,y,type\n1,2,tumour\n", &["cells.csv:1:", "no column z", "x, y, z, type"][..]),
            ("x,y,z,type\n1,2,3,tumour\n1,two,3,tumour\n", &["cells.csv:3:", "column y", "`two`", "a number"]),
            ("x,y,z,type\n1,2,nan,tumour\n", &["cells.csv:2:", "column z", "`nan`"]),
            ("x,y,z,type\n1,2,3,tumor\n", &["cells.csv:2:", "`tumor`", "tumour, t_cell", "did you mean `tumour`?"]),
            ("1,2,3,2\n", &["cells.csv:1:", "from 0 to 1"]),
            ("x,y,z,type\n1,2,3\n", &["cells.csv:2:", "column type is missing", "3 fields"]),
            ("x,y,z,type\na,2,3,tumour\nb,2,3,tumour\n", &["cells.csv:2:", "cells.csv:3:", "2 faults"]),
            ("", &["no cells"]),
            ("x,y,z,type\n", &["no cells"]),
        ] {
            let Err(Error::Input(message)) = tissue(text) else { panic!("{text} was read") };
            for part in parts {
                assert!(message.contains(part), "{text}: {message}");
            }
        }
    }

    #[test]
    fn many_faults_are_counted_but_not_all_shown() {
        let Err(Error::Input(message)) = tissue(&("x,y,z,type\n".to_owned() + &"a,0,0,tumour\n".repeat(25))) else {
            panic!("letters were read")
        };
        assert_eq!(message.matches("error:").count(), 10);
        assert!(message.ends_with("25 faults, 15 of them not shown"), "{message}");
    }

    #[test]
    fn bytes_that_are_no_text_and_files_that_are_not_there() {
        let Err(Error::Input(message)) = parse("a.csv", &[0x78, 0xff], TYPES, Geometry::Tissue) else { panic!() };
        assert!(message.contains("a.csv: byte 1 is not UTF-8"), "{message}");
        let Err(Error::Input(message)) = read(Path::new("/nowhere/cells.csv"), TYPES, Geometry::Tissue) else {
            panic!()
        };
        assert!(message.contains("/nowhere/cells.csv"), "{message}");
    }
}
