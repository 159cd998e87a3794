//! What can be carried over has the right value, with its source beside it.

use crate::project::{Project, SETTINGS, at};
use texpop::cells::placement::initial;
use texpop::plan::rules::signals::Code;

/// The number before the unit of a quantity.
fn number(value: &toml::Value) -> f64 {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn a_project_becomes_a_scenario_that_checks_and_runs() {
    let project = Project::with(SETTINGS);
    let (code, said, errors) = project.texpop("import config/settings.xml -o model.toml");
    assert_eq!(code, Some(0), "{errors}");
    assert!(said.ends_with("Wrote model.toml and model_cells.csv.\n"), "{said}");
    let (code, _, errors) = project.texpop("check model.toml --device cpu");
    assert_eq!(code, Some(0), "{errors}");
    let (code, _, errors) = project.texpop("run model.toml --device cpu --until 30min");
    assert_eq!(code, Some(0), "{errors}");
    let (code, _, errors) = project.texpop("import config/settings.xml -o model.toml");
    assert_eq!(code, Some(2));
    assert!(errors.contains("model.toml is there already") && errors.contains("--force"), "{errors}");
    assert_eq!(project.texpop("import config/settings.xml -o model.toml --force").0, Some(0));
}

#[test]
fn values_have_their_source_beside_them() {
    let project = Project::with(SETTINGS);
    project.import(false).unwrap();
    let text = project.read("model.toml");
    for (part, source) in [
        ("duration = \"720 min\"", "overall/max_time (line 18)"),
        ("seed = 17", "options/random_seed (line 26)"),
        ("volume = \"2000 um^3\"", "cell_definition \"tumour\": phenotype/volume/total"),
        ("volume = \"500 um^3\"", "cell_definition \"killer\": phenotype/volume/total"),
        ("uptake = \"10 /min\"", "phenotype/secretion/substrate \"oxygen\"/uptake_rate"),
        ("diffusion = \"100000 um^2/min\"", "variable \"oxygen\": physical_parameter_set/diffusion_coefficient"),
    ] {
        let line = text.lines().find(|line| line.starts_with(part)).unwrap_or_else(|| panic!("no {part} in\n{text}"));
        assert!(line.contains(source), "{line}");
    }
}

#[test]
fn quantities_are_those_of_the_project() {
    let project = Project::with(SETTINGS);
    project.import(false).unwrap();
    let table = project.table();
    for (path, expected) in [
        ("clocks.mechanics", 0.1),
        ("clocks.cycle", 6.0),
        ("diffusion.voxel", 20.0),
        ("substrates.oxygen.initial", 38.0),
        ("substrates.oxygen.faces.x_low", 30.0),
        ("substrates.oxygen.faces.x_high", 38.0),
        ("substrates.oxygen.faces.y_low", 38.0),
        ("cell_types.tumour.cycle.rate", 0.0005),
        ("cell_types.tumour.volume_relaxation", 0.0048),
        ("cell_types.tumour.apoptosis.duration", 516.0),
        ("cell_types.tumour.apoptosis.volume_relaxation", 0.05),
        ("cell_types.tumour.necrosis.duration", 86400.0),
        ("cell_types.tumour.necrosis.volume_fraction", 2.0),
        ("cell_types.tumour.damage.half_life", 69.314718),
        ("cell_types.tumour.substrates.oxygen.dead_uptake", 0.1),
        ("cell_types.tumour.substrates.debris.dead_secretion", 1.0),
        ("cell_types.killer.motility.speed", 4.0),
        ("cell_types.killer.transitions.tumour", 0.001),
        ("interactions.0.attachment_rate", 0.2),
        ("interactions.0.contact_reach", 1.25),
        ("interactions.0.hit_rate", 1.5),
        // ln(1 + 0.1/15)/0.1: 150 steps of 0.1 min in the mean.
        ("interactions.0.detachment_rate", 0.06644542719),
        ("statistics.every", 60.0),
    ] {
        let got = number(at(&table, path));
        assert!((got - expected).abs() <= 1e-6 * expected, "{path} is {got}, not {expected}");
    }
    // Half of it random, in a plane: the mean of cos(θ/2).
    let bias = number(at(&table, "cell_types.killer.motility.bias"));
    assert!((bias - std::f64::consts::FRAC_2_PI).abs() < 1e-4, "{bias}");
    assert_eq!(at(&table, "cell_types.killer.motility.avoids").as_str(), Some("debris"));
    let faces = at(&table, "substrates.oxygen.faces").as_table().unwrap();
    assert_eq!(faces.len(), 3, "a face that is switched off, and those of z: {faces:?}");
    assert!(table["substrates"]["debris"].get("boundary").is_none());
    assert!(table["cell_types"]["tumour"].get("motility").is_none(), "it is switched off");
    assert_eq!(table["interactions"].as_array().unwrap().len(), 1);
}

#[test]
fn cells_have_the_volume_of_their_type_and_divide_into_halves() {
    let project = Project::with(SETTINGS);
    project.import(false).unwrap();
    let plan = project.plan();
    let cells = initial(&plan, 0, 0, 0);
    let mut found: Vec<(f32, f32, f32)> = cells.position.iter().map(|it| (it[0], it[1], it[3])).collect();
    found.sort_by(|a, b| a.partial_cmp(b).unwrap());
    assert_eq!(found, [(-30.0, 40.0, 500.0), (10.0, 20.0, 2000.0), (15.0, -25.0, 2000.0)]);
    let phases = &plan.arms[0].parameters.phases;
    assert!(phases.iter().all(|it| it.grows == 0 && it.divides == 1 && it.stages == 1), "{phases:?}");
}

#[test]
fn rules_keep_their_numbers() {
    let project = Project::with(SETTINGS);
    project.import(false).unwrap();
    let plan = project.plan();
    let parameters = &plan.arms[0].parameters;
    // Types are in the order of the project.
    let [tumour, killer] = &parameters.rules.behaviours[..] else { panic!() };
    assert_eq!((killer.len(), tumour.len()), (1, 3));
    let entry = &tumour[0];
    assert_eq!((entry.up_saturation, entry.down_saturation, entry.rules.len()), (0.003, 0.0, 2));
    assert!((entry.rules[1].middle - 0.027_288_82).abs() < 1e-7, "a pressure of 1 in PhysiCell's measure");
    assert_eq!(entry.rules[0].signal, Code::Level as u32);
    assert_eq!((tumour[2].rules[0].applies_to_dead, tumour[2].rules[0].signal), (1, Code::Dead as u32));
    assert_eq!(
        killer[0].word,
        parameters.pair_word(1, 0, texpop::word!(texpop::plan::PairParameters, attachment_per_min))
    );
}

#[test]
fn cycles_of_several_phases_grow_until_they_divide() {
    let live = "<cycle code=\"5\" name=\"live\">\n          <phase_transition_rates units=\"1/min\"><rate start_index=\"0\" \
                end_index=\"0\" fixed_duration=\"false\">0.0005</rate></phase_transition_rates>";
    assert!(SETTINGS.contains(live));
    for (cycle, expected) in [
        (
            "<cycle code=\"6\"><phase_durations><duration index=\"0\">300</duration><duration index=\"1\" \
             fixed_duration=\"true\">480</duration><duration index=\"2\">240</duration><duration index=\"3\">60</duration>\
             </phase_durations>",
            vec![(300.0, 1, 0, 0), (480.0, 0, 1, 0), (240.0, 1, 1, 0), (60.0, 1, 1, 1)],
        ),
        (
            "<cycle name=\"Ki67_advanced\"><transition_rates><rate start_index=\"0\" end_index=\"1\">0.005</rate>\
             <rate start_index=\"1\" end_index=\"2\" fixed_duration=\"true\">0.002</rate>\
             <rate start_index=\"2\" end_index=\"0\" fixed_duration=\"true\">0.01</rate></transition_rates>",
            vec![(200.0, 1, 0, 0), (500.0, 0, 1, 1), (100.0, 0, 0, 0)],
        ),
    ] {
        let project = Project::with(&SETTINGS.replace(live, cycle).replace(" parent_type=\"tumour\"", ""));
        project.import(false).unwrap();
        let plan = project.plan();
        let parameters = &plan.arms[0].parameters;
        let own = parameters.types[0];
        let phases = &parameters.phases[own.first_phase as usize..][..own.phase_count as usize];
        let got: Vec<_> =
            phases.iter().map(|it| ((1.0 / it.exit_per_min).round(), it.stages, it.grows, it.divides)).collect();
        assert_eq!(got, expected, "{cycle}");
    }
}

#[test]
fn other_coordinates_and_numbers_for_types_are_translated() {
    let moved = SETTINGS.replace("<x_min>-100</x_min><x_max>100</x_max>", "<x_min>0</x_min><x_max>200</x_max>");
    let project = Project::with(&moved);
    project.write("config/cells.csv", "110,20,0,0\n70,40,0,1\n");
    let said = project.import(false).unwrap();
    assert_eq!(project.read("model_cells.csv"), "x,y,z,type\n10,20,0,tumour\n-30,40,0,killer\n");
    assert!(said.contains("coordinates are counted from the middle of the domain, which was at (100, 0)"), "{said}");
}

#[test]
fn cells_may_be_placed_by_their_number() {
    let numbers = SETTINGS
        .replace("\"int\">0</number_of_cells>", "\"int\">25</number_of_cells>")
        .replace("<cell_positions type=\"csv\" enabled=\"true\">", "<cell_positions type=\"csv\" enabled=\"false\">");
    let project = Project::with(&numbers);
    project.import(false).unwrap();
    assert_eq!(initial(&project.plan(), 0, 0, 0).position.len(), 50);
}

#[test]
fn secretion_toward_nothing_is_uptake() {
    let settings = SETTINGS.replace(
        "<secretion_rate>0</secretion_rate><secretion_target>38</secretion_target>",
        "<secretion_rate>2</secretion_rate>",
    );
    let project = Project::with(&settings);
    project.import(false).unwrap();
    let table = project.table();
    assert_eq!(number(at(&table, "cell_types.tumour.substrates.oxygen.uptake")), 12.0);
    project.plan();
}
