//! Rules as they are read, and what is said of those that cannot be.

use crate::compile::build;
use crate::error::Error;
use crate::plan::Plan;
use crate::scenario::{from_text, load};

const BASE: &str = "duration = \"1 h\"\n[domain]\ngeometry = \"tissue\"\nsize = [\"1 mm\", \"1 mm\", \"1 mm\"]\n\
    [cell_types.tumour]\nvolume = \"2494 um^3\"\ncycle = { model = \"live\", rate = \"0.06 /h\" }\n\
    [cell_types.t_cell]\nvolume = \"500 um^3\"\n\
    [[interactions]]\neffector = \"t_cell\"\ntarget = \"tumour\"\nattachment_rate = \"0.2 /min\"\n";
const RULE: &str = "[[rules]]\ncell_type = \"tumour\"\nsignal = \"pressure\"\neffect = \"decreases\"\n\
    behaviour = \"cycle speed\"\nsaturation = 0\nhalf_maximum = 1.0\nhill_power = 4\n";

fn read(text: &str) -> Result<Plan, String> {
    let said = |error: Error| error.to_string();
    build(&from_text("a.toml", text, &[]).map_err(said)?).map_err(said)
}

#[test]
fn a_rule_has_a_row_and_its_parameter_a_place() {
    let plan = read(&format!("{BASE}{RULE}")).unwrap();
    let parameters = &plan.arms[0].parameters;
    let [of_tumour, of_t_cell] = &parameters.rules.behaviours[..] else { panic!() };
    assert!(of_t_cell.is_empty() && of_tumour.len() == 1);
    let word = of_tumour[0].word;
    assert_eq!((parameters.rules.slots[word], f32::from_bits(parameters.word(word))), (1, 0.001));
    assert_eq!((plan.ruled_values(), parameters.rules.slots.iter().sum::<u32>()), (1, 1));
    assert_eq!((of_tumour[0].down_saturation, of_tumour[0].rules[0].steepness), (0.0, 4.0));
}

#[test]
fn substrates_are_sensed_and_changed_in_their_own_unit() {
    let with_oxygen = format!(
        "{BASE}[substrates.oxygen]\ndiffusion = \"1e5 um^2/min\"\ninitial = \"38 mmHg\"\ndecay = \"0.1 /min\"\n\
         [substrates.drug]\ndiffusion = \"1e3 um^2/min\"\ninitial = \"10 nM\"\n\
         [cell_types.tumour.substrates.drug]\nsecretion = \"1 /min\"\ntarget = \"3 nM\"\n"
    );
    let rule = |signal: &str, behaviour: &str, saturation: &str, half: &str| {
        format!(
            "[[rules]]\ncell_type = \"tumour\"\nsignal = \"{signal}\"\neffect = \"increases\"\n\
             behaviour = \"{behaviour}\"\nsaturation = {saturation}\nhalf_maximum = {half}\nhill_power = 4\n"
        )
    };
    let text = format!(
        "{with_oxygen}{}{}{}",
        rule("oxygen", "drug secretion target", "\"2 uM\"", "\"1 kPa\""),
        rule("drug gradient", "oxygen uptake", "\"600 /h\"", "\"0.5 nM/um\""),
        rule("pressure", "drug secretion saturation density", "\"2 uM\"", "1.0"),
    );
    let plan = read(&text).unwrap();
    let parameters = &plan.arms[0].parameters;
    // Substrates are in the order of their names, four a row.
    let of_tumour = &parameters.rules.behaviours[0];
    let words: Vec<usize> = of_tumour.iter().map(|it| it.word).collect();
    assert_eq!(words, [parameters.exchange_word(0, 0, 4, 1), parameters.exchange_word(0, 1, 4, 2)]);
    assert_eq!((of_tumour[0].up_saturation, of_tumour[1].up_saturation), (2000.0, 10.0));
    let [first, second] = [&of_tumour[0].rules[0], &of_tumour[1].rules[0]];
    assert!((first.middle - 7.50062).abs() < 1e-4 && first.which == 1, "{first:?}");
    assert!((second.middle - 0.5).abs() < 1e-6 && second.which == 0, "{second:?}");
    for (signal, half, part) in [
        ("oxygen", "5", "half_maximum is 5; it must be a partial pressure with a unit"),
        ("oxygen", "\"5 nM\"", "`5 nM` is not a partial pressure"),
        ("glucose", "\"5 nM\"", "unknown signal `glucose`, expected one of volume"),
    ] {
        let said = read(&format!("{with_oxygen}{}", rule(signal, "apoptosis", "\"1 /h\"", half))).unwrap_err();
        assert!(said.contains(part), "no {part} in\n{said}");
    }
}

#[test]
fn states_are_signals_of_the_cells_that_have_them() {
    let with = BASE.replace(
        "[[interactions]]",
        "cycle = { model = \"proteostasis\" }\nproteostasis = { il2 = 0.5 }\n[cell_types.tumour.immunogenicity]\n[[interactions]]",
    );
    let rule = |cell_type: &str, signal: &str| RULE.replace("tumour", cell_type).replace("pressure", signal);
    let speed = |it: String| it.replace("cycle speed", "apoptosis").replace("saturation = 0", "saturation = \"0 /h\"");
    for (cell_type, signal, which) in [
        ("t_cell", "misfolded_percent", 2),
        ("t_cell", "exhaustion", 7),
        ("t_cell", "tcr_signal", 17),
        ("tumour", "pd_l1", 22),
    ] {
        let plan = read(&format!("{with}{}", speed(rule(cell_type, signal)))).unwrap();
        let sensed = plan.arms[0].parameters.rules.behaviours.iter().flatten().flat_map(|it| &it.rules);
        assert_eq!(sensed.map(|it| it.which).collect::<Vec<_>>(), [which], "{signal}");
        assert!(plan.senses(crate::plan::rules::signals::Code::State));
    }
    for (cell_type, signal) in [("tumour", "exhaustion"), ("t_cell", "antigen")] {
        let said = read(&format!("{with}{}", speed(rule(cell_type, signal)))).unwrap_err();
        assert!(said.contains(&format!("unknown signal `{signal}`")), "{said}");
    }
}

