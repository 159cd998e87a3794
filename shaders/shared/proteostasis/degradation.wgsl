// What becomes of misfolded protein: degradation, refolding, aggregation. Twin: src/stages/proteostasis/degradation.rs.
//
//   a    = (1 - iAu) (al0 + al1 Z (1 - ms m))               autophagy
//   prot = vP vPx (1 - iP)/(Kp + M)/(1 + Hf/K_ret)          proteasome, from which stress chaperones hold back
//   nuc  = kn (1 + etaH max(Hf - 1, 0)) M                   nucleation, which they promote
//   gro  = kg G max(1 - G/Gmax, 0)                          growth of aggregates
//   M'   = JM + cftr - M (prot + kre Cf + nuc + gro + kaM a + lam)
//   G'   = M (nuc + gro) - G (kaG a/(1 + G/K_aG) + lam)
//
// lam, the rate of division, dilutes both; pools are counted in % of the cell's protein, so division itself leaves them.
//
// | symbol | name | unit | source |
// |---|---|---|---|
// | vP, Kp | proteasome_percent_per_h, proteasome_half_misfolded_percent | %/h, % | calibrated |
// | K_ret, etaH | proteasome_half_stress_chaperones, nucleation_by_stress_chaperones | 1 | assumed; calibrated |
// | kre, kn, kg | refolding_per_h, nucleation_per_percent_per_h, growth_of_aggregates_per_percent_per_h | 1/h, 1/(% h) | calibrated |
// | Gmax, K_aG | aggregated_limit_percent, autophagy_half_aggregated_percent | % | calibrated |
// | al0, al1, ms | autophagy_basal, autophagy_by_stress, autophagy_loss_by_mtor | 1 | calibrated |
// | kaM, kaG | autophagy_of_misfolded_per_h, autophagy_of_aggregates_per_h | 1/h | calibrated |
// | iAu, iP, vPx | autophagy_inhibition, proteasome_inhibition, proteasome_activity | 1 | conditions |
// | cftr | misfolded_load_percent_per_h | %/h | condition |

struct Degradation {
    aggregation_per_h: f32,
    misfolded_loss_per_h: f32,
    aggregated_loss_per_h: f32,
}

fn degradation(row: u32, own: Variation, cell: State, inside: Signalling, stress: f32, free: f32) -> Degradation {
    let misfolded = cell.misfolded_percent;
    let aggregated = cell.aggregated_percent;
    let autophagy = (1.0 - proteostasis_autophagy_inhibition(row)) * (proteostasis_autophagy_basal(row)
        + proteostasis_autophagy_by_stress(row) * stress
        * max(1.0 - proteostasis_autophagy_loss_by_mtor(row) * inside.mtor, 0.0));
    let capacity = proteostasis_proteasome_percent_per_h(row) * own.proteasome * proteostasis_proteasome_activity(row)
        * (1.0 - proteostasis_proteasome_inhibition(row));
    let held_back = 1.0 + inside.stress_chaperones / proteostasis_proteasome_half_stress_chaperones(row);
    let proteasome = capacity / ((proteostasis_proteasome_half_misfolded_percent(row) + misfolded) * held_back);
    let promoted = 1.0 + proteostasis_nucleation_by_stress_chaperones(row) * max(inside.stress_chaperones - 1.0, 0.0);
    let nucleation = proteostasis_nucleation_per_percent_per_h(row) * promoted * misfolded;
    let growth = proteostasis_growth_of_aggregates_per_percent_per_h(row) * aggregated
        * max(1.0 - aggregated / proteostasis_aggregated_limit_percent(row), 0.0);
    let aggregation = nucleation + growth;
    let misfolded_loss = proteasome + proteostasis_refolding_per_h(row) * free + aggregation
        + proteostasis_autophagy_of_misfolded_per_h(row) * autophagy;
    let aggregated_loss = proteostasis_autophagy_of_aggregates_per_h(row) * own.autophagy_of_aggregates * autophagy
        / (1.0 + aggregated / proteostasis_autophagy_half_aggregated_percent(row));
    return Degradation(aggregation, misfolded_loss, aggregated_loss);
}
