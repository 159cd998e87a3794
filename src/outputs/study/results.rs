//! What a study found, arm by arm.

use super::outcomes::{Courses, Value};
use crate::analysis::comparison::spread;
use crate::plan::Plan;
use crate::plan::study::Study;

/// A study and the courses of its statistics.
#[derive(Clone, Copy)]
pub struct StudyResults<'a> {
    pub plan: &'a Plan,
    pub study: &'a Study,
    pub courses: &'a Courses,
}

impl StudyResults<'_> {
    /// An outcome of each replicate of an arm; none where there is no number.
    pub fn values(&self, outcome: usize, arm: usize) -> Vec<Option<Value>> {
        let replicates = self.plan.seeds.len();
        (0..replicates).map(|it| self.courses.value(outcome, arm * replicates + it)).collect()
    }

    /// The numbers alone.
    pub fn numbers(&self, outcome: usize, arm: usize) -> Vec<f64> {
        self.values(outcome, arm).into_iter().flatten().map(|it| it.number).collect()
    }

    /// Their mean; none where there is none.
    pub fn mean(&self, outcome: usize, arm: usize) -> Option<f64> {
        Some(self.numbers(outcome, arm)).filter(|it| !it.is_empty()).map(|it| spread(&it).mean)
    }

    /// What each sweep gives an arm; empty where it gives nothing.
    pub fn levels(&self, arm: usize) -> impl Iterator<Item = String> {
        self.study.sweeps.iter().map(move |it| it.levels[arm].clone().unwrap_or_default())
    }
}
