//! `[study.sweep.NAME]`: what varies between the arms of a study.

use super::values::Count;
use serde::{Deserialize, Serialize};

/// `[study.sweep.NAME]`: values of one path; several sweeps make a grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// As in an arm: `doses.0.at`.
    pub path: String,
    /// One by one, or else `from` and `to`; in a grid `count` too.
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

const BOTH: &str = "it has both values and a range; leave one of them out";
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
            (false, true) => Err(BOTH.into()),
            (true, false) => Err("it has no values; give values = [...], or from, to and count".into()),
            (true, true) => self.range(),
        }
    }

    /// The values at parts of the way, each in 0..=1, from the first value to the last, or from `from` to `to`.
    ///
    /// # Errors
    /// What is missing, or does not fit together.
    pub fn levels_at(&self, parts: &[f64]) -> Result<Vec<toml::Value>, String> {
        if self.count.is_some() {
            return Err("the number of values is that of [study.sample]; leave count out".into());
        }
        match (self.values.is_empty(), self.from.is_some() || self.to.is_some()) {
            (false, false) => {
                let place = |part: f64| ((part * self.values.len() as f64) as usize).min(self.values.len() - 1);
                Ok(parts.iter().map(|part| self.values[place(*part)].clone()).collect())
            }
            (false, true) => Err(BOTH.into()),
            (true, _) => {
                let range = self.ends()?;
                Ok(parts.iter().map(|part| range.at(*part)).collect())
            }
        }
    }

    fn range(&self) -> Result<Vec<toml::Value>, String> {
        let Some(count) = self.count else { return Err("a range needs from, to and count".into()) };
        let range = self.ends()?;
        if !(2..=MOST_VALUES).contains(&count.0) {
            return Err(format!("count is {}; a range has from 2 to {MOST_VALUES} values", count.0));
        }
        Ok((0..count.0).map(|k| range.at(f64::from(k) / f64::from(count.0 - 1))).collect())
    }

    fn ends(&self) -> Result<Ends, String> {
        let (Some(from), Some(to)) = (&self.from, &self.to) else { return Err("a range needs from and to".into()) };
        let ((low, unit), (high, other)) = (quantity(from)?, quantity(to)?);
        if unit != other {
            return Err(format!("from is in `{unit}` and to in `{other}`; write both in one unit"));
        }
        if self.scale == Scale::Log && !(low > 0.0 && high > 0.0) {
            return Err("a log range needs from and to above 0".into());
        }
        Ok(Ends { low, high, unit, scale: self.scale })
    }
}

/// The ends of a range, in one unit.
struct Ends {
    low: f64,
    high: f64,
    unit: String,
    scale: Scale,
}

impl Ends {
    fn at(&self, part: f64) -> toml::Value {
        let number = match self.scale {
            Scale::Linear => self.low + (self.high - self.low) * part,
            Scale::Log => self.low * (self.high / self.low).powf(part),
        };
        written(number, &self.unit)
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
            ("from = 1\ncount = 2", "needs from and to"),
            ("from = \"1 d\"\nto = \"2 h\"\ncount = 2", "one unit"),
            ("from = 0\nto = 1\ncount = 2\nscale = \"log\"", "above 0"),
            ("from = 0\nto = 1\ncount = 1", "count is 1"),
            ("from = \"early\"\nto = 1\ncount = 2", "not a number"),
        ] {
            assert!(levels(text).unwrap_err().contains(part), "{text}");
        }
    }

    #[test]
    fn samples_lie_between_the_ends() {
        let at = |text: &str, parts: &[f64]| {
            let sweep: Sweep = toml::from_str(&format!("path = \"x\"\n{text}")).unwrap();
            sweep.levels_at(parts).map(|levels| levels.iter().map(label).collect::<Vec<_>>())
        };
        assert_eq!(at("from = \"0 d\"\nto = \"2 d\"", &[0.0, 0.25, 1.0]).unwrap(), ["0 d", "0.5 d", "2 d"]);
        assert_eq!(at("from = 0.1\nto = 10\nscale = \"log\"", &[0.5]).unwrap(), ["1.0"]);
        assert_eq!(at("values = [1, 2, 4]", &[0.0, 0.4, 0.99, 1.0]).unwrap(), ["1", "2", "4", "4"]);
        assert!(at("from = 1\nto = 2\ncount = 3", &[0.5]).unwrap_err().contains("leave count out"));
        assert!(at("", &[0.5]).unwrap_err().contains("needs from and to"));
    }
}
