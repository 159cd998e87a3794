//! `[[add_cells]]`: cells enter, such as a dose of CAR-T cells.

use super::Calendar;
use crate::plan::build::findings::Findings;
use crate::plan::build::placements::{Surroundings, placements};
use crate::plan::{Action, Intervention};
use crate::scenario::AddCells;

/// One action for each time and each placement.
pub fn plan(
    given: &AddCells,
    around: &Surroundings,
    calendar: &Calendar,
    path: &str,
    findings: &mut Findings,
) -> Vec<Intervention> {
    let placements = placements(&given.rule(), around, path, findings);
    let mut all = Vec::new();
    for tick in calendar.ticks(&given.at, path, findings) {
        let actions = placements.iter().cloned().map(Action::Add);
        all.extend(actions.map(|action| Intervention { tick, name: "add_cells".into(), action }));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::build::regions::Space;
    use crate::plan::build::types::cell_type;
    use crate::plan::{Arrangement, Clocks, Geometry, Region};

    fn read(text: &str) -> (Vec<Intervention>, Vec<String>) {
        let mut findings = Findings::default();
        let types = [cell_type("t_cell", &toml::from_str("volume = \"500 um^3\"").unwrap(), 0.1, 3, &mut findings)];
        let space = Space { geometry: Geometry::Tissue, edges_um: vec![200.0; 3] };
        let around = Surroundings { space, types: &types, folder: ".".into() };
        let calendar = Calendar { clocks: Clocks::FINE, duration_ticks: 6000 };
        let got = plan(&toml::from_str(text).unwrap(), &around, &calendar, "add_cells.0", &mut findings);
        (got, findings.take().into_iter().map(|it| it.path).collect())
    }

    #[test]
    fn a_dose_enters_at_each_time() {
        let (got, paths) = read("at = [\"0 h\", \"30.05 min\"]\ncell_type = \"t_cell\"\ncount = 9");
        assert_eq!((got.iter().map(|it| it.tick).collect::<Vec<_>>(), paths), (vec![0, 3010], vec![]));
        for intervention in got {
            let Action::Add(placement) = intervention.action else { panic!("cells enter") };
            assert_eq!(placement.arrangement, Arrangement::Random { count: 9, region: Region::Everywhere });
        }
    }

    #[test]
    fn a_dose_after_the_end_is_refused() {
        let (_, paths) = read("at = [\"59 min\", \"1 h\"]\ncell_type = \"t_cell\"\ncount = 9");
        assert_eq!(paths, ["add_cells.0.at.1"]);
        let (_, paths) = read("at = \"2 h\"\ncell_type = \"tcell\"\ncount = 9");
        assert_eq!(paths, ["add_cells.0.cell_type", "add_cells.0.at"]);
    }
}
