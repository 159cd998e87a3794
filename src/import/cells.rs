//! The cells at the start of a project: tables of cells, and numbers of cells placed at random.

use super::definitions::Definition;
use super::project::Project;
use super::report::{Kind, Place};
use super::space::Space;
use super::toml_text::{Text, quoted};
use super::xml::{Settings, is_enabled, text_of};
use crate::error::Error;
use crate::plan::Geometry;
use crate::plan::table::{self, Known};

/// Columns of a table that are carried over.
const COLUMNS: [&str; 5] = ["x", "y", "z", "type", "volume"];

/// Writes `[[place]]`; the table of cells that it names, if there is one.
pub fn cells(
    settings: &Settings,
    project: &Project,
    all: &[Definition],
    space: &Space,
    table_name: &str,
    text: &mut Text,
) -> Option<String> {
    let table = placed(settings, project, all, space, table_name, text);
    if *text == Text::default()
        && let Some(node) = settings.at(settings.root, "cell_definitions")
    {
        settings.note(Kind::Differs, node, "there are no cells at the start: add [[place]]");
    }
    table
}

fn placed(
    settings: &Settings,
    project: &Project,
    all: &[Definition],
    space: &Space,
    table_name: &str,
    text: &mut Text,
) -> Option<String> {
    numbers(settings, all, text);
    let node = settings.at(settings.root, "initial_conditions/cell_positions")?;
    settings.see_all(node);
    if !is_enabled(node) {
        return None;
    }
    if let Some(other) = node.attribute("type").filter(|it| !it.eq_ignore_ascii_case("csv")) {
        settings.fault(node, format!("cells of the type `{other}` are not read; save them as a table, type=\"csv\""));
        return None;
    }
    let folder = settings.at(node, "folder").map_or("", text_of);
    let Some(file) = settings.at(node, "filename").map(text_of).filter(|it| !it.is_empty()) else {
        settings.fault(node, "the table of cells has no filename".into());
        return None;
    };
    let (name, bytes) = project.read(settings, node, folder, file)?;
    let written = rewritten(settings, &name, &bytes, all, space)?;
    text.header("[[place]]");
    text.key("table", &quoted(table_name), &settings.source(node));
    Some(written)
}

/// Cells of each type at random places, as the plain template of a project puts them.
fn numbers(settings: &Settings, all: &[Definition], text: &mut Text) {
    let Some(node) = settings.at(settings.root, "user_parameters/number_of_cells") else { return };
    let Ok(count) = text_of(node).parse::<u32>() else {
        settings.fault(node, format!("number_of_cells holds `{}`, which is no whole number", text_of(node)));
        return;
    };
    for own in all.iter().filter(|_| count > 0) {
        text.header("[[place]]");
        text.key("cell_type", &quoted(own.name), "");
        text.key("count", &count.to_string(), &settings.source(node));
    }
}

/// The table with names for numbers, counted from the middle of the domain.
fn rewritten(settings: &Settings, name: &str, bytes: &[u8], all: &[Definition], space: &Space) -> Option<String> {
    let count = all.iter().map(|it| it.id + 1).max().unwrap_or(0).min(1 << 16);
    let mut names = vec![""; count];
    for own in all.iter().filter(|it| it.id < count) {
        names[own.id] = own.name;
    }
    let geometry = if space.is_layer { Geometry::Layer } else { Geometry::Tissue };
    let types: Vec<Known> = names.iter().map(|name| Known { name, traits: &[] }).collect();
    let rows = match table::parse(name, bytes, &types, geometry) {
        Ok(table) => table.rows,
        Err(Error::Input(message)) | Err(Error::Failed(message)) => {
            let message = message.trim_start_matches("error: ").trim_end().to_owned();
            settings.report.borrow_mut().fault(Place { file: name.to_owned(), line: 0 }, message);
            return None;
        }
        Err(_) => return None,
    };
    others(settings, name, bytes);
    let has_volumes = rows.iter().any(|row| row.cell.volume_um3.is_some());
    let mut written = format!("x,y,z,type{}\n", if has_volumes { ",volume" } else { "" });
    let mut outside = Vec::new();
    for row in &rows {
        let own = names[row.cell_type];
        let at = [0, 1, 2].map(|axis| f64::from(row.cell.position_um[axis]) - space.middle_um[axis]);
        let dimensions = if space.is_layer { 2 } else { 3 };
        let is_inside = (0..dimensions).all(|axis| at[axis].abs() <= 0.5 * space.edges_um[axis]);
        if own.is_empty() || !is_inside {
            outside.push(row.line as usize);
            continue;
        }
        let [x, y, z] = at.map(|it| it as f32);
        let z = if space.is_layer { 0.0 } else { z };
        let volume = row.cell.volume_um3.map_or(String::new(), |volume| volume.to_string());
        let volume = if has_volumes { format!(",{volume}") } else { String::new() };
        written.push_str(&format!("{x},{y},{z},{}{volume}\n", field(own)));
    }
    for line in outside {
        let place = Place { file: name.to_owned(), line };
        let reason = "the cell lies outside of the domain, or is of no cell type, and is left out";
        settings.report.borrow_mut().add(Kind::Lost, &place, "cell", reason);
    }
    Some(written)
}

/// A field of a table, in quotes where it needs them.
fn field(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// Columns that are not carried over and hold something.
fn others(settings: &Settings, name: &str, bytes: &[u8]) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let Ok(header) = reader.headers().cloned() else { return };
    if header.iter().all(|it| it.parse::<f64>().is_ok()) {
        return;
    }
    let is_other = |title: &str| !COLUMNS.iter().any(|it| title.eq_ignore_ascii_case(it));
    let mut filled = vec![false; header.len()];
    for record in reader.records().map_while(Result::ok) {
        record.iter().zip(&mut filled).for_each(|(it, filled)| *filled |= !it.is_empty());
    }
    for (title, _) in header.iter().zip(filled).filter(|(title, is_filled)| *is_filled && is_other(title)) {
        let (kind, reason) = match title.to_ascii_lowercase() {
            it if it.starts_with("custom") => (Kind::Unused, "no rule reads it, and C++ is not carried over"),
            _ => (Kind::Lost, "cells differ in type and place alone; make a cell type for those that differ in more"),
        };
        let place = Place { file: name.to_owned(), line: 1 };
        settings.report.borrow_mut().add(kind, &place, &format!("column {title}"), reason);
    }
}
