//! Going on with a run that was stopped: when it is refused, and that nothing is lost where a disk or a folder fails.

use super::program::{Ended, Scratch};
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

/// Runs for far too long.
const LONG: &str =
    "run small.toml --device cpu --log json -o out --set duration=100d --set cell_types.tumour.cycle.rate=0/h";

/// A long run, once its first progress is told.
fn started(scratch: &Scratch, arguments: &str) -> (Child, BufReader<ChildStderr>) {
    let mut command = scratch.command(&format!("{LONG} {arguments}"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("\"progress\"") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "the run had ended");
    }
    (child, said)
}

fn send(child: &Child, signal: &str) {
    let sent = Command::new("bash").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
    assert!(sent.success());
}

/// How a started run ends.
fn ended(child: Child, said: BufReader<ChildStderr>) -> Ended {
    let lines: Vec<String> = said.lines().map_while(Result::ok).collect();
    Ended { stderr: lines.join("\n"), ..Ended::from(child.wait_with_output().unwrap()) }
}

/// A long run that was stopped.
fn stopped(scratch: &Scratch) {
    let (child, said) = started(scratch, "");
    send(&child, "USR1");
    ended(child, said).refused(75, &["error: interrupted at", "texpop resume out"]);
}

/// The files of a run that ended well are those of another, but for times.
#[track_caller]
pub fn are_equal(scratch: &Scratch, a: &str, b: &str) {
    let files = scratch.files(a);
    assert_eq!(files, scratch.files(b));
    assert!(!files.is_empty());
    for name in files.iter().filter(|name| !["manifest.json", "report.html"].contains(&name.as_str())) {
        let [left, right] = [a, b].map(|it| std::fs::read(scratch.path(&format!("{it}/{name}"))).unwrap());
        assert!(left == right, "{name} differs");
    }
    let manifest = |folder| {
        let mut manifest = scratch.manifest(folder);
        // Devices are asked for the number of cells less often than there are steps.
        for key in ["started", "resumed", "finished", "wall_s", "cell_steps"] {
            manifest[key] = serde_json::Value::Null;
        }
        manifest
    };
    assert!(manifest(a) == manifest(b), "manifests differ");
}

#[test]
fn a_checkpoint_that_is_damaged_or_of_another_version_is_refused() {
    let scratch = Scratch::new();
    stopped(&scratch);
    let path = scratch.path("out/checkpoint.safetensors");
    let whole = std::fs::read(&path).unwrap();
    let resume = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        scratch.texpop("resume out")
    };
    let changed = |place: usize| {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        bytes
    };
    resume(&changed(whole.len() - 5)).refused(2, &["out/checkpoint.safetensors is damaged: its checksum", "--force"]);
    resume(&whole[..whole.len() - 1]).refused(2, &["is damaged: it is shorter than it says"]);
    resume(b"mine").refused(2, &["is no checkpoint of texpop"]);
    let version = whole.windows(13).position(|it| it == b"\"version\":\"2\"").unwrap();
    resume(&changed(version + 11)).refused(2, &["is a checkpoint of format 3, and this texpop reads format 2"]);
    std::fs::write(&path, &whole).unwrap();
    let journal = scratch.path("out/journal.bin");
    let mut reports = std::fs::read(&journal).unwrap();
    reports[40] ^= 1;
    std::fs::write(&journal, reports).unwrap();
    scratch.texpop("resume out").refused(2, &["out/journal.bin is damaged", "--force"]);
    std::fs::remove_file(&path).unwrap();
    scratch.texpop("resume out").refused(2, &["there is no checkpoint in out", "hint: name the folder of a run"]);
    scratch.texpop("resume nowhere").refused(2, &["there is no checkpoint in nowhere"]);
}

#[test]
fn another_scenario_does_not_go_on_and_a_finished_run_need_not() {
    let scratch = Scratch::new();
    stopped(&scratch);
    let other = scratch.texpop("run small.toml --device cpu -o out");
    other
        .refused(2, &["out holds a run that was stopped, and its scenario is another", "texpop resume out", "--force"]);
    scratch.run("small.toml --device cpu -o out --force");
    let again = scratch.texpop("resume out");
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), "the run in out is finished\n"), "{}", again.stderr);
}

#[test]
fn a_table_that_has_changed_is_noticed() {
    let scratch = Scratch::new();
    scratch.write("cells.csv", "x,y,z,type\n10,0,0,tumour\n");
    let text = super::program::SMALL
        .replace("cell_type = \"tumour\"\ncount = 60\nregion = \"ball\"\nradius = \"60 um\"", "table = \"cells.csv\"");
    scratch.write("small.toml", text);
    stopped(&scratch);
    scratch.write("cells.csv", "x,y,z,type\n11,0,0,tumour\n");
    scratch
        .texpop("resume out")
        .refused(2, &["a table that its scenario names, or the program or its library, has changed"]);
}

#[test]
fn one_run_at_a_time_writes_to_a_folder() {
    let scratch = Scratch::new();
    let (child, said) = started(&scratch, "");
    scratch.texpop("resume out").refused(1, &["another run is writing to out", "hint: wait for it"]);
    send(&child, "TERM");
    ended(child, said).refused(75, &["interrupted at"]);
}

#[test]
fn a_checkpoint_is_written_when_asked_for() {
    let scratch = Scratch::new();
    let (mut child, _said) = started(&scratch, "");
    let path = scratch.path("out/checkpoint.safetensors");
    let length = || std::fs::metadata(&path).unwrap().len();
    let before = length();
    send(&child, "USR2");
    while length() == before {
        assert!(child.try_wait().unwrap().is_none(), "the run has ended");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_folder_that_is_taken_away_ends_the_run_and_is_not_made_again() {
    let scratch = Scratch::new();
    let (child, said) = started(&scratch, "--checkpoint-every 0s");
    std::fs::rename(scratch.path("out"), scratch.path("away")).unwrap();
    ended(child, said).refused(1, &["error: could not ", "out/", "No such file"]);
    assert!(!scratch.path("out").exists());
}

#[test]
fn a_full_disk_leaves_the_last_checkpoint_whole() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o whole");
    // Cells that enter make the checkpoint larger than a file may be.
    let small = "trap '' XFSZ; ulimit -f 24; exec \"$TEXPOP\" run small.toml --device cpu -o out --checkpoint-every 0s";
    for _ in 0..2 {
        scratch.bash(small).refused(
            75,
            &["could not write out/checkpoint.safetensors: File too large", "the last checkpoint in out is whole"],
        );
    }
    let ended = scratch.texpop("run small.toml --device cpu -o out");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("going on at 0.2"), "{}", ended.stderr);
    are_equal(&scratch, "whole", "out");
}

#[test]
fn intervals_that_are_no_times_are_refused() {
    let scratch = Scratch::new();
    let run = |flag: &str| scratch.texpop(&format!("run small.toml --device cpu -o out {flag}"));
    run("--checkpoint-every 10").refused(2, &["error: --checkpoint-every 10:", "with a unit"]);
    run("--checkpoint-every=-1min").refused(2, &["--checkpoint-every -1min: it must be 0 or more"]);
    run("--checkpoint-simulated 2um").refused(2, &["error: --checkpoint-simulated 2um:"]);
    assert!(!scratch.path("out").exists());
}
