//! Cells from a table (`cells.csv`), as PhysiCell writes it: columns x, y, z (um about the middle) and type, and where they
//! are there volume (um³) and `custom:NAME`, the value of the trait NAME.
//!
//! Columns may come in any order; a warning names those that nothing reads. A file of four columns without a header is
//! read as PhysiCell's first version: x, y, z, number of the cell type in the order of the scenario.

mod columns;

use super::{Geometry, Listed};
use crate::error::{Error, Result};
use crate::scenario::faults::nearest;
use crate::scenario::read_bytes;
use columns::{Columns, find_columns};
use csv::{ReaderBuilder, StringRecord, Trim};
use std::path::Path;

/// More faults than this are counted, not shown.
const SHOWN_FAULTS: usize = 10;

/// What a line holds, or what is wrong with it.
type Checked<T> = std::result::Result<T, String>;

/// A cell type that a table may name.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub name: &'a str,
    pub traits: &'a [String],
}

/// A cell of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TableRow {
    /// Line of the file, from 1.
    pub line: u64,
    /// Number of the cell type.
    pub cell_type: usize,
    pub cell: Listed,
}

/// What a table holds, and what of it is not read: messages, each with a way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub rows: Vec<TableRow>,
    pub warnings: Vec<(String, String)>,
}

/// Reads the cells of a table; `types` are the cell types that it may name, in the order of their numbers.
///
/// # Errors
/// `Error::Input` if the file cannot be read, has no cells, lacks a column, or holds something that is no number or
/// no cell type. All faults come together, each with line and column.
pub fn read(path: &Path, types: &[Known], geometry: Geometry) -> Result<Table> {
    let name = path.display().to_string();
    let bytes = read_bytes(path).map_err(|cause| {
        Error::Input(format!(
            "error: could not read the table of cells {name}: {cause}\n\nhint: the path is relative to the scenario"
        ))
    })?;
    parse(&name, &bytes, types, geometry)
}

/// Reads the cells of a table from the bytes of the file called `name`.
///
/// # Errors
/// As [`read`].
pub fn parse(name: &str, bytes: &[u8], types: &[Known], geometry: Geometry) -> Result<Table> {
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
            let (found, is_header) = find_columns(name, line, &record, types, geometry)?;
            columns = Some(found);
            if is_header {
                continue;
            }
        }
        let Some(columns) = &mut columns else { continue };
        match read_row(&record, columns, types) {
            Ok((cell_type, cell)) => rows.push(TableRow { line, cell_type, cell }),
            Err(fault) => faults.push(format!("error: {name}:{line}: {fault}\n")),
        }
    }
    if rows.is_empty() && faults.is_empty() {
        faults.push(format!(
            "error: {name}: there are no cells in it\n\nhint: one line a cell, such as 10,-20,0,tumour\n"
        ));
    }
    finish(name, faults)?;
    let warnings = columns.map_or_else(Vec::new, |columns| columns.warnings(name, types, geometry));
    Ok(Table { rows, warnings })
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

/// Cell type and cell, or what is wrong with the line. Notes values that are not read.
fn read_row(record: &StringRecord, columns: &mut Columns, types: &[Known]) -> Checked<(usize, Listed)> {
    let field = |name: &str, column: usize| {
        record.get(column).ok_or_else(|| format!("column {name} is missing: the line has only {} fields", record.len()))
    };
    let mut position_um = [0.0; 3];
    for (axis, &(name, column)) in columns.axes.iter().enumerate() {
        position_um[axis] = number(name, field(name, column)?, "a number, in um")?;
    }
    let cell_type = type_number(field("type", columns.cell_type)?, types)?;
    let mut volume_um3 = None;
    if let Some(text) = columns.volume.and_then(|column| given(record, column)) {
        let wanted = "a volume above 0, in um^3";
        let value = number("volume", text, wanted)?;
        if value <= 0.0 {
            return Err(format!("column volume holds `{text}`; it must be {wanted}"));
        }
        volume_um3 = Some(value);
    }
    let mut traits = [None; 2];
    for (name, column) in &columns.traits {
        let Some(text) = given(record, *column) else { continue };
        match types[cell_type].traits.iter().position(|known| known == name) {
            Some(place) if place < traits.len() => {
                traits[place] = Some(number(&format!("custom:{name}"), text, "a number")?);
            }
            _ => drop(columns.lacking.insert((name.clone(), cell_type))),
        }
    }
    for (_, column, count) in &mut columns.idle {
        let is_zero = given(record, *column).is_none_or(|text| text.parse() == Ok(0.0));
        *count += u64::from(!is_zero);
    }
    Ok((cell_type, Listed { position_um, volume_um3, traits }))
}

/// A field that says something: PhysiCell takes an empty one and the word `skip` for none.
fn given(record: &StringRecord, column: usize) -> Option<&str> {
    record.get(column).filter(|text| !text.is_empty() && !text.eq_ignore_ascii_case("skip"))
}

fn number(name: &str, text: &str, wanted: &str) -> Checked<f32> {
    let value = text.parse::<f32>().ok().filter(|value| value.is_finite());
    value.ok_or_else(|| format!("column {name} holds `{text}`; it must be {wanted}"))
}

