//! Studies: sweeps make arms, outcomes are checked, and a wrong one is told with its line.

use texpop::compile::build;
use texpop::plan::study::{Measure, Study, Term};
use texpop::plan::{Plan, TICKS_PER_MIN};
use texpop::scenario;

/// A culture of two arms.
const CULTURE: &str = r#"
duration = "2 h"
preset = "coarse"
replicates = 2

[domain]
geometry = "culture"
volume = "1 uL"

[cell_types.tumour]
volume = "2000 um^3"
apoptosis.rate = "0.1 /h"

[[place]]
cell_type = "tumour"
count = 20

[[remove_cells]]
at = "1 h"
cell_type = "tumour"
fraction = 0.5

[arms.control]
set = { remove_cells = [] }

[arms.washed]
set = { "remove_cells.0.fraction" = 0.9 }

[statistics]
every = "30 min"
"#;

const OUTCOME: &str = r#"
[study.outcomes.left]
statistic = "tumour.live_count"
better = "low"
"#;

fn plan(study: &str) -> Result<Plan, String> {
    let text = format!("{CULTURE}{study}");
    let planned = scenario::from_text("wash.toml", &text, &[]).and_then(|it| build(&it));
    planned.map_err(|error| error.to_string())
}

fn arms(plan: &Plan) -> Vec<&str> {
    plan.arms.iter().map(|it| it.name.as_str()).collect()
}

fn study(plan: &Plan) -> &Study {
    plan.study.as_ref().expect("a study")
}

#[test]
fn without_sweeps_the_arms_are_those_of_the_scenario() {
    let plan = plan(OUTCOME).unwrap();
    assert_eq!(arms(&plan), ["control", "washed"]);
    let study = study(&plan);
    assert_eq!((study.comparator, study.outcomes[0].measure, study.confidence), (0, Measure::Value, 0.95));
    assert_eq!(study.outcomes[0].until_tick, plan.duration_ticks);
    let term = Term { cell_type: Some(0), statistic: "live_count".into() };
    assert_eq!(study.outcomes[0].formula.terms, [term]);
}

#[test]
fn sweeps_make_a_grid_of_all_arms_but_the_comparator() {
    let sweeps = r#"
[study.sweep.time]
path = "remove_cells.0.at"
values = ["30 min", "90 min"]
[study.sweep.kept]
path = "cell_types.tumour.apoptosis.rate"
from = "0.1 /h"
to = "10 /h"
count = 3
scale = "log"
"#;
    let plan = plan(&format!("{OUTCOME}{sweeps}")).unwrap();
    let made = ["30 min", "90 min"]
        .into_iter()
        .flat_map(|time| ["0.1 /h", "1 /h", "10 /h"].map(|kept| format!("washed time={time}, kept={kept}")));
    let expected: Vec<String> = std::iter::once("control".to_owned()).chain(made).collect();
    assert_eq!(arms(&plan), expected);
    // What the varied arm sets stays, and the sweep comes after it.
    let last = &plan.arms[6];
    assert!(last.interventions[0].what.contains("0.9"), "{}", last.interventions[0].what);
    assert_eq!(plan.arms[1].interventions[0].tick * 3, last.interventions[0].tick);
    assert!(
        (last.parameters.types[0].apoptosis_per_min / plan.arms[4].parameters.types[0].apoptosis_per_min - 100.0).abs()
            < 1e-3
    );
    let levels: Vec<_> = study(&plan).sweeps.iter().map(|it| (it.name.as_str(), it.levels[6].as_deref())).collect();
    assert_eq!(levels, [("kept", Some("10 /h")), ("time", Some("90 min"))]);
    assert!(study(&plan).sweeps.iter().all(|it| it.levels[0].is_none()));
}

