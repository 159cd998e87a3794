//! A run that goes well: what is in the folder, what is said, and what makes two runs equal.

use super::program::{SMALL, Scratch, by_group, has_software, values};
use serde_json::Value;

#[test]
fn the_folder_holds_everything_and_stdout_the_table() {
    let scratch = Scratch::new();
    let ended = scratch.run("small.toml --device cpu -o out");
    let files = [
        "cells/t000000.00h.parquet",
        "cells/t000001.00h.parquet",
        "distributions.svg",
        "events.csv",
        "manifest.json",
        "overview.svg",
        "report.html",
        "series.csv",
        "series.parquet",
    ];
    assert_eq!(scratch.files("out"), files);
    assert!(ended.stdout.starts_with("Live cells and events (2 replicates"), "{}", ended.stdout);
    assert!(
        ended.stdout.ends_with("written to out (manifest, series, report.html, picture: overview.svg)\n"),
        "{}",
        ended.stdout
    );
    assert!(!ended.stdout.contains('%'), "progress belongs to stderr");
    assert!(ended.stderr.starts_with("device: CPU twins, as asked\n"), "{}", ended.stderr);
    assert!(ended.stderr.contains("finished at 1.00 h"), "{}", ended.stderr);
    let picture = scratch.text("out/overview.svg");
    assert!(picture.contains("<svg") && picture.trim_end().ends_with("</svg>"));

    let manifest = scratch.manifest("out");
    assert_eq!(manifest["status"], "finished");
    assert_eq!(manifest["arms"], serde_json::json!(["control", "car_t"]));
    assert_eq!(manifest["files"], serde_json::json!(files));
    assert_eq!(manifest["device"]["kind"], "cpu");
    assert_eq!(
        (&manifest["steps"], &manifest["ticks"], &manifest["duration_h"]),
        (&60.into(), &6000.into(), &1.0.into())
    );
    assert_eq!(manifest["scenario"]["replicates"], 2);
    assert_hexadecimal(&manifest["scenario_hash"], 64);
    let seeds = manifest["replicates"].as_array().unwrap();
    assert_eq!(seeds.len(), 2);
    seeds.iter().for_each(|it| assert_hexadecimal(&it["seed"], 16));
    assert_ne!(seeds[0]["seed"], seeds[1]["seed"]);
}

fn assert_hexadecimal(value: &Value, digits: usize) {
    let text = value.as_str().unwrap();
    assert!(text.len() == digits && text.bytes().all(|it| it.is_ascii_hexdigit()), "{text}");
}

#[test]
fn both_files_of_the_series_say_the_same() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o out");
    let rows = scratch.equal_series("out");
    assert!(rows.len() > 1000, "{} rows", rows.len());
}

#[test]
fn equal_runs_have_equal_bytes_and_another_seed_has_others() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o first");
    scratch.run("small.toml --device cpu -o second");
    scratch.run("small.toml --device cpu -o other --set seed=8");
    let first = scratch.text("first/series.csv");
    assert!(first == scratch.text("second/series.csv"));
    assert!(first != scratch.text("other/series.csv"));
    let hash = |folder| scratch.manifest(folder)["scenario_hash"].clone();
    assert_eq!(hash("first"), hash("second"));
    assert_ne!(hash("first"), hash("other"));
}

#[test]
fn shaders_and_twins_write_equal_bytes() {
    if !has_software() {
        return;
    }
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o twins");
    scratch.run("small.toml --device software -o shaders");
    let manifest = scratch.manifest("shaders");
    assert_eq!(manifest["strict_numerics"], true);
    assert_eq!(manifest["device"]["kind"], "software");
    for name in ["series.csv", "overview.svg"] {
        assert!(scratch.text(&format!("twins/{name}")) == scratch.text(&format!("shaders/{name}")), "{name}");
    }
}

#[test]
fn batches_change_the_order_of_rows_and_nothing_else() {
    let scratch = Scratch::new();
    let sorted = |folder: &str| {
        let mut rows = scratch.equal_series(folder);
        rows.sort();
        rows
    };
    let whole = scratch.run("small.toml --device cpu -o whole");
    for tissues in [1, 3] {
        let folder = format!("by_{tissues}");
        let ended = scratch.run(&format!("small.toml --device cpu -o {folder} --batch-tissues {tissues}"));
        assert_eq!(sorted("whole"), sorted(&folder));
        assert_eq!(ended.stdout, whole.stdout.replace("written to whole", &format!("written to {folder}")));
        assert_eq!(scratch.manifest(&folder)["cell_steps"], scratch.manifest("whole")["cell_steps"]);
        assert_eq!(scratch.files(&folder), scratch.files("whole"));
    }
    if has_software() {
        scratch.run("small.toml --device software -o shaders --batch-tissues 3");
        assert_eq!(sorted("whole"), sorted("shaders"));
    }
    let check = scratch.texpop("check small.toml --device cpu --batch-tissues 3");
    assert!(check.stdout.contains("4 in 2 batches"), "{}", check.stdout);
}

#[test]
fn until_shortens_a_run_and_changes_nothing_before() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o whole");
    let ended = scratch.run("small.toml --device cpu -o short --until 24min");
    assert!(ended.stderr.contains("finished at 0.40 h"), "{}", ended.stderr);
    assert_eq!(scratch.manifest("short")["duration_h"], 0.4);
    let short = scratch.text("short/series.csv");
    assert!(scratch.text("whole/series.csv").starts_with(&short));
    // At 0, 12 and 24 min.
    assert_eq!(values(&short, "control", "tumour", "count").len(), 3);
    assert_eq!(scratch.files("short").iter().filter(|name| name.starts_with("cells/")).count(), 1);
}

