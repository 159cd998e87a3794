//! Drugs and what they do to parameters.
//!
//! A drug at concentration c in the tissue changes a parameter p by the fraction e = Emax cʰ/(EC50ʰ + cʰ) of its value
//! (the sigmoid Emax model): p becomes p (1 + e). Emax is −1 or more; −1 switches the parameter off at saturation. A
//! parameter that is 0 without the drug gets a value at saturation instead, of which the same sigmoid gives a part.
//!
//! Several drugs on one parameter:
//! - *Bliss*: they act independently, so the factors multiply: p Π (1 + eᵢ).
//! - *Loewe*: they act as one drug would at an equivalent dose: e solves Σ cᵢ/Dᵢ(e) = 1, where Dᵢ(e) = EC50ᵢ
//!   (e/(Emaxᵢ − e))^(1/hᵢ) is the concentration of drug i that does as much alone; a drug that cannot do as much adds
//!   nothing. All Emax have one sign.
//!
//! | symbol | name | unit |
//! |---|---|---|
//! | c | concentration in the tissue: tissue fraction × that in plasma or medium | mg/mL or nmol/mL |
//! | Emax, h | largest change as a fraction, Hill coefficient | 1 |
//! | EC50 | concentration of half the largest change | as c |
//!
//! Sources: Hill (1910); Holford and Sheiner, Clin Pharmacokinet 6:429 (1981); Bliss, Ann Appl Biol 26:585 (1939);
//! Loewe, Arzneimittelforschung 3:285 (1953); their comparison in Greco et al., Pharmacol Rev 47:331 (1995).
//!
//! A drug may instead reach the tissue through a substrate, from its boundary: the levels there are raised by the
//! concentration in the tissue, at each step of the substrates by that at its end, as implicit steps have it. What such
//! a drug does are rules whose signal is the substrate.
//!
//! Over an interval of the treatment clock parameters are held at what the concentration in its middle makes of them,
//! so that the error is of second order in the interval.

pub mod condition;
mod measured;
pub mod parameter_paths;
pub mod pharmacokinetics;

use super::Parameters;
use super::domain::minutes;
use super::substrates::LANES;
use crate::scenario::substances::Kind;
pub use condition::Condition;
pub use parameter_paths::ParameterId;
use pharmacokinetics::{Disposition, Input};
use serde::{Deserialize, Serialize};

/// What is less at a boundary is 0, so that no operation meets a subnormal number.
const LEAST_LEVEL: f32 = 1e-24;

/// The drugs of an arm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Treatment {
    /// Ticks between two evaluations of the concentrations.
    pub clock_ticks: u32,
    pub combination: Combination,
    pub drugs: Vec<Drug>,
    /// Those on one place follow each other.
    pub effects: Vec<Effect>,
}

/// How several drugs act on one parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Combination {
    #[default]
    Bliss,
    Loewe,
}

/// A drug.
#[derive(Clone, Debug, PartialEq)]
pub struct Drug {
    pub name: String,
    /// Counted in mg or nmol.
    pub kind: Kind,
    pub disposition: Disposition,
    /// Concentration in the tissue as a fraction of that in plasma or medium.
    pub tissue_fraction: f64,
    /// None: it is in the tissue at once.
    pub feed: Option<Feed>,
}

/// A substrate through which a drug reaches the tissue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Feed {
    /// Number of the substrate.
    pub substrate: usize,
    /// Its level at the boundary where the tissue would have 1 mg/mL or 1 nmol/mL at once.
    pub level: f64,
}

impl Drug {
    /// Names of its concentrations in reports, in mg/L or umol/L, each with its value where it is 1 mg/mL or 1 nmol/mL in
    /// plasma or medium.
    pub fn reported(&self) -> Vec<(String, f64)> {
        let (unit, scale) = if self.kind == Kind::Moles { ("umol_per_l", 1.0) } else { ("mg_per_l", 1e3) };
        let mut all = vec![(format!("{}_concentration_{unit}", self.name), scale)];
        if self.tissue_fraction != 1.0 {
            all.push((format!("{}_tissue_concentration_{unit}", self.name), scale * self.tissue_fraction));
        }
        all
    }
}

