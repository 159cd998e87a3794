//! `[study]`: which arm is best, by which outcome, and sweeps that make arms.

use super::interventions::Times;
use super::values::{Count, Fraction};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `[study]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Study {
    /// The arm that the others are compared with; the first, if absent.
    pub comparator: Option<String>,
    /// Of the intervals.
    pub confidence: Fraction,
    pub outcomes: BTreeMap<String, Outcome>,
    /// What varies, by a name of its own.
    pub sweep: BTreeMap<String, Sweep>,
}

impl Default for Study {
    fn default() -> Study {
        Study { comparator: None, confidence: Fraction(0.95), outcomes: BTreeMap::new(), sweep: BTreeMap::new() }
    }
}

/// `[study.outcomes.NAME]`: a number that each tissue gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// As in conditions: `tumour.live_count`.
    pub statistic: String,
    /// The time at which, or up to which; the end, if absent.
    pub at: Option<Times>,
    #[serde(default)]
    pub measure: Measure,
    /// For times to it.
    pub threshold: Option<f64>,
    pub better: Better,
}

/// What is made of the course of a statistic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Its value.
    #[default]
    Value,
    /// The area under it, times hours.
    Area,
    /// The first time at which it is below the threshold.
    TimeBelow,
    /// The first time at which it is above the threshold.
    TimeAbove,
}

/// Which outcomes are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    Low,
    High,
}

/// `[study.sweep.NAME]`: values of one path; several sweeps make a grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// As in an arm: `doses.0.at`.
    pub path: String,
    /// One by one, or else `from`, `to` and `count`.
    #[serde(default)]
    pub values: Vec<toml::Value>,
    pub from: Option<toml::Value>,
    pub to: Option<toml::Value>,
    pub count: Option<Count>,
    #[serde(default)]
    pub scale: Scale,
    /// Arms that are varied; all but the comparator, if absent.
    pub arms: Option<Vec<String>>,
}

/// The value that a sweep gives an arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub path: String,
    pub value: toml::Value,
}

/// How a range is parted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    #[default]
    Linear,
    Log,
}

/// Values of a range at most.
const MOST_VALUES: u32 = 4096;

impl Sweep {
    /// The values, as they would be written.
    ///
    /// # Errors
    /// What is missing, or does not fit together.
    pub fn levels(&self) -> Result<Vec<toml::Value>, String> {
        let is_range = self.from.is_some() || self.to.is_some() || self.count.is_some();
        match (self.values.is_empty(), is_range) {
            (false, false) => Ok(self.values.clone()),
            (false, true) => Err("it has both values and a range; leave one of them out".into()),
            (true, false) => Err("it has no values; give values = [...], or from, to and count".into()),
            (true, true) => self.range(),
        }
    }

    fn range(&self) -> Result<Vec<toml::Value>, String> {
        let (Some(from), Some(to), Some(count)) = (&self.from, &self.to, self.count) else {
            return Err("a range needs from, to and count".into());
        };
        let ((low, unit), (high, other)) = (quantity(from)?, quantity(to)?);
        if unit != other {
            return Err(format!("from is in `{unit}` and to in `{other}`; write both in one unit"));
        }
        if !(2..=MOST_VALUES).contains(&count.0) {
            return Err(format!("count is {}; a range has from 2 to {MOST_VALUES} values", count.0));
        }
        if self.scale == Scale::Log && !(low > 0.0 && high > 0.0) {
            return Err("a log range needs from and to above 0".into());
        }
        let part = |k: u32| f64::from(k) / f64::from(count.0 - 1);
        let level = |k: u32| match self.scale {
            Scale::Linear => low + (high - low) * part(k),
            Scale::Log => low * (high / low).powf(part(k)),
        };
        Ok((0..count.0).map(|k| written(level(k), &unit)).collect())
    }
}

/// Number and unit of a value.
///
/// # Errors
/// That it is none.
pub fn quantity(value: &toml::Value) -> Result<(f64, String), String> {
    let fault = || format!("{value} is not a number, with a unit or without");
    match value {
        toml::Value::Integer(number) => Ok((*number as f64, String::new())),
        toml::Value::Float(number) => Ok((*number, String::new())),
        toml::Value::String(text) => {
            let (number, unit) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
            let number = number.parse::<f64>().ok().filter(|it| it.is_finite());
            number.map(|number| (number, unit.trim().to_owned())).ok_or_else(fault)
        }
        _ => Err(fault()),
    }
}

/// With six figures, which is what a name should show.
fn written(number: f64, unit: &str) -> toml::Value {
    let rounded: f64 = format!("{number:.5e}").parse().unwrap_or(number);
    if unit.is_empty() { toml::Value::Float(rounded) } else { toml::Value::String(format!("{rounded} {unit}")) }
}

/// A value as it stands in the name of an arm and in tables.
pub fn label(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(text: &str) -> Result<Vec<String>, String> {
        let sweep: Sweep = toml::from_str(&format!("path = \"x\"\n{text}")).unwrap();
        sweep.levels().map(|levels| levels.iter().map(label).collect())
    }

    #[test]
    fn levels_are_listed_or_parted() {
        assert_eq!(levels("values = [\"2 d\", \"4 d\"]").unwrap(), ["2 d", "4 d"]);
        assert_eq!(levels("from = \"0 d\"\nto = \"1 d\"\ncount = 3").unwrap(), ["0 d", "0.5 d", "1 d"]);
        assert_eq!(levels("from = 0.1\nto = 10\ncount = 3\nscale = \"log\"").unwrap(), ["0.1", "1.0", "10.0"]);
    }

    #[test]
    fn faults_say_what_is_missing() {
        for (text, part) in [
            ("", "no values"),
            ("values = [1]\ncount = 2", "both values and a range"),
            ("from = 1\nto = 2", "needs from, to and count"),
            ("from = \"1 d\"\nto = \"2 h\"\ncount = 2", "one unit"),
            ("from = 0\nto = 1\ncount = 2\nscale = \"log\"", "above 0"),
            ("from = 0\nto = 1\ncount = 1", "count is 1"),
            ("from = \"early\"\nto = 1\ncount = 2", "not a number"),
        ] {
            assert!(levels(text).unwrap_err().contains(part), "{text}");
        }
    }
}