#[test]
fn additions_and_removals_come_when_and_as_asked() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o out");
    let series = scratch.text("out/series.csv");
    let of = |arm, statistic| values(&series, arm, "t_cell", statistic);
    // A report at the time of an addition is of the moment before it.
    assert_eq!(of("car_t", "count"), [0.0, 0.0, 17.0, 34.0, 34.0, 0.0]);
    assert_eq!(of("car_t", "added"), [0.0, 0.0, 17.0, 34.0, 34.0, 34.0]);
    assert_eq!(of("car_t", "taken"), [0.0, 0.0, 0.0, 0.0, 0.0, 34.0]);
    assert_eq!(of("control", "count"), [0.0; 6]);
    // Both arms start with the same tumour, and T cells kill some of one.
    let tumour = |arm, statistic| *values(&series, arm, "tumour", statistic).last().unwrap();
    assert_eq!((tumour("control", "deaths_killed"), tumour("control", "taken")), (0.0, 0.0));
    assert!(tumour("car_t", "deaths_killed") > 0.0);
    assert_eq!(tumour("car_t", "deaths_killed"), *of("car_t", "kills").last().unwrap());
}

#[test]
fn cells_balance_in_every_tissue_at_every_report() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o out --set duration=3h");
    let groups = by_group(&scratch.text("out/series.csv"));
    let mut births = 0.0;
    for ((tissue, cell_type), of) in groups.iter().filter(|((_, cell_type), _)| !cell_type.is_empty()) {
        for (i, count) in of["count"].iter().enumerate() {
            let change = of["births"][i] + of["added"][i] - of["removed"][i] - of["taken"][i];
            assert_eq!(*count, of["count"][0] + change, "{tissue} {cell_type}, report {i}");
        }
        births += of["births"].last().unwrap();
    }
    assert!(births > 20.0, "{births} births are too few to show anything");
}

#[test]
fn a_json_log_is_json_line_by_line() {
    let scratch = Scratch::new();
    let ended = scratch.run("small.toml --device cpu -o out --log json --set duration=4h");
    let events: Vec<Value> = ended.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0]["event"], "started");
    assert_eq!(events[0]["duration_h"], 4.0);
    let last = &events[events.len() - 1];
    assert_eq!(
        (&last["event"], &last["status"], &last["time_h"]),
        (&"finished".into(), &"finished".into(), &4.0.into())
    );
    assert_eq!(last["cell_steps"], scratch.manifest("out")["cell_steps"]);
}

#[test]
fn unnamed_folders_are_numbered() {
    let scratch = Scratch::new();
    for folder in ["runs/small", "runs/small-2", "runs/small-3"] {
        let ended = scratch.run("small.toml --device cpu --until 2min");
        assert!(ended.stdout.contains(&format!("written to {folder} (")), "{}", ended.stdout);
        assert_eq!(scratch.manifest(folder)["status"], "finished");
    }
}

#[test]
fn check_says_what_a_run_takes_and_writes_nothing() {
    let scratch = Scratch::new();
    let ended = scratch.texpop("check small.toml --device cpu");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let starts = [
        "device: CPU twins",
        "tissues        4 in 1 batch",
        "cells          ",
        "bytes a cell   ",
        "memory         0.0",
        "steps          60 a tissue",
        "reports        6 a tissue",
        "snapshot rows  about ",
        "disk           about 0.0",
    ];
    for start in starts {
        assert!(ended.stdout.lines().any(|line| line.starts_with(start)), "no {start:?} in\n{}", ended.stdout);
    }
    assert_eq!(scratch.files("."), ["small.toml"]);
}

#[test]
fn devices_are_listed() {
    let scratch = Scratch::new();
    let ended = scratch.texpop("devices");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    if has_software() {
        for part in ["llvmpipe", "kind        software", "backend     Vulkan", "strict      yes", "usable      yes"] {
            assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
        }
    }
}

#[test]
fn the_library_is_listed_and_printed() {
    let scratch = Scratch::new();
    let list = scratch.texpop("library");
    assert_eq!((list.code, list.stderr.as_str()), (Some(0), ""));
    assert!(list.stdout.lines().any(|line| line.starts_with("cell_types  cd8_t_cell ")), "{}", list.stdout);
    let entry = scratch.texpop("library cd8_t_cell");
    assert_eq!((entry.code, entry.stderr.as_str()), (Some(0), ""));
    assert!(entry.stdout.contains("speed = \"8 um/min\"") && entry.stdout.contains("[R2]"), "{}", entry.stdout);
    scratch
        .write("used.toml", SMALL.replacen("volume = \"500 um^3\"", "use = \"cd8_t_cell\"\nvolume = \"500 um^3\"", 1));
    scratch.run("used.toml --device cpu -o out --until 2min --set cell_types.t_cell.motility.speed=3um/min");
    let t_cell = &scratch.manifest("out")["scenario"]["cell_types"]["t_cell"];
    assert_eq!((&t_cell["volume"], &t_cell["motility"]["speed"]), (&"500 um^3".into(), &"3 um/min".into()));
    assert_eq!(t_cell["motility"]["attached_speed_fraction"], 0.1);
}