/// What one drug does to one parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    pub place: ParameterId,
    pub drug: usize,
    pub largest: Largest,
    pub ec50: f64,
    pub hill: f64,
}

/// The effect at saturation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Largest {
    /// A change by this fraction.
    Fraction(f64),
    /// A value in um and min, for a parameter that is 0 otherwise.
    Value(f64),
}

/// A dose.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dose {
    pub drug: usize,
    /// Dose that gets into the plasma by its volume: what a bolus raises the concentration by.
    pub level: f64,
    pub input: Input,
}

/// A parameter set from outside.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterChange {
    pub place: ParameterId,
    pub to: Change,
}

/// What a parameter is set to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// This multiple of what it was.
    Factor(f64),
    /// A value in um and min; a rate of encounter as the device has it.
    Value(f64),
    /// So much more than what the others come to, which a later change takes back.
    Added(f64),
}

impl Effect {
    /// The part of the largest effect at a concentration, from 0 to 1.
    fn part(&self, concentration: f64) -> f64 {
        let x = (concentration / self.ec50).powf(self.hill);
        // Written so that an infinite x is saturation.
        if concentration <= 0.0 { 0.0 } else { 1.0 / (1.0 + 1.0 / x) }
    }

    /// Concentration at which the drug alone changes by `fraction`, as a multiple of ours; infinite where it cannot.
    fn alone(&self, fraction: f64, emax: f64) -> f64 {
        let share = fraction / emax;
        if share < 1.0 { self.ec50 * (share / (1.0 - share)).powf(1.0 / self.hill) } else { f64::INFINITY }
    }
}

impl Treatment {
    /// Concentration of each drug in plasma or medium at a tick, just before the doses of that tick.
    pub fn levels(&self, doses: &[(u32, Dose)], tick: u32) -> Vec<f64> {
        let before: Vec<_> = doses.iter().copied().filter(|dose| dose.0 < tick).collect();
        self.levels_at(&before, minutes(tick))
    }

    fn levels_at(&self, doses: &[(u32, Dose)], min: f64) -> Vec<f64> {
        let mut levels = vec![0.0; self.drugs.len()];
        for &(tick, dose) in doses {
            let response = self.drugs[dose.drug].disposition.response(dose.input, min - minutes(tick));
            levels[dose.drug] += dose.level * response;
        }
        levels
    }

    /// Concentration of each drug in the tissue, in the middle of a span of ticks, after doses at their ticks.
    pub fn concentrations(&self, doses: &[(u32, Dose)], from_tick: u32, to_tick: u32) -> Vec<f64> {
        let levels = self.levels_at(doses, 0.5 * (minutes(from_tick) + minutes(to_tick)));
        levels.iter().zip(&self.drugs).map(|(level, drug)| level * drug.tissue_fraction).collect()
    }

    /// Whether a drug reaches the tissue through a substrate.
    pub fn feeds(&self) -> bool {
        self.drugs.iter().any(|drug| drug.feed.is_some())
    }

    /// What drugs add to the levels at the boundaries of all substrates, in groups of lanes, at a tick after its doses.
    pub fn boundary_levels(&self, doses: &[(u32, Dose)], tick: u32, groups: usize) -> Vec<[f32; LANES]> {
        let mut levels = vec![[0.0; LANES]; groups];
        for (drug, concentration) in self.drugs.iter().zip(self.levels_at(doses, minutes(tick))) {
            let Some(Feed { substrate, level }) = drug.feed else { continue };
            let added = (level * drug.tissue_fraction * concentration) as f32;
            levels[substrate / LANES][substrate % LANES] = if added < LEAST_LEVEL { 0.0 } else { added };
        }
        levels
    }

