//! Substrates of the microenvironment. Levels have no unit here: PhysiCell computes with plain numbers, whatever it calls
//! them, and the tables of rules hold plain numbers too.

use super::report::Kind;
use super::space::Space;
use super::toml_text::{Text, name, number, quantity};
use super::xml::{Settings, is_enabled, is_true, shortened, text_of};
use roxmltree::Node;

/// PhysiCell's faces and those of a scenario.
const FACES: [(&str, &str); 6] = [
    ("xmin", "x_low"),
    ("xmax", "x_high"),
    ("ymin", "y_low"),
    ("ymax", "y_high"),
    ("zmin", "z_low"),
    ("zmax", "z_high"),
];

/// Writes all substrates; their names in the order of the file.
pub fn substrates<'a>(settings: &Settings<'a>, space: &Space, text: &mut Text) -> Vec<&'a str> {
    let Some(setup) = settings.at(settings.root, "microenvironment_setup") else { return Vec::new() };
    let variables = settings.all(setup, "variable");
    // Faces have values only where at least one substrate has its condition enabled.
    let has_faces = variables.iter().any(|it| settings.at(*it, "Dirichlet_boundary_condition").is_some_and(is_enabled));
    let mut names = Vec::new();
    for variable in variables {
        let Some(own) = variable.attribute("name").map(str::trim).filter(|it| !it.is_empty()) else {
            settings.fault(variable, "the substrate has no name".into());
            continue;
        };
        if names.contains(&own) {
            settings.fault(variable, format!("a second substrate `{}`", shortened(own)));
            continue;
        }
        names.push(own);
        substrate(settings, variable, own, space, has_faces, text);
    }
    options(settings, setup);
    names
}

fn substrate<'a>(
    settings: &Settings<'a>,
    variable: Node<'a, 'a>,
    own: &str,
    space: &Space,
    has_faces: bool,
    text: &mut Text,
) {
    text.header(&format!("[substrates.{}]", name(own)));
    let parameters = "physical_parameter_set";
    match settings.at(variable, &format!("{parameters}/diffusion_coefficient")) {
        Some(node) => {
            let value = settings.amount(node).unwrap_or(0.0);
            text.key("diffusion", &quantity(value, "um^2/min"), &settings.source(node));
        }
        None => settings.fault(variable, format!("the substrate `{}` has no diffusion_coefficient", shortened(own))),
    }
    if let Some(node) = settings.at(variable, &format!("{parameters}/decay_rate"))
        && let Some(value) = settings.amount(node)
    {
        text.key("decay", &quantity(value, "/min"), &settings.source(node));
    }
    if let Some(node) = settings.at(variable, "initial_condition")
        && let Some(value) = settings.amount(node)
    {
        text.key("initial", &number(value), &settings.source(node));
    }
    let faces = faces(settings, variable, space, has_faces);
    if !faces.is_empty() {
        text.key("boundary", "\"fixed\"", "Dirichlet_boundary_condition, Dirichlet_options");
        let values: Vec<String> = faces.iter().map(|(face, value)| format!("{face} = {}", number(*value))).collect();
        text.key("faces", &format!("{{ {} }}", values.join(", ")), "");
        if let Some(node) = settings.at(variable, "Dirichlet_boundary_condition") {
            let reason =
                "the values hold at the faces; in PhysiCell in the voxels along them, half a voxel farther inside";
            settings.note(Kind::Differs, node, reason);
        }
    }
}

/// Faces with a value.
fn faces<'a>(
    settings: &Settings<'a>,
    variable: Node<'a, 'a>,
    space: &Space,
    has_faces: bool,
) -> Vec<(&'static str, f64)> {
    let condition = settings.at(variable, "Dirichlet_boundary_condition");
    let value = condition.filter(|it| is_enabled(*it) || !text_of(*it).is_empty()).and_then(|it| settings.number(it));
    let is_on = condition.is_some_and(is_enabled);
    let options = settings.at(variable, "Dirichlet_options");
    let given = options.map_or_else(Vec::new, |it| settings.all(it, "boundary_value"));
    let known = if space.is_layer { &FACES[..4] } else { &FACES[..] };
    let mut found = Vec::new();
    for (theirs, ours) in known {
        let own = given.iter().find(|it| it.attribute("ID") == Some(*theirs));
        let (is_on, value) = match own {
            Some(node) if is_enabled(*node) && !text_of(*node).is_empty() => (true, settings.amount(*node)),
            Some(node) => (is_enabled(*node), value),
            None => (is_on, value),
        };
        if let Some(value) = value.filter(|_| is_on && has_faces) {
            found.push((*ours, value));
        }
    }
    found
}

fn options<'a>(settings: &Settings<'a>, setup: Node<'a, 'a>) {
    let Some(options) = settings.at(setup, "options") else { return };
    for (name, what) in [
        ("initial_condition", "a field of initial levels is not read; a substrate starts with one level everywhere"),
        (
            "dirichlet_nodes",
            "values held at single voxels are not read; a substrate is held at faces, or outside of a ball",
        ),
    ] {
        let Some(node) = settings.at(options, name) else { continue };
        settings.see_all(node);
        if is_enabled(node) {
            settings.note(Kind::Lost, node, what);
        }
    }
    settings.at(options, "calculate_gradients");
    let tracked = "track_internalized_substrates_in_each_agent";
    if let Some(node) = settings.at(options, tracked).filter(|it| is_true(text_of(*it))) {
        settings.note(Kind::Differs, node, "what cells take up is gone; no cell remembers how much that was");
    }
}
