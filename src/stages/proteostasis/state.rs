//! What a cell remembers of its proteostasis, and functions that all its processes share. Twin of
//! `shaders/shared/proteostasis/state.wgsl`, where symbols, names and units stand.

use super::lanes::Lanes;

/// The twelve states.
#[derive(Clone, Copy, Debug)]
pub struct State {
    pub akt_activity: Lanes,
    pub translation_capacity_percent_per_h: Lanes,
    pub misfolded_percent: Lanes,
    pub aggregated_percent: Lanes,
    pub activation_chaperones: Lanes,
    pub stress_chaperones: Lanes,
    pub stimulation_history: Lanes,
    pub exhaustion: Lanes,
    pub exhaustion_lock: Lanes,
    pub stemness: Lanes,
    pub pd1: Lanes,
    pub effector_programme: Lanes,
}

/// What a cell meets, each from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub struct Signals {
    pub tcr_occupancy: Lanes,
    pub costimulation: Lanes,
    pub il2: Lanes,
    pub pd_l1: Lanes,
}

/// Factors by which parameters of one cell differ from those of its type: see `variation`.
#[derive(Clone, Copy, Debug)]
pub struct Variation {
    pub misfolding: Lanes,
    pub proteasome: Lanes,
    pub translation_by_akt: Lanes,
    pub autophagy_of_aggregates: Lanes,
    pub exhaustion_half_aggregated: Lanes,
    pub stress_chaperones_by_stress: Lanes,
    pub akt_by_tcr: Lanes,
    pub activation_chaperones_by_tcr: Lanes,
}

/// Less than this is none.
const LEAST: f32 = 1e-8;

#[inline(always)]
pub fn without_least(x: Lanes) -> Lanes {
    x.is_above(LEAST).pick(x, Lanes::all(0.0))
}

/// h(x, half, 2)
#[inline(always)]
pub fn hill_2(x: Lanes, half: impl Into<Half>) -> Lanes {
    let (y, Half(half)) = (without_least(x), half.into());
    let power = y * y;
    power / (half * half + power)
}

/// h(x, half, 4)
#[inline(always)]
pub fn hill_4(x: Lanes, half: f32) -> Lanes {
    let y = without_least(x);
    let square = y * y;
    let power = square * square;
    let half_square = half * half;
    power / (half_square * half_square + power)
}

/// A constant of half effect, of a type or of each cell.
pub struct Half(Lanes);

impl From<f32> for Half {
    fn from(half: f32) -> Half {
        Half(Lanes::all(half))
    }
}

impl From<Lanes> for Half {
    fn from(half: Lanes) -> Half {
        Half(half)
    }
}

/// φ₁(z), from e^−z
#[inline(always)]
pub fn mean_decay(z: Lanes, decay: Lanes) -> Lanes {
    let series = 1.0 - z * (0.5 - z * (1.0 / 6.0 - z * (1.0 / 24.0)));
    z.is_below(0.05).pick(series, (1.0 - decay) / z.max(0.05))
}

/// φ₂(z), from φ₁(z)
#[inline(always)]
pub fn mean_gain(z: Lanes, mean: Lanes) -> Lanes {
    let series = 0.5 - z * (1.0 / 6.0 - z * (1.0 / 24.0 - z * (1.0 / 120.0 - z * (1.0 / 720.0))));
    z.is_below(0.25).pick(series, (1.0 - mean) / z.max(0.25))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_agree_with_f64() {
        for i in 0..4000 {
            let z = 1e-6f32 * 1.005f32.powi(i);
            let decay = Lanes::all(z) * -1.0;
            let mean = mean_decay(Lanes::all(z), decay.exp());
            let gain = mean_gain(Lanes::all(z), mean).to_array()[0];
            let wide = f64::from(z);
            let expected = -(-wide).exp_m1() / wide;
            let error = f64::from(mean.to_array()[0]) / expected - 1.0;
            assert!(error.abs() < 3e-6, "phi1({z}): {error:e}");
            // Below 1e-3 f64 cancels as well.
            let expected = if z < 1e-3 { 0.5 - wide / 6.0 } else { (1.0 - expected) / wide };
            assert!((f64::from(gain) / expected - 1.0).abs() < 6e-6, "phi2({z}): {gain}, not {expected}");
        }
    }
}
