//! Substrates, their grid, and what cells exchange with them, as the device wants them.

use super::diagnostics::Diagnostics;
use super::regions::Space;
use crate::plan::rules::signals;
use crate::plan::substrates::{Cycles, LANES, MOST_SUBSTRATES, PACKING};
use crate::plan::{Boundary, ExchangeParameters, Geometry, Grid, Parameters, Substrate, SubstrateBoundary, Substrates};
use crate::scenario::levels::{Level, LevelKind};
use crate::scenario::naming::quoted;
use crate::scenario::substrates as given;
use crate::scenario::substrates::CellSubstrate;
use crate::scenario::{CellType, Scenario};
use bytemuck::Zeroable;
use std::collections::BTreeMap;

/// Edge of voxels where the scenario does not say: what PhysiCell's users know.
const DEFAULT_VOXEL_UM: f64 = 20.0;
/// Voxels of one tissue at most, so that a buffer stays below 4 GiB.
const MOST_VOXELS: f64 = (1u64 << 28) as f64;
/// Cycles of a solve at most.
const MOST_CYCLES: u32 = 100;
/// Columns of `fields/*.parquet` beside the substrates.
const OTHER_COLUMNS: [&str; 5] = ["arm", "replicate", "x_um", "y_um", "z_um"];
/// Faces, in the order of `SubstrateBoundary::Fixed`.
const FACES: [&str; 6] = ["x_low", "x_high", "y_low", "y_high", "z_low", "z_high"];

/// All substrates of a scenario; None if it has none.
pub fn substrates(
    scenario: &Scenario,
    space: &Space,
    boundary: Boundary,
    diagnostics: &mut Diagnostics,
) -> Option<Substrates> {
    if scenario.substrates.is_empty() {
        let is_unused = scenario.diffusion == given::Diffusion::default();
        diagnostics.require(
            is_unused,
            "diffusion",
            "there are no substrates that could diffuse",
            "add [substrates.NAME]",
        );
        return None;
    }
    if space.geometry == Geometry::Culture {
        let hint = "substrates diffuse in a tissue or a layer";
        diagnostics.add("substrates", "a culture is stirred: nothing diffuses in it", hint);
        return None;
    }
    let count = scenario.substrates.len();
    let message = format!("there are {count} substrates; at most {MOST_SUBSTRATES} can be told apart");
    diagnostics.require(count <= MOST_SUBSTRATES, "substrates", message, "");
    let is_fed = scenario.drugs.values().any(|drug| drug.substrate.is_some());
    let usual = if is_fed { Cycles::WITH_DRUGS } else { Cycles::USUAL };
    let cycles = scenario.diffusion.cycles.map_or(usual, |it| Cycles::always(it.0.clamp(1, MOST_CYCLES)));
    if let Some(given) = scenario.diffusion.cycles {
        let message = format!("cycles is {}; it must be from 1 to {MOST_CYCLES}", given.0);
        let hint = "4 will do; 1 or 2 where levels change little in a step";
        diagnostics.require((1..=MOST_CYCLES).contains(&given.0), "diffusion.cycles", message, hint);
    }
    let kinds = kinds(scenario, diagnostics);
    let each = scenario.substrates.iter();
    Some(Substrates {
        grid: grid(scenario, space, diagnostics),
        cycles,
        list: each.map(|(name, it)| substrate(name, it, kinds[name.as_str()], space, boundary, diagnostics)).collect(),
    })
}

/// Whole voxels, about as wide as asked for; as high as wide in a layer.
fn grid(scenario: &Scenario, space: &Space, diagnostics: &mut Diagnostics) -> Grid {
    let voxel_um = scenario.diffusion.voxel.map_or(DEFAULT_VOXEL_UM, |it| it.0);
    let counts: Vec<f64> = space.edges_um.iter().map(|edge| (edge / voxel_um).round().max(1.0)).collect();
    let count: f64 = counts.iter().product();
    let message = format!("that makes {count:.3e} voxels; at most {MOST_VOXELS:.0} can be counted");
    let path = if scenario.diffusion.voxel.is_some() { "diffusion.voxel" } else { "domain.size" };
    diagnostics.require(count <= MOST_VOXELS, path, message, "choose wider voxels, or a smaller domain");
    let width = |axis: usize| space.edges_um.get(axis).map_or(voxel_um, |edge| edge / counts[axis]) as f32;
    let along = |axis: usize| counts.get(axis).map_or(1, |count| count.min(MOST_VOXELS) as u32);
    Grid { voxels: [0, 1, 2].map(along), voxel_um: [0, 1, 2].map(width) }
}

