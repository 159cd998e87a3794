//! How much of an outcome each parameter makes: Sobol' indices, and the elementary effects of Morris.
//!
//! With f of the rows A, B and Aⱼ (A with column j of B), centred, and V the variance of f over A and B:
//!
//! ```text
//! first order  Sⱼ = mean(f(B) (f(Aⱼ) − f(A))) / V       Saltelli et al., Comput Phys Commun 181:259 (2010), table 2 b
//! total        Tⱼ = mean((f(A) − f(Aⱼ))²) / (2 V)       Jansen, Comput Phys Commun 117:35 (1999); ibid., table 2 f
//! effect       dⱼ = (f(x + Δ eⱼ) − f(x)) / Δ            Morris, Technometrics 33:161 (1991)
//! ```
//! Of effects the mean μ, the mean of magnitudes μ* (Campolongo, Cariboni & Saltelli, Environ Model Softw 22:1509, 2007)
//! and the standard deviation σ are told; Δ is a part of the range of the parameter.

use super::bootstrap::{RESAMPLES, SENSITIVITY, quantile, resample};
use super::comparison::spread;

/// Part of the variance of an outcome, and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// Indices of a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indices {
    /// What it does alone.
    pub first_order: Part,
    /// What it does, alone and with others.
    pub total: Part,
}

/// Elementary effects of a parameter, over its whole range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effects {
    pub mean: f64,
    pub mean_magnitude: f64,
    /// NaN of one trajectory.
    pub deviation: f64,
}

/// Indices of each parameter, given an outcome at the points of `sampling::Method::SobolIndices`; None where it does not
/// vary. Intervals are those of the percentile bootstrap over the rows, as in SALib (Herman & Usher, JOSS 2(9):97, 2017).
pub fn sobol_indices(outcome: &[f64], parameters: usize, confidence: f64, seed: [u32; 2]) -> Option<Vec<Indices>> {
    let count = outcome.len() / (parameters + 2);
    let mean = spread(outcome.get(..2 * count)?).mean;
    let centred: Vec<f64> = outcome.iter().map(|it| it - mean).collect();
    let all: Vec<usize> = (0..count).collect();
    let parts = |rows: &[usize]| (0..parameters).map(|it| parts(&centred, count, it, rows)).collect::<Option<Vec<_>>>();
    let values = parts(&all)?;
    let draw = |number| parts(&resample(count, seed, SENSITIVITY, number).collect::<Vec<_>>());
    let drawn: Vec<Vec<[f64; 2]>> = (0..RESAMPLES / 4).filter_map(draw).collect();
    let part = |parameter: usize, which: usize| {
        let mut drawn: Vec<f64> = drawn.iter().map(|it| it[parameter][which]).collect();
        drawn.sort_by(f64::total_cmp);
        let outer = 0.5 * (1.0 - confidence);
        let [low, high] = [outer, 1.0 - outer].map(|part| quantile(&drawn, part));
        Part { value: values[parameter][which], low, high }
    };
    let indices = |it| Indices { first_order: part(it, 0), total: part(it, 1) };
    Some((0..parameters).map(indices).collect())
}

/// First-order and total index of a parameter from some of the `rows` of the matrices; None where nothing varies.
fn parts(outcome: &[f64], rows: usize, parameter: usize, chosen: &[usize]) -> Option<[f64; 2]> {
    let block = |number: usize| chosen.iter().map(move |row| outcome[number * rows + row]);
    let both: Vec<f64> = block(0).chain(block(1)).collect();
    let variance = spread(&both).deviation.powi(2);
    let count = chosen.len() as f64;
    let mixed = || block(parameter + 2);
    let product = block(0).zip(block(1)).zip(mixed()).map(|((a, b), mixed)| b * (mixed - a)).sum::<f64>();
    let square = block(0).zip(mixed()).map(|(a, mixed)| (a - mixed).powi(2)).sum::<f64>();
    (variance > 0.0).then(|| [product / count / variance, 0.5 * square / count / variance])
}

