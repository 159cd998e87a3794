//! `[[add_cells]]`, `[[remove_cells]]`, `[[resection]]`, `[[irradiation]]`, `[[lymphodepletion]]`, `[[set_parameters]]`,
//! `[[edit_genes]]`: what happens to a tissue from outside, and when.

use super::genotype::Genotype;
use super::placement::{Packing, RegionKind, Rule, with_placement};
use super::radiation::Gray;
use super::rules;
use super::values::{Coordinate, Count, Duration, Fraction, Length, NotNegative, Size, Time};
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

/// When an intervention comes, as its table says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing<'a> {
    pub at: Option<&'a Times>,
    pub every: Option<Duration>,
    pub times: Option<Count>,
    pub until: Option<Time>,
    pub when: Option<&'a str>,
    pub delay: Option<Time>,
    pub at_most: Option<Count>,
}

macro_rules! timing {
    ($name:ident) => {
        impl $name {
            /// When it comes.
            pub fn timing(&self) -> $crate::scenario::interventions::Timing<'_> {
                $crate::scenario::interventions::Timing {
                    at: self.at.as_ref(),
                    every: self.every,
                    times: self.times,
                    until: self.until,
                    when: self.when.as_deref(),
                    delay: self.delay,
                    at_most: self.at_most,
                }
            }
        }
    };
}

macro_rules! with_timing {
    ($(#[$doc:meta])* $name:ident { $($(#[$extra_doc:meta])* pub $extra:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$extra_doc])* pub $extra: $kind,)*
            /// When, from the start; or else `when`.
            pub at: Option<$crate::scenario::interventions::Times>,
            /// Time between the repetitions of a course.
            pub every: Option<$crate::scenario::values::Duration>,
            /// How often in a course.
            pub times: Option<$crate::scenario::values::Count>,
            /// Last time of a repetition, or at which a condition is judged.
            pub until: Option<$crate::scenario::values::Time>,
            /// A condition on the statistics of the tissue.
            pub when: Option<String>,
            /// From the condition to the intervention.
            pub delay: Option<$crate::scenario::values::Time>,
            /// How often the condition may start a course; absent: once.
            pub at_most: Option<$crate::scenario::values::Count>,
        }

        $crate::scenario::interventions::timing!($name);
    };
}
pub(super) use timing;
pub(super) use with_timing;

with_placement! {
    /// `[[add_cells]]`: cells enter, placed as by `[[place]]`.
    AddCells {
        /// When: see [`Timing`].
        at: Option<Times>,
        every: Option<Duration>,
        times: Option<Count>,
        until: Option<Time>,
        when: Option<String>,
        delay: Option<Time>,
        at_most: Option<Count>,
    }
}
timing!(AddCells);

with_timing! {
    /// `[[remove_cells]]`: cells leave.
    RemoveCells {
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
}

with_timing! {
    /// `[[resection]]`: surgery takes all cells of a region.
    Resection {
        /// By which the region is enlarged.
        pub margin: Option<Length>,
        /// Probability that a cell in the region stays.
        #[serde(default = "nothing")]
        pub residual_fraction: Fraction,
        #[serde(default)]
        pub region: RegionKind,
        /// As in `[[place]]`.
        pub centre: Option<Vec<Coordinate>>,
        pub radius: Option<Size>,
        pub inner_radius: Option<Length>,
        pub lower: Option<Vec<Coordinate>>,
        pub upper: Option<Vec<Coordinate>>,
    }
}

fn nothing() -> Fraction {
    Fraction(0.0)
}

with_timing! {
    /// `[[irradiation]]`: fractions of a dose, linear-quadratic by `radiosensitivity` of each cell type.
    Irradiation {
        /// Of each fraction.
        pub dose: Gray,
        #[serde(default)]
        pub region: RegionKind,
        /// As in `[[place]]`.
        pub centre: Option<Vec<Coordinate>>,
        pub radius: Option<Size>,
        pub inner_radius: Option<Length>,
        pub lower: Option<Vec<Coordinate>>,
        pub upper: Option<Vec<Coordinate>>,
    }
}

with_timing! {
    /// `[[lymphodepletion]]`: host T cells leave, and what they would have taken of IL-2, IL-7 and IL-15 is there for others.
    Lymphodepletion {
        /// Cell types.
        pub removes: Vec<String>,
        /// Probability that a cell of these leaves.
        pub fraction: Fraction,
        /// Added to the IL-2 signal of cells with proteostasis.
        #[serde(default = "il2_gain")]
        pub il2_gain: Fraction,
        /// For how long.
        #[serde(default = "a_week")]
        pub lasts: Duration,
    }
}

/// Assumed.
fn il2_gain() -> Fraction {
    Fraction(0.3)
}

/// Assumed.
fn a_week() -> Duration {
    Duration(7.0 * 1440.0)
}

with_timing! {
    /// `[[set_parameters]]`: a parameter is changed from outside; names as in `[[drugs.NAME.effects]]`.
    SetParameters {
        pub cell_type: Option<String>,
        pub effector: Option<String>,
        pub target: Option<String>,
        pub parameter: String,
        /// With its unit, if it has one.
        pub value: Option<rules::Amount>,
        /// Instead of a value: multiple of what it was.
        pub factor: Option<NotNegative>,
    }
}

with_timing! {
    /// `[[edit_genes]]`: all cells of a type have a genotype from then on.
    EditGenes {
        pub cell_type: String,
        pub genotype: Genotype,
    }
}

/// Region keys of an intervention as those of a placement.
macro_rules! region_rule {
    ($($name:ident)*) => {
        $(impl $name {
            /// The region, as the rule of a placement gives it.
            pub fn rule(&self) -> Rule<'_> {
                Rule {
                    cell_type: None,
                    count: None,
                    packing: Packing::Random,
                    spacing: None,
                    region: self.region,
                    centre: self.centre.as_deref(),
                    radius: self.radius,
                    inner_radius: self.inner_radius,
                    lower: self.lower.as_deref(),
                    upper: self.upper.as_deref(),
                    phase: None,
                    history: &[],
                    table: None,
                }
            }
        })*
    };
}
region_rule!(RemoveCells Resection Irradiation);
