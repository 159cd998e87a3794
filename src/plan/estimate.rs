//! What a plan will cost, before anything is allocated: memory, steps and disk, and tissues split into batches.

use super::{Action, Arrangement, Conditional, Domain, Geometry, Intervention, Placement, Plan, Region, Substrates};
use crate::error::{Error, Result};
use std::f64::consts::PI;
use std::fmt;
use std::ops::Range;

/// Room beyond the cells that are foreseen. Births cannot be foreseen: the steps grow the buffers when needed.
const HEADROOM: f64 = 1.25;
/// Tissues of a batch at most: their number in a cell's kind has 16 bits.
const MOST_TISSUES: usize = 1 << 16;
/// Voxels of a batch at most, so that their index stays below 4 GiB and their number below 32 bits.
const MOST_VOXELS: u64 = 1 << 30;
/// Bytes on disk of a cell in a snapshot: the size of its columns in memory, as if nothing could be compressed.
const SNAPSHOT_BYTES: u64 = 80;
/// Bytes on disk of a value in the time series: a line of text, and its share of the compressed columns (assumed).
const SERIES_BYTES: u64 = 72;
/// Bytes on disk of the place of a voxel: three floats, as if nothing could be compressed.
const PLACE_BYTES: u64 = 12;
/// Values reported of each cell type besides those of observed columns: counts by state, births, deaths, kills and
/// the radius of gyration (rounded up).
const COUNTS_A_TYPE: u64 = 32;
/// Values reported of each observed column besides its quantiles: number, mean, sum, spread, smallest and largest.
const VALUES_A_COLUMN: u64 = 6;

/// Values reported of each substrate.
const VALUES_A_SUBSTRATE: u64 = 7;

/// What a device can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes a cell, sorting space included.
    pub bytes_per_cell: u64,
    /// Bytes a cell of the copy that goes in at the start and comes out for snapshots, checkpoints and at the end, where it takes
    /// of the same memory.
    pub copied_bytes_per_cell: u64,
    /// Cells that one buffer can hold.
    pub max_cells: u64,
    /// Bytes of the substrates of a tissue, with a copy of what outlives a step where one takes of the same memory, and
    /// of the largest of their buffers.
    pub field_bytes: u64,
    pub field_buffer_bytes: u64,
    /// Memory for cells, their copy, voxels and substrates.
    pub memory_bytes: u64,
    /// Bytes that one buffer may take.
    pub max_buffer_bytes: u64,
    /// Tissues of a batch at most; None: as many as there is room for.
    pub max_tissues: Option<usize>,
}

/// Cost of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Cells of each tissue at the start and by later additions, headroom included.
    pub cells_per_tissue: Vec<u64>,
    /// Tissues that run together, in order.
    pub batches: Vec<Range<usize>>,
    /// Bytes a cell, sorting space included, and those of the copy.
    pub bytes_per_cell: u64,
    pub copied_bytes_per_cell: u64,
    /// Memory of the largest batch in bytes, the copy and voxels included.
    pub memory_bytes: u64,
    /// Movement steps of one tissue.
    pub steps: u64,
    /// Reports of one tissue, those at the start and the end included.
    pub reports: u64,
    /// Rows of cells that all snapshots write.
    pub snapshot_rows: u64,
    /// Bytes that time series and snapshots take on disk.
    pub disk_bytes: u64,
}

