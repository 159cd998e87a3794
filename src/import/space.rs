//! Domain, times, options and what is saved.

use super::report::Kind;
use super::toml_text::{Text, quantity, quoted};
use super::xml::{Settings, text_of};
use roxmltree::Node;

/// Shortest step of texpop in min; steps are multiples of it.
const TICK_MIN: f64 = 0.01;
/// The mechanics step where a project does not say, PhysiCell's default.
const MECHANICS_MIN: f64 = 0.1;

/// What other parts of an import need to know of the domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Space {
    pub is_layer: bool,
    /// The middle of the domain, in the coordinates of the project.
    pub middle_um: [f64; 3],
    pub edges_um: [f64; 3],
    /// Step of the mechanics, and of contacts.
    pub mechanics_min: f64,
}

/// Axes and the keys of their ends.
const AXES: [(&str, &str, &str); 3] = [("x_min", "x_max", "dx"), ("y_min", "y_max", "dy"), ("z_min", "z_max", "dz")];

/// Title, duration, seed, domain, clocks and voxels.
pub fn space(settings: &Settings, title: &str, text: &mut Text) -> Option<Space> {
    let root = settings.root;
    let Some(domain) = settings.at(root, "domain") else {
        settings.fault(root, "there is no domain".into());
        return None;
    };
    text.key("title", &quoted(title), "");
    duration(settings, text);
    seed(settings, text);
    text.remark(
        "Steps, potentials and the order of what happens in a step are nearest to PhysiCell's with this preset.",
    );
    text.key("preset", "\"fine\"", "");
    let is_layer = settings.is_true_at(domain, "use_2D");
    let dimensions = if is_layer { 2 } else { 3 };
    let mut space = Space { is_layer, middle_um: [0.0; 3], edges_um: [0.0; 3], mechanics_min: MECHANICS_MIN };
    for (axis, (low, high, _)) in AXES.iter().enumerate() {
        let (low, high) = ends(settings, domain, low, high)?;
        (space.middle_um[axis], space.edges_um[axis]) = (0.5 * (low + high), high - low);
    }
    text.header("[domain]");
    text.key("geometry", if is_layer { "\"layer\"" } else { "\"tissue\"" }, "domain/use_2D");
    let edges: Vec<String> = space.edges_um[..dimensions].iter().map(|edge| quantity(*edge, "um")).collect();
    text.key("size", &format!("[{}]", edges.join(", ")), &settings.source(domain));
    text.key("boundary", "\"closed\"", "options/virtual_wall_at_domain_edge");
    if space.middle_um[..dimensions].iter().any(|middle| *middle != 0.0) {
        let middle = space.middle_um[..dimensions].iter().map(|it| it.to_string()).collect::<Vec<_>>().join(", ");
        let reason = format!("coordinates are counted from the middle of the domain, which was at ({middle})");
        settings.note(Kind::Differs, domain, &reason);
    }
    space.mechanics_min = clocks(settings, text);
    voxels(settings, domain, &space, text);
    options(settings);
    Some(space)
}

fn ends<'a>(settings: &Settings<'a>, domain: Node<'a, 'a>, low: &str, high: &str) -> Option<(f64, f64)> {
    let ends = settings.number_at(domain, low).zip(settings.number_at(domain, high));
    match ends {
        Some((from, to)) if from < to => Some((from, to)),
        Some((from, to)) => {
            settings.fault(domain, format!("{low} is {from} and {high} is {to}; the domain must have a width"));
            None
        }
        None => {
            settings.fault(domain, format!("the domain needs the numbers {low} and {high}"));
            None
        }
    }
}

fn duration(settings: &Settings, text: &mut Text) {
    match settings.at(settings.root, "overall/max_time") {
        Some(node) => {
            if let Some(minutes) = settings.amount(node) {
                text.key("duration", &quantity(minutes, "min"), &settings.source(node));
            }
        }
        None => settings.fault(settings.root, "there is no overall/max_time, the length of the run".into()),
    }
}

/// The seed of the options, or of the user's parameters; PhysiCell takes the time of day for one that is 0 or no number.
fn seed(settings: &Settings, text: &mut Text) {
    let nodes = ["options/random_seed", "user_parameters/random_seed"].map(|path| settings.at(settings.root, path));
    let Some(node) = nodes.into_iter().flatten().next() else { return };
    if let Some(seed) = text_of(node).parse::<u32>().ok().filter(|seed| *seed > 0) {
        text.key("seed", &seed.to_string(), &settings.source(node));
    }
}

