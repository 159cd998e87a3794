//! Faults of substrates: each at its line, with a way out, and all at once.

use super::line_of;
use texpop::compile::build;
use texpop::scenario;

const GOOD: &str = include_str!("substrates.toml");

fn refusal(text: &str) -> String {
    let read = scenario::from_text("field.toml", text, &[]).and_then(|it| build(&it));
    let error = read.map(|_| ()).expect_err("a fault");
    assert_eq!(error.exit_code(), 2);
    error.to_string()
}

/// What to change, what it becomes, where in the changed text the fault is shown, part of the message, part of the hint.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

const FAULTS: &[Row] = &[
    // Names.
    (
        "tumour.substrates.oxygen",
        "tumour.substrates.oxigen",
        "tumour.substrates.oxigen",
        "unknown substrate `oxigen`",
        "did you mean `oxygen`?",
    ),
    ("follows = \"factor\"", "follows = \"fctor\"", "fctor", "unknown substrate `fctor`", "did you mean `factor`?"),
    ("follows = \"factor\"", "avoids = \"fctor\"", "fctor", "unknown substrate `fctor`", "did you mean `factor`?"),
    (
        "follows = \"factor\"",
        "follows = \"factor\", avoids = \"oxygen\"",
        "follows",
        "cells follow one gradient or avoid one",
        "leave follows or avoids out",
    ),
    (
        "[substrates.drug]",
        "[substrates.factor]\n[substrates.drug]",
        "[substrates.factor]\ndiffusion",
        "this is not TOML: duplicate key",
        "",
    ),
    ("[substrates.drug]", "[substrates.\"a,drug\"]", "a,drug", "cannot be the name of a substrate", "call it `a_drug`"),
    ("[substrates.drug]", "[substrates.volume]", "volume", "volume is the name of a signal of rules", "another name"),
    ("[substrates.drug]", "[substrates.x_um]", "x_um", "x_um is the name of a column of fields", "another name"),
    // Faces and boundaries.
    ("y_high = ", "z_low = ", "z_low", "unknown face `z_low`, expected one of x_low, x_high, y_low, y_high", ""),
    ("y_high = ", "y_hihg = ", "y_hihg", "unknown face `y_hihg`", "did you mean `y_high`?"),
    (
        "faces = {",
        "boundary_value = \"5 mM\"\nfaces = {",
        "[substrates.nutrient]",
        "either a boundary_value or faces",
        "faces = {",
    ),
    (
        "boundary_value = \"38 mmHg\" # of oxygen",
        "",
        "[substrates.oxygen]",
        "either a boundary_value or faces",
        "holds at all faces",
    ),
    ("boundary = \"fixed\"\nfaces", "faces", "faces", "faces have values only where boundary is \"fixed\"", "fixed"),
    (
        "boundary = \"fixed\"\nboundary_value",
        "boundary_value",
        "boundary_value = \"38",
        "this boundary has no value",
        "\"held\"",
    ),
    ("beyond = \"150 um\"", "", "[substrates.drug]", "beyond is where a held substrate begins", "go together"),
    ("decay = \"0.016 /min\"", "beyond = \"9 um\"", "[substrates.factor]", "beyond is where", "boundary = \"held\""),
    ("boundary_value = \"1 uM\"", "", "[substrates.drug]", "the boundary has no value", "such as"),
    ("boundary = \"held\"", "boundary = \"hold\"", "\"hold\"", "cannot be \"hold\"", "did you mean `held`?"),
    // Numbers and units.
    (
        "decay = \"0.016 /min\" # of the factor",
        "quasi_steady = true # of the factor",
        "quasi_steady = true # of the factor",
        "factor has no steady state: it is lost nowhere",
        "leave quasi_steady out",
    ),
    (
        "diffusion = \"1e5 um^2/min\"\ndecay = \"0.1 /min\"",
        "diffusion = \"0 um^2/min\"",
        "quasi_steady = true",
        "oxygen has no steady state: it is lost nowhere",
        "a boundary to which it can diffuse",
    ),
    (
        "[[place]]",
        "[[rules]]\ncell_type = \"t_cell\"\nsignal = \"pressure\"\neffect = \"increases\"\nbehaviour = \"oxygen secretion\"\n\
         saturation = \"1 /min\"\nhalf_maximum = 1\nhill_power = 2\n[[place]]",
        "[cell_types.t_cell]",
        "rules let t_cell secrete oxygen, but it has no target",
        "such as target = 1",
    ),
    (
        "initial = \"38 mmHg\"",
        "initial = \"38 nM\"",
        "boundary_value = \"38 mmHg\"",
        "oxygen is given in mmHg here, and in nM elsewhere",
        "one unit",
    ),
    (
        "decay = \"0.016 /min\"",
        "initial = \"1 nM\"",
        "target = 1",
        "factor is given without unit here, and in nM elsewhere",
        "one unit",
    ),
    ("y_high = \"2 mM\"", "y_high = 3", "3 }", "nutrient is given without unit here, and in nM elsewhere", "one unit"),
    ("target = 1", "", "tumour.substrates.factor", "need a target", "such as target = 1"),
    ("target = 1", "target = -1", "-1", "`cell_types.tumour.substrates.factor.target` is -1", "0 or more"),
    ("diffusion = \"500 um^2/min\"", "diffusion = \"500 um/min\"", "500 um/min", "is not a diffusion coefficient", ""),
    (
        "decay = \"0.1 /min\"",
        "decay = \"-0.1 /min\"",
        "-0.1",
        "`substrates.oxygen.decay` is \"-0.1 /min\"",
        "0 or more",
    ),
    ("uptake = \"10 /min\"", "dead_uptake = 1.5", "1.5", "dead_uptake` is 1.5", "between 0 and 1"),
    ("uptake = \"10 /min\"", "uptaek = \"1 /min\"", "uptaek", "unknown key `uptaek`", "did you mean `uptake`?"),
    // Grid and clock.
    (
        "substrates = \"0.1 min\"",
        "substrates = \"0.15 min\"",
        "0.15",
        "9 s, is not a multiple of the clock mechanics, 6 s",
        "whole number",
    ),
    (
        "voxel = \"20 um\"",
        "voxel = \"0.02 um\"",
        "0.02",
        "that makes 6.000e8 voxels; at most 268435456",
        "wider voxels",
    ),
    ("voxel = \"20 um\"", "voxel = \"0 um\"", "\"0 um\"", "`diffusion.voxel` is \"0 um\"", "more than 0"),
    ("cycles = 2", "cycles = 0", "cycles", "cycles is 0; it must be from 1 to 100", "4 will do"),
    ("cycles = 2", "cycles = 101", "cycles", "cycles is 101", "4 will do"),
];

