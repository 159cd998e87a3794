//! What changes the model stops an import, and is listed with its place and reason.

use crate::project::{CELLS, Project, RULES, SETTINGS};

/// The small project with something that is not carried over, and how it is said.
const LOST: &[(&str, &str, &str)] = &[
    (
        "<fusion_rate name=\"killer\">0<",
        "<fusion_rate name=\"killer\">0.1<",
        "cell_definition \"tumour\": phenotype/cell_interactions/fusion_rates/fusion_rate \"killer\": 0.1: cells do not fuse",
    ),
    ("<apoptotic_phagocytosis_rate>0<", "<apoptotic_phagocytosis_rate>0.5<", "0.5: cells do not phagocytose"),
    ("<attachment_rate>0<", "<attachment_rate>0.1<", "cells do not attach to each other by springs"),
    ("<net_export_rate>0<", "<net_export_rate>3<", "there is no export at a constant rate"),
    ("<damage_rate>0<", "<damage_rate>1<", "cells are damaged by attacks alone"),
    ("affinity name=\"killer\">1<", "affinity name=\"killer\">0.5<", "two types adhere with the geometric mean"),
    (
        "<calculate_gradients>",
        "<initial_condition type=\"csv\" enabled=\"true\"/><calculate_gradients>",
        "a field of initial",
    ),
    (
        "<custom_data>",
        "<initial_parameter_distributions enabled=\"true\"/><custom_data>",
        "cells of a type start alike",
    ),
    ("<custom_data>", "<phenotype2/><custom_data>", "phenotype2: texpop does not know this key"),
    (
        "<cycle code=\"5\" name=\"live\">",
        "<cycle code=\"5\" name=\"live\"><standard_asymmetric_division enabled=\"true\"><asymmetric_division_probability \
         name=\"killer\">0.5</asymmetric_division_probability></standard_asymmetric_division>",
        "0.5: both daughters are of the mother's type",
    ),
    (
        "<chemotaxis><enabled>true<",
        "<advanced_chemotaxis><enabled>true</enabled><chemotactic_sensitivities><chemotactic_sensitivity substrate=\"oxygen\">1\
         </chemotactic_sensitivity><chemotactic_sensitivity substrate=\"debris\">1</chemotactic_sensitivity>\
         </chemotactic_sensitivities></advanced_chemotaxis><chemotaxis><enabled>false<",
        "cells follow one gradient",
    ),
];

#[test]
fn what_is_lost_stops_an_import_unless_it_is_partial() {
    for (good, bad, part) in LOST {
        assert!(SETTINGS.contains(good), "{good}");
        let line = 1 + SETTINGS[..SETTINGS.find(good).unwrap()].matches('\n').count();
        let project = Project::with(&SETTINGS.replacen(good, bad, 1));
        let said = project.import(false).expect_err(bad);
        assert!(said.contains(part) && said.contains("--partial"), "{bad}: no {part} in\n{said}");
        let shown = said.lines().find(|it| it.contains(part)).unwrap();
        assert!(shown.contains(&format!("settings.xml:{line}: ")), "not line {line} in {shown}");
        assert!(!project.path("model.toml").exists() && !project.path("model_cells.csv").exists());
        project.import(true).unwrap_or_else(|said| panic!("{bad}: {said}"));
        assert!(project.read("model.toml").contains(part), "the scenario says what it lacks");
        project.plan();
    }
}

#[test]
fn rules_that_cannot_be_expressed_are_listed_and_left_out() {
    let project = Project::with(SETTINGS);
    let more = "tumour,oxygen,increases,phagocytose apoptotic cell,1,5,4,0\n\
                tumour,custom:energy,increases,apoptosis,0.02,5,4,0\n\
                killer,oxygen,increases,attack killer,-0.2,5,4,0\n";
    project.write("config/rules.csv", format!("{RULES}{more}"));
    let said = project.import(false).unwrap_err();
    for part in [
        "rules.csv:7: tumour: oxygen increases phagocytose apoptotic cell: texpop has no behaviour",
        "rules.csv:8: tumour: custom:energy increases apoptosis: texpop has no signal `custom:energy`",
        "rules.csv:9: killer: oxygen increases attack killer: saturation is -0.2",
    ] {
        assert!(said.contains(part), "no {part} in\n{said}");
    }
    project.import(true).unwrap();
    assert_eq!(project.table()["rules"].as_array().unwrap().len(), 5);
    project.plan();
}

#[test]
fn a_base_value_must_be_that_of_the_cell_definition() {
    let settings = SETTINGS.replace("version=\"3.0\"", "version=\"1\"");
    let project = Project::with(&settings);
    project.write("config/rules.csv", "tumour,oxygen,increases,apoptosis,0.00005,0.02,5,4,0\n");
    project.import(false).unwrap();
    let project = Project::with(&settings);
    project.write("config/rules.csv", "tumour,oxygen,increases,apoptosis,0.01,0.02,5,4,0\n");
    let said = project.import(false).unwrap_err();
    assert!(
        said.contains("the rule states a base value of 0.01, but that of the cell definition is 0.00005"),
        "{said}"
    );
}

#[test]
fn code_and_columns_of_cells_are_named() {
    let project = Project::with(SETTINGS);
    project.write("custom_modules/custom.cpp", "void setup_tissue( void )\n{ }\nvoid melt( Cell* c )\n{ c->die(); }\n");
    project.write("config/cells.csv", format!("{CELLS}900,0,0,tumour\n"));
    let said = project.import(false).unwrap_err();
    for part in
        ["custom.cpp: C++: it differs from the plain template", "functions of its own: melt", "cells.csv:5: cell: "]
    {
        assert!(said.contains(part), "no {part} in\n{said}");
    }
    project.write("config/cells.csv", "x,y,z,type,volume,cycle entry,custom:a\n1,2,0,tumour,900,,5\n");
    let said = project.import(true).unwrap();
    assert!(!said.contains("column volume"), "volumes are read: {said}");
    assert_eq!(
        std::fs::read_to_string(project.path("model_cells.csv")).unwrap(),
        "x,y,z,type,volume\n1,2,0,tumour,900\n"
    );
    assert!(said.contains("column custom:a: no rule reads it") && !said.contains("column cycle entry"), "{said}");
}

#[test]
fn what_has_no_effect_is_listed_and_stops_nothing() {
    let project = Project::with(SETTINGS);
    let said = project.import(false).unwrap();
    for part in [
        "Carried over with a difference:",
        "Not carried over, without effect on the model:",
        "settings.xml:24: parallel/omp_num_threads: texpop uses all cores, or a GPU",
        "phenotype/volume/fluid_change_rate: a cell has one volume",
        "custom_data/sample: no rule reads it",
    ] {
        assert!(said.contains(part), "no {part} in\n{said}");
    }
    assert!(!said.contains("which changes the model"), "{said}");
}
