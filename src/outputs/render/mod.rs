//! `texpop render`: pictures of snapshots, drawn from the files of a run folder alone.
//!
//! Letters come with the program, and all numbers are drawn with operations that IEEE 754 defines, so that equal run
//! folders give equal files on every machine.

mod canvas;
mod colours;
mod columns;
mod fields;
mod file;
mod page;
mod recorded;
mod scene;

pub use scene::Section;

use super::PendingFile;
use super::escape::plain;
use crate::cells::columns::column;
use crate::error::{Error, Result};
use crate::scenario::naming::file_part;
use fields::Plane;
use page::{Colouring, Style};
use recorded::{Recorded, Snapshot, refusal, unknown};
use scene::{Scene, Wanted};
use std::path::{Path, PathBuf};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct RenderOptions {
    pub run: PathBuf,
    /// The time in h; none: the last snapshot, or all of them.
    pub at_h: Option<f64>,
    /// All snapshots, one after the other.
    pub animate: bool,
    /// Column that gives the colours.
    pub color_by: String,
    pub section: Section,
    /// None: the first.
    pub arm: Option<String>,
    /// Counted from 1.
    pub replicate: usize,
    pub substrate: Option<String>,
    /// Least and greatest value of the colours of cells; none: those that are seen.
    pub range: Option<(f32, f32)>,
    /// None: named after the run, in the working folder.
    pub output: Option<PathBuf>,
    pub force: bool,
}

/// Draws what is asked for, and says where it is.
///
/// # Errors
/// `Input` for what is not in the run folder, or a file that is there already; `Failed` if a file cannot be read or
/// written.
pub fn render(request: &RenderOptions) -> Result<String> {
    let recorded = Recorded::open(&request.run)?;
    let arms: Vec<&str> = recorded.arms.iter().map(String::as_str).collect();
    let arm = request.arm.as_deref().or(arms.first().copied()).unwrap_or("");
    if !arms.contains(&arm) {
        return Err(unknown("arm", arm, &arms));
    }
    let replicates = recorded.seeds.len();
    if !(1..=replicates).contains(&request.replicate) {
        let message = format!("there is no replicate {}", request.replicate);
        return Err(refusal(message, format_args!("replicates are numbered 1 to {replicates}")));
    }
    check_section(request.section, &recorded)?;
    let snapshots: Vec<&Snapshot> = match request.at_h {
        _ if request.animate => recorded.snapshots.iter().collect(),
        Some(time_h) => vec![recorded.near(time_h)?],
        None => recorded.snapshots.last().into_iter().collect(),
    };
    let output = request.output.clone().unwrap_or_else(|| default_name(&recorded, request, arm, &snapshots));
    let mut file = begin(&output, request.force)?;
    let wanted = Wanted { arm, replicate: request.replicate, column: &request.color_by, section: request.section };
    let scenes = snapshots.iter().map(|it| Scene::read(&recorded, it, &wanted)).collect::<Result<Vec<Scene>>>()?;
    let planes = planes(&recorded, request, arm, &scenes)?;
    let style = style(&recorded, request, &wanted, &scenes, &planes);
    let texts = texts(&recorded, &wanted, &scenes);
    let mut picture = file::Picture::begin(&mut file, &output, style.size(), scenes.len(), &texts)?;
    for (number, scene) in scenes.iter().enumerate() {
        picture.add(&page::draw(&style, scene, planes.get(number)))?;
    }
    picture.finish()?;
    file.finish()?;
    let frames = if request.animate { format!(" ({} frames)", scenes.len()) } else { String::new() };
    Ok(format!("written to {}{frames}\n", output.display()))
}

/// A slice lies in the tissue, and a layer has none but its own.
fn check_section(section: Section, recorded: &Recorded) -> Result<()> {
    let Section::Slice { axis, at_um } = section else { return Ok(()) };
    if recorded.is_layer {
        let is_own = axis == 2 && at_um == 0.0;
        let way_out = "leave --slice out";
        return if is_own { Ok(()) } else { Err(refusal("a layer is seen from above, and has no slices", way_out)) };
    }
    let half_um = 0.5 * recorded.size_um[axis];
    if at_um.abs() <= half_um {
        return Ok(());
    }
    let name = scene::AXES[axis];
    let message = format!("the slice {name} = {at_um} um lies outside of the tissue");
    Err(refusal(message, format_args!("{name} goes from {} um to {half_um} um", -half_um)))
}

fn default_name(recorded: &Recorded, request: &RenderOptions, arm: &str, snapshots: &[&Snapshot]) -> PathBuf {
    let time = match snapshots {
        [one] if !request.animate => one.path.file_stem().map_or(String::new(), |it| it.to_string_lossy().into_owned()),
        _ => "animated".to_owned(),
    };
    // What stands in a manifest must not lead to another folder.
    let name = format!("{}_{}_{}_{time}.png", recorded.name, file_part(arm), request.replicate);
    PathBuf::from(name.replace(['/', '\\', '\0'], "_"))
}

/// Opens the file before anything is drawn.
fn begin(output: &Path, force: bool) -> Result<PendingFile> {
    if output.is_dir() {
        return Err(refusal(format_args!("{} is a folder", output.display()), "name a file with -o, such as -o a.png"));
    }
    if output.symlink_metadata().is_ok() && !force {
        let hint = "name another file with -o, or add --force to replace it";
        return Err(refusal(format_args!("{} is there already", output.display()), hint));
    }
    PendingFile::create(output)
}

