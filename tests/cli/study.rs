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

fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
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
    }
    for name in ["results.csv", "ranking.csv", "study.svg"] {
        let first = scratch.text(&format!("first/{name}"));
        assert!(first == scratch.text(&format!("second/{name}")), "{name}");
        assert!(first == scratch.text(&format!("batches/{name}")), "{name} in batches");
    }
}
