//! What becomes of misfolded protein: degradation, refolding, aggregation. Twin of
//! `shaders/shared/proteostasis/degradation.wgsl`, where equations, symbols and sources stand.

use super::lanes::Lanes;
use super::signalling::Signalling;
use super::state::{State, Variation};
use crate::plan::ProteostasisParameters;

#[derive(Clone, Copy, Debug)]
pub struct Degradation {
    pub aggregation_per_h: Lanes,
    pub misfolded_loss_per_h: Lanes,
    pub aggregated_loss_per_h: Lanes,
}

#[inline(always)]
pub fn degradation(
    row: &ProteostasisParameters,
    own: Variation,
    cell: State,
    inside: Signalling,
    stress: Lanes,
    free: Lanes,
) -> Degradation {
    let misfolded = cell.misfolded_percent;
    let aggregated = cell.aggregated_percent;
    let autophagy = (1.0 - row.autophagy_inhibition)
        * (row.autophagy_basal
            + row.autophagy_by_stress * stress * (1.0 - row.autophagy_loss_by_mtor * inside.mtor).max(0.0));
    let capacity =
        row.proteasome_percent_per_h * own.proteasome * row.proteasome_activity * (1.0 - row.proteasome_inhibition);
    let held_back = 1.0 + inside.stress_chaperones / row.proteasome_half_stress_chaperones;
    let proteasome = capacity / ((row.proteasome_half_misfolded_percent + misfolded) * held_back);
    let promoted = 1.0 + row.nucleation_by_stress_chaperones * (inside.stress_chaperones - 1.0).max(0.0);
    let nucleation = row.nucleation_per_percent_per_h * promoted * misfolded;
    let growth = row.growth_of_aggregates_per_percent_per_h
        * aggregated
        * (1.0 - aggregated / row.aggregated_limit_percent).max(0.0);
    let aggregation = nucleation + growth;
    let misfolded_loss =
        proteasome + row.refolding_per_h * free + aggregation + row.autophagy_of_misfolded_per_h * autophagy;
    let aggregated_loss = row.autophagy_of_aggregates_per_h * own.autophagy_of_aggregates * autophagy
        / (1.0 + aggregated / row.autophagy_half_aggregated_percent);
    Degradation {
        aggregation_per_h: aggregation,
        misfolded_loss_per_h: misfolded_loss,
        aggregated_loss_per_h: aggregated_loss,
    }
}
