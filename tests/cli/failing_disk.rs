//! Output that cannot be written: one message, no half-written file under its final name, and exit code 1, or 75 where
//! the run can go on once there is room.

use super::program::Scratch;

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let scratch = Scratch::new();
    let run = |arguments: &str| scratch.texpop(&format!("run small.toml --device cpu {arguments}"));
    run("-o small.toml").refused(2, &["small.toml is a file; the output must be a folder", "hint: name another"]);
    run("-o small.toml/out").refused(1, &["could not create the output folder small.toml/out"]);
    // Permissions do not bind the superuser; the system's own folders do.
    run("-o /proc/texpop").refused(1, &["could not create the output folder /proc/texpop"]);
    run("-o /proc --force").refused(2, &["in it was not written by texpop", "hint: name another folder with -o"]);
    assert_eq!(scratch.files("."), ["small.toml"]);
}

#[test]
fn results_are_never_overwritten_unasked() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o out");
    scratch.write("out/notes.txt", "mine");
    let (series, files) = (scratch.text("out/series.csv"), scratch.files("out"));
    let again = scratch.texpop("run small.toml --device cpu -o out --set seed=8");
    again.refused(2, &["the output folder out is not empty", "add --force"]);
    assert_eq!((scratch.text("out/series.csv"), scratch.files("out")), (series, files));

    scratch.run("small.toml --device cpu -o out --force --until 24min");
    assert_eq!(scratch.manifest("out")["duration_h"], 0.4);
    assert_eq!(scratch.text("out/notes.txt"), "mine");
    assert!(!scratch.path("out/cells/t000001.00h.parquet").exists(), "a snapshot of the earlier run is left");
}

/// A run whose files may have so many KiB: what a full disk does, without filling one. The program sees a failed write
/// where the signal is ignored.
fn limited(scratch: &Scratch, kib: u32) -> super::program::Ended {
    scratch
        .bash(&format!("trap '' XFSZ; ulimit -f {kib}; exec \"$TEXPOP\" run small.toml --device cpu --log text -o out"))
}

#[test]
fn a_disk_full_from_the_outset_ends_the_run_before_it_starts() {
    for (kib, said) in
        [(0, "could not write into the output folder out"), (1, "could not write out/checkpoint.safetensors")]
    {
        let scratch = Scratch::new();
        let ended = limited(&scratch, kib);
        ended.refused(1, &[said, "File too large"]);
        assert!(!ended.stderr.contains('%'), "it ran:\n{}", ended.stderr);
        assert_eq!(scratch.files("out"), [""; 0]);
    }
}

#[test]
fn a_disk_that_fills_up_ends_the_run_and_leaves_no_half_file() {
    let scratch = Scratch::new();
    let ended = limited(&scratch, 24);
    ended.refused(
        75,
        &["could not write out/series.csv: File too large", "failed at 0.", "is whole: once the cause is mended"],
    );
    let manifest = scratch.manifest("out");
    let status = manifest["status"].as_str().unwrap();
    assert!(status.starts_with("failed: could not write out/series.csv"), "{status}");
    let files = scratch.files("out");
    assert!(!files.iter().any(|name| name.contains("series.csv") || name.contains(".tmp")), "{files:?}");
    let is_result = |name: &&String| !["checkpoint.safetensors", "journal.bin"].contains(&name.as_str());
    let results: Vec<_> = files.iter().filter(is_result).collect();
    assert_eq!(manifest["files"], serde_json::json!(results));
}

#[test]
fn output_that_nobody_takes_is_no_panic() {
    let scratch = Scratch::new();
    let run = |folder: &str, rest: &str| {
        scratch.bash(&format!("\"$TEXPOP\" run small.toml --device cpu --until 2min -o {folder} {rest}"))
    };
    run("full", "> /dev/full").refused(1, &["could not write to the standard output: No space left"]);
    assert_eq!(scratch.manifest("full")["status"], "finished");
    let unheard = run("unheard", "2> /dev/full");
    assert_eq!((unheard.code, scratch.manifest("unheard")["status"].as_str()), (Some(0), Some("finished")));
    assert_eq!(run("closed", "2>&-").code, Some(0));
    let short = scratch.bash("\"$TEXPOP\" devices | true; exit ${PIPESTATUS[0]}");
    assert_eq!((short.code, short.stderr.as_str()), (Some(0), ""));
}
