//! A response curve: an outcome of every tissue, and the means of the arms, against what one sweep varies.

use super::results::StudyResults;
use crate::outputs::picture::svg::{Axes, Drawing, Frame, GREY, ticks};
use crate::outputs::picture::{ARM_COLOURS, colour};
use crate::plan::Plan;
use crate::plan::study::Study;

/// The arms that come of varying one, along a sweep.
pub struct Lines {
    label: String,
    /// Number and arm, ascending.
    lines: Vec<Vec<(f64, usize)>>,
}

/// None unless there is just one sweep, of three numbers or more of one unit.
pub fn lines(plan: &Plan, study: &Study) -> Option<Lines> {
    let [sweep] = &study.sweeps[..] else { return None };
    let (numbers, unit) = sweep.numbers.as_ref()?;
    let varied = |arm: usize| {
        let suffix = format!("{}={}", sweep.name, sweep.levels[arm].as_deref()?);
        plan.arms[arm].name.strip_suffix(&suffix)
    };
    let mut lines: Vec<(&str, Vec<(f64, usize)>)> = Vec::new();
    for (arm, number) in numbers.iter().enumerate() {
        let Some((name, number)) = varied(arm).zip(*number) else { continue };
        match lines.iter_mut().find(|it| it.0 == name) {
            Some((_, line)) => line.push((number, arm)),
            None => lines.push((name, vec![(number, arm)])),
        }
    }
    let mut lines: Vec<Vec<(f64, usize)>> = lines.into_iter().map(|it| it.1).collect();
    lines.iter_mut().for_each(|line| line.sort_by(|a, b| a.0.total_cmp(&b.0)));
    let label = if unit.is_empty() { sweep.name.clone() } else { format!("{} ({unit})", sweep.name) };
    lines.iter().any(|line| line.len() > 2).then_some(Lines { label, lines })
}

/// Draws it, with the mean of the comparator as a grey line where no sweep varies it.
pub fn draw(drawing: &mut Drawing, found: &StudyResults, lines: &Lines, frame: Frame, outcome: usize) {
    let values = |arm: usize| found.numbers(outcome, arm);
    let mean = |arm: usize| found.mean(outcome, arm);
    let is_varied = |arm: usize| lines.lines.iter().flatten().any(|it| it.1 == arm);
    let comparator = Some(found.study.comparator).filter(|arm| !is_varied(*arm)).and_then(mean);
    let shown = lines.lines.iter().flatten().flat_map(|it| values(it.1)).chain(comparator);
    let (low, high) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (low.min(it), high.max(it)));
    if low > high {
        return;
    }
    let numbers = || lines.lines.iter().flatten().map(|it| it.0);
    let x = (numbers().fold(f64::INFINITY, f64::min), numbers().fold(f64::NEG_INFINITY, f64::max));
    let margin = if high > low { 0.06 * (high - low) } else { 1.0 };
    let axes = Axes { frame, x, y: (low - margin, high + margin), x_ticks: ticks(x.0, x.1, 5) };
    axes.draw(drawing, &lines.label, &found.study.outcomes[outcome].name);
    if let Some(mean) = comparator {
        drawing.polyline("comparator", &[axes.at(x.0, mean), axes.at(x.1, mean)], GREY, 1.5);
    }
    for (number, line) in lines.lines.iter().enumerate() {
        let colour = colour(&ARM_COLOURS, number + 1);
        for &(at, arm) in line {
            values(arm).into_iter().map(|it| axes.at(at, it)).for_each(|(x, y)| drawing.disc(x, y, 2.0, colour));
        }
        let means: Vec<_> = line.iter().filter_map(|&(at, arm)| Some(axes.at(at, mean(arm)?))).collect();
        drawing.polyline("response", &means, colour, 2.0);
    }
}