impl Estimate {
    /// Estimates a plan on a device with the given limits.
    ///
    /// # Errors
    /// `Error::Input` if a single tissue does not fit.
    pub fn new(plan: &Plan, limits: &Limits) -> Result<Estimate> {
        let arms: Vec<u64> = (0..plan.arms.len()).map(|arm| expected_cells(plan, arm)).collect();
        let cells_per_tissue: Vec<u64> =
            (0..plan.tissue_count()).map(|tissue| arms[plan.arm_and_replicate(tissue).0]).collect();
        let room = Room { limits, voxel_bytes: 4 * u64::from(plan.domain.voxel_count()) + limits.field_bytes };
        if let Some(tissue) = cells_per_tissue.iter().position(|&cells| !room.holds(1, cells)) {
            return Err(room.too_large(plan, tissue, cells_per_tissue[tissue]));
        }
        let by_voxels = (MOST_VOXELS / u64::from(plan.domain.voxel_count().max(1))) as usize;
        let by_voxels = by_voxels.min(most_fields(plan, limits)?);
        let most = limits.max_tissues.unwrap_or(MOST_TISSUES).min(by_voxels).clamp(1, MOST_TISSUES);
        let batches = split(&cells_per_tissue, most, |tissues, cells| room.holds(tissues, cells));
        let cells_of = |batch: &Range<usize>| cells_per_tissue[batch.clone()].iter().sum::<u64>();
        let largest = batches.iter().map(|batch| room.bytes(batch.len(), cells_of(batch))).max();
        let reports = u64::from(plan.duration_ticks.div_ceil(plan.observe.every_ticks.max(1))) + 1;
        let field_bytes = (plan.snapshots.len() * plan.tissue_count()) as u64 * recorded_bytes(plan);
        let snapshot_rows = plan.snapshots.len() as u64 * cells_per_tissue.iter().sum::<u64>();
        let series_values = reports * plan.tissue_count() as u64 * values_per_report(plan);
        Ok(Estimate {
            bytes_per_cell: limits.bytes_per_cell,
            copied_bytes_per_cell: limits.copied_bytes_per_cell,
            memory_bytes: largest.unwrap_or(0),
            steps: u64::from(plan.duration_ticks.div_ceil(plan.clocks.movement_ticks.max(1))),
            reports,
            snapshot_rows,
            disk_bytes: snapshot_rows * SNAPSHOT_BYTES + series_values * SERIES_BYTES + field_bytes,
            cells_per_tissue,
            batches,
        })
    }
}

/// Tissues whose substrates there is room for.
fn most_fields(plan: &Plan, limits: &Limits) -> Result<usize> {
    let Some(substrates) = &plan.substrates else { return Ok(MOST_TISSUES) };
    let Limits { field_bytes, field_buffer_bytes, memory_bytes, max_buffer_bytes, .. } = *limits;
    let most = (memory_bytes / field_bytes.max(1)).min(max_buffer_bytes / field_buffer_bytes.max(1));
    if most == 0 {
        let [x, y, z] = substrates.grid.voxels;
        return Err(Error::Input(format!(
            "error: the substrates of one tissue need {:.2} GiB for {x} x {y} x {z} voxels, {:.2} of them in one buffer; the \
             device has {:.2} GiB, and {:.2} for one buffer\n\nhint: set voxel wider in [diffusion], or choose a device with \
             more memory",
            gib(field_bytes),
            gib(field_buffer_bytes),
            gib(memory_bytes),
            gib(max_buffer_bytes)
        )));
    }
    Ok(most as usize)
}

/// What a batch takes, and whether there is so much.
struct Room<'a> {
    limits: &'a Limits,
    /// Of the index from voxels to cells and of the substrates, in one tissue.
    voxel_bytes: u64,
}

impl Room<'_> {
    fn bytes_per_cell(&self) -> u64 {
        self.limits.bytes_per_cell + self.limits.copied_bytes_per_cell
    }

    fn bytes(&self, tissues: usize, cells: u64) -> u64 {
        cells.saturating_mul(self.bytes_per_cell()).saturating_add(tissues as u64 * self.voxel_bytes)
    }

    fn holds(&self, tissues: usize, cells: u64) -> bool {
        cells <= self.limits.max_cells && self.bytes(tissues, cells) <= self.limits.memory_bytes
    }

    fn too_large(&self, plan: &Plan, tissue: usize, cells: u64) -> Error {
        let arm = &plan.arms[plan.arm_and_replicate(tissue).0].name;
        let bytes = self.bytes_per_cell();
        let most = (self.limits.memory_bytes.saturating_sub(self.voxel_bytes) / bytes).min(self.limits.max_cells);
        Error::Input(format!(
            "error: arm {arm}: one tissue needs room for {cells} cells ({:.2} GiB at {bytes} bytes a cell) beside {:.2} \
             GiB for voxels; the device holds at most {most}\n\nhint: place fewer cells, or choose a device with more \
             memory",
            gib(cells.saturating_mul(bytes)),
            gib(self.voxel_bytes)
        ))
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tissues, batches) = (self.cells_per_tissue.len(), self.batches.len());
        let plural = if batches == 1 { "" } else { "es" };
        writeln!(f, "tissues        {tissues} in {batches} batch{plural}")?;
        writeln!(f, "cells          {} with room to grow", self.cells_per_tissue.iter().sum::<u64>())?;
        let copy = match self.copied_bytes_per_cell {
            0 => String::new(),
            bytes => format!(", and {bytes} for a copy at the start, in snapshots, in checkpoints and at the end"),
        };
        writeln!(f, "bytes a cell   {}{copy}", self.bytes_per_cell)?;
        writeln!(f, "memory         {:.3} GiB for the largest batch", gib(self.memory_bytes))?;
        writeln!(f, "steps          {} a tissue", self.steps)?;
        writeln!(f, "reports        {} a tissue", self.reports)?;
        writeln!(f, "snapshot rows  about {}, more as tissues grow", self.snapshot_rows)?;
        writeln!(f, "disk           about {:.3} GiB, more as tissues grow", gib(self.disk_bytes))
    }
}