#[test]
fn each_fault_is_shown_with_its_line() {
    for (good, bad, part, line) in [
        ("\"pressure\"", "\"presure\"", "unknown signal `presure`, expected one of volume, pressure", "a.toml:16"),
        ("\"cycle speed\"", "\"cycle sped\"", "did you mean `cycle speed`?", "a.toml:18"),
        ("cell_type = \"tumour\"", "cell_type = \"tumor\"", "unknown cell type `tumor`", "a.toml:15"),
        ("half_maximum = 1.0", "half_maximum = 0", "half_maximum is 0; it must be more than 0", "a.toml:20"),
        ("half_maximum = 1.0", "half_maximum = -1.0", "it must be more than 0", "a.toml:20"),
        ("half_maximum = 1.0", "half_maximum = \"1 h\"", "is not a number", "a.toml:20"),
        ("hill_power = 4", "hill_power = 0", "it must be more than 0", "a.toml:21"),
        ("saturation = 0", "saturation = \"0 /h\"", "is not a number", "a.toml:19"),
        ("saturation = 0", "saturation = -1", "it must be 0 or more", "a.toml:19"),
        ("half_maximum = 1.0", "zero_at = 1.0\none_at = 1.0", "neither", "a.toml:14"),
        ("half_maximum = 1.0\nhill_power = 4", "zero_at = 1\none_at = 1", "they must differ", "a.toml:21"),
        ("\"cycle speed\"", "\"apoptosis\"", "saturation is 0; it must be a rate", "a.toml:19"),
        (
            "\"cycle speed\"\nsaturation = 0",
            "\"killing of t_cell\"\nsaturation = \"0 /h\"",
            "tumour has no interaction with t_cell",
            "a.toml:18",
        ),
    ] {
        let said = read(&format!("{BASE}{}", RULE.replace(good, bad))).expect_err(bad);
        assert!(said.contains(part) && said.contains(line), "{bad}: no {part}, {line} in\n{said}");
    }
    let twice = read(&format!("{BASE}{RULE}{RULE}")).unwrap_err();
    assert!(twice.contains("a second rule of tumour for `pressure` and `cycle speed`"), "{twice}");
    let both = RULE.replace("\"decreases\"", "\"increases\"").replace("saturation = 0", "saturation = 2");
    let plan = read(&format!("{BASE}{RULE}{both}")).unwrap();
    let behaviour = plan.arms[0].parameters.rules.behaviours.iter().flatten().next().unwrap();
    assert_eq!((behaviour.rules.len(), behaviour.down_saturation), (2, 0.0), "one signal may do both");
    let other = RULE.replace("\"pressure\"", "\"hits\"").replace("saturation = 0", "saturation = 0.5");
    let apart = read(&format!("{BASE}{RULE}{other}")).unwrap_err();
    assert!(apart.contains("rules that decrease `cycle speed` have different saturations"), "{apart}");
}

#[test]
fn forces_ask_for_potentials_and_short_steps() {
    let rule = |behaviour: &str, saturation: &str, preset: &str| {
        let rule = RULE.replace("cycle speed", behaviour).replace("saturation = 0", saturation);
        read(&format!("preset = \"{preset}\"\n{BASE}{rule}"))
    };
    let plan = rule("cell-cell adhesion", "saturation = \"0 um/min\"", "fine").unwrap();
    let parameters = &plan.arms[0].parameters;
    let word = parameters.rules.behaviours[0][0].word;
    assert_eq!(f32::from_bits(parameters.word(word)), parameters.pair(0, 0).adhesion_um_per_min);
    for (behaviour, saturation, preset, part) in [
        ("cell-cell adhesion", "saturation = \"1 um/min\"", "coarse", "by potentials alone"),
        ("cell-cell repulsion", "saturation = \"300 um/min\"", "fine", "the potentials would be unstable"),
    ] {
        let said = rule(behaviour, saturation, preset).unwrap_err();
        assert!(said.contains(part) && said.contains("a.toml:"), "{said}");
    }
}

#[test]
fn a_table_of_rules_is_read_beside_the_scenario() {
    let folder = std::env::temp_dir().join(format!("texpop-rules-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.toml"), format!("rules_table = \"rules.csv\"\n{BASE}")).unwrap();
    let read = |table: &[u8]| {
        std::fs::write(folder.join("rules.csv"), table).unwrap();
        load(&folder.join("a.toml"), &[]).and_then(|it| build(&it)).map_err(|error| error.to_string())
    };
    let good = "tumour,pressure,decreases,cycle entry,0.0,1.0,4,0\n\
                t_cell,contact with tumour,decreases,migration speed,0.0,0.5,8,0\n";
    let plan = read(good.as_bytes()).unwrap();
    assert_eq!(plan.arms[0].parameters.rules.contacts, [1]);
    assert_eq!(plan.arms[0].parameters.rules.behaviours.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
    let bad = "tumour,presure,decreases,cycle entry,0.0,1.0,4,0\n\ntumour,pressure,decreases,cycle entry,0.0,1.0\n";
    let said = read(bad.as_bytes()).unwrap_err();
    for part in ["rules.csv:1: unknown signal `presure`", "rules.csv:3: column Hill power is missing"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(read(b"tumour\n\xff").unwrap_err().contains("rules.csv:2: this is not UTF-8"));
    std::fs::remove_dir_all(&folder).unwrap();
}
