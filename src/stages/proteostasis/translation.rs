//! Translation, and the proteotoxic stress that attenuates it. Twin of
//! `shaders/shared/proteostasis/translation.wgsl`, where equations, symbols and sources stand.

use super::lanes::Lanes;
use super::state::{State, Variation, hill_2, hill_4};
use crate::plan::ProteostasisParameters;

#[derive(Clone, Copy, Debug)]
pub struct Translation {
    pub load_percent: Lanes,
    pub stress: Lanes,
    pub capacity_target_percent_per_h: Lanes,
    pub rate_percent_per_h: Lanes,
}

#[inline(always)]
pub fn translation(row: &ProteostasisParameters, own: Variation, cell: State, mtor: Lanes) -> Translation {
    let load = cell.misfolded_percent + row.stress_weight_of_aggregates * cell.aggregated_percent;
    let stress = hill_2(load, row.stress_half_load_percent);
    let heeded = 1.0 - hill_4(cell.akt_activity, row.attenuation_half_akt);
    let kept = 1.0 - row.attenuation_by_stress * stress * heeded;
    let by_akt = row.translation_by_akt_percent_per_h * own.translation_by_akt;
    let capacity = row.translation_basal_percent_per_h
        + row.translation_by_mtor_percent_per_h * mtor
        + by_akt * hill_2(cell.akt_activity, row.translation_half_akt);
    let rate = (1.0 - row.translation_inhibition) * cell.translation_capacity_percent_per_h * kept;
    Translation { load_percent: load, stress, capacity_target_percent_per_h: capacity, rate_percent_per_h: rate }
}
