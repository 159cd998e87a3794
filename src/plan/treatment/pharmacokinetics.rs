//! Concentration of a drug in plasma or medium, exact at any time: the sum of what each dose leaves, in f64.
//!
//! A dose D into the central compartment gives C(t) = D/V · Σ Aᵢ e^(−λᵢ t), with as many terms as compartments:
//!
//! - none: C(t) = D, held until the dose ends, or for ever;
//! - one: A = 1, λ = CL/V;
//! - two: λ₁ + λ₂ = k₁₀ + k₁₂ + k₂₁ and λ₁ λ₂ = k₁₀ k₂₁, A₁ = (λ₁ − k₂₁)/(λ₁ − λ₂), A₂ = 1 − A₁.
//!
//! An infusion over T convolves each term with a box of height 1/T, an oral dose with F kₐ e^(−kₐ t). Elimination and
//! distribution are linear, so doses superpose.
//!
//! | symbol | name | unit |
//! |---|---|---|
//! | CL | clearance | mL/min |
//! | V, V₂ | central and peripheral volume | mL |
//! | Q | intercompartmental clearance | mL/min |
//! | k₁₀, k₁₂, k₂₁ | CL/V, Q/V, Q/V₂ | 1/min |
//! | kₐ, F | rate of absorption, bioavailability | 1/min, 1 |
//!
//! Source: Gibaldi and Perrier, Pharmacokinetics, 2nd edition (1982), chapters 1 and 2.

use serde::{Deserialize, Serialize};

/// λ and kₐ nearer than this, relatively, count as equal: the limit of their difference quotient is taken.
const NEARLY_EQUAL: f64 = 1e-7;

/// How a drug leaves: the terms of its response to a dose that comes at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Disposition {
    /// No compartment: what is dosed stays as it is, for as long as the dose lasts.
    Held,
    /// Coefficient and rate per min of each term.
    Terms([(f64, f64); 2]),
}

/// How a dose comes in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    Bolus,
    /// At a constant rate for so many min.
    Infusion(f64),
    /// Absorbed at a rate per min.
    Absorbed(f64),
}

impl Disposition {
    /// One compartment, from which the drug leaves at a rate.
    pub fn one(elimination_per_min: f64) -> Disposition {
        Disposition::Terms([(1.0, elimination_per_min), (0.0, elimination_per_min)])
    }

    /// Two compartments, by the rates between them and out of the central one.
    pub fn two(k10: f64, k12: f64, k21: f64) -> Disposition {
        let sum = k10 + k12 + k21;
        let root = (sum * sum - 4.0 * k10 * k21).max(0.0).sqrt();
        let fast = 0.5 * (sum + root);
        // By their product, since their difference would cancel.
        let slow = k10 * k21 / fast;
        let share = (fast - k21) / (fast - slow);
        Disposition::Terms([(share, fast), (1.0 - share, slow)])
    }

    /// What a dose of 1 that came so many min ago leaves, as a multiple of dose/V.
    pub fn response(&self, input: Input, min: f64) -> f64 {
        if min < 0.0 {
            return 0.0;
        }
        match self {
            Disposition::Held => match input {
                Input::Infusion(over_min) if min >= over_min => 0.0,
                _ => 1.0,
            },
            Disposition::Terms(terms) => terms.iter().map(|&(share, rate)| share * term(rate, input, min)).sum(),
        }
    }
}

