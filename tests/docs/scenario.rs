//! The blocks of the reference of scenarios, put together, are a scenario that is planned and run.

use crate::page;
use texpop::compile::build;
use texpop::engine::cpu::CpuEngine;
use texpop::engine::interface::Observation;
use texpop::measure::{Layout, rows};
use texpop::plan::Plan;
use texpop::scenario;
use texpop::simulation::batch;

const PAGE: &str = "docs/reference/scenario.md";

/// All blocks of a language in the reference, one after the other.
pub fn blocks(language: &str) -> String {
    blocks_of(PAGE, language)
}

fn blocks_of(name: &str, language: &str) -> String {
    let fence = format!("```{language}");
    let (mut text, mut inside) = (String::new(), false);
    for line in page(name).lines() {
        match (inside, line) {
            (false, _) if line == fence => inside = true,
            (true, "```") => inside = false,
            (true, _) => text += &format!("{line}\n"),
            _ => {}
        }
    }
    text
}

/// The plan, read from a folder with the scenario and its table of cells, which goes afterwards.
fn plan(name: &str, toml: &str) -> Result<Plan, String> {
    let folder = std::env::temp_dir().join(format!("texpop-docs-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("scenario.toml"), toml).unwrap();
    std::fs::write(folder.join("cells.csv"), blocks("csv")).unwrap();
    let planned = scenario::load(&folder.join("scenario.toml"), &[]).and_then(|it| build(&it));
    std::fs::remove_dir_all(&folder).unwrap();
    planned.map_err(|error| error.to_string())
}

#[derive(Default)]
struct Last(Option<Observation>);

impl batch::Observer for Last {
    fn observed(&mut self, observation: Observation) -> texpop::error::Result<()> {
        self.0 = Some(observation);
        Ok(())
    }

    fn cells(&mut self, _tick: u32, _cells: &texpop::cells::Cells) -> texpop::error::Result<()> {
        Ok(())
    }

    fn goes_on(&mut self, _tick: u32, _cell_count: u32) -> texpop::error::Result<bool> {
        Ok(true)
    }
}

#[test]
fn the_scenario_of_the_documentation_runs() {
    let mut plan = plan("runs", &blocks("toml")).unwrap_or_else(|error| panic!("{error}"));
    let arms: Vec<(&str, usize)> = plan.arms.iter().map(|it| (it.name.as_str(), it.interventions.len())).collect();
    assert_eq!(
        arms,
        [
            ("control", 12),
            ("one_dose", 14),
            ("two_doses", 15),
            ("quick_killers rate=4 /h", 15),
            ("quick_killers rate=8 /h", 15)
        ]
    );
    // Past the first dose.
    plan.duration_ticks = 3 * 60 * texpop::plan::TICKS_PER_MIN;
    let tissues = 0..plan.tissue_count();
    let mut engine = CpuEngine::new(&plan, tissues.clone()).unwrap();
    let mut last = Last::default();
    batch::run(&plan, tissues.clone(), &mut engine, &mut last).unwrap();
    let Observation { tick, words, events, .. } = last.0.unwrap();
    let layout = Layout::new(&plan, tissues.len()).unwrap();
    let rows = rows(&plan, &layout, &words, &events, tick, 0..tissues.len() as u32).unwrap();
    let total = |arm: usize, statistic: &str| -> f64 {
        let of_arm = rows.iter().filter(|row| plan.arm_and_replicate(row.tissue as usize).0 == arm);
        of_arm.filter(|row| &*row.statistic == statistic).filter_map(|row| row.value).sum()
    };
    assert_eq!(
        [0, 1, 2, 3, 4].map(|arm| total(arm, "added")),
        [0.0, 80.0, 80.0, 80.0, 80.0],
        "two replicates of a dose of 40"
    );
    assert!(total(4, "kills") > total(0, "kills"), "a dose of quick killers kills");
}

/// That of the README is one that a reader may copy as it is.
#[test]
fn the_scenario_of_the_readme_runs() {
    let mut plan = plan("readme", &blocks_of("README.md", "toml")).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(plan.arms.iter().map(|it| it.interventions.len()).collect::<Vec<_>>(), [0, 2]);
    plan.duration_ticks = 60 * texpop::plan::TICKS_PER_MIN;
    let tissues = 0..plan.tissue_count();
    let mut engine = CpuEngine::new(&plan, tissues.clone()).unwrap();
    let mut last = Last::default();
    batch::run(&plan, tissues, &mut engine, &mut last).unwrap();
    assert_eq!(last.0.unwrap().tick, plan.duration_ticks);
}

/// The test can fail: a key that does not exist.
#[test]
fn a_misspelt_key_is_seen() {
    let toml = blocks("toml");
    let misspelt = toml.replace("fraction = 0.5 ", "fracton = 0.5 ");
    assert_ne!(toml, misspelt);
    assert!(plan("misspelt", &misspelt).unwrap_err().contains("did you mean `fraction`?"));
}
