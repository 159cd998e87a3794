//! Exhaustion, its lock, PD-1 and stemness. Twin of
//! `shaders/shared/proteostasis/exhaustion.wgsl`, where equations, symbols and sources stand.

use super::lanes::Lanes;
use super::state::{State, Variation, hill_2, hill_4};
use crate::plan::ProteostasisParameters;

#[inline(always)]
pub fn exhaustion_target(row: &ProteostasisParameters, own: Variation, cell: State) -> Lanes {
    let half = row.exhaustion_half_aggregated_percent * own.exhaustion_half_aggregated;
    let drive = row.exhaustion_by_history * cell.stimulation_history
        + row.exhaustion_by_aggregates * hill_2(cell.aggregated_percent, half)
        + row.exhaustion_by_lock * cell.exhaustion_lock;
    hill_4(drive, row.exhaustion_half_drive)
}

/// Rate at which the lock closes.
#[inline(always)]
pub fn locking_per_h(row: &ProteostasisParameters, cell: State) -> Lanes {
    row.lock_per_h * hill_4(cell.exhaustion, 0.5)
}

#[inline(always)]
pub fn pd1_target(row: &ProteostasisParameters, cell: State, tcr: Lanes) -> Lanes {
    row.pd1_by_tcr * tcr + row.pd1_by_exhaustion * cell.exhaustion
}

#[inline(always)]
pub fn stemness_target(row: &ProteostasisParameters, cell: State) -> Lanes {
    let excluded = cell.akt_activity / row.stemness_half_akt;
    (1.0 - cell.exhaustion) / (1.0 + excluded * excluded)
}
