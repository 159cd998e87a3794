//! Names as people give them, with blanks and letters of any script, from the scenario to all files; and texts that mean
//! something to a browser, a spreadsheet or a shell.

use super::program::{Ended, Scratch};
use super::resume::are_equal;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const NAMES: &str = include_str!("names.toml");
const RULES: &str = "CD8+ T cell,alarm signal,increases,migration speed,6,0.5,2,0\n\
    CD8+ T cell,contact with PD-L1lo_tumor,decreases,migration speed,0,0.5,8,0\n\
    PD-L1lo_tumor,IFN-γ gradient,decreases,alarm signal secretion,1,0.5,2,0\n\
    CD8+ T cell,number of M0 macrophage,increases,transform to M0 macrophage,0.001,5,2,0\n";
const CELLS: &str = "x,y,z,type\n10,0,0,M0 macrophage\n-40,20,0,M0 macrophage\n50,50,0,M0 macrophage\n\
    0,90,0,CD8+ T cell\n";
const ARM: &str = "T cells (fast) cell dose=10, µ volume=1000 um^3";

fn with_names() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("names.toml", NAMES);
    scratch.write("rules.csv", RULES);
    scratch.write("cells.csv", CELLS);
    scratch
}

fn with(mut command: Command, arguments: &[&str]) -> Ended {
    Ended::of(match arguments {
        [] => command,
        _ => {
            command.args(arguments);
            command
        }
    })
}

#[track_caller]
fn ends_well(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

/// Rows of a CSV file without its header.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn names_go_through_a_study_and_all_its_files() {
    let scratch = with_names();
    ends_well(&scratch.texpop("check names.toml --device cpu"));
    let said = scratch.run("names.toml --device cpu -o out").stdout;
    assert!(said.contains(ARM) && said.contains("CD8+ T cell"), "{said}");
    let series = rows(&scratch.text("out/series.csv"));
    for (column, name) in [
        (0, "no T cells"),
        (0, ARM),
        (3, "CD8+ T cell"),
        (3, "M0 macrophage"),
        (4, "phase_G0 (rest)_count"),
        (4, "alarm signal_mean"),
        (4, "IFN-γ_decayed"),
        (4, "anti PD-1_concentration_mg_per_l"),
    ] {
        assert!(series.iter().any(|row| row[column] == name), "no {name} in the series");
    }
    let value = |statistic: &str| {
        let is_it = |row: &&Vec<String>| row[..5] == [ARM, "1", "1", "CD8+ T cell", statistic];
        series.iter().find(is_it).expect("a value")[5].parse::<f64>().unwrap()
    };
    assert!(value("added") >= 10.0, "the table of cells and the dose");
    for (file, name) in [
        ("events.csv", "anti PD-1"),
        ("events.csv", "M0 macrophage"),
        ("results.csv", "T cells a tumour cell"),
        ("results.csv", "µ volume"),
        ("ranking.csv", ARM),
        ("pareto.csv", ARM),
        ("kaplan_meier.csv", "hours to few"),
        ("cohort.csv", "\"CD8+ T cell\".motility.speed"),
        ("cohort.csv", ARM),
    ] {
        let all = scratch.text(&format!("out/{file}"));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(all.as_bytes());
        let has = reader.records().any(|row| row.unwrap().iter().any(|it| it.contains(name)));
        assert!(has, "no {name} in {file}:\n{all}");
    }
    let manifest = scratch.manifest("out");
    assert!(manifest["arms"].as_array().unwrap().iter().any(|it| it == ARM));
    pictures_are_whole(&scratch);
    ends_well(&scratch.texpop("diff out out"));
}

