//! The ranking as text.

use super::ranking::{Place, Ranked};
use crate::outputs::figures::figures;
use crate::outputs::summary::aligned;
use crate::plan::Plan;
use crate::plan::domain::hours;
use crate::plan::study::{Measure, Outcome, Study};
use std::fmt::Write as _;

/// Arms that text and pictures show: the best, and the comparator.
const MOST_SHOWN: usize = 24;

/// The arms that are shown.
pub fn shown<'a>(study: &Study, places: &'a [Place]) -> impl Iterator<Item = &'a Place> {
    let comparator = study.comparator;
    let is_shown = move |it: &(usize, &Place)| it.0 < MOST_SHOWN || it.1.arm == comparator;
    places.iter().enumerate().filter(is_shown).map(|it| it.1)
}

/// A table for each outcome.
pub fn ranking(plan: &Plan, study: &Study, ranked: &[Ranked]) -> String {
    let mut text = String::new();
    for (outcome, places) in study.outcomes.iter().zip(ranked) {
        let comparator = &plan.arms[study.comparator].name;
        let percent = 100.0 * study.confidence;
        let _ = writeln!(text, "\n{}\n", heading(outcome));
        let head = [
            "arm",
            "",
            "mean ± sd",
            &format!("difference from {comparator}"),
            &format!("{percent} % interval"),
            "is best",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(shown(study, places).map(|place| row(plan, place)));
        text += &aligned(&rows);
        if places.len() > MOST_SHOWN {
            let _ = writeln!(text, "… and {} arms more in ranking.csv", places.len() - rows.len() + 1);
        }
        text += &worth_of_pairing(plan, places);
    }
    text
}

/// What the outcome is.
pub fn heading(outcome: &Outcome) -> String {
    let statistic = &outcome.formula.text;
    let end = figures(hours(outcome.until_tick));
    let what = match outcome.measure {
        Measure::Value => format!("{statistic} at {end} h"),
        Measure::Area => format!("area under {statistic} to {end} h"),
        Measure::TimeBelow(threshold) => format!("hours until {statistic} < {threshold}, {end} h at most"),
        Measure::TimeAbove(threshold) => format!("hours until {statistic} > {threshold}, {end} h at most"),
    };
    format!("{}: {what} ({} is better)", outcome.name, if outcome.low_is_better { "low" } else { "high" })
}

fn row(plan: &Plan, place: &Place) -> Vec<String> {
    let dash = || "–".to_owned();
    let spread = place.spread.map_or_else(dash, |it| match it.deviation.is_finite() {
        true => format!("{} ± {}", figures(it.mean), figures(it.deviation)),
        false => figures(it.mean),
    });
    let difference = place.difference.map_or_else(dash, |it| signed(it.mean));
    let interval = place.difference.filter(|it| it.low.is_finite());
    let interval = interval.map_or_else(dash, |it| format!("{} to {}", signed(it.low), signed(it.high)));
    let best = format!("{:.0} %", 100.0 * place.chance_of_being_best);
    vec![plan.arms[place.arm].name.clone(), String::new(), spread, difference, interval, best]
}

/// What paired seeds did to the variance of differences: the median over the arms, and the arm where they did most.
fn worth_of_pairing(plan: &Plan, places: &[Place]) -> String {
    let ratio = |place: &Place| Some((place.difference?.variance_ratio, place.arm)).filter(|it| it.0.is_finite());
    let mut ratios: Vec<(f64, usize)> = places.iter().filter_map(ratio).collect();
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some(middle), Some(most)) = (ratios.get(ratios.len() / 2), ratios.last()) else { return String::new() };
    format!(
        "\nPaired seeds divide the variance of a difference by {} (median over the arms), at most by {} ({}).\n",
        figures(middle.0),
        figures(most.0),
        plan.arms[most.1].name
    )
}

fn signed(number: f64) -> String {
    let sign = if number > 0.0 { "+" } else { "" };
    format!("{sign}{}", figures(number))
}
