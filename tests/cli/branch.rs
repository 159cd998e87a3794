//! `texpop branch`: the arms of a scenario that go on from a time of an earlier run.

use super::kill::EVERYTHING;
use super::program::{Ended, Scratch, has_software};

/// The rows of a series from a time on, sorted, without the name of the arm.
fn rows(scratch: &Scratch, folder: &str, arm: &str, from_h: f64) -> Vec<String> {
    let text = scratch.text(&format!("{folder}/series.csv"));
    let of_arm = text.lines().filter_map(|line| line.strip_prefix(&format!("{arm},")));
    let is_late = |line: &&str| line.split(',').nth(1).unwrap().parse::<f64>().unwrap() >= from_h;
    let mut rows: Vec<String> = of_arm.filter(is_late).map(str::to_owned).collect();
    rows.sort();
    rows
}

/// Scenarios without arms, and a finished run of it.
fn trunk() -> Scratch {
    let scratch = Scratch::new();
    let arms = EVERYTHING.find("[arms.control]").unwrap();
    let study = EVERYTHING.find("[study.").unwrap();
    let (start, end) = (&EVERYTHING[..arms], &EVERYTHING[study..]);
    scratch.write("one.toml", format!("{start}{end}"));
    // The beam comes at 33 min.
    let two = "[arms.same]\n[arms.stronger]\nset = { \"irradiation.0.dose\" = \"4 Gy\" }\n";
    scratch.write("two.toml", format!("{start}{two}{end}"));
    scratch.run("one.toml --device cpu -o trunk");
    scratch
}

#[track_caller]
fn branched(scratch: &Scratch, arguments: &str) -> Ended {
    let ended = scratch.texpop(&format!("branch trunk {arguments} --device cpu"));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended
}

#[test]
fn an_unchanged_scenario_goes_on_as_the_run_did() {
    let scratch = trunk();
    // At a report and a snapshot, and between reports while a condition's cells are on their way.
    for (number, (at, from_h)) in [("30min", 0.5), ("23min", 23.0 / 60.0)].into_iter().enumerate() {
        let folder = format!("again{number}");
        branched(&scratch, &format!("one.toml --at {at} -o {folder}"));
        let expected = rows(&scratch, "trunk", "base", from_h);
        assert!(expected.len() > 500, "{} rows", expected.len());
        assert!(rows(&scratch, &folder, "base", 0.0) == expected, "from {at} the series differs");
        for name in ["cells/t000000.50h.parquet", "cells/t000001.50h.parquet", "fields/t000001.50h.parquet"] {
            let read = |folder: &str| std::fs::read(scratch.path(&format!("{folder}/{name}"))).unwrap();
            assert!(read(&folder) == read("trunk"), "{name} of the branch from {at} differs");
        }
        assert!(!scratch.path(&format!("{folder}/cells/t000000.00h.parquet")).exists());
        assert_eq!(scratch.manifest(&folder)["branch"]["tick"], (from_h * 6000.0).round());
    }
}

#[test]
fn arms_part_where_they_differ_and_not_before() {
    let scratch = trunk();
    branched(&scratch, "two.toml --at 30min -o two");
    branched(&scratch, "two.toml --at 30min -o apart --batch-tissues 3");
    let of = |folder, arm, from_h| rows(&scratch, folder, arm, from_h);
    assert!(of("two", "same", 0.0) == of("trunk", "base", 0.5));
    assert!(of("two", "stronger", 0.0) != of("two", "same", 0.0));
    let until_the_beam = |rows: Vec<String>| -> Vec<String> {
        rows.into_iter().filter(|row| row.split(',').nth(1).unwrap().parse::<f64>().unwrap() < 33.0 / 60.0).collect()
    };
    let early = until_the_beam(of("two", "stronger", 0.0));
    assert!(!early.is_empty() && early == until_the_beam(of("two", "same", 0.0)));
    for arm in ["same", "stronger"] {
        assert!(of("two", arm, 0.0) == of("apart", arm, 0.0), "batches differ in {arm}");
    }
}

#[test]
fn shaders_branch_as_twins_do() {
    if !has_software() {
        return;
    }
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o trunk");
    let arguments = "branch trunk small.toml --arm car_t --at 24min --until 48min --device";
    for device in ["cpu", "software"] {
        let ended = scratch.texpop(&format!("{arguments} {device} -o {device}"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    assert!(scratch.text("cpu/series.csv") == scratch.text("software/series.csv"));
    // The arm that was the warm-up goes on as it did.
    let until = |rows: Vec<String>| -> Vec<String> { rows.into_iter().filter(|it| !it.contains(",1,")).collect() };
    assert!(until(rows(&scratch, "cpu", "car_t", 0.0)) == until(rows(&scratch, "trunk", "car_t", 0.4)));
}

#[test]
fn what_cannot_go_on_is_told() {
    let scratch = trunk();
    let branch = |arguments: &str| scratch.texpop(&format!("branch {arguments} --device cpu -o out"));
    branch("nowhere one.toml --at 1h").refused(2, &["nowhere has no manifest.json", "hint: name the folder"]);
    branch("trunk one.toml --at 1").refused(2, &["error: --at 1:", "with a unit"]);
    for at in ["0h", "30s", "2h"] {
        branch(&format!("trunk one.toml --at {at}")).refused(2, &["trunk cannot be branched at", "steps of 1 min"]);
    }
    branch("trunk one.toml --at 30min --arm best").refused(2, &["trunk has no arm `best`", "there are base"]);
    branch("trunk one.toml --at 90min").refused(2, &["it ends at 1.5 h, and branches at 1.5 h"]);
    let other = "--set domain.boundary=periodic --set seed=12 --set clocks.cycle=10min";
    branch(&format!("trunk one.toml --at 30min {other}"))
        .refused(2, &["[domain] is not that", "[clocks] are not those", "it has 2 replicates by its seed"]);
    branch("trunk small.toml --at 30min")
        .refused(2, &["t_cell gains or loses proteostasis", "tumour has other phases or traits", "the substrates"]);
    let text = scratch.text("one.toml").replace("antibody", "other_antibody");
    scratch.write("other.toml", text);
    branch("trunk other.toml --at 30min")
        .refused(2, &["the warm-up gave the drug antibody, which arm base does not know"]);
    branched(&scratch, "one.toml --at 80min -o twig");
    scratch.texpop("branch twig one.toml --at 85min --device cpu -o out2").refused(2, &["twig is itself a branch"]);
}
