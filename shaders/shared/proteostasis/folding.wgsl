// Folding, misfolding and chaperones. Twin: src/stages/proteostasis/folding.rs.
//
// New protein folds with free chaperones or misfolds. The unfolded pool U relaxes within minutes, so it is where its
// gain R equals its loss kf Cf U + km' U:
//
//   km'  = km (1 + azc)
//   D0   = 1 + M/K_CM + sG G/(K_CG + G)                     chaperones titrated by misfolded and aggregated protein
//   km' U^2 + B U - R K_CU D0 = 0,  B = kf C K_CU + km' K_CU D0 - R
//   Cf   = C/(D0 + U/K_CU)                                  free chaperones
//   JM   = km' U                                            misfolding
//
// The constant term is negative, so there is one positive root; it is taken without cancellation for either sign of B.
// Chaperones:
//
//   C'   = (Cinf - C)/tC,  Cinf = c0 + (cS Sf q + cI L2) (1 - xC X)
//   H'   = (Hinf - H)/tH,  Hinf = kH (h0 + h1 Z + hA h(A, K_AH, 2))
//
// | symbol | name | unit | source |
// |---|---|---|---|
// | kf, km | folding_per_h, misfolding_per_h | 1/h | general knowledge; calibrated: a third of new protein misfolds |
// | K_CU, K_CM | titration_half_unfolded_percent, titration_half_misfolded_percent | % | calibrated |
// | sG, K_CG | titration_by_aggregates, titration_half_aggregated_percent | 1, % | calibrated |
// | c0, cS, cI, xC, tC | activation_chaperones_basal, .._by_tcr, .._by_il2, .._loss_by_exhaustion, .._time_h | 1, h | calibrated; direction read |
// | h0, h1, hA, K_AH, tH | stress_chaperones_basal, .._by_stress, .._by_akt, .._half_akt, .._time_h | 1, h | calibrated |
// | azc, kH | misfolding_by_analogue, stress_chaperone_genes | 1 | conditions |

struct Folding {
    free_chaperones: f32,
    misfolding_percent_per_h: f32,
}

fn folding(row: u32, own: Variation, cell: State, rate_percent_per_h: f32) -> Folding {
    let misfolding = proteostasis_misfolding_per_h(row) * own.misfolding
        * (1.0 + proteostasis_misfolding_by_analogue(row));
    let half = proteostasis_titration_half_unfolded_percent(row);
    let aggregated = cell.aggregated_percent;
    let titrated = 1.0 + cell.misfolded_percent / proteostasis_titration_half_misfolded_percent(row)
        + proteostasis_titration_by_aggregates(row) * aggregated
        / (proteostasis_titration_half_aggregated_percent(row) + aggregated);
    let made = rate_percent_per_h * half * titrated;
    let b = proteostasis_folding_per_h(row) * cell.activation_chaperones * half + misfolding * half * titrated
        - rate_percent_per_h;
    let root = sqrt(b * b + 4.0 * misfolding * made);
    let unfolded = select((root - b) / (2.0 * misfolding), 2.0 * made / (abs(b) + root), b > 0.0);
    let free = cell.activation_chaperones / (titrated + unfolded / half);
    return Folding(free, misfolding * unfolded);
}

fn activation_chaperones_target(row: u32, own: Variation, cell: State, met: Signals, tcr: f32) -> f32 {
    let induced = proteostasis_activation_chaperones_by_tcr(row) * own.activation_chaperones_by_tcr * tcr
        * met.costimulation + proteostasis_activation_chaperones_by_il2(row) * met.il2;
    return proteostasis_activation_chaperones_basal(row)
        + induced * (1.0 - proteostasis_activation_chaperones_loss_by_exhaustion(row) * cell.exhaustion);
}

fn stress_chaperones_target(row: u32, own: Variation, cell: State, stress: f32) -> f32 {
    let by_stress = proteostasis_stress_chaperones_by_stress(row) * own.stress_chaperones_by_stress * stress;
    let by_akt = proteostasis_stress_chaperones_by_akt(row)
        * hill_2(cell.akt_activity, proteostasis_stress_chaperones_half_akt(row));
    return proteostasis_stress_chaperone_genes(row)
        * (proteostasis_stress_chaperones_basal(row) + by_stress + by_akt);
}
