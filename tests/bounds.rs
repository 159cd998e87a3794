//! Numbers that no machine has room for are refused from the number alone: soon, and before anything is allocated.
//!
//! Every number of the scenario of the documentation is replaced by one that is far too large, or below 0.

use cap::Cap;
use std::alloc::System;
use std::path::Path;
use std::time::{Duration, Instant};
use texpop::compile::build;
use texpop::device::Choice;
use texpop::error::Error;
use texpop::run::capacity::Share;
use texpop::{run, scenario};
use toml::Value;

/// What is allocated, and the most of it so far. It refuses far more than a test may take, so that a fault ends the test
/// and not the machine.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, 1 << 31);

/// For one scenario.
const MOST_BYTES: usize = 256 << 20;
const MOST_TIME: Duration = Duration::from_secs(1);

const NUMBERS: [&str; 5] = ["4294967295", "1000000000", "1000000000000000000", "-1", "1e300"];

/// A key of the table, or the number of an item.
type Place = Vec<String>;

/// The blocks of the documentation, which are a scenario.
fn documented() -> String {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/scenario.md")).unwrap();
    let blocks = page.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.map(|block| block.replace("table = \"cells.csv\"", "cell_type = \"tumour\"\ncount = 7")).collect()
}

/// The places of all numbers, and of all texts that begin with one.
fn places(value: &Value, at: &Place, found: &mut Vec<Place>) {
    let below = |key: String| at.iter().cloned().chain([key]).collect::<Place>();
    match value {
        Value::Table(table) => table.iter().for_each(|(key, inner)| places(inner, &below(key.clone()), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, inner)| places(inner, &below(number.to_string()), found));
        }
        Value::Integer(_) | Value::Float(_) => found.push(at.clone()),
        Value::String(text) if text.starts_with(|c: char| c.is_ascii_digit()) => found.push(at.clone()),
        _ => {}
    }
}

fn at<'a>(root: &'a mut Value, place: &[String]) -> &'a mut Value {
    place.iter().fold(root, |value, key| match value {
        Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
        other => other.get_mut(key.as_str()).unwrap(),
    })
}

/// The value with another number, and the same unit.
fn replaced(value: &Value, number: &str) -> Value {
    match value {
        Value::String(text) => {
            let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | '+' | '-'));
            Value::String(format!("{number}{unit}"))
        }
        _ => number.parse().map_or_else(|_| Value::Float(number.parse().unwrap()), Value::Integer),
    }
}

/// What `texpop check` does with a text.
fn check(text: &str) -> Result<(), Error> {
    let plan = build(&scenario::from_text("a.toml", text, &[])?)?;
    run::check(&plan, &Choice::Cpu, Share::default()).map(|_| ())
}

/// Fails unless the text is accepted or refused soon, with little memory; gives why it was refused.
#[track_caller]
fn checked(text: &str, what: &str) -> Option<String> {
    let (before, started) = (MEMORY.allocated(), Instant::now());
    let found = check(text);
    let (elapsed, bytes) = (started.elapsed(), MEMORY.max_allocated().saturating_sub(before));
    println!("{what}: {elapsed:?}, at most {} MiB so far", bytes >> 20);
    // A busy machine is slow, not wrong.
    assert!(elapsed <= 5 * MOST_TIME, "{what}: {elapsed:?}");
    assert!(bytes <= MOST_BYTES, "{what}: {bytes} bytes");
    match found {
        Ok(()) => None,
        Err(Error::Input(message)) => Some(message),
        Err(other) => panic!("{what}: {other:?}"),
    }
}

/// As it stands in messages.
fn shown(number: &str) -> [String; 2] {
    let value: f64 = number.parse().unwrap();
    [value.to_string(), format!("{value:.3e}")]
}

#[test]
fn no_number_takes_time_or_memory() {
    let text = documented();
    let table: Value = toml::from_str(&text).unwrap();
    assert_eq!(checked(&text, "as it is"), None);
    let mut all = Vec::new();
    places(&table, &Place::new(), &mut all);
    assert!(all.len() > 150, "{} places", all.len());
    let mut refused = 0;
    for place in all {
        for number in NUMBERS {
            let mut changed = table.clone();
            let value = at(&mut changed, &place);
            let is_count = value.is_integer();
            *value = replaced(value, number);
            let what = format!("{} = {number}", place.join("."));
            let Some(said) = checked(&toml::to_string(&changed).unwrap(), &what) else { continue };
            refused += 1;
            let has_number = shown(number).iter().any(|it| said.contains(it)) || said.contains(number);
            // Of cells it is their sum that is too large, and the message tells it.
            let is_sum = ["needs room for", "cells; at most"].iter().any(|it| said.contains(it));
            assert!(has_number || is_sum || !is_count, "{what}: the number is missing in\n{said}");
        }
    }
    assert!(refused > 400, "{refused} were refused");
}

