//! `[[add_cells]]`: cells enter, such as a dose of CAR-T cells.

use super::{Calendar, Scheduled};
use crate::compile::diagnostics::Diagnostics;
use crate::compile::placements::{Surroundings, placements};
use crate::plan::{Action, Arrangement, Placement};
use crate::scenario::AddCells;

/// One action for each time and each placement.
pub fn plan(
    given: &AddCells,
    around: &Surroundings,
    calendar: &Calendar,
    path: &str,
    to: &mut Scheduled,
    diagnostics: &mut Diagnostics,
) {
    let placements = placements(&given.rule(), around, path, diagnostics);
    let times = calendar.times(&given.timing(), None, path, diagnostics);
    let action = |it: &Placement| (what(it, around), Action::Add(it.clone()));
    to.add(times, path, |_| placements.iter().map(action).collect());
}

fn what(placement: &Placement, around: &Surroundings) -> String {
    let name = &around.types[placement.cell_type as usize].name;
    match &placement.arrangement {
        Arrangement::Random { count, .. } => format!("{count} {name} enter"),
        Arrangement::At(positions) => format!("{} {name} enter", positions.len()),
        Arrangement::Packed { .. } => format!("{name} fill a region"),
    }
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
            "t_cell",
            &toml::from_str("volume = \"500 um^3\"").unwrap(),
            TypeContext { step_min: 0.1, dimensions: 3, substrates: &[] },
            &mut diagnostics,
        )];
        let space = Space { geometry: Geometry::Tissue, edges_um: vec![200.0; 3] };
        let around = Surroundings { space, types: &types, folder: ".".into() };
        let calendar = Calendar { clocks: Clocks::FINE, duration_ticks: 6000, reported: &[], of_tissue: &["time_h"] };
        let mut all = Scheduled::default();
        plan(&toml::from_str(text).unwrap(), &around, &calendar, "add_cells.0", &mut all, &mut diagnostics);
        (all.interventions, diagnostics.take().into_iter().map(|it| it.path).collect())
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

    #[test]
    fn a_course_repeats_until_it_ends() {
        let cells = "cell_type = \"t_cell\"\ncount = 9\nat = \"10 min\"\nevery = \"20 min\"\n";
        let (got, paths) = read(&format!("{cells}times = 2"));
        assert_eq!((got.iter().map(|it| it.tick).collect::<Vec<_>>(), paths), (vec![1000, 3000], vec![]));
        let (got, paths) = read(&format!("{cells}until = \"50 min\""));
        assert_eq!((got.iter().map(|it| it.tick).collect::<Vec<_>>(), paths), (vec![1000, 3000, 5000], vec![]));
        for (text, path) in [
            ("", "add_cells.0.every"),
            ("times = 4", "add_cells.0.at"),
            ("times = 2\nuntil = \"50 min\"", "add_cells.0.until"),
            ("times = 2\nat_most = 2", "add_cells.0.at_most"),
            ("times = 2\nwhen = \"time_h > 1\"", "add_cells.0.when"),
            ("times = 0", "add_cells.0.times"),
        ] {
            assert_eq!(read(&format!("{cells}{text}")).1, [path], "{text}");
        }
        assert_eq!(read("cell_type = \"t_cell\"\ncount = 9").1, ["add_cells.0"]);
        assert_eq!(read("cell_type = \"t_cell\"\ncount = 9\nwhen = \"time_hh > 1\"").1, ["add_cells.0.when"]);
    }
}
