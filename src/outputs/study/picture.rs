//! `study.svg`: a row an outcome, its forest plot and, where one sweep varies a number, the response to it.

use super::forest::{self, PITCH};
use super::ranking::Ranked;
use super::response;
use super::results::StudyResults;
use super::text::{heading, shown};
use crate::outputs::picture::svg::{Drawing, Frame};

const LEFT: f64 = 28.0;
const PLOT: f64 = 388.0;
/// Room of the chances of being best.
const MARGIN: f64 = 64.0;
const TOP: f64 = 52.0;
/// Heading above the plots of an outcome, and axis below.
const ABOVE: f64 = 48.0;
const BELOW: f64 = 64.0;
/// Size of a response, and room of its axis.
const RESPONSE: (f64, f64) = (300.0, 170.0);
const AXIS: f64 = 90.0;

/// The picture.
pub fn svg(found: &StudyResults, ranked: &[Ranked]) -> String {
    let StudyResults { plan, study, .. } = *found;
    let places = || ranked.iter().flat_map(|it| shown(study, it));
    let longest = places().map(|it| plan.arms[it.arm].name.chars().count()).max().unwrap_or(0);
    let most = ranked.iter().map(|it| shown(study, it).count()).max().unwrap_or(0);
    let names = (7.0 * longest as f64).clamp(80.0, 420.0) + 16.0;
    let forest = PITCH * most as f64;
    let lines = response::lines(plan, study);
    let row = if lines.is_some() { forest.max(RESPONSE.1) } else { forest } + ABOVE + BELOW;
    let beside = if lines.is_some() { AXIS + RESPONSE.0 } else { 0.0 };
    let width = LEFT + names + PLOT + MARGIN + beside + 28.0;
    let mut drawing = Drawing::new(width, TOP + row * ranked.len() as f64);
    drawing.title(LEFT, 34.0, 20, &plan.title);
    for (number, places) in ranked.iter().enumerate() {
        let (outcome, top) = (&study.outcomes[number], TOP + row * number as f64);
        drawing.title(LEFT, top + 18.0, 13, &heading(outcome));
        let frame = Frame { x: LEFT + names, y: top + ABOVE, width: PLOT, height: forest };
        forest::draw(&mut drawing, plan, study, places, outcome.low_is_better, frame, MARGIN);
        if let Some(lines) = &lines {
            let x = frame.x + PLOT + MARGIN + AXIS;
            let frame = Frame { x, width: RESPONSE.0, height: RESPONSE.1, ..frame };
            response::draw(&mut drawing, found, lines, frame, number);
        }
    }
    drawing.finish()
}
