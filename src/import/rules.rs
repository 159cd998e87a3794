//! Rules of a project: tables in PhysiCell's grammar, versions 1 to 3, as rules of a scenario.

use super::motion::mean_bias;
use super::project::Project;
use super::report::{Kind, Place, Report};
use super::toml_text::{Text, quantity, quoted};
use super::xml::{Settings, is_enabled, shortened, text_of};
use crate::compile::rules_table;
use crate::plan::rules::behaviours::behaviours;
use crate::plan::rules::signals::{self, STATES, SignalNames, signals};
use crate::plan::table::unix;
use crate::scenario::levels::LevelKind;
use crate::scenario::rules::{Amount, Effect, Rule};
use crate::scenario::units::Dimension;
use std::collections::BTreeMap;

/// Rules of a project at most.
const MOST_RULES: usize = 2000;

/// Words of PhysiCell without a counterpart, by what they begin with, and what is nearest.
const FOREIGN: &[(&str, &str)] = &[
    ("phagocyt", "cells do not phagocytose; dead cells go after the duration of their death"),
    ("fuse to", "cells do not fuse"),
    ("asymmetric division", "both daughters are of the mother's type; `transition to` that type is nearest"),
    (
        "migration persistence time",
        "rules cannot change the persistence; `migration speed` and `migration bias` they can",
    ),
    ("chemotactic", "rules cannot change what cells follow; `migration bias` they can"),
    ("cell-cell adhesion elastic", "there are no springs between cells but of attacks"),
    ("adhesive affinity", "rules cannot change the adhesion to one type; `cell-cell adhesion` they can"),
    ("relative maximum adhesion", "rules cannot change how far adhesion reaches; `cell-cell adhesion` they can"),
    ("cell-BM", "there is no basement membrane"),
    ("contact with basement", "there is no basement membrane"),
    ("contact with BM", "there is no basement membrane"),
    ("contact with apoptotic", "`contact with dead cell` counts apoptotic and necrotic cells alike"),
    ("contact with necrotic", "`contact with dead cell` counts apoptotic and necrotic cells alike"),
    ("contact with other dead", "`contact with dead cell` counts all dead cells"),
    ("apoptotic", "`dead` is 1 in apoptotic and necrotic cells alike"),
    ("necrotic", "`dead` is 1 in apoptotic and necrotic cells alike"),
    ("is_", "rules cannot ask or change it"),
    ("custom", "cells have no custom variables; a trait is a number of each cell, which stays as it is"),
    ("intracellular", "there are no models within cells"),
    ("internalized", "cells do not remember what they have taken up"),
    ("immunogenicity", "attacks have a rate for each pair of types; change `attack NAME` of the attacker instead"),
    ("attack damage rate", "`hits on NAME`, the rate of damage to the attacked type NAME, is nearest"),
    ("attack duration", "`detachment from NAME`, the rate at which an attack on NAME ends, is nearest"),
    ("attacking", "`attached` is 1 while a cell attacks"),
    ("is attacking", "`attached` is 1 while a cell attacks"),
    ("damage delivered", "cells do not remember their attacks"),
    ("total damage", "cells do not remember their attacks"),
    ("total attack time", "cells do not remember attacks; `damage` is what they did"),
    ("damage r", "rules cannot change how damage grows or fades"),
    ("cell attachment", "cells attach in attacks alone: `attack NAME`"),
    ("cell detachment", "cells attach in attacks alone: `detachment from NAME`"),
    ("maximum number of cell attachments", "the number of attackers has no limit"),
];

/// A rule of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub place: Place,
    pub cell_type: String,
    pub signal: String,
    pub behaviour: String,
    pub is_for_dead: bool,
    increases: bool,
    /// The value of the behaviour without a signal, in version 1.
    base: Option<f64>,
    saturation: f64,
    /// In texpop's unit of the signal.
    half_maximum: f64,
    hill_power: f64,
}

/// All rules of a project.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows(Vec<Row>);

/// A rule as text, with what identifies it.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub text: Text,
    pub place: Place,
    /// Such as `tumour: oxygen increases cycle entry`.
    pub key: String,
    /// The base value that version 1 states, in min and um; and where it is found in a plan.
    pub base: Option<f64>,
}

/// What rules may name.
pub struct Known<'a> {
    pub types: Vec<&'a str>,
    pub substrates: &'a [&'a str],
    /// Names of the phases of each type.
    pub phases: BTreeMap<&'a str, Vec<String>>,
    /// Types that do not walk, whatever rules say about their walk.
    pub still: Vec<&'a str>,
    pub is_layer: bool,
}

