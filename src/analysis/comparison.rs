//! Arms against a comparator, over paired replicates: differences with intervals, what pairing was worth, and how likely
//! each arm is the best.

use super::bootstrap::{INTERVAL, RANKING, RESAMPLES, quantile, resample};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Pairs from which an interval is a bootstrap's.
const FEWEST_RESAMPLED: usize = 6;

/// Mean and standard deviation of what there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub count: usize,
    pub mean: f64,
    /// NaN of fewer than two.
    pub deviation: f64,
}

/// The mean of paired differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    pub count: usize,
    pub mean: f64,
    /// NaN of fewer than two pairs.
    pub low: f64,
    pub high: f64,
    /// The variance that unpaired seeds would have given the difference, over that of the pairs; NaN where there is none.
    pub variance_ratio: f64,
}

/// Of numbers, of which there is at least one.
pub fn spread(values: &[f64]) -> Spread {
    let count = values.len();
    let mean = values.iter().sum::<f64>() / count as f64;
    let squares: f64 = values.iter().map(|it| (it - mean).powi(2)).sum();
    Spread { count, mean, deviation: (squares / (count as f64 - 1.0)).sqrt() }
}

/// Differences of an arm's numbers from the comparator's, replicate by replicate; none where no pair is complete.
///
/// The interval is that of the studentised bootstrap (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, 12.5),
/// which has the right coverage with few replicates too; `seed` gives its random numbers. Of fewer than
/// `FEWEST_RESAMPLED` pairs, which resampling cannot tell apart, it is Student's.
pub fn difference(
    own: &[Option<f64>],
    comparator: &[Option<f64>],
    confidence: f64,
    seed: [u32; 2],
) -> Option<Difference> {
    let pairs: Vec<(f64, f64)> = own.iter().zip(comparator).filter_map(|(a, b)| (*a).zip(*b)).collect();
    if pairs.is_empty() {
        return None;
    }
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| a - b).collect();
    let Spread { count, mean, deviation } = spread(&differences);
    let [alone, other] = [0, 1].map(|side| spread(&pairs.iter().map(|it| [it.0, it.1][side]).collect::<Vec<_>>()));
    let unpaired = alone.deviation.powi(2) + other.deviation.powi(2);
    let variance_ratio = if deviation > 0.0 { unpaired / deviation.powi(2) } else { f64::NAN };
    let error = deviation / (count as f64).sqrt();
    let (low, high) = match () {
        () if count < 2 => (f64::NAN, f64::NAN),
        () if error == 0.0 => (mean, mean),
        () => {
            let [low, high] = match count < FEWEST_RESAMPLED {
                true => student(count, confidence),
                false => studentised(&differences, mean, confidence, seed),
            };
            (mean - high * error, mean - low * error)
        }
    };
    Some(Difference { count, mean, low, high, variance_ratio })
}

/// The two outer quantiles of Student's distribution of the mean of so many normal numbers.
fn student(count: usize, confidence: f64) -> [f64; 2] {
    let quantile = |part| StudentsT::new(0.0, 1.0, count as f64 - 1.0).map_or(f64::NAN, |it| it.inverse_cdf(part));
    let outer = 0.5 * (1.0 - confidence);
    [quantile(outer), quantile(1.0 - outer)]
}

/// The two outer quantiles of (mean of a resample - mean) over the resample's standard error.
fn studentised(values: &[f64], mean: f64, confidence: f64, seed: [u32; 2]) -> [f64; 2] {
    let mut scaled: Vec<f64> = (0..RESAMPLES)
        .filter_map(|number| {
            let sample: Vec<f64> = resample(values.len(), seed, INTERVAL, number).map(|it| values[it]).collect();
            let Spread { mean: of_sample, deviation, .. } = spread(&sample);
            let error = deviation / (sample.len() as f64).sqrt();
            (error > 0.0).then(|| (of_sample - mean) / error)
        })
        .collect();
    scaled.sort_by(f64::total_cmp);
    let outer = 0.5 * (1.0 - confidence);
    [outer, 1.0 - outer].map(|part| quantile(&scaled, part))
}