#[test]
fn a_scenario_without_arms_becomes_the_grid() {
    let sweep = "[study.sweep.time]\npath = \"remove_cells.0.at\"\nvalues = [\"30 min\", \"90 min\"]\n";
    let without = CULTURE.replace("[arms.control]\nset = { remove_cells = [] }\n", "");
    let without = without.replace("[arms.washed]\nset = { \"remove_cells.0.fraction\" = 0.9 }\n", "");
    let text = format!("{without}{OUTCOME}{sweep}");
    let plan = scenario::from_text("wash.toml", &text, &[]).and_then(|it| build(&it)).unwrap();
    assert_eq!(arms(&plan), ["time=30 min", "time=90 min"]);
}

#[test]
fn faults_name_the_line_and_what_is_allowed() {
    let sweep = |keys: &str| format!("{OUTCOME}[study.sweep.dose]\n{keys}\n");
    let outcome = |keys: &str| format!("[study.outcomes.left]\nbetter = \"low\"\n{keys}\n");
    for (text, parts) in [
        (sweep("path = \"remove_cell.0.at\"\nvalues = [\"1 h\"]"), vec!["remove_cell.0.at", "remove_cells"]),
        (sweep("path = \"remove_cells.1.at\"\nvalues = [\"1 h\"]"), vec!["no item `1`", "0 to 0"]),
        (sweep("path = \"duration\"\nvalues = [\"1 h\"]"), vec!["cannot differ between arms"]),
        (sweep("path = \"remove_cells.0.at\"\nvalues = [\"soon\"]"), vec!["washed dose=soon", "soon"]),
        (sweep("path = \"remove_cells.0.at\""), vec!["study.sweep.dose", "it has no values"]),
        (sweep("path = \"remove_cells.0.at\"\nvalues = [\"1 h\"]\narms = [\"rinsed\"]"), vec!["no arm `rinsed`"]),
        (sweep("path = \"remove_cells.0.fraction\"\nfrom = 0\nto = 1\ncount = 1000000"), vec!["from 2 to 4096"]),
        (outcome("statistic = \"tumour.live_cont\""), vec!["live_cont", "did you mean `live_count`?"]),
        (outcome("statistic = \"tumor.live_count\""), vec!["did you mean `tumour`?"]),
        (outcome("statistic = \"time_h\""), vec!["unknown statistic of the tissue `time_h`"]),
        (outcome("statistic = \"tumour.live_count\"\nat = \"45 min\""), vec!["nothing is reported at that time"]),
        (outcome("statistic = \"tumour.live_count\"\nat = \"5 h\""), vec!["the run is over"]),
        (outcome("statistic = \"tumour.live_count\"\nmeasure = \"time_below\""), vec!["needs it", "threshold = 100"]),
        (outcome("statistic = \"tumour.live_count\"\nthreshold = 3"), vec!["belongs to times to it"]),
        (format!("[study]\ncomparator = \"contrl\"\n{OUTCOME}"), vec!["did you mean `control`?"]),
        (format!("[study]\nconfidence = 1\n{OUTCOME}"), vec!["above 0 and below 1"]),
        ("[study]\n".to_owned(), vec!["it has no outcome"]),
    ] {
        let told = plan(&text).expect_err(&text);
        assert!(told.contains("wash.toml:"), "{told}");
        parts.iter().for_each(|part| assert!(told.contains(part), "no {part} in\n{told}"));
    }
    let axis = |name: &str| {
        format!("[study.sweep.{name}]\npath = \"remove_cells.0.fraction\"\nfrom = 0\nto = 1\ncount = 100\n")
    };
    let told = plan(&format!("{OUTCOME}{}{}", axis("a"), axis("b"))).unwrap_err();
    assert!(told.contains("make 10000 arms") && told.contains("--yes"), "{told}");
}