/// The number of a cell type given by name, or by number as in PhysiCell's first version.
fn type_number(text: &str, types: &[Known]) -> Checked<usize> {
    if let Some(number) = types.iter().position(|known| known.name == text) {
        return Ok(number);
    }
    // PhysiCell writes the number as a float at times.
    let number = text.parse::<f64>().ok().filter(|it| it.fract() == 0.0 && *it >= 0.0 && *it < types.len() as f64);
    number.map(|it| it as usize).ok_or_else(|| {
        let names: Vec<&str> = types.iter().map(|known| known.name).collect();
        let numbered: Vec<String> = names.iter().enumerate().map(|(number, name)| format!("{number} {name}")).collect();
        let close = nearest(text, &names).map(|it| format!("; did you mean `{it}`?")).unwrap_or_default();
        format!(
            "column type holds `{text}`; it must be one of {}, or its number in the order of the scenario: {}{close}",
            names.join(", "),
            numbered.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, geometry: Geometry) -> Result<Table> {
        let traits = ["antigen", "stress"].map(str::to_owned);
        let types = [Known { name: "tumour", traits: &traits }, Known { name: "t_cell", traits: &[] }];
        parse("cells.csv", text.as_bytes(), &types, geometry)
    }

    fn tissue(text: &str) -> Result<Vec<TableRow>> {
        parsed(text, Geometry::Tissue).map(|it| it.rows)
    }

    fn row(line: u64, position_um: [f32; 3], cell_type: usize) -> TableRow {
        TableRow { line, cell_type, cell: Listed { position_um, volume_um3: None, traits: [None; 2] } }
    }

    #[test]
    fn columns_come_in_any_order() {
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
        let layer = parsed("x,y,type\n1,2,tumour\n", Geometry::Layer).unwrap();
        assert_eq!(layer, Table { rows: vec![row(2, [1.0, 2.0, 0.0], 0)], warnings: vec![] });
        assert_eq!(parsed("x,y,z,type\n1,2,0.0,tumour\n", Geometry::Layer).unwrap(), layer, "as PhysiCell writes it");
        let flattened = parsed("x,y,z,type\n1,2,9,tumour\n", Geometry::Layer).unwrap();
        assert_eq!(flattened.rows, layer.rows);
        assert!(flattened.warnings[0].0.contains("column z of cells.csv is not read"), "{flattened:?}");
        let culture = parsed("type\nt_cell\n", Geometry::Culture).unwrap();
        assert_eq!(culture, Table { rows: vec![row(2, [0.0; 3], 1)], warnings: vec![] });
    }

    #[test]
    fn volumes_and_traits_are_read_and_other_columns_named() {
        let text = "x,y,z,type,volume,cycle entry,custom:antigen,custom:sample\n\
                    1,2,3,tumour,700,0.1,0.5,7\n4,5,6,tumour,skip,,,\n7,8,9,t_cell,900,,2,\n";
        let Table { rows, warnings } = parsed(text, Geometry::Tissue).unwrap();
        let given: Vec<_> = rows.iter().map(|it| (it.cell.volume_um3, it.cell.traits)).collect();
        assert_eq!(given, [(Some(700.0), [Some(0.5), None]), (None, [None; 2]), (Some(900.0), [None; 2])]);
        let warnings: Vec<&str> = warnings.iter().map(|it| it.0.as_str()).collect();
        let [columns, lacking] = warnings[..] else { panic!("{warnings:?}") };
        assert_eq!(columns, "columns `cycle entry`, `custom:sample` of cells.csv are not read");
        assert_eq!(lacking, "column custom:antigen of cells.csv is not read for t_cell, which lacks that trait");
        for bad in ["0", "-3", "nan", "inf", "big"] {
            let Err(Error::Input(said)) = tissue(&format!("x,y,z,type,volume\n1,2,3,tumour,{bad}\n")) else {
                panic!("{bad} is no volume")
            };
            assert!(said.contains("cells.csv:2: column volume holds") && said.contains("um^3"), "{said}");
        }
    }

    #[test]
    fn faults_name_line_and_column() {
        for (text, parts) in [
            ("x,y,type\n1,2,tumour\n", &["cells.csv:1:", "no column z", "x, y, z, type"][..]),
            ("x,y,z,type\n1,2,3,tumour\n1,two,3,tumour\n", &["cells.csv:3:", "column y", "`two`", "a number"]),
            ("x,y,z,type\n1,2,nan,tumour\n", &["cells.csv:2:", "column z", "`nan`"]),
            ("x,y,z,type\n1,2,3,tumor\n", &["cells.csv:2:", "`tumor`", "tumour, t_cell", "did you mean `tumour`?"]),
            ("1,2,3,2\n", &["cells.csv:1:", "0 tumour, 1 t_cell"]),
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
        let Err(Error::Input(message)) = parse("a.csv", &[0x78, 0xff], &[], Geometry::Tissue) else { panic!() };
        assert!(message.contains("a.csv: byte 1 is not UTF-8"), "{message}");
        let Err(Error::Input(message)) = read(Path::new("/nowhere/cells.csv"), &[], Geometry::Tissue) else { panic!() };
        assert!(message.contains("/nowhere/cells.csv"), "{message}");
    }
}
