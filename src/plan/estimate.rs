//! What a plan will cost, before anything is allocated: memory, steps and disk, and tissues split into batches.

use super::{Action, Plan};
use crate::cells::placement::{initial, place};
use crate::error::{Error, Result};
use std::fmt;
use std::ops::Range;

/// Room beyond the cells that are foreseen. Births cannot be foreseen: the steps grow the buffers when needed.
const HEADROOM: f64 = 1.25;

/// Cost of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Cells of each tissue at the start and by later additions, headroom included.
    pub cells_per_tissue: Vec<u64>,
    /// Tissues that run together, in order.
    pub batches: Vec<Range<usize>>,
    /// Memory of the largest batch in bytes.
    pub memory_bytes: u64,
    /// Movement steps of one tissue.
    pub steps: u64,
    /// Reports of one tissue, those at the start and the end included.
    pub reports: u64,
    /// Rows of cells that all snapshots write.
    pub snapshot_rows: u64,
}

impl Estimate {
    /// Estimates a plan on a device that holds `max_cells` cells at `bytes_per_cell`, sorting space included.
    ///
    /// # Errors
    /// `Error::Input` if a single tissue does not fit.
    pub fn new(plan: &Plan, bytes_per_cell: u64, max_cells: u64) -> Result<Estimate> {
        let arms: Vec<u64> = (0..plan.arms.len()).map(|arm| expected_cells(plan, arm)).collect();
        let cells_per_tissue: Vec<u64> =
            (0..plan.tissue_count()).map(|tissue| arms[plan.arm_and_replicate(tissue).0]).collect();
        if let Some(tissue) = cells_per_tissue.iter().position(|&cells| cells > max_cells) {
            let (cells, arm) = (cells_per_tissue[tissue], &plan.arms[plan.arm_and_replicate(tissue).0].name);
            return Err(Error::Input(format!(
                "error: arm {arm}: one tissue needs room for {cells} cells ({:.2} GiB at {bytes_per_cell} bytes a cell); \
                 the device holds at most {max_cells}\n\nhint: place fewer cells, or choose a device with more memory",
                gib(cells * bytes_per_cell)
            )));
        }
        let batches = split(&cells_per_tissue, max_cells);
        let largest = batches.iter().map(|batch| cells_per_tissue[batch.clone()].iter().sum()).max().unwrap_or(0u64);
        Ok(Estimate {
            memory_bytes: largest * bytes_per_cell,
            steps: u64::from(plan.duration_ticks.div_ceil(plan.clocks.movement_ticks.max(1))),
            reports: u64::from(plan.duration_ticks.div_ceil(plan.observe.every_ticks.max(1))) + 1,
            snapshot_rows: plan.snapshots.len() as u64 * cells_per_tissue.iter().sum::<u64>(),
            cells_per_tissue,
            batches,
        })
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells: u64 = self.cells_per_tissue.iter().sum();
        writeln!(f, "tissues        {} in {} batches", self.cells_per_tissue.len(), self.batches.len())?;
        writeln!(f, "cells          {cells} with room to grow")?;
        writeln!(f, "memory         {:.3} GiB for the largest batch", gib(self.memory_bytes))?;
        writeln!(f, "steps          {} a tissue", self.steps)?;
        writeln!(f, "reports        {} a tissue", self.reports)?;
        writeln!(f, "snapshot rows  about {}, more as tissues grow", self.snapshot_rows)
    }
}

/// Cells of an arm at the start and by additions, with headroom; at least one.
fn expected_cells(plan: &Plan, arm: usize) -> u64 {
    let row = &plan.arms[arm];
    let added: usize = row
        .interventions
        .iter()
        .map(|intervention| match &intervention.action {
            Action::Add(placement) => place(plan, &row.parameters, placement, 0, [0; 2], 0).len(),
            Action::Remove { .. } => 0,
        })
        .sum();
    (((initial(plan, arm, 0, 0).len() + added) as f64 * HEADROOM).ceil() as u64).max(1)
}

/// Consecutive tissues that together hold at most `max_cells`, and at most 65,536 (the column `tissue` has 16 bits).
fn split(cells_per_tissue: &[u64], max_cells: u64) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let (mut start, mut sum) = (0, 0);
    for (tissue, &cells) in cells_per_tissue.iter().enumerate() {
        if tissue > start && (sum + cells > max_cells || tissue - start == 65_536) {
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

    #[test]
    fn batches_hold_what_fits_and_lose_no_tissue() {
        assert_eq!(split(&[4, 4, 4, 9, 1], 10), [0..2, 2..3, 3..5]);
        assert_eq!(split(&[], 10), []);
        assert_eq!(split(&vec![1; 70_000], 1 << 40), [0..65_536, 65_536..70_000]);
    }
}
