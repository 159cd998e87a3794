//! A closed terminal, a lost connection and a reader that goes away: the run checkpoints or finishes, and loses nothing.

use super::program::{Ended, Scratch};
use super::resume::are_equal;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// With a checkpoint at each step.
const RUN: &str = "run small.toml --device cpu --checkpoint-every 0s -o out --set duration=3h";

/// A folder with a run that was left alone in `whole`.
fn with_whole() -> Scratch {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o whole --set duration=3h");
    scratch
}

/// The program by way of another, such as `nohup`, which becomes it.
fn through(scratch: &Scratch, other: &str) -> Command {
    let mut words = other.split_whitespace();
    let mut command = Command::new(words.next().unwrap());
    let path = scratch.path("");
    command.current_dir(path).args(words).arg(env!("CARGO_BIN_EXE_texpop")).args(RUN.split_whitespace());
    command
}

fn wait_for_checkpoint(scratch: &Scratch) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !scratch.path("out/checkpoint.safetensors").exists() {
        assert!(Instant::now() < deadline, "no checkpoint");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Hangs up once the run is under way.
fn hung_up(scratch: &Scratch, child: Child) -> Ended {
    wait_for_checkpoint(scratch);
    let sent = Command::new("bash").args(["-c", &format!("kill -HUP {}", child.id())]).status().unwrap();
    assert!(sent.success());
    Ended::from(child.wait_with_output().unwrap())
}

fn resumes(scratch: &Scratch) {
    assert_eq!(scratch.manifest("out")["status"], "interrupted");
    let ended = scratch.texpop("resume out");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    are_equal(scratch, "whole", "out");
}

#[test]
fn a_hang_up_checkpoints_and_the_run_resumes() {
    let scratch = with_whole();
    // Whatever the shell of the test ignores.
    let mut command = through(&scratch, "env --default-signal=HUP");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    hung_up(&scratch, child).refused(75, &["error: interrupted at", "texpop resume out"]);
    resumes(&scratch);
}

#[test]
fn nohup_keeps_a_run_going() {
    let scratch = with_whole();
    let child = through(&scratch, "nohup").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let ended = hung_up(&scratch, child);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    are_equal(&scratch, "whole", "out");
}

#[test]
fn output_that_no_one_reads_is_dropped() {
    let scratch = with_whole();
    for script in [
        "$TEXPOP RUN --log json 2>&1 | head -c 1 > first; exit ${PIPESTATUS[0]}",
        "$TEXPOP RUN --log text 2> >(exec 0<&-; sleep 1) | true; exit ${PIPESTATUS[0]}",
        "$TEXPOP RUN >&- 2>&-",
    ] {
        let ended = scratch.bash(&script.replace("RUN", RUN));
        assert_eq!(ended.code, Some(0), "{script}: {}", ended.stderr);
        are_equal(&scratch, "whole", "out");
        std::fs::remove_dir_all(scratch.path("out")).unwrap();
    }
    // What is wrong with a run is still told by its exit code.
    let ended = scratch.bash("$TEXPOP run missing.toml 2>&1 | true; exit ${PIPESTATUS[0]}");
    assert_eq!(ended.code, Some(2));
}

/// Both ends of a new terminal.
#[cfg(target_os = "linux")]
fn terminal() -> [std::os::fd::OwnedFd; 2] {
    use std::os::fd::{FromRawFd, OwnedFd};
    use std::ptr::{null, null_mut};
    let (mut main, mut other) = (0, 0);
    // SAFETY: the two places outlive the call, and the rest may be left out.
    let opened = unsafe { libc::openpty(&raw mut main, &raw mut other, null_mut(), null(), null()) };
    assert_eq!(opened, 0, "no terminal");
    // SAFETY: both were just opened, and nothing else owns them.
    [main, other].map(|it| unsafe { OwnedFd::from_raw_fd(it) })
}

#[test]
#[cfg(target_os = "linux")]
fn a_run_outlives_its_terminal() {
    use std::os::fd::AsRawFd;
    use std::os::unix::process::CommandExt;
    let scratch = with_whole();
    let [main, other] = terminal();
    let duplicate = || Stdio::from(other.try_clone().unwrap());
    let main_number = main.as_raw_fd();
    let mut command = through(&scratch, "env --default-signal=HUP");
    command.stdin(duplicate()).stdout(duplicate()).stderr(duplicate());
    // SAFETY: the calls are safe between fork and exec. The terminal becomes that of the program, which does not keep the
    // other end open.
    unsafe {
        command.pre_exec(move || {
            libc::close(main_number);
            let is_own = libc::setsid() >= 0 && libc::ioctl(0, libc::TIOCSCTTY, 0) == 0;
            if is_own { Ok(()) } else { Err(std::io::Error::last_os_error()) }
        });
    }
    let mut child = command.spawn().unwrap();
    drop((command, other));
    wait_for_checkpoint(&scratch);
    drop(main);
    assert_eq!(child.wait().unwrap().code(), Some(75));
    resumes(&scratch);
}
