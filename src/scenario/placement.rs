//! `[[place]]`: the cells at the start. `[[add_cells]]` takes the same keys.

use super::history::Exposure;
use super::values::{Coordinate, Count, Length, Size};
use serde::{Deserialize, Serialize};

/// Shape of a part of the domain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionKind {
    /// The whole domain.
    #[default]
    Everywhere,
    /// `radius` about `centre`.
    Ball,
    /// From `inner_radius` to `radius` about `centre`.
    Shell,
    /// From `lower` to `upper`.
    Box,
}

/// How cells fill a region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Packing {
    /// `count` cells, uniformly at random.
    #[default]
    Random,
    /// Hexagonal close packing, `spacing` apart; no `count`.
    Hexagonal,
}

macro_rules! with_placement {
    ($(#[$doc:meta])* $name:ident { $($(#[$extra_doc:meta])* $extra:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$extra_doc])* pub $extra: $kind,)*
            /// Required unless there is a `table`.
            pub cell_type: Option<String>,
            /// Required with random packing.
            pub count: Option<$crate::scenario::values::Count>,
            #[serde(default)]
            pub packing: $crate::scenario::placement::Packing,
            /// Between centres of a packing; absent: twice the radius, so that neighbours touch.
            pub spacing: Option<$crate::scenario::values::Size>,
            #[serde(default)]
            pub region: $crate::scenario::placement::RegionKind,
            /// Of a ball or shell: three coordinates, or two in a layer; absent: the middle.
            pub centre: Option<Vec<$crate::scenario::values::Coordinate>>,
            /// Of a ball or shell.
            pub radius: Option<$crate::scenario::values::Size>,
            /// Of a shell.
            pub inner_radius: Option<$crate::scenario::values::Length>,
            /// Of a box: three coordinates, or two in a layer.
            pub lower: Option<Vec<$crate::scenario::values::Coordinate>>,
            pub upper: Option<Vec<$crate::scenario::values::Coordinate>>,
            /// All cells start this phase; absent: phases and ages of a population that has grown for long.
            pub phase: Option<String>,
            /// What the cells lived through before they enter.
            #[serde(default)]
            pub history: Vec<$crate::scenario::history::Exposure>,
            /// A table of cells (columns x, y, z, type), relative to the scenario; excludes the keys above.
            pub table: Option<String>,
        }

        impl $name {
            /// Where and how many.
            pub fn rule(&self) -> $crate::scenario::placement::Rule<'_> {
                $crate::scenario::placement::Rule {
                    cell_type: self.cell_type.as_deref(),
                    count: self.count,
                    packing: self.packing,
                    spacing: self.spacing,
                    region: self.region,
                    centre: self.centre.as_deref(),
                    radius: self.radius,
                    inner_radius: self.inner_radius,
                    lower: self.lower.as_deref(),
                    upper: self.upper.as_deref(),
                    phase: self.phase.as_deref(),
                    history: &self.history,
                    table: self.table.as_deref(),
                }
            }
        }
    };
}
pub(super) use with_placement;

/// The keys that `[[place]]` and `[[add_cells]]` share (serde's `flatten` would lose positions in the file).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule<'a> {
    pub cell_type: Option<&'a str>,
    pub count: Option<Count>,
    pub packing: Packing,
    pub spacing: Option<Size>,
    pub region: RegionKind,
    pub centre: Option<&'a [Coordinate]>,
    pub radius: Option<Size>,
    pub inner_radius: Option<Length>,
    pub lower: Option<&'a [Coordinate]>,
    pub upper: Option<&'a [Coordinate]>,
    pub phase: Option<&'a str>,
    pub history: &'a [Exposure],
    pub table: Option<&'a str>,
}

with_placement! {
    /// `[[place]]`
    Place {}
}
