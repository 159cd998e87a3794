//! The picture of a phase diagram: left, aggregates against stimulation on both branches; right, between which
//! stimulations each arm has two ways to be.

use super::branches::{AGGREGATED, BRANCHES, Branches, LEVELS, stimulation};
use crate::outputs::picture::colour;
use crate::outputs::picture::svg::{Anchor, Axes, Drawing, Frame, GREY, ticks};

/// Colours of arms: Okabe and Ito's, which colour-blind people tell apart, and a dark one for the first.
const COLOURS: [&str; 8] = ["#374151", "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#8B6B00", "#56B4E9", "#E69F00"];
const LEFT: f64 = 84.0;
const TOP: f64 = 104.0;
const WIDTH: f64 = 470.0;
const HEIGHT: f64 = 360.0;
const NAMES: f64 = 740.0;
const RANGES: f64 = 330.0;
/// Radius of the mark of a tipping point.
const MARK: f64 = 4.5;

/// The picture as SVG.
pub fn svg(title: &str, cell_type: &str, arms: &[Branches]) -> String {
    let right = NAMES + RANGES + 40.0;
    let mut drawing = Drawing::new(right, TOP + HEIGHT + 60.0);
    drawing.title(28.0, 36.0, 20, title);
    let of = format!("{cell_type} in the end: solid from healthy cells, dashed from collapsed ones");
    drawing.styled_text(LEFT, 66.0, 12, Anchor::Start, GREY, &of);
    let how = "Healthy cells collapse at the filled mark, collapsed ones recover below the open";
    drawing.styled_text(NAMES - 120.0, 66.0, 12, Anchor::Start, GREY, how);
    let frame = Frame { x: LEFT, y: TOP, width: WIDTH, height: HEIGHT };
    curves(&mut drawing, frame, arms);
    ranges(&mut drawing, Frame { x: NAMES, width: RANGES, ..frame }, arms);
    drawing.finish()
}

fn curves(drawing: &mut Drawing, frame: Frame, arms: &[Branches]) {
    let states = arms.iter().flat_map(|arm| arm.states.iter().flatten());
    let greatest = states.map(|state| state[AGGREGATED]).fold(1.0, f64::max);
    let axes = Axes { frame, x: (0.0, 1.0), y: (0.0, 1.05 * greatest), x_ticks: ticks(0.0, 1.0, 5) };
    axes.draw(drawing, "stimulation (TCR occupancy)", "aggregated protein (% of all)");
    for (number, arm) in arms.iter().enumerate() {
        let colour = colour(&COLOURS, number);
        for (branch, states) in arm.states.iter().enumerate() {
            let point = |level: usize| axes.at(stimulation(level), states[level][AGGREGATED]);
            let line: Vec<_> = (0..LEVELS).map(point).collect();
            drawing.dashed_polyline(BRANCHES[branch], &line, colour, 2.0, branch == 1);
        }
    }
    for (number, arm) in arms.iter().enumerate() {
        for (branch, at) in arm.tipping_points().into_iter().enumerate() {
            let Some(at) = at else { continue };
            let level = (at * (LEVELS - 1) as f64).round() as usize;
            let place = axes.at(at, arm.states[branch][level][AGGREGATED]);
            mark(drawing, place, branch, colour(&COLOURS, number));
        }
    }
}

/// A filled mark of collapse, an open one of recovery.
fn mark(drawing: &mut Drawing, (x, y): (f64, f64), branch: usize, colour: &str) {
    drawing.disc(x, y, MARK, colour);
    if branch == 1 {
        drawing.disc(x, y, MARK - 1.8, "#ffffff");
    }
}

/// A line for each arm, from recovery to collapse.
fn ranges(drawing: &mut Drawing, frame: Frame, arms: &[Branches]) {
    let axes = Axes { frame, x: (0.0, 1.0), y: (0.0, 1.0), x_ticks: ticks(0.0, 1.0, 5) };
    let bottom = frame.y + frame.height;
    for &tick in &axes.x_ticks {
        let x = axes.at(tick, 0.0).0;
        drawing.line((x, frame.y), (x, bottom), "#e5e7eb", 1.0);
        drawing.styled_text(x, bottom + 16.0, 11, Anchor::Middle, GREY, &format!("{tick:.1}"));
    }
    drawing.text(frame.x + frame.width / 2.0, bottom + 33.0, 12, Anchor::Middle, "stimulation (TCR occupancy)");
    for (number, arm) in arms.iter().enumerate() {
        let y = frame.y + frame.height * (number as f64 + 0.5) / arms.len() as f64;
        let colour = colour(&COLOURS, number);
        drawing.text(frame.x - 10.0, y + 4.0, 12, Anchor::End, &arm.arm);
        let [collapse, recovery] = arm.tipping_points();
        let at = |stimulation: f64| (axes.at(stimulation, 0.0).0, y);
        drawing.line(at(recovery.unwrap_or(1.0)), at(collapse.unwrap_or(1.0)), colour, 4.0);
        for (branch, point) in [collapse, recovery].into_iter().enumerate() {
            if let Some(point) = point {
                mark(drawing, at(point), branch, colour);
            }
        }
    }
}