/// Effects of each parameter, given an outcome at the points of `sampling::Method::Morris`.
pub fn elementary_effects(places: &[Vec<f64>], outcome: &[f64]) -> Vec<Effects> {
    let parameters = places.first().map_or(0, Vec::len);
    let mut effects = vec![Vec::new(); parameters];
    for (places, outcome) in places.chunks(parameters + 1).zip(outcome.chunks(parameters + 1)) {
        for (place, value) in places.windows(2).zip(outcome.windows(2)) {
            let step = |parameter: &usize| place[1][*parameter] - place[0][*parameter];
            let moved = (0..parameters).find(|it| step(it).abs() > 1e-9);
            moved.into_iter().for_each(|it| effects[it].push((value[1] - value[0]) / step(&it)));
        }
    }
    let of = |effects: Vec<f64>| {
        let magnitudes: Vec<f64> = effects.iter().map(|it| it.abs()).collect();
        let all = spread(&effects);
        Effects { mean: all.mean, mean_magnitude: spread(&magnitudes).mean, deviation: all.deviation }
    };
    effects.into_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::sampling::{Method, Sample};
    use crate::scenario::values::Count;
    use std::f64::consts::PI;

    fn places(method: Method, count: u32) -> Vec<Vec<f64>> {
        Sample { method, count: Count(count), seed: 1 }.points(3).unwrap()
    }

    /// Ishigami & Homma (ISUMA 1990), a = 7 and b = 0.1, on -π to π.
    fn ishigami(place: &[f64]) -> f64 {
        let [x, y, z] = [0, 1, 2].map(|it| PI * (2.0 * place[it] - 1.0));
        x.sin() + 7.0 * y.sin().powi(2) + 0.1 * z.powi(4) * x.sin()
    }

    /// First-order and total indices in closed form.
    fn exact() -> [[f64; 2]; 3] {
        let (a, b) = (7.0f64, 0.1f64);
        let alone = 0.5 * (1.0 + b * PI.powi(4) / 5.0).powi(2);
        let square = a * a / 8.0;
        let both = b * b * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
        let whole = alone + square + both;
        [[alone, alone + both], [square, square], [0.0, both]].map(|it| it.map(|it| it / whole))
    }

    fn of_ishigami(count: u32, bend: f64) -> Vec<Indices> {
        let outcome: Vec<f64> =
            places(Method::SobolIndices, count).iter().map(|it| ishigami(it) + bend * it[2]).collect();
        sobol_indices(&outcome, 3, 0.95, [1, 1]).unwrap()
    }

    #[test]
    fn indices_are_those_of_the_closed_form() {
        for (got, [first_order, total]) in of_ishigami(4096, 0.0).iter().zip(exact()) {
            assert!((got.first_order.value - first_order).abs() < 0.01, "{got:?}, not {first_order}");
            assert!((got.total.value - total).abs() < 0.01, "{got:?}, not {total}");
        }
        let bent = of_ishigami(4096, 4.0)[2].first_order.value;
        assert!(bent > 0.03, "{bent}: a parameter that was given an effect has one");
    }

    #[test]
    fn intervals_hold_the_closed_form_and_narrow() {
        let width = |it: Part| it.high - it.low;
        let (few, many) = (of_ishigami(256, 0.0), of_ishigami(4096, 0.0));
        for ((few, many), [first_order, total]) in few.iter().zip(&many).zip(exact()) {
            for (few, many, exact) in [(few.first_order, many.first_order, first_order), (few.total, many.total, total)]
            {
                assert!(few.low - 0.02 < exact && exact < few.high + 0.02, "{few:?}, not {exact}");
                assert!(width(many) <= 0.5 * width(few) + 1e-3, "{many:?} {few:?}");
            }
        }
    }

    #[test]
    fn an_outcome_that_does_not_vary_has_no_indices() {
        assert_eq!(sobol_indices(&[2.0; 5 * 8], 3, 0.95, [1, 1]), None);
    }

    #[test]
    fn effects_are_those_of_a_plane_and_a_product() {
        let places = places(Method::Morris, 64);
        let outcome: Vec<f64> = places.iter().map(|it| 3.0 * it[0] - 2.0 * it[1] * it[2]).collect();
        let got = elementary_effects(&places, &outcome);
        assert!((got[0].mean - 3.0).abs() < 1e-9 && got[0].deviation < 1e-9, "{got:?}");
        // The slope along y is -2 z, of which the levels have mean 1/2 and standard deviation √5/6.
        assert!((got[1].mean + 1.0).abs() < 0.2 && (got[1].mean_magnitude - 1.0).abs() < 0.2, "{got:?}");
        assert!((got[1].deviation - 5f64.sqrt() / 3.0).abs() < 0.1, "{got:?}");
    }
}
