//! Faults of drugs, interventions and rules: what is wrong with a value, and what does not fit together, all at once.

use super::{GOOD, line_of};
use texpop::compile::faults;
use texpop::scenario;

/// A drug, its doses, conditions and rules, to be added to a good scenario.
const TREATED: &str = "
[drugs.antibody]
half_life = \"3 d\"
volume = \"3 L\"
[[drugs.antibody.effects]]
cell_type = \"tumour\"
parameter = \"apoptosis.rate\"
emax = 1
ec50 = \"1 mg/L\"
[[doses]]
drug = \"antibody\"
amount = \"200 mg\"
at = \"1 d\"
every = \"1 d\"
times = 3
[[irradiation]]
dose = \"2 Gy\"
when = \"tumour.live_count > 500\"
[[resection]]
when = \"antibody_concentration_mg_per_l > 20\"
[[rules]]
cell_type = \"tumour\"
signal = \"pressure\"
effect = \"decreases\"
behaviour = \"cycle speed\"
saturation = 0
half_maximum = 0.1
hill_power = 4
[cell_types.tumour.radiosensitivity]
alpha = \"0.3 /Gy\"
beta = \"0.03 /Gy^2\"
";

/// Reads and plans a scenario beside a table of rules.
fn planned(changes: &[(&str, &str)], rules: &str) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("texpop_treated_{}_{}", std::process::id(), changes.len()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("rules.csv"), rules).unwrap();
    let treated = format!("rules_table = \"rules.csv\"\n{GOOD}{TREATED}");
    let text = changes.iter().fold(treated, |text, (good, bad)| {
        assert!(text.contains(good), "no {good}");
        text.replacen(good, bad, 1)
    });
    std::fs::write(folder.join("assay.toml"), text).unwrap();
    let read = scenario::load(&folder.join("assay.toml"), &[]);
    let planned = read.and_then(|it| texpop::compile::build(&it)).map(|_| ()).map_err(|error| error.to_string());
    std::fs::remove_dir_all(&folder).unwrap();
    planned
}

/// Each change is a fault with its line, and all are told at once.
#[track_caller]
fn told_together(changes: &[(&str, &str)], rules: &str, parts: &[&str], last: &str) {
    let said = planned(changes, rules).expect_err("faults");
    let treated = format!("rules_table = \"rules.csv\"\n{GOOD}{TREATED}");
    for (good, _) in changes {
        let place = format!("assay.toml:{}:", line_of(&treated, good));
        assert!(said.contains(&place), "{good}: no {place} in\n{said}");
    }
    let missing: Vec<&&str> = parts.iter().filter(|part| !said.contains(**part)).collect();
    assert!(missing.is_empty() && said.ends_with(last), "no {missing:?} or {last} in\n{said}");
}

const RULES: &str = "tumour,pressure,decreases,migration speed,0.0,1.0,4,0\n";

#[test]
fn wrong_values_of_treatments_are_told_together() {
    planned(&[], RULES).unwrap_or_else(|said| panic!("{said}"));
    told_together(
        &[
            ("half_life = \"3 d\"", "half_life = \"0 d\""),
            ("amount = \"200 mg\"", "amount = \"-200 mg\""),
            ("at = \"1 d\"", "at = \"-1 d\""),
            ("dose = \"2 Gy\"", "dose = \"-2 Gy\""),
            ("effect = \"decreases\"", "effect = \"lowers\""),
        ],
        RULES,
        &[
            "`drugs.antibody.half_life` is \"0 d\"; it must be more than 0",
            "`doses.0.amount` is \"-200 mg\"; it must be more than 0",
            "`doses.0.at` is \"-1 d\"; it must be 0 or more",
            "`irradiation.0.dose` is \"-2 Gy\"; it must be more than 0",
            "`rules.0.effect` cannot be \"lowers\"",
        ],
        "5 faults",
    );
}

#[test]
fn treatments_and_rules_that_do_not_fit_are_told_together() {
    let short =
        "tumour,pressure,decreases,migration speed,0.0,1.0,4,0\ntumour,pressure,decreases,cycle entry,0.0,1.0\n";
    told_together(
        &[
            ("parameter = \"apoptosis.rate\"", "parameter = \"apoptosis.rat\""),
            ("every = \"1 d\"\ntimes = 3", "every = \"1 d\"\n# times = 3"),
            ("tumour.live_count > 500", "tumour.live_count >"),
            ("antibody_concentration_mg_per_l > 20", "antibody_concentration_mg_per_l > tumour.live_count"),
            ("signal = \"pressure\"", "signal = \"oxigen\""),
        ],
        short,
        &[
            "unknown parameter of a cell type `apoptosis.rat`",
            "did you mean `apoptosis.rate`?",
            "the course never ends",
            "add times = 4, or until",
            "expected a statistic or a number, but found: the condition ends",
            "this compares a concentration in mg/L with a number of cells or events",
            "unknown signal `oxigen`",
            "assay.toml: 5 faults\nerror: rules.csv:2: column Hill power is missing",
        ],
        "the line has 6 fields of 8",
    );
}

/// Courses that never come, and conditions with units.
#[test]
fn what_would_never_come_is_told() {
    for (good, bad, parts) in [
        (
            "every = \"1 d\"\ntimes = 3",
            "every = \"1 d\"\nuntil = \"12 h\"",
            ["would begin after its until", "be later"],
        ),
        ("tumour.live_count > 500", "tumour.live_count > 500 mmHg", ["`mmHg` does not belong here", "no unit here"]),
    ] {
        let said = planned(&[(good, bad)], RULES).expect_err(bad);
        assert!(parts.iter().all(|part| said.contains(part)), "{bad}: no {parts:?} in\n{said}");
    }
}

/// Beside a value that cannot be read.
#[test]
fn faults_of_a_table_of_rules_are_told_beside_others() {
    let folder = std::env::temp_dir().join(format!("texpop_beside_{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("rules.csv"), "tumour,presure,decreases,migration speed,0.0,1.0,4,0\n").unwrap();
    let text =
        format!("rules_table = \"rules.csv\"\n{GOOD}{TREATED}").replace("half_life = \"3 d\"", "half_life = \"0 d\"");
    std::fs::write(folder.join("assay.toml"), text).unwrap();
    let said = scenario::load_with(&folder.join("assay.toml"), &[], &faults).expect_err("faults").to_string();
    std::fs::remove_dir_all(&folder).unwrap();
    for part in ["`drugs.antibody.half_life` is \"0 d\"", "rules.csv:1: unknown signal `presure`"] {
        assert!(said.contains(part), "no {part} in\n{said}");
    }
}
