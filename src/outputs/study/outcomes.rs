//! Outcomes of tissues, from the courses of their statistics.

use crate::measure::StatisticRow;
use crate::plan::domain::hours;
use crate::plan::study::{Measure, Outcome, Study, Term};
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

/// The same for each statistic of an outcome.
type Terms = Vec<(u32, Vec<Option<f64>>)>;

/// The course of each asked statistic of each tissue, by outcome and tissue.
pub struct Courses {
    outcomes: Vec<Outcome>,
    points: BTreeMap<(usize, u32), Terms>,
}

impl Courses {
    pub fn new(study: &Study) -> Courses {
        Courses { outcomes: study.outcomes.clone(), points: BTreeMap::new() }
    }

    /// Takes note of what is asked for.
    pub fn append(&mut self, rows: &[StatisticRow]) {
        for row in rows {
            for (number, outcome) in self.outcomes.iter().enumerate().filter(|it| row.tick <= it.1.until_tick) {
                let terms = &outcome.formula.terms;
                let is_asked = |it: &Term| *row.statistic == *it.statistic && row.cell_type == it.cell_type;
                let Some(term) = terms.iter().position(is_asked) else { continue };
                let course = self.points.entry((number, row.tissue)).or_default();
                if course.last().is_none_or(|it| it.0 != row.tick) {
                    course.push((row.tick, vec![None; terms.len()]));
                }
                course.last_mut().into_iter().for_each(|it| it.1[term] = row.value);
            }
        }
    }

    /// An outcome of a tissue; none where a value that it needs is missing.
    pub fn value(&self, outcome: usize, tissue: usize) -> Option<Value> {
        let formula = &self.outcomes[outcome].formula;
        let whole = |values: &Vec<Option<f64>>| values.iter().copied().collect::<Option<Vec<f64>>>();
        let value = |values: &Vec<Option<f64>>| match whole(values)?[..] {
            [alone] if formula.is_plain() => Some(alone),
            ref values => formula.value(values),
        };
        let terms = self.points.get(&(outcome, tissue as u32))?;
        let course: Course = terms.iter().map(|(tick, values)| (*tick, value(values))).collect();
        self::value(&self.outcomes[outcome], &course)
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
    use crate::plan::study::Formula;

    fn outcome(measure: Measure, until_h: u32) -> Outcome {
        let until_tick = until_h * 60 * TICKS_PER_MIN;
        let term = |statistic: &str| Term { cell_type: Some(0), statistic: statistic.into() };
        let formula = Formula { text: "a.dead / a.live".into(), terms: vec![term("dead"), term("live")] };
        Outcome { name: "x".into(), formula, measure, until_tick, low_is_better: true }
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

    #[test]
    fn an_expression_is_of_the_statistics_of_one_time() {
        let study = Study {
            comparator: 0,
            confidence: 0.95,
            outcomes: vec![outcome(Measure::Value, 1)],
            sweeps: Vec::new(),
            sample: None,
            pareto: None,
            rounds: None,
        };
        let row = |tick, statistic: &str, value| StatisticRow {
            tissue: 3,
            tick,
            cell_type: Some(0),
            statistic: statistic.into(),
            value: Some(value),
        };
        let mut courses = Courses::new(&study);
        let end = 60 * TICKS_PER_MIN;
        courses.append(&[row(0, "live", 1.0), row(0, "dead", 1.0), row(end, "live", 8.0), row(end, "born", 5.0)]);
        assert_eq!(courses.value(0, 3), None, "a statistic is missing");
        courses.append(&[row(end, "dead", 2.0), row(end + 1, "dead", 4.0)]);
        assert_eq!(courses.value(0, 3), Some(Value { number: 0.25, is_censored: false }));
        assert_eq!(courses.value(0, 2), None);
    }
}
