//! `texpop study`: what it says and writes agrees with the series.

use super::program::Scratch;
use std::collections::BTreeMap;

const STUDY: &str = r#"
[study.outcomes.tumour_cells]
statistic = "tumour.live_count"
better = "low"

[study.outcomes.hours_to_few]
statistic = "tumour.live_count"
measure = "time_below"
threshold = 60
better = "low"

[study.sweep.dose]
path = "add_cells.0.count"
values = [5, 15, 30]
"#;

/// The small scenario without snapshots, which rounds do not take.
fn without_snapshots() -> &'static str {
    let small = super::program::SMALL;
    &small[..small.find("[snapshots]").expect("snapshots")]
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn arms_are_ranked_by_what_the_series_says() {
    let scratch = Scratch::new();
    scratch.write("study.toml", format!("{}{STUDY}", super::program::SMALL));
    let ended = scratch.texpop("study study.toml --device cpu -o out");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for part in
        ["tumour_cells: tumour.live_count at 1 h (low is better)", "car_t dose=30", "95 % interval", "study.svg"]
    {
        assert!(ended.stdout.contains(part), "no {part} in\n{}", ended.stdout);
    }

    let series = rows(&scratch.text("out/series.csv"));
    let count = |arm: &str, replicate: &str, time_h: &str| -> f64 {
        let is = |row: &&Vec<String>| row[..5] == [arm, replicate, time_h, "tumour", "live_count"];
        series.iter().find(is).expect("a count")[5].parse().unwrap()
    };
    let results = rows(&scratch.text("out/results.csv"));
    assert_eq!(results[0], ["arm", "dose", "replicate", "outcome", "value", "is_censored"]);
    assert_eq!(results.len(), 1 + 4 * 2 * 2, "four arms, two replicates, two outcomes");
    let mut of_arm: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in results[1..].iter().filter(|row| row[3] == "tumour_cells") {
        let value: f64 = row[4].parse().unwrap();
        assert_eq!(value, count(&row[0], &row[2], "1"), "{row:?}");
        assert_eq!(row[1], row[0].strip_prefix("car_t dose=").unwrap_or(""));
        of_arm.entry(row[0].as_str()).or_default().push(value);
    }
    // Too early to be told: the whole hour, and marked.
    for row in results[1..].iter().filter(|row| row[3] == "hours_to_few") {
        let is_censored =
            ["0", "0.2", "0.4", "0.6", "0.8", "1"].iter().all(|time| count(&row[0], &row[2], time) >= 60.0);
        assert_eq!((row[5] == "1", row[4] == "1" || !is_censored), (is_censored, true), "{row:?}");
    }

    let ranking = rows(&scratch.text("out/ranking.csv"));
    let ranked: Vec<_> = ranking[1..].iter().filter(|row| row[0] == "tumour_cells").collect();
    let means: Vec<f64> = ranked.iter().map(|row| row[5].parse().unwrap()).collect();
    assert!(means.is_sorted() && means.len() == 4, "{means:?}");
    for row in ranked {
        let own = &of_arm[row[2].as_str()];
        assert_eq!(row[5].parse::<f64>().unwrap(), (own[0] + own[1]) / 2.0);
        let control = &of_arm["control"];
        let difference = (own[0] - control[0] + own[1] - control[1]) / 2.0;
        let told = row[8].parse::<f64>().ok();
        assert_eq!(told, (row[2] != "control").then_some(difference), "{row:?}");
    }
    let chances: f64 =
        ranking[1..].iter().filter(|row| row[0] == "tumour_cells").map(|row| row[12].parse::<f64>().unwrap()).sum();
    assert!((chances - 1.0).abs() < 1e-9, "{chances}");
    let page = scratch.text("out/report.html");
    for part in
        ["<caption>tumour_cells</caption>", "car_t dose=30", "class=\"response\"", "class=\"band\"", "results.parquet"]
    {
        assert!(page.contains(part), "no {part} in the report");
    }
    // The page needs nothing from elsewhere, and can be made again.
    assert!(!page.contains("src=") && !page.contains("<script") && !page.contains("<link"));
    std::fs::remove_file(scratch.path("out/report.html")).unwrap();
    let again = scratch.texpop("report out");
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), "written to out/report.html\n"), "{}", again.stderr);
    assert!(scratch.text("out/report.html").contains("<caption>tumour_cells</caption>"));
    scratch.texpop("report .").refused(2, &["no manifest.json", "texpop run"]);

    let picture = scratch.text("out/study.svg");
    for part in ["class=\"interval\"", "car_t dose=30", "class=\"response\"", ">dose<"] {
        assert!(picture.contains(part), "no {part}");
    }
}

