//! Amounts and concentrations of drugs, as masses or moles, in mg, nmol and mL.

use super::units::{self, Dimension};
use super::values::encode;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// um^3 in a mL.
pub const UM3_PER_ML: f64 = 1e12;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Mass,
    Moles,
}

/// A dose in mg or nmol, or in mg or nmol for each mg of body weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    pub value: f64,
    pub kind: Kind,
    pub is_by_weight: bool,
}

/// A concentration in mg/mL or nmol/mL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concentration {
    pub value: f64,
    pub kind: Kind,
}

/// A mass in mg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BodyMass(pub f64);

/// A molar mass in mg/nmol.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MolarMass(pub f64);

/// A quantity of one of several dimensions, more than 0.
struct OneOf {
    allowed: &'static [Dimension],
    expected: &'static str,
}

const fn dimension(length: i32, mass: i32, amount: i32) -> Dimension {
    Dimension { length, time: 0, mass, amount, share: 0 }
}

const AMOUNT: OneOf = OneOf {
    allowed: &[dimension(0, 1, 0), dimension(0, 0, 1), dimension(0, 0, 0), dimension(0, -1, 1)],
    expected: "an amount with a unit, such as \"200 mg\", \"3 mg/kg\" or \"10 nmol\"",
};
const CONCENTRATION: OneOf = OneOf {
    allowed: &[dimension(-3, 1, 0), dimension(-3, 0, 1)],
    expected: "a concentration with a unit, such as \"1 uM\" or \"0.58 mg/L\"",
};
const MASS: OneOf = OneOf { allowed: &[dimension(0, 1, 0)], expected: "a mass with a unit, such as \"70 kg\"" };
const MOLAR_MASS: OneOf = OneOf {
    allowed: &[dimension(0, 1, -1)],
    expected: "a molar mass with a unit, such as \"407 g/mol\" or \"146 kDa\"",
};

impl Visitor<'_> for OneOf {
    type Value = (f64, Dimension);

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(f64, Dimension), E> {
        let read = units::parse_one_of(text, self.allowed, self.expected);
        let (value, dimension) = read.map_err(|fault| E::custom(encode(&fault)))?;
        if value <= 0.0 {
            return Err(E::custom(format!("is \"{text}\"; it must be more than 0")));
        }
        Ok((value, dimension))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (value, dimension) = from.deserialize_str(AMOUNT)?;
        let kind = if dimension.amount == 0 { Kind::Mass } else { Kind::Moles };
        let is_by_weight = dimension.mass + dimension.amount == 0;
        Ok(Amount { value, kind, is_by_weight })
    }
}

impl<'de> Deserialize<'de> for Concentration {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (value, dimension) = from.deserialize_str(CONCENTRATION)?;
        let kind = if dimension.amount == 0 { Kind::Mass } else { Kind::Moles };
        Ok(Concentration { value: value * UM3_PER_ML, kind })
    }
}

impl<'de> Deserialize<'de> for BodyMass {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(MASS).map(|(value, _)| BodyMass(value))
    }
}

impl<'de> Deserialize<'de> for MolarMass {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(MOLAR_MASS).map(|(value, _)| MolarMass(value))
    }
}

impl Kind {
    fn unit(self) -> &'static str {
        if self == Kind::Mass { "mg" } else { "nmol" }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounded to digits that the factors between units leave in order.
        let round = |value: f64| if value == 0.0 { 0.0 } else { format!("{value:.12e}").parse().unwrap_or(value) };
        let unit = self.kind.unit();
        if self.is_by_weight {
            write!(f, "{} {unit}/kg", round(self.value * 1e6))
        } else {
            write!(f, "{} {unit}", round(self.value))
        }
    }
}

impl fmt::Display for Concentration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/mL", self.value, self.kind.unit())
    }
}

impl fmt::Display for BodyMass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mg", self.0)
    }
}

impl fmt::Display for MolarMass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mg/nmol", self.0)
    }
}

macro_rules! as_text {
    ($($name:ident)*) => {
        $(impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        })*
    };
}
as_text!(Amount Concentration BodyMass MolarMass);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
        let table: Result<BTreeMap<String, T>, _> = toml::from_str(&format!("x = \"{text}\""));
        table.map(|mut it| it.remove("x").unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn amounts_tell_what_they_count() {
        for (text, value, kind, is_by_weight, shown) in [
            ("200 mg", 200.0, Kind::Mass, false, "200 mg"),
            ("0.2 g", 200.0, Kind::Mass, false, "200 mg"),
            ("3 mg/kg", 3e-6, Kind::Mass, true, "3 mg/kg"),
            ("1 umol", 1e3, Kind::Moles, false, "1000 nmol"),
            ("5 nmol/kg", 5e-6, Kind::Moles, true, "5 nmol/kg"),
        ] {
            let got: Amount = read(text).unwrap();
            assert!((got.value / value - 1.0).abs() < 1e-12, "{text}: {got:?}");
            assert_eq!((got.kind, got.is_by_weight, got.to_string().as_str()), (kind, is_by_weight, shown), "{text}");
        }
        let got: Concentration = read("1 uM").unwrap();
        assert!((got.value - 1.0).abs() < 1e-12 && got.kind == Kind::Moles, "a uM is a nmol/mL");
        let got: Concentration = read("0.58 mg/L").unwrap();
        assert!((got.value - 0.58e-3).abs() < 1e-15 && got.kind == Kind::Mass);
        assert!((read::<MolarMass>("146 kDa").unwrap().0 - 0.146).abs() < 1e-12, "kg/mol are mg/nmol / 1000");
    }

    #[test]
    fn other_quantities_are_refused() {
        for text in ["200", "200 um", "2 uM", "-3 mg", "0 mg", "3 mgg"] {
            assert!(read::<Amount>(text).is_err(), "{text}");
        }
        for text in ["1", "1 mg", "1 mg/kg", "-1 uM"] {
            assert!(read::<Concentration>(text).is_err(), "{text}");
        }
    }
}
