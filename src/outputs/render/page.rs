//! A page: title, the tissue with its scale bar, and beside it time, place and legend.

use super::canvas::{Anchor, Canvas, Frame, Size};
use super::colours::{self, Colour, GREY, GROUND, INK, LINE, MISSING, PURPLES, VIRIDIS, WHITE, mix};
use super::fields::Plane;
use super::scene::{Scene, Section, Shape};
use crate::outputs::picture::{DEAD_COLOUR, label, round_below, ticks};

const WIDTH: i32 = 1200;
const MARGIN: i32 = 40;
const LEGEND: i32 = 262;
const GAP: i32 = 30;
/// Width and greatest height of the tissue, in pixels.
const PANEL: i32 = WIDTH - 2 * MARGIN - LEGEND - GAP;
const TOP: i32 = 112;
const BAR: Frame = Frame { x: 0, y: 0, width: 26, height: 210 };

/// How cells are coloured.
#[derive(Clone, Debug, PartialEq)]
pub enum Colouring {
    Types,
    /// By the names of a column.
    Names(Vec<String>),
    /// By a number between two.
    Numbers {
        low: f32,
        high: f32,
    },
}

/// What all frames of a file have in common.
#[derive(Clone, Debug)]
pub struct Style {
    pub title: String,
    /// Section, arm, replicate.
    pub subtitles: Vec<String>,
    pub section: Section,
    pub is_flat: bool,
    pub cell_types: Vec<String>,
    pub colouring: Colouring,
    /// Name and unit of the column that is shown.
    pub shown: (String, String),
    /// Dead cells are grey.
    pub greys_dead: bool,
    /// Name, unit, least and greatest value of the substrate.
    pub substrate: Option<(String, String, f32, f32)>,
    /// Half the edges in um of the part that is shown, about the middle.
    pub half_um: [f32; 2],
}

impl Style {
    fn scale(&self) -> f32 {
        let [width, height] = self.half_um.map(|half| 2.0 * half);
        (PANEL as f32 / width).min(PANEL as f32 / height)
    }

    fn panel(&self) -> Frame {
        let [width, height] = self.half_um.map(|half| (2.0 * half * self.scale() + 0.5) as i32);
        Frame { x: MARGIN, y: TOP, width: width.clamp(1, PANEL), height: height.clamp(1, PANEL) }
    }

    /// Size of the page in pixels; a flat tissue leaves room for the legend.
    pub fn size(&self) -> (i32, i32) {
        (WIDTH, TOP + self.panel().height.max(700) + MARGIN)
    }

    fn colour(&self, shape: &Shape) -> Colour {
        if self.greys_dead && !shape.is_live {
            return colours::parsed(DEAD_COLOUR);
        }
        match &self.colouring {
            Colouring::Types => colours::of_type(shape.cell_type),
            Colouring::Names(_) => shape.name.map_or(MISSING, colours::of_type),
            Colouring::Numbers { .. } if shape.value.is_nan() => MISSING,
            Colouring::Numbers { low, high } => colours::at(VIRIDIS, (shape.value - low) / (high - low)),
        }
    }
}

/// Draws a page.
pub fn draw(style: &Style, scene: &Scene, plane: Option<&Plane>) -> Canvas {
    let (width, height) = style.size();
    let mut canvas = Canvas::new(width, height, WHITE);
    let fits = ((width - 2 * MARGIN) / Size::Title.letter()) as usize;
    let small = ((width - 2 * MARGIN) / Size::Small.letter()) as usize;
    canvas.text(MARGIN, 34, Size::Title, Anchor::Start, INK, &shortened(&style.title, fits));
    canvas.text(MARGIN, 70, Size::Small, Anchor::Start, GREY, &shortened(&style.subtitles.join(" · "), small));
    tissue(&mut canvas, style, scene, plane);
    legend(&mut canvas, style, scene);
    canvas
}

