//! `[[resection]]`: surgery takes all cells of a region with its margin, whatever their type, but for a residual
//! fraction.

use super::{Calendar, Scheduled};
use crate::compile::diagnostics::Diagnostics;
use crate::compile::placements::Surroundings;
use crate::compile::regions::region;
use crate::plan::{Action, Region};
use crate::scenario::Resection;

/// One action for each time.
pub fn plan(
    given: &Resection,
    around: &Surroundings,
    calendar: &Calendar,
    path: &str,
    to: &mut Scheduled,
    diagnostics: &mut Diagnostics,
) {
    let region = region(&given.rule(), &around.space, path, diagnostics);
    let times = calendar.times(&given.timing(), None, path, diagnostics);
    let message = "the whole domain has no margin";
    let is_whole = region == Some(Region::Everywhere) && given.margin.is_some();
    diagnostics.require(!is_whole, format!("{path}.margin"), message, "give a region, or leave margin out");
    let Some(region) = region.map(|it| enlarged(it, given.margin.map_or(0.0, |it| it.0 as f32))) else { return };
    let probability = 1.0 - given.residual_fraction.0;
    let what = format!("resection of all cells in a region but for {}", given.residual_fraction.0);
    to.add(times, path, |_| {
        vec![(what.clone(), Action::Remove { cell_type: None, probability, region: region.clone() })]
    });
}

fn enlarged(region: Region, margin_um: f32) -> Region {
    match region {
        Region::Everywhere => Region::Everywhere,
        Region::Ball { centre_um, radius_um } => Region::Ball { centre_um, radius_um: radius_um + margin_um },
        Region::Shell { centre_um, inner_um, outer_um } => {
            Region::Shell { centre_um, inner_um: (inner_um - margin_um).max(0.0), outer_um: outer_um + margin_um }
        }
        Region::Box { lower_um, upper_um } => {
            Region::Box { lower_um: lower_um.map(|at| at - margin_um), upper_um: upper_um.map(|at| at + margin_um) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::regions::Space;
    use crate::plan::{Clocks, Geometry};

    fn read(text: &str) -> (Scheduled, Vec<String>) {
        let (mut diagnostics, mut all) = (Diagnostics::default(), Scheduled::default());
        let space = Space { geometry: Geometry::Tissue, edges_um: vec![200.0; 3] };
        let around = Surroundings { space, types: &[], folder: ".".into() };
        let calendar = Calendar { clocks: Clocks::FINE, duration_ticks: 6000, reported: &[], of_tissue: &["time_h"] };
        plan(&toml::from_str(text).unwrap(), &around, &calendar, "resection.0", &mut all, &mut diagnostics);
        (all, diagnostics.take().into_iter().map(|it| it.path).collect())
    }

    #[test]
    fn surgery_takes_the_margin_too() {
        let ball = "region = \"ball\"\nradius = \"50 um\"\nmargin = \"10 um\"\nresidual_fraction = 0.25";
        let (all, paths) = read(&format!("at = \"30 min\"\n{ball}"));
        assert_eq!(paths, [""; 0]);
        let Action::Remove { cell_type, probability, region } = &all.interventions[0].action else {
            panic!("cells leave")
        };
        assert_eq!((*cell_type, *probability), (None, 0.75));
        assert_eq!(*region, Region::Ball { centre_um: [0.0; 3], radius_um: 60.0 });
        assert_eq!(read("at = \"30 min\"\nmargin = \"10 um\"").1, ["resection.0.margin"]);
    }
}
