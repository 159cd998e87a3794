//! How far the clocks put off what happens at a rate or after a duration, before a plan runs.
//!
//! A stage that runs every dt lets what has a rate k happen with probability 1 − e^(−k dt), and takes a duration T for the
//! next whole number of dt:
//!
//! ```text
//! mean wait = dt/(1 − e^(−k dt)) in place of 1/k          wait = ⌈T/dt⌉ dt in place of T
//! ```
//!
//! Numbers of hits, phases of the cycle, walks and substrates keep their means at any clock: see their stages.

use super::domain::minutes;
use super::{Geometry, PairParameters, Parameters, Plan, TypeParameters};
use crate::word;
use std::fmt::Write as _;

/// Parts of a wait by which it may be put off without a word.
const FORGIVEN: f64 = 0.01;

/// A wait as the scenario asks for it, and as the clock makes it, in min.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// What the scenario calls it, such as `tumour apoptosis.rate`.
    pub name: String,
    pub asked_min: f64,
    pub clock_min: f64,
    pub step_min: f64,
}

impl Wait {
    fn of_rate(name: String, per_min: f32, step_min: f64) -> Wait {
        let rate = f64::from(per_min);
        Wait { name, asked_min: 1.0 / rate, clock_min: step_min / -(-rate * step_min).exp_m1(), step_min }
    }

    /// A fixed duration by its reciprocal; where it is drawn, its end falls half a step late in the mean.
    fn of_duration(name: String, per_min: f32, is_fixed: u32, step_min: f64) -> Wait {
        let asked_min = 1.0 / f64::from(per_min);
        // What the device counts in is a little coarser than the number.
        let steps = (asked_min / step_min * (1.0 - 1e-6)).ceil();
        let clock_min = if is_fixed == 1 { steps * step_min } else { asked_min + 0.5 * step_min };
        Wait { name, asked_min, clock_min, step_min }
    }

    fn is_moved(&self) -> bool {
        (self.clock_min / self.asked_min - 1.0).abs() > FORGIVEN
    }
}

/// All waits at the start that a clock puts off by more than 1 %, as any arm has them.
pub fn moved(plan: &Plan) -> Vec<Wait> {
    let mut found: Vec<Wait> = Vec::new();
    for parameters in plan.arms.iter().map(|arm| &arm.parameters) {
        for (own, row) in parameters.types.iter().enumerate() {
            let all = of_type(plan, parameters, own, row).into_iter();
            let pairs = parameters.pairs[own * parameters.types.len()..].iter().take(parameters.types.len());
            let all = all.chain(pairs.enumerate().flat_map(|(other, pair)| of_pair(plan, own, other, pair)));
            for wait in all.filter(Wait::is_moved) {
                if !found.contains(&wait) {
                    found.push(wait);
                }
            }
        }
    }
    found
}

fn of_type(plan: &Plan, parameters: &Parameters, own: usize, row: &TypeParameters) -> Vec<Wait> {
    let (cycle, contacts) = (minutes(plan.clocks.cycle_ticks), minutes(plan.clocks.contacts_ticks));
    let name = |key: &str| format!("{} {key}", plan.cell_types[own].name);
    let mut waits = Vec::new();
    for (key, rate, step) in [
        ("apoptosis.rate", row.apoptosis_per_min, cycle),
        ("necrosis.rate", row.necrosis_per_min, cycle),
        ("hits.repair_rate", row.hit_repair_per_min, contacts),
    ] {
        waits.extend((rate > 0.0).then(|| Wait::of_rate(name(key), rate, step)));
    }
    let necrosis = necrosis_of(parameters, own, row);
    let dead = [
        (
            "apoptosis.duration",
            row.apoptosis_removal_per_min,
            row.apoptosis_is_fixed,
            apoptosis_of(plan, parameters, own),
        ),
        ("necrosis.duration", row.necrosis_removal_per_min, row.necrosis_is_fixed, necrosis),
    ];
    let ends = dead.into_iter().filter(|it| it.1 > 0.0 && it.3);
    waits.extend(ends.map(|(key, removal, is_fixed, _)| Wait::of_duration(name(key), removal, is_fixed, cycle)));
    waits
}

