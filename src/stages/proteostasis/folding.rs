//! Folding, misfolding and chaperones. Twin of
//! `shaders/shared/proteostasis/folding.wgsl`, where equations, symbols and sources stand.

use super::lanes::Lanes;
use super::state::{Signals, State, Variation, hill_2};
use crate::plan::ProteostasisParameters;

#[derive(Clone, Copy, Debug)]
pub struct Folding {
    pub free_chaperones: Lanes,
    pub misfolding_percent_per_h: Lanes,
}

#[inline(always)]
pub fn folding(row: &ProteostasisParameters, own: Variation, cell: State, rate_percent_per_h: Lanes) -> Folding {
    let misfolding = row.misfolding_per_h * own.misfolding * (1.0 + row.misfolding_by_analogue);
    let half = row.titration_half_unfolded_percent;
    let aggregated = cell.aggregated_percent;
    let titrated = 1.0
        + cell.misfolded_percent / row.titration_half_misfolded_percent
        + row.titration_by_aggregates * aggregated / (row.titration_half_aggregated_percent + aggregated);
    let made = rate_percent_per_h * half * titrated;
    let b = row.folding_per_h * cell.activation_chaperones * half + misfolding * half * titrated - rate_percent_per_h;
    let root = (b * b + 4.0 * misfolding * made).sqrt();
    let unfolded = b.is_above(0.0).pick(2.0 * made / (b.abs() + root), (root - b) / (2.0 * misfolding));
    let free = cell.activation_chaperones / (titrated + unfolded / half);
    Folding { free_chaperones: free, misfolding_percent_per_h: misfolding * unfolded }
}

#[inline(always)]
pub fn activation_chaperones_target(
    row: &ProteostasisParameters,
    own: Variation,
    cell: State,
    met: Signals,
    tcr: Lanes,
) -> Lanes {
    let induced = row.activation_chaperones_by_tcr * own.activation_chaperones_by_tcr * tcr * met.costimulation
        + row.activation_chaperones_by_il2 * met.il2;
    row.activation_chaperones_basal + induced * (1.0 - row.activation_chaperones_loss_by_exhaustion * cell.exhaustion)
}

#[inline(always)]
pub fn stress_chaperones_target(row: &ProteostasisParameters, own: Variation, cell: State, stress: Lanes) -> Lanes {
    let by_stress = row.stress_chaperones_by_stress * own.stress_chaperones_by_stress * stress;
    let by_akt = row.stress_chaperones_by_akt * hill_2(cell.akt_activity, row.stress_chaperones_half_akt);
    row.stress_chaperone_genes * (row.stress_chaperones_basal + by_stress + by_akt)
}
