//! Projects that cannot be read, and files that could do harm.

use crate::project::{Project, RULES, SETTINGS};

#[test]
fn all_faults_come_together_with_file_and_line() {
    let settings = SETTINGS
        .replace("<dx>20<", "<dx>wide<")
        .replace("<speed>4<", "<speed>-4<")
        .replace("<substrate>debris<", "<substrate>debri<")
        .replace("<filename>cells.csv<", "<filename>nothing.csv<");
    let project = Project::with(&settings);
    project.write("config/rules.csv", RULES.replace("increases,apoptosis", "raises,apoptosis"));
    let said = project.import(true).unwrap_err();
    for part in [
        "settings.xml:14: domain/dx holds `wide`, which is not a number",
        "phenotype/motility/speed is -4; it must be 0 or more",
        "the substrate `debri` is not known",
        "there is no file `config/nothing.csv`",
        "rules.csv:4: column increases/decreases holds `raises`",
    ] {
        assert!(said.contains(part), "no {part} in\n{said}");
    }
    assert!(!project.path("model.toml").exists());
}

#[test]
fn settings_that_cannot_be_used_are_refused() {
    for (good, bad, part) in [
        (
            "code=\"5\" name=\"live\"",
            "code=\"9\" name=\"odd\"",
            "the cycle model `9 odd` is unknown; known are 0 (Ki67_advanced)",
        ),
        ("<x_max>100<", "<x_max>-200<", "the domain must have a width"),
        ("<max_time units=\"min\">720</max_time>", "", "there is no overall/max_time"),
        ("version=\"3.0\"", "version=\"4\"", "versions 1, 2 and 3"),
        ("type=\"csv\" enabled", "type=\"matlab\" enabled", "cells of the type `matlab` are not read"),
        ("name=\"killer\" ID=\"1\"", "name=\"tumour\" ID=\"1\"", "a second cell definition `tumour`"),
        ("<filename>cells.csv<", "<filename>../../secret.csv<", "lies outside of the project"),
        (
            "<folder>./config</folder><filename>cells",
            "<folder>/etc</folder><filename>cells",
            "lies outside of the project",
        ),
        ("<PhysiCell_settings version", "<!DOCTYPE a [<!ENTITY b \"c\">]><PhysiCell_settings version", "document type"),
        ("<PhysiCell_settings version=\"1.14.0\">", "<PhysiCell_settings>&b;", "this is not XML"),
        ("</cell_definitions>", "", "this is not XML"),
    ] {
        assert!(SETTINGS.contains(good), "{good}");
        let said = Project::with(&SETTINGS.replace(good, bad)).import(true).expect_err(bad);
        assert!(said.contains(part), "{bad}: no {part} in\n{said}");
    }
    let project = Project::with("");
    std::fs::remove_file(project.path("config/settings.xml")).unwrap();
    assert!(project.import(true).unwrap_err().contains("could not read"));
}

#[test]
fn no_damage_to_a_file_brings_the_program_down() {
    // Each text that holds something is emptied, made huge or negative, or taken away with its element.
    let texts: Vec<&str> =
        SETTINGS.split('>').filter_map(|it| it.split_once('<').map(|(text, _)| text.trim())).collect();
    let mut texts: Vec<&str> = texts.into_iter().filter(|it| !it.is_empty()).collect();
    texts.sort_unstable();
    texts.dedup();
    for text in texts {
        for other in ["", "1e300", "-1", "0", "nan", "\u{1F9EC} \\ \" '"] {
            let changed = SETTINGS.replacen(&format!(">{text}<"), &format!(">{other}<"), 1);
            // Said or done, but not brought down.
            let _ = Project::with(&changed).import(true);
        }
    }
    for length in (0..SETTINGS.len()).step_by(97) {
        let _ = Project::with(&SETTINGS[..length]).import(true);
    }
}
