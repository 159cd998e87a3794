//! The page of statistics lists every statistic that the scenario of the documentation reports, and no other.

use crate::{page, scenario};
use std::collections::BTreeSet;
use std::process::Command;
use texpop::compile::OBSERVABLE;

const PAGE: &str = "docs/reference/statistics.md";

/// Names in the first column of the page's tables; parts in capitals stand for anything.
fn listed() -> BTreeSet<String> {
    let text = page(PAGE);
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.filter_map(|row| row.split_once(" |")).map(|it| format!("`{}", it.0));
    let names = cells.flat_map(|cell| {
        cell.split('`').map(str::to_owned).filter(|it| !it.is_empty() && it != ", ").collect::<Vec<_>>()
    });
    let is_no_statistic = |name: &String| OBSERVABLE.contains(&name.as_str()) || !name.contains(char::is_lowercase);
    names.filter(|name| !is_no_statistic(name)).collect()
}

/// Whether a name is of a pattern such as `phase_NAME_count`.
fn is_of(name: &str, pattern: &str) -> bool {
    let Some(start) = pattern.find(|c: char| c.is_ascii_uppercase()) else { return name == pattern };
    let rest = pattern[start..].trim_start_matches(|c: char| c.is_ascii_uppercase());
    let Some(tail) = name.strip_prefix(&pattern[..start]) else { return false };
    (1..=tail.len()).filter(|&at| tail.is_char_boundary(at)).any(|at| is_of(&tail[at..], rest))
}

/// What the first hour of the scenario reports.
fn reported() -> BTreeSet<String> {
    let folder = std::env::temp_dir().join(format!("texpop-statistics-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("scenario.toml"), scenario::blocks("toml")).unwrap();
    std::fs::write(folder.join("cells.csv"), scenario::blocks("csv")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_texpop"));
    command.current_dir(&folder).args("run scenario.toml --device cpu --until 1h -o run".split(' '));
    let ended = command.output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let mut series = csv::Reader::from_path(folder.join("run/series.csv")).unwrap();
    let column = series.headers().unwrap().iter().position(|it| it == "statistic").unwrap();
    let names = series.records().map(|row| row.unwrap()[column].to_owned()).collect();
    std::fs::remove_dir_all(&folder).unwrap();
    names
}

#[test]
fn the_page_lists_what_is_reported() {
    let (listed, reported) = (listed(), reported());
    let unlisted: Vec<_> = reported.iter().filter(|name| !listed.iter().any(|it| is_of(name, it))).collect();
    assert_eq!(unlisted, [""; 0], "these statistics are not on {PAGE}");
    let unreported: Vec<_> = listed.iter().filter(|it| !reported.iter().any(|name| is_of(name, it))).collect();
    assert_eq!(unreported, [""; 0], "{PAGE} lists these, and no run reports them");
}

#[test]
fn patterns_match_names() {
    assert!(is_of("phase_G1_count", "phase_NAME_count") && is_of("a_b_mean", "COLUMN_mean"));
    assert!(!is_of("phase__coun", "phase_NAME_count") && !is_of("_mean", "COLUMN_mean") && !is_of("counts", "count"));
}
