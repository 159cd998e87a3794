//! `[substrates.NAME]` and `[diffusion]`: what diffuses through the tissues, and how that is solved; equal in all arms.
//! `[cell_types.NAME.substrates.NAME]`: what cells of a type secrete and take up.

use super::levels::Level;
use super::values::{Count, Diffusivity, Fraction, Rate, Size};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `[diffusion]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Diffusion {
    /// Edge of the voxels of all substrates, about; 20 um where absent.
    pub voxel: Option<Size>,
    /// V-cycles of the multigrid solver in each step.
    pub cycles: Option<Count>,
}

/// What a substrate meets at the faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubstrateBoundary {
    /// Nothing passes.
    NoFlux,
    /// Opposite faces are joined.
    Periodic,
    /// Values at faces.
    Fixed,
    /// A value outside of a ball.
    Held,
}

/// `[substrates.NAME]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Substrate {
    pub diffusion: Diffusivity,
    #[serde(default = "no_rate")]
    pub decay: Rate,
    /// Everywhere at the start; 0 where absent.
    pub initial: Option<Level>,
    /// Always at its steady state.
    #[serde(default)]
    pub quasi_steady: bool,
    /// Absent: that of the domain.
    pub boundary: Option<SubstrateBoundary>,
    /// At all fixed faces, or outside of the ball.
    pub boundary_value: Option<Level>,
    /// Instead, at some fixed faces: `x_low`, `x_high`, `y_low`, …
    #[serde(default)]
    pub faces: BTreeMap<String, Level>,
    /// Distance from the middle beyond which the value is held.
    pub beyond: Option<Size>,
}

/// `[cell_types.NAME.substrates.NAME]`
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellSubstrate {
    /// Rate S of secretion toward a target ρ: S (ρ - c) in the cell's volume.
    #[serde(default = "no_rate")]
    pub secretion: Rate,
    pub target: Option<Level>,
    /// Rate U of uptake: U c in the cell's volume.
    #[serde(default = "no_rate")]
    pub uptake: Rate,
    /// Fractions of the rates that dead cells keep.
    #[serde(default = "none")]
    pub dead_secretion: Fraction,
    #[serde(default = "none")]
    pub dead_uptake: Fraction,
}

fn no_rate() -> Rate {
    Rate(0.0)
}

fn none() -> Fraction {
    Fraction(0.0)
}
