//! Nothing of the user's is destroyed: only what a manifest or a checkpoint says that texpop wrote is replaced, one run at
//! a time writes to a folder, and no link leads out of it.

use super::program::Scratch;
use super::resume::are_equal;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

const SHORT: &str = "run small.toml --device cpu --until 2min";
/// What each test of a foreign file must leave as it is.
const MINE: &str = "mine";

/// All files below a folder, with their bytes.
fn all(scratch: &Scratch, folder: &str) -> Vec<(String, Vec<u8>)> {
    let files = scratch.files(folder).into_iter();
    files.map(|name| (name.clone(), fs::read(scratch.path(&format!("{folder}/{name}"))).unwrap())).collect()
}

#[test]
fn a_folder_that_is_that_of_no_run_is_left_alone() {
    let names =
        ["results.csv", "checkpoint.safetensors", "journal.bin", "manifest.json", "cells/t000001.parquet", "notes"];
    for name in names {
        let scratch = Scratch::new();
        fs::create_dir_all(scratch.path("home/cells")).unwrap();
        scratch.write(&format!("home/{name}"), MINE);
        let before = all(&scratch, "home");
        for command in [SHORT, &format!("{SHORT} --force"), "resume", "phase-diagram small.toml --device cpu --force"] {
            let place = if command == "resume" { "home" } else { "-o home" };
            let ended = scratch.texpop(&format!("{command} {place}"));
            ended.refused(2, &["hint: "]);
            let is_advised = ended.stderr.contains("--force") && command != "resume";
            assert!(!is_advised, "{name}: a hint that is no way out:\n{}", ended.stderr);
            assert_eq!(all(&scratch, "home"), before, "{command} with {name}");
        }
    }
}

#[test]
fn a_manifest_or_checkpoint_of_something_else_owns_nothing() {
    let scratch = Scratch::new();
    fs::create_dir_all(scratch.path("home")).unwrap();
    scratch.write("home/manifest.json", r#"{"schema": "mine/1", "files": ["series.csv", "../small.toml"]}"#);
    scratch.write("home/series.csv", MINE);
    let before = all(&scratch, "home");
    scratch.texpop(&format!("{SHORT} -o home --force")).refused(2, &["in it was not written by texpop"]);
    assert_eq!(all(&scratch, "home"), before);
}

#[test]
fn force_replaces_what_the_run_wrote_and_nothing_else() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o out");
    scratch.write("out/notes.txt", MINE);
    scratch.write("out/cells/notes.csv", MINE);
    // A list of files leads nowhere else, whatever stands in it.
    let mut manifest = scratch.manifest("out");
    manifest["files"].as_array_mut().unwrap().push("../small.toml".into());
    scratch.write("out/manifest.json", manifest.to_string());
    scratch.run("small.toml --device cpu --until 24min -o out --force");
    assert_eq!((scratch.text("out/notes.txt"), scratch.text("out/cells/notes.csv")), (MINE.into(), MINE.into()));
    assert!(!scratch.path("out/cells/t000001.00h.parquet").exists(), "a snapshot of the earlier run is left");
    assert!(scratch.path("small.toml").exists());

    // A folder or file where the other would be.
    fs::create_dir(scratch.path("out/fields")).unwrap();
    for (name, make) in [("out/study.svg", true), ("out/fields", false)] {
        let _ = fs::remove_dir(scratch.path(name));
        if make {
            fs::create_dir(scratch.path(name)).unwrap()
        } else {
            scratch.write(name, MINE)
        }
        scratch.texpop(&format!("{SHORT} -o out --force")).refused(2, &["in it was not written by texpop"]);
        let _ = fs::remove_dir(scratch.path(name)).or_else(|_| fs::remove_file(scratch.path(name)));
    }

    // The user's own table, by a name that studies write to.
    scratch.write("out/results.csv", MINE);
    let before = all(&scratch, "out");
    let ended = scratch.texpop(&format!("{SHORT} -o out --force"));
    ended.refused(2, &["results.csv in it was not written by texpop", "hint: name another folder with -o"]);
    assert_eq!(all(&scratch, "out"), before);
}

#[test]
fn a_finished_run_is_no_reason_to_remove_a_checkpoint_of_the_user() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu --until 2min -o out");
    scratch.write("out/checkpoint.safetensors", MINE);
    let ended = scratch.texpop("resume out");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "the run in out is finished\n"), "{}", ended.stderr);
    assert_eq!(scratch.text("out/checkpoint.safetensors"), MINE);
    scratch.texpop(&format!("{SHORT} -o out --force")).refused(2, &["checkpoint.safetensors in it was not written by"]);
}

