//! Names of the statistics that conditions may use; a test compares them with those that are reported.

use super::types::BuiltType;
use crate::measure::substrate_statistics;
use crate::plan::{Geometry, Observe, Substrates, Treatment, cytometry};

/// Of every cell type.
const COUNTS: &[&str] = &[
    "count",
    "live_count",
    "apoptotic_count",
    "necrotic_count",
    "attached_count",
    "births",
    "deaths_apoptosis",
    "deaths_necrosis",
    "deaths_killed",
    "removed",
    "added",
    "taken",
    "kills",
    "attachments",
    "transitions_in",
    "transitions_out",
];

/// Of every observed column, besides its quantiles.
const SUMMARIES: &[&str] = &["mean", "sum", "sd", "min", "max"];

/// Names of what belongs to a whole tissue.
pub fn of_tissue(treatment: &Treatment, substrates: Option<&Substrates>) -> Vec<String> {
    let drugs = treatment.drugs.iter().flat_map(|drug| drug.reported()).map(|it| it.0);
    let levels = substrates.into_iter().flat_map(|it| &it.list).flat_map(|it| substrate_statistics(&it.name));
    let always = ["effector_target_ratio", "time_h"].into_iter().map(str::to_owned);
    always.chain(drugs).chain(levels).collect()
}

/// Cell types with the names of their statistics.
pub fn reported(
    types: &[BuiltType],
    observe: &Observe,
    geometry: Geometry,
    irradiates: bool,
) -> Vec<(String, Vec<String>)> {
    let of_type = |built: &BuiltType| {
        let mut names: Vec<String> = COUNTS.iter().map(|it| (*it).to_owned()).collect();
        if irradiates {
            names.push("deaths_irradiation".into());
        }
        if built.phases.len() > 1 {
            names.extend(built.phases.iter().map(|(phase, _)| format!("phase_{phase}_count")));
        }
        for column in &observe.columns {
            names.extend(SUMMARIES.iter().map(|it| format!("{column}_{it}")));
        }
        if observe.cytometry && built.proteostasis.is_some() {
            names.extend(cytometry::statistics());
        }
        let axes: &[&str] = match geometry {
            Geometry::Tissue => &["x", "y", "z"],
            Geometry::Layer => &["x", "y"],
            Geometry::Culture => &[],
        };
        names.extend(axes.iter().map(|axis| format!("centre_{axis}_um")));
        if !axes.is_empty() {
            names.push("radius_of_gyration_um".into());
        }
        names
    };
    types.iter().map(|built| (built.name.clone(), of_type(built))).collect()
}
