//! Damage of a cell by hits, and the death that it brings. Twin of `shaders/shared/damage.wgsl`.
//!
//! ```text
//! D' = −D/τ, and D + 1 at each hit        hazard of death h D^p
//! over a time t without hits: D e^(−t/τ), and the cumulative hazard h D^p (τ/p) (1 − e^(−p t/τ))
//! ```
//!
//! Between hits this is exact at any step. The hits of a step fall in its middle: the mean of their times, so that the
//! error of a random hit's time is of second order in the step. Death comes to light at the end of the step.
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | D | `damage` | hits | hits, each fading | |
//! | τ | 1/`damage_decay_per_min` | min | half-life/ln 2; 71 | recovery in 49 min in the median (Weigelin et al., Nat Commun 2021, 12:5217) |
//! | h | `damage_hazard_per_min` | 1/min | hazard of one fresh hit; 0.0036 | one contact kills in some 5 % (same) |
//! | p | `damage_power` | 1 | how steeply hits add up; 5 | fitted to three hits within 50 min that part death from recovery (same) |

use crate::math::{event_probability, exp};
use crate::plan::TypeParameters;

/// Less damage than this is none (assumed: its hazard is beyond counting, and a float that goes on fading would lose
/// its bits).
const LEAST: f32 = 1e-6;
/// More damage than this counts as this much (assumed: its eighth power is a float).
const MOST: f32 = 1000.0;

/// Damage after a step of `minutes` in which so many hits fell, and the cumulative hazard of the step.
pub fn fade(own: &TypeParameters, damage: f32, hits: u32, minutes: f32) -> (f32, f32) {
    let half_min = 0.5 * minutes;
    let kept = exp(-(own.damage_decay_per_min * half_min));
    let steepness_per_min = own.damage_power as f32 * own.damage_decay_per_min;
    let weight = own.damage_hazard_per_min * (event_probability(steepness_per_min * half_min) / steepness_per_min);
    let struck = (damage * kept + hits as f32).min(MOST);
    let hazard = weight * (power(damage, own.damage_power) + power(struck, own.damage_power));
    let left = struck * kept;
    (if left < LEAST { 0.0 } else { left }, hazard)
}

/// x^n by multiplication.
fn power(x: f32, n: u32) -> f32 {
    let mut product = 1.0;
    for _ in 0..n {
        product *= x;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    /// Half-life 49 min.
    fn own(power: u32) -> TypeParameters {
        let decay = (std::f64::consts::LN_2 / 49.0) as f32;
        TypeParameters {
            damage_decay_per_min: decay,
            damage_hazard_per_min: 0.0036,
            damage_power: power,
            ..Zeroable::zeroed()
        }
    }

    #[test]
    fn without_hits_the_step_does_not_matter() {
        for power in 1..=8 {
            let (own, tau) = (own(power), 49.0 / 2f64.ln());
            for minutes in [0.1f32, 1.0, 10.0] {
                let (mut damage, mut sum) = (2.0, 0.0);
                for _ in 0..(100.0 / minutes).round() as u32 {
                    let (left, hazard) = fade(&own, damage, 0, minutes);
                    (damage, sum) = (left, sum + f64::from(hazard));
                }
                let p = f64::from(power);
                let expected = 0.0036 * 2f64.powf(p) * tau / p * -(-p * 100.0 / tau).exp_m1();
                assert!((sum / expected - 1.0).abs() < 1e-4, "power {power}, step {minutes}: {sum}, not {expected}");
                assert!((f64::from(damage) / (2.0 * (-100.0 / tau).exp()) - 1.0).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn damage_ends_and_is_bounded() {
        let (mut damage, mut steps) = (1.0f32, 0);
        while damage > 0.0 {
            assert!(damage.is_normal());
            damage = fade(&own(5), damage, 0, 60.0).0;
            steps += 1;
        }
        // Twenty half-lives make a millionth.
        assert_eq!(steps, 17);
        let (damage, hazard) = fade(&own(8), 1000.0, 65_535, 0.1);
        assert!(damage < 1000.0 && hazard.is_finite());
    }
}
