//! What a rule senses, and how it responds: a row of the device.

use super::{Builder, Origin};
use crate::plan::Geometry;
use crate::plan::rules::signals::{Code, STATES, Signal, SignalNames, signals, usual_name, with_level};
use crate::plan::rules::{MOST_CONTACTS, RuleRow};
use crate::scenario::levels::LevelKind;
use crate::scenario::rules::{Amount, Effect, Rule};
use crate::scenario::units::{self, Dimension, LARGEST};

/// Hill powers at most: beyond, a response is a step, and roundings of the signal show in it (1e-7 × the power).
const MOST_POWER: f64 = 1000.0;

impl Builder<'_> {
    /// Which of [`STATES`] cells of a type have.
    pub(crate) fn states(&self, own: usize) -> [bool; STATES.len()] {
        let (row, proteostasis) = (&self.parameters.types[own], self.types[own].proteostasis.is_some());
        let holds_on = |other: usize| self.parameters.pair(own, other).attachment_per_min > 0.0;
        let synapses = row.has_cytokines() || (0..self.types.len()).any(holds_on);
        [proteostasis, proteostasis, proteostasis, proteostasis, proteostasis && synapses, row.is_immunogenic == 1]
    }

    /// The signal of a name, or a fault with the nearest.
    pub(crate) fn signal(&mut self, name: &str, traits: &[&str], states: [bool; STATES.len()]) -> Option<Signal> {
        let mut known = signals(SignalNames { types: &self.names, own: traits, substrates: &self.substrates, states });
        let usual = usual_name(name);
        let names: Vec<&str> = known.iter().map(|it| it.name.as_str()).collect();
        self.check_meaning("signal", "signal", name, names.iter().filter(|it| **it == name || **it == usual).count());
        let found = match names.iter().position(|it| *it == usual) {
            Some(found) => found,
            None => self.number("signal", "signal", name, &names)?,
        };
        let signal = known.swap_remove(found);
        if signal.code == Code::Contact && self.geometry == Geometry::Culture {
            self.fault("signal", "cells of a culture have no places, and touch no one", "");
            return None;
        }
        Some(signal)
    }

    /// Words may mean one thing alone: the names of a scenario can make one name of two.
    pub(crate) fn check_meaning(&mut self, field: &str, what: &str, name: &str, meanings: usize) {
        if meanings > 1 {
            let message = format!("the {what} `{name}` means {meanings} things in this scenario");
            self.fault(field, message, "rename the cell type, trait or substrate that makes the second of them");
        }
    }

    /// A value in um, min and the unit of a level.
    pub(crate) fn amount(&mut self, given: &Amount, dimension: Dimension, kind: LevelKind, field: &str) -> Option<f64> {
        let (dimension, scale) = with_level(dimension, kind);
        let value = match given {
            Amount::Text(text) => match units::parse(text, dimension) {
                Ok(value) => value / scale,
                Err(fault) => {
                    self.fault(field, format!("{field}: {}", fault.message), fault.hint.as_deref().unwrap_or(""));
                    return None;
                }
            },
            Amount::Number(value) => {
                let has_unit = dimension == Dimension::NUMBER || matches!(self.origin, Origin::Line(..));
                if !has_unit {
                    self.fault(field, format!("{field} is {value}; it must be {}", dimension.expected()), "");
                    return None;
                }
                *value
            }
        };
        if value.is_nan() || value.abs() > LARGEST {
            self.fault(field, format!("{field} is {value}; it must be a finite number, up to {LARGEST:e}"), "");
            return None;
        }
        Some(value)
    }

    /// The rule for the device.
    pub(crate) fn row(&mut self, rule: &Rule, signal: &Signal) -> Option<RuleRow> {
        let (is_linear, middle, steepness) = match (&rule.half_maximum, &rule.zero_at, &rule.one_at) {
            (Some(half), None, None) => {
                let half = self.amount(half, signal.dimension, signal.kind, "half_maximum")?;
                if half <= 0.0 {
                    self.fault("half_maximum", format!("half_maximum is {half}; it must be more than 0"), "");
                    return None;
                }
                let Some(power) = rule.hill_power else {
                    self.fault("", "the rule has no hill_power", "4 is usual; a large one makes a step");
                    return None;
                };
                if power.0 > MOST_POWER {
                    let message =
                        format!("the Hill power {} counts as {MOST_POWER}, with which a response is a step", power.0);
                    self.warn("hill_power", message, "");
                }
                (0, half, power.0.min(MOST_POWER))
            }
            (None, Some(zero), Some(one)) if rule.hill_power.is_none() => {
                let zero = self.amount(zero, signal.dimension, signal.kind, "zero_at")?;
                let one = self.amount(one, signal.dimension, signal.kind, "one_at")?;
                if zero == one {
                    let message = format!("zero_at and one_at are both {zero}; they must differ");
                    self.fault("one_at", message, "the response rises from 0 at zero_at to 1 at one_at");
                    return None;
                }
                (1, zero, 1.0 / (one - zero))
            }
            _ => {
                let hint = "give half_maximum and hill_power, or zero_at and one_at";
                self.fault("", "the response is neither a Hill function nor linear", hint);
                return None;
            }
        };
        Some(RuleRow {
            signal: signal.code as u32,
            which: if signal.code == Code::Contact { self.contact(signal.which)? } else { signal.which },
            decreases: u32::from(rule.effect == Effect::Decreases),
            applies_to_dead: u32::from(rule.applies_to_dead),
            is_linear,
            middle: middle as f32,
            steepness: steepness as f32,
        })
    }

    /// Place of a kind of contact among those that are counted.
    fn contact(&mut self, kinds: u32) -> Option<u32> {
        let contacts = &mut self.rules.contacts;
        if let Some(place) = contacts.iter().position(|&it| it == kinds) {
            return Some(place as u32);
        }
        if contacts.len() == MOST_CONTACTS {
            self.fault("signal", format!("the rules ask for more than {MOST_CONTACTS} kinds of contact"), "");
            return None;
        }
        contacts.push(kinds);
        Some(contacts.len() as u32 - 1)
    }
}
