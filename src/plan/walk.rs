//! The persistent walk over one movement step, exactly.
//!
//! Velocity is an Ornstein-Uhlenbeck process with persistence time P: over a step dt, with e = exp(−dt/P), a unit
//! component v becomes e·v + √(1 − e²)·ξ₁, and the way is P(1 − e)·v plus a normal deviate of variance
//! P(2dt − P(3 − 4e + e²)) that has covariance P(1 − e)² with the kick.

/// Coefficients of `TypeParameters`, for components of unit standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Walk {
    pub decay: f64,
    pub kick: f64,
    pub travel_min: f64,
    pub shared_min: f64,
    pub own_min: f64,
}

impl Walk {
    /// Coefficients for a persistence time and a step, both positive and in min.
    pub fn new(persistence_min: f64, step_min: f64) -> Walk {
        let x = step_min / persistence_min;
        let lost = -(-x).exp_m1();
        let kick = (-(-2.0 * x).exp_m1()).sqrt();
        let shared = persistence_min * lost * lost / kick;
        let variance = persistence_min * persistence_min * spread(x, lost);
        Walk {
            decay: (-x).exp(),
            kick,
            travel_min: persistence_min * lost,
            shared_min: shared,
            own_min: (variance - shared * shared).max(0.0).sqrt(),
        }
    }
}

/// 2x − 3 + 4e − e² = 2x − 2(1 − e) − (1 − e)², by its series where the difference would cancel.
fn spread(x: f64, lost: f64) -> f64 {
    if x > 0.05 {
        return 2.0 * x - 2.0 * lost - lost * lost;
    }
    // Coefficient of xⁿ: (−1)ⁿ (4 − 2ⁿ)/n!.
    let (mut sum, mut term) = (0.0, x * x / 2.0);
    for n in 3..14 {
        term *= -x / f64::from(n);
        sum += term * (4.0 - 2f64.powi(n));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variance_after_many_steps_is_the_known_displacement() {
        for (persistence, step) in [(2.0, 0.1), (2.0, 1.0), (0.01, 1.0), (50.0, 0.1)] {
            let walk = Walk::new(persistence, step);
            // Variances and covariance of (way, velocity), advanced step by step from the stationary law.
            let (mut way, mut both) = (0.0, 0.0);
            for _ in 0..100 {
                let noise = walk.shared_min * walk.shared_min + walk.own_min * walk.own_min;
                way += 2.0 * walk.travel_min * both + walk.travel_min * walk.travel_min + noise;
                both = walk.decay * (both + walk.travel_min) + walk.kick * walk.shared_min;
            }
            let t: f64 = 100.0 * step;
            let expected = 2.0 * persistence * (t + persistence * (-t / persistence).exp_m1());
            assert!((way / expected - 1.0).abs() <= 1e-9, "P {persistence}, dt {step}: {way} against {expected}");
        }
    }

    #[test]
    fn tiny_steps_keep_their_noise() {
        // Leading terms: variance (2/3)x³, shared² x³/2, so own² = x³/6.
        let walk = Walk::new(1.0, 1e-4);
        assert!((walk.own_min * walk.own_min / (1e-12 / 6.0) - 1.0).abs() <= 1e-3, "{}", walk.own_min);
    }
}
