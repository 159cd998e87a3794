//! A run that is killed at any moment, also while it writes, goes on to the same files, byte for byte.
//!
//! `TEXPOP_TEST_KILLS=200` kills so many times on each kind of device, instead of a few dozen times.

use super::program::{SMALL, Scratch, has_software};
use super::resume::are_equal;
use std::process::Stdio;
use std::time::{Duration, Instant};

pub const EVERYTHING: &str = include_str!("../resume/everything.toml");

fn kills(few: u32) -> u32 {
    std::env::var("TEXPOP_TEST_KILLS").ok().map_or(few, |it| it.parse().expect("a number of kills"))
}

/// Numbers from 0 to 1 that differ from run to run only if asked to (Marsaglia, J Stat Softw 2003, 8:14).
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Kills runs with checkpoints at every step until it was done so many times, and compares each with a run that was left
/// alone.
fn survives(scratch: &Scratch, command: &str, kills: u32) {
    let whole = scratch.texpop(&format!("{command} -o whole"));
    assert_eq!(whole.code, Some(0), "{}", whole.stderr);
    let killed = format!("{command} --checkpoint-every 0s -o killed");
    let started = Instant::now();
    scratch.texpop(&killed.replace("-o killed", "-o unkilled"));
    let span = started.elapsed();
    are_equal(scratch, "whole", "unkilled");
    let (mut moments, mut done) = (Moments(0x9E37_79B9_7F4A_7C15), 0);
    while done < kills {
        let ended = loop {
            let mut child = scratch.command(&killed).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
            let moment = Instant::now() + span.mul_f64(moments.next());
            // What has ended cannot be killed, and is not waited for.
            while Instant::now() < moment && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_millis(1));
            }
            // SIGKILL, for which nothing can be prepared.
            child.kill().unwrap();
            let output = child.wait_with_output().unwrap();
            if output.status.code().is_some() {
                break output;
            }
            done += 1;
        };
        let said = String::from_utf8_lossy(&ended.stderr);
        // A run that was killed once all was there need not go on, and is not written over.
        let is_done = ended.status.success() || said.contains("is not empty");
        assert!(is_done, "{said}");
        let settled = scratch.texpop("resume killed");
        assert_eq!(settled.code, Some(0), "{}", settled.stderr);
        are_equal(scratch, "whole", "killed");
        std::fs::remove_dir_all(scratch.path("killed")).unwrap();
    }
    println!("{done} kills survived: {command}");
}

fn with_everything() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("everything.toml", EVERYTHING);
    scratch
}

#[test]
fn twins_survive_kills() {
    survives(&with_everything(), "run everything.toml --device cpu", kills(16));
}

#[test]
fn batches_survive_kills() {
    survives(&with_everything(), "run everything.toml --device cpu --batch-tissues 3", kills(8));
}

#[test]
fn branches_survive_kills() {
    let scratch = with_everything();
    scratch.run("everything.toml --device cpu -o trunk");
    let command = "branch trunk everything.toml --at 23min --arm treated --device cpu --batch-tissues 3";
    survives(&scratch, command, kills(4));
}

/// Which tissues the later rounds have depends on what came of the first.
#[test]
fn rounds_survive_kills() {
    let scratch = Scratch::new();
    let (small, _) = SMALL.split_once("[snapshots]").unwrap();
    let study = "[study.outcomes.tumour_cells]\nstatistic = \"tumour.live_count\"\nbetter = \"low\"\n";
    let rounds = "[study.rounds]\nat_most = 6\nhalf_width = 0.01\n";
    scratch.write("rounds.toml", format!("{small}{study}{rounds}"));
    survives(&scratch, "run rounds.toml --device cpu --batch-tissues 3", kills(4));
    assert!(scratch.text("whole/rounds.csv").lines().count() > 4, "there was one round alone");
}

#[test]
fn shaders_survive_kills() {
    if has_software() {
        survives(&Scratch::new(), "run small.toml --device software --until 30min", kills(3));
    }
}

/// Where no folder is named, the same command finds the run that was stopped, and a run after it takes another.
#[test]
fn the_same_command_finds_what_was_stopped() {
    let scratch = Scratch::new();
    let command = "run small.toml --device cpu --checkpoint-every 0s";
    let mut child = scratch.command(command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !scratch.path("runs/small/checkpoint.safetensors").exists() {
        assert!(Instant::now() < deadline, "no checkpoint");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let ended = scratch.texpop(command);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!scratch.path("runs/small-2").exists());
    scratch.run("small.toml --device cpu");
    are_equal(&scratch, "runs/small", "runs/small-2");
}
