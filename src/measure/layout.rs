//! Where each number lies in the buffer `statistics`: one row of words for each tissue and cell type.
//!
//! A row holds cells by fate, attached cells, cells by phase, a block for each column, the shells, the panel of cytometry,
//! and the audit.

use super::audit::{AUDIT_WORDS, lanes_of};
use crate::cells::Cells;
use crate::cells::cell_bits;
use crate::cells::columns::{COLUMNS, Column, Pack, Storage, column, mask};
use crate::error::{Error, Result};
use crate::plan::AGE;
use crate::plan::cytometry::SUM_COUNT;
use crate::plan::{Boundary, Geometry, Plan};
use bytemuck::{Pod, Zeroable};

/// Slots that one invocation reads.
pub const CHUNK: u32 = 64;

/// Bins of a histogram.
pub const BIN_COUNT: usize = 64;

/// Word of a row with its attached cells; before it are cells by fate.
pub const ATTACHED: usize = 5;
/// Word of a row with the cells of the first phase.
pub const FIRST_PHASE: usize = 6;

/// Words of a column's block. Sums and squares take two words, the low one first; the smallest value is stored as
/// the complement of its order, so that 0 stands for none in it as in the largest.
pub mod block {
    pub const FOUND: usize = 0;
    pub const NOT_FINITE: usize = 1;
    pub const SATURATED: usize = 2;
    pub const SUM: usize = 3;
    pub const SQUARES: usize = 5;
    pub const MIN: usize = 7;
    pub const MAX: usize = 8;
    pub const BINS: usize = 9;
}

/// Columns of bits that count something, so that their sums have a meaning; their resolution is 1.
const COUNTERS: [&str; 2] = ["hits", "divisions"];

/// Columns that the centre and the radius of gyration need.
pub(crate) const POSITIONS: [&str; 3] = ["x_um", "y_um", "z_um"];

/// The column that ages come from.
const BORN: &str = "born";

/// A column whose values are summed up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// That of the column, or [`AGE`].
    pub name: &'static str,
    pub column: &'static Column,
    /// Step of the fixed-point numbers, in the unit of the column; a power of two.
    pub resolution: f32,
    /// Whether the plan asks for it; the others serve the radius of gyration.
    pub is_reported: bool,
    /// Whether its block has bins.
    pub has_histogram: bool,
    /// Numbers below 0 are taken as so much larger: places in a periodic domain as they lie from its middle to its middle
    /// across the faces, where a cluster on a face is whole. 0: all numbers are taken as they are.
    pub wrap: f32,
    /// First word of its block in a row.
    pub offset: usize,
}

/// Offsets of all words for a batch of tissues.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    pub tissue_count: usize,
    pub type_count: usize,
    /// Phases counted for each type: those of the type with the most, 0 where none has two.
    pub phase_count: usize,
    pub columns: Vec<Observed>,
    /// Shells of the radial profile: how many, and their width in um.
    pub shells: Option<(u32, f32)>,
    /// First word of the shells in a row.
    pub shell_offset: usize,
    /// First word of the panel of cytometry in a row, where the plan asks for it; and a bit for each type that goes
    /// through it. Found, not finite, saturated, then two words a sum.
    pub cytometry: Option<usize>,
    pub stained_types: u32,
    /// First word of the audit in a row.
    pub audit: usize,
    pub row_words: usize,
    pub dimensions: u32,
}

/// The uniform `request` of every stage of statistics.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct ColumnRequest {
    /// Of `audit`: number of the pack.
    pub lane: u32,
    pub is_bits: u32,
    /// Of `audit`: a bit for each lane with an f32.
    pub shift: u32,
    /// Of `audit`: a bit for each lane with a column.
    pub mask: u32,
    pub steps_per_unit: f32,
    /// First word of the column's block, or of the shells, within a row.
    pub offset: u32,
    pub row_words: u32,
    pub phase_count: u32,
    pub shell_count: u32,
    pub shells_per_um: f32,
    /// See `Observed`.
    pub wrap: f32,
    /// A bit for each cell type that goes through the panel of cytometry.
    pub cell_types: u32,
}

impl Layout {
    /// The layout for `tissue_count` tissues. `Error::Input` if the plan observes a column that cannot be summed up.
    pub fn new(plan: &Plan, tissue_count: usize) -> Result<Layout> {
        let most = plan.cell_types.iter().map(|it| it.phases.len()).max().unwrap_or(0);
        let phase_count = if most > 1 { most } else { 0 };
        let mut layout = Layout {
            tissue_count,
            type_count: plan.cell_types.len(),
            phase_count,
            columns: Vec::new(),
            shells: plan.observe.shells,
            shell_offset: 0,
            cytometry: None,
            stained_types: 0,
            audit: 0,
            row_words: FIRST_PHASE + phase_count,
            dimensions: plan.domain.dimensions(),
        };
        for name in &plan.observe.columns {
            layout.observe(plan, name, true)?;
        }
        if plan.domain.geometry != Geometry::Culture {
            for name in POSITIONS {
                layout.observe(plan, name, false)?;
            }
            if plan.domain.boundary == Boundary::Periodic {
                let axes = POSITIONS.iter().filter_map(|name| column(name)).take(layout.dimensions as usize);
                axes.for_each(|axis| layout.observe_across_faces(plan, axis));
            }
        }
        layout.shell_offset = layout.row_words;
        layout.row_words += layout.shells.map_or(0, |(count, _)| count as usize);
        if plan.observe.cytometry {
            layout.stain(plan);
        }
        layout.audit = layout.row_words;
        layout.row_words += AUDIT_WORDS;
        Ok(layout)
    }