/// Cells of an arm at the start and by additions, with headroom; at least one.
fn expected_cells(plan: &Plan, arm: usize) -> u64 {
    let row = &plan.arms[arm];
    let placed = |placement: &Placement| placed_cells(&plan.domain, placement);
    let cells = row.initial.iter().map(placed).sum::<f64>() + added(&row.interventions, &row.conditional, placed);
    ((cells * HEADROOM).ceil() as u64).max(1)
}

/// Sums a number over all placements that interventions will bring; a condition's, as often as it may come to hold.
pub fn added(scheduled: &[Intervention], conditional: &[Conditional], placed: impl Fn(&Placement) -> f64) -> f64 {
    let one = |it: &Intervention| if let Action::Add(placement) = &it.action { placed(placement) } else { 0.0 };
    let course = |it: &Conditional| f64::from(it.at_most) * it.course.iter().map(one).sum::<f64>();
    scheduled.iter().map(one).sum::<f64>() + conditional.iter().map(course).sum::<f64>()
}

/// Cells that a placement will bring, without placing them; a packing by its density.
pub fn placed_cells(domain: &Domain, placement: &Placement) -> f64 {
    match &placement.arrangement {
        Arrangement::Random { count, .. } => f64::from(*count),
        Arrangement::At(positions) => positions.len() as f64,
        Arrangement::Packed { spacing_um, region } => {
            let spacing = f64::from(*spacing_um);
            let density = match domain.geometry {
                Geometry::Tissue => 2f64.sqrt() / spacing.powi(3),
                Geometry::Layer => 2.0 / (3f64.sqrt() * spacing.powi(2)),
                Geometry::Culture => 0.0,
            };
            (density * extent(domain, region)).round()
        }
    }
}

/// Volume of a region in a tissue, its area in a layer; at most that of the domain.
fn extent(domain: &Domain, region: &Region) -> f64 {
    let axes = 0..domain.dimensions() as usize;
    let ball = |radius_um: f32| match domain.geometry {
        Geometry::Tissue => 4.0 / 3.0 * PI * f64::from(radius_um).powi(3),
        _ => PI * f64::from(radius_um).powi(2),
    };
    let whole: f64 = axes.clone().map(|axis| f64::from(domain.size_um[axis])).product();
    let own = match region {
        Region::Everywhere => whole,
        Region::Ball { radius_um, .. } => ball(*radius_um),
        Region::Shell { inner_um, outer_um, .. } => ball(*outer_um) - ball(*inner_um),
        Region::Box { lower_um, upper_um } => {
            axes.map(|axis| f64::from(upper_um[axis] - lower_um[axis]).max(0.0)).product()
        }
    };
    own.min(whole)
}

/// Bytes on disk of the substrates of a tissue at one time.
fn recorded_bytes(plan: &Plan) -> u64 {
    let bytes = |it: &Substrates| it.grid.voxel_count() as u64 * (PLACE_BYTES + 4 * it.list.len() as u64);
    plan.substrates.as_ref().map_or(0, bytes)
}

/// Values that a report of one tissue holds.
fn values_per_report(plan: &Plan) -> u64 {
    let observe = &plan.observe;
    let columns = observe.columns.len() as u64 * (VALUES_A_COLUMN + observe.quantiles.len() as u64);
    let shells = observe.shells.map_or(0, |(count, _)| u64::from(count));
    let types = plan.cell_types.iter().map(|it| COUNTS_A_TYPE + it.phases.len() as u64 + columns + shells);
    let drugs = plan.arms.iter().map(|arm| arm.treatment.drugs.len() as u64).max().unwrap_or(0);
    let substrates = plan.substrates.as_ref().map_or(0, |it| it.list.len() as u64);
    types.sum::<u64>() + 2 * drugs + VALUES_A_SUBSTRATE * substrates
}

