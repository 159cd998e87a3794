//! `overview.svg`: a run at a glance, in a file that every browser opens.
//!
//! Left, the numbers of cells over time; right, the first replicate of each arm: in a tissue the section at z = 0, in
//! a layer all cells, in a culture the histogram of an observed column. Beside it `distributions.svg`, of all replicates.

mod curves;
mod distributions;
pub(crate) mod svg;
mod tissue;

use super::History;
use crate::cells::Cells;
use crate::cells::columns::{Column, column};
use crate::plan::domain::hours;
use crate::plan::{Arm, Geometry, Plan};
use distributions::Distributions;
use svg::{Anchor, Drawing, Frame, GREY};
pub(super) use svg::{label, round_below, ticks};
use tissue::Disc;

/// Colours of cell types: Okabe and Ito's, which colour-blind people tell apart.
pub(super) const TYPE_COLOURS: [&str; 6] = ["#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#F0E442", "#0072B2"];
/// Colours of arms: the first arm, mostly the control, is dark; none is the colour of the first two cell types.
pub(super) const ARM_COLOURS: [&str; 6] = ["#374151", "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#8B6B00"];
pub(super) const DEAD_COLOUR: &str = "#9ca3af";

/// Arms that get a panel, and arms that the legend names.
const PANELS: usize = 6;
const NAMED_ARMS: usize = 24;
/// Edge of a panel where there are up to two, and where there are more, and the space between panels, in pixels.
const LARGE_PANEL: f64 = 466.0;
const PANEL: f64 = 330.0;
const GAP: f64 = 44.0;
const CURVES_WIDTH: f64 = 430.0;
const CURVE_HEIGHT: f64 = 190.0;
const CURVE_PITCH: f64 = 276.0;
const LEFT: f64 = 84.0;
const TOP: f64 = 128.0;

pub(crate) fn colour<'a>(colours: &[&'a str], number: usize) -> &'a str {
    colours[number % colours.len()]
}

/// What the picture needs of the cells, gathered batch by batch.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// The latest tick seen, whose cells are shown.
    tick: u32,
    /// By arm: sections of cells, in a tissue or layer.
    discs: Vec<Vec<Disc>>,
    /// By arm and cell type: values of the column shown, in a culture.
    values: Vec<Vec<Vec<f32>>>,
    distributions: Distributions,
}

impl Picture {
    /// A picture without cells.
    pub fn new(plan: &Plan) -> Picture {
        let arms = plan.arms.len().min(PANELS);
        Picture {
            tick: 0,
            discs: vec![Vec::new(); arms],
            values: vec![vec![Vec::new(); plan.cell_types.len()]; arms],
            distributions: Distributions::new(plan),
        }
    }

    /// Takes the cells from a batch whose first tissue is number `tissue_offset` of the study.
    /// Those of the latest tick stay; an earlier one, such as another batch begins with, adds nothing.
    pub fn add_cells(&mut self, plan: &Plan, tick: u32, cells: &Cells, tissue_offset: usize) {
        if tick < self.tick {
            return;
        }
        if tick > self.tick {
            *self = Picture { tick, ..Picture::new(plan) };
        }
        self.distributions.add_cells(plan, cells, tissue_offset);
        let shown = shown_column(plan);
        let [tissue, cell_type, fate] = ["tissue", "cell_type", "fate"].map(|name| bits(cells, name));
        for cell in 0..cells.len() {
            let (arm, replicate) = plan.arm_and_replicate(tissue_offset + tissue(cell) as usize);
            if replicate != 0 || arm >= self.discs.len() {
                continue;
            }
            let (cell_type, is_live) = (cell_type(cell) as usize, fate(cell) == 0);
            if plan.domain.geometry != Geometry::Culture {
                self.discs[arm].extend(Disc::cut(cells.position[cell], plan.domain.geometry, cell_type, is_live));
            } else if let Some(column) = shown.filter(|_| is_live) {
                self.values[arm][cell_type].push(cells.value(column, cell) as f32);
            }
        }
    }

    /// `distributions.svg`; none where no cells were seen, or no column differs between them.
    pub fn distributions(&self, plan: &Plan) -> Option<String> {
        self.distributions.svg(plan, self.tick)
    }

    /// `overview.svg`.
    pub fn svg(&self, plan: &Plan, history: &History) -> String {
        let panels = self.discs.len();
        let across = if panels > 4 { 3 } else { panels.min(2) };
        let edge = if panels > 2 { PANEL } else { LARGE_PANEL };
        let right = LEFT + CURVES_WIDTH + 70.0;
        let width = right + across as f64 * (edge + GAP);
        let panels_height = panels.div_ceil(across.max(1)) as f64 * (edge + GAP);
        let height = TOP + panels_height.max(plan.cell_types.len() as f64 * CURVE_PITCH) + 8.0;
        let rows = arms_legend(plan).last().map_or(0.0, |it| it.1);
        let (height, top) = (height + rows, TOP + rows);
        let mut drawing = Drawing::new(width, height);
        heading(&mut drawing, plan, right, hours(self.tick));
        for cell_type in 0..plan.cell_types.len() {
            let y = top + cell_type as f64 * CURVE_PITCH;
            let frame = Frame { x: LEFT, y, width: CURVES_WIDTH, height: CURVE_HEIGHT };
            curves::draw(&mut drawing, frame, plan, history, cell_type);
        }
        for arm in 0..panels {
            let (x, y) = ((arm % across) as f64 * (edge + GAP), (arm / across) as f64 * (edge + GAP));
            self.panel(&mut drawing, plan, arm, Frame { x: right + x, y: top + y, width: edge, height: edge });
        }
        drawing.finish()
    }

