//! Faults of single values, and of values that do not fit together, told at once.

use super::GOOD;
use texpop::compile::{build, faults};
use texpop::scenario;

/// The message of a text with some parts replaced.
fn said(changes: &[(&str, &str)]) -> String {
    let mut text = GOOD.to_owned();
    for (good, bad) in changes {
        assert!(text.contains(good), "no {good}");
        text = text.replacen(good, bad, 1);
    }
    let read = scenario::from_text_with("assay.toml", &text, &[], &faults);
    read.and_then(|it| build(&it)).expect_err("a fault").to_string()
}

const UNIT: (&str, &str) = ("speed = \"8 um/min\"", "speed = \"8 um\"");
const TWO_LAWS: (&str, &str) =
    ("[cell_types.t_cell.damage]", "[cell_types.t_cell.hits]\nlethal = 2\n[cell_types.t_cell.damage]");
const CLOCK: (&str, &str) = ("cycle = \"6 min\"", "cycle = \"6.05 min\"");

#[test]
fn both_kinds_come_together() {
    let told = said(&[UNIT, TWO_LAWS, CLOCK]);
    for part in ["`8 um` is not a speed", "two laws of the same death", "clock cycle", "assay.toml: 3 faults"] {
        assert!(told.contains(part), "no {part} in\n{told}");
    }
}

/// A default stands for what could not be read: what would be said of its table is not said.
#[test]
fn nothing_is_said_of_what_could_not_be_read() {
    let told = said(&[("cycle = \"6 min\"", "cycle = \"6 mins\"\ncontacts = \"7 s\""), UNIT]);
    assert!(told.contains("unknown unit `mins`") && told.contains("assay.toml: 2 faults"), "{told}");
    // Without its volume a cell type is gone, and with it what others say of it.
    let told = said(&[("volume = \"200 um^3\"", ""), CLOCK]);
    assert!(told.contains("`volume` is missing") && told.contains("assay.toml: 1 fault"), "{told}");
}
