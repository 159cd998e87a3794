//! What README and `docs` say: the blocks of `docs/reference/scenario.md`, put together, are planned and run; promises name tests
//! that are there, and links lead to files that are there.

use std::path::Path;
use texpop::plan::Plan;
use texpop::plan::build::build;
use texpop::scenario;
use texpop::statistics::{Layout, rows};
use texpop::steps::batch;
use texpop::steps::cpu::CpuEngine;
use texpop::steps::engine::Observation;

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// All blocks of a language, one after the other.
fn blocks(language: &str) -> String {
    let fence = format!("```{language}");
    let (mut text, mut inside) = (String::new(), false);
    for line in page("docs/reference/scenario.md").lines() {
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
    let folder = std::env::temp_dir().join(format!("texpop-readme-{name}-{}", std::process::id()));
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

/// The test can fail: a key that there is not.
#[test]
fn a_misspelt_key_is_seen() {
    let toml = blocks("toml");
    let misspelt = toml.replace("fraction = 0.5 ", "fracton = 0.5 ");
    assert_ne!(toml, misspelt);
    assert!(plan("misspelt", &misspelt).unwrap_err().contains("did you mean `fraction`?"));
}

/// File and function of each test that the section on promises names.
fn promised(readme: &str) -> Vec<(String, String)> {
    let section = readme.split("## What texpop promises").nth(1).unwrap().split("\n## ").next().unwrap();
    let named = section.split('`').filter(|it| it.contains(".rs: "));
    named.map(|it| it.split_once(": ").map(|(file, name)| (file.to_owned(), name.to_owned())).unwrap()).collect()
}

/// The tests that are not there.
fn missing(promised: &[(String, String)]) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_there = |(file, name): &(String, String)| {
        let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
        text.contains(&format!("#[test]\nfn {name}()")) || text.contains(&format!("    #[test]\n    fn {name}()"))
    };
    promised.iter().filter(|it| !is_there(it)).map(|(file, name)| format!("{file}: {name}")).collect()
}

#[test]
fn every_promise_names_a_test_that_is_there() {
    let readme = page("README.md");
    let all = promised(&readme);
    let rows = readme.split("## What texpop promises").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = rows.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| promise")).count();
    assert!(all.len() == rows && rows > 15, "{} tests for {rows} promises", all.len());
    assert_eq!(missing(&all), [""; 0]);
    // The check can fail.
    let gone = promised(&readme.replace("the_ledger_catches_one_cell", "the_ledger_catches_no_cell"));
    assert_eq!(missing(&gone), ["tests/statistics.rs: the_ledger_catches_no_cell"]);
}

/// Headings of a page, as links name them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix('#')).map(|it| it.trim_start_matches('#').trim());
    let plain =
        |heading: &str| heading.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it)).collect::<String>();
    headings.map(|it| plain(it).to_lowercase().replace(' ', "-")).collect()
}

/// Links of a page, given by its name and text, that lead nowhere in the repository.
fn broken_links(name: &str, text: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let links = text.split("](").skip(1).filter_map(|it| it.split_once(')')).map(|it| it.0);
    let is_there = |link: &&str| {
        let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
        let path = if file.is_empty() { root.join(name) } else { root.join(name).parent().unwrap().join(file) };
        path.exists()
            && (anchor.is_empty() || anchors(&std::fs::read_to_string(path).unwrap()).contains(&anchor.into()))
    };
    links.filter(|link| !link.starts_with("http") && !is_there(link)).map(str::to_owned).collect()
}

#[test]
fn links_lead_to_what_is_there() {
    let pages = ["README.md", "CONTRIBUTING.md", "docs/reference/scenario.md", "docs/reference/run_folder.md", "benches/RESULTS.md"];
    for name in pages {
        assert_eq!(broken_links(name, &page(name)), [""; 0], "{name}");
    }
    // The check can fail.
    let wrong =
        "[a](README.md#quick-start) [b](README.md#slow-start) [c](src/lib.rs) [d](src/bil.rs) ![e](docs/none.svg)";
    assert_eq!(broken_links("README.md", wrong), ["README.md#slow-start", "src/bil.rs", "docs/none.svg"]);
}
