//! `[[rules]]`: what a signal does to a behaviour of a cell type; `[rule_sets.NAME]`: several such hypotheses, by name.

use super::values::Positive;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Direction of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Increases,
    Decreases,
}

/// A number, or a text with a unit that depends on the signal or behaviour.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Amount {
    Number(f64),
    Text(String),
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Amount::Number(number) => number.fmt(f),
            Amount::Text(text) => f.write_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AmountVisitor)
    }
}

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a number, or a text with a unit")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        Ok(Amount::Text(text.to_owned()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Amount, E> {
        Ok(Amount::Number(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Amount, E> {
        Ok(Amount::Number(value as f64))
    }
}

/// `[rule_sets.NAME]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// Of all its rules that name none.
    pub cell_type: Option<String>,
    /// By name, so that a set of the library is overridden key by key.
    #[serde(default)]
    pub rules: BTreeMap<String, Rule>,
}

/// `[[rules]]`: a Hill response has `half_maximum` and `hill_power`, a linear one `zero_at` and `one_at`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// In a set of rules absent: that of the set.
    pub cell_type: Option<String>,
    pub signal: String,
    pub effect: Effect,
    pub behaviour: String,
    /// Value of the behaviour at full response.
    pub saturation: Amount,
    /// Signal at half of the response.
    pub half_maximum: Option<Amount>,
    pub hill_power: Option<Positive>,
    /// Signals at which a linear response is 0 and 1.
    pub zero_at: Option<Amount>,
    pub one_at: Option<Amount>,
    #[serde(default)]
    pub applies_to_dead: bool,
}