/// Waits until a file is there.
fn wait_for(path: &Path) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !path.exists() {
        assert!(Instant::now() < deadline, "{} is not there", path.display());
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_folder_that_a_run_writes_to_is_not_replaced() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o whole");
    let long =
        "run small.toml --device cpu --log text -o two --set duration=100d --set cell_types.tumour.cycle.rate=0/h";
    let mut child = scratch.command(long).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for(&scratch.path("two/manifest.json"));
    // Files under way go by themselves, when the run has finished them.
    let is_under_way = |name: &String| name.rsplit('/').next().is_some_and(|last| last.starts_with('.'));
    let listed: Vec<String> = scratch.files("two").into_iter().filter(|name| !is_under_way(name)).collect();
    for _ in 0..3 {
        let ended = scratch.texpop("run small.toml --device cpu -o two --force");
        ended.refused(1, &["another run is writing to two", "hint: wait for it"]);
    }
    scratch.texpop("report two").refused(1, &["another run is writing to two"]);
    assert!(listed.len() >= 2, "{listed:?}");
    let left = scratch.files("two");
    let gone: Vec<&String> = listed.iter().filter(|name| !left.contains(name)).collect();
    assert!(gone.is_empty(), "the run that is under way has lost {gone:?}");
    child.kill().unwrap();
    child.wait().unwrap();
    scratch.run("small.toml --device cpu -o two --force");
    are_equal(&scratch, "whole", "two");
}

#[test]
fn of_runs_that_begin_together_one_writes() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o two");
    let command = || {
        scratch.command(
            "run small.toml --device cpu -o two --force --set duration=8h --set cell_types.tumour.cycle.rate=0/h",
        )
    };
    let mut children: Vec<_> =
        (0..4).map(|_| command().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()).collect();
    // Those that are refused end at once; the one that runs takes longer.
    let deadline = Instant::now() + Duration::from_secs(120);
    while children.iter_mut().map(|it| it.try_wait().unwrap()).filter(Option::is_none).count() > 1 {
        assert!(Instant::now() < deadline, "more than one runs");
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut codes: Vec<_> = children.into_iter().map(|it| it.wait_with_output().unwrap().status.code()).collect();
    codes.sort();
    assert_eq!(codes, [Some(0), Some(1), Some(1), Some(1)]);
    scratch.run("small.toml --device cpu -o whole --set duration=8h --set cell_types.tumour.cycle.rate=0/h");
    are_equal(&scratch, "whole", "two");
}

/// What a run leaves that was killed before its first checkpoint.
#[test]
fn what_is_left_before_the_first_checkpoint_is_no_hindrance() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o whole");
    for force in ["", " --force"] {
        let folder = if force.is_empty() { "a" } else { "b" };
        fs::create_dir_all(scratch.path(&format!("{folder}/cells"))).unwrap();
        scratch.write(&format!("{folder}/journal.bin"), "");
        scratch.write(&format!("{folder}/.checkpoint.safetensors.texpop-0.tmp"), "half");
        scratch.run(&format!("small.toml --device cpu -o {folder}{force}"));
        are_equal(&scratch, "whole", folder);
    }
    // A journal with something in it is that of a run only where a checkpoint says so.
    fs::create_dir(scratch.path("c")).unwrap();
    scratch.write("c/journal.bin", MINE);
    scratch.texpop(&format!("{SHORT} -o c --force")).refused(2, &["journal.bin in it was not written by texpop"]);
    assert_eq!(scratch.text("c/journal.bin"), MINE);
}

