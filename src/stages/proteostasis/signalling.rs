//! Signals inside the cell: PD-1, AKT and mTOR. Twin of
//! `shaders/shared/proteostasis/signalling.wgsl`, where equations, symbols and sources stand.

use super::lanes::Lanes;
use super::state::{Signals, State, Variation, hill_4};
use super::stimulus::pd1_engagement;
use crate::plan::ProteostasisParameters;

#[derive(Clone, Copy, Debug)]
pub struct Signalling {
    pub tcr: Lanes,
    pub stress_chaperones: Lanes,
    pub akt_target: Lanes,
    pub mtor: Lanes,
}

#[inline(always)]
pub fn signalling(row: &ProteostasisParameters, own: Variation, cell: State, met: Signals) -> Signalling {
    let engaged = pd1_engagement(row, cell.pd1, met.pd_l1);
    let tcr = met.tcr_occupancy * (1.0 - row.pd1_loss_of_signal * engaged);
    let to_akt = met.tcr_occupancy * (1.0 - row.pd1_loss_of_akt * engaged);
    let chaperones = cell.stress_chaperones * (1.0 - row.stress_chaperone_inhibition);
    let gain = 1.0 + row.akt_gain_by_stress_chaperones * hill_4(chaperones, row.akt_half_stress_chaperones);
    let driven = row.akt_by_tcr * own.akt_by_tcr * to_akt + row.akt_by_il2 * met.il2;
    let akt = (1.0 - row.akt_inhibition) * (row.akt_basal + driven * gain + row.akt_constitutive);
    let fed = row.mtor_basal + row.mtor_by_costimulation * tcr * met.costimulation + row.mtor_by_il2 * met.il2;
    let mtor = (1.0 - row.mtor_inhibition) * fed * (1.0 - row.mtor_loss_by_exhaustion * cell.exhaustion);
    Signalling { tcr, stress_chaperones: chaperones, akt_target: akt, mtor }
}
