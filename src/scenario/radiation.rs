//! Doses of radiation in Gy, and what cells make of them.

use super::units::{self, Dimension};
use super::values::encode;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A power of Gy, and what a quantity of it is called.
struct PowerOfGray {
    power: i32,
    expected: &'static str,
    may_be_zero: bool,
}

impl PowerOfGray {
    fn dimension(&self) -> Dimension {
        Dimension { length: 2 * self.power, time: -2 * self.power, mass: 0, amount: 0, share: 0 }
    }
}

/// um^2/min^2 in a Gy.
const GRAY: f64 = 3.6e15;

impl Visitor<'_> for PowerOfGray {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
        let read = units::parse_one_of(text, &[self.dimension()], self.expected);
        let value = read.map_err(|fault| E::custom(encode(&fault)))?.0 / GRAY.powi(self.power);
        let (is_right, range) =
            if self.may_be_zero { (value >= 0.0, "0 or more") } else { (value > 0.0, "more than 0") };
        if is_right { Ok(value) } else { Err(E::custom(format!("is \"{text}\"; it must be {range}"))) }
    }
}

macro_rules! power_of_gray {
    ($(#[$doc:meta])* $name:ident, $power:literal, $unit:literal, $may_be_zero:literal, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name(pub f64);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let visitor = PowerOfGray { power: $power, expected: $expected, may_be_zero: $may_be_zero };
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

power_of_gray!(/// A dose in Gy, more than 0.
    Gray, 1, "Gy", false, "a dose of radiation with a unit, such as \"2 Gy\"");
power_of_gray!(/// A sensitivity in 1/Gy, 0 or more.
    PerGray, -1, "/Gy", true, "a sensitivity with a unit, such as \"0.3 /Gy\"");
power_of_gray!(/// A sensitivity in 1/Gy², 0 or more.
    PerGray2, -2, "/Gy^2", true, "a sensitivity with a unit, such as \"0.03 /Gy^2\"");
