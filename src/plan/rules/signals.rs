//! What rules can sense: the table of signals, with PhysiCell's names where it has them.
//!
//! To add one: a variant of `Code` and a row of `CODES`, its name here, and its value in `src/stages/regulation/rules.rs` and
//! `shaders/rules.wgsl`.

use crate::scenario::levels::LevelKind;
use crate::scenario::units::Dimension;

/// Number of a signal on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Code {
    Volume,
    Pressure,
    Hits,
    Damage,
    Divisions,
    Attached,
    Dead,
    Age,
    Time,
    Trait,
    Contact,
    Count,
    Level,
    Gradient,
    State,
}

/// Names of the codes in WGSL, behind `SIGNAL_`.
pub const CODES: &[(&str, Code)] = &[
    ("VOLUME", Code::Volume),
    ("PRESSURE", Code::Pressure),
    ("HITS", Code::Hits),
    ("DAMAGE", Code::Damage),
    ("DIVISIONS", Code::Divisions),
    ("ATTACHED", Code::Attached),
    ("DEAD", Code::Dead),
    ("AGE", Code::Age),
    ("TIME", Code::Time),
    ("TRAIT", Code::Trait),
    ("CONTACT", Code::Contact),
    ("COUNT", Code::Count),
    ("LEVEL", Code::Level),
    ("GRADIENT", Code::Gradient),
    ("STATE", Code::State),
];

/// States of cells that are signals by the names of their columns, four of each pack in the order of `stages::regulation::rules::PACKS`,
/// and what they are.
pub const STATES: [([&str; 4], &str); 6] = [
    (["akt_activity", "translation_capacity_percent_per_h", "misfolded_percent", "aggregated_percent"], PROTEOSTASIS),
    (["activation_chaperones", "stress_chaperones", "stimulation_history", "exhaustion"], PROTEOSTASIS),
    (["exhaustion_lock", "stemness", "pd1", "effector_programme"], PROTEOSTASIS),
    (["translation_percent_per_h", "proteotoxic_stress", "cytokine_capacity", "killing_capacity"], PROTEOSTASIS),
    (["tcr_occupancy", "tcr_signal", "realised_killing", "il2_release"], "of the synapses of a cell with proteostasis"),
    (["antigen", "mhc1", "pd_l1", ""], "of the immunogenicity of the cell"),
];

const PROTEOSTASIS: &str = "of the proteostasis of the cell";

/// Bit of dead cells in a kind of contact; below it are live cells by their types.
pub const DEAD_CONTACT: u32 = 1 << 16;

/// A signal by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    pub name: String,
    /// Without its level, for a substrate.
    pub dimension: Dimension,
    /// What the level of a substrate is measured in.
    pub kind: LevelKind,
    pub meaning: &'static str,
    pub code: Code,
    /// Number of the cell type, trait or substrate; for contacts the cells counted.
    pub which: u32,
}

/// Of a gradient, but for the level.
const PER_LENGTH: Dimension = Dimension { length: -1, ..Dimension::NUMBER };

/// Name, unit, code, meaning.
type Row = (&'static str, Dimension, Code, &'static str);

const PLAIN: &[Row] = &[
    ("volume", Dimension::VOLUME, Code::Volume, "volume of the cell"),
    ("pressure", Dimension::NUMBER, Code::Pressure, "sum over neighbours of (1 - distance/sum of radii)^2"),
    ("hits", Dimension::NUMBER, Code::Hits, "sublethal hits not yet repaired"),
    ("damage", Dimension::NUMBER, Code::Damage, "hits that have not faded, where a type dies of its damage"),
    ("divisions", Dimension::NUMBER, Code::Divisions, "divisions from the cell that entered to this one"),
    ("attached", Dimension::NUMBER, Code::Attached, "1 while it holds on to a target, else 0"),
    ("dead", Dimension::NUMBER, Code::Dead, "1 if it is dead, else 0"),
    ("age", Dimension::TIME, Code::Age, "since it entered or came from a division"),
    ("time", Dimension::TIME, Code::Time, "since the start of the run"),
];

/// Other names of signals, as PhysiCell has them.
const ALIASES: &[(&str, &str)] = &[
    ("is dead", "dead"),
    ("current time", "time"),
    ("global time", "time"),
    ("contact with live cells", "contact with live cell"),
    ("contact with dead cells", "contact with dead cell"),
];