#[test]
fn a_study_has_equal_bytes_again_and_in_batches() {
    let scratch = Scratch::new();
    scratch.write("study.toml", format!("{}{STUDY}", super::program::SMALL));
    for (folder, more) in [("first", ""), ("second", ""), ("batches", "--batch-tissues 1")] {
        let ended = scratch.texpop(&format!("study study.toml --device cpu -o {folder} {more}"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!(ended.stderr.contains("batch 3 of 8: car_t dose=5"), folder == "batches", "{}", ended.stderr);
    }
    for name in ["results.csv", "ranking.csv", "study.svg"] {
        let first = scratch.text(&format!("first/{name}"));
        assert!(first == scratch.text(&format!("second/{name}")), "{name}");
        assert!(first == scratch.text(&format!("batches/{name}")), "{name} in batches");
    }
}

#[test]
fn poor_arms_are_dropped_in_rounds_and_the_rest_is_as_without() {
    let scratch = Scratch::new();
    let study = |more: &str| format!("{}{STUDY}{more}", without_snapshots());
    scratch.write("whole.toml", study("").replace("replicates = 2", "replicates = 8"));
    scratch.write("rounds.toml", study("[study.rounds]\noutcome = \"tumour_cells\"\nat_most = 8\nkeep = 0.5\n"));
    let told = scratch.texpop("check rounds.toml --device cpu").stdout;
    for part in
        ["study of 4 arms, compared with control", "tumour.live_count at 1 h", "2 replicates at first, 8 at most"]
    {
        assert!(told.contains(part), "no {part} in\n{told}");
    }
    for name in ["whole", "rounds"] {
        let ended = scratch.texpop(&format!("study {name}.toml --device cpu -o {name}"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    let decisions = rows(&scratch.text("rounds/rounds.csv"));
    assert_eq!(decisions[0], ["round", "arm", "replicates", "mean", "half_width", "decision"]);
    let count =
        |round: &str, decision: &str| decisions.iter().filter(|row| row[0] == round && row[5] == decision).count();
    // Three arms and the comparator with two replicates; two arms with three more, of which one is the best.
    assert_eq!((count("1", "goes_on"), count("1", "dropped"), count("1", "comparator")), (2, 1, 1));
    assert_eq!((count("2", "best"), count("2", "dropped"), count("2", "comparator")), (1, 1, 1), "{decisions:?}");

    let (whole, part) = (rows(&scratch.text("whole/results.csv")), rows(&scratch.text("rounds/results.csv")));
    let mut replicates: BTreeMap<&str, usize> = BTreeMap::new();
    for row in part[1..].iter().filter(|row| row[3] == "tumour_cells") {
        assert!(whole.contains(row), "{row:?} is not in the study of all replicates");
        *replicates.entry(row[0].as_str()).or_default() += 1;
    }
    let mut counts: Vec<usize> = replicates.into_values().collect();
    counts.sort_unstable();
    assert_eq!(counts, [2, 5, 5, 5]);
}

#[test]
fn rounds_end_when_the_intervals_are_narrow() {
    let scratch = Scratch::new();
    let half_width = |run: &str| -> Vec<f64> {
        let rows = rows(&scratch.text(&format!("{run}/rounds.csv")));
        rows[1..].iter().filter(|row| row[5] == "precise").map(|row| row[4].parse().unwrap()).collect()
    };
    for (name, wanted) in [("wide", 1000.0), ("narrow", 1e-6)] {
        let rounds = format!("[study.rounds]\noutcome = \"tumour_cells\"\nat_most = 6\nhalf_width = {wanted}\n");
        scratch.write("study.toml", format!("{}{STUDY}{rounds}", without_snapshots()));
        let ended = scratch.texpop(&format!("study study.toml --device cpu -o {name}"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    assert!(half_width("wide").len() == 3 && half_width("wide").iter().all(|it| *it <= 1000.0));
    assert_eq!(rows(&scratch.text("wide/results.csv")).len(), 1 + 4 * 2 * 2, "one round");
    assert_eq!(half_width("narrow"), [0.0; 0]);
    assert_eq!(rows(&scratch.text("narrow/results.csv")).len(), 1 + 4 * 6 * 2, "all there may be");
}

#[test]
fn samples_times_fronts_and_maps_have_their_tables_and_pictures() {
    let scratch = Scratch::new();
    let outcomes = &STUDY[..STUDY.find("[study.sweep").unwrap()];
    let front = "[study]\npareto = [\"tumour_cells\", \"cells_given\"]\n";
    let given = "[study.outcomes.cells_given]\nstatistic = \"t_cell.added + 0 * tumour.count\"\nbetter = \"low\"\n";
    let sweeps = |more: &str| {
        format!(
            "[study.sweep.dose]\npath = \"add_cells.0.count\"\nvalues = [5, 15, 30]\n[study.sweep.death]\n\
             path = \"cell_types.tumour.apoptosis.rate\"\n{more}\n"
        )
    };
    let common = format!("{}{front}{outcomes}{given}", super::program::SMALL);
    scratch.write("grid.toml", format!("{common}{}", sweeps("values = [\"0.001 /h\", \"1 /h\"]")));
    let range = sweeps("from = \"0.001 /h\"\nto = \"1 /h\"\nscale = \"log\"");
    for (name, count) in [("sobol_indices", 4), ("morris", 3), ("latin_hypercube", 5)] {
        let sample = format!("[study.sample]\nmethod = \"{name}\"\ncount = {count}\n");
        scratch.write(&format!("{name}.toml"), format!("{common}{range}{sample}"));
    }
    for name in ["grid", "sobol_indices", "morris", "latin_hypercube"] {
        let ended = scratch.texpop(&format!("study {name}.toml --device cpu -o {name}"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let page = scratch.text(&format!("{name}/report.html"));
        assert!(page.contains("pareto.csv"), "no pareto.csv in the report of {name}");
    }
    let map = scratch.text("grid/heat_map.svg");
    assert_eq!(map.matches("class=\"field\"").count(), 3 * 6, "three outcomes, six arms");
    assert!(!scratch.path("morris/heat_map.svg").exists() && !scratch.path("grid/sensitivity.csv").exists());

    // The front: no arm on it is bettered by another, and each arm off it is.
    let table = rows(&scratch.text("grid/pareto.csv"));
    assert_eq!(table[0], ["arm", "death", "dose", "tumour_cells", "cells_given", "is_on_front"]);
    let points: Vec<(f64, f64, bool)> =
        table[1..].iter().map(|row| (row[3].parse().unwrap(), row[4].parse().unwrap(), row[5] == "1")).collect();
    for (tumour, cells, is_on_front) in &points {
        let is_bettered =
            points.iter().any(|it| it.0 <= *tumour && it.1 <= *cells && (it.0, it.1) != (*tumour, *cells));
        assert_eq!(*is_on_front, !is_bettered);
    }
    assert!(points.iter().any(|it| it.1 == 60.0) && points.iter().any(|it| it.2));
    assert!(scratch.text("grid/pareto.svg").contains("class=\"front\""));

    let survival = rows(&scratch.text("grid/kaplan_meier.csv"));
    let results = rows(&scratch.text("grid/results.csv"));
    for row in &survival[1..] {
        let is_it = |it: &&Vec<String>| it[0] == row[1] && it[4] == "hours_to_few" && it[5] == row[2];
        let [events, censored] = ["0", "1"].map(|kind| results.iter().filter(is_it).filter(|it| it[6] == kind).count());
        assert_eq!((&row[4], &row[5]), (&events.to_string(), &censored.to_string()), "{row:?}");
    }
    assert!(survival.len() > 7 && scratch.text("grid/kaplan_meier.svg").contains("class=\"survival\""));

    let indices = rows(&scratch.text("sobol_indices/sensitivity.csv"));
    assert_eq!(indices[0][..5], ["outcome", "arm", "parameter", "first_order", "first_order_low"]);
    // Cells given hang on the dose alone.
    let of = |table: &[Vec<String>], parameter: &str, column: usize| -> f64 {
        let row = table.iter().find(|row| row[0] == "cells_given" && row[2] == parameter).expect("a row");
        row[column].parse().unwrap()
    };
    assert_eq!((of(&indices, "death", 3), of(&indices, "death", 6)), (0.0, 0.0));
    assert!(of(&indices, "dose", 6) > 0.3, "{indices:?}");
    let effects = rows(&scratch.text("morris/sensitivity.csv"));
    assert_eq!(of(&effects, "death", 4), 0.0);
    assert!(of(&effects, "dose", 4) > 5.0 && scratch.text("morris/sensitivity.svg").contains("class=\"bar\""));
    // As many arms as points, and the comparator.
    assert_eq!(rows(&scratch.text("latin_hypercube/pareto.csv")).len(), 1 + 1 + 5);
}

#[test]
fn a_tissue_that_fails_is_named_and_leaves_the_rest_alone() {
    let scratch = Scratch::new();
    let study = format!("{}{STUDY}", without_snapshots()).replace("160 um", "260 um");
    // Cells larger than what is summed exactly, which the first report finds out.
    let broken = "[arms.broken.set]\n\"cell_types.tumour.volume\" = \"7e4 um^3\"\n\n[statistics]";
    let study = study.replace("[statistics]", broken);
    scratch.write("whole.toml", study.replace("\"volume_um3\", ", ""));
    scratch.write("broken.toml", study);
    let ended = scratch.texpop("study whole.toml --device cpu -o whole");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let ended = scratch.texpop("study broken.toml --device cpu -o broken");
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    for part in [
        "trying again",
        "leaving it out",
        "arm broken",
        "replicate 1",
        "replicate 2",
        "volume_um3",
        "broken, ranking.csv",
    ] {
        assert!(ended.stderr.contains(part), "no {part} in\n{}", ended.stderr);
    }
    let manifest = scratch.text("broken/manifest.json");
    assert!(manifest.contains("\"failed\"") && manifest.contains("\"finished\""), "{manifest}");
    let (whole, rest) = (rows(&scratch.text("whole/results.csv")), rows(&scratch.text("broken/results.csv")));
    let without =
        |rows: &[Vec<String>]| rows.iter().filter(|row| !row[0].contains("broken")).cloned().collect::<Vec<_>>();
    assert_eq!(without(&whole), without(&rest), "all other tissues are as without the broken ones");
    let broken: Vec<_> = rest.iter().filter(|row| row[0].contains("broken")).collect();
    assert!(!broken.is_empty() && broken.iter().all(|row| row[4].is_empty()), "{broken:?}");
}
