//! What rules can change: the table of behaviours, with PhysiCell's names where it has them. Each is a parameter.
//!
//! To add one: a row here, and `ruled` in place of the parameter's accessor where stage and twin read it.

use super::signals::SignalNames;
use crate::plan::{ExchangeParameters, PairParameters, PhaseParameters, TypeParameters};
use crate::scenario::levels::LevelKind;
use crate::scenario::units::Dimension;
use crate::word;

/// A behaviour by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub name: String,
    /// What else it may be called.
    pub other_names: Vec<String>,
    /// Without its level, for a substrate.
    pub dimension: Dimension,
    /// What the level of a substrate is measured in.
    pub kind: LevelKind,
    pub meaning: &'static str,
    /// Largest value.
    pub most: f64,
    pub what: What,
}

/// The parameters that a behaviour stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A field of the cell type.
    Type(usize),
    /// A field of what it does to its like, of which two cells have the geometric mean.
    Force(usize),
    /// A field of what it does to another type.
    Pair(usize, usize),
    /// A field of what it exchanges with a substrate.
    Exchange(usize, usize),
    /// The rate at which a phase ends.
    Exit(u32),
    /// The rates of all phases, by one factor.
    AllExits,
}

/// Name, unit, largest value, field, meaning.
type Row = (&'static str, Dimension, f64, usize, &'static str);

const NONE: f64 = f64::INFINITY;

const OF_TYPES: &[Row] = &[
    ("apoptosis", Dimension::RATE, NONE, word!(TypeParameters, apoptosis_per_min), "rate of death"),
    ("necrosis", Dimension::RATE, NONE, word!(TypeParameters, necrosis_per_min), "rate of death"),
    ("migration speed", Dimension::SPEED, NONE, word!(TypeParameters, speed_um_per_min), "root mean square speed"),
    ("migration bias", Dimension::NUMBER, 1.0, word!(TypeParameters, bias), "mean velocity over speed"),
    (
        "attached speed fraction",
        Dimension::NUMBER,
        1.0,
        word!(TypeParameters, attached_speed_fraction),
        "speed kept while attached",
    ),
    ("crowding pressure", Dimension::NUMBER, NONE, word!(TypeParameters, crowding_pressure), "above it phases arrest"),
    (
        "volume relaxation",
        Dimension::RATE,
        NONE,
        word!(TypeParameters, volume_relaxation_per_min),
        "rate at which a live cell's volume approaches its target",
    ),
    ("hit repair", Dimension::RATE, NONE, word!(TypeParameters, hit_repair_per_min), "rate of repair of each hit"),
];

/// As above, with PhysiCell's names.
const OF_FORCES: &[Row] = &[
    (
        "cell-cell adhesion",
        Dimension::SPEED,
        NONE,
        word!(PairParameters, adhesion_um_per_min),
        "adhesion of the cell; two have the geometric mean",
    ),
    (
        "cell-cell repulsion",
        Dimension::SPEED,
        NONE,
        word!(PairParameters, repulsion_um_per_min),
        "repulsion of the cell; two have the geometric mean",
    ),
];

/// As above; the name of the other type follows.
const OF_PAIRS: &[Row] = &[
    ("attachment to", Dimension::RATE, NONE, word!(PairParameters, attachment_per_min), "rate, to a target in contact"),
    ("detachment from", Dimension::RATE, NONE, word!(PairParameters, detachment_per_min), "rate of letting go"),
    ("killing of", Dimension::RATE, NONE, word!(PairParameters, kill_per_min), "rate, of the attached target"),
    ("hits on", Dimension::RATE, NONE, word!(PairParameters, hits_per_min), "rate, on the attached target"),
    (
        "transition to",
        Dimension::RATE,
        NONE,
        word!(PairParameters, transition_per_min),
        "rate of becoming that cell type",
    ),
];

/// Of those above PhysiCell's names, too before that of the other type.
const PAIRS_ELSEWHERE: &[(&str, &str)] = &[("attachment to", "attack"), ("transition to", "transform to")];

/// Behind the name of a substrate: name, PhysiCell's name, unit, whether it is a level, field, meaning.
type ExchangeRow = (&'static str, Option<&'static str>, Dimension, bool, usize, &'static str);

const OF_SUBSTRATES: &[ExchangeRow] = &[
    (
        "secretion",
        None,
        Dimension::RATE,
        false,
        word!(ExchangeParameters, secretion_per_min),
        "rate, toward the target",
    ),
    (
        "secretion target",
        Some("secretion saturation density"),
        Dimension::NUMBER,
        true,
        word!(ExchangeParameters, target),
        "level toward which the cell secretes",
    ),
    ("uptake", None, Dimension::RATE, false, word!(ExchangeParameters, uptake_per_min), "rate, times the level"),
];

/// Field that `Exit` changes.
pub const EXIT: usize = word!(PhaseParameters, exit_per_min);

/// All behaviours of a cell with phases, among cell types and substrates.
pub fn behaviours(names: SignalNames<'_>) -> Vec<Named> {
    let SignalNames { types, own: phases, substrates, .. } = names;
    let named = |name: String, dimension, most, what, meaning| Named {
        name,
        other_names: Vec::new(),
        dimension,
        kind: LevelKind::Number,
        meaning,
        most,
        what,
    };
    let mut all = vec![named(
        "cycle speed".into(),
        Dimension::NUMBER,
        NONE,
        What::AllExits,
        "factor of the rates at which all phases end",
    )];
    for (number, phase) in phases.iter().enumerate() {
        let mut exit = named(
            format!("exit from phase {phase}"),
            Dimension::RATE,
            NONE,
            What::Exit(number as u32),
            "rate at which the phase ends",
        );
        exit.other_names.push(format!("exit from cycle phase {number}"));
        if number == 0 {
            exit.other_names.push("cycle entry".into());
        }
        all.push(exit);
    }
    all.extend(
        OF_TYPES.iter().map(|&(name, unit, most, field, it)| named(name.into(), unit, most, What::Type(field), it)),
    );
    all.extend(
        OF_FORCES.iter().map(|&(name, unit, most, field, it)| named(name.into(), unit, most, What::Force(field), it)),
    );
    for &(name, unit, most, field, meaning) in OF_PAIRS {
        let other_name = PAIRS_ELSEWHERE.iter().find(|(ours, _)| *ours == name).map(|(_, theirs)| *theirs);
        all.extend(types.iter().enumerate().map(|(t, other)| {
            let plain = named(format!("{name} {other}"), unit, most, What::Pair(t, field), meaning);
            Named { other_names: other_name.iter().map(|it| format!("{it} {other}")).collect(), ..plain }
        }));
    }
    for (s, &(substrate, kind)) in substrates.iter().enumerate() {
        all.extend(OF_SUBSTRATES.iter().map(|&(name, other, unit, is_level, field, meaning)| {
            let plain = named(format!("{substrate} {name}"), unit, NONE, What::Exchange(s, field), meaning);
            let kind = if is_level { kind } else { LevelKind::Number };
            Named { kind, other_names: other.iter().map(|other| format!("{substrate} {other}")).collect(), ..plain }
        }));
    }
    all
}
