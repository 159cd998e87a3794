//! Levels of substrates: partial pressures, concentrations, or numbers without unit.

use super::units::{self, Dimension, LARGEST, MMHG};
use super::values::encode;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// What a level is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelKind {
    /// A number without unit.
    Number,
    /// mmHg.
    Pressure,
    /// nM.
    Molarity,
    /// ng/mL.
    Mass,
}

/// A level of a substrate, 0 or more, in the unit of its kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    pub value: f64,
    pub kind: LevelKind,
}

const KINDS: [LevelKind; 4] = [LevelKind::Number, LevelKind::Pressure, LevelKind::Molarity, LevelKind::Mass];

impl LevelKind {
    /// The unit; empty for a number.
    pub fn unit(self) -> &'static str {
        match self {
            LevelKind::Number => "",
            LevelKind::Pressure => "mmHg",
            LevelKind::Molarity => "nM",
            LevelKind::Mass => "ng/mL",
        }
    }

    /// Its dimension.
    pub fn dimension(self) -> Dimension {
        match self {
            LevelKind::Number => Dimension::NUMBER,
            LevelKind::Pressure => Dimension::PRESSURE,
            LevelKind::Molarity => Dimension::MOLARITY,
            LevelKind::Mass => Dimension::MASS_CONCENTRATION,
        }
    }

    /// Its unit in um, min, mg and nmol.
    pub fn scale(self) -> f64 {
        match self {
            LevelKind::Number => 1.0,
            LevelKind::Pressure => MMHG,
            LevelKind::Molarity => 1e-15,
            LevelKind::Mass => 1e-18,
        }
    }
}

struct LevelVisitor;

const EXPECTED: &str = "a level: a number, or a text with a unit, such as \"38 mmHg\", \"10 nM\" or \"10 ng/mL\"";

impl Visitor<'_> for LevelVisitor {
    type Value = Level;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Level, E> {
        const ALLOWED: &[Dimension] = &[Dimension::PRESSURE, Dimension::MOLARITY, Dimension::MASS_CONCENTRATION];
        let read = units::parse_one_of(text, ALLOWED, EXPECTED);
        let (value, dimension) = read.map_err(|fault| E::custom(encode(&fault)))?;
        if value < 0.0 {
            return Err(E::custom(format!("is \"{text}\"; it must be 0 or more")));
        }
        let kind = KINDS.into_iter().find(|kind| kind.dimension() == dimension).unwrap_or(LevelKind::Number);
        Ok(Level { value: value / kind.scale(), kind })
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Level, E> {
        if !(0.0..=LARGEST).contains(&value) {
            return Err(E::custom(format!("is {value}; it must be a finite number, 0 or more, up to {LARGEST:e}")));
        }
        Ok(Level { value, kind: LevelKind::Number })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Level, E> {
        self.visit_f64(value as f64)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(LevelVisitor)
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.kind {
            LevelKind::Number => to.serialize_f64(self.value),
            kind => to.collect_str(&format_args!("{} {}", self.value, kind.unit())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn read(text: &str) -> Result<Level, String> {
        let table: Result<BTreeMap<String, Level>, _> = toml::from_str(&format!("x = {text}"));
        table.map(|mut it| it.remove("x").unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn levels_come_in_the_unit_of_their_kind() {
        for (text, value, kind) in [
            ("1", 1.0, LevelKind::Number),
            ("0.5", 0.5, LevelKind::Number),
            ("\"38 mmHg\"", 38.0, LevelKind::Pressure),
            ("\"1 kPa\"", 7.500_615, LevelKind::Pressure),
            ("\"2 uM\"", 2000.0, LevelKind::Molarity),
            ("\"1 ug/L\"", 1.0, LevelKind::Mass),
        ] {
            let got = read(text).unwrap();
            assert!((got.value / value - 1.0).abs() < 1e-6 && got.kind == kind, "{text}: {got:?}");
        }
        for text in ["-1", "nan", "\"38\"", "\"3 um\"", "\"-3 mmHg\"", "true"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
