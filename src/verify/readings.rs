//! Readings that take more than one statistic: catabolic fluxes, killing, fates of cells, rank correlation.

use super::study::Seen;
use crate::analysis::association;
use crate::stages::proteostasis::pd1_engagement;

/// Mean over cells; NaN of none.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    sum / count
}

/// Protein degraded by the proteasome and by autophagy, in %/h: mean over live cells. The equations stand in
/// `shaders/shared/proteostasis/degradation.wgsl`; that cells vary in their capacities is left out.
pub fn catabolism(it: &Seen, arm: &str, day: f64) -> [f64; 2] {
    let row = it.parameters(arm, day);
    let wide = |value: f32| f64::from(value);
    let columns = ["misfolded_percent", "aggregated_percent", "stress_chaperones", "exhaustion", "proteotoxic_stress"];
    let of_cell = |values: &[f64]| {
        let [misfolded, aggregated, chaperones, exhaustion, stress] = [0, 1, 2, 3, 4].map(|number| values[number]);
        let tcr = wide(row.plate_bound_stimulation) * wide(row.costimulation);
        let fed = wide(row.mtor_basal) + wide(row.mtor_by_costimulation) * tcr + wide(row.mtor_by_il2 * row.il2);
        let mtor = fed * (1.0 - wide(row.mtor_loss_by_exhaustion) * exhaustion);
        let by_stress = wide(row.autophagy_by_stress) * stress * (1.0 - wide(row.autophagy_loss_by_mtor) * mtor);
        let autophagy = wide(row.autophagy_basal) + by_stress;
        let of_aggregates = wide(row.autophagy_of_aggregates_per_h) * aggregated
            / (1.0 + aggregated / wide(row.autophagy_half_aggregated_percent));
        let held_back = 1.0 + chaperones / wide(row.proteasome_half_stress_chaperones);
        let half = wide(row.proteasome_half_misfolded_percent) + misfolded;
        [
            wide(row.proteasome_percent_per_h) * misfolded / half / held_back,
            autophagy * (wide(row.autophagy_of_misfolded_per_h) * misfolded + of_aggregates),
        ]
    };
    let fluxes: Vec<_> = it.cells(arm, &columns, day).iter().map(|(_, values)| of_cell(values)).collect();
    [0, 1].map(|way| mean(fluxes.iter().map(|flux| flux[way])))
}

/// Both ways together.
pub fn degraded(it: &Seen, arm: &str, day: f64) -> f64 {
    catabolism(it, arm, day).iter().sum()
}

/// Part of autophagy in it.
pub fn autophagy_share(it: &Seen, arm: &str, day: f64) -> f64 {
    catabolism(it, arm, day)[1] / degraded(it, arm, day)
}

/// Killing capacity times what PD-1 leaves of the TCR signal: mean over live cells (the equations are those of
/// `shaders/shared/proteostasis/signalling.wgsl`).
pub fn killing(it: &Seen, arm: &str, day: f64) -> f64 {
    let row = it.parameters(arm, day);
    let of_cell = |values: &[f64]| {
        let engaged = pd1_engagement(&row, values[1] as f32, row.pd_l1);
        let lost = f64::from(row.pd1_loss_of_signal * engaged);
        values[0] * f64::from(row.plate_bound_stimulation) * (1.0 - lost)
    };
    mean(it.cells(arm, &["killing_capacity", "pd1"], day).iter().map(|(_, values)| of_cell(values)))
}

/// Of the cells of an arm that are exhausted (X > 0.5) on a day, the part that no longer is (X < 0.3) on a later one.
pub fn recovered(it: &Seen, arm: &str, from_day: f64, to_day: f64) -> f64 {
    let later: std::collections::HashMap<u64, f64> =
        it.cells(arm, &["exhaustion"], to_day).into_iter().map(|(id, values)| (id, values[0])).collect();
    let before = it.cells(arm, &["exhaustion"], from_day);
    let exhausted = before.iter().filter(|(_, values)| values[0] > 0.5);
    mean(exhausted.map(|(id, _)| f64::from(u8::from(later.get(id).is_some_and(|it| *it < 0.3)))))
}

/// The least difference between each of the values and the one before it.
pub fn least_rise(values: &[f64]) -> f64 {
    // A NaN stays, unlike with `f64::min`.
    values.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, |a, b| if b < a || b.is_nan() { b } else { a })
}

/// Rank correlation of Spearman; NaN where it does not exist, or a value does not.
pub fn spearman(pairs: &[(f64, f64)]) -> f64 {
    let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let all_exist = a.iter().chain(&b).all(|value| value.is_finite());
    Some(()).filter(|()| all_exist).and_then(|()| association::spearman(&a, &b)).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_correlated() {
        assert_eq!(spearman(&[(1.0, 5.0), (2.0, 7.0), (30.0, 8.0)]), 1.0);
        assert_eq!(spearman(&[(1.0, 9.0), (2.0, 7.0), (30.0, 5.0)]), -1.0);
        assert_eq!(spearman(&[(1.0, 5.0), (2.0, 8.0), (30.0, 7.0)]), 0.5);
        assert!(spearman(&[(1.0, 5.0), (f64::NAN, 8.0)]).is_nan());
        assert_eq!(least_rise(&[0.0, 1.0, 1.5]), 0.5);
        assert!(least_rise(&[0.0, f64::NAN, 1.5, 2.0]).is_nan());
    }
}
