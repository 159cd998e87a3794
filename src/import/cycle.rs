//! Cycle models of a cell definition.
//!
//! A cell that enters a growing phase of PhysiCell aims at twice its volume; a division halves volume and aim. In the model
//! `live` the two cells double their aim right away, so that cells keep the volume of their type and daughters grow back to
//! it: `keeps_volume`. The other models grow from one phase on until the division.

use super::definitions::Definition;
use super::report::Kind;
use super::toml_text::{Text, name, number, quantity, quoted};
use super::xml::{Settings, is_enabled, is_true, text_of};
use roxmltree::Node;

/// A phase: its name and whether the cell grows in it.
type Phase = (&'static str, bool);

/// A cycle model.
struct Model {
    /// Its number in settings.
    code: usize,
    /// Its names in settings.
    names: &'static [&'static str],
    phases: &'static [Phase],
    /// Phase that ends with a division.
    divides: usize,
}

/// Cycle models of PhysiCell (`PhysiCell_constants.h`, `PhysiCell_standard_models.cpp`).
const MODELS: &[Model] = &[
    Model {
        code: 0,
        names: &["Ki67_advanced", "Ki67 (advanced)", "advanced_Ki67_cycle_model", "advanced Ki67"],
        phases: &[("Ki67_negative", false), ("Ki67_positive_premitotic", true), ("Ki67_positive_postmitotic", false)],
        divides: 1,
    },
    Model {
        code: 1,
        names: &["Ki67_basic", "Ki67 (basic)", "basic_Ki67_cycle_model", "basic Ki67"],
        phases: &[("Ki67_negative", false), ("Ki67_positive", true)],
        divides: 1,
    },
    Model {
        code: 2,
        names: &["flow_cytometry", "flow_cytometry_cycle_model", "Flow cytometry model (basic)"],
        phases: &[("G0G1", false), ("S", true), ("G2M", true)],
        divides: 2,
    },
    Model {
        code: 5,
        names: &["live", "Live", "live_cells", "live_cells_cycle_model", "live cells"],
        phases: &[("live", false)],
        divides: 0,
    },
    Model {
        code: 6,
        names: &[
            "flow_cytometry_separated",
            "flow_cytometry_separated_cycle_model",
            "Flow cytometry model (separated)",
        ],
        phases: &[("G0G1", false), ("S", true), ("G2", true), ("M", true)],
        divides: 3,
    },
    Model {
        code: 7,
        names: &["cycling_quiescent", "cycling_quiescent_model", "Cycling-Quiescent model", "cycling quiescent"],
        phases: &[("quiescent", false), ("cycling", true)],
        divides: 1,
    },
];

/// How a phase ends: its rate in 1/min and whether its duration is fixed.
type Exit<'a> = (f64, bool, Node<'a, 'a>);

/// Writes the cycle of a cell type; the names of its phases.
pub fn cycle(settings: &Settings, own: &Definition, text: &mut Text) -> Vec<String> {
    let none = || vec!["live".to_owned()];
    asymmetric(settings, own);
    let Some(node) = own.at(settings, "cycle") else { return none() };
    let Some(model) = model(node) else {
        let said = [node.attribute("code"), node.attribute("name")].map(Option::unwrap_or_default).join(" ");
        settings.fault(node, format!("the cycle model `{}` is unknown; known are {}", said.trim(), known()));
        return none();
    };
    let exits: Vec<Option<Exit>> = (0..model.phases.len()).map(|phase| exit(settings, own, model, phase)).collect();
    for (phase, exit) in exits.iter().enumerate() {
        if exit.is_none() {
            let message = format!("phase {phase} of the cycle of `{}` has neither a rate nor a duration", own.name);
            settings.fault(node, message);
        }
    }
    let exits: Vec<Exit> = exits.into_iter().flatten().collect();
    if exits.len() < model.phases.len() {
        return none();
    }
    text.header(&format!("[cell_types.{}.cycle]", name(own.name)));
    match exits[..] {
        [(rate, is_fixed, node)] => live(settings, rate, is_fixed && rate > 0.0, node, own, text),
        _ => phases(settings, model, &exits, own, text),
    }
}

/// The one phase of the model `live`.
fn live(settings: &Settings, rate: f64, is_fixed: bool, node: Node, own: &Definition, text: &mut Text) -> Vec<String> {
    if is_fixed {
        text.key("model", "\"phases\"", "live, of a fixed duration");
        text.header(&format!("[[cell_types.{}.cycle.phases]]", name(own.name)));
        text.key("name", "\"live\"", "");
        text.key("duration", &quantity(1.0 / rate, "min"), &settings.source(node));
        text.key("distribution", "\"by_age\"", "fixed_duration");
        text.key("divides", "true", "into halves, which grow back to the volume of the type");
    } else {
        text.key("model", "\"live\"", "");
        text.key("rate", &quantity(rate, "/min"), &settings.source(node));
        text.key("keeps_volume", "true", "a cell divides at its volume into halves, which grow back to it");
    }
    vec!["live".to_owned()]
}