    /// The rows of the device under settings, oldest first, and concentrations of the drugs in the tissue.
    pub fn rows(&self, base: &Parameters, settings: &[ParameterChange], concentrations: &[f64]) -> Parameters {
        let mut rows = base.clone();
        let mut sums: Vec<(ParameterId, f64)> = Vec::new();
        for setting in settings {
            match setting.to {
                Change::Factor(factor) => setting.place.change(&mut rows, |value| value * factor),
                Change::Value(to) => setting.place.change(&mut rows, |_| to),
                Change::Added(more) => match sums.iter_mut().find(|it| it.0 == setting.place) {
                    Some(sum) => sum.1 += more,
                    None => sums.push((setting.place, more)),
                },
            }
        }
        for (place, sum) in sums {
            place.change(&mut rows, |value| value + sum);
        }
        for group in self.effects.chunk_by(|a, b| a.place == b.place) {
            let factor = self.factor(group, concentrations);
            let added: f64 = group.iter().map(|it| it.value(concentrations[it.drug])).sum();
            group[0].place.change(&mut rows, |value| value * factor + added);
        }
        rows
    }

    /// What drugs together multiply one parameter by.
    pub fn factor(&self, effects: &[Effect], concentrations: &[f64]) -> f64 {
        match self.combination {
            Combination::Bliss => bliss(effects, concentrations),
            Combination::Loewe => loewe(effects, concentrations),
        }
    }
}

impl Effect {
    fn emax(&self) -> f64 {
        if let Largest::Fraction(emax) = self.largest { emax } else { 0.0 }
    }

    /// What is added to a parameter that is 0 otherwise.
    fn value(&self, concentration: f64) -> f64 {
        if let Largest::Value(value) = self.largest { value * self.part(concentration) } else { 0.0 }
    }
}

fn bliss(effects: &[Effect], concentrations: &[f64]) -> f64 {
    effects.iter().map(|it| 1.0 + it.emax() * it.part(concentrations[it.drug])).product()
}

/// Halvings of the interval that holds the solution: beyond the digits of an f64.
const HALVINGS: u32 = 60;

