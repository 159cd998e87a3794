//! `study.svg`: for each outcome the arms, the best first, with their differences from the comparator and intervals.

use super::super::picture::svg::{Anchor, Axes, Drawing, Frame, GREY, ticks};
use super::ranking::{Place, Ranked};
use super::text::heading;
use crate::plan::Plan;
use crate::plan::study::Study;

const LEFT: f64 = 28.0;
const PLOT: f64 = 420.0;
const RIGHT: f64 = 96.0;
const TOP: f64 = 52.0;
const PITCH: f64 = 22.0;
/// Heading above the arms of an outcome, and axis below.
const ABOVE: f64 = 44.0;
const BELOW: f64 = 64.0;
const BETTER: &str = "#0f766e";
const WORSE: &str = "#b45309";

/// The picture.
pub fn svg(plan: &Plan, study: &Study, ranked: &[Ranked]) -> String {
    let longest = plan.arms.iter().map(|it| it.name.chars().count()).max().unwrap_or(0);
    let names = (7.0 * longest as f64).clamp(80.0, 420.0);
    let height: f64 = ranked.iter().map(|places| ABOVE + BELOW + PITCH * places.len() as f64).sum();
    let mut drawing = Drawing::new(LEFT + names + PLOT + RIGHT, TOP + height);
    drawing.title(LEFT, 34.0, 20, &plan.title);
    let mut y = TOP;
    for (number, places) in ranked.iter().enumerate() {
        let outcome = &study.outcomes[number];
        drawing.title(LEFT, y + 18.0, 13, &heading(plan, outcome));
        drawing.styled_text(LEFT + names + PLOT + RIGHT - 12.0, y + 36.0, 11, Anchor::End, GREY, "is best");
        let frame =
            Frame { x: LEFT + names + 16.0, y: y + ABOVE, width: PLOT - 32.0, height: PITCH * places.len() as f64 };
        panel(&mut drawing, plan, study, places, outcome.low_is_better, frame);
        y += ABOVE + BELOW + frame.height;
    }
    drawing.finish()
}

fn panel(drawing: &mut Drawing, plan: &Plan, study: &Study, places: &[Place], low_is_better: bool, frame: Frame) {
    let axes = axes(places, frame);
    let bottom = frame.y + frame.height;
    for &value in &axes.x_ticks {
        let x = axes.at(value, 0.0).0;
        let colour = if value == 0.0 { GREY } else { "#e5e7eb" };
        drawing.line((x, frame.y), (x, bottom), colour, 1.0);
        drawing.styled_text(x, bottom + 16.0, 11, Anchor::Middle, GREY, &super::text::figures(value));
    }
    let percent = 100.0 * study.confidence;
    let what = format!("difference from {}, {percent} % interval", plan.arms[study.comparator].name);
    drawing.text(frame.x + 0.5 * frame.width, bottom + 34.0, 12, Anchor::Middle, &what);
    for (number, place) in places.iter().enumerate() {
        let y = frame.y + PITCH * (number as f64 + 0.5);
        drawing.text(frame.x - 16.0, y + 4.0, 12, Anchor::End, &plan.arms[place.arm].name);
        let best = format!("{:.0} %", 100.0 * place.chance_of_being_best);
        drawing.styled_text(frame.x + frame.width + RIGHT + 4.0, y + 4.0, 12, Anchor::End, GREY, &best);
        let Some(difference) = place.difference else { continue };
        let is_better = (difference.mean < 0.0) == low_is_better;
        let colour = if is_better { BETTER } else { WORSE };
        let x = |value: f64| axes.at(value, 0.0).0;
        if difference.low.is_finite() {
            drawing.polyline("interval", &[(x(difference.low), y), (x(difference.high), y)], colour, 2.0);
        }
        drawing.disc(x(difference.mean), y, 4.5, colour);
    }
}

/// From the least to the greatest end of an interval, 0 included.
fn axes(places: &[Place], frame: Frame) -> Axes {
    let differences = places.iter().filter_map(|it| it.difference);
    let ends = differences.flat_map(|it| [it.mean, it.low, it.high]).filter(|it| it.is_finite());
    let (low, high) = ends.fold((0.0f64, 0.0f64), |(low, high), it| (low.min(it), high.max(it)));
    let margin = if high > low { 0.04 * (high - low) } else { 1.0 };
    let (low, high) = (low - margin, high + margin);
    Axes { frame, x: (low, high), y: (0.0, 1.0), x_ticks: ticks(low, high, 5) }
}
