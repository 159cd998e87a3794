//! `texpop verify`: known answers on a device: see [`known`]. `texpop verify --experiments`: the published experiments run
//! with the default parameters, what each paper reports beside what texpop gives, and a verdict. A miss is shown as a miss.

mod experiments;
pub mod known;
mod readings;
mod study;
mod table;

use crate::analysis::comparison;
use crate::device::{self, Choice};
use crate::error::{Error, Result};
use experiments::{EXPERIMENTS, Experiment, SURVIVAL};
use study::{PairedExperiment, STUDIES};

/// What to run.
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    pub device: Choice,
    pub size: Size,
    /// Numbers of experiments, such as E4; none: all.
    pub only: Vec<String>,
    /// `path=value` for each scenario, such as a parameter of one's own.
    pub set: Vec<String>,
}

/// Of the intervals of paired differences.
const CONFIDENCE: f64 = 0.95;

/// Part of the paired differences that must exist.
const LEAST_EXISTING: f64 = 0.9;

/// How many cells and replicates in a dish; tissues have four times as many replicates, and the cells of their scenario, and
/// those in which survival is followed have the replicates of their scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Cells at the start of each tissue.
    pub cells: u32,
    pub replicates: u32,
}

impl Size {
    /// A minute or two.
    pub const REDUCED: Size = Size { cells: 300, replicates: 2 };
    pub const FULL: Size = Size { cells: 1000, replicates: 5 };
}

impl Default for Size {
    fn default() -> Size {
        Size::REDUCED
    }
}

/// What an experiment came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub experiment: &'static Experiment,
    /// One for each replicate.
    pub values: Vec<f64>,
}

/// How an outcome is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Holds,
    /// Outside of the band, though not against the direction of the paper.
    OutOfBand,
    Miss,
}

impl Outcome {
    /// The values that count. Of paired differences those that exist: a tissue may lack a kind of cells.
    pub fn counted(&self) -> Vec<f64> {
        let existing: Vec<f64> = self.values.iter().copied().filter(|it| it.is_finite()).collect();
        let are_enough = existing.len() as f64 >= LEAST_EXISTING * self.values.len() as f64;
        if self.experiment.is_paired() && are_enough { existing } else { self.values.clone() }
    }

    /// Mean over replicates.
    pub fn mean(&self) -> f64 {
        let values = self.counted();
        values.iter().sum::<f64>() / values.len() as f64
    }

    /// Interval of the mean of paired differences; none of fewer than two, or where a value that counts does not exist.
    pub fn interval(&self) -> Option<[f64; 2]> {
        let values = self.counted();
        if !self.experiment.is_paired() || values.len() < 2 || values.iter().any(|it| !it.is_finite()) {
            return None;
        }
        let values: Vec<_> = values.into_iter().map(Some).collect();
        let difference = comparison::difference(&values, &vec![Some(0.0); values.len()], CONFIDENCE, [0, 0])?;
        Some([difference.low, difference.high])
    }

    /// Judged by the mean, and paired differences by their interval too. A value that does not exist misses.
    pub fn verdict(&self) -> Verdict {
        let is_clear = self.interval().is_none_or(|bounds| bounds.iter().all(|it| self.experiment.band.holds(*it)));
        let in_band = is_clear && self.experiment.band.holds(self.mean());
        match (self.experiment.must.holds(self.mean()), in_band) {
            (true, true) => Verdict::Holds,
            (true, false) => Verdict::OutOfBand,
            _ => Verdict::Miss,
        }
    }

    /// Replicates in the direction of the paper.
    pub fn agreeing(&self) -> usize {
        self.values.iter().filter(|value| self.experiment.must.holds(**value)).count()
    }
}

/// Runs the experiments.
///
/// # Errors
/// `Error::Input` for an experiment that there is not, or a `set` that does not fit; what a run can fail with.
pub fn outcomes(request: &VerifyOptions) -> Result<Vec<Outcome>> {
    let known = |name: &&String| EXPERIMENTS.iter().any(|it| it.name == **name);
    if let Some(name) = request.only.iter().find(|name| !known(name)) {
        let mut names: Vec<&str> = EXPERIMENTS.iter().map(|it| it.name).collect();
        names.dedup();
        return Err(Error::Input(format!("error: there is no experiment `{name}`\n\nhint: {}", names.join(", "))));
    }
    let is_asked = |it: &Experiment| request.only.is_empty() || request.only.iter().any(|name| name == it.name);
    let (device, _) = device::open(&request.device)?;
    let mut outcomes = Vec::new();
    let is_run = |name: &str| name != SURVIVAL || request.size.replicates >= Size::FULL.replicates;
    for (name, text) in STUDIES.iter().filter(|it| is_run(it.0)) {
        let asked: Vec<_> = EXPERIMENTS.iter().filter(|it| it.study == *name && is_asked(it)).collect();
        if asked.is_empty() {
            continue;
        }
        let study = PairedExperiment::run(name, text, request, &device)?;
        let values = |it: &Experiment| (0..study.replicates()).map(|number| (it.read)(&study.seen(number))).collect();
        outcomes.extend(asked.into_iter().map(|experiment| Outcome { experiment, values: values(experiment) }));
    }
    let place = |it: &Outcome| EXPERIMENTS.iter().position(|other| std::ptr::eq(other, it.experiment));
    outcomes.sort_by_key(place);
    Ok(outcomes)
}

/// The outcomes as a table.
pub fn text(outcomes: &[Outcome]) -> String {
    table::text(outcomes)
}

/// The outcomes as JSON.
pub fn json(outcomes: &[Outcome]) -> String {
    table::json(outcomes)
}

/// Fails where a direction of a paper is missed.
///
/// # Errors
/// `Error::Failed` with the names of what is missed.
pub fn judge(outcomes: &[Outcome]) -> Result<()> {
    let missed: Vec<_> = outcomes.iter().filter(|it| it.verdict() == Verdict::Miss).collect();
    let names: Vec<String> =
        missed.iter().map(|it| format!("{}: {}", it.experiment.name, it.experiment.readout)).collect();
    match missed.len() {
        0 => Ok(()),
        count => Err(Error::Failed(format!("error: {count} readouts are missed: {}", names.join("; ")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first reading of a scenario, with values.
    fn outcome(study: &str, values: &[f64]) -> Outcome {
        let experiment = EXPERIMENTS.iter().find(|it| it.study == study && it.must.low == 0.0).unwrap();
        Outcome { experiment, values: values.to_vec() }
    }

    #[test]
    fn a_tissue_that_lacks_what_is_compared_is_left_out_and_told() {
        let mut values = vec![1.0; 10];
        values[3] = f64::NAN;
        values[4] = 1.5;
        let one = outcome(SURVIVAL, &values);
        assert_eq!((one.verdict(), one.counted().len(), one.agreeing()), (Verdict::Holds, 9, 9));
        assert!(text(&[one]).contains("9 of 9 seeds in the direction with a value, of 10"));
        values[5] = f64::NAN;
        let two = outcome(SURVIVAL, &values);
        assert!(two.verdict() == Verdict::Miss && two.mean().is_nan() && two.interval().is_none());
        let dish = outcome("lineages", &[1.0, f64::NAN, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
        assert_eq!(dish.verdict(), Verdict::Miss, "in a dish all must exist");
    }
}
