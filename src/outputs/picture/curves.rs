//! Left half of the picture: numbers of cells over time, a diagram a cell type, a line an arm.

use super::svg::{Axes, Drawing, Frame, time_ticks};
use super::{ARM_COLOURS, colour, is_dashed};
use crate::outputs::History;
use crate::plan::Plan;
use crate::plan::domain::hours;

/// Points of a line beyond which it is thinned: more than pixels.
const POINTS: usize = 600;

/// Draws the diagram of one cell type: per arm the mean over replicates as a line, least to greatest as a band.
pub fn draw(drawing: &mut Drawing, frame: Frame, plan: &Plan, history: &History, cell_type: usize) {
    let bands: Vec<_> = (0..plan.arms.len()).map(|arm| thinned(history.band(plan, arm, cell_type))).collect();
    let greatest = bands.iter().flatten().map(|spread| spread.greatest).fold(1.0, f64::max);
    let end = bands.iter().flatten().map(|spread| spread.time_h).fold(0.0, f64::max);
    let end = if end > 0.0 { end } else { hours(plan.duration_ticks) };
    let axes = Axes { frame, x: (0.0, end), y: (0.0, greatest * 1.05), x_ticks: time_ticks(end) };
    axes.draw(drawing, "time (h)", "live cells");
    drawing.title(frame.x, frame.y - 10.0, 13, &plan.cell_types[cell_type].name);
    for (arm, band) in bands.iter().enumerate() {
        let colour = colour(&ARM_COLOURS, arm);
        let upper = band.iter().map(|spread| axes.at(spread.time_h, spread.greatest));
        let lower = band.iter().rev().map(|spread| axes.at(spread.time_h, spread.least));
        if plan.seeds.len() > 1 {
            drawing.area("band", &upper.chain(lower).collect::<Vec<_>>(), colour, 0.18);
        }
        let mean: Vec<_> = band.iter().map(|spread| axes.at(spread.time_h, spread.mean)).collect();
        drawing.dashed_polyline("series", &mean, colour, 2.0, is_dashed(arm));
    }
}

/// Every k-th point, and the last.
fn thinned<T: Copy>(points: Vec<T>) -> Vec<T> {
    let stride = points.len().div_ceil(POINTS).max(1);
    let last = points.len().saturating_sub(1);
    points.iter().enumerate().filter(|(i, _)| i % stride == 0 || *i == last).map(|(_, point)| *point).collect()
}