    fn panel(&self, drawing: &mut Drawing, plan: &Plan, arm: usize, frame: Frame) {
        drawing.key(frame.x + 5.0, frame.y - 14.0, colour(&ARM_COLOURS, arm));
        drawing.title(frame.x + 16.0, frame.y - 10.0, 13, &plan.arms[arm].name);
        match (plan.domain.geometry, shown_column(plan)) {
            (Geometry::Culture, Some(column)) => {
                let range = range(self.values.iter().flatten().flatten());
                tissue::draw_histogram(drawing, frame, column.name, &self.values[arm], range);
            }
            (Geometry::Culture, None) => {}
            _ => {
                let half_view_um = tissue::half_view_um(&plan.domain, self.discs.iter().flatten());
                tissue::draw_section(drawing, frame, &plan.domain, &self.discs[arm], half_view_um, arm);
            }
        }
    }
}

/// Title, what the two halves show, and the legends of arms and cell types.
fn heading(drawing: &mut Drawing, plan: &Plan, right: f64, time_h: f64) {
    let mut band = if plan.seeds.len() > 1 { "mean and range of replicates" } else { "one replicate" }.to_owned();
    if plan.arms.len() > NAMED_ARMS {
        band += &format!("; {NAMED_ARMS} of {} arms are named", plan.arms.len());
    }
    let view = match plan.domain.geometry {
        Geometry::Tissue => "section at z = 0",
        Geometry::Layer => "all cells",
        Geometry::Culture => "live cells",
    };
    drawing.title(28.0, 36.0, 20, &plan.title);
    drawing.styled_text(LEFT, 66.0, 12, Anchor::Start, GREY, &format!("Live cells over time: {band}"));
    drawing.styled_text(right, 66.0, 12, Anchor::Start, GREY, &format!("Replicate 1 at {time_h:.1} h: {view}"));
    for (arm, (x, y)) in arms_legend(plan).into_iter().enumerate() {
        let line = [(LEFT + x, 86.0 + y), (LEFT + x + 18.0, 86.0 + y)];
        drawing.dashed_polyline("legend", &line, colour(&ARM_COLOURS, arm), 3.0, is_dashed(arm));
        drawing.text(LEFT + x + 24.0, 90.0 + y, 12, Anchor::Start, &plan.arms[arm].name);
    }
    let types = plan.cell_types.iter().enumerate().map(|(t, it)| (colour(&TYPE_COLOURS, t), it.name.as_str()));
    let dead = (plan.domain.geometry != Geometry::Culture).then_some((DEAD_COLOUR, "dead"));
    let mut x = right;
    for (colour, name) in types.chain(dead) {
        drawing.key(x + 5.0, 86.0, colour);
        drawing.text(x + 15.0, 90.0, 12, Anchor::Start, name);
        x += 30.0 + letters(name);
    }
}

/// Where the names of the arms stand in the legend, from its first; as many rows as they need.
fn arms_legend(plan: &Plan) -> Vec<(f64, f64)> {
    let (mut x, mut y) = (0.0, 0.0);
    let place = |arm: &Arm| {
        let width = 40.0 + letters(&arm.name);
        if x > 0.0 && x + width > CURVES_WIDTH + 40.0 {
            (x, y) = (0.0, y + 20.0);
        }
        x += width;
        (x - width, y)
    };
    plan.arms.iter().take(NAMED_ARMS).map(place).collect()
}

/// Width of a text: sans-serif letters at 12 pixels are about 7 wide.
fn letters(text: &str) -> f64 {
    7.0 * text.chars().count() as f64
}

/// Whether an arm's line is dashed, since its colour is that of another.
fn is_dashed(arm: usize) -> bool {
    (arm / ARM_COLOURS.len()) % 2 == 1
}

/// The column of a culture's histograms: the first observed one, else the volume.
fn shown_column(plan: &Plan) -> Option<&'static Column> {
    column(plan.observe.columns.first().copied().unwrap_or("volume_um3"))
}

fn bits<'a>(cells: &'a Cells, name: &str) -> impl Fn(usize) -> u32 + use<'a> {
    let column = column(name);
    move |cell| column.map_or(0, |column| column.bits(cells.pack(column.pack)[cell][column.lane]))
}

fn range<'a>(values: impl Iterator<Item = &'a f32>) -> (f64, f64) {
    let extend = |(low, high): (f64, f64), value: &f32| (low.min(f64::from(*value)), high.max(f64::from(*value)));
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), extend);
    if low <= high { (low, high) } else { (0.0, 1.0) }
}
