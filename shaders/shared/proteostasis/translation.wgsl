// Translation, and the proteotoxic stress that attenuates it. Twin: src/stages/proteostasis/translation.rs.
//
//   Z    = h(M + wG G, K_Z, 2)                              proteotoxic stress, as the sensors of UPR and ISR see it
//   att  = 1 - aISR Z (1 - h(A, K_b, 4))                    attenuation, which high AKT by-passes
//   W'   = (Winf - W)/tR,  Winf = r0 + rm m + rA h(A, K_A, 2)
//   R    = (1 - iR) W att                                   global translation
//
// mTOR drives translation in early activation, AKT a share of its own that dominates in exhaustion: so that AKT
// inhibitors rescue and rapamycin does not (Wang et al., Nature 2025).
//
// | symbol | name | unit | source |
// |---|---|---|---|
// | r0, rm, rA | translation_basal.., translation_by_mtor.., translation_by_akt_percent_per_h | %/h | calibrated |
// | K_A, tR | translation_half_akt, translation_time_h | 1, h | calibrated; assumed |
// | aISR, K_b | attenuation_by_stress, attenuation_half_akt | 1 | assumed |
// | K_Z, wG | stress_half_load_percent, stress_weight_of_aggregates | %, 1 | calibrated |
// | iR | translation_inhibition | 1 | condition |

struct Translation {
    load_percent: f32,
    stress: f32,
    capacity_target_percent_per_h: f32,
    rate_percent_per_h: f32,
}

fn translation(row: u32, own: Variation, cell: State, mtor: f32) -> Translation {
    let load = cell.misfolded_percent + proteostasis_stress_weight_of_aggregates(row) * cell.aggregated_percent;
    let stress = hill_2(load, proteostasis_stress_half_load_percent(row));
    let heeded = 1.0 - hill_4(cell.akt_activity, proteostasis_attenuation_half_akt(row));
    let kept = 1.0 - proteostasis_attenuation_by_stress(row) * stress * heeded;
    let by_akt = proteostasis_translation_by_akt_percent_per_h(row) * own.translation_by_akt;
    let capacity = proteostasis_translation_basal_percent_per_h(row)
        + proteostasis_translation_by_mtor_percent_per_h(row) * mtor
        + by_akt * hill_2(cell.akt_activity, proteostasis_translation_half_akt(row));
    let rate = (1.0 - proteostasis_translation_inhibition(row)) * cell.translation_capacity_percent_per_h * kept;
    return Translation(load, stress, capacity, rate);
}
