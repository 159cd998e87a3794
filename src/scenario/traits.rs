//! `[cell_types.NAME.traits.NAME]`: a number drawn for each cell, inherited, that scales its behaviours.

use super::values::{NotNegative, Number};
use serde::{Deserialize, Serialize};

/// Law that a trait is drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraitDistribution {
    /// `value` in every cell.
    Fixed,
    /// `mean` and `sd`.
    Normal,
    /// `median` and `sigma`, the sd of the logarithm.
    Lognormal,
}

/// What a trait can scale: the names of `plan::parameters::BEHAVIOURS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scales {
    CycleRate,
    CycleDuration,
    AttachmentToSelf,
    Susceptibility,
    Killing,
    Speed,
}

/// `[cell_types.NAME.traits.NAME]`: the factor rises linearly from 0 at `zero_at` to 1 at `one_at`, up to `maximum`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trait {
    pub distribution: TraitDistribution,
    /// Of `fixed`.
    pub value: Option<Number>,
    /// Of `normal`.
    pub mean: Option<Number>,
    /// Of `normal`.
    pub sd: Option<NotNegative>,
    /// Of `lognormal`.
    pub median: Option<NotNegative>,
    /// Of `lognormal`.
    pub sigma: Option<NotNegative>,
    /// Draws are clipped here; absent: no limit.
    pub min: Option<Number>,
    pub max: Option<Number>,
    /// Absent: the trait marks cells without effect.
    #[serde(default)]
    pub scales: Vec<Scales>,
    /// Trait at which the factor is 0.
    #[serde(default = "zero")]
    pub zero_at: Number,
    /// Trait at which the factor is 1.
    #[serde(default = "one")]
    pub one_at: Number,
    /// Largest factor; absent: no limit.
    pub maximum: Option<NotNegative>,
}

fn zero() -> Number {
    Number(0.0)
}

fn one() -> Number {
    Number(1.0)
}
