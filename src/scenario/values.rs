//! Values of a scenario: numbers with their unit and range checked while the file is read.
//!
//! A fault travels through serde as text; `encode` adds where in the value it lies and a way out.

use super::units::{self, Dimension, LARGEST, UnitError};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Parts the fields of an encoded fault; no one types it.
const SEPARATOR: char = '\u{1f}';

/// A fault as one text: message, start and end in the value, hint.
pub(super) fn encode(fault: &UnitError) -> String {
    let hint = fault.hint.as_deref().unwrap_or("");
    format!("{}{SEPARATOR}{}{SEPARATOR}{}{SEPARATOR}{hint}", fault.message, fault.start, fault.end)
}

/// What [`encode`] wrote; any other text is a message alone.
pub(super) fn decode(text: &str) -> (String, Option<(usize, usize)>, Option<String>) {
    let parts: Vec<&str> = text.split(SEPARATOR).collect();
    let [message, start, end, hint] = parts[..] else { return (text.to_owned(), None, None) };
    let part = start.parse().ok().zip(end.parse().ok());
    (message.to_owned(), part, Some(hint.to_owned()).filter(|hint| !hint.is_empty()))
}

/// The values that a kind of number may have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Allowed {
    Any,
    NotNegative,
    Positive,
    Fraction,
}

impl Allowed {
    fn check(self, value: f64) -> Result<(), &'static str> {
        match self {
            _ if value.is_nan() || value.abs() > LARGEST => Err("a finite number, up to 1e30"),
            Allowed::NotNegative if value < 0.0 => Err("0 or more"),
            Allowed::Positive if value <= 0.0 => Err("more than 0"),
            Allowed::Fraction if !(0.0..=1.0).contains(&value) => Err("between 0 and 1"),
            _ => Ok(()),
        }
    }
}

struct QuantityVisitor {
    dimension: Dimension,
    allowed: Allowed,
}

impl Visitor<'_> for QuantityVisitor {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.dimension.expected())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
        let value = units::parse(text, self.dimension).map_err(|fault| E::custom(encode(&fault)))?;
        self.allowed.check(value).map_err(|range| E::custom(format!("is \"{text}\"; it must be {range}")))?;
        Ok(value)
    }
}

struct NumberVisitor {
    allowed: Allowed,
}

impl Visitor<'_> for NumberVisitor {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a number without unit")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        self.allowed.check(value).map_err(|range| E::custom(format!("is {value}; it must be {range}")))?;
        Ok(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
        self.visit_f64(value as f64)
    }
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $dimension:ident, $unit:literal, $allowed:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
        pub struct $name(pub f64);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let visitor = QuantityVisitor { dimension: Dimension::$dimension, allowed: Allowed::$allowed };
                from.deserialize_str(visitor).map($name)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(&format_args!("{} {}", self.0, $unit))
            }
        }
    };
}

quantity!(/// A length in um, 0 or more.
    Length, LENGTH, "um", NotNegative);
quantity!(/// A coordinate in um, of either sign.
    Coordinate, LENGTH, "um", Any);
quantity!(/// A length in um, more than 0.
    Size, LENGTH, "um", Positive);
quantity!(/// A time in min, 0 or more.
    Time, TIME, "min", NotNegative);
quantity!(/// A duration in min, more than 0.
    Duration, TIME, "min", Positive);
quantity!(/// A rate per min, 0 or more.
    Rate, RATE, "/min", NotNegative);
quantity!(/// A speed in um/min, 0 or more.
    Speed, SPEED, "um/min", NotNegative);
quantity!(/// A diffusion coefficient in um^2/min, 0 or more.
    Diffusivity, DIFFUSIVITY, "um^2/min", NotNegative);
quantity!(/// A volume in um^3, more than 0.
    Volume, VOLUME, "um^3", Positive);
quantity!(/// A volume per time in um^3/min, 0 or more.
    VolumeRate, VOLUME_RATE, "um^3/min", NotNegative);
quantity!(/// A share of a cell's protein in %, 0 or more.
    Percent, PERCENT, "%", NotNegative);
quantity!(/// A share of a cell's protein per time in %/min, 0 or more.
    PercentRate, PERCENT_RATE, "%/min", NotNegative);
quantity!(/// A rate for each % of a cell's protein in /%/min, 0 or more.
    PerPercentRate, PER_PERCENT_RATE, "/%/min", NotNegative);

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $allowed:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
        pub struct $name(pub f64);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_any(NumberVisitor { allowed: Allowed::$allowed }).map($name)
            }
        }
    };
}

number!(/// A finite number.
    Number, Any);
number!(/// A number, 0 or more.
    NotNegative, NotNegative);
number!(/// A number, more than 0.
    Positive, Positive);
number!(/// A number from 0 to 1.
    Fraction, Fraction);

/// A whole number, 0 or more; `1e6` is one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Count(pub u32);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = from.deserialize_any(NumberVisitor { allowed: Allowed::NotNegative })?;
        if value.fract() != 0.0 {
            return Err(D::Error::custom(format!("is {value}; it must be a whole number")));
        }
        if value > f64::from(u32::MAX) {
            return Err(D::Error::custom(format!("is {value}; it must be at most {}", u32::MAX)));
        }
        Ok(Count(value as u32))
    }
}
