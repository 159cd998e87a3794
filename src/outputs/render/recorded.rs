//! A run folder as it is found: what its manifest says of the tissues, and the snapshots there are.

use super::scene::MOST_UM;
use crate::compile::MOST_TYPES;
use crate::error::{Error, Result};
use crate::outputs::reading::{no_manifest, read_manifest};
use crate::scenario::faults::nearest;
use crate::scenario::units::{self, Dimension};
use serde_json::Value;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Snapshots whose time is off by this part of the asked one, or by 0.02 h, are near enough: names round times.
const NEAR: f64 = 0.01;

/// A file of a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    pub time_h: f64,
    pub path: PathBuf,
}

/// What a run folder holds.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub name: String,
    path: PathBuf,
    pub title: String,
    pub scenario_hash: String,
    pub arms: Vec<String>,
    /// Seeds of the replicates.
    pub seeds: Vec<String>,
    pub cell_types: Vec<String>,
    pub size_um: [f32; 3],
    pub is_layer: bool,
    pub is_periodic: bool,
    /// Of each substrate, as the scenario has it.
    scenario: Value,
    /// In the order of time.
    pub snapshots: Vec<Snapshot>,
}

/// A wrong input, with a way out.
pub fn refusal(message: impl std::fmt::Display, hint: impl std::fmt::Display) -> Error {
    Error::Input(format!("error: {message}\n\nhint: {hint}"))
}

/// A name that is not among the known ones.
pub fn unknown(kind: &str, name: &str, known: &[&str]) -> Error {
    let hint = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there is none in this run".to_owned(),
        None => format!("there are {}", known.join(", ")),
    };
    refusal(format_args!("there is no {kind} `{name}`"), hint)
}

impl Recorded {
    /// Reads the manifest and looks for snapshots.
    ///
    /// # Errors
    /// `Input` if this is no run folder, or there are no cells to be drawn.
    pub fn open(path: &Path) -> Result<Recorded> {
        let shown = path.display();
        if !path.is_dir() {
            let hint = "give the folder that `texpop run` wrote, such as runs/quickstart";
            return Err(refusal(format_args!("{shown}: there is no such folder"), hint));
        }
        let mut manifest = manifest(path)?;
        let scenario = manifest["scenario"].take();
        let snapshots = snapshots(path, "cells")?;
        if snapshots.is_empty() {
            let hint = "ask for them in the scenario, such as [snapshots] every = \"6 h\", and run it again";
            return Err(refusal(format_args!("{shown} has no snapshots of cells"), hint));
        }
        let name = path.canonicalize().ok().and_then(|it| it.file_name().map(|it| it.to_string_lossy().into_owned()));
        let domain = &scenario["domain"];
        if domain["geometry"] == "culture" {
            let hint = "series.csv and overview.svg tell what happened in it";
            return Err(refusal("cells of a culture have no place that could be drawn", hint));
        }
        let cell_types: Vec<String> =
            scenario["cell_types"].as_object().map_or(Vec::new(), |it| it.keys().cloned().collect());
        if cell_types.is_empty() || cell_types.len() > MOST_TYPES {
            return Err(broken(path));
        }
        Ok(Recorded {
            name: name.unwrap_or_else(|| "run".into()),
            path: path.to_owned(),
            title: text(&manifest["title"]),
            scenario_hash: text(&manifest["scenario_hash"]),
            arms: list(&manifest["arms"]).iter().map(text).collect(),
            seeds: list(&manifest["replicates"]).iter().map(|it| text(&it["seed"])).collect(),
            cell_types,
            size_um: size_um(domain).ok_or_else(|| broken(path))?,
            is_layer: domain["geometry"] == "layer",
            is_periodic: domain["boundary"] == "periodic",
            scenario,
            snapshots,
        })
    }

    /// The snapshot near a time.
    ///
    /// # Errors
    /// `Input` with the times there are.
    pub fn near(&self, time_h: f64) -> Result<&Snapshot> {
        let off = |it: &&Snapshot| (it.time_h - time_h).abs();
        let found = self.snapshots.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
        found.filter(|it| off(it) <= (NEAR * time_h).max(0.02)).ok_or_else(|| {
            let times: Vec<String> = self.snapshots.iter().map(|it| format!("{}h", it.time_h)).collect();
            refusal(
                format_args!("there is no snapshot near {time_h} h"),
                format_args!("there are {}", times.join(", ")),
            )
        })
    }

    /// The fields of a time, if they were written.
    pub fn fields_at(&self, time_h: f64) -> Result<Option<PathBuf>> {
        let found = snapshots(&self.path, "fields")?.into_iter().find(|it| (it.time_h - time_h).abs() < 1e-6);
        Ok(found.map(|it| it.path))
    }

