//! `fields/t000048.00h.parquet`: a row a voxel, `arm, replicate, x_um, y_um, z_um` of its middle, and a column a substrate.

use super::columns::ColumnTable;
use super::recorded::{Recorded, refusal, unknown};
use super::scene::Section;
use crate::error::Result;

/// Columns that are no substrates.
const PLACES: [&str; 5] = ["arm", "replicate", "x_um", "y_um", "z_um"];

/// Values on the plane of the picture, at the middles of voxels.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// Ascending.
    right_um: Vec<f32>,
    up_um: Vec<f32>,
    /// Row by row upwards.
    values: Vec<f32>,
}

impl Plane {
    /// Reads a substrate: the layer of voxels nearest to a slice, or the mean along z.
    ///
    /// # Errors
    /// `Input` if there is no such substrate, or there were no fields written at this time.
    pub fn read(
        recorded: &Recorded,
        time_h: f64,
        substrate: &str,
        section: Section,
        tissue: (&str, usize),
    ) -> Result<Plane> {
        let Some(path) = recorded.fields_at(time_h)? else {
            let hint = "ask for fields in the scenario at the times of the snapshots, and run it again";
            return Err(refusal(format_args!("there are no fields of substrates at {time_h} h"), hint));
        };
        let table = ColumnTable::open(&path)?;
        let known: Vec<&str> = table.names().into_iter().filter(|name| !PLACES.contains(name)).collect();
        if !known.contains(&substrate) {
            return Err(unknown("substrate", substrate, &known));
        }
        let names = ["x_um", "y_um", "z_um", substrate];
        let columns = table.columns(&names, tissue.0, tissue.1)?;
        let columns: Vec<Vec<f32>> = columns.into_iter().map(super::columns::Column::numbers).collect();
        Ok(Plane::of([&columns[0], &columns[1], &columns[2]], &columns[3], section))
    }

    fn of(places: [&[f32]; 3], values: &[f32], section: Section) -> Plane {
        let [right, up, depth] = section.axes();
        let (right_um, up_um) = (distinct(places[right]), distinct(places[up]));
        let layer = match section {
            Section::Slice { at_um, .. } => {
                let off = |it: &f32| (it - at_um).abs();
                distinct(places[depth]).into_iter().min_by(|a, b| off(a).total_cmp(&off(b)))
            }
            Section::Projection => None,
        };
        let place = |among: &[f32], value: f32| among.partition_point(|it| *it < value).min(among.len() - 1);
        let mut sums = vec![(0.0f32, 0u32); right_um.len() * up_um.len()];
        for (row, value) in values.iter().enumerate() {
            if layer.is_none_or(|layer| places[depth][row] == layer) {
                let sum =
                    &mut sums[place(&up_um, places[up][row]) * right_um.len() + place(&right_um, places[right][row])];
                *sum = (sum.0 + value, sum.1 + 1);
            }
        }
        let values = sums.into_iter().map(|(sum, count)| sum / count.max(1) as f32).collect();
        Plane { right_um, up_um, values }
    }

    /// Least and greatest value.
    pub fn range(&self) -> (f32, f32) {
        let finite = self.values.iter().filter(|it| it.is_finite());
        finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), it| (low.min(*it), high.max(*it)))
    }

    /// Value at a place, bilinear between the middles of voxels, constant beyond the outermost ones.
    pub fn at(&self, right: f32, up: f32) -> f32 {
        let ((x, to_right), (y, upwards)) = (between(&self.right_um, right), between(&self.up_um, up));
        let width = self.right_um.len();
        let value = |x: usize, y: usize| self.values.get(y * width + x).copied().unwrap_or(f32::NAN);
        let (x_next, y_next) = ((x + 1).min(width.saturating_sub(1)), (y + 1).min(self.up_um.len().saturating_sub(1)));
        let lower = value(x, y) + (value(x_next, y) - value(x, y)) * to_right;
        let upper = value(x, y_next) + (value(x_next, y_next) - value(x, y_next)) * to_right;
        lower + (upper - lower) * upwards
    }
}

/// The values there are, ascending.
fn distinct(values: &[f32]) -> Vec<f32> {
    let mut values = values.to_vec();
    values.sort_by(f32::total_cmp);
    values.dedup();
    values
}

/// The last value below a place, and how far it is to the next, from 0 to 1.
fn between(values: &[f32], place: f32) -> (usize, f32) {
    let low = values.partition_point(|it| *it <= place).saturating_sub(1);
    let (Some(from), Some(to)) = (values.get(low), values.get(low + 1)) else { return (low, 0.0) };
    (low, ((place - from) / (to - from)).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_field_is_met_between_voxels() {
        let axis = [-10.0f32, 0.0, 10.0];
        let all: Vec<[f32; 3]> = (0..27).map(|it| [axis[it / 9], axis[it / 3 % 3], axis[it % 3]]).collect();
        let [x, y, z] = [0, 1, 2].map(|axis| all.iter().map(|it| it[axis]).collect::<Vec<f32>>());
        let values: Vec<f32> = all.iter().map(|[x, y, z]| 100.0 + 2.0 * x + 3.0 * y + 10.0 * z).collect();
        let slice = Plane::of([&x, &y, &z], &values, Section::Slice { axis: 2, at_um: 7.0 });
        assert_eq!((slice.at(2.5, -5.0), slice.at(99.0, 0.0), slice.range()), (190.0, 220.0, (150.0, 250.0)));
        let mean = Plane::of([&x, &y, &z], &values, Section::Projection);
        assert_eq!(mean.at(2.5, -5.0), 90.0);
        let side = Plane::of([&x, &y, &z], &values, Section::Slice { axis: 0, at_um: 0.0 });
        assert_eq!(side.at(-5.0, 2.5), 110.0);
    }
}