/// A replacement that was killed half-way leaves a folder that is neither a finished run nor a foreign one.
#[test]
fn a_replacement_that_is_interrupted_can_be_repeated() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o whole");
    scratch.run("small.toml --device cpu -o out");
    let mut manifest = scratch.manifest("out");
    manifest["status"] = "replaced".into();
    scratch.write("out/manifest.json", manifest.to_string());
    fs::remove_file(scratch.path("out/series.csv")).unwrap();
    scratch.texpop("resume out").refused(2, &["there is no checkpoint in out"]);
    scratch.run("small.toml --device cpu -o out --force");
    are_equal(&scratch, "whole", "out");
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_folder() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu --until 6min -o whole");
    scratch.write("precious", MINE);
    fs::create_dir(scratch.path("away")).unwrap();
    scratch.write("away/t000000.00h.parquet", MINE);
    let parts =
        ["cells", "fields", "journal.bin", "manifest.json", "series.csv", "report.html", ".report.html.texpop-0.tmp"];
    for part in parts {
        let run = || scratch.texpop("run small.toml --device cpu --until 6min -o out --force");
        let _ = fs::remove_dir_all(scratch.path("out"));
        assert_eq!(scratch.bash("cp -r whole out").code, Some(0));
        let place = scratch.path(&format!("out/{part}"));
        if place.is_dir() {
            fs::remove_dir_all(&place).unwrap()
        } else {
            let _ = fs::remove_file(&place);
        }
        symlink(scratch.path(if place.extension().is_some() { "precious" } else { "away" }), &place).unwrap();
        run().refused(2, &[&format!("out/{part} is a link"), "hint: name another folder with -o"]);
        // A manifest is read by a link, and then there is nothing of texpop in the folder.
        if part != "manifest.json" {
            scratch.texpop("report out").refused(2, &[&format!("out/{part} is a link")]);
        }
        assert_eq!(
            (scratch.text("precious"), scratch.files("away")),
            (MINE.into(), vec!["t000000.00h.parquet".into()])
        );
        assert_eq!(scratch.text("away/t000000.00h.parquet"), MINE);
    }
    // Hidden names of other programs, or of earlier versions, are left alone.
    fs::remove_dir_all(scratch.path("out")).unwrap();
    assert_eq!(scratch.bash("cp -r whole out").code, Some(0));
    symlink(scratch.path("precious"), scratch.path("out/.report.html.tmp")).unwrap();
    assert_eq!(scratch.texpop("report out").code, Some(0));
    symlink(scratch.path("precious"), scratch.path("a.png")).unwrap();
    symlink(scratch.path("precious"), scratch.path(".b.png.texpop-0.tmp")).unwrap();
    scratch.texpop("render out --at 0h -o a.png").refused(2, &["a.png is there already"]);
    assert_eq!(scratch.texpop("render out --at 0h -o a.png --force").code, Some(0));
    assert_eq!(scratch.texpop("render out --at 0h -o b.png").code, Some(0));
    assert_eq!(scratch.text("precious"), MINE);
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_when_a_run_is_resumed() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::new();
    let command = "run small.toml --device cpu --checkpoint-every 0s -o out";
    let mut child = scratch.command(command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for(&scratch.path("out/series.csv").with_file_name(".series.csv.texpop-0.tmp"));
    child.kill().unwrap();
    child.wait().unwrap();
    scratch.write("precious", MINE);
    for part in ["journal.bin", "series.csv", ".probe.texpop-0.tmp", "fields"] {
        let place = scratch.path(&format!("out/{part}"));
        let kept = scratch.path("kept");
        let was_there = fs::rename(&place, &kept).is_ok();
        symlink(scratch.path("precious"), &place).unwrap();
        scratch.texpop("resume out").refused(2, &[&format!("out/{part} is a link")]);
        assert_eq!(scratch.text("precious"), MINE);
        fs::remove_file(&place).unwrap();
        if was_there {
            fs::rename(&kept, &place).unwrap();
        }
    }
    assert_eq!(scratch.texpop("resume out").code, Some(0));
}

#[test]
fn a_page_of_the_user_is_not_replaced() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu --until 2min -o out");
    assert_eq!(scratch.texpop("report out").code, Some(0));
    let mut manifest = scratch.manifest("out");
    manifest["files"].as_array_mut().unwrap().retain(|it| it != "report.html");
    scratch.write("out/manifest.json", manifest.to_string());
    scratch.write("out/report.html", MINE);
    scratch.texpop("report out").refused(2, &["report.html in it was not written by texpop"]);
    assert_eq!(scratch.text("out/report.html"), MINE);
}

#[test]
fn a_phase_diagram_is_replaced_as_a_run_is() {
    let scratch = Scratch::new();
    let scenario = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/tipping_point.toml")).unwrap();
    scratch.write("tipping.toml", scenario);
    let draw = |more: &str| scratch.texpop(&format!("phase-diagram tipping.toml --device cpu -o out{more}"));
    assert_eq!(draw("").code, Some(0));
    draw("").refused(2, &["out is not empty", "--force"]);
    assert_eq!(draw(" --force").code, Some(0));
    assert_eq!(scratch.manifest("out")["status"], "finished");
    assert_eq!(scratch.texpop("report out").code, Some(0));
    assert_eq!(scratch.texpop("report out").code, Some(0));
}
