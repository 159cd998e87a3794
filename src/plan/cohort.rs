//! A cohort: what is drawn of each patient, and what is compared between them.
//!
//! ```text
//! normal     mean + sd z           clipped to min and max
//! lognormal  median exp(sigma z)   clipped to min and max
//! uniform    min + (max − min) u
//! ```
//! z is standard normal and u uniform, drawn from (seed of the replicate, number of the parameter), so that a patient is
//! the same in all arms, however many there are.

use super::treatment::{Change, ParameterChange, ParameterId};
use crate::random::{Purpose, normal_pair, philox, uniform};

/// The patients of a study, one a replicate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cohort {
    pub parameters: Vec<Drawn>,
    pub score: Option<Readout>,
    pub response: Option<Readout>,
    /// None: the median of the arm.
    pub responders_above: Option<f64>,
}

/// A drawn parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Whose it is, name and unit: `t_cell.proteostasis.proteasome_percent_per_h`.
    pub name: String,
    pub place: ParameterId,
    /// Of each patient, in um and min.
    pub values: Vec<f64>,
    /// From um and min to the unit of the name.
    pub scale: f64,
}

/// A statistic, or the ratio of two.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    pub term: Term,
    pub over: Option<Term>,
}

/// A statistic at a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// None: of the whole tissue.
    pub cell_type: Option<u32>,
    pub statistic: String,
    pub tick: u32,
}

/// Law of a parameter, in um and min.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    Normal { mean: f64, sd: f64 },
    Lognormal { median: f64, sigma: f64 },
    Uniform,
}

impl Law {
    /// The values of all patients.
    pub fn draw(self, [min, max]: [f64; 2], number: u32, seeds: &[[u32; 2]]) -> Vec<f64> {
        let of_patient = |&seed: &[u32; 2]| {
            let [a, b, ..] = philox(seed, [number, 0, 0, Purpose::Cohort as u32]);
            let z = f64::from(normal_pair(a, b)[0]);
            match self {
                Law::Normal { mean, sd } => mean + sd * z,
                Law::Lognormal { median, sigma } => median * (sigma * z).exp(),
                Law::Uniform => min + (max - min) * f64::from(uniform(a)),
            }
            .max(min)
            .min(max)
        };
        seeds.iter().map(of_patient).collect()
    }
}

impl Cohort {
    /// What is set in the tissues of a patient from the start.
    pub fn settings(&self, patient: usize) -> Vec<ParameterChange> {
        let set = |it: &Drawn| ParameterChange { place: it.place, to: Change::Value(it.values[patient]) };
        self.parameters.iter().map(set).collect()
    }

    /// Statistics that are compared, score before response.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        let readouts = self.score.iter().chain(&self.response);
        readouts.flat_map(|it| [&it.term].into_iter().chain(&it.over))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::seeds::seeds;

    const OPEN: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

    /// Whether mean and sd of a transformed sample are those of a law, to 5 standard errors.
    fn follows(sample: impl Iterator<Item = f64>, mean: f64, sd: f64) -> bool {
        let sample: Vec<f64> = sample.collect();
        let n = sample.len() as f64;
        let got = sample.iter().sum::<f64>() / n;
        let got_sd = (sample.iter().map(|x| (x - got).powi(2)).sum::<f64>() / n).sqrt();
        (got - mean).abs() <= 5.0 * sd / n.sqrt() && (got_sd / sd - 1.0).abs() <= 5.0 / (2.0 * n).sqrt()
    }

    #[test]
    fn draws_follow_their_laws() {
        let seeds = seeds(3, 10_000);
        let normal = Law::Normal { mean: 2.0, sd: 0.5 }.draw(OPEN, 0, &seeds);
        assert!(follows(normal.iter().copied(), 2.0, 0.5));
        assert!(!follows(normal.iter().copied(), 2.0, 1.1 * 0.5) && !follows(normal.iter().copied(), 2.2, 0.5));
        let lognormal = Law::Lognormal { median: 3.0, sigma: 0.2 }.draw(OPEN, 1, &seeds);
        let logarithms = || lognormal.iter().map(|x| x.ln());
        assert!(follows(logarithms(), 3f64.ln(), 0.2) && !follows(logarithms(), 3f64.ln(), 0.22));
        let uniform = Law::Uniform.draw([0.7, 1.42], 2, &seeds);
        let sd = 0.72 / 12f64.sqrt();
        assert!(follows(uniform.iter().copied(), 1.06, sd) && !follows(uniform.iter().copied(), 1.06, 1.1 * sd));
        let clipped = Law::Normal { mean: 2.0, sd: 0.5 }.draw([1.9, 2.1], 0, &seeds);
        assert!(clipped.iter().zip(&normal).all(|(clipped, drawn)| *clipped == drawn.clamp(1.9, 2.1)));
        assert_ne!(normal, Law::Normal { mean: 2.0, sd: 0.5 }.draw(OPEN, 3, &seeds), "parameters are independent");
    }
}