fn planes(recorded: &Recorded, request: &RenderOptions, arm: &str, scenes: &[Scene]) -> Result<Vec<Plane>> {
    let Some(substrate) = &request.substrate else { return Ok(Vec::new()) };
    let read = |it: &Scene| Plane::read(recorded, it.time_h, substrate, request.section, (arm, request.replicate));
    scenes.iter().map(read).collect()
}

fn style(recorded: &Recorded, request: &RenderOptions, wanted: &Wanted, scenes: &[Scene], planes: &[Plane]) -> Style {
    let substrate = request.substrate.as_ref().map(|name| {
        let (low, high) = apart(joined(planes.iter().map(Plane::range)));
        (name.clone(), pretty_unit(&recorded.unit_of(name)), low, high)
    });
    let replicate = format!("replicate {}", wanted.replicate);
    let arm = format!("arm {}", wanted.arm);
    Style {
        title: if recorded.title.is_empty() { recorded.name.clone() } else { recorded.title.clone() },
        subtitles: vec![arm, replicate, request.section.words(recorded.is_layer)],
        section: request.section,
        is_flat: recorded.is_layer,
        cell_types: recorded.cell_types.clone(),
        colouring: colouring(request, scenes),
        shown: shown(recorded, &request.color_by),
        greys_dead: request.color_by != "fate",
        substrate,
        half_um: half_um(recorded, request.section, scenes),
    }
}

fn colouring(request: &RenderOptions, scenes: &[Scene]) -> Colouring {
    if request.color_by == "cell_type" {
        return Colouring::Types;
    }
    if scenes.iter().any(|scene| scene.has_names) {
        let names = scenes.iter().flat_map(|scene| scene.names.iter().cloned());
        return Colouring::Names(names.collect::<std::collections::BTreeSet<_>>().into_iter().collect());
    }
    let values = scenes.iter().flat_map(|scene| &scene.shapes).filter(|it| it.is_live && it.value.is_finite());
    let (low, high) = request.range.unwrap_or_else(|| apart(joined(values.map(|it| (it.value, it.value)))));
    Colouring::Numbers { low, high }
}

/// The range of several ranges.
fn joined(ranges: impl Iterator<Item = (f32, f32)>) -> (f32, f32) {
    ranges.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), it| (low.min(it.0), high.max(it.1)))
}

/// A range that is one, also where there is no value or one alone.
fn apart((low, high): (f32, f32)) -> (f32, f32) {
    match (low.is_finite(), high > low) {
        (false, _) => (0.0, 1.0),
        (true, true) => (low, high),
        (true, false) if low == 0.0 => (0.0, 1.0),
        (true, false) => (low - 0.5 * low.abs(), low + 0.5 * low.abs()),
    }
}

/// Half the edges of what is shown: the cells of all scenes with a margin, within the domain.
fn half_um(recorded: &Recorded, section: Section, scenes: &[Scene]) -> [f32; 2] {
    let [right, up, _] = section.axes();
    let reach = |of: fn(&scene::Shape) -> f32| {
        scenes.iter().flat_map(|scene| &scene.shapes).map(|it| of(it).abs() + it.radius).fold(0.0, f32::max)
    };
    let whole = |axis: usize| 0.5 * recorded.size_um[axis];
    // A square, unless the domain is narrower.
    let reach = 1.08 * reach(|it| it.right).max(reach(|it| it.up));
    [right, up].map(|axis| if reach > 0.0 { reach.min(whole(axis)) } else { whole(axis) })
}

/// Name and unit of a column as people write them: `volume_um3` is a volume in µm³.
fn shown(recorded: &Recorded, name: &str) -> (String, String) {
    let unit = column(name).map_or("", |it| it.unit);
    let ending = format!("_{}", unit.replace('/', "_per_"));
    let plain = if unit.is_empty() { name } else { name.strip_suffix(&ending).unwrap_or(name) };
    let plain = recorded.trait_name(name).unwrap_or_else(|| plain.to_owned());
    (plain.replace('_', " "), pretty_unit(unit))
}

fn pretty_unit(unit: &str) -> String {
    unit.replace("um", "µm").replace("^3", "³").replace("^2", "²").replace("µm3", "µm³").replace("µm2", "µm²")
}

fn texts(recorded: &Recorded, wanted: &Wanted, scenes: &[Scene]) -> Vec<(&'static str, String)> {
    let times: Vec<String> = scenes.iter().map(|scene| scene.time_h.to_string()).collect();
    let texts = [
        ("Title", plain(&recorded.title).into_owned()),
        ("Software", concat!("texpop ", env!("CARGO_PKG_VERSION")).to_owned()),
        ("scenario_hash", recorded.scenario_hash.clone()),
        ("seed", recorded.seeds.get(wanted.replicate - 1).cloned().unwrap_or_default()),
        ("arm", wanted.arm.to_owned()),
        ("replicate", wanted.replicate.to_string()),
        ("time_h", times.join(" ")),
    ];
    // What stands in a manifest may be anything, and PNG takes no control characters.
    texts.into_iter().map(|(name, it)| (name, it.chars().filter(|it| !it.is_control()).collect())).collect()
}

/// A time on the command line, in h.
///
/// # Errors
/// `Input` if it is none.
pub fn time_h(text: &str) -> Result<f64> {
    use crate::scenario::units::{Dimension, parse};
    let wrong = |fault: crate::scenario::units::UnitError| {
        refusal(
            format_args!("--at {text}: {}", fault.message),
            "write a time with its unit, such as --at 20d or --at 6h",
        )
    };
    let hours = parse(text, Dimension::TIME).map_err(wrong)? / 60.0;
    if hours < 0.0 { Err(Error::Input(format!("error: --at {text}: a run begins at 0 h"))) } else { Ok(hours) }
}
