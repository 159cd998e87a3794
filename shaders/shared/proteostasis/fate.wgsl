// Rates of division and death. Twin: src/stages/proteostasis/fate.rs.
//
//   lam  = (lmax clamp((C - c0)/bC, 0, 1) (1 - xL X) + lT T Sf (1 - X)) h(A, 0.15, 2)
//   mu   = mu0 + muM h(M + wG G, K_mu, 2) (1 - pSG SG)
//
// Blasts divide, and so do stimulated stem-like cells; without AKT no cell does.
//
// | symbol | name | unit | source |
// |---|---|---|---|
// | lmax, bC | division_of_blasts_per_h, blast_activation_chaperones | 1/h, 1 | read: activated CD8 T cells double in 6 to 12 h; calibrated |
// | xL, lT | division_loss_by_exhaustion, division_of_stem_like_per_h | 1, 1/h | calibrated |
// | mu0, muM | death_basal_per_h, death_by_stress_per_h | 1/h | assumed; that exhausted cells die more is read |
// | K_mu, pSG | death_half_load_percent, death_protection_by_stress_granules | %, 1 | assumed |

// AKT activity that half of the growth needs (assumed).
const GROWTH_HALF_AKT = 0.15;

fn division_per_h(row: u32, cell: State, tcr: f32) -> f32 {
    let activated = cell.activation_chaperones - proteostasis_activation_chaperones_basal(row);
    let blast = clamp(activated / proteostasis_blast_activation_chaperones(row), 0.0, 1.0);
    let blasts = proteostasis_division_of_blasts_per_h(row) * blast
        * (1.0 - proteostasis_division_loss_by_exhaustion(row) * cell.exhaustion);
    let stem_like = proteostasis_division_of_stem_like_per_h(row) * cell.stemness * tcr * (1.0 - cell.exhaustion);
    return (blasts + stem_like) * hill_2(cell.akt_activity, GROWTH_HALF_AKT);
}

fn death_per_h(row: u32, load_percent: f32, stress: f32) -> f32 {
    let averted = proteostasis_death_protection_by_stress_granules(row) * stress_granules(row, stress);
    return proteostasis_death_basal_per_h(row)
        + proteostasis_death_by_stress_per_h(row)
        * hill_2(load_percent, proteostasis_death_half_load_percent(row)) * (1.0 - averted);
}