    /// Unit of a substrate: that of any level that is given of it, all of which have one. Empty if it has none.
    pub fn unit_of(&self, substrate: &str) -> String {
        let own = &self.scenario["substrates"][substrate];
        let faces = own["faces"].as_object().into_iter().flat_map(|it| it.values());
        let types = self.scenario["cell_types"].as_object().into_iter().flat_map(|it| it.values());
        let targets = types.map(|it| &it["substrates"][substrate]["target"]);
        let mut levels = [&own["initial"], &own["boundary_value"]].into_iter().chain(faces).chain(targets);
        let unit = levels.find_map(|it| it.as_str()?.split_once(' ')).map(|it| it.1);
        unit.unwrap_or_default().to_owned()
    }

    /// What the scenario calls a column: the trait behind `trait_first` or `trait_second`, if all types that have it
    /// agree.
    pub fn trait_name(&self, column: &str) -> Option<String> {
        let mut names = self.cell_types.iter().filter_map(|it| self.trait_of(column, it)?);
        let first = names.next()?;
        names.all(|name| name == first).then_some(first)
    }

    /// Whether cells of a type have a value in a column: those without a trait have none behind its numbers.
    pub fn has_value(&self, column: &str, cell_type: &str) -> bool {
        self.trait_of(column, cell_type).is_none_or(|name| name.is_some())
    }

    /// None if the column holds no trait; else the name of that of a cell type, if it has one.
    fn trait_of(&self, column: &str, cell_type: &str) -> Option<Option<String>> {
        let number = ["trait_first", "trait_second"].iter().position(|it| *it == column)?;
        let traits = self.scenario["cell_types"][cell_type]["traits"].as_object();
        Some(traits.and_then(|it| it.keys().nth(number)).cloned())
    }
}

fn manifest(path: &Path) -> Result<Value> {
    read_manifest(path).map_err(|cause| match cause.kind() {
        ErrorKind::NotFound => {
            let hint = "give the folder that `texpop run` wrote; it holds manifest.json";
            refusal(format_args!("{} is no run folder", path.display()), hint)
        }
        _ => no_manifest(path, &cause),
    })
}

fn broken(path: &Path) -> Error {
    refusal(format_args!("{}/manifest.json is not that of a run", path.display()), "run the scenario again")
}

/// Files of a part of the folder, `t000048.00h.parquet`, by time.
fn snapshots(path: &Path, part: &str) -> Result<Vec<Snapshot>> {
    let folder = path.join(part);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let failed = |cause| Error::io("read the folder", &folder, cause);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
        let time = name.strip_prefix('t').and_then(|rest| rest.strip_suffix("h.parquet"));
        if let Some(time_h) = time.and_then(|it| it.parse::<f64>().ok()) {
            found.push(Snapshot { time_h, path });
        }
    }
    found.sort_by(|a, b| a.time_h.total_cmp(&b.time_h));
    Ok(found)
}

/// Edges of the domain; a layer is flat.
fn size_um(domain: &Value) -> Option<[f32; 3]> {
    let mut size = [0.0; 3];
    for (axis, edge) in list(&domain["size"]).iter().take(3).enumerate() {
        size[axis] = units::parse(edge.as_str()?, Dimension::LENGTH).ok()? as f32;
    }
    let is_edge = |it: &f32| (1e-3..MOST_UM).contains(it);
    let is_flat = domain["geometry"] == "layer" && size[2] == 0.0;
    (is_edge(&size[0]) && is_edge(&size[1]) && (is_flat || is_edge(&size[2]))).then_some(size)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("").to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_of_a_substrate_is_that_of_its_levels() {
        let scenario = serde_json::json!({
            "substrates": {
                "oxygen": { "initial": null, "boundary_value": "38 mmHg", "faces": {} },
                "nutrient": { "initial": 0.0, "boundary_value": null, "faces": { "x_low": "5000000 nM" } },
                "factor": { "initial": null, "boundary_value": null, "faces": {} },
                "il_2": { "initial": null, "boundary_value": null, "faces": {} },
            },
            "cell_types": {
                "a": { "substrates": {} },
                "b": { "substrates": { "factor": { "target": 1.0 }, "il_2": { "target": "0.3 ng/mL" } } },
            },
        });
        let recorded = Recorded {
            name: String::new(),
            path: PathBuf::new(),
            title: String::new(),
            scenario_hash: String::new(),
            arms: vec![],
            seeds: vec![],
            cell_types: vec![],
            size_um: [0.0; 3],
            is_layer: false,
            is_periodic: false,
            scenario,
            snapshots: vec![],
        };
        let units = ["oxygen", "nutrient", "factor", "il_2"].map(|name| recorded.unit_of(name));
        assert_eq!(units, ["mmHg", "nM", "", "ng/mL"]);
    }
}
