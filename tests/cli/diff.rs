//! `texpop diff`: equal runs are equal, and others differ from a time on.

use super::program::Scratch;

#[test]
fn equal_runs_are_equal() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o a");
    scratch.run("small.toml --device cpu -o b --batch-tissues 4");
    let ended = scratch.texpop("diff a b");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(
        ended.stdout.starts_with("a and b are equal: ") && ended.stdout.contains("2 snapshots"),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_later_removal_shows_where_runs_part() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o a");
    scratch.run("small.toml --device cpu -o b --set remove_cells.0.fraction=0.5");
    // T cells are removed at 48 min, and reports come every 12 min.
    scratch.texpop("diff a b").refused(
        1,
        &[
            "a and b differ",
            "series: at 1 h, arm car_t",
            "effector_target_ratio: 0 against",
            "cells: at 1.00h, arm car_t",
        ],
    );
}

#[test]
fn another_seed_shows_the_first_cell_and_column() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o a --until 12min");
    scratch.run("small.toml --device cpu -o b --until 12min --set seed=8");
    scratch
        .texpop("diff a b")
        .refused(1, &["series: at 0 h, arm car_t, replicate 1, tumour.", "cells: at 0.00h, arm control, replicate 1"]);
    scratch.texpop("diff a nowhere").refused(2, &["nowhere", "cannot be read", "texpop run"]);
}