/// e^(−rate t), convolved with the input.
fn term(rate: f64, input: Input, min: f64) -> f64 {
    match input {
        Input::Bolus => (-rate * min).exp(),
        Input::Infusion(over_min) => {
            let during = min.min(over_min);
            let reached = if rate * over_min < 1e-12 { during } else { -(-rate * during).exp_m1() / rate };
            reached / over_min * (-rate * (min - during)).exp()
        }
        Input::Absorbed(ka) if (ka - rate).abs() < NEARLY_EQUAL * ka => ka * min * (-ka * min).exp(),
        Input::Absorbed(ka) => ka / (ka - rate) * ((-rate * min).exp() - (-ka * min).exp()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: f64 = 1440.0;

    fn close(what: &str, got: f64, expected: f64, tolerance: f64) {
        let error = (got - expected).abs();
        assert!(error <= tolerance * expected.abs(), "{what}: {got} against {expected}");
    }

    /// An antibody by clearances in L/d and volumes in L, and the concentration after n doses every so many days.
    struct Antibody {
        disposition: Disposition,
        volume_l: f64,
    }

    impl Antibody {
        fn new(clearance: f64, volume_l: f64, between: f64, peripheral_l: f64) -> Antibody {
            let rates = [clearance / volume_l, between / volume_l, between / peripheral_l].map(|rate| rate / DAY);
            Antibody { disposition: Disposition::two(rates[0], rates[1], rates[2]), volume_l }
        }

        fn mg_per_l(&self, mg: f64, every_d: f64, doses: u32, day: f64) -> f64 {
            let one = |n: u32| self.disposition.response(Input::Bolus, (day - f64::from(n) * every_d) * DAY);
            mg / self.volume_l * (0..doses).map(one).sum::<f64>()
        }

        fn terminal_d(&self) -> f64 {
            let Disposition::Terms([_, (_, slow)]) = self.disposition else { panic!("two compartments") };
            2f64.ln() / slow / DAY
        }
    }

    /// Pembrolizumab (Ahamadi 2017) and nivolumab (Bajaj 2017), in the rounded digits of their closed forms.
    #[test]
    fn antibodies_have_their_published_courses() {
        let pembrolizumab = Antibody::new(0.22, 3.48, 0.795, 4.06);
        let nivolumab = Antibody::new(0.23, 3.63, 0.770, 2.78);
        // Dose in mg, days between, at once, at the next dose, steady peak and trough in mg/L, terminal half-life in d.
        for (drug, mg, every, expected) in [
            (&pembrolizumab, 200.0, 21.0, [57.5, 12.7, 87.0, 29.5, 25.8]),
            (&nivolumab, 240.0, 14.0, [66.1, 20.7, 120.9, 54.7, 20.5]),
        ] {
            let many = 60;
            let peak = drug.mg_per_l(mg, every, many, f64::from(many - 1) * every);
            let trough = peak - mg / drug.volume_l;
            let got =
                [drug.mg_per_l(mg, every, 1, 0.0), drug.mg_per_l(mg, every, 1, every), peak, trough, drug.terminal_d()];
            for (got, expected) in got.into_iter().zip(expected) {
                // The published figures have three digits.
                assert!((got - expected).abs() <= 0.0501 + 1e-3 * expected, "{got} against {expected}");
            }
        }
        // Sums of all doses at once, by the geometric series of each term.
        let Disposition::Terms(terms) = pembrolizumab.disposition else { panic!("two compartments") };
        let series: f64 = terms.iter().map(|(share, rate)| share / -(-rate * 21.0 * DAY).exp_m1()).sum();
        let peak = pembrolizumab.mg_per_l(200.0, 21.0, 60, 59.0 * 21.0);
        close("steady peak", peak, 200.0 / 3.48 * series, 1e-9);
    }

    /// MK-2206 every other day: doses pile up to 1/(1 − e^(−kₑ 48 h)) of one, 2.53.
    #[test]
    fn mk_2206_accumulates() {
        let elimination = 0.0105 / 60.0;
        let drug = Disposition::one(elimination);
        let late = |input: Input| (0..200).map(|n| drug.response(input, f64::from(n) * 2.0 * DAY + DAY)).sum::<f64>();
        let once = |input: Input| drug.response(input, DAY);
        let expected = 1.0 / (1.0 - (-0.0105f64 * 48.0).exp());
        close("boluses", late(Input::Bolus) / once(Input::Bolus), expected, 1e-9);
        assert!((expected - 2.53).abs() < 0.005, "published, rounded: {expected}");
        // Absorbed within hours, an oral dose piles up by the same factor, but for what absorption still adds.
        let oral = Input::Absorbed(0.585 / 60.0);
        close("oral", late(oral) / once(oral), expected, 1e-3);
    }

    #[test]
    fn an_infusion_and_an_oral_dose_follow_their_closed_forms() {
        let (k, over, ka) = (0.01, 30.0, 0.05);
        let drug = Disposition::one(k);
        for min in [10.0, 30.0, 100.0] {
            let during = f64::min(min, over);
            let expected = (1.0 - (-k * during).exp()) / (k * over) * (-k * (min - during)).exp();
            close("infusion", drug.response(Input::Infusion(over), min), expected, 1e-12);
            let expected = ka / (ka - k) * ((-k * min).exp() - (-ka * min).exp());
            close("oral", drug.response(Input::Absorbed(ka), min), expected, 1e-12);
        }
        // The limits: a short infusion is a bolus, and absorption as fast as elimination peaks at 1/k with 1/e.
        close("short", drug.response(Input::Infusion(1e-6), 50.0), (-0.5f64).exp(), 1e-6);
        close("equal", drug.response(Input::Absorbed(k), 100.0), (-1f64).exp(), 1e-9);
        // Two compartments: the amount that an infusion leaves is that of many small boluses.
        let two = Disposition::two(0.02, 0.03, 0.01);
        let many = 20_000;
        let sum: f64 =
            (0..many).map(|n| two.response(Input::Bolus, 80.0 - (f64::from(n) + 0.5) * over / f64::from(many))).sum();
        close("two compartments", two.response(Input::Infusion(over), 80.0), sum / f64::from(many), 1e-8);
    }

    #[test]
    fn a_held_dose_ends_sharply() {
        let input = Input::Infusion(60.0);
        let got = [-1.0, 0.0, 59.9, 60.0].map(|min| Disposition::Held.response(input, min));
        assert_eq!(got, [0.0, 1.0, 1.0, 0.0]);
        assert_eq!(Disposition::Held.response(Input::Bolus, 1e9), 1.0);
    }
}
