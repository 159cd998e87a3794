//! Ctrl-C, and a polite kill: exit code 75, and what was reported until then is complete and readable.

use super::program::{Ended, Scratch, has_software, values};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Runs for far too long, and sends a signal when the first progress is told.
fn stopped(scratch: &Scratch, signal: &str, arguments: &str) -> Ended {
    let long = "run small.toml --log json -o out --set duration=100d --set cell_types.tumour.cycle.rate=0/h";
    let mut command = scratch.command(&format!("{long} {arguments}"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut said: Vec<String> = Vec::new();
    for line in lines.by_ref() {
        said.push(line);
        if said[said.len() - 1].contains("\"progress\"") {
            break;
        }
    }
    let killed = Command::new("bash").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
    assert!(killed.success(), "the run had ended:\n{}", said.join("\n"));
    said.extend(lines);
    let output = child.wait_with_output().unwrap();
    Ended { stderr: said.join("\n"), ..Ended::from(output) }
}

#[track_caller]
fn is_complete(scratch: &Scratch, ended: &Ended) {
    ended.refused(
        75,
        &[
            "error: interrupted at",
            "what had been reported by then is in out",
            "hint: the same command goes on from there, and so does `texpop resume out`",
            "\"status\":\"interrupted\"",
        ],
    );
    let manifest = scratch.manifest("out");
    assert_eq!(manifest["status"], "interrupted");
    let files = scratch.files("out");
    let results: Vec<&String> =
        files.iter().filter(|it| !["checkpoint.safetensors", "journal.bin"].contains(&it.as_str())).collect();
    assert_eq!((manifest["files"].clone(), results.len() + 2), (serde_json::json!(results), files.len()));
    for name in ["overview.svg", "series.csv", "series.parquet"] {
        assert!(files.iter().any(|it| it == name), "no {name} in {files:?}");
    }
    assert!(!files.iter().any(|name| name.contains(".tmp")), "{files:?}");
    let ticks = manifest["ticks"].as_u64().unwrap();
    assert!(ticks > 0 && ticks < 100 * 24 * 6000, "{ticks} ticks");
    // A report each 12 min, the start included, and 100 ticks a minute.
    let rows = scratch.equal_series("out").join("\n");
    assert_eq!(values(&rows, "control", "tumour", "count").len() as u64, ticks / 1200 + 1);
}

#[test]
fn an_interrupted_run_is_readable() {
    let scratch = Scratch::new();
    let ended = stopped(&scratch, "INT", "--device cpu");
    is_complete(&scratch, &ended);
    // The same run, ended at a report before that, says the same until then.
    let minutes = 12 * (scratch.manifest("out")["ticks"].as_u64().unwrap() / 1200);
    assert!(minutes > 0, "too slow to compare anything");
    let arguments = format!("--set duration=100d --set cell_types.tumour.cycle.rate=0/h --until {minutes}min -o same");
    scratch.run(&format!("small.toml --device cpu {arguments}"));
    let (stopped, same) = (scratch.text("out/series.csv"), scratch.text("same/series.csv"));
    assert!(stopped.starts_with(&same), "the reports until {minutes} min differ");
}

#[test]
fn a_polite_kill_does_the_same_in_any_batch() {
    let scratch = Scratch::new();
    let ended = stopped(&scratch, "TERM", "--device cpu --batch-tissues 2");
    is_complete(&scratch, &ended);
}

#[test]
fn an_interrupted_run_on_the_shaders_is_readable() {
    if has_software() {
        let scratch = Scratch::new();
        let ended = stopped(&scratch, "INT", "--device software");
        is_complete(&scratch, &ended);
    }
}
