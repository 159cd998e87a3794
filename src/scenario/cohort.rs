//! `[cohort]`: every replicate is a patient, whose parameters are drawn; the same patients are in all arms.

use super::rules::Amount;
use super::values::{NotNegative, Time};
use serde::{Deserialize, Serialize};

/// `[cohort]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cohort {
    pub parameters: Vec<CohortParameter>,
    /// What is measured before therapy.
    pub score: Option<Readout>,
    /// What therapy brings.
    pub response: Option<Readout>,
    /// Patients whose response is above respond; absent: above the median of their arm.
    pub responders_above: Option<NotNegative>,
}

/// Law that a parameter is drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CohortDistribution {
    /// `mean` and `sd`.
    Normal,
    /// `median` and `sigma`, the sd of the logarithm.
    Lognormal,
    /// From `min` to `max`.
    Uniform,
}

/// `[[cohort.parameters]]`: names as in `[[set_parameters]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CohortParameter {
    pub cell_type: Option<String>,
    pub effector: Option<String>,
    pub target: Option<String>,
    pub parameter: String,
    pub distribution: CohortDistribution,
    /// With their units, if they have one.
    pub mean: Option<Amount>,
    pub sd: Option<Amount>,
    pub median: Option<Amount>,
    pub sigma: Option<NotNegative>,
    /// Draws of a normal or lognormal law are clipped here.
    pub min: Option<Amount>,
    pub max: Option<Amount>,
}

/// `[cohort.score]`, `[cohort.response]`: a statistic such as `t_cell.stress_chaperones_mean` at a time, or its ratio to
/// another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readout {
    pub statistic: String,
    pub at: Time,
    /// The statistic is divided by this one.
    pub over: Option<String>,
    /// When that is taken; absent: at the same time.
    pub over_at: Option<Time>,
}
