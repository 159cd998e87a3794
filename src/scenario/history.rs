//! `history = [{ duration = "6 d", il2 = 1.0 }]`: what cells lived through before they enter, one spell after the other.
//!
//! A spell names parameters of proteostasis, as `[cell_types.NAME.proteostasis]` does; the others are those of the type.

use super::proteostasis::{KEYS, Measure, PARAMETERS, Value};
use super::values::Duration;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The key beside the parameters.
const DURATION: &str = "duration";

/// One spell.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    pub duration: Duration,
    /// Number in the table of proteostasis, and value in h and %.
    pub changes: Vec<(usize, f64)>,
}

impl<'de> Deserialize<'de> for Exposure {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Table)
    }
}

struct Table;

impl<'de> Visitor<'de> for Table {
    type Value = Exposure;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a table with a duration and parameters of proteostasis")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Exposure, A::Error> {
        let (mut duration, mut changes) = (None, Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            if key == DURATION {
                duration = Some(map.next_value::<Duration>()?);
                continue;
            }
            let number = KEYS.iter().position(|it| *it == key).ok_or_else(|| A::Error::unknown_field(&key, &KEYS))?;
            changes.push((number, map.next_value_seed(Value(&PARAMETERS[number]))?));
        }
        Ok(Exposure { duration: duration.ok_or_else(|| A::Error::missing_field(DURATION))?, changes })
    }
}

impl Serialize for Exposure {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(1 + self.changes.len()))?;
        map.serialize_entry(DURATION, &self.duration)?;
        for (number, value) in &self.changes {
            match PARAMETERS[*number].measure {
                Measure::Number => map.serialize_entry(KEYS[*number], value)?,
                _ => map.serialize_entry(KEYS[*number], &PARAMETERS[*number].written(*value))?,
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spell_has_a_duration_and_parameters() {
        let read = |text: &str| toml::from_str::<Exposure>(text).map_err(|error| error.to_string());
        let spell = read("duration = \"2 d\"\nil2 = 0.5\nfolding = \"0.2 /min\"").unwrap();
        let named: Vec<_> = spell.changes.iter().map(|(number, value)| (KEYS[*number], *value)).collect();
        assert_eq!((spell.duration.0, named), (2880.0, vec![("il2", 0.5), ("folding", 12.0)]));
        for (text, part) in [
            ("il2 = 0.5", "missing field `duration`"),
            ("duration = \"2 d\"\nil2 = 2", "it must be between 0 and 1"),
            ("duration = \"2 d\"\nil3 = 2", "unknown field `il3`"),
            ("duration = \"0 d\"", "more than 0"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(part), "{text}: {said}");
        }
    }
}
