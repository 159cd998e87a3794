//! Faults of a scenario: each is shown with file and line, what is allowed, and a way out.

#[path = "bad_input/substrates.rs"]
mod substrates;
#[path = "bad_input/together.rs"]
mod together;
#[path = "bad_input/treatments.rs"]
mod treatments;

use proptest::prelude::*;
use texpop::compile::faults;
use texpop::scenario::{self, Faults, Scenario};

/// A scenario without faults; each case changes one line of it.
const GOOD: &str = include_str!("bad_input/assay.toml");

fn read(text: &str, overrides: &[&str]) -> Result<Scenario, String> {
    let overrides: Vec<String> = overrides.iter().map(|it| it.to_string()).collect();
    // As the program reads it: with what does not fit together in the rest.
    scenario::from_text_with("assay.toml", text, &overrides, &faults).map_err(|error| {
        assert_eq!(error.exit_code(), 2);
        error.to_string()
    })
}

/// Line of the first place of `part`, from 1.
fn line_of(text: &str, part: &str) -> usize {
    1 + text[..text.find(part).unwrap_or_else(|| panic!("no {part}"))].matches('\n').count()
}

/// Line to change, what it becomes, part of the message, part of the hint.
const FAULTS: &[(&str, &str, &str, &str)] = &[
    // A misspelt key in every section.
    ("title = ", "titel = ", "unknown key `titel`", "did you mean `title`?"),
    ("[clocks]", "[clokcs]", "unknown key `clokcs`", "did you mean `clocks`?"),
    ("cycle = \"6 min\"", "cylce = \"6 min\"", "unknown key `cylce`", "did you mean `cycle`?"),
    ("boundary = ", "bundary = ", "unknown key `bundary`", "did you mean `boundary`?"),
    ("geometry = ", "geometri = ", "unknown key `geometri`", "did you mean `geometry`?"),
    ("iterations = ", "iteration = ", "unknown key `iteration`", "did you mean `iterations`?"),
    ("attachment_sites", "atachment_sites", "unknown key `atachment_sites`", "did you mean `attachment_sites`?"),
    ("rate = \"0.03 /h\"", "raet = \"0.03 /h\"", "unknown key `raet`", "did you mean `rate`?"),
    ("duration_distribution", "distribution", "unknown key `distribution`", "known keys: rate, duration"),
    ("repair_rate", "repair_rat", "unknown key `repair_rat`", "did you mean `repair_rate`?"),
    ("half_life", "halflife", "unknown key `halflife`", "did you mean `half_life`?"),
    ("repulsion", "repulsoin", "unknown key `repulsoin`", "did you mean `repulsion`?"),
    ("scales = ", "scale = ", "unknown key `scale`", "did you mean `scales`?"),
    ("divides = ", "divide = ", "unknown key `divide`", "did you mean `divides`?"),
    ("persistence", "persistance", "unknown key `persistance`", "did you mean `persistence`?"),
    ("attachment_rate", "atachment_rate", "unknown key `atachment_rate`", "did you mean `attachment_rate`?"),
    ("effector = ", "efector = ", "unknown key `efector`", "did you mean `effector`?"),
    ("radius = ", "raduis = ", "unknown key `raduis`", "did you mean `radius`?"),
    ("at = [\"2 d\", \"4 d\"]", "att = \"2 d\"", "unknown key `att`", "did you mean `at`?"),
    ("fraction = 0.5", "fractoin = 0.5", "unknown key `fractoin`", "did you mean `fraction`?"),
    ("set = { add_cells = [] }", "sets = { add_cells = [] }", "unknown key `sets`", "did you mean `set`?"),
    ("every = ", "evry = ", "unknown key `evry`", "did you mean `every`?"),
    ("shells = ", "shell = ", "unknown key `shell`", "did you mean `shells`?"),
    ("at = [\"0 h\", \"5 d\"]", "att = [\"0 h\"]", "unknown key `att`", "did you mean `at`?"),
    // Units.
    ("duration = \"5 d\"", "duration = \"5 days\"", "unknown unit `days`", "did you mean `d`?"),
    ("duration = \"5 d\"", "duration = 5", "`duration` must be a duration with a unit", "this is the number 5"),
    ("duration = \"5 d\"", "duration = \"5 um\"", "`5 um` is not a duration", "such as \"12 h\""),
    ("volume = \"2494 um^3\"", "volume = \"2494 um\"", "is not a volume", "cell_types.tumour.volume"),
    ("half_life = \"49 min\"", "half_life = \"49 /min\"", "is not a duration", "cell_types.t_cell.damage.half_life"),
    ("speed = \"8 um/min\"", "speed = \"8 um/hr\"", "unknown unit `hr`", "did you mean `h`?"),
    ("size = [\"1 mm\", \"1", "size = [\"1 mm\", \"1 MM\", \"1", "unknown unit `MM`", "did you mean `mm`?"),
    ("at = [\"2 d\", \"4 d\"]", "at = [\"2 d\", \"4 dd\"]", "unknown unit `dd`", "known units: nm, um"),
    // Ranges.
    ("rate = \"0.03 /h\"", "rate = \"-0.03 /h\"", "`cell_types.tumour.cycle.rate` is \"-0.03 /h\"", "0 or more"),
    ("kill_rate = \"0.02 /min\"", "kill_rate = \"nan /min\"", "`nan` is not finite", "interactions.0.kill_rate"),
    ("half_life = \"49 min\"", "half_life = \"0 min\"", "damage.half_life` is \"0 min\"", "more than 0"),
    ("hazard = \"0.0036 /min\"", "hazard = \"-1 /min\"", "damage.hazard` is \"-1 /min\"", "0 or more"),
    ("power = 5", "power = 2.5", "damage.power` is 2.5", "a whole number"),
    ("mean = 1.0", "mean = nan", "traits.oncoprotein.mean` is NaN", "a finite number"),
    ("sd = 0.25", "sd = -inf", "traits.oncoprotein.sd` is -inf", "a finite number"),
    ("size = [\"1 mm\"", "size = [\"0 mm\"", "`domain.size.0` is \"0 mm\"", "more than 0"),
    ("fraction = 0.5", "fraction = 1.5", "`remove_cells.0.fraction` is 1.5", "between 0 and 1"),
    ("count = 1e3", "count = 1.5", "`place.0.count` is 1.5", "a whole number"),
    ("count = 1e3", "count = 1e12", "`place.0.count` is 1000000000000", "at most 4294967295"),
    ("seed = 7", "seed = -7", "`seed` must be a whole number, 0 or more", "-7"),
    // Words.
    ("preset = \"coarse\"", "preset = \"corse\"", "`preset` cannot be \"corse\"", "did you mean `coarse`?"),
    ("region = \"ball\"", "region = \"sphere\"", "cannot be \"sphere\"", "allowed: everywhere, ball, shell, box"),
    (
        "model = \"live\"",
        "model = \"ki67\"",
        "cycle.model` cannot be \"ki67\"",
        "allowed: none, live, proteostasis, ki67_advanced",
    ),
    (
        "scales = [\"cycle_rate\"]",
        "scales = [\"cycle_rates\"]",
        "cannot be \"cycle_rates\"",
        "did you mean `cycle_rate`?",
    ),
    // Missing keys.
    ("duration = \"5 d\"", "", "`duration` is missing", ""),
    ("volume = \"200 um^3\"", "", "`volume` is missing in `cell_types.t_cell`", ""),
    ("target = \"tumour\"", "", "`target` is missing in `interactions.0`", ""),
    ("distribution = \"normal\"", "", "`distribution` is missing in `cell_types.tumour.traits.oncoprotein`", ""),
    ("power = 5", "", "`power` is missing in `cell_types.t_cell.damage`", ""),
    // Names of other sections.
    ("effector = \"t_cell\"", "effector = \"t_cel\"", "unknown cell type `t_cel`", "did you mean `t_cell`?"),
    ("target = \"tumour\"", "target = \"stroma\"", "unknown cell type `stroma`", "known cell types: tumour, t_cell"),
    ("phase = \"resting\"", "phase = \"restng\"", "unknown phase `restng`", "did you mean `resting`?"),
    // Arms.
    ("set = { add_cells", "set = { add_cell", "arm `control`: `add_cell` cannot differ", "did you mean `add_cells`?"),
    (
        "{ add_cells = [] }",
        "{ duration = \"1 d\" }",
        "`duration` cannot differ between arms",
        "an arm may set paths in",
    ),
    ("\"interactions.0.kill_rate\"", "\"interactions.1.kill_rate\"", "has no item `1`", "numbered 0 to 0"),
    (
        "\"interactions.0.kill_rate\"",
        "\"interactions.0.kil_rate\"",
        "arm `car_t`: unknown key",
        "did you mean `kill_rate`?",
    ),
    ("\"interactions.0.kill_rate\"", "\"cell_types.tumor.cycle.rate\"", "unknown cell type `tumor`", "`tumour`?"),
    ("= \"0.1 /min\" }", "= \"0.1 /minn\" }", "arm `car_t`: `interactions.0.kill_rate`: unknown unit", "known units"),
    // Not TOML.
    ("seed = 7", "seed = ", "this is not TOML", ""),
    // Of another type.
    ("title = \"Dose\"", "title = 5", "`title` must be a text in quotes; this is the number 5", ""),
    ("divides = true", "divides = 1", "must be true or false; this is the number 1", ""),
    ("columns = [\"volume_um3\"]", "columns = \"volume_um3\"", "must be a list in brackets", "the text \"volume_um3\""),
    ("geometry = \"tissue\"", "geometry = 3", "`domain.geometry` must be a text in quotes", ""),
    ("seed = 7", "seed = 7\nseed = 8", "this is not TOML: duplicate key", ""),
];