fn loewe(effects: &[Effect], concentrations: &[f64]) -> f64 {
    let largest = effects.iter().map(Effect::emax).fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
    let is_dosed = effects.iter().any(|it| concentrations[it.drug] > 0.0);
    if largest == 0.0 || !is_dosed {
        return 1.0;
    }
    let doses = |fraction: f64| -> f64 {
        effects
            .iter()
            .filter(|it| it.emax() != 0.0)
            .map(|it| concentrations[it.drug] / it.alone(fraction, it.emax()))
            .sum()
    };
    // The sum falls from infinity to 0 as the effect grows.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if doses(middle * largest) > 1.0 { low = middle } else { high = middle }
    }
    1.0 + 0.5 * (low + high) * largest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{PhaseParameters, TypeParameters};
    use bytemuck::Zeroable;

    const DEATH: ParameterId = ParameterId::Type { cell_type: 0, field: 0 };

    fn effect(drug: usize, emax: f64, ec50: f64, hill: f64) -> Effect {
        Effect { place: DEATH, drug, largest: Largest::Fraction(emax), ec50, hill }
    }

    fn factor(combination: Combination, effects: &[Effect], concentrations: &[f64]) -> f64 {
        Treatment { combination, ..Treatment::default() }.factor(effects, concentrations)
    }

    #[test]
    fn bliss_multiplies_what_each_drug_leaves() {
        // 1 of 1 uM: half of −0.8; 3 of 1 with power 2: 9/10 of −0.5. What is left: 0.6 · 0.55 = 0.33.
        let both = [effect(0, -0.8, 1.0, 1.0), effect(1, -0.5, 1.0, 2.0)];
        let got = factor(Combination::Bliss, &both, &[1.0, 3.0]);
        assert!((got - 0.33).abs() < 1e-12, "{got}");
        assert_eq!(factor(Combination::Bliss, &both, &[0.0, 0.0]), 1.0);
        assert!((factor(Combination::Bliss, &both, &[f64::MAX, 0.0]) - 0.2).abs() < 1e-12, "saturated");
    }

    #[test]
    fn loewe_adds_doses() {
        // A drug halved into two: 1 and 2 of it are 3 of it, whatever its power.
        for hill in [0.5, 1.0, 3.0] {
            let both = [effect(0, -0.9, 2.0, hill), effect(1, -0.9, 2.0, hill)];
            let got = factor(Combination::Loewe, &both, &[1.0, 2.0]);
            let one = factor(Combination::Bliss, &both[..1], &[3.0, 0.0]);
            assert!((got - one).abs() < 1e-12, "hill {hill}: {got} against {one}");
        }
        // Potencies 1 and 10: 1 of the first and 10 of the second make 2 equivalents, 2/3 of the largest effect.
        let both = [effect(0, 3.0, 1.0, 1.0), effect(1, 3.0, 10.0, 1.0)];
        assert!((factor(Combination::Loewe, &both, &[1.0, 10.0]) - 3.0).abs() < 1e-12);
        // A weaker drug adds nothing to what it could not do alone.
        let both = [effect(0, -0.8, 1.0, 1.0), effect(1, -0.1, 1.0, 1.0)];
        assert!((factor(Combination::Loewe, &both, &[1.0, 5.0]) - 0.6).abs() < 1e-12);
    }

    fn rows() -> Parameters {
        let own = TypeParameters { apoptosis_per_min: 0.5, phase_count: 2, ..Zeroable::zeroed() };
        let phase =
            |exit_per_min| PhaseParameters { exit_per_min, stages: 1, next: 0, divides: 0, grows: 0, arrests: 0 };
        Parameters {
            types: vec![own],
            pairs: vec![Zeroable::zeroed()],
            phases: vec![phase(0.25), phase(4.0)],
            ..Parameters::default()
        }
    }

    #[test]
    fn settings_come_before_drugs_and_leave_the_rest() {
        let treatment = Treatment {
            drugs: vec![Drug {
                name: "a".into(),
                kind: Kind::Mass,
                disposition: Disposition::Held,
                tissue_fraction: 0.25,
                feed: None,
            }],
            effects: vec![
                effect(0, 1.0, 1.0, 1.0),
                Effect { place: ParameterId::Cycle { cell_type: 0 }, ..effect(0, -0.5, 1.0, 1.0) },
                Effect {
                    place: ParameterId::Pair { effector: 0, target: 0, field: 0 },
                    largest: Largest::Value(0.125),
                    ..effect(0, 0.0, 1.0, 1.0)
                },
            ],
            ..Treatment::default()
        };
        let concentrations = treatment.concentrations(&[(0, Dose { drug: 0, level: 4.0, input: Input::Bolus })], 0, 10);
        assert_eq!(concentrations, [1.0]);
        let settings = [
            ParameterChange { place: DEATH, to: Change::Value(2.0) },
            ParameterChange { place: DEATH, to: Change::Factor(0.5) },
        ];
        let got = treatment.rows(&rows(), &settings, &concentrations);
        assert_eq!((got.types[0].apoptosis_per_min, got.pairs[0].kill_per_min), (1.5, 0.0625));
        assert_eq!((got.phases[0].exit_per_min, got.phases[1].exit_per_min), (0.1875, 3.0));
        assert_eq!(treatment.rows(&rows(), &[], &[0.0]), rows());
        // What is added comes on top of what is set before and after, and is taken back whole.
        let added = |more| ParameterChange { place: DEATH, to: Change::Added(more) };
        let apoptosis =
            |settings: &[ParameterChange]| treatment.rows(&rows(), settings, &[0.0]).types[0].apoptosis_per_min;
        assert_eq!(apoptosis(&[added(0.25), settings[0]]), 2.25);
        assert_eq!(apoptosis(&[added(0.25), settings[0], added(-0.25)]), 2.0);
        assert_eq!((DEATH.value(&rows()), ParameterId::Cycle { cell_type: 0 }.value(&rows())), (Some(0.5), None));
    }
}
