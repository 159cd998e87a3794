//! The effector programme, and what the cell can do with it. Twin of
//! `shaders/shared/proteostasis/effector.wgsl`, where equations, symbols and sources stand.

use super::lanes::Lanes;
use super::state::{Signals, State};
use crate::plan::ProteostasisParameters;

#[derive(Clone, Copy, Debug)]
pub struct Effector {
    pub cytokine_capacity: Lanes,
    pub killing_capacity: Lanes,
}

#[inline(always)]
pub fn effector_target(row: &ProteostasisParameters, cell: State, met: Signals) -> Lanes {
    let induced = row.effector_by_history * cell.stimulation_history + row.effector_by_il2 * met.il2;
    induced.min(1.0) * (1.0 - row.effector_loss_by_exhaustion * cell.exhaustion)
}

#[inline(always)]
pub fn stress_granules(row: &ProteostasisParameters, stress: Lanes) -> Lanes {
    stress * (1.0 - row.stress_granule_loss)
}

#[inline(always)]
pub fn effector(row: &ProteostasisParameters, cell: State, stress: Lanes) -> Effector {
    let soluble = 1.0 / (1.0 + cell.aggregated_percent / row.soluble_half_aggregated_percent);
    let granules = stress_granules(row, stress);
    let cytokine = (1.0 - row.cytokine_loss_by_exhaustion * cell.exhaustion)
        * soluble
        * (1.0 - row.cytokine_loss_by_stress_granules * granules);
    let killing = cell.effector_programme * soluble * (1.0 - row.killing_loss_by_exhaustion * cell.exhaustion);
    Effector { cytokine_capacity: cytokine, killing_capacity: killing }
}
