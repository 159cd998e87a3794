//! Named parameters of a scenario: where they lie among the rows, and values for them.

use super::diagnostics::Diagnostics;
use super::types::BuiltType;
use crate::plan::treatment::ParameterId;
use crate::plan::treatment::parameter_paths::{CYCLE_RATE, FORCE_NAMES, Measure, PAIR_NAMES, TYPE_NAMES};
use crate::plan::{Geometry, Parameters};
use crate::scenario::Interaction;
use crate::scenario::naming::{normal, quoted};
use crate::scenario::proteostasis::{Allowed, PARAMETERS};
use crate::scenario::units;

/// What names refer to.
pub struct ParameterNames<'a> {
    pub types: &'a [BuiltType],
    pub interactions: &'a [Interaction],
    pub parameters: &'a Parameters,
    pub geometry: Geometry,
    /// Volume of a culture.
    pub volume_um3: f64,
}

/// A parameter as a table names it.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    pub cell_type: Option<&'a str>,
    pub effector: Option<&'a str>,
    pub target: Option<&'a str>,
    pub parameter: &'a str,
}

impl Key<'_> {
    /// In one line.
    pub fn written(&self) -> String {
        self.whose().map_or(self.parameter.to_owned(), |whose| format!("{whose} {}", self.parameter))
    }

    /// As a path.
    pub fn path(&self) -> String {
        let whose = self.whose().map(|whose| quoted(&whose) + ".");
        whose.unwrap_or_default() + self.parameter
    }

    fn whose(&self) -> Option<String> {
        let pair = self.effector.zip(self.target).map(|(effector, target)| format!("{effector}-{target}"));
        self.cell_type.map(str::to_owned).or(pair)
    }
}

const OWNERS: &str = "give cell_type, or effector and target, or a parameter such as interactions.0.kill_rate";

