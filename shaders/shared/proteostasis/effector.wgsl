// The effector programme, and what the cell can do with it. Twin: src/stages/proteostasis/effector.rs.
//
//   F'   = (min(fS N + fI L2, 1) (1 - xF X) - F)/tF
//   sol  = 1/(1 + G/K_sol)                                  part of effector molecules that is not in aggregates
//   Y    = (1 - xY X) sol (1 - zSG SG),  SG = Z (1 - sgko)  cytokine capacity when stimulated again; SG: stress granules
//   K    = F sol (1 - xK X)                                 killing capacity; times Sf: killing realised
//
// | symbol | name | unit | source |
// |---|---|---|---|
// | fS, fI, xF, tF | effector_by_history, effector_by_il2, effector_loss_by_exhaustion, effector_time_h | 1, h | assumed |
// | K_sol | soluble_half_aggregated_percent | % | calibrated: granzymes and perforin aggregate (Wang et al., Nature 2025) |
// | xY, zSG, xK | cytokine_loss_by_exhaustion, cytokine_loss_by_stress_granules, killing_loss_by_exhaustion | 1 | assumed |
// | sgko | stress_granule_loss | 1 | condition |

struct Effector {
    cytokine_capacity: f32,
    killing_capacity: f32,
}

fn effector_target(row: u32, cell: State, met: Signals) -> f32 {
    let induced = proteostasis_effector_by_history(row) * cell.stimulation_history
        + proteostasis_effector_by_il2(row) * met.il2;
    return min(induced, 1.0) * (1.0 - proteostasis_effector_loss_by_exhaustion(row) * cell.exhaustion);
}

fn stress_granules(row: u32, stress: f32) -> f32 {
    return stress * (1.0 - proteostasis_stress_granule_loss(row));
}

fn effector(row: u32, cell: State, stress: f32) -> Effector {
    let soluble = 1.0 / (1.0 + cell.aggregated_percent / proteostasis_soluble_half_aggregated_percent(row));
    let granules = stress_granules(row, stress);
    let cytokine = (1.0 - proteostasis_cytokine_loss_by_exhaustion(row) * cell.exhaustion) * soluble
        * (1.0 - proteostasis_cytokine_loss_by_stress_granules(row) * granules);
    let killing = cell.effector_programme * soluble
        * (1.0 - proteostasis_killing_loss_by_exhaustion(row) * cell.exhaustion);
    return Effector(cytokine, killing);
}
