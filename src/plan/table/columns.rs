//! Which columns of a table of cells are read, and which are not.

use super::{Geometry, Known};
use crate::error::{Error, Result};
use csv::StringRecord;
use std::collections::BTreeSet;

/// Columns that a table needs besides `type`.
pub(super) fn axes(geometry: Geometry) -> &'static [&'static str] {
    match geometry {
        Geometry::Tissue => &["x", "y", "z"],
        Geometry::Layer => &["x", "y"],
        Geometry::Culture => &[],
    }
}

/// Before the name of a column that PhysiCell calls a custom variable of the cell.
const CUSTOM: &str = "custom:";
/// Names of the column of volumes.
const VOLUME: [&str; 2] = ["volume", "volume.total"];

/// Where the columns are, and what is not read.
#[derive(Debug)]
pub(super) struct Columns {
    pub axes: Vec<(&'static str, usize)>,
    pub cell_type: usize,
    pub volume: Option<usize>,
    /// Names of traits that some cell type has.
    pub traits: Vec<(String, usize)>,
    /// Coordinates that cells do not have here, and how many values of each are not 0.
    pub idle: Vec<(&'static str, usize, u64)>,
    /// Names of columns that nothing reads.
    pub ignored: Vec<String>,
    /// Traits for which the table has values of a cell type that lacks them.
    pub lacking: BTreeSet<(String, usize)>,
}

/// Finds the columns by the first line; false if that is a cell already.
pub(super) fn find_columns(
    name: &str,
    line: u64,
    first: &StringRecord,
    types: &[Known],
    geometry: Geometry,
) -> Result<(Columns, bool)> {
    let needed = axes(geometry);
    let is_first_version = first.len() == 4 && first.iter().all(|field| field.parse::<f64>().is_ok());
    let labels: Vec<&str> = if is_first_version { vec!["x", "y", "z", "type"] } else { first.iter().collect() };
    let position = |wanted: &str| labels.iter().position(|label| label.eq_ignore_ascii_case(wanted));
    let all: Vec<&str> = needed.iter().copied().chain(["type"]).collect();
    let missing: Vec<&str> = all.iter().copied().filter(|wanted| position(wanted).is_none()).collect();
    if !missing.is_empty() {
        return Err(Error::Input(format!(
            "error: {name}:{line}: the header `{}` has no column {}\n\nhint: the columns {} are needed, in any order",
            labels.join(","),
            missing.join(", "),
            all.join(", ")
        )));
    }
    let mut columns = Columns {
        axes: needed.iter().filter_map(|axis| Some((*axis, position(axis)?))).collect(),
        cell_type: position("type").unwrap_or(0),
        volume: VOLUME.iter().find_map(|label| position(label)),
        traits: Vec::new(),
        idle: Vec::new(),
        ignored: Vec::new(),
        lacking: BTreeSet::new(),
    };
    for (number, label) in labels.iter().enumerate() {
        columns.sort_out(number, label, types);
    }
    Ok((columns, !is_first_version))
}

impl Columns {
    /// Notes a column that is neither a coordinate, nor the type, nor the volume.
    fn sort_out(&mut self, number: usize, label: &str, types: &[Known]) {
        let is_axis = self.axes.iter().any(|it| it.1 == number);
        if is_axis || number == self.cell_type || self.volume == Some(number) {
            return;
        }
        let axis = ["x", "y", "z"].into_iter().find(|axis| label.eq_ignore_ascii_case(axis));
        if let Some(axis) = axis.filter(|axis| !self.axes.iter().any(|it| it.0 == *axis)) {
            return self.idle.push((axis, number, 0));
        }
        let custom = label.strip_prefix(CUSTOM).filter(|name| !self.traits.iter().any(|it| it.0 == *name));
        match custom.filter(|name| types.iter().any(|it| it.traits.iter().any(|known| known == name))) {
            Some(name) => self.traits.push((name.to_owned(), number)),
            None if label.is_empty() => self.ignored.push(format!("number {}, which has no name", number + 1)),
            None => self.ignored.push(format!("`{label}`")),
        }
    }

    /// What was not read, each with a way out.
    pub fn warnings(&self, name: &str, types: &[Known], geometry: Geometry) -> Vec<(String, String)> {
        let mut warnings = Vec::new();
        if !self.ignored.is_empty() {
            let (plural, are) = if self.ignored.len() == 1 { ("", "is") } else { ("s", "are") };
            let message = format!("column{plural} {} of {name} {are} not read", self.ignored.join(", "));
            let hint = "columns that are read: x, y, z, type, volume in um^3, and custom:NAME where a cell type has a \
                        trait NAME; give everything else in [cell_types.NAME]";
            warnings.push((message, hint.to_owned()));
        }
        for (axis, _, count) in self.idle.iter().filter(|it| it.2 > 0) {
            let why = if geometry == Geometry::Layer {
                "cells of a layer lie in a plane"
            } else {
                "cells of a culture have no places"
            };
            let message = format!("column {axis} of {name} is not read: {why}; values other than 0: {count}");
            warnings.push((message, "in geometry = \"tissue\" cells have three coordinates".to_owned()));
        }
        for (name_of_trait, cell_type) in &self.lacking {
            let owner = types[*cell_type].name;
            let message =
                format!("column custom:{name_of_trait} of {name} is not read for {owner}, which lacks that trait");
            warnings.push((message, format!("add [cell_types.{owner}.traits.{name_of_trait}]")));
        }
        warnings
    }
}