/// Kind of each substrate's levels; those that differ from it are faults.
fn kinds<'a>(scenario: &'a Scenario, diagnostics: &mut Diagnostics) -> BTreeMap<&'a str, LevelKind> {
    let mut found = BTreeMap::new();
    for (name, it) in &scenario.substrates {
        let own = |key: &str| format!("substrates.{}.{key}", quoted(name));
        let mut levels: Vec<(String, Level)> = it.initial.map(|level| (own("initial"), level)).into_iter().collect();
        levels.extend(it.boundary_value.map(|level| (own("boundary_value"), level)));
        levels.extend(it.faces.iter().map(|(face, level)| (own(&format!("faces.{face}")), *level)));
        for (cell_type, of_type) in &scenario.cell_types {
            let target = of_type.substrates.get(name).and_then(|it| it.target);
            levels.extend(
                target.map(|level| {
                    (format!("cell_types.{}.substrates.{}.target", quoted(cell_type), quoted(name)), level)
                }),
            );
        }
        // What is 0 is 0 in any unit.
        levels.retain(|(_, level)| level.value > 0.0 || level.kind != LevelKind::Number);
        check_range(name, &levels, diagnostics);
        let kind = levels.first().map_or_else(|| of_cytokine(scenario, name), |(_, level)| level.kind);
        for (path, level) in levels {
            let message = format!("{name} is given {} here, and {} elsewhere", given_in(level.kind), given_in(kind));
            diagnostics.require(level.kind == kind, path, message, "all levels of a substrate have one unit");
        }
        found.insert(name.as_str(), kind);
    }
    found
}

/// Levels of a substrate that are all right, in its unit: those less than 2^-60 of the highest are 0, as are all that are
/// less than 2^-80, and what is many times as much as the highest is still a number.
const LEVELS: [f64; 2] = [1.0 / 1_048_576.0, 1_099_511_627_776.0];

/// Warns of levels that are too low or too high in the unit that they have.
fn check_range(name: &str, levels: &[(String, Level)], diagnostics: &mut Diagnostics) {
    let Some((path, highest)) = levels.iter().max_by(|a, b| a.1.value.total_cmp(&b.1.value)) else { return };
    let (value, [low, high]) = (highest.value, LEVELS);
    if value == 0.0 || (low..=high).contains(&value) {
        return;
    }
    let unit = if highest.kind == LevelKind::Number { String::new() } else { format!(" {}", highest.kind.unit()) };
    let message = format!(
        "the highest level of {name} is {value:e}{unit}: it should be from {low:.0e} to {high:.0e}, or rounding may change results"
    );
    let hint =
        "multiply all levels of the substrate by one factor, thresholds of rules too: results are the same in any unit";
    diagnostics.warn(path.as_str(), message, hint);
}

/// Kind of a substrate of which no level is given: where it is a cytokine, that of its level of half a signal, or nM.
fn of_cytokine(scenario: &Scenario, name: &str) -> LevelKind {
    let is_it = |given: &Option<String>| given.as_deref() == Some(name);
    let halves = scenario.cell_types.values().flat_map(|it| {
        let induces = it.immunogenicity.iter().filter(|it| is_it(&it.ifn_gamma)).map(|it| it.ifn_gamma_half);
        let secreted = it.cytokines.iter().filter(|it| is_it(&it.ifn_gamma)).map(|_| None);
        induces.chain(secreted).chain(it.cytokines.iter().filter(|it| is_it(&it.il2)).map(|it| it.il2_half))
    });
    let kinds: Vec<_> = halves.map(|half| half.map(|it| it.kind)).collect();
    match kinds.is_empty() {
        true => LevelKind::Number,
        false => kinds.into_iter().flatten().next().unwrap_or(LevelKind::Molarity),
    }
}

fn given_in(kind: LevelKind) -> String {
    if kind == LevelKind::Number { "without unit".to_owned() } else { format!("in {}", kind.unit()) }
}

