//! Arms in the order of one outcome.

use super::outcomes::Value;
use super::results::StudyResults;
use crate::analysis::comparison::{Difference, Spread, chance_of_being_best, difference, spread};

/// The arms by one outcome, the best first; those without any number last.
pub type Ranked = Vec<Place>;

/// An arm.
#[derive(Clone, Debug)]
pub struct Place {
    pub arm: usize,
    /// None where no tissue gave a number.
    pub spread: Option<Spread>,
    /// Tissues whose time to the threshold was not met.
    pub censored_count: usize,
    /// None of the comparator itself.
    pub difference: Option<Difference>,
    pub chance_of_being_best: f64,
}

/// Ranks the arms by the means of an outcome.
pub fn ranked(found: &StudyResults, outcome: usize) -> Ranked {
    let StudyResults { plan, study, .. } = *found;
    let values: Vec<Vec<Option<Value>>> = (0..plan.arms.len()).map(|arm| found.values(outcome, arm)).collect();
    let numbers: Vec<Vec<Option<f64>>> =
        values.iter().map(|arm| arm.iter().map(|it| it.map(|it| it.number)).collect()).collect();
    let low_is_better = study.outcomes[outcome].low_is_better;
    let seed = plan.seeds[0];
    let chances = chance_of_being_best(&numbers, low_is_better, seed);
    let place = |arm: usize| {
        let known: Vec<f64> = numbers[arm].iter().flatten().copied().collect();
        let other = (arm != study.comparator).then(|| &numbers[study.comparator]);
        Place {
            arm,
            spread: (!known.is_empty()).then(|| spread(&known)),
            censored_count: values[arm].iter().flatten().filter(|it| it.is_censored).count(),
            difference: other.and_then(|other| difference(&numbers[arm], other, study.confidence, seed)),
            chance_of_being_best: chances[arm],
        }
    };
    let mut places: Vec<Place> = (0..plan.arms.len()).map(place).collect();
    let key = |it: &Place| it.spread.map_or(f64::INFINITY, |it| if low_is_better { it.mean } else { -it.mean });
    places.sort_by(|a, b| key(a).total_cmp(&key(b)));
    places
}
