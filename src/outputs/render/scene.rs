//! What of a snapshot is seen: the cells of one tissue, cut by a plane or looked at from above.
//!
//! A ball of radius r whose centre is d from the plane is cut in a disc of radius √(r² − d²).

use super::columns::{Column, ColumnTable};
use super::recorded::{Recorded, Snapshot, refusal};
use crate::error::Result;
use crate::math::radius_of;
use parquet::data_type::ByteArray;
use std::collections::BTreeSet;
use std::str::FromStr;

/// Nothing is a kilometre off.
pub const MOST_UM: f32 = 1e9;

/// Names that a legend has room for, and more.
const MOST_NAMES: usize = 64;

/// Which part of the tissue is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Section {
    /// What a plane cuts: its axis, 0 to 2, and its place.
    Slice { axis: usize, at_um: f32 },
    /// All cells, seen along z.
    Projection,
}

pub const AXES: [&str; 3] = ["x", "y", "z"];

impl FromStr for Section {
    type Err = String;

    /// `z=0`, `x=-20um`.
    fn from_str(text: &str) -> std::result::Result<Section, String> {
        use crate::scenario::units::{Dimension, parse};
        let wrong = || format!("`{text}` is not an axis and a place, such as z=0 or x=-20um");
        let (axis, place) = text.split_once('=').ok_or_else(wrong)?;
        let axis = AXES.iter().position(|it| *it == axis.trim()).ok_or_else(wrong)?;
        let place = place.trim();
        let at_um = place.parse().or_else(|_| parse(place, Dimension::LENGTH)).map_err(|fault| fault.message)?;
        if !f64::is_finite(at_um) {
            return Err(wrong());
        }
        Ok(Section::Slice { axis, at_um: at_um as f32 })
    }
}

impl Section {
    /// The axes that point right, upwards, and to the beholder.
    pub fn axes(self) -> [usize; 3] {
        match self {
            Section::Slice { axis: 0, .. } => [1, 2, 0],
            Section::Slice { axis: 1, .. } => [0, 2, 1],
            _ => [0, 1, 2],
        }
    }

    /// What it is, in words.
    pub fn words(self, is_layer: bool) -> String {
        match self {
            _ if is_layer => "all cells".to_owned(),
            Section::Slice { axis, at_um } => format!("slice {} = {at_um} µm", AXES[axis]),
            Section::Projection => "seen along z".to_owned(),
        }
    }
}

/// A cell as it is seen, in um.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    pub right: f32,
    pub up: f32,
    /// Towards the beholder.
    pub depth: f32,
    pub radius: f32,
    pub cell_type: usize,
    pub is_live: bool,
    /// Of the column that is shown; NaN where there is none.
    pub value: f32,
    /// Number of the name in the column that is shown.
    pub name: Option<usize>,
}

/// The cells of a tissue at a time.
#[derive(Clone, Debug)]
pub struct Scene {
    pub time_h: f64,
    pub shapes: Vec<Shape>,
    /// Whether the column that is shown has names.
    pub has_names: bool,
    /// Whether live cells are seen that have no value.
    pub lacks_values: bool,
    /// Names in the column that is shown, in the order of the alphabet.
    pub names: Vec<String>,
    /// Live cells of each type in the whole tissue, and dead ones.
    pub live: Vec<usize>,
    pub dead: usize,
}

/// Whose cells are wanted, and what is shown of them.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub arm: &'a str,
    pub replicate: usize,
    pub column: &'a str,
    pub section: Section,
}