fn substrate(
    name: &str,
    it: &given::Substrate,
    kind: LevelKind,
    space: &Space,
    domain: Boundary,
    diagnostics: &mut Diagnostics,
) -> Substrate {
    let path = format!("substrates.{}", quoted(name));
    let message = format!("{name} is the name of a column of fields");
    diagnostics.require(!OTHER_COLUMNS.contains(&name), path.as_str(), message, "choose another name");
    let message = format!("{name} is the name of a signal of rules");
    diagnostics.require(!signals::is_general(name), path.as_str(), message, "choose another name");
    let boundary = boundary(it, &path, space, domain, diagnostics);
    let is_open = matches!(boundary, SubstrateBoundary::Fixed(_) | SubstrateBoundary::Held { .. });
    let is_lost = it.decay.0 > 0.0 || (is_open && it.diffusion.0 > 0.0);
    let message = format!("{name} has no steady state: it is lost nowhere");
    let hint = "give it a decay, or a boundary to which it can diffuse, or leave quasi_steady out";
    diagnostics.require(!it.quasi_steady || is_lost, format!("{path}.quasi_steady"), message, hint);
    Substrate {
        name: name.to_owned(),
        kind,
        diffusion_um2_per_min: it.diffusion.0 as f32,
        decay_per_min: it.decay.0 as f32,
        initial: it.initial.map_or(0.0, |level| level.value as f32),
        highest_given: highest_at_boundary(&boundary).max(it.initial.map_or(0.0, |level| level.value as f32)),
        is_quasi_steady: it.quasi_steady,
        settling_per_min: it.decay.0 as f32,
        boundary,
    }
}

fn boundary(
    it: &given::Substrate,
    path: &str,
    space: &Space,
    domain: Boundary,
    diagnostics: &mut Diagnostics,
) -> SubstrateBoundary {
    use given::SubstrateBoundary as Given;
    let by_domain = if domain == Boundary::Periodic { Given::Periodic } else { Given::NoFlux };
    let boundary = it.boundary.unwrap_or(by_domain);
    let is_fixed = boundary == Given::Fixed;
    let has_value = it.boundary_value.is_some();
    let message = "faces have values only where boundary is \"fixed\"";
    diagnostics.require(is_fixed || it.faces.is_empty(), format!("{path}.faces"), message, "set boundary = \"fixed\"");
    let message = "the boundary has no value";
    diagnostics.require(
        !has_value || is_fixed || boundary == Given::Held,
        format!("{path}.boundary_value"),
        "this boundary has no value",
        "set boundary = \"fixed\" or \"held\"",
    );
    let is_held = boundary == Given::Held;
    let beyond = "beyond is where a held substrate begins";
    diagnostics.require(is_held == it.beyond.is_some(), path, beyond, "boundary = \"held\" and beyond go together");
    match boundary {
        Given::NoFlux => SubstrateBoundary::NoFlux,
        Given::Periodic => SubstrateBoundary::Periodic,
        Given::Fixed => {
            let has_one = has_value == it.faces.is_empty();
            let hint = "boundary_value = \"38 mmHg\" holds at all faces, faces = { x_low = \"38 mmHg\" } at some";
            diagnostics.require(has_one, path, "a fixed boundary has either a boundary_value or faces", hint);
            SubstrateBoundary::Fixed(faces(it, path, space, diagnostics))
        }
        Given::Held => {
            diagnostics.require(has_value, path, message, "such as boundary_value = \"38 mmHg\"");
            let value = it.boundary_value.map_or(0.0, |level| level.value as f32);
            SubstrateBoundary::Held { beyond_um: it.beyond.map_or(f32::MAX, |it| it.0 as f32), value }
        }
    }
}

/// The highest level at a boundary; 0 where it has none.
fn highest_at_boundary(boundary: &SubstrateBoundary) -> f32 {
    match boundary {
        SubstrateBoundary::Fixed(faces) => faces.iter().flatten().fold(0.0, |most, &level| most.max(level)),
        SubstrateBoundary::Held { value, .. } => *value,
        SubstrateBoundary::NoFlux | SubstrateBoundary::Periodic => 0.0,
    }
}