#[test]
fn a_scenario_without_faults_is_read() {
    let scenario = read(GOOD, &[]).unwrap();
    assert_eq!(scenario.duration.0, 7200.0);
    assert_eq!(scenario.arm_names(), ["control", "car_t"]);
    assert_eq!(scenario.place[0].count.unwrap().0, 1000);
}

/// What is wrong with the message for a row of `FAULTS`.
fn mistaken(row: &(&str, &str, &str, &str)) -> Option<String> {
    let (good, bad, message, hint) = row;
    let said = match read(&GOOD.replacen(good, bad, 1), &[]) {
        Ok(_) => return Some(format!("{bad}: no fault")),
        Err(said) => said,
    };
    // Where something is missing, its table is shown.
    let place = match bad.is_empty() {
        true => "assay.toml:".to_owned(),
        false => format!("assay.toml:{}:", line_of(GOOD, good) + bad.matches('\n').count()),
    };
    let parts = [*message, *hint, &place, "assay.toml: 1 fault"];
    let missing: Vec<&str> = parts.into_iter().filter(|part| !said.contains(part)).collect();
    if missing.is_empty() { None } else { Some(format!("{bad}: no {missing:?} in\n{said}")) }
}

#[test]
fn each_fault_is_shown_with_its_line_and_a_way_out() {
    let mistakes: Vec<String> = FAULTS.iter().filter_map(mistaken).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n\n"));
}