/// A drug that comes in through a substrate, for the end of the scenario.
const DRUG: &str = r#"
[drugs.inhibitor]
half_life = "10 h"
substrate = "drug"

[[doses]]
drug = "inhibitor"
concentration = "2 uM"
at = "1 h"
"#;

const FAULTS_OF_DRUGS: &[Row] = &[
    ("substrate = \"drug\"", "substrate = \"drg\"", "drg", "unknown substrate `drg`", "did you mean `drug`?"),
    (
        "substrate = \"drug\"",
        "substrate = \"oxygen\"",
        "substrate = \"oxygen\"",
        "oxygen is measured in neither nM nor ng/mL, as a drug is",
        "boundary_value = \"0 nM\" in [substrates.oxygen]",
    ),
    (
        "boundary = \"held\"\nboundary_value = \"1 uM\"\nbeyond = \"150 um\"",
        "initial = \"1 uM\"",
        "substrate = \"drug\"",
        "a drug comes in at the boundary of drug, which lets nothing in",
        "set boundary = \"fixed\"",
    ),
    (
        "substrate = \"drug\"",
        "substrate = \"drug\"\n[[drugs.inhibitor.effects]]\ncell_type = \"tumour\"\nparameter = \"volume_relaxation\"\nemax = 1\nec50 = \"1 uM\"",
        "[[drugs.inhibitor.effects",
        "depends on the place, which effects do not see",
        "write [[rules]] with signal = \"drug\"",
    ),
    (
        "[[doses]]",
        "[drugs.other]\nsubstrate = \"drug\"\n[[doses]]",
        "substrate = \"drug\"\n[[doses]]",
        "inhibitor comes in through drug already",
        "a substrate of its own",
    ),
    ("concentration = \"2 uM\"", "concentration = \"2 mg/L\"", "2 mg/L", "masses and moles", "add molar_mass"),
];

