//! `[study]`: which arm is best, and by which outcome.

use super::interventions::Times;
use super::sampling::Sample;
use super::sweep::Sweep;
use super::values::{Count, Fraction};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Arms that sweeps may make unless more are asked for.
const MOST_ARMS: u32 = 4096;

/// `[study]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Study {
    /// The arm that the others are compared with; the first, if absent.
    pub comparator: Option<String>,
    /// Of the intervals.
    pub confidence: Fraction,
    pub outcomes: BTreeMap<String, Outcome>,
    /// What varies, by a name of its own.
    pub sweep: BTreeMap<String, Sweep>,
    /// A sample of what the sweeps vary, instead of all their values with each other.
    pub sample: Option<Sample>,
    /// Two outcomes, such as tumour burden and drug exposure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pareto: Vec<String>,
    /// Replicates in rounds, instead of as many for each arm.
    pub rounds: Option<Rounds>,
    /// Arms that sweeps may make.
    pub most_arms: Count,
}

/// Arms of a study at most, whatever it asks for: each is a scenario of its own.
const MOST_ARMS_OF_ALL: usize = 1 << 16;

impl Study {
    /// Points that the sweeps may make of one arm, where there are so many arms.
    pub fn most_points(&self, arms: usize) -> usize {
        (self.most_arms.0 as usize).min(MOST_ARMS_OF_ALL / arms.max(1))
    }
}

impl Default for Study {
    fn default() -> Study {
        Study {
            comparator: None,
            confidence: Fraction(0.95),
            outcomes: BTreeMap::new(),
            sweep: BTreeMap::new(),
            sample: None,
            pareto: Vec::new(),
            rounds: None,
            most_arms: Count(MOST_ARMS),
        }
    }
}

/// `[study.outcomes.NAME]`: a number that each tissue gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// As in conditions: `tumour.live_count`, or an expression such as `tumour.live_count / t_cell.live_count`.
    pub statistic: String,
    /// The time at which, or up to which; the end, if absent.
    pub at: Option<Times>,
    #[serde(default)]
    pub measure: Measure,
    /// For times to it.
    pub threshold: Option<f64>,
    pub better: Better,
}

/// What is made of the course of a statistic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Its value.
    #[default]
    Value,
    /// The area under it, times hours.
    Area,
    /// The first time at which it is below the threshold.
    TimeBelow,
    /// The first time at which it is above the threshold.
    TimeAbove,
}

/// Which outcomes are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    Low,
    High,
}

/// `[study.rounds]`: the first has `replicates` of each arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rounds {
    /// Replicates of an arm.
    pub at_most: Count,
    /// The outcome that decides; the only one, if absent.
    pub outcome: Option<String>,
    /// Of the interval of the difference from the comparator: narrower ones get no more replicates.
    pub half_width: Option<f64>,
    /// Part of the arms, the best, that go on after each round.
    pub keep: Option<Fraction>,
}
