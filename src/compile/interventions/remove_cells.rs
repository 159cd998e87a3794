//! `[[remove_cells]]`: cells leave, such as by surgery or a biopsy.

use super::{Calendar, Scheduled};
use crate::compile::diagnostics::Diagnostics;
use crate::compile::placements::Surroundings;
use crate::compile::regions::region;
use crate::plan::Action;
use crate::scenario::RemoveCells;

/// One action for each time.
pub fn plan(
    given: &RemoveCells,
    around: &Surroundings,
    calendar: &Calendar,
    path: &str,
    to: &mut Scheduled,
    diagnostics: &mut Diagnostics,
) {
    let names: Vec<&str> = around.types.iter().map(|it| it.name.as_str()).collect();
    let cell_type = diagnostics.number(format!("{path}.cell_type"), "cell type", &given.cell_type, &names);
    let region = region(&given.rule(), &around.space, path, diagnostics);
    let times = calendar.times(&given.timing(), None, path, diagnostics);
    let Some((cell_type, region)) = cell_type.zip(region) else { return };
    let (cell_type, probability) = (Some(cell_type as u32), given.fraction.0);
    let what = format!("{probability} of {} leave", given.cell_type);
    to.add(times, path, |_| vec![(what.clone(), Action::Remove { cell_type, probability, region: region.clone() })]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::regions::Space;
    use crate::compile::types::{TypeContext, cell_type};
    use crate::plan::{Clocks, Geometry, Intervention, Region};

    fn read(text: &str) -> (Vec<Intervention>, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let types = [cell_type(
            "tumour",
            &toml::from_str("volume = \"500 um^3\"").unwrap(),
            TypeContext { step_min: 0.1, dimensions: 3, substrates: &[] },
            &mut diagnostics,
        )];
        let space = Space { geometry: Geometry::Tissue, edges_um: vec![200.0; 3] };
        let around = Surroundings { space, types: &types, folder: ".".into() };
        let calendar = Calendar { clocks: Clocks::FINE, duration_ticks: 6000, reported: &[], of_tissue: &["time_h"] };
        let mut all = Scheduled::default();
        plan(&toml::from_str(text).unwrap(), &around, &calendar, "remove_cells.0", &mut all, &mut diagnostics);
        (all.interventions, diagnostics.take().into_iter().map(|it| it.path).collect())
    }

    #[test]
    fn surgery_takes_a_fraction_of_a_ball() {
        let (got, paths) =
            read("at = \"30 min\"\ncell_type = \"tumour\"\nfraction = 0.9\nregion = \"ball\"\nradius = \"50 um\"");
        assert_eq!((got.len(), got[0].tick, paths), (1, 3000, vec![]));
        let Action::Remove { cell_type, probability, ref region } = got[0].action else { panic!("cells leave") };
        assert_eq!((cell_type, probability), (Some(0), 0.9));
        assert_eq!(*region, Region::Ball { centre_um: [0.0; 3], radius_um: 50.0 });
    }

    #[test]
    fn faults_name_the_key() {
        let (got, paths) = read("at = \"1 h\"\ncell_type = \"tumor\"\nfraction = 0.9\nregion = \"ball\"");
        assert!(got.is_empty());
        assert_eq!(paths, ["remove_cells.0.cell_type", "remove_cells.0", "remove_cells.0.at"]);
    }
}
