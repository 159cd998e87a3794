//! A forest plot: the arms, the best first, with their differences from the comparator and intervals.

use super::ranking::Place;
use super::text::shown;
use crate::outputs::figures::figures;
use crate::outputs::picture::svg::{Anchor, Axes, Drawing, Frame, GREY, ticks};
use crate::plan::Plan;
use crate::plan::study::Study;

/// Height of an arm.
pub const PITCH: f64 = 22.0;
const BETTER: &str = "#0f766e";
const WORSE: &str = "#b45309";

/// Draws it; names stand to the left of the frame, chances of being best in `margin` to its right.
pub fn draw(
    drawing: &mut Drawing,
    plan: &Plan,
    study: &Study,
    places: &[Place],
    low_is_better: bool,
    frame: Frame,
    margin: f64,
) {
    let axes = axes(shown(study, places), frame);
    let bottom = frame.y + frame.height;
    for &value in &axes.x_ticks {
        let x = axes.at(value, 0.0).0;
        let colour = if value == 0.0 { GREY } else { "#e5e7eb" };
        drawing.line((x, frame.y), (x, bottom), colour, 1.0);
        drawing.styled_text(x, bottom + 16.0, 11, Anchor::Middle, GREY, &figures(value));
    }
    let percent = 100.0 * study.confidence;
    let what = format!("difference from {}, {percent} % interval", plan.arms[study.comparator].name);
    drawing.text(frame.x + 0.5 * frame.width, bottom + 34.0, 12, Anchor::Middle, &what);
    drawing.styled_text(frame.x + frame.width + margin, frame.y - 8.0, 11, Anchor::End, GREY, "is best");
    for (number, place) in shown(study, places).enumerate() {
        let y = frame.y + PITCH * (number as f64 + 0.5);
        drawing.text(frame.x - 16.0, y + 4.0, 12, Anchor::End, &plan.arms[place.arm].name);
        let best = format!("{:.0} %", 100.0 * place.chance_of_being_best);
        drawing.styled_text(frame.x + frame.width + margin, y + 4.0, 12, Anchor::End, GREY, &best);
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
fn axes<'a>(places: impl Iterator<Item = &'a Place>, frame: Frame) -> Axes {
    let differences = places.filter_map(|it| it.difference);
    let ends = differences.flat_map(|it| [it.mean, it.low, it.high]).filter(|it| it.is_finite());
    let (low, high) = ends.fold((0.0f64, 0.0f64), |(low, high), it| (low.min(it), high.max(it)));
    let margin = if high > low { 0.04 * (high - low) } else { 1.0 };
    let (low, high) = (low - margin, high + margin);
    Axes { frame, x: (low, high), y: (0.0, 1.0), x_ticks: ticks(low, high, 5) }
}
