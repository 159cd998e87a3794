//! What is reported, and when.

use super::diagnostics::Diagnostics;
use super::time::on_step;
use crate::plan::{AGE, Clocks, Geometry, Observe, cytometry};
use crate::scenario::Statistics;

/// Columns of cells that can be summed up, which a test compares with the table of columns, and what follows from them.
pub const OBSERVABLE: &[&str] = &[
    "x_um",
    "y_um",
    "z_um",
    "volume_um3",
    "velocity_x_um_per_min",
    "velocity_y_um_per_min",
    "velocity_z_um_per_min",
    "pressure",
    "motility_x_um_per_min",
    "motility_y_um_per_min",
    "motility_z_um_per_min",
    "damage",
    "hits",
    "divisions",
    "trait_first",
    "trait_second",
    "akt_activity",
    "translation_capacity_percent_per_h",
    "misfolded_percent",
    "aggregated_percent",
    "activation_chaperones",
    "stress_chaperones",
    "stimulation_history",
    "exhaustion",
    "exhaustion_lock",
    "stemness",
    "pd1",
    "effector_programme",
    "translation_percent_per_h",
    "proteotoxic_stress",
    "cytokine_capacity",
    "killing_capacity",
    "division_per_h",
    "death_per_h",
    "tcr_occupancy",
    "tcr_signal",
    "realised_killing",
    "il2_release",
    "antigen",
    "mhc1",
    "pd_l1",
    AGE,
];

/// What columns of the list need, from one of them on: what is missing otherwise, and a way out.
#[rustfmt::skip]
const NEEDS: [(&str, &str, &str); 3] = [
    ("akt_activity", "no cell type has proteostasis", "add [cell_types.NAME.proteostasis]"),
    ("tcr_occupancy", "no cell with proteostasis holds on to others or secretes", "add [[interactions]] of one that has it"),
    ("antigen", "no cell type has immunogenicity", "add [cell_types.NAME.immunogenicity]"),
];

/// Shells of a radial profile at most.
const MOST_SHELLS: u32 = 10_000;

/// What the statistics report.
pub fn observe(given: &Statistics, geometry: Geometry, clocks: &Clocks, diagnostics: &mut Diagnostics) -> Observe {
    let path = "statistics.columns";
    let mut columns: Vec<&'static str> = Vec::new();
    for (number, name) in given.columns.iter().enumerate() {
        let found = diagnostics.number(format!("{path}.{number}"), "column", name, OBSERVABLE);
        columns.extend(found.map(|it| OBSERVABLE[it]).filter(|name| !columns.contains(name)));
    }
    if given.cytometry {
        let shown = cytometry::COLUMNS.into_iter().filter(|name| !columns.contains(name));
        columns.extend(shown.collect::<Vec<_>>());
    }
    let is_culture = geometry == Geometry::Culture;
    let shells = given.radial_profile.as_ref().map(|it| (it.shells.0, it.width.0 as f32));
    diagnostics.require(
        !(is_culture && shells.is_some()),
        "statistics.radial_profile",
        "a culture has no radial profile, since its cells have no places",
        "",
    );
    let count = shells.map_or(1, |(count, _)| count);
    diagnostics.require(
        (1..=MOST_SHELLS).contains(&count),
        "statistics.radial_profile.shells",
        format!("shells is {count}; it must be from 1 to {MOST_SHELLS}"),
        "",
    );
    Observe {
        every_ticks: on_step(given.every.0, clocks, "statistics.every", diagnostics).max(clocks.movement_ticks),
        columns,
        quantiles: given.quantiles.iter().map(|it| it.0).collect(),
        shells,
        cytometry: given.cytometry,
    }
}

/// Some columns are observed only where a cell type has what they need; `has` goes with [`NEEDS`].
pub fn check_columns(observe: &Observe, has: [bool; NEEDS.len()], diagnostics: &mut Diagnostics) {
    if observe.cytometry && !has[0] {
        let message = "cytometry is asked for, but no cell type has proteostasis";
        diagnostics.add("statistics.cytometry", message, "add [cell_types.NAME.proteostasis], or leave cytometry out");
        return;
    }
    let place = |name: &str| OBSERVABLE.iter().position(|it| *it == name).unwrap_or(OBSERVABLE.len());
    for (number, (first, missing, hint)) in NEEDS.into_iter().enumerate() {
        let next = NEEDS.get(number + 1).map_or(AGE, |it| it.0);
        let asked = observe.columns.iter().find(|name| (place(first)..place(next)).contains(&place(name)));
        if let (Some(name), false) = (asked, has[number]) {
            let message = format!("{name} is asked for, but {missing}");
            diagnostics.add("statistics.columns", message, &format!("{hint}, or leave the column out"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, geometry: Geometry) -> (Observe, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let got = observe(&toml::from_str(text).unwrap(), geometry, &Clocks::FINE, &mut diagnostics);
        (got, diagnostics.take().into_iter().map(|it| it.path).collect())
    }

    #[test]
    fn reports_come_on_steps() {
        let (got, paths) = read("every = \"10 s\"\ncolumns = [\"pressure\", \"pressure\"]", Geometry::Tissue);
        assert_eq!((got.every_ticks, got.columns, paths), (20, vec!["pressure"], vec![]));
    }

    #[test]
    fn what_needs_proteostasis_says_so() {
        for text in ["cytometry = true", "columns = [\"exhaustion\"]"] {
            let (got, _) = read(text, Geometry::Culture);
            for (has_proteostasis, faults) in [(true, 0), (false, 1)] {
                let mut diagnostics = Diagnostics::default();
                check_columns(&got, [has_proteostasis, true, true], &mut diagnostics);
                assert_eq!(diagnostics.take().len(), faults, "{text}");
            }
        }
    }

    #[test]
    fn faults_name_the_key() {
        let profile = |shells: u32| format!("radial_profile = {{ shells = {shells}, width = \"10 um\" }}");
        for (text, geometry, path) in [
            ("columns = [\"hits\", \"presure\"]".to_owned(), Geometry::Tissue, "statistics.columns.1"),
            (profile(4), Geometry::Culture, "statistics.radial_profile"),
            (profile(0), Geometry::Tissue, "statistics.radial_profile.shells"),
        ] {
            assert_eq!(read(&text, geometry).1, [path], "{text}");
        }
    }
}
