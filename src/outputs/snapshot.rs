//! `cells/t000024.00h.parquet`: every cell of every tissue at an asked time, a row a cell.

use super::RunFolder;
use super::batch_tables::ByBatch;
use super::table::{Field, GROUP_ROWS, Kind, Values, optional, required};
use crate::cells::Cells;
use crate::cells::columns::{COLUMNS, Column, NO_BOND, Storage, column};
use crate::error::Result;
use crate::plan::Plan;
use parquet::data_type::ByteArray;
use std::path::PathBuf;

/// Names of the values of the column `fate`.
const FATES: [&str; 3] = ["live", "apoptotic", "necrotic"];

/// Integers written as they are, after the names and the floats.
const INTEGERS: [&str; 2] = ["hits", "divisions"];

/// The files under way.
pub struct Snapshots(ByBatch);

impl Snapshots {
    /// Snapshots of a study that runs in `batch_count` batches; the manifest goes into each file.
    pub fn new(folder: &RunFolder, manifest_json: &str, batch_count: usize) -> Snapshots {
        Snapshots(ByBatch::new(folder, "cells", manifest_json, batch_count))
    }

    /// Where the snapshot of a tick is once it is complete.
    pub fn path(&self, plan: &Plan, tick: u32) -> PathBuf {
        self.0.path(plan, tick)
    }

    /// Adds the cells of a batch whose first tissue is number `tissue_offset` of the study. Rows are in order of
    /// tissue and cell id, so files of equal runs are equal however the cells were sorted.
    ///
    /// # Errors
    /// `Failed` if the file cannot be written.
    pub fn append(&mut self, plan: &Plan, tick: u32, cells: &Cells, tissue_offset: usize) -> Result<()> {
        let view = View { plan, cells, tissue_offset };
        self.0.append(plan, tick, &fields(plan), |table| {
            view.order().chunks(GROUP_ROWS).try_for_each(|group| table.write(view.columns(group)))
        })
    }
}

fn floats(plan: &Plan) -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().filter(|column| column.storage == Storage::Float && column.pack.group().is_in(plan))
}

fn integers() -> impl Iterator<Item = &'static Column> {
    INTEGERS.iter().filter_map(|name| column(name))
}

fn fields(plan: &Plan) -> Vec<Field> {
    let mut fields = vec![
        required("arm", Kind::Text),
        required("replicate", Kind::U32),
        required("cell_id", Kind::U64),
        required("cell_type", Kind::Text),
        required("fate", Kind::Text),
        // Dead cells have left the cycle.
        optional("phase", Kind::Text),
    ];
    fields.extend(floats(plan).map(|column| required(column.name, Kind::F32)));
    fields.extend(integers().map(|column| required(column.name, Kind::U32)));
    fields.push(optional("attached_to", Kind::U64));
    fields
}

struct View<'a> {
    plan: &'a Plan,
    cells: &'a Cells,
    tissue_offset: usize,
}

impl View<'_> {
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.cells.len()).collect();
        let tissue = column("tissue");
        order.sort_unstable_by_key(|&cell| {
            (tissue.map_or(0, |column| self.bits(column, cell)), self.cells.id(cell), cell)
        });
        order
    }

    fn bits(&self, column: &Column, cell: usize) -> u32 {
        column.bits(self.cells.pack(column.pack)[cell][column.lane])
    }

    /// An integer column, cell by cell.
    fn integer(&self, name: &str, group: &[usize]) -> Vec<u32> {
        let column = column(name);
        group.iter().map(|&cell| column.map_or(0, |column| self.bits(column, cell))).collect()
    }

    fn columns(&self, group: &[usize]) -> Vec<Values> {
        let mut columns = self.names(group);
        for column in floats(self.plan) {
            let lanes = self.cells.pack(column.pack);
            columns
                .push(Values::F32(group.iter().map(|&cell| Some(f32::from_bits(lanes[cell][column.lane]))).collect()));
        }
        for column in integers() {
            columns.push(Values::U32(group.iter().map(|&cell| Some(self.bits(column, cell) as i32)).collect()));
        }
        columns.push(Values::U64(self.integer("bond", group).into_iter().map(|slot| self.attached_to(slot)).collect()));
        columns
    }

    /// Arm, replicate, id, and the names of cell type, fate and phase.
    fn names(&self, group: &[usize]) -> Vec<Values> {
        let (tissues, types) = (self.integer("tissue", group), self.integer("cell_type", group));
        let (fates, phases) = (self.integer("fate", group), self.integer("phase", group));
        let place = |tissue: &u32| self.plan.arm_and_replicate(self.tissue_offset + *tissue as usize);
        let cycle = types.iter().zip(&fates).zip(&phases);
        vec![
            Values::Text(tissues.iter().map(|tissue| text(&self.plan.arms[place(tissue).0].name)).collect()),
            Values::U32(tissues.iter().map(|tissue| Some(place(tissue).1 as i32 + 1)).collect()),
            Values::U64(group.iter().map(|&cell| Some(self.cells.id(cell) as i64)).collect()),
            Values::Text(types.iter().map(|&t| text(&self.plan.cell_types[t as usize].name)).collect()),
            Values::Text(fates.iter().map(|&fate| text(FATES.get(fate as usize).unwrap_or(&"leaving"))).collect()),
            Values::Text(cycle.map(|((&t, &fate), &phase)| self.phase(t, fate, phase)).collect()),
        ]
    }

    fn phase(&self, cell_type: u32, fate: u32, phase: u32) -> Option<ByteArray> {
        if fate != 0 {
            return None;
        }
        self.plan.cell_types[cell_type as usize].phases.get(phase as usize).and_then(|name| text(name))
    }

    /// The id of the cell in a slot.
    fn attached_to(&self, slot: u32) -> Option<i64> {
        (slot != NO_BOND && (slot as usize) < self.cells.len()).then(|| self.cells.id(slot as usize) as i64)
    }
}

fn text(text: &str) -> Option<ByteArray> {
    Some(ByteArray::from(text))
}
