//! `distributions.svg`: how observed columns are distributed over the live cells of each arm, all replicates together.
//!
//! A panel a column and cell type, in it an outline an arm above the axis that all share: a histogram as high as its fullest
//! bin, with a line at the median.

use super::svg::{Anchor, Axes, Drawing, Frame, GREY, label, ticks};
use super::tissue::histogram;
use super::{ARM_COLOURS, bits, colour};
use crate::cells::Cells;
use crate::cells::columns::{Column, column};
use crate::outputs::figures::figures;
use crate::plan::Plan;
use crate::plan::domain::hours;

/// Shown of cells with proteostasis, whether they are observed or not.
const ALWAYS: [&str; 2] = ["exhaustion", "misfolded_percent"];
/// Columns and arms that are shown at most.
const COLUMNS: usize = 6;
const ARMS: usize = 24;
/// Panels in a row.
const ACROSS: usize = 3;
/// Width of a panel, height of an arm in it, and how much of that an outline takes.
const WIDTH: f64 = 280.0;
const PITCH: f64 = 34.0;
const RISE: f64 = 28.0;
const LEFT: f64 = 28.0;
const GAP: f64 = 36.0;
const TOP: f64 = 92.0;
/// Heading above a panel, and axis below.
const ABOVE: f64 = 52.0;
const BELOW: f64 = 58.0;

/// A column of a cell type.
struct Panel {
    column: &'static Column,
    cell_type: usize,
}

/// Values of live cells by panel and arm.
#[derive(Clone, Debug, Default)]
pub struct Distributions {
    values: Vec<Vec<Vec<f32>>>,
}

impl Distributions {
    /// Without cells.
    pub fn new(plan: &Plan) -> Distributions {
        let arms = plan.arms.len().min(ARMS);
        Distributions { values: vec![vec![Vec::new(); arms]; panels(plan).len()] }
    }

    /// Takes the live cells of a batch whose first tissue is number `tissue_offset` of the study.
    pub fn add_cells(&mut self, plan: &Plan, cells: &Cells, tissue_offset: usize) {
        let [tissue, cell_type, fate] = ["tissue", "cell_type", "fate"].map(|name| bits(cells, name));
        for (panel, values) in panels(plan).iter().zip(&mut self.values) {
            let lanes = cells.pack(panel.column.pack);
            for (cell, lanes) in lanes.iter().enumerate() {
                let (arm, _) = plan.arm_and_replicate(tissue_offset + tissue(cell) as usize);
                if arm < values.len() && fate(cell) == 0 && cell_type(cell) as usize == panel.cell_type {
                    values[arm].push(panel.column.value(lanes[panel.column.lane]) as f32);
                }
            }
        }
    }

    /// The picture as SVG; none where no column differs between cells.
    pub fn svg(&self, plan: &Plan, tick: u32) -> Option<String> {
        let panels = panels(plan);
        let shown: Vec<_> = panels.iter().zip(&self.values).filter(|(_, values)| differ(values)).collect();
        let arms = plan.arms.len().min(ARMS);
        let longest = plan.arms[..arms].iter().map(|it| it.name.chars().count()).max().unwrap_or(0);
        let names = (7.0 * longest as f64).clamp(60.0, 320.0) + 16.0;
        let across = shown.len().min(ACROSS);
        let row = ABOVE + PITCH * arms as f64 + BELOW;
        let width = LEFT + names + across as f64 * (WIDTH + GAP) + 20.0;
        let mut drawing = Drawing::new(width.max(640.0), TOP + shown.len().div_ceil(ACROSS) as f64 * row);
        heading(&mut drawing, plan, tick);
        for (number, (panel, values)) in shown.iter().enumerate() {
            let x = LEFT + names + (number % ACROSS) as f64 * (WIDTH + GAP);
            let y = TOP + ABOVE + (number / ACROSS) as f64 * row;
            if number % ACROSS == 0 {
                for arm in 0..arms {
                    let y = y + PITCH * (arm + 1) as f64 - 4.0;
                    drawing.text(LEFT + names - 14.0, y, 12, Anchor::End, &plan.arms[arm].name);
                }
            }
            draw(&mut drawing, plan, panel, values, Frame { x, y, width: WIDTH, height: PITCH * arms as f64 });
        }
        (!shown.is_empty()).then(|| drawing.finish())
    }
}

/// The columns that are shown, each of the cell types that have it.
fn panels(plan: &Plan) -> Vec<Panel> {
    let always = ALWAYS.into_iter().filter(|_| plan.has_proteostasis());
    let observed = plan.observe.columns.iter().copied().filter(|it| !ALWAYS.contains(it));
    let columns = always.chain(observed).filter_map(column).take(COLUMNS);
    let types = 0..plan.cell_types.len();
    let of_types = |column: &'static Column| types.clone().map(move |cell_type| Panel { column, cell_type });
    columns.flat_map(of_types).filter(|it| has(plan, it)).collect()
}

