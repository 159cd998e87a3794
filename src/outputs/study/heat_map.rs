//! `heat_map.svg`: each outcome by the values of two sweeps, a field a pair of values.

use super::results::StudyResults;
use super::text::heading;
use crate::error::Result;
use crate::outputs::RunFolder;
use crate::outputs::figures::figures;
use crate::outputs::picture::svg::{Anchor, Drawing, Frame, GREY};
use crate::plan::study::Sweep;

/// Fields of a map along each side at most.
const MOST: usize = 40;
const LEFT: f64 = 150.0;
const TOP: f64 = 52.0;
const FIELD: (f64, f64) = (58.0, 30.0);
const ABOVE: f64 = 44.0;
const BELOW: f64 = 76.0;
/// From low to high: light to dark, so that print in grey keeps the order (ColorBrewer's YlGnBu ends, as numbers).
const LOW: [f64; 3] = [255.0, 255.0, 217.0];
const MIDDLE: [f64; 3] = [65.0, 182.0, 196.0];
const HIGH: [f64; 3] = [8.0, 29.0, 88.0];

/// The arms by two sweeps, for each arm that they vary.
struct Map<'a> {
    /// Empty where the scenario has no arms of its own.
    varied: String,
    columns: Vec<&'a str>,
    rows: Vec<&'a str>,
    /// Arm, column and row.
    fields: Vec<(usize, usize, usize)>,
}

/// Writes the picture; nothing unless there are two sweeps and no sample.
///
/// # Errors
/// `Failed` if the file cannot be written.
pub fn write(found: &StudyResults, folder: &RunFolder) -> Result<()> {
    let ([across, down], None) = (&found.study.sweeps[..], &found.study.sample) else { return Ok(()) };
    let maps = maps(found, across, down);
    let is_small = |map: &Map| map.columns.len() <= MOST && map.rows.len() <= MOST;
    if maps.is_empty() || !maps.iter().all(is_small) {
        return Ok(());
    }
    folder.write("heat_map.svg", svg(found, [&across.name, &down.name], &maps).as_bytes())
}

fn maps<'a>(found: &StudyResults<'a>, across: &'a Sweep, down: &'a Sweep) -> Vec<Map<'a>> {
    let mut maps: Vec<Map> = Vec::new();
    for (arm, it) in found.plan.arms.iter().enumerate() {
        let levels = |sweep: &'a Sweep| sweep.levels[arm].as_deref();
        let Some((column, row)) = levels(across).zip(levels(down)) else { continue };
        let varied = it.name.split(&format!("{}=", across.name)).next().unwrap_or("");
        let varied = varied.split(&format!("{}=", down.name)).next().unwrap_or("").trim();
        if !maps.iter().any(|it| it.varied == varied) {
            maps.push(Map { varied: varied.to_owned(), columns: Vec::new(), rows: Vec::new(), fields: Vec::new() });
        }
        let Some(map) = maps.iter_mut().find(|it| it.varied == varied) else { continue };
        let place = |names: &mut Vec<&'a str>, name: &'a str| match names.iter().position(|it| *it == name) {
            Some(place) => place,
            None => {
                names.push(name);
                names.len() - 1
            }
        };
        let (column, row) = (place(&mut map.columns, column), place(&mut map.rows, row));
        map.fields.push((arm, column, row));
    }
    maps
}

fn svg(found: &StudyResults, names: [&str; 2], maps: &[Map]) -> String {
    let size = |map: &Map| (map.columns.len() as f64 * FIELD.0, map.rows.len() as f64 * FIELD.1);
    let width = maps.iter().map(|map| size(map).0).fold(460.0, f64::max);
    let height: f64 = maps.iter().map(|map| size(map).1 + ABOVE + BELOW).sum();
    let mut drawing = Drawing::new(LEFT + width + 60.0, TOP + height * found.study.outcomes.len() as f64);
    drawing.title(28.0, 34.0, 20, &found.plan.title);
    let mut top = TOP;
    for outcome in 0..found.study.outcomes.len() {
        for map in maps {
            let of = if map.varied.is_empty() { String::new() } else { format!(", {}", map.varied) };
            drawing.title(28.0, top + 18.0, 13, &format!("{}{of}", heading(&found.study.outcomes[outcome])));
            draw(&mut drawing, found, names, map, outcome, top + ABOVE);
            top += size(map).1 + ABOVE + BELOW;
        }
    }
    drawing.finish()
}

fn draw(drawing: &mut Drawing, found: &StudyResults, names: [&str; 2], map: &Map, outcome: usize, top: f64) {
    let means: Vec<Option<f64>> = map.fields.iter().map(|it| found.mean(outcome, it.0)).collect();
    let range = |fold: fn(f64, f64) -> f64, start: f64| means.iter().flatten().copied().fold(start, fold);
    let (low, high) = (range(f64::min, f64::INFINITY), range(f64::max, f64::NEG_INFINITY));
    for (mean, &(_, column, row)) in means.iter().zip(&map.fields) {
        let (x, y) = (LEFT + FIELD.0 * column as f64, top + FIELD.1 * row as f64);
        let frame = Frame { x, y, width: FIELD.0, height: FIELD.1 };
        let Some(mean) = *mean else {
            drawing.outline(frame, GREY);
            continue;
        };
        let part = if high > low { (mean - low) / (high - low) } else { 0.0 };
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let corners = corners.map(|(dx, dy)| (x + dx * FIELD.0, y + dy * FIELD.1));
        drawing.area("field", &corners, &colour(part), 1.0);
        let ink = if part > 0.45 { "#ffffff" } else { "#1f2937" };
        drawing.styled_text(x + 0.5 * FIELD.0, y + 0.5 * FIELD.1 + 4.0, 11, Anchor::Middle, ink, &figures(mean));
    }
    let bottom = top + FIELD.1 * map.rows.len() as f64;
    for (column, name) in map.columns.iter().enumerate() {
        drawing.text(LEFT + FIELD.0 * (column as f64 + 0.5), bottom + 16.0, 11, Anchor::Middle, name);
    }
    for (row, name) in map.rows.iter().enumerate() {
        drawing.text(LEFT - 8.0, top + FIELD.1 * (row as f64 + 0.5) + 4.0, 11, Anchor::End, name);
    }
    let middle = LEFT + 0.5 * FIELD.0 * map.columns.len() as f64;
    drawing.text(middle, bottom + 36.0, 12, Anchor::Middle, names[0]);
    drawing.upward_text(40.0, 0.5 * (top + bottom), 12, names[1]);
}

/// Of a part of the way from the lowest to the highest mean.
fn colour(part: f64) -> String {
    let (from, to, along) = if part < 0.5 { (LOW, MIDDLE, 2.0 * part) } else { (MIDDLE, HIGH, 2.0 * part - 1.0) };
    let [r, g, b] = [0, 1, 2].map(|it| (from[it] + (to[it] - from[it]) * along).round() as u8);
    format!("#{r:02x}{g:02x}{b:02x}")
}