/// How often each arm has the best mean when the replicates are drawn anew, the same of every arm; arms that lack a number
/// of a replicate that the others have are never the best. Equal means share.
pub fn chance_of_being_best(arms: &[Vec<Option<f64>>], low_is_better: bool, seed: [u32; 2]) -> Vec<f64> {
    let count = arms.iter().map(Vec::len).min().unwrap_or(0);
    let known: Vec<usize> = (0..count).filter(|it| arms.iter().any(|arm| arm[*it].is_some())).collect();
    let mut won = vec![0.0; arms.len()];
    if known.is_empty() {
        return won;
    }
    for number in 0..RESAMPLES {
        let drawn: Vec<usize> = resample(known.len(), seed, RANKING, number).map(|it| known[it]).collect();
        let mean = |arm: &Vec<Option<f64>>| {
            let sum: Option<f64> = drawn.iter().map(|it| arm[*it]).sum();
            sum.map(|it| if low_is_better { it } else { -it })
        };
        let means: Vec<Option<f64>> = arms.iter().map(mean).collect();
        let Some(best) = means.iter().flatten().copied().min_by(f64::total_cmp) else { continue };
        let winners: Vec<usize> = (0..arms.len()).filter(|arm| means[*arm] == Some(best)).collect();
        winners.iter().for_each(|arm| won[*arm] += 1.0 / winners.len() as f64);
    }
    won.into_iter().map(|it| it / f64::from(RESAMPLES)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{normal_pair, philox};

    fn normal(study: u32, replicate: u32) -> [f64; 2] {
        let [a, b, ..] = philox([11, 13], [study, replicate, 0, 0]);
        normal_pair(a, b).map(f64::from)
    }

    /// Part of 2000 studies whose interval holds the difference.
    fn coverage(replicates: u32, difference_of_means: f64) -> f64 {
        let holds = |study: u32| {
            let draws: Vec<[f64; 2]> = (0..replicates).map(|it| normal(study, it)).collect();
            let luck = |it: &[f64; 2]| 3.0 * it[0];
            let comparator: Vec<_> = draws.iter().map(|it| Some(luck(it))).collect();
            let own: Vec<_> = draws.iter().map(|it| Some(luck(it) + 1.0 + 0.5 * it[1])).collect();
            let got = difference(&own, &comparator, 0.95, [study, 5]).unwrap();
            (got.low..=got.high).contains(&difference_of_means)
        };
        (0..2000).filter(|study| holds(*study)).count() as f64 / 2000.0
    }

    #[test]
    fn intervals_hold_a_known_difference_as_often_as_they_say() {
        for replicates in [2, 4, 8, 24] {
            let covered = coverage(replicates, 1.0);
            assert!((0.93..=0.97).contains(&covered), "{covered} with {replicates} replicates");
        }
        assert!(coverage(8, 1.3) < 0.93, "a difference that is off by a tenth of the luck is seen");
    }

    #[test]
    fn pairing_is_worth_what_the_variances_say() {
        let pair = |it: u32| normal(7, it);
        let comparator: Vec<_> = (0..4000).map(|it| Some(3.0 * pair(it)[0])).collect();
        let own: Vec<_> = (0..4000).map(|it| Some(3.0 * pair(it)[0] + 0.5 * pair(it)[1])).collect();
        let got = difference(&own, &comparator, 0.95, [1, 1]).unwrap();
        // (9 + 9 + 0.25) / 0.25
        assert!((got.variance_ratio / 73.0 - 1.0).abs() < 0.1, "{}", got.variance_ratio);
    }

    #[test]
    fn the_best_is_the_best() {
        let arm = |mean: f64| (0..10).map(|it| Some(mean + normal(3, it)[0])).collect::<Vec<_>>();
        let got = chance_of_being_best(&[arm(1.0), arm(0.0), arm(0.0)], true, [1, 2]);
        assert_eq!(got, [0.0, 0.5, 0.5]);
        let got = chance_of_being_best(&[arm(1.0), arm(0.0), vec![None; 10]], false, [1, 2]);
        assert_eq!(got, [1.0, 0.0, 0.0]);
        // Replicates that no arm has tell nothing; an arm that was dropped is not the best.
        let more = |mut arm: Vec<Option<f64>>, count| (arm.resize(count, None), arm).1;
        let dropped = more(arm(0.0)[..4].to_vec(), 16);
        let got = chance_of_being_best(&[more(arm(1.0), 16), dropped, more(arm(2.0), 16)], true, [1, 2]);
        assert_eq!(got, [1.0, 0.0, 0.0]);
    }

    #[test]
    fn few_pairs_have_no_interval() {
        let got = difference(&[Some(2.0), None], &[Some(1.0), Some(4.0)], 0.95, [1, 1]).unwrap();
        assert_eq!((got.count, got.mean), (1, 1.0));
        assert!(got.low.is_nan() && got.variance_ratio.is_nan());
        assert!(difference(&[None], &[Some(1.0)], 0.95, [1, 1]).is_none());
    }
}
