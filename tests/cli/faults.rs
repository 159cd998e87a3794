//! A disk that fails: each call in turn that changes a file fails, once or from then on, and the run goes on from there
//! to the same files, byte for byte.
//!
//! A library in front of that of the system (`LD_PRELOAD`) makes the calls fail; it is built here, by the compiler that
//! built the program.
#![cfg(target_os = "linux")]

use super::program::{Ended, Scratch};
use super::resume::are_equal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

const SHIM: &str = include_str!("shim.rs");

/// One arm, twelve steps, a dose, two snapshots, a study, and a checkpoint at each second step.
const SCENARIO: &str = r#"
duration = "6 min"
seed = 5
preset = "coarse"

[domain]
geometry = "tissue"
size = ["100 um", "100 um", "100 um"]

[cell_types.tumour]
volume = "2494 um^3"
cycle.model = "live"
cycle.rate = "2 /h"

[[place]]
cell_type = "tumour"
count = 20

[[add_cells]]
at = "2 min"
cell_type = "tumour"
count = 3

[statistics]
every = "2 min"

[snapshots]
at = ["0 h", "4 min"]

[study.outcomes.tumour_cells]
statistic = "tumour.live_count"
better = "low"
"#;

const RUN: &str = "run failing.toml --device cpu --checkpoint-simulated 2min -o";

/// How calls fail.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// This one alone.
    Once,
    /// This one and all that follow: the disk is full, or gone.
    FromThenOn,
}

static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, library) = (folder.join("shim.rs"), folder.join("libshim.so"));
    std::fs::write(&source, SHIM).unwrap();
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let built = Command::new(compiler)
        .args(["--edition=2024", "--crate-type=cdylib", "-O", "-Cpanic=abort", "-o"])
        .args([&library, &source])
        .status();
    assert!(built.unwrap().success(), "the library was not built");
    library
});

/// A run in which the call of this number fails; none where it has fewer calls.
fn failing(scratch: &Scratch, arguments: &str, call: u32, fault: Fault) -> Option<Ended> {
    let mut command = scratch.command(arguments);
    command.env("LD_PRELOAD", &*LIBRARY).env("FAIL_AT", call.to_string());
    if let Fault::FromThenOn = fault {
        command.env("FAIL_ON", "1");
    }
    let ended = Ended::of(command);
    ended.stderr.contains("call that fails: ").then_some(ended)
}

/// Ends a run that failed, and compares it with one that did not.
fn settle(scratch: &Scratch, what: &str) {
    let again = scratch.texpop(&format!("{RUN} out"));
    if again.code != Some(0) {
        // It had finished, but for the news of it.
        again.refused(2, &["is not empty"]);
        let settled = scratch.texpop("resume out");
        assert_eq!(settled.code, Some(0), "{what}: {}", settled.stderr);
    }
    are_equal(scratch, "whole", "out");
}

fn survives(fault: Fault) {
    let scratch = Scratch::new();
    scratch.write("failing.toml", SCENARIO);
    let whole = scratch.texpop(&format!("{RUN} whole"));
    assert_eq!(whole.code, Some(0), "{}", whole.stderr);
    let mut call = 1;
    while let Some(ended) = failing(&scratch, &format!("{RUN} out"), call, fault) {
        let what = format!("{fault:?}, call {call}, {}", ended.stderr);
        // What was only to be removed at the end is no reason to fail.
        assert!([Some(0), Some(1), Some(75)].contains(&ended.code), "{what}");
        if ended.code == Some(0) {
            assert_eq!(scratch.manifest("out")["status"], "finished", "{what}");
        } else {
            assert!(ended.stderr.contains("error: ") && ended.stderr.contains("(os error"), "no clear error: {what}");
        }
        settle(&scratch, &what);
        std::fs::remove_dir_all(scratch.path("out")).unwrap();
        call += 1;
    }
    println!("{} calls failed, {fault:?}, and all runs went on to the same files", call - 1);
    assert!(call > 60, "only {call} calls were made to fail");
}

#[test]
fn each_call_may_fail_once() {
    survives(Fault::Once);
}

#[test]
fn a_disk_may_fail_from_any_call_on() {
    survives(Fault::FromThenOn);
}

/// A run that is replaced while the disk fails leaves files that are named as texpop's, so that it can be replaced again.
#[test]
fn each_call_of_a_replacement_may_fail() {
    let scratch = Scratch::new();
    scratch.write("failing.toml", SCENARIO);
    scratch.texpop(&format!("{RUN} whole"));
    for call in 1.. {
        let ended = scratch.texpop(&format!("{RUN} out --set seed=9"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        scratch.write("out/notes.txt", "mine");
        let Some(ended) = failing(&scratch, &format!("{RUN} out --force"), call, Fault::FromThenOn) else { break };
        assert!(call < 400 && [Some(0), Some(1), Some(75)].contains(&ended.code), "call {call}: {}", ended.stderr);
        // No more of the old run passes for a finished one once its first file is gone.
        let is_whole = scratch.path("out/series.csv").exists();
        assert!(is_whole || scratch.manifest("out")["status"] != "finished", "call {call}");
        let ended = scratch.texpop(&format!("{RUN} out --force"));
        assert_eq!(ended.code, Some(0), "call {call}: {}", ended.stderr);
        assert_eq!(scratch.text("out/notes.txt"), "mine");
        std::fs::remove_file(scratch.path("out/notes.txt")).unwrap();
        are_equal(&scratch, "whole", "out");
        std::fs::remove_dir_all(scratch.path("out")).unwrap();
    }
}
