//! What a study asks of its arms: outcomes, and the arm that the others are compared with.

pub use super::formula::{Formula, Term};
pub use crate::scenario::sampling::Method;

/// A checked `[study]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Number of the arm that the others are compared with.
    pub comparator: usize,
    /// Of the intervals, in 0..1.
    pub confidence: f64,
    pub outcomes: Vec<Outcome>,
    pub sweeps: Vec<Sweep>,
    /// None: all values of the sweeps with each other.
    pub sample: Option<Sample>,
    /// Two outcomes, of which the arms on the front are told.
    pub pareto: Option<[usize; 2]>,
    /// None: all arms have all replicates.
    pub rounds: Option<Rounds>,
}

/// Replicates are added in rounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Rounds {
    /// Replicates of the first round; `Plan::seeds` has as many as an arm has at most.
    pub first: usize,
    /// The outcome that decides.
    pub outcome: usize,
    /// Of the interval of the difference from the comparator, at which an arm has enough of them.
    pub half_width: Option<f64>,
    /// Part of the arms that go on after a round.
    pub keep: Option<f64>,
}

/// Which arms are the points of a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub method: Method,
    /// One for each arm that is varied.
    pub lines: Vec<Line>,
}

impl Sample {
    /// Whether it is for sensitivities, and not for the best of its points.
    pub fn is_for_sensitivity(&self) -> bool {
        matches!(self.method, Method::SobolIndices | Method::Morris)
    }
}

/// The points of an arm that is varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// None where the scenario has no arms of its own.
    pub varied: Option<String>,
    /// What varies it: names of the sweeps.
    pub sweeps: Vec<String>,
    /// Place of each point in the unit cube of the sweeps.
    pub places: Vec<Vec<f64>>,
    /// Arm of each point; points that are equal share one.
    pub arms: Vec<usize>,
}

/// A sweep, and what it gave each arm; none to arms that it does not vary.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    pub name: String,
    pub levels: Vec<Option<String>>,
    /// The same as numbers, and their unit; none where they are no numbers of one unit.
    pub numbers: Option<(Vec<Option<f64>>, String)>,
}

/// A number that each tissue gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub name: String,
    pub formula: Formula,
    pub measure: Measure,
    /// Reports up to this tick count.
    pub until_tick: u32,
    pub low_is_better: bool,
}

/// What is made of the course of a statistic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// The value at the last tick.
    Value,
    /// The area under it, times hours.
    Area,
    /// Hours until it is below a threshold, or all of them where it never is.
    TimeBelow(f64),
    /// Hours until it is above one.
    TimeAbove(f64),
}