/// A title means nothing to a browser.
#[track_caller]
fn pictures_are_whole(scratch: &Scratch) {
    let files = scratch.files("out");
    let pictures: Vec<&String> = files.iter().filter(|it| it.ends_with(".svg")).collect();
    assert!(pictures.len() >= 5, "{files:?}");
    for name in pictures {
        let text = scratch.text(&format!("out/{name}"));
        let parsed = roxmltree::Document::parse(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let has_script = parsed.descendants().any(|it| it.has_tag_name("script"));
        assert!(!has_script, "{name}");
    }
    ends_well(&scratch.texpop("report out"));
    let page = scratch.text("out/report.html");
    for (part, is_there) in [("&lt;script&gt;", true), ("T cells (fast)", true), ("<script", false)] {
        assert_eq!(page.contains(part), is_there, "{part}");
    }
}

#[test]
fn names_are_drawn_branched_and_resumed() {
    let scratch = with_names();
    scratch.run("names.toml --device cpu -o whole");
    let render = scratch.command("render whole --substrate");
    ends_well(&with(render, &["alarm signal", "--arm", ARM]));
    let files = scratch.files("");
    let drawn: Vec<&String> = files.iter().filter(|it| it.ends_with(".png")).collect();
    assert_eq!(drawn, ["whole_T_cells_(fast)_cell_dose=10__µ_volume=1000_um_3_1_t000001.00h.png"]);
    ends_well(&with(scratch.command("render whole --color-by phase -o phases.png --arm"), &["no T cells"]));

    let mut branch = scratch.command("branch whole names.toml --at 30min --device cpu -o branch");
    branch.args(["--arm", "no T cells"]);
    ends_well(&Ended::of(branch));

    let command = "run names.toml --device cpu --checkpoint-every 0s -o stopped";
    let mut child = scratch.command(command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    while !scratch.path("stopped/checkpoint.safetensors").exists() {
        assert!(Instant::now() < deadline, "no checkpoint");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    ends_well(&scratch.texpop("resume stopped"));
    are_equal(&scratch, "whole", "stopped");
}

#[test]
fn paths_with_names_in_quotes_set_values() {
    let scratch = with_names();
    let until = |folder: &str, set: &str| {
        let mut command = scratch.command(&format!("run names.toml --device cpu --until 12min -o {folder} --set"));
        command.arg(set);
        ends_well(&Ended::of(command));
        scratch.manifest(folder)["scenario"]["cell_types"]["CD8+ T cell"]["volume"].clone()
    };
    assert_eq!(until("a", "cell_types.\"CD8+ T cell\".volume=\"600 um^3\""), "600 um^3");
    assert_eq!(until("b", "cell_types.'CD8+ T cell'.volume=700 um^3"), "700 um^3");
    for (set, parts) in [
        (
            "cell_types.\"CD8 T cell\".volume=600 um^3",
            ["unknown cell type `CD8 T cell`", "did you mean `CD8+ T cell`?"],
        ),
        ("cell_types.\"CD8+ T cell.volume=600 um^3", ["quotes", "hint: write a name with blanks as in"]),
        ("cell_types.\"CD8+ T cell\".volme=1", ["unknown key `volme`", "did you mean `volume`?"]),
    ] {
        let ended = with(scratch.command("check names.toml --device cpu --set"), &[set]);
        ended.refused(2, &parts);
    }
}

#[test]
fn names_that_mean_something_else_are_refused_with_another() {
    let scratch = Scratch::new();
    let with_arm = |arm: &str| super::program::SMALL.replace("[arms.car_t]", &format!("[arms.\"{arm}\"]"));
    for (arm, instead) in [
        ("../../x", "hint: call it `x`"),
        ("=cmd|1", "hint: call it `cmd_1`"),
        ("<b>", "hint: call it `b`"),
        ("a\\u001b[2J", "hint: call it `a_2J`"),
        ("late\\u202eylrae", "hint: call it `late_ylrae`"),
    ] {
        scratch.write("a.toml", with_arm(arm));
        let ended = scratch.texpop("run a.toml --device cpu -o out");
        ended.refused(2, &["cannot be the name of an arm", "1 to 64 characters", instead, "a.toml:"]);
        assert!(!ended.stderr.contains(['\u{1b}', '\u{202e}']), "{}", ended.stderr);
        assert_eq!(scratch.files(""), ["a.toml", "small.toml"]);
    }
    scratch.write("a.toml", with_arm("Control"));
    scratch
        .texpop("check a.toml --device cpu")
        .refused(2, &["the arms `Control` and `control` cannot be told apart", "rename one"]);
}

/// What is no name, and stands in tables all the same.
#[test]
fn values_are_no_formulas_in_tables() {
    let scratch = Scratch::new();
    let study = "[study.outcomes.cells]\nstatistic = \"tumour.live_count\"\nbetter = \"low\"\n\
        [study.sweep.file]\npath = \"place.1.table\"\nvalues = [\"=cmd|1.csv\", \"@x.csv\"]\n";
    let small = super::program::SMALL.replace("[arms.control]\nset = { add_cells = [] }\n\n[arms.car_t]\n", "");
    let place = "[[place]]\ntable = \"=cmd|1.csv\"\n\n[[add_cells]]";
    scratch.write("a.toml", small.replacen("[[add_cells]]", place, 1) + study);
    for name in ["=cmd|1.csv", "@x.csv"] {
        scratch.write(name, "x,y,z,type\n0,0,0,tumour\n");
    }
    scratch.run("a.toml --device cpu -o out");
    for file in ["results.csv", "ranking.csv"] {
        let text = scratch.text(&format!("out/{file}"));
        let fields: Vec<String> = rows(&text).into_iter().flatten().collect();
        assert!(fields.iter().any(|it| it == "'=cmd|1.csv") && fields.iter().any(|it| it == "'@x.csv"), "{text}");
        assert!(!fields.iter().any(|it| it.starts_with(['=', '@'])), "{text}");
    }
}
