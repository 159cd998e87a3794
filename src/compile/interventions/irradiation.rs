//! `[[irradiation]]`: fractions of a dose; a cell survives one with probability exp(−αD − βD²): see `stages::lifecycle::irradiate`.

use super::{Calendar, Scheduled};
use crate::compile::diagnostics::Diagnostics;
use crate::compile::placements::Surroundings;
use crate::compile::regions::region;
use crate::plan::Action;
use crate::scenario::{CellType, Irradiation};
use indexmap::IndexMap;

/// One action for each time.
pub fn plan(
    given: &Irradiation,
    cell_types: &IndexMap<String, CellType>,
    around: &Surroundings,
    calendar: &Calendar,
    path: &str,
    to: &mut Scheduled,
    diagnostics: &mut Diagnostics,
) {
    let region = region(&given.rule(), &around.space, path, diagnostics);
    let times = calendar.times(&given.timing(), None, path, diagnostics);
    let sensitive = around.types.iter().filter_map(|it| cell_types.get(&it.name)?.radiosensitivity);
    let message = "no cell type is sensitive to radiation";
    let hint = "add [cell_types.tumour.radiosensitivity] with alpha = \"0.3 /Gy\" and beta = \"0.03 /Gy^2\"";
    diagnostics.require(sensitive.count() > 0, path, message, hint);
    let death = |name: &String| {
        let of_type = cell_types.get(name).and_then(|it| it.radiosensitivity);
        of_type.map_or(0.0, |it| death_probability(it.alpha.0, it.beta.0, given.dose.0))
    };
    let death_probability: Vec<f64> = around.types.iter().map(|it| death(&it.name)).collect();
    let Some(region) = region else { return };
    let what = format!("{} Gy", given.dose.0);
    let action = Action::Irradiate { death_probability, region };
    to.add(times, path, |_| vec![(what.clone(), action.clone())]);
}

/// 1 − exp(−αD − βD²)
fn death_probability(alpha: f64, beta: f64, dose: f64) -> f64 {
    -(-alpha * dose - beta * dose * dose).exp_m1()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survival_is_linear_quadratic() {
        // α 0.3 /Gy, β 0.03 /Gy²: of 2 Gy exp(−0.72) = 0.48675 survive.
        assert!((1.0 - death_probability(0.3, 0.03, 2.0) - 0.486_752).abs() < 1e-6);
        assert_eq!(death_probability(0.0, 0.0, 100.0), 0.0);
        let (given, cell): (Irradiation, CellType) = (
            toml::from_str("at = \"1 h\"\ndose = \"2 Gy\"").unwrap(),
            toml::from_str("volume = \"500 um^3\"\nradiosensitivity = { alpha = \"0.3 /Gy\", beta = \"0.03 /Gy^2\" }")
                .unwrap(),
        );
        let sensitivity = cell.radiosensitivity.unwrap();
        assert!((given.dose.0 - 2.0).abs() < 1e-12 && (sensitivity.alpha.0 - 0.3).abs() < 1e-12);
        assert!((sensitivity.beta.0 - 0.03).abs() < 1e-12);
    }
}