fn tissue(canvas: &mut Canvas, style: &Style, scene: &Scene, plane: Option<&Plane>) {
    let (panel, scale) = (style.panel(), style.scale());
    let middle = (panel.x as f32 + 0.5 * panel.width as f32, panel.y as f32 + 0.5 * panel.height as f32);
    canvas.clip(Some(panel));
    canvas.fill(panel, GROUND, 1.0);
    if let (Some(plane), Some((_, _, low, high))) = (plane, &style.substrate) {
        for y in panel.y..panel.y + panel.height {
            for x in panel.x..panel.x + panel.width {
                let at = ((x as f32 + 0.5 - middle.0) / scale, (middle.1 - y as f32 - 0.5) / scale);
                let part = (plane.at(at.0, at.1) - low) / (high - low);
                canvas.blend(x, y, if part.is_nan() { MISSING } else { colours::at(PURPLES, part) }, 1.0);
            }
        }
    }
    let depths = scene.shapes.iter().map(|it| it.depth);
    let (far, near) = depths.fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), it| (a.min(it), b.max(it)));
    for shape in &scene.shapes {
        let centre = (middle.0 + shape.right * scale, middle.1 - shape.up * scale);
        let (radius, colour) = (shape.radius * scale, style.colour(shape));
        if style.section == Section::Projection && !style.is_flat {
            // The farther, the paler, as in a haze.
            let depth = if near > far { (near - shape.depth) / (near - far) } else { 0.0 };
            ball(canvas, centre, radius, mix(colour, GROUND, 0.5 * depth));
        } else {
            cut(canvas, centre, radius, colour);
        }
    }
    canvas.clip(None);
    canvas.outline(panel, LINE);
    scale_bar(canvas, panel, scale);
}

/// A cell cut open: a disc with a darker rim.
fn cut(canvas: &mut Canvas, centre: (f32, f32), radius: f32, colour: Colour) {
    let rim = (0.09 * radius).clamp(0.5, 2.0);
    canvas.disc(centre, radius, mix(colour, INK, 0.45));
    if radius > rim {
        canvas.disc(centre, radius - rim, colour);
    }
}

/// A cell as a ball, lit from above left.
fn ball(canvas: &mut Canvas, centre: (f32, f32), radius: f32, colour: Colour) {
    canvas.round(centre, radius, |right, up| {
        let front = (1.0 - right * right - up * up).max(0.0).sqrt();
        // Unit vector to the light.
        let light = (0.8 * front - 0.36 * right + 0.48 * up).max(0.0);
        if light > 0.5 { mix(colour, WHITE, 0.5 * (light - 0.5)) } else { mix(colour, INK, 0.7 * (0.5 - light) + 0.05) }
    });
}

/// A bar of a round length, about a quarter of the panel, on a patch that keeps it legible over cells.
fn scale_bar(canvas: &mut Canvas, panel: Frame, scale: f32) {
    let length_um = round_below(f64::from(0.3 * panel.width as f32 / scale));
    let text = format!("{} µm", label(length_um));
    let (length, letters) =
        ((length_um as f32 * scale + 0.5) as i32, Size::Small.letter() * text.chars().count() as i32);
    let width = length.max(letters) + 24;
    let patch = Frame { x: panel.x + panel.width - width - 12, y: panel.y + panel.height - 56, width, height: 44 };
    canvas.fill(patch, WHITE, 0.86);
    let bar = Frame { x: patch.x + (width - length) / 2, y: patch.y + 33, width: length, height: 4 };
    canvas.fill(bar, INK, 1.0);
    canvas.text(patch.x + width / 2, patch.y + 6, Size::Small, Anchor::Middle, INK, &text);
}

