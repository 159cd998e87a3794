//! Rates of division and death. Twin of
//! `shaders/shared/proteostasis/fate.wgsl`, where equations, symbols and sources stand.

use super::effector::stress_granules;
use super::lanes::Lanes;
use super::state::{State, hill_2};
use crate::plan::ProteostasisParameters;

/// AKT activity that half of the growth needs (assumed).
const GROWTH_HALF_AKT: f32 = 0.15;

#[inline(always)]
pub fn division_per_h(row: &ProteostasisParameters, cell: State, tcr: Lanes) -> Lanes {
    let activated = cell.activation_chaperones - row.activation_chaperones_basal;
    let blast = (activated / row.blast_activation_chaperones).max(0.0).min(1.0);
    let blasts = row.division_of_blasts_per_h * blast * (1.0 - row.division_loss_by_exhaustion * cell.exhaustion);
    let stem_like = row.division_of_stem_like_per_h * cell.stemness * tcr * (1.0 - cell.exhaustion);
    (blasts + stem_like) * hill_2(cell.akt_activity, GROWTH_HALF_AKT)
}

#[inline(always)]
pub fn death_per_h(row: &ProteostasisParameters, load_percent: Lanes, stress: Lanes) -> Lanes {
    let averted = row.death_protection_by_stress_granules * stress_granules(row, stress);
    row.death_basal_per_h
        + row.death_by_stress_per_h * hill_2(load_percent, row.death_half_load_percent) * (1.0 - averted)
}