impl Rows {
    /// Those of a cell type.
    pub fn of(&self, cell_type: &str) -> impl Iterator<Item = &Row> {
        self.0.iter().filter(move |it| it.cell_type == cell_type)
    }
}

/// Reads all tables of rules that are switched on.
pub fn read(settings: &Settings, project: &Project) -> Rows {
    let mut rows = Vec::new();
    let Some(list) = settings.at(settings.root, "cell_rules/rulesets") else { return Rows::default() };
    for node in settings.all(list, "ruleset") {
        settings.see_all(node);
        if !is_enabled(node) {
            continue;
        }
        let version = node.attribute("version").map_or("", str::trim);
        let is_first = matches!(version, "1" | "1.0");
        if !is_first && !matches!(version, "2" | "2.0" | "3" | "3.0") {
            settings
                .fault(node, format!("the grammar of rules has versions 1, 2 and 3; this is `{}`", shortened(version)));
            continue;
        }
        if let Some(other) = node.attribute("format").filter(|it| !it.eq_ignore_ascii_case("csv")) {
            settings.fault(node, format!("rules are read as tables, format=\"csv\"; this is `{}`", shortened(other)));
            continue;
        }
        let [folder, file] = ["folder", "filename"].map(|it| settings.at(node, it).map_or("", text_of));
        let Some((name, bytes)) = project.read(settings, node, folder, file) else { continue };
        match String::from_utf8(bytes) {
            Ok(text) => table(settings, &name, &text, is_first, &mut rows),
            Err(_) => settings.fault(node, format!("{name} is not UTF-8 text: save it as plain text in UTF-8")),
        }
    }
    if rows.len() > MOST_RULES {
        settings.fault(list, format!("there are {} rules; at most {MOST_RULES} are read", rows.len()));
        rows.clear();
    }
    Rows(rows)
}

/// The rules of a table.
fn table(settings: &Settings, name: &str, text: &str, is_first: bool, rows: &mut Vec<Row>) {
    let (text, bases) = if is_first { without_bases(text) } else { (text.to_owned(), BTreeMap::new()) };
    for (line, rule) in rules_table::parse(&text) {
        let place = Place { file: name.to_owned(), line };
        match rule {
            Ok(rule) => rows.extend(row(rule, place, bases.get(&line).copied())),
            Err(message) => settings.report.borrow_mut().fault(place, message),
        }
    }
}

/// A table of version 1 without its column of base values, which stands before the saturation; and these by line.
fn without_bases(text: &str) -> (String, BTreeMap<usize, f64>) {
    const BASE: usize = 4;
    let mut bases = BTreeMap::new();
    let mut lines = Vec::new();
    for (line, number) in unix(text).lines().zip(1..) {
        let mut fields: Vec<&str> = line.split(',').collect();
        let is_rule = fields.len() == 9 && !line.trim_start().starts_with(['/', '#']);
        let base = fields.get(BASE).and_then(|it| it.trim().parse::<f64>().ok()).filter(|it| it.is_finite());
        if let Some(base) = base.filter(|_| is_rule) {
            bases.insert(number, base);
            fields.remove(BASE);
        }
        lines.push(fields.join(","));
    }
    (lines.join("\n"), bases)
}

fn row(rule: Rule, place: Place, base: Option<f64>) -> Option<Row> {
    let number = |amount: Option<Amount>| match amount {
        Some(Amount::Number(number)) => Some(number),
        _ => None,
    };
    Some(Row {
        place,
        cell_type: rule.cell_type?,
        signal: rule.signal,
        behaviour: rule.behaviour,
        is_for_dead: rule.applies_to_dead,
        increases: rule.effect == Effect::Increases,
        base,
        saturation: number(Some(rule.saturation))?,
        half_maximum: number(rule.half_maximum)?,
        hill_power: rule.hill_power?.0,
    })
}