impl Scene {
    /// Reads a snapshot.
    ///
    /// # Errors
    /// `Input` for an unknown column, `Failed` if the file cannot be read.
    pub fn read(recorded: &Recorded, snapshot: &Snapshot, wanted: &Wanted) -> Result<Scene> {
        let names = ["x_um", "y_um", "z_um", "volume_um3", "cell_type", "fate", wanted.column];
        let table = ColumnTable::open(&snapshot.path)?;
        let mut columns = table.columns(&names, wanted.arm, wanted.replicate)?.into_iter();
        let mut next = || columns.next().unwrap_or(Column::Numbers(Vec::new()));
        let place = [next().numbers(), next().numbers(), next().numbers()];
        let (volume, types, fates, shown) = (next().numbers(), next().texts(), next().texts(), next());
        let mut scene = Scene {
            time_h: snapshot.time_h,
            shapes: Vec::new(),
            has_names: matches!(shown, Column::Texts(_)),
            lacks_values: false,
            names: names_in(&shown),
            live: vec![0; recorded.cell_types.len()],
            dead: 0,
        };
        let has_value: Vec<bool> = recorded.cell_types.iter().map(|it| recorded.has_value(wanted.column, it)).collect();
        // Values may be missing where a file was made by something else; no cell is drawn by halves.
        let lengths = [place[0].len(), place[1].len(), place[2].len(), types.len(), fates.len(), shown.len()];
        if lengths.iter().any(|it| *it != volume.len()) {
            return Err(refusal(format_args!("{} holds no cells of a run", snapshot.path.display()), "run it again"));
        }
        for cell in 0..volume.len() {
            let known = recorded.cell_types.iter().position(|it| is_named(&types[cell], it));
            let Some(cell_type) = known else {
                let name = types[cell].as_ref().map_or("".into(), |it| String::from_utf8_lossy(it.data()));
                let message = format!("{} holds a cell of the type `{name}`", snapshot.path.display());
                let known = recorded.cell_types.join(", ");
                return Err(refusal(message, format_args!("the manifest of the run has the types {known}")));
            };
            let is_live = is_named(&fates[cell], "live");
            if is_live {
                scene.live[cell_type] += 1;
            } else {
                scene.dead += 1;
            }
            let (value, name) = match &shown {
                Column::Numbers(_) if has_value.get(cell_type) == Some(&false) => (f32::NAN, None),
                Column::Numbers(values) => (values[cell], None),
                Column::Texts(texts) => (f32::NAN, scene.names.iter().position(|it| is_named(&texts[cell], it))),
            };
            let radius = radius_of(volume[cell]);
            let at = [0, 1, 2].map(|axis| place[axis][cell]);
            if !at.iter().chain([&radius]).all(|it| it.abs() < MOST_UM) {
                let message = format!("{} holds a cell without a place or size", snapshot.path.display());
                return Err(refusal(message, "run it again"));
            }
            let shape = Shape { right: 0.0, up: 0.0, depth: 0.0, radius, cell_type, is_live, value, name };
            scene.add(recorded, wanted.section, at, shape);
        }
        // Those behind come first; in a slice large ones, so that no cell hides behind another.
        let is_slice = wanted.section != Section::Projection;
        let key = |it: &Shape| if is_slice { -it.radius } else { it.depth };
        scene.lacks_values = scene.shapes.iter().any(|it| it.is_live && it.value.is_nan() && it.name.is_none());
        scene.shapes.sort_by(|a, b| key(a).total_cmp(&key(b)));
        Ok(scene)
    }

    /// Adds what is seen of a cell, at both faces where it crosses one that is joined to another.
    fn add(&mut self, recorded: &Recorded, section: Section, at: [f32; 3], shape: Shape) {
        let [right, up, depth] = section.axes();
        let mut radius = shape.radius;
        if let Section::Slice { at_um, .. } = section {
            let mut off = (at[depth] - at_um).abs();
            if recorded.is_periodic && recorded.size_um[depth] > 0.0 {
                off = off.min(recorded.size_um[depth] - off);
            }
            if off >= radius {
                return;
            }
            radius = (radius * radius - off * off).sqrt();
        }
        for x in images(recorded, at[right], right, radius) {
            for y in images(recorded, at[up], up, radius) {
                self.shapes.push(Shape { right: x, up: y, depth: at[depth], radius, ..shape });
            }
        }
    }
}

/// The coordinate of a cell, and that of its image if it crosses a periodic face.
fn images(recorded: &Recorded, at: f32, axis: usize, radius: f32) -> Vec<f32> {
    let size = recorded.size_um[axis];
    if recorded.is_periodic && at.abs() + radius > 0.5 * size {
        vec![at, if at > 0.0 { at - size } else { at + size }]
    } else {
        vec![at]
    }
}

/// Names in the order of the alphabet; the first of them where there are more than colours can tell apart.
fn names_in(column: &Column) -> Vec<String> {
    let Column::Texts(texts) = column else { return Vec::new() };
    let names: BTreeSet<&[u8]> = texts.iter().flatten().map(ByteArray::data).collect();
    names.into_iter().take(MOST_NAMES).map(|it| String::from_utf8_lossy(it).into_owned()).collect()
}

fn is_named(text: &Option<ByteArray>, name: &str) -> bool {
    text.as_ref().is_some_and(|it| it.data() == name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_read() {
        assert_eq!("z=0".parse(), Ok(Section::Slice { axis: 2, at_um: 0.0 }));
        assert_eq!("x = -0.02 mm".parse(), Ok(Section::Slice { axis: 0, at_um: -20.0 }));
        for wrong in ["w=3", "z", "z=", "z=3h", "z=nan", ""] {
            assert!(wrong.parse::<Section>().is_err(), "{wrong}");
        }
    }
}
