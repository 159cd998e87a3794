//! Rules as rows of the device: names looked up, units checked, rules on one behaviour brought together.

mod changing;
mod sensing;

use super::findings::Findings;
use super::frame::Frame;
use super::rules_table;
use super::stability::has_potentials;
use super::types::BuiltType;
use crate::plan::domain::minutes;
use crate::plan::rules::{Behaviour, MOST_BEHAVIOURS, RuleRow, Rules};
use crate::plan::{ExchangeParameters, Geometry, Parameters};
use crate::scenario::Scenario;
use crate::scenario::faults::nearest;
use crate::scenario::levels::LevelKind;
use crate::scenario::rules::Rule;
use crate::word;
use std::collections::BTreeMap;

/// Where a rule stands.
enum Origin {
    /// Path in the scenario.
    Item(String),
    /// File and line.
    Line(String, usize),
}

impl Origin {
    fn place(&self) -> String {
        match self {
            Origin::Item(path) => path.clone(),
            Origin::Line(file, line) => format!("{file}:{line}"),
        }
    }
}

/// What rules are made with.
struct Builder<'a> {
    types: &'a [BuiltType],
    names: Vec<&'a str>,
    substrates: Vec<(&'a str, LevelKind)>,
    parameters: &'a Parameters,
    geometry: Geometry,
    /// The step of the potentials, where there are any.
    potentials_min: Option<f64>,
    findings: &'a mut Findings,
    rules: Rules,
    /// Saturations that increase and decrease, for each cell type and behaviour.
    saturations: Vec<Vec<[Option<f32>; 2]>>,
    /// Where the rule that is looked at stands.
    origin: Origin,
    /// Where the first rule stands of a cell type, word, signal and direction.
    first: BTreeMap<(usize, usize, [u32; 3]), String>,
}

/// Reads and checks all rules of an arm.
pub fn rules(
    scenario: &Scenario,
    types: &[BuiltType],
    parameters: &Parameters,
    frame: &Frame,
    findings: &mut Findings,
) -> Rules {
    let mut builder = Builder {
        types,
        names: types.iter().map(|it| it.name.as_str()).collect(),
        substrates: frame.substrates.iter().flat_map(|it| &it.list).map(|it| (it.name.as_str(), it.kind)).collect(),
        parameters,
        geometry: frame.space.geometry,
        potentials_min: has_potentials(frame).then(|| minutes(frame.clocks.movement_ticks)),
        findings,
        rules: Rules { behaviours: vec![Vec::new(); types.len()], ..Rules::default() },
        saturations: vec![Vec::new(); types.len()],
        origin: Origin::Item(String::new()),
        first: BTreeMap::new(),
    };
    for (number, rule) in scenario.rules.iter().enumerate() {
        builder.origin = Origin::Item(format!("rules.{number}"));
        builder.add(rule, rule.cell_type.as_deref());
    }
    for (set, given) in &scenario.rule_sets {
        for (name, rule) in &given.rules {
            builder.origin = Origin::Item(format!("rule_sets.{set}.rules.{name}"));
            builder.add(rule, rule.cell_type.as_deref().or(given.cell_type.as_deref()));
        }
    }
    if let Some(table) = &scenario.rules_table {
        builder.add_table(&scenario.source.folder.join(table), table);
    }
    builder.finish()
}