/// The rules as text. Those with words that texpop does not have are noted.
pub fn write(rows: &Rows, known: &Known, report: &mut Report) -> Vec<Written> {
    let mut read = Vec::new();
    for row in &rows.0 {
        match looked_up(row, known) {
            Ok(units) => read.push((row, units)),
            Err((kind, reason)) => report.add(kind, &row.place, &key(row), &reason),
        }
    }
    let saturations = saturations(&read);
    let written = |(row, it): &(&Row, Looked)| {
        let saturation = saturations[&(row.cell_type.as_str(), it.behaviour.as_str(), row.increases)];
        if saturation != row.saturation {
            let reason =
                format!("the saturation is {saturation}, as PhysiCell lets all rules of one direction go to one value");
            report.add(Kind::Differs, &row.place, &key(row), &reason);
        }
        let bias = |value: f64| if it.is_bias { mean_bias(value, known.is_layer) } else { value };
        let text = block(row, it, bias(saturation));
        Written { text, place: row.place.clone(), key: key(row), base: row.base.map(bias) }
    };
    read.iter().map(written).collect()
}

/// A rule's words in texpop's terms.
struct Looked {
    behaviour: String,
    behaviour_unit: String,
    signal_unit: String,
    is_bias: bool,
}

/// Looks up the words of a rule; or says why it is not carried over.
fn looked_up(row: &Row, known: &Known) -> Result<Looked, (Kind, String)> {
    let lost = |reason: String| (Kind::Lost, reason);
    if !known.types.contains(&row.cell_type.as_str()) {
        return Err(lost(format!("there is no cell type `{}`", shortened(&row.cell_type))));
    }
    if row.behaviour.starts_with("migration") && known.still.contains(&row.cell_type.as_str()) {
        return Err((Kind::Unused, "the motility of this cell type is switched off".into()));
    }
    let phases: Vec<&str> =
        known.phases.get(row.cell_type.as_str()).into_iter().flatten().map(String::as_str).collect();
    let substrates: Vec<(&str, LevelKind)> = known.substrates.iter().map(|it| (*it, LevelKind::Number)).collect();
    let names = |own| SignalNames { types: &known.types, own, substrates: &substrates, states: [false; STATES.len()] };
    let name = signals::usual_name(&row.signal);
    let signal = signals(names(&[])).into_iter().find(|it| it.name == name);
    let signal = signal.ok_or_else(|| lost(unknown("signal", &row.signal)))?;
    let is_it = |own: &str, others: &[String]| own == row.behaviour || others.contains(&row.behaviour);
    let behaviour = behaviours(names(&phases)).into_iter().find(|it| is_it(&it.name, &it.other_names));
    let behaviour = behaviour.ok_or_else(|| lost(unknown("behaviour", &row.behaviour)))?;
    Ok(Looked {
        is_bias: behaviour.name == "migration bias",
        behaviour_unit: unit(behaviour.dimension),
        signal_unit: unit(signal.dimension),
        behaviour: behaviour.name,
    })
}

fn unknown(what: &str, word: &str) -> String {
    let near = FOREIGN.iter().find(|(start, _)| word.starts_with(start));
    let near = near.map(|(_, near)| format!(": {near}")).unwrap_or_default();
    format!("texpop has no {what} `{}`{near}", shortened(word))
}

/// The unit of a dimension as a quantity writes it.
fn unit(dimension: Dimension) -> String {
    let unit = dimension.unit();
    unit.strip_prefix('1').map_or(unit.clone(), str::to_owned)
}

