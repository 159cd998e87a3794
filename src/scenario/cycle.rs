//! `[cell_types.NAME.cycle]`: how cells progress and divide.

use super::values::{Count, Duration, Rate};
use serde::{Deserialize, Serialize};

/// Shape of the cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CycleModel {
    /// No progress.
    #[default]
    None,
    /// One phase that ends with a division at `rate`.
    Live,
    /// One phase that ends with a division at the rate that proteostasis allows.
    Proteostasis,
    /// Ki67 negative (exponential), positive before division (fixed), positive after it (fixed).
    Ki67Advanced,
    /// The phases listed; the last is followed by the first.
    Phases,
}

/// Distribution of a duration about its mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DurationDistribution {
    Fixed,
    Exponential,
    /// Sum of `stages` equal exponential stages.
    Erlang,
    /// The phase ends once the cell is older than the duration at its present rate, whatever the rate was before: as
    /// PhysiCell's fixed durations. For the one phase of a cycle that divides.
    ByAge,
}

fn exponential() -> DurationDistribution {
    DurationDistribution::Exponential
}

/// `[[cell_types.NAME.cycle.phases]]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    pub name: String,
    /// Mean duration; absent: the phase has no end.
    pub duration: Option<Duration>,
    #[serde(default = "exponential")]
    pub distribution: DurationDistribution,
    /// Stages of an Erlang distribution; only with it.
    pub stages: Option<Count>,
    /// The cell divides when the phase ends.
    #[serde(default)]
    pub divides: bool,
    /// The cell grows to twice its volume.
    #[serde(default)]
    pub grows: bool,
    /// Stands still above the crowding pressure.
    #[serde(default)]
    pub arrests_when_crowded: bool,
}

/// `[cell_types.NAME.cycle]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cycle {
    pub model: CycleModel,
    /// Rate of division; only and always with `live`.
    pub rate: Option<Rate>,
    /// With `live`: a cell stays at its type's volume and divides into halves, which grow back to it, as in PhysiCell. Else it
    /// grows to twice the volume before it divides.
    pub keeps_volume: bool,
    /// Ki67+ before division; 13 h where absent; these three only with `ki67_advanced`.
    pub ki67_positive_premitotic: Option<Duration>,
    /// Ki67+ after division; 2.5 h where absent.
    pub ki67_positive_postmitotic: Option<Duration>,
    /// Mean of the Ki67- phase; 8.5 h where absent.
    pub ki67_negative: Option<Duration>,
    /// Phases of `live` and `ki67_advanced` stand still above the crowding pressure.
    pub arrests_when_crowded: bool,
    /// Only and always with `phases`.
    pub phases: Vec<Phase>,
}