impl ParameterNames<'_> {
    /// Where a parameter lies; None with a fault if there is none of that name.
    pub fn place(&self, key: &Key, path: &str, diagnostics: &mut Diagnostics) -> Option<ParameterId> {
        let parameter = &normal(key.parameter);
        let types: Vec<&str> = self.types.iter().map(|it| it.name.as_str()).collect();
        let mut number =
            |field: &str, name: &str| diagnostics.number(format!("{path}.{field}"), "cell type", name, &types);
        match (key.cell_type, key.effector, key.target) {
            (Some(name), None, None) => {
                let cell_type = number("cell_type", name)?;
                self.of_type(cell_type, parameter, path, diagnostics)
            }
            (None, Some(effector), Some(target)) => {
                let (effector, target) = (number("effector", effector), number("target", target));
                let (effector, target) = (effector?, target?);
                self.of_pair(effector, target, parameter, path, diagnostics)
            }
            (None, None, None) => self.of_interaction(parameter, path, diagnostics),
            _ => {
                diagnostics.add(path, "it does not say whose parameter", OWNERS);
                None
            }
        }
    }

    fn of_type(&self, cell_type: usize, name: &str, path: &str, diagnostics: &mut Diagnostics) -> Option<ParameterId> {
        let known = self.known(cell_type);
        let names: Vec<&str> = known.iter().map(|it| it.0.as_str()).collect();
        let path = format!("{path}.parameter");
        let place = known[diagnostics.number(path.as_str(), "parameter of a cell type", name, &names)?].1;
        let built = &self.types[cell_type];
        let is_there = match place {
            ParameterId::Type { field, .. } => TYPE_NAMES[field].3(&built.row),
            ParameterId::Phase { phase, is_duration: true, .. } => built.phases[phase].1.exit_per_min > 0.0,
            _ => true,
        };
        let section = name.split('.').next().unwrap_or(name);
        let hint = format!("give {section} in [cell_types.{}]", quoted(&built.name));
        diagnostics.require(is_there, path, format!("{} has no {name}", built.name), &hint);
        Some(place).filter(|_| is_there)
    }

    /// All parameters of a cell type.
    fn known(&self, cell_type: usize) -> Vec<(String, ParameterId)> {
        let fields = TYPE_NAMES.iter().enumerate();
        let mut known: Vec<(String, ParameterId)> =
            fields.map(|(field, it)| (it.0.to_owned(), ParameterId::Type { cell_type, field })).collect();
        let forces = FORCE_NAMES.iter().enumerate();
        known.extend(forces.map(|(field, it)| (it.0.to_owned(), ParameterId::Force { cell_type, field })));
        known.push((CYCLE_RATE.to_owned(), ParameterId::Cycle { cell_type }));
        for (phase, (name, _)) in self.types[cell_type].phases.iter().enumerate() {
            for (what, is_duration) in [("rate", false), ("duration", true)] {
                let place = ParameterId::Phase { cell_type, phase, is_duration };
                known.push((format!("cycle.phases.{}.{what}", quoted(name)), place));
            }
        }
        if self.types[cell_type].proteostasis.is_some() {
            let fields = PARAMETERS.iter().enumerate();
            known.extend(fields.map(|(field, it)| {
                (format!("proteostasis.{}", it.key()), ParameterId::Proteostasis { cell_type, field })
            }));
        }
        let may_become =
            |to: &usize| *to != cell_type && self.types[*to].trait_names == self.types[cell_type].trait_names;
        let others = (0..self.types.len()).filter(may_become);
        known.extend(others.map(|to| {
            (format!("transitions.{}", quoted(&self.types[to].name)), ParameterId::Transition { from: cell_type, to })
        }));
        known
    }

    fn of_pair(
        &self,
        effector: usize,
        target: usize,
        name: &str,
        path: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<ParameterId> {
        let is_culture = self.geometry == Geometry::Culture;
        let other = if is_culture { "attachment_rate" } else { "encounter_rate" };
        let known: Vec<&str> = PAIR_NAMES.iter().map(|it| it.0).filter(|it| *it != other).collect();
        let path = format!("{path}.parameter");
        diagnostics.number(path.as_str(), "parameter of an interaction", name, &known)?;
        let field = PAIR_NAMES.iter().position(|it| it.0 == name)?;
        let names = [effector, target].map(|it| self.types[it].name.as_str());
        let has = |it: &Interaction| [it.effector.as_str(), it.target.as_str()] == names;
        let message = format!("there is no interaction of {} with {}", names[0], names[1]);
        diagnostics.require(self.interactions.iter().any(has), path, message, "add [[interactions]]");
        Some(ParameterId::Pair { effector, target, field })
    }

    /// `interactions.N.NAME`
    fn of_interaction(&self, name: &str, path: &str, diagnostics: &mut Diagnostics) -> Option<ParameterId> {
        let rest = name.strip_prefix("interactions.").and_then(|rest| rest.split_once('.'));
        let Some((number, name)) = rest else {
            diagnostics.add(path, format!("it does not say whose {name}"), OWNERS);
            return None;
        };
        let count = self.interactions.len();
        let found = number.parse::<usize>().ok().and_then(|number| self.interactions.get(number));
        let message = format!("there is no interaction {number}; there are {count}, numbered from 0");
        diagnostics.require(found.is_some(), format!("{path}.parameter"), message, "");
        let types: Vec<&str> = self.types.iter().map(|it| it.name.as_str()).collect();
        let number = |name: &str| types.iter().position(|it| *it == name);
        let (effector, target) = (number(&found?.effector)?, number(&found?.target)?);
        self.of_pair(effector, target, name, path, diagnostics)
    }

    /// A value with its unit in um and min; for a rate of encounter, that of one pair in the whole volume.
    pub fn value(&self, place: ParameterId, text: &str, path: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
        let measure = place.measure();
        let scale = if measure == Measure::VolumeRate { 1.0 / self.volume_um3 } else { 1.0 };
        let value = match units::parse(text, measure.dimension()) {
            Ok(value) => value,
            Err(fault) => {
                diagnostics.add(path, fault.message, &fault.hint.unwrap_or_default());
                return None;
            }
        };
        self.check(place, value, &format!("it is \"{text}\""), "", path, diagnostics)?;
        Some(value * scale)
    }

    /// Checks a value, in um and min, that a parameter is to have, which the fault calls `what`; None if it cannot have it.
    pub fn check(
        &self,
        place: ParameterId,
        value: f64,
        what: &str,
        hint: &str,
        path: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<()> {
        let is_known = place.value(self.parameters).is_some();
        let whole = "give a factor or emax, or name one phase: cycle.phases.NAME.rate";
        diagnostics.require(is_known, path, "a cycle of several phases has no single rate", whole);
        let (is_allowed, range) = match place.measure() {
            Measure::Duration | Measure::HalfLife | Measure::Age => (value > 0.0, "more than 0"),
            Measure::Fraction => ((0.0..=1.0).contains(&value), "between 0 and 1"),
            Measure::Proteostasis(_) if divides(place) => (value > 0.0, "more than 0"),
            _ => (value >= 0.0, "0 or more"),
        };
        diagnostics.require(is_allowed, path, format!("{what}; it must be {range}"), hint);
        self.check_start(place, value, path, diagnostics);
        self.doubt(place, value, path, diagnostics);
        (is_known && is_allowed).then_some(())
    }

    /// Warns of a value of proteostasis, in min and %, outside its plausible range.
    pub fn doubt(&self, place: ParameterId, value: f64, path: &str, diagnostics: &mut Diagnostics) {
        let ParameterId::Proteostasis { field, .. } = place else { return };
        let row = &PARAMETERS[field];
        if let Some((message, hint)) = row.doubt(value * row.measure.from_min()) {
            diagnostics.warn(path, message, &hint);
        }
    }

    /// Stages that could do nothing at the start are left out, so what they work with cannot be 0 then.
    fn check_start(&self, place: ParameterId, value: f64, path: &str, diagnostics: &mut Diagnostics) {
        let starts_stage = match place {
            ParameterId::Type { field, .. } => TYPE_NAMES[field].1 == Measure::Speed,
            ParameterId::Pair { field, .. } => ["attachment_rate", "encounter_rate"].contains(&PAIR_NAMES[field].0),
            ParameterId::Transition { .. } => true,
            _ => false,
        };
        let is_zero = place.value(self.parameters) == Some(0.0) && value > 0.0;
        let message = "this parameter cannot be raised from 0";
        let hint = "start from a small value, and change it with factor = 0 at the start";
        diagnostics.require(!(starts_stage && is_zero), path, message, hint);
    }
}
/// Whether the equations of proteostasis divide by a parameter.
fn divides(place: ParameterId) -> bool {
    matches!(place, ParameterId::Proteostasis { field, .. } if PARAMETERS[field].allowed == Allowed::Positive)
}