fn faces(it: &given::Substrate, path: &str, space: &Space, diagnostics: &mut Diagnostics) -> [Option<f32>; 6] {
    let known = &FACES[..2 * space.edges_um.len()];
    let everywhere = it.boundary_value.map(|level| level.value as f32);
    let mut values = [None; 6];
    values[..known.len()].fill(everywhere);
    for (face, level) in &it.faces {
        if let Some(number) = diagnostics.number(format!("{path}.faces.{}", quoted(face)), "face", face, known) {
            values[number] = Some(level.value as f32);
        }
    }
    values
}

/// Rows of what cell types exchange with substrates: see `Parameters::exchange`.
pub fn exchange(
    scenario: &Scenario,
    substrates: Option<&Substrates>,
    diagnostics: &mut Diagnostics,
) -> Vec<ExchangeParameters> {
    let names: Vec<&str> = scenario.substrates.keys().map(String::as_str).collect();
    let columns = substrates.map_or(0, Substrates::columns);
    let mut rows = vec![ExchangeParameters::zeroed(); columns * scenario.cell_types.len()];
    for (own, (cell_type, it)) in scenario.cell_types.iter().enumerate() {
        for (name, exchange) in &it.substrates {
            let path = format!("cell_types.{}.substrates.{}", quoted(cell_type), quoted(name));
            let number = known_substrate(name, &names, &path, diagnostics);
            let message = "cells that secrete need a target, the level toward which they do";
            let has_target = exchange.secretion.0 == 0.0 || exchange.target.is_some();
            diagnostics.require(has_target, path.as_str(), message, "such as target = 1");
            if let (Some(number), true) = (number, columns > 0) {
                rows[own * columns + number] = row(exchange);
            }
        }
    }
    rows
}

/// Lets substrates settle as fast as decay and the cells of any arm make them, where these are packed, and finds the highest
/// of the levels that are given.
pub fn settle<'a>(substrates: &mut Substrates, arms: impl Iterator<Item = &'a Parameters> + Clone) {
    let columns = substrates.columns();
    for (number, it) in substrates.list.iter_mut().enumerate() {
        let rows = arms.clone().flat_map(|arm| arm.exchange.iter().skip(number).step_by(columns));
        let by_cells = rows.map(|row| row.secretion_per_min + row.uptake_per_min).fold(0.0, f32::max);
        it.settling_per_min = it.decay_per_min + PACKING as f32 * by_cells;
        let targets = arms.clone().flat_map(|arm| arm.exchange.iter().skip(number).step_by(columns));
        let target = targets.map(|row| row.target).fold(0.0, f32::max);
        it.highest_given = target.max(it.highest_given);
        if it.highest_given == 0.0 {
            it.highest_given = 1.0;
        }
    }
}

/// Number of a substrate that something names.
pub(crate) fn known_substrate(name: &str, names: &[&str], path: &str, diagnostics: &mut Diagnostics) -> Option<usize> {
    if names.is_empty() {
        diagnostics.add(path, format!("there is no substrate `{name}`"), &format!("add [substrates.{}]", quoted(name)));
        return None;
    }
    diagnostics.number(path, "substrate", name, names)
}

fn row(it: &CellSubstrate) -> ExchangeParameters {
    ExchangeParameters {
        secretion_per_min: it.secretion.0 as f32,
        target: it.target.map_or(0.0, |level| level.value as f32),
        uptake_per_min: it.uptake.0 as f32,
        dead_secretion: it.dead_secretion.0 as f32,
        dead_uptake: it.dead_uptake.0 as f32,
    }
}

/// Direction of a walk along or against a gradient: 1 + number of the substrate, or 0, and the sign.
pub fn gradient(it: &CellType, path: &str, names: &[&str], diagnostics: &mut Diagnostics) -> (u32, f32) {
    let (follows, avoids) = (&it.motility.follows, &it.motility.avoids);
    let message = "cells follow one gradient or avoid one";
    let is_one = follows.is_none() || avoids.is_none();
    diagnostics.require(is_one, format!("{path}.motility.avoids"), message, "leave follows or avoids out");
    let (name, key, sign) = match (follows, avoids) {
        (Some(name), _) => (name, "follows", 1.0),
        (None, Some(name)) => (name, "avoids", -1.0),
        (None, None) => return (0, 0.0),
    };
    let number = known_substrate(name, names, &format!("{path}.motility.{key}"), diagnostics);
    (number.map_or(0, |number| number as u32 + 1), sign)
}

const _: () = assert!(MOST_SUBSTRATES.is_multiple_of(LANES));
