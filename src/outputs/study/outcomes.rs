//! Outcomes of tissues, from the courses of their statistics.

use crate::plan::domain::hours;
use crate::plan::study::{Measure, Outcome, Study};
use crate::statistics::Row;
use std::collections::BTreeMap;

/// An outcome of one tissue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    pub number: f64,
    /// A threshold was not met up to the last report: the number is the time until then, so that the mean of such numbers is
    /// the restricted mean time (Royston & Parmar, BMC Med Res Methodol 2013, 13:152).
    pub is_censored: bool,
}

/// Tick and value of each report, ascending in time.
type Course = Vec<(u32, Option<f64>)>;

/// The course of each asked statistic of each tissue, by outcome and tissue.
pub struct Courses {
    outcomes: Vec<Outcome>,
    points: BTreeMap<(usize, u32), Course>,
}

impl Courses {
    pub fn new(study: &Study) -> Courses {
        Courses { outcomes: study.outcomes.clone(), points: BTreeMap::new() }
    }

    /// Takes note of what is asked for.
    pub fn append(&mut self, study: &Study, rows: &[Row]) {
        for row in rows {
            for (number, outcome) in study.outcomes.iter().enumerate() {
                let is_asked = *row.statistic == *outcome.statistic && row.cell_type == outcome.cell_type;
                if is_asked && row.tick <= outcome.until_tick {
                    self.points.entry((number, row.tissue)).or_default().push((row.tick, row.value));
                }
            }
        }
    }

    /// An outcome of a tissue; none where a value that it needs is missing.
    pub fn value(&self, outcome: usize, tissue: usize) -> Option<Value> {
        value(&self.outcomes[outcome], self.points.get(&(outcome, tissue as u32))?)
    }
}

fn value(outcome: &Outcome, course: &[(u32, Option<f64>)]) -> Option<Value> {
    let whole = |number: f64| Value { number, is_censored: false };
    let last = course.last().filter(|it| it.0 == outcome.until_tick)?;
    match outcome.measure {
        Measure::Value => last.1.map(whole),
        Measure::Area => area(course).map(whole),
        Measure::TimeBelow(threshold) => Some(time(course, |it| it < threshold)),
        Measure::TimeAbove(threshold) => Some(time(course, |it| it > threshold)),
    }
}

/// By trapezia.
fn area(course: &[(u32, Option<f64>)]) -> Option<f64> {
    let part = |pair: &[(u32, Option<f64>)]| {
        let width_h = hours(pair[1].0) - hours(pair[0].0);
        Some(0.5 * (pair[0].1? + pair[1].1?) * width_h)
    };
    course.windows(2).map(part).sum()
}

/// The first report at which something holds of a value.
fn time(course: &[(u32, Option<f64>)], holds: impl Fn(f64) -> bool) -> Value {
    let met = course.iter().find(|it| it.1.is_some_and(&holds));
    let end = course.last().map_or(0, |it| it.0);
    Value { number: hours(met.map_or(end, |it| it.0)), is_censored: met.is_none() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::TICKS_PER_MIN;

    fn outcome(measure: Measure, until_h: u32) -> Outcome {
        let until_tick = until_h * 60 * TICKS_PER_MIN;
        let statistic = "live_count".into();
        Outcome { name: "x".into(), cell_type: Some(0), statistic, measure, until_tick, low_is_better: true }
    }

    #[test]
    fn outcomes_are_of_the_course() {
        let course: Vec<_> =
            [8.0, 4.0, 2.0].iter().zip(0..).map(|(it, h)| (h * 60 * TICKS_PER_MIN, Some(*it))).collect();
        let got = |measure| value(&outcome(measure, 2), &course).map(|it| (it.number, it.is_censored));
        assert_eq!(got(Measure::Value), Some((2.0, false)));
        assert_eq!(got(Measure::Area), Some((9.0, false)));
        assert_eq!(got(Measure::TimeBelow(5.0)), Some((1.0, false)));
        assert_eq!(got(Measure::TimeBelow(1.0)), Some((2.0, true)));
        assert_eq!(got(Measure::TimeAbove(7.0)), Some((0.0, false)));
    }

    #[test]
    fn a_run_that_ended_early_has_none() {
        let course = [(0, Some(1.0))];
        assert_eq!(value(&outcome(Measure::Value, 2), &course), None);
        assert_eq!(value(&outcome(Measure::Value, 0), &[(0, None)]), None);
    }
}