#[test]
fn substrates_without_faults_are_planned() {
    let plan = scenario::from_text("field.toml", GOOD, &[]).and_then(|it| build(&it)).unwrap();
    let substrates = plan.substrates.unwrap();
    assert_eq!(substrates.grid.voxels, [30, 20, 1]);
    assert_eq!(substrates.list.iter().map(|it| it.kind.unit()).collect::<Vec<_>>(), ["nM", "", "nM", "mmHg"]);
}

/// What is wrong with the message for a row.
fn mistaken(good: &str, (from, to, place, message, hint): &Row) -> Option<String> {
    assert!(good.contains(from), "no {from}");
    let text = good.replacen(from, to, 1);
    let said = refusal(&text);
    // Where something is missing, its table is shown.
    let at = format!("field.toml:{}:", line_of(&text, place));
    let missing: Vec<&str> =
        [*message, *hint, at.as_str(), "field.toml: 1 fault"].into_iter().filter(|part| !said.contains(part)).collect();
    if missing.is_empty() { None } else { Some(format!("{to}: no {missing:?} in\n{said}")) }
}

#[test]
fn each_fault_is_shown_at_its_line_with_a_way_out() {
    let with_drug = format!("{GOOD}{DRUG}");
    scenario::from_text("field.toml", &with_drug, &[]).and_then(|it| build(&it)).unwrap();
    let of_drugs = FAULTS_OF_DRUGS.iter().filter_map(|row| mistaken(&with_drug, row));
    let mistakes: Vec<String> = FAULTS.iter().filter_map(|row| mistaken(GOOD, row)).chain(of_drugs).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n\n"));
}

#[test]
fn all_faults_are_told_at_once() {
    let mut text = GOOD.to_owned();
    let chosen = ["oxigen", "fctor", "z_low = ", "-0.1 /min", "0.15 min", "0.02 um"];
    // Faults of reading come before those of planning.
    let chosen =
        |row: &&Row| chosen.iter().any(|it| row.1.contains(it)) && !row.1.contains("avoids") && !row.1.contains("-0.1");
    let rows: Vec<&Row> = FAULTS.iter().filter(chosen).collect();
    rows.iter().for_each(|row| text = text.replacen(row.0, row.1, 1));
    let said = refusal(&text);
    for (_, _, place, message, hint) in &rows {
        let at = format!("field.toml:{}:", line_of(&text, place));
        assert!(said.contains(message) && said.contains(hint) && said.contains(&at), "{message}\n{said}");
    }
    assert!(rows.len() == 5 && said.ends_with("field.toml: 5 faults"), "{said}");
}

#[test]
fn substrates_need_room_to_diffuse_and_diffusion_substrates() {
    let substrate = "[substrates.oxygen]\ndiffusion = \"1e5 um^2/min\"\n";
    let cells = "[cell_types.tumour]\nvolume = \"1 pL\"\n";
    let culture = "duration = \"1 h\"\npreset = \"coarse\"\n[domain]\ngeometry = \"culture\"\nvolume = \"1 uL\"\n";
    let layer =
        "duration = \"1 h\"\npreset = \"coarse\"\n[domain]\ngeometry = \"layer\"\nsize = [\"1 mm\", \"1 mm\"]\n";
    let follows = "motility = { speed = \"1 um/min\", follows = \"oxygen\" }\n";
    let takes_up = "substrates.oxygen = { uptake = \"1 /min\" }\n";
    let many: String = (0..33).map(|i| format!("[substrates.s{i}]\ndiffusion = \"1 um^2/min\"\n")).collect();
    for (text, place, message, hint) in [
        (format!("{culture}{substrate}{cells}"), "[substrates", "a culture is stirred", "in a tissue or a layer"),
        (
            format!("{layer}[diffusion]\ncycles = 2\n{cells}"),
            "[diffusion]",
            "there are no substrates",
            "[substrates.NAME]",
        ),
        (format!("{layer}{cells}{follows}"), "follows", "there is no substrate `oxygen`", "add [substrates.oxygen]"),
        (format!("{layer}{cells}{takes_up}"), "uptake", "there is no substrate `oxygen`", "add [substrates.oxygen]"),
        (format!("{layer}{many}{cells}"), "[substrates.s0]", "there are 33 substrates; at most 32", ""),
    ] {
        let said = refusal(&text);
        let parts = [message, hint, &format!("field.toml:{}:", line_of(&text, place)), "field.toml: 1 fault"];
        let missing: Vec<&str> = parts.into_iter().filter(|part| !said.contains(part)).collect();
        assert!(missing.is_empty(), "no {missing:?} in\n{said}");
    }
}
