//! Right half of the picture: what the first replicate of each arm looks like, as a section or a histogram.

use super::svg::{Anchor, Axes, Drawing, Frame, GREY, label, round_below, ticks};
use super::{DEAD_COLOUR, TYPE_COLOURS, colour};
use crate::plan::{Domain, Geometry};

/// Discs beyond which a panel is thinned, so that a browser still opens the file.
const DISCS: usize = 20_000;
/// Bars of a histogram.
const BINS: usize = 40;

/// A cell in the picture: where the plane z = 0 cuts it.
#[derive(Clone, Copy, Debug)]
pub struct Disc {
    pub x_um: f32,
    pub y_um: f32,
    pub radius_um: f32,
    pub cell_type: usize,
    pub is_live: bool,
}

impl Disc {
    /// The section of a ball through z = 0, all of it in a layer; None if the plane misses it.
    pub fn cut(position: [f32; 4], geometry: Geometry, cell_type: usize, is_live: bool) -> Option<Disc> {
        let [x_um, y_um, z_um, volume_um3] = position;
        let ball_um = (volume_um3 * 0.75 / std::f32::consts::PI).cbrt();
        let squared = if geometry == Geometry::Layer { ball_um * ball_um } else { ball_um * ball_um - z_um * z_um };
        (squared > 0.0).then(|| Disc { x_um, y_um, radius_um: squared.sqrt(), cell_type, is_live })
    }
}

/// Half the edge in um of the square about the middle that all panels show: the cells with a margin, within the domain.
pub fn half_view_um<'a>(domain: &Domain, discs: impl Iterator<Item = &'a Disc>) -> f64 {
    let reach = discs.map(|disc| disc.x_um.abs().max(disc.y_um.abs()) + disc.radius_um).fold(0.0, f32::max);
    let widest = 0.5 * domain.size_um[0].max(domain.size_um[1]);
    f64::from(if reach > 0.0 { (1.08 * reach).min(1.02 * widest) } else { widest })
}

/// Draws a section with its scale bar.
pub fn draw_section(
    drawing: &mut Drawing,
    frame: Frame,
    domain: &Domain,
    discs: &[Disc],
    half_view_um: f64,
    id: usize,
) {
    let scale = frame.width / (2.0 * half_view_um);
    let at = |x: f64, y: f64| (frame.x + frame.width / 2.0 + x * scale, frame.y + frame.height / 2.0 - y * scale);
    let Frame { x, y, width, height } = frame;
    drawing.raw(&format!(
        r##"<clipPath id="panel{id}"><rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}"/></clipPath>
<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="#f3f4f6"/>
<g clip-path="url(#panel{id})" stroke="#ffffff" stroke-width="{:.2}">"##,
        (0.08 * 8.0 * scale).min(0.8)
    ));
    let stride = discs.len().div_ceil(DISCS).max(1);
    // Larger discs first, so that no cell hides behind another.
    let mut shown: Vec<&Disc> = discs.iter().step_by(stride).collect();
    shown.sort_by(|a, b| b.radius_um.total_cmp(&a.radius_um));
    for disc in shown {
        let (x, y) = at(f64::from(disc.x_um), f64::from(disc.y_um));
        let fill = if disc.is_live { colour(&TYPE_COLOURS, disc.cell_type) } else { DEAD_COLOUR };
        drawing.disc(x, y, f64::from(disc.radius_um) * scale, fill);
    }
    drawing.raw("</g>");
    let (left, top) = at(-0.5 * f64::from(domain.size_um[0]), 0.5 * f64::from(domain.size_um[1]));
    if left > frame.x - 1.0 && top > frame.y - 1.0 {
        let (width, height) = (f64::from(domain.size_um[0]) * scale, f64::from(domain.size_um[1]) * scale);
        drawing.outline(Frame { x: left, y: top, width, height }, "#9ca3af");
    }
    scale_bar(drawing, frame, scale);
    if stride > 1 {
        let note = format!("one cell in {stride} is drawn");
        drawing.styled_text(frame.x + frame.width - 8.0, frame.y + 16.0, 11, Anchor::End, GREY, &note);
    }
}

/// A bar of about a quarter of the panel, on a patch that keeps it legible over cells.
fn scale_bar(drawing: &mut Drawing, frame: Frame, scale: f64) {
    let length_um = round_below(0.3 * frame.width / scale);
    let (right, bottom, width) = (frame.x + frame.width - 12.0, frame.y + frame.height - 12.0, length_um * scale);
    let (x, y, patch) = (right - width - 6.0, bottom - 21.0, width + 12.0);
    drawing.raw(&format!(
        r##"<rect x="{x:.1}" y="{y:.1}" width="{patch:.1}" height="28" rx="3" fill="#ffffff" fill-opacity="0.85"/>"##
    ));
    drawing.line((right - width, bottom), (right, bottom), "#111827", 3.0);
    let text = format!("{} µm", label(length_um));
    drawing.text(right - width / 2.0, bottom - 6.0, 11, Anchor::Middle, &text);
}

/// Draws the histogram of a column, a line a cell type; `range` is common to all panels.
pub fn draw_histogram(drawing: &mut Drawing, frame: Frame, column: &str, values: &[Vec<f32>], range: (f64, f64)) {
    let (low, high) = if range.1 > range.0 { range } else { (range.0 - 0.5, range.0 + 0.5) };
    let counts: Vec<[f64; BINS]> = values.iter().map(|values| histogram(values, low, high)).collect();
    let greatest = counts.iter().flatten().copied().fold(1.0, f64::max);
    let frame = Frame { x: frame.x + 44.0, width: frame.width - 44.0, height: frame.height - 40.0, ..frame };
    let axes = Axes { frame, x: (low, high), y: (0.0, greatest * 1.05), x_ticks: ticks(low, high, 6) };
    axes.draw(drawing, column, "cells");
    for (cell_type, counts) in counts.iter().enumerate() {
        let edge = |bin: usize| low + (high - low) * bin as f64 / BINS as f64;
        let steps = |(bin, &count): (usize, &f64)| [axes.at(edge(bin), count), axes.at(edge(bin + 1), count)];
        let mut points = vec![axes.at(low, 0.0)];
        points.extend(counts.iter().enumerate().flat_map(steps));
        points.push(axes.at(high, 0.0));
        let colour = colour(&TYPE_COLOURS, cell_type);
        drawing.area("histogram", &points, colour, 0.25);
        drawing.polyline("outline", &points, colour, 1.5);
    }
}

/// Numbers of values in bins of equal width.
pub fn histogram(values: &[f32], low: f64, high: f64) -> [f64; BINS] {
    let mut counts = [0.0; BINS];
    for value in values {
        let bin = (BINS as f64 * (f64::from(*value) - low) / (high - low)) as usize;
        counts[bin.min(BINS - 1)] += 1.0;
    }
    counts
}