fn phases(settings: &Settings, model: &Model, exits: &[Exit], own: &Definition, text: &mut Text) -> Vec<String> {
    text.key("model", "\"phases\"", &format!("cycle model {}", model.code));
    for (number, ((phase, grows), (rate, is_fixed, node))) in model.phases.iter().zip(exits).enumerate() {
        text.header(&format!("[[cell_types.{}.cycle.phases]]", name(own.name)));
        text.key("name", &quoted(phase), "");
        if *rate > 0.0 {
            text.key("duration", &quantity(1.0 / rate, "min"), &settings.source(*node));
            text.key("distribution", if *is_fixed { "\"fixed\"" } else { "\"exponential\"" }, "fixed_duration");
        } else {
            text.remark(&format!("no duration, so that it does not end: {}", settings.source(*node)));
        }
        if *grows {
            text.key("grows", "true", "");
        }
        if number == model.divides && *rate > 0.0 {
            text.key("divides", "true", "");
        }
    }
    settings.note(
        Kind::Differs,
        exits[0].2,
        "first cells are in all phases, as after long growth; in PhysiCell in the first",
    );
    model.phases.iter().map(|(phase, _)| (*phase).to_owned()).collect()
}

/// The model that a cycle names by its code, or else by its name.
fn model(node: Node) -> Option<&'static Model> {
    match node.attribute("code").map(str::trim).filter(|it| !it.is_empty()) {
        // Two models of early versions became `live`.
        Some(code) => {
            let code = code.parse::<usize>().ok().map(|code| if matches!(code, 3 | 4) { 5 } else { code })?;
            MODELS.iter().find(|it| it.code == code)
        }
        None => node.attribute("name").and_then(|name| MODELS.iter().find(|it| it.names.contains(&name.trim()))),
    }
}

fn known() -> String {
    MODELS.iter().map(|it| format!("{} ({})", it.code, it.names[0])).collect::<Vec<_>>().join(", ")
}

/// How a phase ends. A definition inherits that from parents with the same model; a duration comes before a rate.
fn exit<'a>(settings: &Settings<'a>, own: &Definition<'a>, model: &Model, phase: usize) -> Option<Exit<'a>> {
    let index = phase.to_string();
    let is_same = |cycle: &Node| self::model(*cycle).is_none_or(|it| it.code == model.code);
    let cycles = own.levels("cycle").filter_map(|level| settings.at(level, "phenotype/cycle")).take_while(is_same);
    let entry = |cycle: Node<'a, 'a>, list: &str, child: &'static str, key: &str| {
        let all = settings.all(settings.at(cycle, list)?, child);
        all.into_iter().find(|it| it.attribute(key).map(str::trim) == Some(index.as_str()))
    };
    for cycle in cycles {
        if let Some(node) = entry(cycle, "phase_durations", "duration", "index") {
            return of_duration(settings, node);
        }
        let rates = ["phase_transition_rates", "transition_rates"];
        if let Some(node) = rates.iter().find_map(|list| entry(cycle, list, "rate", "start_index")) {
            return of_rate(settings, node, phase, model.phases.len());
        }
    }
    None
}

fn is_fixed(node: Node) -> bool {
    node.attribute("fixed_duration").is_some_and(is_true)
}

fn of_duration<'a>(settings: &Settings<'a>, node: Node<'a, 'a>) -> Option<Exit<'a>> {
    let minutes = settings.amount(node)?;
    if minutes == 0.0 {
        settings.fault(node, "the duration is 0; a phase must take some time".into());
        return None;
    }
    Some((1.0 / minutes, is_fixed(node), node))
}

fn of_rate<'a>(settings: &Settings<'a>, node: Node<'a, 'a>, phase: usize, count: usize) -> Option<Exit<'a>> {
    let next = (phase + 1) % count;
    if node.attribute("end_index").and_then(|it| it.trim().parse::<usize>().ok()).is_some_and(|end| end != next) {
        settings.note(Kind::Lost, node, &format!("phase {phase} is followed by phase {next} alone"));
        return Some((0.0, false, node));
    }
    Some((settings.amount(node)?, is_fixed(node), node))
}

/// Divisions whose daughters are of another type.
fn asymmetric(settings: &Settings, own: &Definition) {
    let Some(section) = own.at(settings, "cycle/standard_asymmetric_division") else { return };
    for node in settings.all(section, "asymmetric_division_probability") {
        let is_other = node.attribute("name").map(str::trim) != Some(own.name);
        let is_some = is_other && is_enabled(section) && text_of(node).parse::<f64>().is_ok_and(|it| it != 0.0);
        if is_some {
            let reason = format!(
                "{}: both daughters are of the mother's type; a rate of transitions to the other type is nearest",
                number(text_of(node).parse().unwrap_or(0.0))
            );
            settings.note(Kind::Lost, node, &reason);
        }
    }
}
