// Signals inside the cell: PD-1, AKT and mTOR. Twin: src/stages/proteostasis/signalling.rs.
//
//   rho  = p/(1/2 + p),  p = P L (1 - RO)                   engagement of PD-1
//   Sf   = S (1 - piS rho),  SA = S (1 - piA rho)           TCR signal, and what of it reaches AKT
//   Hf   = H (1 - iH)                                       functional stress chaperones
//   A'   = (Ainf - A)/tA,  Ainf = (1 - iA) (a0 + (aS SA + aI L2) (1 + psi h(Hf, K_HA, 4)) + myr)
//   m    = (1 - iT) (m0 + mS Sf q + mI L2) (1 - xm X)       mTOR
//
// AKT drives translation past mTOR, and stress chaperones raise its gain: the first positive loop of the model. That
// chaperones stabilise AKT is assumed, since gp96 loss lowers aggregation (Wang et al., Nature 2025).
//
// | symbol | name | unit | source |
// |---|---|---|---|
// | a0, aS, aI | akt_basal, akt_by_tcr, akt_by_il2 | 1 | calibrated |
// | psi, K_HA | akt_gain_by_stress_chaperones, akt_half_stress_chaperones | 1 | calibrated; mechanism assumed |
// | tA | akt_time_h | h | assumed |
// | m0, mS, mI, xm | mtor_basal, mtor_by_costimulation, mtor_by_il2, mtor_loss_by_exhaustion | 1 | assumed; that exhaustion lowers mTOR is read |
// | piS, piA | pd1_loss_of_signal, pd1_loss_of_akt | 1 | assumed |
// | RO, iA, iT, iH, myr | pd1_blockade, akt_inhibition, mtor_inhibition, stress_chaperone_inhibition, akt_constitutive | 1 | conditions |

struct Signalling {
    tcr: f32,
    stress_chaperones: f32,
    akt_target: f32,
    mtor: f32,
}

fn signalling(row: u32, own: Variation, cell: State, met: Signals) -> Signalling {
    let engaged = pd1_engagement(row, cell.pd1, met.pd_l1);
    let tcr = met.tcr_occupancy * (1.0 - proteostasis_pd1_loss_of_signal(row) * engaged);
    let to_akt = met.tcr_occupancy * (1.0 - proteostasis_pd1_loss_of_akt(row) * engaged);
    let chaperones = cell.stress_chaperones * (1.0 - proteostasis_stress_chaperone_inhibition(row));
    let gain = 1.0 + proteostasis_akt_gain_by_stress_chaperones(row)
        * hill_4(chaperones, proteostasis_akt_half_stress_chaperones(row));
    let driven = proteostasis_akt_by_tcr(row) * own.akt_by_tcr * to_akt + proteostasis_akt_by_il2(row) * met.il2;
    let akt = (1.0 - proteostasis_akt_inhibition(row))
        * (proteostasis_akt_basal(row) + driven * gain + proteostasis_akt_constitutive(row));
    let fed = proteostasis_mtor_basal(row) + proteostasis_mtor_by_costimulation(row) * tcr * met.costimulation
        + proteostasis_mtor_by_il2(row) * met.il2;
    let mtor = (1.0 - proteostasis_mtor_inhibition(row)) * fed
        * (1.0 - proteostasis_mtor_loss_by_exhaustion(row) * cell.exhaustion);
    return Signalling(tcr, chaperones, akt, mtor);
}
