//! Rules from a table in PhysiCell's grammar (`cell_rules.csv`, version 3): a rule a line, without a header,
//! `cell type,signal,increases or decreases,behaviour,saturation,half maximum,Hill power,applies to dead`.
//!
//! Numbers are in um and min, as PhysiCell's are, and a pressure of 1 is that of 12 neighbours, packed as closely as they fit. Lines that begin with `//` or `#` are remarks.

use crate::plan::table::unix;
use crate::scenario::read_bytes;
use crate::scenario::rules::{Amount, Effect, Rule};
use crate::scenario::units::LARGEST;
use crate::scenario::values::Positive;
use std::path::Path;

/// PhysiCell divides the sum over neighbours of (1 − distance/sum of radii)² by this: its `simple_pressure_scale`, in
/// `Cell::add_potentials` of `PhysiCell_cell.cpp`, 12 (1 − √(π/(2√3)))².
const PRESSURE: f64 = 0.027_288_820_670_331;

/// Names of the columns.
const COLUMNS: [&str; 8] = [
    "cell type",
    "signal",
    "increases/decreases",
    "behaviour",
    "saturation",
    "half max",
    "Hill power",
    "applies to dead",
];

/// A rule with its line, or what is wrong with the line.
pub type Line = (usize, Result<Rule, String>);

/// Reads the rules of a table.
///
/// # Errors
/// The text of a fault that concerns the whole file.
pub fn read(path: &Path) -> Result<Vec<Line>, String> {
    let name = path.display();
    let bytes = read_bytes(path).map_err(|cause| {
        format!(
            "error: could not read the table of rules {name}: {cause}\n\nhint: the path is relative to the scenario"
        )
    })?;
    let text = String::from_utf8(bytes).map_err(|fault| {
        let start = &fault.as_bytes()[..fault.utf8_error().valid_up_to()];
        let line = 1 + start.iter().filter(|byte| **byte == b'\n').count();
        format!("error: {name}:{line}: this is not UTF-8 text\n\nhint: save the table as plain text in UTF-8")
    })?;
    Ok(parse(&text))
}

/// The rules of a table's text.
pub fn parse(text: &str) -> Vec<Line> {
    let is_rule = |line: &str| !(line.is_empty() || line.starts_with("//") || line.starts_with('#'));
    unix(text)
        .lines()
        .zip(1..)
        .filter(|(line, _)| is_rule(line.trim()))
        .map(|(line, number)| (number, rule(line)))
        .collect()
}

fn rule(line: &str) -> Result<Rule, String> {
    let fields: Vec<&str> = line.split(',').map(|field| field.trim().trim_matches('"').trim()).collect();
    if let Some(missing) = COLUMNS.get(fields.len()) {
        return Err(format!("column {missing} is missing: the line has {} fields of {}", fields.len(), COLUMNS.len()));
    }
    if fields[COLUMNS.len()..].iter().any(|field| !field.is_empty()) {
        return Err(format!(
            "the line has {} fields; a rule has {}: {}. Those of version 1 have a base value before the saturation: take it out",
            fields.len(),
            COLUMNS.len(),
            COLUMNS.join(", ")
        ));
    }
    let number = |column: usize| {
        let value = fields[column].parse::<f64>().ok().filter(|value| value.abs() <= LARGEST);
        value.ok_or_else(|| {
            format!("column {} holds `{}`, which is not a number up to {LARGEST:e}", COLUMNS[column], fields[column])
        })
    };
    let hill_power = number(6)?;
    if hill_power <= 0.0 {
        return Err(format!("column Hill power holds {hill_power}; it must be more than 0"));
    }
    Ok(Rule {
        cell_type: Some(fields[0].to_owned()),
        signal: fields[1].to_owned(),
        effect: match fields[2] {
            "increases" => Effect::Increases,
            "decreases" => Effect::Decreases,
            other => return Err(format!("column {} holds `{other}`", COLUMNS[2])),
        },
        behaviour: fields[3].to_owned(),
        saturation: Amount::Number(number(4)?),
        half_maximum: Some(Amount::Number(number(5)? * unit_of(fields[1]))),
        hill_power: Some(Positive(hill_power)),
        zero_at: None,
        one_at: None,
        applies_to_dead: match fields[7] {
            "false" => false,
            "true" => true,
            // As in PhysiCell, any number but 0 is a yes.
            other => match other.parse::<f64>() {
                Ok(number) if number.is_finite() => number != 0.0,
                _ => return Err(format!("column applies to dead holds `{other}`; it must be 0 or 1")),
            },
        },
    })
}

/// A unit of a signal of PhysiCell as a multiple of ours: um, min, and its own measure of pressure.
fn unit_of(signal: &str) -> f64 {
    if signal == "pressure" { PRESSURE } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_physicell_writes_them() {
        let text = "tumour,pressure,decreases,cycle entry,0.0,1.0,4,0\n\n// a remark\n\
                    t_cell, contact with tumour , increases,migration speed,2.5,0.5,8.0,1\r\n";
        let rules: Vec<_> = parse(text).into_iter().map(|(line, rule)| (line, rule.unwrap())).collect();
        assert_eq!(rules.iter().map(|it| it.0).collect::<Vec<_>>(), [1, 4]);
        let (first, second) = (&rules[0].1, &rules[1].1);
        assert_eq!((first.effect, first.behaviour.as_str()), (Effect::Decreases, "cycle entry"));
        assert_eq!((&first.saturation, first.hill_power), (&Amount::Number(0.0), Some(Positive(4.0))));
        assert_eq!(parse(&text.replace("\r\n", "\n").replace('\n', "\r")).len(), 2, "as old spreadsheets end lines");
        assert_eq!(first.half_maximum, Some(Amount::Number(PRESSURE)), "in the unit of our pressure");
        assert!((PRESSURE - 12.0 * (1.0 - (std::f64::consts::PI / 12f64.sqrt()).sqrt()).powi(2)).abs() < 1e-12);
        assert_eq!((second.signal.as_str(), second.applies_to_dead), ("contact with tumour", true));
    }

    #[test]
    fn faults_say_which_column() {
        for (line, part) in [
            ("tumour,pressure,decreases,cycle entry,0.0,1.0,4", "column applies to dead is missing"),
            ("tumour,pressure,lowers,cycle entry,0.0,1.0,4,0", "holds `lowers`"),
            ("tumour,pressure,decreases,cycle entry,0.0,one,4,0", "column half max holds `one`"),
            ("tumour,pressure,decreases,cycle entry,0.0,1.0,-4,0", "must be more than 0"),
            ("tumour,pressure,decreases,cycle entry,1,0.0,1.0,4,0", "version 1"),
            ("tumour,pressure,decreases,cycle entry,0.0,1.0,4,maybe", "must be 0 or 1"),
        ] {
            let (_, rule) = parse(line).remove(0);
            assert!(rule.clone().unwrap_err().contains(part), "{line}: {rule:?}");
        }
    }

    #[test]
    fn any_number_but_0_applies_a_rule_to_the_dead() {
        for (text, expected) in [("0", false), ("0.0", false), ("-0", false), ("1", true), ("1.0", true), ("2", true)] {
            let (_, rule) = parse(&format!("tumour,pressure,decreases,cycle entry,0.0,1.0,256,{text}")).remove(0);
            let rule = rule.unwrap();
            assert_eq!((rule.applies_to_dead, rule.hill_power), (expected, Some(Positive(256.0))), "{text}");
        }
    }
}