/// Several faults in several sections, drawn as a user sees them.
#[test]
fn all_faults_of_a_file_are_reported_together() {
    let text = "\
duration = \"5 days\"
replicats = 4

[domain]
geometry = \"tissue\"
size = [\"1 mm\", \"1 mm\", \"-1 mm\"]

[cell_types.tumour.cycle]
rate = 0.03

[[interactions]]
effector = \"t_cell\"
target = \"tumour\"
";
    let expected = r#"error: `duration`: unknown unit `days`
  ┌─ assay.toml:1:15
  │
1 │ duration = "5 days"
  │               ^^^^
  │
  = hint: did you mean `d`?

error: unknown key `replicats`
  ┌─ assay.toml:2:1
  │
2 │ replicats = 4
  │ ^^^^^^^^^
  │
  = hint: did you mean `replicates`?

error: `domain.size.2` is "-1 mm"; it must be more than 0
  ┌─ assay.toml:6:25
  │
6 │ size = ["1 mm", "1 mm", "-1 mm"]
  │                         ^^^^^^^

error: `volume` is missing in `cell_types.tumour`
  ┌─ assay.toml:8:13
  │
8 │ [cell_types.tumour.cycle]
  │             ^^^^^^

error: `cell_types.tumour.cycle.rate` must be a rate with a unit, such as "0.2 /h"; this is the number 0.03
  ┌─ assay.toml:9:8
  │
9 │ rate = 0.03
  │        ^^^^

error: unknown cell type `t_cell`
   ┌─ assay.toml:12:12
   │
12 │ effector = "t_cell"
   │            ^^^^^^^^
   │
   = hint: known cell types: tumour

assay.toml: 6 faults"#;
    assert_eq!(read(text, &[]).unwrap_err(), expected);
}

#[test]
fn items_behind_a_faulty_one_keep_their_numbers_and_faults() {
    let two = "[[interactions]]\ntarget = \"tumour\"\n[[interactions]]\neffector = \"tumour\"\nkill_rate = 3\n";
    let said = read(&GOOD.replace("[[interactions]]", &format!("{two}[[interactions]]")), &[]).unwrap_err();
    for part in [
        "`effector` is missing in `interactions.0`",
        "`target` is missing in `interactions.1`",
        "`interactions.1.kill_rate` must be a rate",
        "assay.toml: 3 faults",
    ] {
        assert!(said.contains(part), "no {part} in\n{said}");
    }
}

#[test]
fn overrides_need_no_quotes_and_replace_values() {
    let set = ["duration=2 d", "cell_types.tumour.cycle.rate = 0.06 /h", "place.0.count=5", "add_cells=[]", "seed=9"];
    let scenario = read(GOOD, &set).unwrap();
    assert_eq!((scenario.duration.0, scenario.seed), (2880.0, 9));
    assert_eq!(scenario.cell_types["tumour"].cycle.rate.unwrap().0, 0.001);
    assert_eq!(scenario.place[0].count.unwrap().0, 5);
    assert!(scenario.add_cells.is_empty());
}

#[test]
fn faults_of_overrides_show_the_override() {
    for (set, message, place) in [
        ("replicats=4", "did you mean `replicates`?", "--set:1:1"),
        ("duration=2 days", "unknown unit `days`", "--set:1:12"),
        ("cell_types.tumor.volume=1 pL", "did you mean `tumour`?", "--set:1:1"),
        ("place.1.count=5", "`place` has no item `1`", "--set:1:1"),
        ("replicates", "sets nothing", "--set:1:1"),
        ("=4", "sets nothing", "--set:1:1"),
    ] {
        let said = read(GOOD, &["seed=9", set]).expect_err(set);
        assert!(said.contains(message) && said.contains(place), "{set}\n{said}");
        assert!(said.ends_with("assay.toml: 1 fault"), "{set}\n{said}");
    }
}

/// Each of these once took minutes.
#[test]
fn deep_paths_and_countless_faults_are_refused_at_once() {
    let deep = format!("cell_types.tumour{}=1", ".a".repeat(100_000));
    let said = read(GOOD, &[&deep]).unwrap_err();
    assert!(said.contains("the path has 100002 keys; it may have 16"), "{}", &said[said.len() - 500..]);
    let many: String = (0..2_000).map(|number| format!("key_{number} = 1\n")).collect();
    let said = read(&(many + GOOD), &[]).unwrap_err();
    assert!(said.contains("unknown key `key_0`") && said.contains("there are more than 200 faults"));
}

#[test]
fn an_arm_changes_what_it_sets_alone() {
    let scenario = read(GOOD, &[]).unwrap();
    let kill = |it: &Scenario| it.interactions[0].kill_rate.0;
    let (control, car_t) = (scenario.arm("control").unwrap(), scenario.arm("car_t").unwrap());
    assert_eq!((kill(&scenario), kill(&control), kill(&car_t)), (0.02, 0.02, 0.1));
    assert_eq!((scenario.add_cells.len(), control.add_cells.len(), car_t.add_cells.len()), (1, 0, 1));
    assert_eq!(car_t.arm_names(), ["control", "car_t"]);
    let without = read(&GOOD[..GOOD.find("[arms.control]").unwrap()], &[]).unwrap();
    assert_eq!(without.arm_names(), ["base"]);
    assert_eq!(kill(&without.arm("base").unwrap()), 0.02);
}

#[test]
fn keys_of_a_set_need_no_quotes() {
    let text = GOOD.replace("{ add_cells = [] }", "{ cell_types.tumour.cycle.rate = \"0.06 /h\" }");
    let control = read(&text, &[]).unwrap().arm("control").unwrap();
    assert_eq!(control.cell_types["tumour"].cycle.rate.unwrap().0, 0.001);
    assert_eq!(control.cell_types["tumour"].attachment_sites.0, 4);
}

#[test]
fn faults_found_later_show_the_line_that_an_arm_sets() {
    let scenario = read(GOOD, &[]).unwrap();
    for (arm, line) in [("control", line_of(GOOD, "kill_rate")), ("car_t", line_of(GOOD, "\"interactions.0"))] {
        let of_arm = scenario.arm(arm).unwrap();
        let mut faults = Faults::default();
        faults.push(of_arm.fault("interactions.0.kill_rate", "too fast", Some("shorten the contact clock".into())));
        let said = of_arm.finish(faults).unwrap_err().to_string();
        assert!(said.contains(&format!("assay.toml:{line}:")), "{said}");
        assert!(said.contains(&format!("arm `{arm}`: too fast")) && said.contains("hint: shorten"), "{said}");
    }
}

#[test]
fn a_fault_of_all_arms_is_reported_once() {
    let scenario = read(GOOD, &[]).unwrap();
    let mut faults = Faults::default();
    for arm in scenario.arm_names() {
        faults.push(scenario.arm(&arm).unwrap().fault("domain.size", "too large", None));
    }
    let said = scenario.finish(faults).unwrap_err().to_string();
    assert!(said.starts_with("error: too large\n") && said.ends_with("assay.toml: 1 fault"), "{said}");
    let said = scenario.arm("controll").unwrap_err().to_string();
    assert!(said.contains("no arm `controll`") && said.contains("hint: arms: control, car_t"), "{said}");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = std::env::temp_dir().join(format!("texpop_bad_input_{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let not_text = folder.join("not_text.toml");
    std::fs::write(&not_text, b"seed = 1\ntitle = \"\xff\"\n").unwrap();
    let empty = folder.join("empty.toml");
    std::fs::write(&empty, "\n").unwrap();
    for (path, part) in [
        (&folder.join("none.toml"), "none.toml: there is no such file"),
        (&folder, "is a folder"),
        (&not_text, "not_text.toml:2: this is not UTF-8"),
        (&empty, "empty.toml is empty"),
    ] {
        let error = scenario::load(path, &[]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        let said = error.to_string();
        assert!(said.contains(part) && said.contains("hint: "), "{said}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The manifest holds the scenario with its defaults; texts with units read back as they were.
#[test]
fn a_scenario_is_written_with_units_and_defaults() {
    let scenario = read(GOOD, &[]).unwrap();
    let json = serde_json::to_value(&scenario).unwrap();
    assert_eq!(json["duration"], "7200 min");
    assert_eq!(json["cell_types"]["tumour"]["volume_relaxation"], "0.005 /min");
    assert_eq!(json["cell_types"]["tumour"]["necrosis"]["volume_fraction"], 2.0);
    let again: Scenario = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&again).unwrap(), json);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever is mistyped, there is a scenario or a message; never a crash.
    #[test]
    fn no_slip_of_the_keyboard_crashes(at in 0..GOOD.len(), length in 0usize..12, typed in "[\\PC\n]{0,4}") {
        let end = (at + length).min(GOOD.len());
        let text = format!("{}{typed}{}", &GOOD[..at], &GOOD[end..]);
        if let Err(said) = read(&text, &["duration=3 µd", &typed]) {
            prop_assert!(said.contains("assay.toml"), "{}", said);
        }
    }
}