/// Steps of mechanics and of the phenotype; the mechanics step in min.
fn clocks(settings: &Settings, text: &mut Text) -> f64 {
    let step = |name: &str| settings.at(settings.root, &format!("overall/{name}"));
    let on_grid = |value: f64, unit: f64| value > 0.0 && ((value / unit).round() - value / unit).abs() < 1e-6;
    let (mechanics, phenotype) = (step("dt_mechanics"), step("dt_phenotype"));
    text.header("[clocks]");
    let mut mechanics_min = MECHANICS_MIN;
    if let Some((node, value)) = mechanics.and_then(|node| settings.amount(node).map(|value| (node, value))) {
        if on_grid(value, TICK_MIN) {
            mechanics_min = value;
            text.key("mechanics", &quantity(value, "min"), &settings.source(node));
            text.key("contacts", &quantity(value, "min"), "as the mechanics: contacts are judged at this step");
            text.key("substrates", &quantity(value, "min"), "steps are implicit and need not be shorter");
        } else {
            settings.note(Kind::Differs, node, "steps are multiples of 0.01 min; this one is 0.1 min");
        }
    }
    if let Some((node, value)) = phenotype.and_then(|node| settings.amount(node).map(|value| (node, value))) {
        if on_grid(value, mechanics_min) {
            text.key("cycle", &quantity(value, "min"), &settings.source(node));
        } else {
            settings.note(Kind::Differs, node, "this step is a multiple of the mechanics step; it is 6 min");
        }
    }
    if let Some(node) = step("dt_diffusion") {
        settings.note(Kind::Unused, node, "diffusion is solved implicitly, at the step of the mechanics");
    }
    mechanics_min
}

fn voxels<'a>(settings: &Settings<'a>, domain: Node<'a, 'a>, space: &Space, text: &mut Text) {
    let widths: Vec<Option<f64>> = AXES.iter().map(|(_, _, width)| settings.number_at(domain, width)).collect();
    let Some(voxel) = widths[0].filter(|it| *it > 0.0) else {
        settings.fault(domain, "the domain needs dx, a width of voxels above 0".into());
        return;
    };
    if settings.at(settings.root, "microenvironment_setup/variable").is_some() {
        text.header("[diffusion]");
        text.key("voxel", &quantity(voxel, "um"), "domain/dx");
    }
    if widths.iter().flatten().any(|width| *width != voxel) {
        let reason = format!("voxels are cubes of {voxel} um; dx, dy and dz differ here");
        settings.note(Kind::Differs, domain, &reason);
    }
    let fits = |edge: f64| ((edge / voxel).round() - edge / voxel).abs() < 1e-9;
    let dimensions = if space.is_layer { 2 } else { 3 };
    if !space.edges_um[..dimensions].iter().all(|edge| fits(*edge)) {
        let reason =
            "the edges are no multiples of dx: texpop fits whole voxels into them, PhysiCell lets the last stand out";
        settings.note(Kind::Differs, domain, reason);
    }
}

/// Options of the whole simulation.
fn options(settings: &Settings) {
    let root = settings.root;
    if let Some(node) = settings.at(root, "options/virtual_wall_at_domain_edge")
        && !super::xml::is_true(text_of(node))
    {
        settings.note(Kind::Differs, node, "cells stay in the domain; in PhysiCell those that leave it are frozen");
    }
    if settings.is_true_at(root, "options/legacy_cell_defaults_copy")
        && let Some(node) = settings.at(root, "options/legacy_cell_defaults_copy")
    {
        settings.note(Kind::Lost, node, "cell definitions without a parent inherit as in PhysiCell 1.10 and later");
    }
}

/// What is written, and when.
pub fn saved(settings: &Settings, text: &mut Text) {
    let Some(node) = settings.at(settings.root, "save/full_data/interval") else { return };
    let is_on = settings.at(settings.root, "save/full_data/enable").is_none_or(|it| super::xml::is_true(text_of(it)));
    let Some(interval) = settings.amount(node).filter(|it| is_on && *it > 0.0) else { return };
    for section in ["[statistics]", "[snapshots]"] {
        text.header(section);
        text.key("every", &quantity(interval, "min"), &settings.source(node));
    }
}