fn has(plan: &Plan, panel: &Panel) -> bool {
    match trait_number(panel.column) {
        Some(number) => number < plan.cell_types[panel.cell_type].traits.len(),
        None => panel.column.pack.group().is_of(plan, panel.cell_type),
    }
}

fn trait_number(column: &Column) -> Option<usize> {
    ["trait_first", "trait_second"].iter().position(|it| *it == column.name)
}

/// Whether any two values are unlike.
fn differ(values: &[Vec<f32>]) -> bool {
    let (low, high) = range(values);
    low < high
}

fn range(values: &[Vec<f32>]) -> (f64, f64) {
    let finite = values.iter().flatten().map(|it| f64::from(*it)).filter(|it| it.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (low.min(it), high.max(it)))
}

fn heading(drawing: &mut Drawing, plan: &Plan, tick: u32) {
    drawing.title(LEFT, 36.0, 20, &plan.title);
    let replicates = if plan.seeds.len() > 1 { "of all replicates" } else { "of one replicate" };
    let text = format!("Live cells {replicates} at {} h", figures(hours(tick)));
    drawing.styled_text(LEFT, 62.0, 12, Anchor::Start, GREY, &text);
    let mut text = "Each outline is as high as its fullest bin; a line marks the median".to_owned();
    if plan.arms.len() > ARMS {
        text += &format!("; the first {ARMS} of {} arms", plan.arms.len());
    }
    drawing.styled_text(LEFT, 80.0, 12, Anchor::Start, GREY, &text);
}

/// One panel: the axis, and the outlines of the arms from top to bottom.
fn draw(drawing: &mut Drawing, plan: &Plan, panel: &Panel, values: &[Vec<f32>], frame: Frame) {
    let (low, high) = range(values);
    let axes = Axes { frame, x: (low, high), y: (0.0, 1.0), x_ticks: ticks(low, high, 5) };
    let bottom = frame.y + frame.height;
    for &value in &axes.x_ticks {
        let x = axes.at(value, 0.0).0;
        drawing.line((x, frame.y), (x, bottom + 4.0), "#e5e7eb", 1.0);
        drawing.styled_text(x, bottom + 18.0, 11, Anchor::Middle, GREY, &label(value));
    }
    let of_type = &plan.cell_types[panel.cell_type];
    let name = match trait_number(panel.column) {
        Some(number) => format!("{} ({})", panel.column.name, of_type.traits[number]),
        None => panel.column.name.to_owned(),
    };
    drawing.title(frame.x, frame.y - 30.0, 13, &format!("{}: {name}", of_type.name));
    drawing.styled_text(frame.x, frame.y - 14.0, 11, Anchor::Start, GREY, panel.column.meaning);
    drawing.text(frame.x + 0.5 * frame.width, bottom + 36.0, 12, Anchor::Middle, &name);
    for (arm, values) in values.iter().enumerate() {
        let base = frame.y + PITCH * (arm + 1) as f64;
        drawing.line((frame.x, base), (frame.x + frame.width, base), "#9ca3af", 0.7);
        outline(drawing, &axes, values, base, colour(&ARM_COLOURS, arm));
    }
}

/// The histogram of an arm above its base line.
fn outline(drawing: &mut Drawing, axes: &Axes, values: &[f32], base: f64, colour: &str) {
    let Some(median) = median(values) else {
        drawing.styled_text(axes.frame.x + 4.0, base - 5.0, 11, Anchor::Start, GREY, "no live cells");
        return;
    };
    let (low, high) = axes.x;
    let counts = histogram(values, low, high);
    let greatest = counts.iter().copied().fold(1.0, f64::max);
    let place = |bin: usize, count: f64| {
        let x = axes.at(low + (high - low) * bin as f64 / counts.len() as f64, 0.0).0;
        (x, base - RISE * count / greatest)
    };
    let steps = counts.iter().enumerate().flat_map(|(bin, count)| [place(bin, *count), place(bin + 1, *count)]);
    let mut points = vec![(axes.frame.x, base)];
    points.extend(steps);
    points.push((axes.frame.x + axes.frame.width, base));
    drawing.area("distribution", &points, colour, 0.3);
    drawing.polyline("outline", &points, colour, 1.0);
    let x = axes.at(median, 0.0).0;
    drawing.polyline("median", &[(x, base), (x, base - RISE)], colour, 2.5);
}

/// The middle value, of two the mean.
fn median(values: &[f32]) -> Option<f64> {
    let mut sorted: Vec<f32> = values.iter().copied().filter(|it| it.is_finite()).collect();
    sorted.sort_by(f32::total_cmp);
    let middle = sorted.len() / 2;
    let upper = f64::from(*sorted.get(middle)?);
    if sorted.len() % 2 == 1 { Some(upper) } else { Some(0.5 * (f64::from(sorted[middle - 1]) + upper)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, f32::NAN, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }
}