/// Whether cells of a type may become apoptotic: by themselves, by others or by a beam.
fn apoptosis_of(plan: &Plan, parameters: &Parameters, own: usize) -> bool {
    let row = &parameters.types[own];
    let word = parameters.type_word(own, word!(TypeParameters, apoptosis_per_min));
    let alone = row.apoptosis_per_min > 0.0 || row.lifespan_min > 0.0 || row.proteostasis > 0;
    let attacked = |by: usize| {
        let pair = parameters.pair(by, own);
        pair.attachment_per_min > 0.0 && (pair.kill_per_min > 0.0 || pair.hits_per_min > 0.0 || pair.is_kinapse == 1)
    };
    alone || parameters.is_ruled(word) || plan.irradiates() || (0..parameters.types.len()).any(attacked)
}

fn necrosis_of(parameters: &Parameters, own: usize, row: &TypeParameters) -> bool {
    let word = parameters.type_word(own, word!(TypeParameters, necrosis_per_min));
    row.necrosis_per_min > 0.0 || parameters.is_ruled(word)
}

fn of_pair(plan: &Plan, own: usize, other: usize, pair: &PairParameters) -> Vec<Wait> {
    let (cycle, contacts) = (minutes(plan.clocks.cycle_ticks), minutes(plan.clocks.contacts_ticks));
    let names = [own, other].map(|it| plan.cell_types[it].name.as_str());
    // Encounters of a culture are of all its cells, and have a limit of their own.
    let attachment = if plan.domain.geometry == Geometry::Culture { 0.0 } else { pair.attachment_per_min };
    let rates = [
        (format!("{}-{} attachment_rate", names[0], names[1]), attachment, contacts),
        (format!("{}-{} detachment_rate", names[0], names[1]), pair.detachment_per_min, contacts),
        (format!("{}-{} kill_rate", names[0], names[1]), pair.kill_per_min, contacts),
        (format!("{} transitions.{}", names[0], names[1]), pair.transition_per_min, cycle),
    ];
    let is_one = |it: &(String, f32, f64)| it.1 > 0.0;
    rates.into_iter().filter(is_one).map(|(name, rate, step)| Wait::of_rate(name, rate, step)).collect()
}

/// The waits as text; empty where none is put off.
pub fn text(plan: &Plan) -> String {
    let found = moved(plan);
    let mut text = String::new();
    if !found.is_empty() {
        text += "\nmean times that a clock puts off by more than 1 %: shorten it where they matter\n";
    }
    for Wait { name, asked_min, clock_min, step_min } in found {
        let late = 100.0 * (clock_min / asked_min - 1.0);
        let _ = writeln!(
            text,
            "  {name}: {asked_min:.4} min, with a clock of {step_min} min {clock_min:.4} min (+{late:.1} %)"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::build;
    use crate::scenario::from_text;

    fn found(clock: &str) -> Vec<Wait> {
        let text = format!(
            "duration = \"1 d\"\npreset = \"coarse\"\n[clocks]\ncycle = \"{clock}\"\n\
             [domain]\ngeometry = \"tissue\"\nsize = [\"200 um\", \"200 um\", \"200 um\"]\n\
             [cell_types.a]\nvolume = \"500 um^3\"\napoptosis = {{ rate = \"0.6 /h\", duration = \"65 min\" }}\n\
             [cell_types.b]\nvolume = \"500 um^3\"\n\
             [[interactions]]\neffector = \"a\"\ntarget = \"b\"\nattachment_rate = \"0.01 /min\"\nkill_rate = \"0.2 /min\"\n"
        );
        moved(&build(&from_text("a.toml", &text, &[]).unwrap()).unwrap())
    }

    /// By hand: e^(−0.2) = 0.818731, so that a mean of 5 min is 1/0.181269 min in steps of 1 min; e^(−0.1) = 0.904837, and
    /// 100 min are 10/0.0951626 min in steps of 10 min; 65 min are 7 of those.
    #[test]
    fn what_a_clock_puts_off_is_named() {
        let names = |waits: &[Wait]| waits.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        let coarse = found("10 min");
        assert_eq!(names(&coarse), ["a apoptosis.rate", "a apoptosis.duration", "a-b kill_rate"]);
        for (wait, expected) in coarse.iter().zip([105.0833, 70.0, 5.516_66]) {
            assert!((wait.clock_min / expected - 1.0).abs() < 1e-5, "{wait:?}");
        }
        assert_eq!(names(&found("1 min")), ["a-b kill_rate"], "a shorter clock puts less off");
    }
}