/// Consecutive tissues, at most `most`, that fit together: so many tissues with so many cells.
fn split(cells_per_tissue: &[u64], most: usize, fits: impl Fn(usize, u64) -> bool) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let (mut start, mut sum) = (0, 0);
    for (tissue, &cells) in cells_per_tissue.iter().enumerate() {
        if tissue > start && (tissue - start == most || !fits(tissue + 1 - start, sum + cells)) {
            batches.push(start..tissue);
            (start, sum) = (tissue, 0);
        }
        sum += cells;
    }
    if start < cells_per_tissue.len() {
        batches.push(start..cells_per_tissue.len());
    }
    batches
}

fn gib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 30)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Boundary;
    use crate::plan::domain::voxels;

    #[test]
    fn batches_hold_what_fits_and_lose_no_tissue() {
        let ten = |_, cells| cells <= 10;
        assert_eq!(split(&[4, 4, 4, 9, 1], 100, ten), [0..2, 2..3, 3..5]);
        assert!(split(&[], 100, ten).is_empty());
        assert_eq!(split(&vec![1; 70_000], MOST_TISSUES, |_, _| true), [0..65_536, 65_536..70_000]);
        assert_eq!(split(&[1; 5], 2, ten), [0..2, 2..4, 4..5]);
    }

    #[test]
    fn memory_is_for_cells_their_copies_and_voxels() {
        let limits = Limits {
            bytes_per_cell: 124,
            copied_bytes_per_cell: 88,
            max_cells: 1000,
            memory_bytes: 2 * 212_000 + 500,
            max_tissues: None,
            field_bytes: 0,
            field_buffer_bytes: 0,
            max_buffer_bytes: u64::MAX,
        };
        let room = |voxel_bytes, limits| Room { limits, voxel_bytes };
        assert_eq!(room(100, &limits).bytes(3, 10), 2420);
        assert!(room(500, &limits).holds(1, 1000));
        assert!(!room(500, &limits).holds(1, 1001), "more than a buffer holds");
        let wide = Limits { max_cells: 5000, ..limits };
        assert!(
            room(250, &wide).holds(2, 2000) && !room(250, &wide).holds(2, 2001) && !room(251, &wide).holds(2, 2000)
        );
    }

    #[test]
    fn packings_are_counted_by_their_density() {
        let size_um = [400.0, 300.0, 200.0];
        let domain = |geometry| Domain {
            geometry,
            boundary: Boundary::Closed,
            size_um,
            voxels: voxels(size_um, 20.0, geometry),
            reach_um: 20.0,
        };
        let count = |geometry, region| {
            let arrangement = Arrangement::Packed { spacing_um: 10.0, region };
            placed_cells(
                &domain(geometry),
                &Placement { cell_type: 0, arrangement, phase: None, traits: vec![], history: vec![] },
            )
        };
        let ball = Region::Ball { centre_um: [0.0; 3], radius_um: 50.0 };
        let shell = Region::Shell { centre_um: [0.0; 3], inner_um: 30.0, outer_um: 50.0 };
        let block = Region::Box { lower_um: [-10.0; 3], upper_um: [10.0, 20.0, 30.0] };
        // Volumes (um³) × √2/1000, areas (um²) × 2/(√3·100).
        assert_eq!(count(Geometry::Tissue, ball.clone()), 740.0);
        assert_eq!(count(Geometry::Tissue, shell.clone()), 581.0);
        assert_eq!(count(Geometry::Tissue, block.clone()), 34.0);
        assert_eq!(count(Geometry::Tissue, Region::Everywhere), 33_941.0);
        assert_eq!(count(Geometry::Layer, ball), 91.0);
        assert_eq!(count(Geometry::Layer, shell), 58.0);
        assert_eq!(count(Geometry::Layer, block), 7.0);
        let huge = Region::Ball { centre_um: [0.0; 3], radius_um: 5000.0 };
        assert_eq!(count(Geometry::Tissue, huge), 33_941.0, "no more than the domain holds");
    }
}
