//! Wrong input: exit code 2 (3 where it is the device), one message, and not a file written.

use super::program::{SMALL, Scratch};

/// Says what is wrong, before anything is written.
#[track_caller]
fn refused(scratch: &Scratch, arguments: &str, code: i32, parts: &[&str]) {
    let before = scratch.files(".");
    scratch.texpop(arguments).refused(code, parts);
    assert_eq!(scratch.files("."), before, "{arguments} wrote something");
}

#[test]
fn what_is_no_text_file_is_no_scenario() {
    let scratch = Scratch::new();
    scratch.write("latin.toml", b"title = \"a\"\nduration = \"1 \xb5s\"\n");
    scratch.write("empty.toml", "");
    scratch.write("broken.toml", "duration = \"1 h\"\n[domain\n");
    for command in ["run", "check"] {
        let said = |file: &str, parts| refused(&scratch, &format!("{command} {file} --device cpu"), 2, parts);
        said("nowhere.toml", &["nowhere.toml: there is no such file", "hint: check the path"]);
        said(".", &[". is a folder", "hint: give the path of a scenario file"]);
        said("latin.toml", &["latin.toml:2: this is not UTF-8 text", "hint: save the file"]);
        said("empty.toml", &["empty.toml is empty", "hint: "]);
        said("broken.toml", &["broken.toml:2:", "this is not TOML"]);
    }
}

/// Line of `small.toml`, what it becomes, what is said of it.
const FAULTS: &[(&str, &str, &[&str])] = &[
    ("duration = \"1 h\"", "duratoin = \"1 h\"", &["unknown key `duratoin`", "did you mean `duration`?"]),
    ("boundary = ", "bondary = ", &["unknown key `bondary`", "did you mean `boundary`?"]),
    ("rate = \"0.2 /h\"", "rate = \"0.2 um\"", &["cycle.rate`: `0.2 um` is not a rate"]),
    ("rate = \"0.05 /h\"", "rate = \"-0.05 /h\"", &["`cell_types.tumour.apoptosis.rate` is \"-0.05 /h\"", "0 or more"]),
    ("kill_rate = \"0.05 /min\"", "kill_rate = \"nan /min\"", &["`nan` is not finite"]),
    ("fraction = 1.0", "fraction = nan", &["`remove_cells.0.fraction` is NaN"]),
    ("target = \"tumour\"", "target = \"tumor\"", &["unknown cell type `tumor`", "did you mean `tumour`?"]),
    ("\"160 um\", \"160 um\"]", "\"160 um\", \"0 um\"]", &["`domain.size.2` is \"0 um\"", "more than 0"]),
    ("\"160 um\", \"160 um\", \"160 um\"", "", &["a tissue has 3 edges, not 0", "such as size ="]),
    ("count = 60", "count = -60", &["`place.0.count`", "-60"]),
];

#[test]
fn faults_of_a_scenario_name_file_line_and_a_way_out() {
    let scratch = Scratch::new();
    for (good, bad, parts) in FAULTS {
        let at = SMALL.find(good).unwrap_or_else(|| panic!("no {good}"));
        scratch.write("bad.toml", SMALL.replacen(good, bad, 1));
        let place = format!("bad.toml:{}:", 1 + SMALL[..at].matches('\n').count());
        let parts = [*parts, &[place.as_str(), "bad.toml: 1 fault"]].concat();
        refused(&scratch, "run bad.toml --device cpu -o out", 2, &parts);
        refused(&scratch, "check bad.toml --device cpu", 2, &parts);
    }
}

#[test]
fn the_library_says_what_it_has() {
    refused(&Scratch::new(), "library cd8_cell", 2, &["the library has no `cd8_cell`", "did you mean `cd8_t_cell`?"]);
}

