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
