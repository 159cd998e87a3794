//! Cells with a history enter as they would have become in a run of that time under the same conditions.

use super::*;
use texpop::compile;
use texpop::engine::cpu::CpuEngine;
use texpop::engine::interface::Observation;
use texpop::scenario::from_text;
use texpop::simulation::batch::{self, Observer};

const HEAD: &str = "\
preset = \"coarse\"
clocks = { mechanics = \"15 min\", contacts = \"15 min\" }
domain = { geometry = \"culture\", volume = \"1 mL\" }
[cell_types.t_cell]
volume = \"500 um^3\"
proteostasis = { variability = 0, death_basal = \"0 /h\", death_by_stress = \"0 /h\", il2 = 1.0 }
";

/// Cells at a snapshot.
#[derive(Default)]
struct Last(Cells);

impl Observer for Last {
    fn observed(&mut self, _: Observation) -> texpop::error::Result<()> {
        Ok(())
    }

    fn cells(&mut self, _: u32, cells: &Cells) -> texpop::error::Result<()> {
        self.0 = cells.clone();
        Ok(())
    }

    fn goes_on(&mut self, _: u32, _: u32) -> texpop::error::Result<bool> {
        Ok(true)
    }
}

/// States of all cells at the end of a scenario.
fn ends(text: &str) -> Vec<[f64; 13]> {
    let plan = compile::build(&from_text("a.toml", &format!("{text}\n"), &[]).unwrap()).unwrap();
    let (mut engine, mut last) = (CpuEngine::new(&plan, 0..1).unwrap(), Last::default());
    batch::run(&plan, 0..1, &mut engine, &mut last).unwrap();
    (0..last.0.len()).map(|cell| NAMES.map(|name| value(&last.0, name, cell))).collect()
}

fn transferred(duration: &str) -> Vec<[f64; 13]> {
    let spells = format!(
        "[{{ duration = \"1 d\", plate_bound_stimulation = 1.0, costimulation = 1.0 }}, \
         {{ duration = \"{duration}\", plate_bound_stimulation = 0.9, akt_inhibition = 0.1 }}]"
    );
    let add = format!("[[add_cells]]\nat = \"1 h\"\ncell_type = \"t_cell\"\ncount = 3\nhistory = {spells}\n");
    ends(&format!("duration = \"25 h\"\n{HEAD}{add}"))
}

#[test]
fn a_history_is_a_run_before_the_run() {
    let set = |at: &str, parameter: &str, value: &str| {
        format!(
            "[[set_parameters]]\nat = \"{at}\"\ncell_type = \"t_cell\"\nparameter = \"proteostasis.{parameter}\"\n\
             value = {value}\n"
        )
    };
    let course = [
        set("0 h", "plate_bound_stimulation", "1"),
        set("0 h", "costimulation", "1"),
        set("1 d", "plate_bound_stimulation", "0.9"),
        set("1 d", "costimulation", "0"),
        set("1 d", "akt_inhibition", "0.1"),
        set("4 d", "plate_bound_stimulation", "0"),
        set("4 d", "akt_inhibition", "0"),
    ];
    let place = "[[place]]\ncell_type = \"t_cell\"\ncount = 1\n";
    let run = ends(&format!("duration = \"5 d\"\n{HEAD}{place}{}", course.concat()))[0];
    let lived = transferred("3 d");
    assert_eq!(lived.len(), 3);
    assert!(lived.iter().all(|cell| *cell == run), "{lived:?}, not {run:?}");
    assert_ne!(transferred("72.25 h")[0], run, "a step more is seen");
}

#[test]
fn cells_with_noise_differ_after_a_history() {
    let place = "[[place]]\ncell_type = \"t_cell\"\ncount = 20\nhistory = [{ duration = \"4 d\", \
                 plate_bound_stimulation = 0.9 }]\n[[place]]\ncell_type = \"t_cell\"\ncount = 20\n";
    let cells = ends(&format!("duration = \"15 min\"\n{}{place}", HEAD.replace("variability = 0,", "")));
    let mut aggregated: Vec<f64> = cells.iter().map(|cell| cell[3]).collect();
    aggregated.sort_by(f64::total_cmp);
    // The rested are as all begin; those that lived through something differ from them and from each other.
    let (rested, lived) = aggregated.split_at(20);
    assert!(rested.iter().all(|it| (0.29..0.31).contains(it)), "{rested:?}");
    assert!(lived.iter().all(|it| *it > 0.5), "{lived:?}");
    assert!(lived.windows(2).all(|pair| pair[0] != pair[1]), "{lived:?}");
}
