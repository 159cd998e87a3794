//! `fields/t000024.00h.parquet`: the levels of all substrates at the times of the snapshots, a row a voxel.

use super::RunFolder;
use super::batch_tables::ByBatch;
use super::table::{Field, GROUP_ROWS, Kind, Values, required};
use crate::error::Result;
use crate::plan::substrates::LANES;
use crate::plan::{Plan, Substrates};
use parquet::data_type::ByteArray;
use std::ops::Range;

/// The files under way.
pub struct Fields(ByBatch);

impl Fields {
    /// Fields of a study that runs in `batch_count` batches; the manifest goes into each file.
    pub fn new(folder: &RunFolder, manifest_json: &str, batch_count: usize) -> Fields {
        Fields(ByBatch::new(folder, "fields", manifest_json, batch_count))
    }

    /// Adds the levels of a batch of tissues, which are `tissues` of the study (see `Substrates::place`): tissue by
    /// tissue, x running fastest.
    ///
    /// # Errors
    /// `Failed` if the file cannot be written.
    pub fn append(&mut self, plan: &Plan, tick: u32, levels: &[[f32; 4]], tissues: Range<usize>) -> Result<()> {
        let Some(substrates) = &plan.substrates else { return Ok(()) };
        let count = substrates.grid.voxel_count();
        let rows = tissues.len() * count;
        self.0.append(plan, tick, &fields(substrates), |table| {
            for first in (0..rows).step_by(GROUP_ROWS) {
                let part = first..(first + GROUP_ROWS).min(rows);
                let mut columns = places(plan, substrates, tissues.start, part.clone());
                for number in 0..substrates.list.len() {
                    let group = &levels[number / LANES * rows..][part.clone()];
                    columns.push(Values::F32(group.iter().map(|it| Some(it[number % LANES])).collect()));
                }
                table.write(columns)?;
            }
            Ok(())
        })
    }
}

fn fields(substrates: &Substrates) -> Vec<Field> {
    let mut fields = vec![required("arm", Kind::Text), required("replicate", Kind::U32)];
    fields.extend(["x_um", "y_um", "z_um"].map(|name| required(name, Kind::F32)));
    fields.extend(substrates.list.iter().map(|it| required(it.name.clone(), Kind::F32)));
    fields
}

/// Arm, replicate, and the middle of each voxel.
fn places(plan: &Plan, substrates: &Substrates, first_tissue: usize, rows: Range<usize>) -> Vec<Values> {
    let grid = substrates.grid;
    let [nx, ny, _] = grid.voxels.map(|count| count as usize);
    let tissue = |row: usize| plan.arm_and_replicate(first_tissue + row / grid.voxel_count());
    let middle = |axis: usize, i: usize| (i as f32 + (0.5 - 0.5 * grid.voxels[axis] as f32)) * grid.voxel_um[axis];
    let along = |axis: usize, place: &dyn Fn(usize) -> usize| {
        Values::F32(rows.clone().map(|row| Some(middle(axis, place(row % grid.voxel_count())))).collect())
    };
    vec![
        Values::Text(rows.clone().map(|row| Some(ByteArray::from(plan.arms[tissue(row).0].name.as_str()))).collect()),
        Values::U32(rows.clone().map(|row| Some(tissue(row).1 as i32 + 1)).collect()),
        along(0, &|voxel| voxel % nx),
        along(1, &|voxel| voxel / nx % ny),
        along(2, &|voxel| voxel / nx / ny),
    ]
}