fn legend(canvas: &mut Canvas, style: &Style, scene: &Scene) {
    let x = WIDTH - MARGIN - LEGEND;
    let mut y = TOP - 4;
    canvas.text(x, y, Size::Large, Anchor::Start, INK, &format!("{:.1} h", scene.time_h));
    y += Size::Large.line() + 2;
    canvas.text(x, y, Size::Small, Anchor::Start, GREY, &format!("day {:.2}", scene.time_h / 24.0));
    y += Size::Small.line() + 34;
    y = match &style.colouring {
        Colouring::Types => {
            let names = style.cell_types.iter().zip(&scene.live).enumerate();
            let rows = names.map(|(number, (name, count))| (colours::of_type(number), name.clone(), Some(*count)));
            entries(canvas, x, y, "live cells", rows.collect())
        }
        Colouring::Names(names) => {
            let rows = names.iter().enumerate().map(|(number, name)| (colours::of_type(number), name.clone(), None));
            entries(canvas, x, y, &style.shown.0, rows.collect())
        }
        Colouring::Numbers { low, high } => bar(canvas, x, y, &style.shown, VIRIDIS, (*low, *high)),
    };
    if scene.lacks_values && style.colouring != Colouring::Types {
        y = entries(canvas, x, y, "", vec![(MISSING, "without".into(), None)]);
    }
    if style.greys_dead {
        y = entries(canvas, x, y, "", vec![(colours::parsed(DEAD_COLOUR), "dead".into(), Some(scene.dead))]);
    }
    if let Some((name, unit, low, high)) = &style.substrate {
        bar(canvas, x, y + 30, &(name.clone(), unit.clone()), PURPLES, (*low, *high));
    }
}

/// Discs with names and numbers below a heading; returns where the next part may begin.
fn entries(canvas: &mut Canvas, x: i32, y: i32, heading: &str, rows: Vec<(Colour, String, Option<usize>)>) -> i32 {
    let mut y = y;
    let fits = (LEGEND / Size::Small.letter()) as usize;
    if !heading.is_empty() {
        canvas.text(x, y, Size::Bold, Anchor::Start, INK, &shortened(heading, fits));
        y += 34;
    }
    for (colour, name, count) in rows {
        let count = count.map_or(String::new(), |it| it.to_string());
        cut(canvas, (x as f32 + 9.0, y as f32 + 11.0), 9.0, colour);
        let room = fits.saturating_sub(count.len() + 4);
        canvas.text(x + 30, y, Size::Small, Anchor::Start, INK, &shortened(&name, room));
        canvas.text(x + LEGEND, y, Size::Small, Anchor::End, GREY, &count);
        y += 30;
    }
    y
}

/// A colour map with its numbers; returns where the next part may begin.
fn bar(
    canvas: &mut Canvas,
    x: i32,
    y: i32,
    (name, unit): &(String, String),
    map: &[Colour],
    (low, high): (f32, f32),
) -> i32 {
    let fits = (LEGEND / Size::Bold.letter()) as usize;
    canvas.text(x, y, Size::Bold, Anchor::Start, INK, &shortened(name, fits));
    let mut y = y + 26;
    if !unit.is_empty() {
        canvas.text(x, y, Size::Small, Anchor::Start, GREY, &shortened(unit, fits));
        y += 26;
    }
    y += 14;
    let frame = Frame { x, y, ..BAR };
    for row in 0..frame.height {
        let part = 1.0 - (row as f32 + 0.5) / frame.height as f32;
        canvas.fill(Frame { y: y + row, height: 1, ..frame }, colours::at(map, part), 1.0);
    }
    canvas.outline(frame, mix(LINE, GREY, 0.5));
    for tick in ticks(f64::from(low), f64::from(high), 4) {
        let part = (tick as f32 - low) / (high - low);
        let at = y + frame.height - 1 - ((frame.height - 1) as f32 * part + 0.5) as i32;
        canvas.fill(Frame { x: x + frame.width, y: at, width: 6, height: 1 }, GREY, 1.0);
        canvas.text(x + frame.width + 12, at - 10, Size::Small, Anchor::Start, INK, &label(tick));
    }
    y + frame.height + 26
}

/// The text, or its beginning if it has more letters than fit.
fn shortened(text: &str, fits: usize) -> String {
    if text.chars().count() <= fits {
        return text.to_owned();
    }
    text.chars().take(fits.saturating_sub(2)).collect::<String>() + ".."
}
