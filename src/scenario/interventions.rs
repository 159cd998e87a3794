//! `[[add_cells]]` and `[[remove_cells]]`: what happens to a tissue from outside.

use super::placement::{RegionKind, with_placement};
use super::values::{Coordinate, Fraction, Length, Size, Time};
use serde::de::{Error, IntoDeserializer, SeqAccess, Visitor, value::SeqAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// One time or several: `"2 d"` or `["0 d", "8 d"]`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Times(pub Vec<Time>);

impl<'de> Deserialize<'de> for Times {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TimesVisitor).map(Times)
    }
}

struct TimesVisitor;

impl<'de> Visitor<'de> for TimesVisitor {
    type Value = Vec<Time>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a duration with a unit, such as \"12 h\", or several in brackets")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<Time>, E> {
        Ok(vec![Time::deserialize(text.into_deserializer())?])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, times: A) -> Result<Vec<Time>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(times))
    }
}

with_placement! {
    /// `[[add_cells]]`: cells enter, placed as by `[[place]]`.
    AddCells {
        /// When, from the start.
        at: Times,
    }
}

/// `[[remove_cells]]`: cells leave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveCells {
    /// When, from the start.
    pub at: Times,
    pub cell_type: String,
    /// Probability that a cell leaves.
    pub fraction: Fraction,
    #[serde(default)]
    pub region: RegionKind,
    /// As in `[[place]]`.
    pub centre: Option<Vec<Coordinate>>,
    pub radius: Option<Size>,
    pub inner_radius: Option<Length>,
    pub lower: Option<Vec<Coordinate>>,
    pub upper: Option<Vec<Coordinate>>,
}
