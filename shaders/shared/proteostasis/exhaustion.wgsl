// Exhaustion, its lock, PD-1 and stemness. Twin: src/stages/proteostasis/exhaustion.rs.
//
//   N'   = (S - N)/tN                                       stimulation remembered
//   X'   = (h(D, K_D, 4) - X)/tX,  D = wS N + wGX h(G, K_GX, 2) + wE E
//   E'   = kon h(X, 1/2, 4) (1 - E) - koff E                lock in chromatin
//   P'   = (pS Sf + pX X - P)/tP                            PD-1
//   T'   = ((1 - X)/(1 + (A/K_TA)^2) - T)/tT                AKT excludes FOXO1, and stemness falls
//
// Acute or chronic is no flag: it is the stimulation that a cell meets. Aggregates, not stimulation, are the main drive.
// The lock reconciles rest that restores function (Weber et al., Science 2021) with exhaustion that becomes fixed
// (Philip et al., Nature 2017).
//
// | symbol | name | unit | source |
// |---|---|---|---|
// | tN, tX | history_time_h, exhaustion_time_h | h | calibrated |
// | wS, wGX, wE | exhaustion_by_history, exhaustion_by_aggregates, exhaustion_by_lock | 1 | calibrated |
// | K_GX, K_D | exhaustion_half_aggregated_percent, exhaustion_half_drive | %, 1 | calibrated |
// | kon, koff | lock_per_h, unlock_per_h | 1/h | calibrated: fixed after some 20 d |
// | pS, pX, tP | pd1_by_tcr, pd1_by_exhaustion, pd1_time_h | 1, h | assumed |
// | K_TA, tT | stemness_half_akt, stemness_time_h | 1, h | calibrated |

fn exhaustion_target(row: u32, own: Variation, cell: State) -> f32 {
    let half = proteostasis_exhaustion_half_aggregated_percent(row) * own.exhaustion_half_aggregated;
    let drive = proteostasis_exhaustion_by_history(row) * cell.stimulation_history
        + proteostasis_exhaustion_by_aggregates(row) * hill_2(cell.aggregated_percent, half)
        + proteostasis_exhaustion_by_lock(row) * cell.exhaustion_lock;
    return hill_4(drive, proteostasis_exhaustion_half_drive(row));
}

// Rate at which the lock closes.
fn locking_per_h(row: u32, cell: State) -> f32 {
    return proteostasis_lock_per_h(row) * hill_4(cell.exhaustion, 0.5);
}

fn pd1_target(row: u32, cell: State, tcr: f32) -> f32 {
    return proteostasis_pd1_by_tcr(row) * tcr + proteostasis_pd1_by_exhaustion(row) * cell.exhaustion;
}

fn stemness_target(row: u32, cell: State) -> f32 {
    let excluded = cell.akt_activity / proteostasis_stemness_half_akt(row);
    return (1.0 - cell.exhaustion) / (1.0 + excluded * excluded);
}
