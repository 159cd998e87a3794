//! Rules as rows of the device: names looked up, units checked, rules on one behaviour brought together.

mod changing;
mod dead;
mod idle;
mod sensing;

pub use dead::set_rates_of_dead;
pub use idle::idle_rules;

use super::diagnostics::{Diagnostic, Diagnostics};
use super::frame::Frame;
use super::rules_table;
use super::stability::has_potentials;
use super::types::BuiltType;
use crate::plan::domain::minutes;
use crate::plan::rules::behaviours::What;
use crate::plan::rules::signals::Signal;
use crate::plan::rules::{Behaviour, MOST_BEHAVIOURS, RuleRow, Rules};
use crate::plan::{ExchangeParameters, Geometry, Parameters};
use crate::scenario::Scenario;
use crate::scenario::faults::nearest;
use crate::scenario::levels::LevelKind;
use crate::scenario::naming::joined;
use crate::scenario::rules::Rule;
use crate::word;
use std::collections::BTreeMap;

/// Where a rule stands.
#[derive(Clone, Debug)]
enum Origin {
    /// Path in the scenario.
    Item(String),
    /// File and line.
    Line(String, usize),
}

impl Origin {
    /// A diagnostic at a field of the rule; at the key of the table where it stands in one.
    fn diagnostic(&self, field: &str, message: String, hint: &str) -> Diagnostic {
        let hint = Some(hint.to_owned()).filter(|hint| !hint.is_empty());
        match self {
            Origin::Item(path) if field.is_empty() => Diagnostic { path: path.clone(), message, hint },
            Origin::Item(path) => Diagnostic { path: format!("{path}.{field}"), message, hint },
            Origin::Line(file, line) => {
                Diagnostic { path: "rules_table".into(), message: format!("{file}:{line}: {message}"), hint }
            }
        }
    }

    fn place(&self) -> String {
        match self {
            Origin::Item(path) => path.clone(),
            Origin::Line(file, line) => format!("{file}:{line}"),
        }
    }
}

/// A rule that was read, and where it stands.
#[derive(Clone, Debug)]
pub struct Noted {
    origin: Origin,
    own: usize,
    signal: Signal,
    behaviour: String,
    what: What,
    /// Words of the parameters that it changes.
    words: Vec<usize>,
    row: RuleRow,
}

impl Noted {
    fn diagnostic(&self, message: String, hint: &str) -> Diagnostic {
        self.origin.diagnostic("", message, hint)
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
    diagnostics: &'a mut Diagnostics,
    rules: Rules,
    /// Saturations that increase and decrease, for each cell type and behaviour.
    saturations: Vec<Vec<[Option<f32>; 2]>>,
    /// Where the rule that is looked at stands.
    origin: Origin,
    noted: Vec<Noted>,
    /// Where the first rule stands of a cell type, word, signal and direction.
    first: BTreeMap<(usize, usize, [u32; 3]), String>,
}

/// Reads and checks all rules of an arm.
pub fn rules(
    scenario: &Scenario,
    types: &[BuiltType],
    parameters: &Parameters,
    frame: &Frame,
    diagnostics: &mut Diagnostics,
) -> (Rules, Vec<Noted>) {
    let mut builder = Builder {
        types,
        names: types.iter().map(|it| it.name.as_str()).collect(),
        substrates: frame.substrates.iter().flat_map(|it| &it.list).map(|it| (it.name.as_str(), it.kind)).collect(),
        parameters,
        geometry: frame.space.geometry,
        potentials_min: has_potentials(frame).then(|| minutes(frame.clocks.movement_ticks)),
        diagnostics,
        rules: Rules { behaviours: vec![Vec::new(); types.len()], ..Rules::default() },
        saturations: vec![Vec::new(); types.len()],
        origin: Origin::Item(String::new()),
        noted: Vec::new(),
        first: BTreeMap::new(),
    };
    for (number, rule) in scenario.rules.iter().enumerate() {
        builder.origin = Origin::Item(format!("rules.{number}"));
        builder.add(rule, rule.cell_type.as_deref());
    }
    for (set, given) in &scenario.rule_sets {
        for (name, rule) in &given.rules {
            builder.origin = Origin::Item(joined(["rule_sets", set, "rules", name]));
            builder.add(rule, rule.cell_type.as_deref().or(given.cell_type.as_deref()));
        }
    }
    if let Some(table) = &scenario.rules_table {
        builder.add_table(&scenario.source.folder.join(table), table);
    }
    let noted = std::mem::take(&mut builder.noted);
    (builder.finish(), noted)
}

impl Builder<'_> {
    fn fault(&mut self, field: &str, message: impl Into<String>, hint: &str) {
        match &self.origin {
            Origin::Item(path) => {
                let field = if field.is_empty() { String::new() } else { format!(".{field}") };
                self.diagnostics.add(format!("{path}{field}"), message, hint);
            }
            Origin::Line(file, line) => {
                let hint = if hint.is_empty() { String::new() } else { format!("\n\nhint: {hint}") };
                self.diagnostics.add_text(format!("error: {file}:{line}: {}{hint}", message.into()));
            }
        }
    }

    fn warn(&mut self, field: &str, message: String, hint: &str) {
        let Diagnostic { path, message, hint } = self.origin.diagnostic(field, message, hint);
        self.diagnostics.warn(path, message, hint.as_deref().unwrap_or(""));
    }

    fn add_table(&mut self, path: &std::path::Path, name: &str) {
        match rules_table::read(path) {
            Err(text) => self.diagnostics.add_text(text),
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
        let targets = self.targets(own, &behaviour, saturation);
        let words = targets.iter().map(|it| it.0).collect();
        for (word, saturation) in targets {
            self.put(own, word, rule, row, saturation as f32);
        }
        let (origin, what) = (self.origin.clone(), behaviour.what);
        self.noted.push(Noted { origin, own, signal, behaviour: behaviour.name, what, words, row });
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
                let path = joined(["cell_types", name, "substrates", substrate]);
                let message = format!(
                    "rules let {name} secrete {substrate}, but it has no target, the level toward which it does"
                );
                self.diagnostics.require(!is_ruled(secretion) || has_level, path, message, "such as target = 1");
            }
        }
    }

    fn finish(mut self) -> Rules {
        for own in 0..self.types.len() {
            let count = self.rules.behaviours[own].len();
            let message = format!("rules change {count} behaviours of {}; at most {MOST_BEHAVIOURS}", self.names[own]);
            self.diagnostics.require(
                count <= MOST_BEHAVIOURS,
                "rules",
                message,
                "each phase of the cycle counts as one",
            );
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
mod tests;