#[test]
fn samples_make_arms_that_know_their_points() {
    let sample = r#"
[study.sample]
method = "sobol_indices"
count = 4
[study.sweep.time]
path = "remove_cells.0.at"
values = ["30 min", "90 min"]
[study.sweep.kept]
path = "cell_types.tumour.apoptosis.rate"
from = "0.1 /h"
to = "10 /h"
scale = "log"
"#;
    let plan = plan(&format!("{OUTCOME}{sample}")).unwrap();
    let sample = study(&plan).sample.as_ref().expect("a sample");
    let [line] = &sample.lines[..] else { panic!("{:?}", sample.lines) };
    assert_eq!((line.varied.as_deref(), &line.sweeps[..]), (Some("washed"), &["kept".to_owned(), "time".into()][..]));
    assert_eq!((line.arms.len(), line.places.len()), (4 * 4, 16));
    for (arm, place) in line.arms.iter().zip(&line.places) {
        let arm = &plan.arms[*arm];
        let per_h = 60.0 * f64::from(arm.parameters.types[0].apoptosis_per_min);
        assert!((per_h / (0.1 * 100f64.powf(place[0])) - 1.0).abs() < 1e-4, "{} {place:?}", arm.name);
        let minutes = if place[1] < 0.5 { 30 } else { 90 };
        assert_eq!(arm.interventions[0].tick, minutes * TICKS_PER_MIN, "{} {place:?}", arm.name);
    }
    // Points that are equal are one arm, so that there are fewer arms than points, and the comparator.
    let distinct: std::collections::BTreeSet<usize> = line.arms.iter().copied().collect();
    assert_eq!(plan.arms.len(), distinct.len() + 1);
}

#[test]
fn rounds_and_fronts_are_checked() {
    let two = "[study.outcomes.born]\nstatistic = \"tumour.births / (tumour.count + 1)\"\nbetter = \"high\"\n";
    let rounds = |keys: &str| format!("[study.rounds]\n{keys}\n{OUTCOME}");
    let plan_of = plan(&format!("[study]\npareto = [\"left\", \"born\"]\n{OUTCOME}{two}")).unwrap();
    assert_eq!(study(&plan_of).pareto, Some([1, 0]));
    assert_eq!(study(&plan_of).outcomes[0].formula.terms.len(), 2);
    let plan_of = plan(&rounds("at_most = 9\nkeep = 0.5")).unwrap();
    assert_eq!((plan_of.seeds.len(), study(&plan_of).rounds.as_ref().map(|it| it.first)), (9, Some(2)));
    for (text, parts) in [
        (format!("[study]\npareto = [\"left\"]\n{OUTCOME}"), vec!["two outcomes that differ"]),
        (format!("[study]\npareto = [\"left\", \"lef\"]\n{OUTCOME}"), vec!["did you mean `left`?"]),
        (rounds("at_most = 2\nkeep = 0.5"), vec!["at_most is 2"]),
        (rounds("at_most = 9"), vec!["nothing is decided", "half_width"]),
        (rounds("at_most = 9\nkeep = 1"), vec!["above 0 and below 1"]),
        (rounds("at_most = 9\nhalf_width = -1"), vec!["above 0"]),
        (format!("{}{two}", rounds("at_most = 9\nkeep = 0.5")), vec!["several outcomes", "born, left"]),
        (format!("{}[snapshots]\nevery = \"1 h\"\n", rounds("at_most = 9\nkeep = 0.5")), vec!["snapshots"]),
        (OUTCOME.replace("live_count", "live_count +* 2"), vec!["neither a statistic nor an expression"]),
        (format!("{OUTCOME}[study.sample]\nmethod = \"sobol\"\ncount = 8\n"), vec!["nothing to sample"]),
        (
            format!(
                "{OUTCOME}[study.sample]\nmethod = \"sobol\"\ncount = 9\n[study.sweep.a]\npath = \"remove_cells.0.fraction\"\nfrom = 0\nto = 1\n"
            ),
            vec!["take 8 or 16"],
        ),
    ] {
        let told = plan(&text).expect_err(&text);
        assert!(told.contains("wash.toml:"), "{told}");
        parts.iter().for_each(|part| assert!(told.contains(part), "no {part} in\n{told}"));
    }
}
