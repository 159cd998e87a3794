//! `[domain]`, `[clocks]` and `[mechanics]`: the space and time of every tissue, equal in all arms.

use super::values::{Count, Size, Time, Volume};
use serde::{Deserialize, Serialize};

/// Kind of space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Geometry {
    /// Three dimensions.
    Tissue,
    /// Two dimensions.
    Layer,
    /// Well mixed.
    Culture,
}

/// What happens at the faces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundary {
    /// Cells stay inside.
    #[default]
    Closed,
    /// Opposite faces are joined.
    Periodic,
}

/// `[domain]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    pub geometry: Geometry,
    /// Edges about the origin: three in a tissue, two in a layer, none in a culture.
    pub size: Option<Vec<Size>>,
    #[serde(default)]
    pub boundary: Boundary,
    /// Volume of a culture.
    pub volume: Option<Volume>,
}

/// Clocks and mechanics chosen together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Steps of 6 s and potentials.
    #[default]
    Fine,
    /// Steps of 1 min and relaxation.
    Coarse,
}

/// `[clocks]`: steps, whole ticks of 0.6 s; what is absent follows the preset.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Clocks {
    /// Walks and overlaps: the shortest step, of which the others are multiples.
    pub mechanics: Option<Time>,
    /// Attachment, detachment, killing.
    pub contacts: Option<Time>,
    /// Phases, volume, deaths.
    pub cycle: Option<Time>,
    /// Rules; absent: as the cycle.
    pub rules: Option<Time>,
    /// Diffusion, secretion and uptake.
    pub substrates: Option<Time>,
    /// Protein folding, its stress response and exhaustion.
    pub proteostasis: Option<Time>,
    /// Sorting of the cells by place.
    pub reorder: Option<Time>,
}

/// How overlaps become motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Velocities from repulsion and adhesion.
    Potentials,
    /// Overlaps removed iteratively; stable at any step.
    Relaxation,
}

/// `[mechanics]`; what is absent follows the preset.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mechanics {
    pub method: Option<Method>,
    /// Iterations of a relaxation in each step; 8 where absent.
    pub iterations: Option<Count>,
}