/// Of each cell type, behaviour and direction the saturation that PhysiCell uses: the highest of rules that increase, the
/// lowest of those that decrease.
fn saturations<'a>(rows: &'a [(&'a Row, Looked)]) -> BTreeMap<(&'a str, &'a str, bool), f64> {
    let mut all = BTreeMap::new();
    for (row, looked) in rows {
        let known: &mut f64 =
            all.entry((row.cell_type.as_str(), looked.behaviour.as_str(), row.increases)).or_insert(row.saturation);
        *known = if row.increases { known.max(row.saturation) } else { known.min(row.saturation) };
    }
    all
}

/// A rule as it stands in a scenario.
fn block(row: &Row, looked: &Looked, saturation: f64) -> Text {
    let mut text = Text::default();
    text.header("[[rules]]");
    let source = format!("{}:{}", row.place.file, row.place.line);
    text.key("cell_type", &quoted(&row.cell_type), &source);
    text.key("signal", &quoted(&signals::usual_name(&row.signal)), "");
    text.key("effect", if row.increases { "\"increases\"" } else { "\"decreases\"" }, "");
    text.key(
        "behaviour",
        &quoted(&looked.behaviour),
        if looked.behaviour == row.behaviour { "" } else { &row.behaviour },
    );
    text.key("saturation", &quantity(saturation, &looked.behaviour_unit), "");
    let measure = if row.signal == "pressure" { "in texpop's measure of pressure, 0.0273 of PhysiCell's" } else { "" };
    text.key("half_maximum", &quantity(row.half_maximum, &looked.signal_unit), measure);
    text.key("hill_power", &row.hill_power.to_string(), "");
    if row.is_for_dead {
        text.key("applies_to_dead", "true", "");
    }
    text
}

fn key(row: &Row) -> String {
    let effect = if row.increases { "increases" } else { "decreases" };
    format!("{}: {} {effect} {}", shortened(&row.cell_type), shortened(&row.signal), shortened(&row.behaviour))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Rows {
        let place = |line| Place { file: "rules.csv".into(), line };
        let (text, bases) = without_bases(text);
        let parsed = rules_table::parse(&text).into_iter();
        Rows(parsed.filter_map(|(line, rule)| row(rule.unwrap(), place(line), bases.get(&line).copied())).collect())
    }

    fn written(text: &str) -> (Vec<Written>, String) {
        let known = Known {
            types: vec!["tumour", "T cell"],
            substrates: &["oxygen"],
            phases: [("tumour", vec!["live".to_owned()])].into(),
            still: vec!["tumour"],
            is_layer: true,
        };
        let mut report = Report::default();
        let written = write(&rows(text), &known, &mut report);
        (written, report.text(&[Kind::Lost, Kind::Differs, Kind::Unused]))
    }

    #[test]
    fn rules_get_units_and_names() {
        let (rules, said) = written(
            "tumour,oxygen,increases,cycle entry,0.0072,21.5,4,0\n\
             T cell,gradient of oxygen,decreases,attack tumour,0,2,4,1\n\
             T cell,time,increases,migration bias,0.5,60,4,0\n",
        );
        assert_eq!((rules.len(), said.as_str()), (3, ""));
        let first = rules[0].text.as_str();
        for part in ["behaviour = \"exit from phase live\"", "saturation = \"0.0072 /min\"", "half_maximum = 21.5\n"] {
            assert!(first.contains(part), "{first}");
        }
        let second = rules[1].text.as_str();
        for part in
            ["signal = \"oxygen gradient\"", "\"attachment to tumour\"", "\"2 um^-1\"", "applies_to_dead = true"]
        {
            assert!(second.contains(part), "{second}");
        }
        assert!(rules[2].text.as_str().contains("saturation = 0.6366"), "{}", rules[2].text.as_str());
        assert!(rules[2].text.as_str().contains("half_maximum = \"60 min\""));
    }

    #[test]
    fn what_has_no_counterpart_is_noted_with_what_is_nearest() {
        let (rules, said) = written(
            "tumour,oxygen,increases,phagocytose apoptotic cell,1,21.5,4,0\n\
             tumour,custom:energy,increases,apoptosis,1,21.5,4,0\n\
             tumour,oxygen,increases,migration speed,1,21.5,4,0\n\
             stroma,oxygen,increases,apoptosis,1,21.5,4,0\n",
        );
        assert!(rules.is_empty());
        for part in [
            "rules.csv:1: tumour: oxygen increases phagocytose apoptotic cell: texpop has no behaviour `phagocytose",
            "rules.csv:2: tumour: custom:energy increases apoptosis: texpop has no signal `custom:energy`: cells have no custom",
            "rules.csv:3: tumour: oxygen increases migration speed: the motility of this cell type is switched off",
            "rules.csv:4: stroma: oxygen increases apoptosis: there is no cell type `stroma`",
        ] {
            assert!(said.contains(part), "no {part} in\n{said}");
        }
    }

    #[test]
    fn version_one_states_bases_and_one_direction_has_one_saturation() {
        let (rules, said) = written(
            "tumour,oxygen,increases,apoptosis,0.01,0.05,21.5,4,0\n\
             // a remark, with, many, commas, that, make, nine, fields\n\
             tumour,pressure,increases,apoptosis,0.01,0.03,1,4,0\n",
        );
        assert_eq!(
            rules.iter().map(|it| (it.base, it.place.line)).collect::<Vec<_>>(),
            [(Some(0.01), 1), (Some(0.01), 3)]
        );
        assert!(rules.iter().all(|it| it.text.as_str().contains("saturation = \"0.05 /min\"")));
        assert!(said.contains("rules.csv:3: tumour: pressure increases apoptosis: the saturation is 0.05"), "{said}");
    }
}
