//! How long it takes until something happens, where it may not have happened yet: the estimator of Kaplan and Meier
//! (J Am Stat Assoc 53:457, 1958), with pointwise intervals on the scale log(-log) (Kalbfleisch & Prentice, The
//! Statistical Analysis of Failure Time Data, 2002, 1.4) by Greenwood's variance.

use statrs::distribution::{ContinuousCDF, Normal};

/// A time, and whether it is only known that nothing had happened by then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Time {
    pub value: f64,
    pub is_censored: bool,
}

/// The part to which it has not happened, from a time on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub time: f64,
    /// Just before.
    pub at_risk: usize,
    pub events: usize,
    pub censored: usize,
    pub fraction: f64,
    /// Interval of the fraction; the whole of 0 to 1 where it is not known.
    pub low: f64,
    pub high: f64,
}

/// The steps, a time each.
pub fn kaplan_meier(times: &[Time], confidence: f64) -> Vec<Step> {
    let mut times = times.to_vec();
    times.sort_by(|a, b| a.value.total_cmp(&b.value));
    let z = Normal::standard().inverse_cdf(0.5 + 0.5 * confidence);
    let (mut at_risk, mut fraction, mut greenwood) = (times.len(), 1.0, 0.0);
    let mut steps = Vec::new();
    for group in times.chunk_by(|a, b| a.value == b.value) {
        let events = group.iter().filter(|it| !it.is_censored).count();
        let (d, n) = (events as f64, at_risk as f64);
        fraction *= 1.0 - d / n;
        greenwood += d / (n * (n - d));
        let [low, high] = interval(fraction, greenwood, z);
        let censored = group.len() - events;
        steps.push(Step { time: group[0].value, at_risk, events, censored, fraction, low, high });
        at_risk -= group.len();
    }
    steps
}

fn interval(fraction: f64, greenwood: f64, z: f64) -> [f64; 2] {
    if fraction <= 0.0 || fraction >= 1.0 {
        return [0.0, 1.0];
    }
    let error = z * greenwood.sqrt() / fraction.ln();
    // The logarithm is below 0, so that the first exponent is the larger.
    [fraction.powf((-error).exp()), fraction.powf(error.exp())]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Remission in weeks under 6-mercaptopurine (Freireich et al., Blood 21:699, 1963), a + where it went on.
    const REMISSION: [(f64, bool); 21] = [
        (6.0, false),
        (6.0, false),
        (6.0, false),
        (6.0, true),
        (7.0, false),
        (9.0, true),
        (10.0, false),
        (10.0, true),
        (11.0, true),
        (13.0, false),
        (16.0, false),
        (17.0, true),
        (19.0, true),
        (20.0, true),
        (22.0, false),
        (23.0, false),
        (25.0, true),
        (32.0, true),
        (32.0, true),
        (34.0, true),
        (35.0, true),
    ];

    fn steps() -> Vec<Step> {
        kaplan_meier(&REMISSION.map(|(value, is_censored)| Time { value, is_censored }), 0.95)
    }

    #[test]
    fn fractions_are_those_of_the_textbook() {
        // As printed in Cox & Oakes, Analysis of Survival Data (1984), and by R's survfit(conf.type = "log-log").
        let expected = [
            (6.0, 0.8571),
            (7.0, 0.8067),
            (10.0, 0.7529),
            (13.0, 0.6902),
            (16.0, 0.6275),
            (22.0, 0.5378),
            (23.0, 0.4482),
        ];
        let got: Vec<_> = steps().into_iter().filter(|it| it.events > 0).collect();
        assert_eq!(got.len(), expected.len());
        for (got, (time, fraction)) in got.iter().zip(expected) {
            assert!(got.time == time && (got.fraction - fraction).abs() < 1e-4, "{got:?}");
        }
        assert_eq!((got[0].at_risk, got[0].events, got[0].censored, got[6].at_risk), (21, 3, 1, 6));
    }

    #[test]
    fn intervals_hold_the_fraction_and_widen() {
        let steps = steps();
        let width = |it: &Step| it.high - it.low;
        assert!(steps.iter().all(|it| it.low < it.fraction && it.fraction < it.high));
        assert!((steps[0].low - 0.6197).abs() < 2e-3 && (steps[0].high - 0.9516).abs() < 2e-3, "{:?}", steps[0]);
        assert!(width(&steps[steps.len() - 1]) > width(&steps[0]));
    }

    #[test]
    fn censoring_matters() {
        let all: Vec<Time> = REMISSION.iter().map(|it| Time { value: it.0, is_censored: false }).collect();
        let last = kaplan_meier(&all, 0.95).pop().unwrap();
        assert_eq!((last.fraction, last.low, last.high), (0.0, 0.0, 1.0));
        assert!(kaplan_meier(&[], 0.95).is_empty());
    }
}
