//! What rules can sense: the table of signals, with PhysiCell's names where it has them.
//!
//! To add one: a variant of `Code` and a row of `CODES`, its name here, and its value in `src/steps/rules.rs` and
//! `shaders/rules.wgsl`.

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
];

/// Bit of dead cells in a kind of contact; below it are live cells by their types.
pub const DEAD_CONTACT: u32 = 1 << 16;

/// A signal by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    pub name: String,
    /// None: a number without unit.
    pub dimension: Dimension,
    pub meaning: &'static str,
    pub code: Code,
    /// Number of the cell type or trait; for contacts the cells counted.
    pub which: u32,
}

/// Name, unit, code, meaning.
type Row = (&'static str, Dimension, Code, &'static str);

const PLAIN: &[Row] = &[
    ("volume", Dimension::VOLUME, Code::Volume, "volume of the cell"),
    ("pressure", Dimension::NUMBER, Code::Pressure, "sum over neighbours of (1 - distance/sum of radii)^2"),
    ("hits", Dimension::NUMBER, Code::Hits, "sublethal hits not yet repaired"),
    ("damage", Dimension::NUMBER, Code::Damage, "hits that have not faded, where a type dies of its damage"),
    ("divisions", Dimension::NUMBER, Code::Divisions, "divisions of the cell"),
    ("attached", Dimension::NUMBER, Code::Attached, "1 while it holds on to a target, else 0"),
    ("dead", Dimension::NUMBER, Code::Dead, "1 if it is dead, else 0"),
    ("age", Dimension::TIME, Code::Age, "since it entered or came from a division"),
    ("time", Dimension::TIME, Code::Time, "since the start of the run"),
];

/// All signals of a cell with these traits, among these cell types.
pub fn signals(types: &[&str], traits: &[&str]) -> Vec<Signal> {
    let signal = |name: String, dimension, code, which, meaning| Signal { name, dimension, meaning, code, which };
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
    all
}
