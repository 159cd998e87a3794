//! `--memory-limit`: what does not fit runs in several batches, with the same numbers.

use super::program::{Scratch, has_software};

const CELLS: &str = "--set place.0.count=1000 --until 12min";

#[test]
fn less_memory_changes_no_number() {
    let scratch = Scratch::new();
    let devices = if has_software() { vec!["cpu", "software"] } else { vec!["cpu"] };
    for device in devices {
        scratch.run(&format!("small.toml {CELLS} --device {device} --force -o a"));
        scratch.run(&format!("small.toml {CELLS} --device {device} --force -o b --memory-limit 640KiB"));
        let checked = scratch.texpop(
            &format!("check small.toml {CELLS} --device {device} --memory-limit 640KiB").replace("--until 12min", ""),
        );
        assert!(!checked.stdout.contains("in 1 batch"), "{}", checked.stdout);
        let ended = scratch.texpop("diff a b");
        assert_eq!(ended.code, Some(0), "{device}: {}", ended.stderr);
    }
}

#[test]
fn too_little_memory_is_refused_with_a_way_out() {
    let scratch = Scratch::new();
    let run = "run small.toml --device cpu -o a --memory-limit";
    scratch.texpop(&format!("{run} 4KiB")).refused(2, &["arm control: one tissue needs room for", "place fewer cells"]);
    let odd = scratch.texpop(&format!("{run} 4"));
    assert_eq!(odd.code, Some(2));
    assert!(odd.stderr.contains("KiB, MiB, GiB"), "{}", odd.stderr);
}

/// Tumours that become more than there is room for while they grow.
const GROWING: &str = r#"
duration = "3 h"
seed = 3
replicates = 4

[domain]
geometry = "culture"
volume = "1 mL"

[cell_types.tumour]
volume = "1000 um^3"
cycle.model = "live"
cycle.rate = "1.2 /h"

[[place]]
cell_type = "tumour"
count = 300

[statistics]
every = "1 h"

[snapshots]
at = ["1 h", "3 h"]
"#;

#[test]
fn tissues_that_outgrow_the_device_go_on_in_smaller_batches() {
    if !has_software() {
        return;
    }
    let scratch = Scratch::new();
    scratch.write("growing.toml", GROWING);
    scratch.run("growing.toml --device software -o whole");
    let parted =
        scratch.run("growing.toml --device software -o parted --memory-limit 4MiB --checkpoint-simulated 30min");
    for part in ["--memory-limit allows 4.0 MiB", "; batches of at most 2 tissues are tried instead of 4"] {
        assert!(parted.stderr.contains(part), "no {part} in {}", parted.stderr);
    }
    let ended = scratch.texpop("diff whole parted");
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    assert_eq!(scratch.files("whole"), scratch.files("parted"));

    // One that has no room alone ends, and goes on where there is some.
    let run = "run growing.toml --device software -o alone --memory-limit 1MiB --checkpoint-simulated 30min";
    scratch.texpop(run).refused(3, &["--memory-limit allows 1.0 MiB", "the last checkpoint in alone is whole"]);
    let ended = scratch.texpop("resume alone --device cpu");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let ended = scratch.texpop("diff whole alone");
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
}