/// Counts that the scenario of the documentation does not have, or that make more of each other.
#[test]
fn counts_are_refused_with_the_limit_and_a_way_out() {
    const BASE: &str = "duration = \"1 h\"\n[domain]\ngeometry = \"culture\"\nvolume = \"1 mL\"\n\
        [cell_types.a]\nvolume = \"500 um^3\"\n[[place]]\ncell_type = \"a\"\ncount = 10\n";
    const OUTCOME: &str = "[study.outcomes.a]\nstatistic = \"a.live_count\"\nbetter = \"low\"\n";
    let sweep = |name: &str, end: &str| format!("[study.sweep.{name}]\npath = \"place.0.count\"\n{end}\n");
    let range = "from = 1\nto = 9";
    for (top, end, parts) in [
        ("replicates = 4294967295", String::new(), ["replicates is 4294967295", "from 1 to 1000000", "hint: "]),
        ("replicates = 0", String::new(), ["replicates is 0", "from 1 to 1000000", "hint: "]),
        (
            "replicates = 4",
            format!("{OUTCOME}[study.rounds]\nat_most = 4e9\nhalf_width = 1\n"),
            ["at_most is 4000000000", "from 1 to 1000000", "hint: "],
        ),
        (
            "replicates = 1000000",
            (0..9).map(|arm| format!("[arms.a{arm}]\n")).collect(),
            ["9000000 tissues", "at most 4194304", "fewer"],
        ),
        (
            "",
            format!(
                "{OUTCOME}{}{}",
                sweep("a", &format!("{range}\ncount = 4096")),
                sweep("b", &format!("{range}\ncount = 4096"))
            ),
            ["16777216 arms", "more than the 4096", "--yes"],
        ),
        (
            "",
            format!(
                "[study]\nmost_arms = 4294967295\n{OUTCOME}{}{}",
                sweep("a", &format!("{range}\ncount = 4096")),
                sweep("b", &format!("{range}\ncount = 4096"))
            ),
            ["16777216 arms", "more than the 65536", "hint: "],
        ),
        (
            "",
            format!("{OUTCOME}{}", sweep("a", &format!("{range}\ncount = 4e9"))),
            ["count is 4000000000", "from 2 to 4096", ""],
        ),
        (
            "",
            format!("{OUTCOME}[study.sample]\nmethod = \"latin_hypercube\"\ncount = 4e9\n{}", sweep("a", range)),
            ["count is 4000000000", "at most 65536", ""],
        ),
        (
            "",
            format!("{OUTCOME}[study.sample]\nmethod = \"morris\"\ncount = 1e9\n{}", sweep("a", range)),
            ["count is 1000000000", "at most 65536", ""],
        ),
        (
            "",
            format!("{OUTCOME}[study.sample]\nmethod = \"sobol_indices\"\ncount = 32768\n{}", sweep("a", range)),
            ["98304 arms", "more than the 4096", "--yes"],
        ),
        (
            "",
            "[[add_cells]]\nat = \"1 min\"\nevery = \"1 min\"\ntimes = 4e9\ncell_type = \"a\"\ncount = 1\n".into(),
            ["4000000000 repetitions", "at most 10000", "hint: "],
        ),
        (
            "",
            format!(
                "[[add_cells]]\nat = [{}]\nevery = \"1 min\"\ntimes = 9999\ncell_type = \"a\"\ncount = 1\n",
                "\"0 min\",".repeat(9999)
            ),
            ["99980001 times", "at most 100000", "hint: "],
        ),
    ] {
        let text = format!("{top}\n{BASE}{end}");
        let what = format!("{top} {}", end.chars().take(120).collect::<String>());
        let said = checked(&text, &what).unwrap_or_else(|| panic!("accepted: {what}"));
        let short: String = said.chars().take(2000).collect();
        parts.iter().for_each(|part| assert!(said.contains(part), "{what}: no {part} in\n{short}"));
    }
}