#[test]
fn overrides_and_options_are_checked_like_the_file() {
    let scratch = Scratch::new();
    let run = |arguments: &str, code, parts| {
        refused(&scratch, &format!("run small.toml -o out --device cpu {arguments}"), code, parts);
    };
    run("--set domain.sise=1", 2, &["unknown key `sise`", "did you mean `size`?"]);
    run("--set nonsense=5", 2, &["unknown key `nonsense`", "known keys: title, duration"]);
    run("--set interactions.7.kill_rate=1/h", 2, &["has no item `7`", "numbered 0 to 0"]);
    run("--set cell_types.tumor.volume=1um^3", 2, &["unknown cell type `tumor`", "`tumour`?"]);
    run("--set cell_types.t_cell.use=cd8_tcell", 2, &["the library has no `cd8_tcell`", "`cd8_t_cell`?"]);
    run("--set replicates", 2, &["`replicates` sets nothing", "such as replicates=8"]);
    run("--set duration=1e12d", 2, &["the time is beyond 29826 d"]);
    run("--until soon", 2, &["--until soon: `soon` does not begin with a number", "such as \"12 h\""]);
    run("--until 5um", 2, &["--until 5um: `5um` is not a duration"]);
    run("--until 1s", 2, &["--until 1s: a run takes at least one step, which is 1 min"]);
    run("--until=-1h", 2, &["--until -1h: a run takes at least one step"]);
    run("--batch-tissues 0", 2, &["'0' for '--batch-tissues", "0 is not in 1.."]);
    run("--log xml", 2, &["'xml' for '--log", "[possible values: auto, text, json]"]);
    run("--untill 1h", 2, &["unexpected argument '--untill'", "--until"]);
}

#[test]
fn check_and_run_refuse_too_many_cells_with_the_same_words() {
    let scratch = Scratch::new();
    let parts =
        ["arm control: one tissue needs room for 2500000000 cells", "GiB at", "holds at most", "hint: place fewer"];
    let arguments = "small.toml --device cpu --set place.0.count=2e9";
    refused(&scratch, &format!("run {arguments} -o out"), 2, &parts);
    refused(&scratch, &format!("check {arguments}"), 2, &parts);
    // How many cells fit varies with the free memory of the moment.
    let said = |command| {
        let text = scratch.texpop(&format!("{command} {arguments}")).stderr;
        let (before, after) = text.split_once("at most ").unwrap();
        format!("{before}at most{}", after.trim_start_matches(|it: char| it.is_ascii_digit()))
    };
    assert_eq!(said("run"), said("check"));
}

#[test]
fn a_table_of_cells_is_checked_line_by_line() {
    let scratch = Scratch::new();
    let with_table = SMALL.replacen(
        "cell_type = \"tumour\"\ncount = 60\nregion = \"ball\"\nradius = \"60 um\"",
        "table = \"cells.csv\"",
        1,
    );
    assert!(with_table.contains("cells.csv"));
    scratch.write("table.toml", with_table);
    let said = |table: &str, parts: &[&str]| {
        scratch.write("cells.csv", table);
        refused(&scratch, "run table.toml --device cpu -o out", 2, parts);
    };
    said("x,y,type\n0,0,tumour\n", &["cells.csv", "z"]);
    said("x,y,z,type\n0,0,0,tumour\n1,high,0,tumour\n", &["cells.csv:3", "high"]);
    said("x,y,z,type\n0,0,0,tumour\n1,nan,0,tumour\n", &["cells.csv:3"]);
    said("x,y,z,type\n0,0,0,tumor\n", &["cells.csv:2", "tumor"]);
    said("x,y,z,type\n0,0,5000,tumour\n", &["cells.csv", "5000"]);
    scratch.write("cells.csv", "x,y,z,type\n0,0,0,tumour\n20,0,0,tumour\n");
    scratch.run("table.toml --device cpu -o out --until 2min");
    assert!(scratch.text("out/series.csv").contains("control,1,0,tumour,count,2\n"));
    std::fs::remove_file(scratch.path("cells.csv")).unwrap();
    refused(&scratch, "run table.toml --device cpu -o other", 2, &["could not read the table of cells cells.csv"]);
}

#[test]
fn devices_that_are_not_there_end_with_3() {
    let scratch = Scratch::new();
    for command in ["run small.toml -o out", "check small.toml"] {
        let parts = ["contains \"nonsuch\"; this machine has", "hint: `texpop devices`"];
        refused(&scratch, &format!("{command} --device nonsuch"), 3, &parts);
        // Where there is a hardware GPU, nothing is wrong with asking for it.
        if scratch.texpop("devices").stdout.contains("No hardware GPU") {
            refused(&scratch, &format!("{command} --device gpu"), 3, &["--device asks for a hardware GPU", "hint: "]);
        }
    }
    refused(&scratch, "run small.toml --device=", 2, &["--device"]);
}