/// The usual name of a signal; of a gradient PhysiCell has three.
pub fn usual_name(name: &str) -> String {
    if let Some((_, usual)) = ALIASES.iter().find(|(alias, _)| *alias == name) {
        return (*usual).to_owned();
    }
    let inside = name.strip_prefix("grad(").and_then(|rest| rest.strip_suffix(')'));
    inside.or_else(|| name.strip_prefix("gradient of ")).map_or(name.to_owned(), |it| format!("{it} gradient"))
}

/// Names that rules may use: of cell types, of the cell's traits or phases, of substrates with what measures them; and which
/// of [`STATES`] cells have.
#[derive(Clone, Copy, Debug)]
pub struct SignalNames<'a> {
    pub types: &'a [&'a str],
    pub own: &'a [&'a str],
    pub substrates: &'a [(&'a str, LevelKind)],
    pub states: [bool; STATES.len()],
}

/// Whether any cell has a signal of this name, whatever the scenario.
pub fn is_general(name: &str) -> bool {
    PLAIN.iter().any(|row| row.0 == name)
}

/// A dimension with the level of a substrate, and the unit of both in um, min, mg and nmol.
pub fn with_level(dimension: Dimension, kind: LevelKind) -> (Dimension, f64) {
    (dimension.times(kind.dimension(), 1), kind.scale())
}

/// The unit of a dimension with the level of a substrate.
pub fn unit(dimension: Dimension, kind: LevelKind) -> String {
    let (level, rest) = (kind.unit(), dimension.unit());
    match rest.strip_prefix('1') {
        Some(below) if !level.is_empty() => format!("{level}{below}"),
        _ => [level, rest.as_str()].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" "),
    }
}

/// All signals of a cell with traits, among cell types and substrates.
pub fn signals(names: SignalNames<'_>) -> Vec<Signal> {
    let SignalNames { types, own: traits, substrates, states } = names;
    let kind = LevelKind::Number;
    let signal = |name: String, dimension, code, which, meaning| Signal { name, dimension, kind, meaning, code, which };
    let number = Dimension::NUMBER;
    let mut all: Vec<Signal> =
        PLAIN.iter().map(|&(name, unit, code, meaning)| signal(name.into(), unit, code, 0, meaning)).collect();
    for (n, name) in traits.iter().enumerate() {
        all.push(signal(format!("trait {name}"), number, Code::Trait, n as u32, "trait of the cell"));
    }
    let contact = "cells closer than adhesion reaches";
    for (t, name) in types.iter().enumerate() {
        all.push(signal(format!("contact with {name}"), number, Code::Contact, 1 << t, "live ones in contact"));
    }
    all.push(signal("contact with live cell".into(), number, Code::Contact, DEAD_CONTACT - 1, contact));
    all.push(signal("contact with dead cell".into(), number, Code::Contact, DEAD_CONTACT, contact));
    for (t, name) in types.iter().enumerate() {
        all.push(signal(format!("number of {name}"), number, Code::Count, t as u32, "live ones in the tissue"));
    }
    for (s, &(name, kind)) in substrates.iter().enumerate() {
        let level = signal(name.into(), number, Code::Level, s as u32, "level at the cell");
        let slope = signal(format!("{name} gradient"), PER_LENGTH, Code::Gradient, s as u32, "steepness at the cell");
        all.extend([level, slope].map(|it| Signal { kind, ..it }));
    }
    for (pack, (names, meaning)) in STATES.iter().enumerate().filter(|(pack, _)| states[*pack]) {
        let known = names.iter().enumerate().filter(|(_, name)| !name.is_empty());
        all.extend(
            known.map(|(lane, name)| signal((*name).into(), number, Code::State, (4 * pack + lane) as u32, *meaning)),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_lead_to_signals() {
        for (other, usual) in [
            ("is dead", "dead"),
            ("global time", "time"),
            ("contact with dead cells", "contact with dead cell"),
            ("grad(oxygen)", "oxygen gradient"),
            ("gradient of oxygen", "oxygen gradient"),
            ("oxygen", "oxygen"),
        ] {
            assert_eq!(usual_name(other), usual);
        }
        let names = SignalNames { types: &["a"], own: &[], substrates: &[], states: [false; STATES.len()] };
        let known = signals(names);
        assert!(ALIASES.iter().all(|(_, usual)| known.iter().any(|it| it.name == *usual)), "an alias of no signal");
    }
}