impl Builder<'_> {
    fn fault(&mut self, field: &str, message: impl Into<String>, hint: &str) {
        match &self.origin {
            Origin::Item(path) => {
                let field = if field.is_empty() { String::new() } else { format!(".{field}") };
                self.findings.add(format!("{path}{field}"), message, hint);
            }
            Origin::Line(file, line) => {
                let hint = if hint.is_empty() { String::new() } else { format!("\n\nhint: {hint}") };
                self.findings.add_text(format!("error: {file}:{line}: {}{hint}", message.into()));
            }
        }
    }

    fn add_table(&mut self, path: &std::path::Path, name: &str) {
        match rules_table::read(path) {
            Err(text) => self.findings.add_text(text),
            Ok(lines) => {
                for (line, rule) in lines {
                    self.origin = Origin::Line(name.to_owned(), line);
                    match rule {
                        Ok(rule) => self.add(&rule, rule.cell_type.as_deref()),
                        Err(message) => self.fault("", message, ""),
                    }
                }
            }
        }
    }

    fn add(&mut self, rule: &Rule, cell_type: Option<&str>) {
        let names = self.names.clone();
        let Some(cell_type) = cell_type else {
            self.fault("", "the rule does not say of which cell type", "add cell_type to it, or to its set");
            return;
        };
        let Some(own) = self.number("cell_type", "cell type", cell_type, &names) else { return };
        let built = &self.types[own];
        let phases: Vec<&str> = built.phases.iter().map(|(name, _)| name.as_str()).collect();
        let traits: Vec<&str> = built.trait_names.iter().map(String::as_str).collect();
        let states = self.states(own);
        let (signal, behaviour) =
            (self.signal(&rule.signal, &traits, states), self.behaviour(&rule.behaviour, &phases));
        let (Some(signal), Some(behaviour)) = (signal, behaviour) else { return };
        let row = self.row(rule, &signal);
        let saturation = self.amount(&rule.saturation, behaviour.dimension, behaviour.kind, "saturation");
        let (Some(row), Some(saturation)) = (row, saturation) else { return };
        if !(0.0..=behaviour.most).contains(&saturation) {
            let range = if behaviour.most.is_finite() { "between 0 and 1" } else { "0 or more" };
            self.fault("saturation", format!("saturation is {saturation}; it must be {range}"), "");
            return;
        }
        for (word, saturation) in self.targets(own, &behaviour, saturation) {
            self.put(own, word, rule, row, saturation as f32);
        }
    }

    /// The place of a name in a list, or a fault with the nearest.
    fn number(&mut self, field: &str, what: &str, name: &str, known: &[&str]) -> Option<usize> {
        let number = known.iter().position(|it| *it == name);
        if number.is_none() {
            let hint = nearest(name, known).map(|it| format!("did you mean `{it}`?")).unwrap_or_default();
            self.fault(field, format!("unknown {what} `{name}`, expected one of {}", known.join(", ")), &hint);
        }
        number
    }

    /// Adds a rule to a behaviour.
    fn put(&mut self, own: usize, word: usize, rule: &Rule, row: RuleRow, saturation: f32) {
        let place = self.rules.behaviours[own].iter().position(|it| it.word == word).unwrap_or_else(|| {
            let new = Behaviour { word, up_saturation: 0.0, down_saturation: 0.0, rules: Vec::new() };
            self.rules.behaviours[own].push(new);
            self.saturations[own].push([None; 2]);
            self.rules.behaviours[own].len() - 1
        });
        let behaviour = &mut self.rules.behaviours[own][place];
        let key = (own, word, [row.signal, row.which, row.decreases]);
        if let Some(first) = self.first.get(&key) {
            let name = self.names[own];
            let message =
                format!("a second rule of {name} for `{}` and `{}`; the first is {first}", rule.signal, rule.behaviour);
            return self.fault("", message, "join the two; one behaviour may have several names");
        }
        self.first.insert(key, self.origin.place());
        let known = &mut self.saturations[own][place][row.decreases as usize];
        if known.is_some_and(|known| known != saturation) {
            let word = if row.decreases == 1 { "decrease" } else { "increase" };
            let message = format!("rules that {word} `{}` have different saturations", rule.behaviour);
            return self.fault("saturation", message, "the rules of one direction go to one value together");
        }
        *known = Some(saturation);
        let side = if row.decreases == 1 { &mut behaviour.down_saturation } else { &mut behaviour.up_saturation };
        *side = saturation;
        behaviour.rules.push(row);
    }

    /// Cells that rules let secrete do so toward a level.
    fn check_targets(&mut self) {
        let columns = self.parameters.exchange.len() / self.types.len().max(1);
        let [secretion, target] = [word!(ExchangeParameters, secretion_per_min), word!(ExchangeParameters, target)];
        for (own, name) in self.names.clone().into_iter().enumerate() {
            for (number, (substrate, _)) in self.substrates.iter().enumerate() {
                let word_of = |field| self.parameters.exchange_word(own, number, columns, field);
                let is_ruled = |field| self.rules.behaviours[own].iter().any(|it| it.word == word_of(field));
                let has_level = self.parameters.word(word_of(target)) != 0 || is_ruled(target);
                let path = format!("cell_types.{name}.substrates.{substrate}");
                let message = format!(
                    "rules let {name} secrete {substrate}, but it has no target, the level toward which it does"
                );
                self.findings.require(!is_ruled(secretion) || has_level, path, message, "such as target = 1");
            }
        }
    }

    fn finish(mut self) -> Rules {
        for own in 0..self.types.len() {
            let count = self.rules.behaviours[own].len();
            let message = format!("rules change {count} behaviours of {}; at most {MOST_BEHAVIOURS}", self.names[own]);
            self.findings.require(count <= MOST_BEHAVIOURS, "rules", message, "each phase of the cycle counts as one");
        }
        self.check_targets();
        if self.rules.values() == 0 {
            return Rules::default();
        }
        self.rules.slots = vec![0; self.parameters.word_count()];
        for of_type in &self.rules.behaviours {
            for (place, behaviour) in of_type.iter().enumerate() {
                self.rules.slots[behaviour.word] = place as u32 + 1;
            }
        }
        self.rules
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Error;
    use crate::plan::Plan;
    use crate::plan::build::build;
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
        // Types are in the order of their names.
        let [of_t_cell, of_tumour] = &parameters.rules.behaviours[..] else { panic!() };
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
        let of_tumour = &parameters.rules.behaviours[1];
        let words: Vec<usize> = of_tumour.iter().map(|it| it.word).collect();
        assert_eq!(words, [parameters.exchange_word(1, 0, 4, 1), parameters.exchange_word(1, 1, 4, 2)]);
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
        let speed =
            |it: String| it.replace("cycle speed", "apoptosis").replace("saturation = 0", "saturation = \"0 /h\"");
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
            ("hill_power = 4", "hill_power = 40", "hill_power is 40; it must be at most 32", "a.toml:21"),
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
        let behaviour = &plan.arms[0].parameters.rules.behaviours[1][0];
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
        let word = parameters.rules.behaviours[1][0].word;
        assert_eq!(f32::from_bits(parameters.word(word)), parameters.pair(1, 1).adhesion_um_per_min);
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
        assert_eq!(plan.arms[0].parameters.rules.contacts, [2]);
        assert_eq!(plan.arms[0].parameters.rules.behaviours.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
        let bad = "tumour,presure,decreases,cycle entry,0.0,1.0,4,0\n\ntumour,pressure,decreases,cycle entry,0.0,1.0\n";
        let said = read(bad.as_bytes()).unwrap_err();
        for part in ["rules.csv:1: unknown signal `presure`", "rules.csv:3: column Hill power is missing"] {
            assert!(said.contains(part), "{said}");
        }
        assert!(read(b"tumour\n\xff").unwrap_err().contains("rules.csv:2: this is not UTF-8"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