    /// Adds the block of a column, once.
    fn observe(&mut self, plan: &Plan, name: &str, is_reported: bool) -> Result<()> {
        if self.find(name).is_some() {
            return Ok(());
        }
        let found = match name {
            AGE => column(BORN).map(|it| (AGE, it, 1.0)),
            _ => column(name).and_then(|it| resolution_of(plan, it).map(|resolution| (it.name, it, resolution))),
        };
        let (name, column, resolution) = found.ok_or_else(|| cannot_be_summed(name))?;
        let has_histogram = is_reported && !plan.observe.quantiles.is_empty();
        let offset = self.row_words;
        self.columns.push(Observed { name, column, resolution, is_reported, has_histogram, wrap: 0.0, offset });
        self.row_words += block::BINS + if has_histogram { BIN_COUNT } else { 0 };
        Ok(())
    }

    /// Adds the block of the panel of cytometry.
    fn stain(&mut self, plan: &Plan) {
        let types = (0..self.type_count).filter(|&own| plan.has_proteostasis_of(own));
        self.stained_types = types.map(|own| 1 << own).sum();
        self.cytometry = Some(self.row_words);
        self.row_words += block::SUM + 2 * SUM_COUNT;
    }

    /// Adds a second block of a position.
    fn observe_across_faces(&mut self, plan: &Plan, column: &'static Column) {
        let wrap = plan.domain.size_um[column.lane];
        let resolution = resolution_up_to(wrap, column.resolution.unwrap_or(1.0));
        let offset = self.row_words;
        self.columns.push(Observed {
            name: column.name,
            column,
            resolution,
            is_reported: false,
            has_histogram: false,
            wrap,
            offset,
        });
        self.row_words += block::BINS;
    }

    /// The observed column of this name.
    pub fn find(&self, name: &str) -> Option<&Observed> {
        self.columns.iter().find(|it| it.name == name)
    }

    /// Words of the buffer `statistics`.
    pub fn words(&self) -> usize {
        self.tissue_count * self.type_count * self.row_words
    }

    /// First word of the row of a tissue (in the batch) and cell type.
    pub fn row(&self, tissue: usize, cell_type: usize) -> usize {
        (tissue * self.type_count + cell_type) * self.row_words
    }

    /// Invocations of each stage but `clear`, which takes one for each word.
    pub fn invocations(&self, live_count: u32) -> u32 {
        live_count.div_ceil(CHUNK) * self.type_count as u32
    }

    /// Tissue, cell type and fate of the cell in a slot.
    pub(crate) fn kind(&self, cells: &Cells, slot: usize) -> (usize, usize, u32) {
        let kind = cells.identity[slot][2];
        (cell_bits::tissue(kind) as usize, cell_bits::cell_type(kind) as usize, cell_bits::fate(kind))
    }

    /// The request of `clear` and `count_cells`.
    pub fn count_request(&self) -> ColumnRequest {
        ColumnRequest {
            row_words: self.row_words as u32,
            phase_count: self.phase_count as u32,
            ..ColumnRequest::default()
        }
    }

    /// The request of `summarise_column` and `histogram_column`.
    pub fn column_request(&self, observed: &Observed) -> ColumnRequest {
        let request = ColumnRequest {
            lane: observed.column.lane as u32,
            steps_per_unit: 1.0 / observed.resolution,
            wrap: observed.wrap,
            offset: observed.offset as u32,
            ..self.count_request()
        };
        match observed.column.storage {
            Storage::Float => request,
            Storage::Bits { shift, width } => ColumnRequest { is_bits: 1, shift, mask: mask(width), ..request },
        }
    }

    /// The request of `audit` for a pack.
    pub fn audit_request(&self, pack: Pack) -> ColumnRequest {
        let [mask, shift] = lanes_of(pack);
        ColumnRequest { lane: pack as u32, mask, shift, offset: self.audit as u32, ..self.count_request() }
    }

    /// The request of `cytometry`; None where the plan does not ask for it.
    pub fn cytometry_request(&self) -> Option<ColumnRequest> {
        let request = |offset| ColumnRequest { offset, cell_types: self.stained_types, ..self.count_request() };
        self.cytometry.map(|offset| request(offset as u32))
    }

    /// The request of `radial_profile`; None where the plan has no shells.
    pub fn radial_request(&self) -> Option<ColumnRequest> {
        self.shells.map(|(shell_count, width_um)| ColumnRequest {
            offset: self.shell_offset as u32,
            shell_count,
            shells_per_um: 1.0 / width_um,
            ..self.count_request()
        })
    }
}

/// Step of the fixed-point numbers of a column. For positions it grows with the domain, so that half an edge stays
/// below 2^20 steps.
fn resolution_of(plan: &Plan, column: &Column) -> Option<f32> {
    if !column.pack.group().is_in(plan) {
        return None;
    }
    let resolution = column.resolution.or_else(|| COUNTERS.contains(&column.name).then_some(1.0))?;
    let is_position = POSITIONS.contains(&column.name);
    Some(if is_position { resolution_up_to(0.5 * plan.domain.size_um[column.lane], resolution) } else { resolution })
}

/// The resolution, or so many times twice it that numbers up to `most` are summed exactly.
fn resolution_up_to(most: f32, mut resolution: f32) -> f32 {
    while most / resolution >= super::fixed_point::MAX_STEPS {
        resolution *= 2.0;
    }
    resolution
}

fn cannot_be_summed(name: &str) -> Error {
    let allowed = COLUMNS.iter().filter(|it| it.resolution.is_some() || COUNTERS.contains(&it.name));
    let names: Vec<&str> = allowed.map(|it| it.name).chain([AGE]).collect();
    Error::Input(format!("observed column {name} cannot be summed up\n\nhint: those that can are {}", names.join(", ")))
}
