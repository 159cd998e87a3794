//! `texpop verify`: known answers on a device. Laws with a closed form or an equation of their own, stages beside their
//! twins, and what must be equal to the bit whatever runs beside it.
//!
//! Each case is a function from an engine to readings: what was expected, what came, and how far apart the two may be.
//! Seeds are fixed, so that a verdict never changes by chance. Tests run the same laws on the twins with parameters 10 %
//! off, which must fail.

pub mod batches;
pub mod busy;
pub mod culture;
pub mod fields;
pub mod growth;
pub mod hits;
pub mod lab;
pub mod plans;
pub mod random_rules;
pub mod reading;
pub mod report;
pub mod stages;
pub mod substrates;
pub mod two_cells;
pub mod walk;

use crate::device::Device;
use crate::error::{Error, Result};
use lab::On;
use reading::Reading;
use std::time::Instant;

/// A group of laws.
#[derive(Debug)]
pub struct Case {
    pub name: &'static str,
    pub law: &'static str,
    /// Whether it asks for an adapter whose numerics are strict.
    needs_strict: bool,
    readings: fn(On) -> Result<Vec<Reading>>,
}

const fn case(name: &'static str, law: &'static str, readings: fn(On) -> Result<Vec<Reading>>) -> Case {
    Case { name, law, needs_strict: false, readings }
}

/// All cases.
pub static CASES: &[Case] = &[
    case("diffusion", "a cosine fades as exp(-D pi² t/L²), to second order in dt and dx", substrates::cosine),
    case("decay", "exp(-λ t); from a wall exp(-x/l); around a ball exp(-r/l)/r", substrates::decay_readings),
    case("two_cells", "two cells rest where their potentials balance; second order in dt", two_cells::readings),
    case("growth", "birth and death; Ki67 cycle by its equations; lives of a limited length", growth::readings),
    case("walk", "mean square displacement of the persistent walk; drift", walk::readings),
    case("culture", "killing by mass action, with a handling time, saturated in both numbers", culture::readings),
    case("hits", "time to kill by additive hits: Gamma, first passage with repair", hits::readings),
    case(
        "batches",
        "the same bits alone, in a batch, in any order of slots, saved and restored, in equal arms",
        batches::readings,
    ),
    Case { needs_strict: true, ..case("stages", "each stage gives the bits of its twin", stages::readings) },
];

/// What a case came to.
#[derive(Debug)]
pub struct Outcome {
    pub case: &'static Case,
    pub found: Found,
    pub seconds: f64,
}

/// What was found.
#[derive(Debug)]
pub enum Found {
    Readings(Vec<Reading>),
    /// Why it was not run.
    Left(&'static str),
    /// The device or the program failed.
    Failed(String),
}

impl Outcome {
    /// Whether nothing speaks against the device.
    pub fn holds(&self) -> bool {
        match &self.found {
            Found::Readings(readings) => readings.iter().all(Reading::holds),
            Found::Left(_) => true,
            Found::Failed(_) => false,
        }
    }
}

/// Runs the cases of these names, or all where there are none; `begins` is told of each.
///
/// # Errors
/// `Error::Input` for a case that there is not.
pub fn run(device: &Device, only: &[String], mut begins: impl FnMut(&Case)) -> Result<Vec<Outcome>> {
    if let Some(name) = only.iter().find(|name| !CASES.iter().any(|it| it.name == **name)) {
        let names: Vec<&str> = CASES.iter().map(|it| it.name).collect();
        return Err(Error::Input(format!("error: there is no case `{name}`\n\nhint: {}", names.join(", "))));
    }
    let asked = CASES.iter().filter(|it| only.is_empty() || only.iter().any(|name| name == it.name));
    let outcomes = asked.map(|case| {
        begins(case);
        let started = Instant::now();
        let found = find(case, device);
        Outcome { case, found, seconds: started.elapsed().as_secs_f64() }
    });
    Ok(outcomes.collect())
}

fn find(case: &Case, device: &Device) -> Found {
    let on = match device {
        Device::Cpu if case.needs_strict => return Found::Left("the device is the twins themselves"),
        Device::Gpu(gpu) if case.needs_strict && !gpu.description.strict => {
            return Found::Left("numerics are not strict here: results agree in law, not in bits");
        }
        Device::Cpu => On::Twin,
        Device::Gpu(gpu) => On::Adapter(gpu),
    };
    (case.readings)(on).map_or_else(|error| Found::Failed(error.to_string()), Found::Readings)
}

/// Fails where a case does not hold.
///
/// # Errors
/// `Error::Failed` with the names of these cases.
pub fn judge(outcomes: &[Outcome]) -> Result<()> {
    let failed: Vec<&str> = outcomes.iter().filter(|it| !it.holds()).map(|it| it.case.name).collect();
    match failed.len() {
        0 => Ok(()),
        count => Err(Error::Failed(format!(
            "error: {count} of {} cases do not hold on this device: {}\n\n\
             hint: do not trust results of this device; try a newer driver, or --device cpu",
            outcomes.len(),
            failed.join(", ")
        ))),
    }
}
