//! Elementary functions made of f32 operations alone, so that they give the same bits on every device that
//! rounds as IEEE 754 asks. Twin of `shaders/shared/math.wgsl`.

/// 2^exponent for whole exponents from −126 to 127.
pub fn power_of_two(exponent: i32) -> f32 {
    f32::from_bits(((exponent + 127) as u32) << 23)
}

/// e^x, within 2 ulp on [−87, 88]; 0 below, the largest power above.
pub fn exp(x: f32) -> f32 {
    if x < -87.0 {
        return 0.0;
    }
    let bounded = x.min(88.0);
    // Cody and Waite: ln 2 in two parts, of which the first has trailing zeros.
    let n = (bounded * std::f32::consts::LOG2_E + 0.5).floor();
    let r = (bounded - n * 0.693_359_4) - n * -2.121_944_4e-4;
    // Minimax polynomial of Cephes expf (S. L. Moshier).
    let mut p = 1.987_569_1e-4;
    p = p * r + 1.398_2e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_5e-1;
    p = p * r + 0.5;
    let fraction = (p * r * r + r) + 1.0;
    // In two factors, since 2^128 is not a float.
    let half = (n * 0.5).floor();
    fraction * power_of_two(half as i32) * power_of_two((n - half) as i32)
}

/// ln x for normal positive x, within 2 ulp.
pub fn log(x: f32) -> f32 {
    let bits = x.to_bits();
    let mut exponent = ((bits >> 23) as i32 - 126) as f32;
    let mut m = f32::from_bits((bits & 0x007f_ffff) | 0x3f00_0000);
    // Mantissa in [√½, √2).
    if m < std::f32::consts::FRAC_1_SQRT_2 {
        exponent -= 1.0;
        m = m + m - 1.0;
    } else {
        m -= 1.0;
    }
    // Minimax polynomial of Cephes logf (S. L. Moshier).
    let z = m * m;
    let mut p = 7.037_683_6e-2;
    p = p * m - 1.151_461e-1;
    p = p * m + 1.167_699_9e-1;
    p = p * m - 1.242_014_1e-1;
    p = p * m + 1.424_932_3e-1;
    p = p * m - 1.666_805_7e-1;
    p = p * m + 2.000_071_5e-1;
    p = p * m - 2.499_999_4e-1;
    p = p * m + 3.333_333e-1;
    let mut y = m * z * p;
    y += exponent * -2.121_944_4e-4;
    y -= 0.5 * z;
    (m + y) + exponent * 0.693_359_4
}

/// [sin, cos] of 2π·turns for turns in [0, 1), within 2e-7.
pub fn sin_cos_turns(turns: f32) -> [f32; 2] {
    // The nearest eighth-symmetric quadrant leaves |angle| ≤ π/4.
    let quadrant = (turns * 4.0 + 0.5).floor();
    let angle = (turns - quadrant * 0.25) * std::f32::consts::TAU;
    let z = angle * angle;
    // Minimax polynomials of Cephes sinf and cosf (S. L. Moshier).
    let mut s = -1.951_529_6e-4;
    s = s * z + 8.332_161e-3;
    s = s * z - 1.666_665_5e-1;
    let sine = s * z * angle + angle;
    let mut c = 2.443_315_7e-5;
    c = c * z - 1.388_731_6e-3;
    c = c * z + 4.166_664_6e-2;
    let cosine = c * z * z - 0.5 * z + 1.0;
    match quadrant as u32 & 3 {
        0 => [sine, cosine],
        1 => [cosine, -sine],
        2 => [-sine, -cosine],
        _ => [-cosine, sine],
    }
}

/// x^(1/3) for x ≥ 0, within 2 ulp: a third of the exponent bits, then Newton's iteration.
pub fn cube_root(x: f32) -> f32 {
    if x <= 0.0 {
        return 0.0;
    }
    // 709921077 = (2/3)·127·2^23 less the mean error of the guess (W. Kahan).
    let mut y = f32::from_bits(x.to_bits() / 3 + 709_921_077);
    for _ in 0..3 {
        y = (y + y + x / (y * y)) * (1.0 / 3.0);
    }
    y
}

/// Radius in um of a ball of the given volume in um³.
pub fn radius_of(volume_um3: f32) -> f32 {
    // 3/(4π)
    cube_root(volume_um3 * 0.238_732_41)
}

/// Probability that an event with the given mean number happens at least once: 1 − e^(−x), without cancellation.
pub fn event_probability(x: f32) -> f32 {
    if x < 0.01 { x * (1.0 - x * (0.5 - x * (1.0 / 6.0))) } else { 1.0 - exp(-x) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_relative(got: f32, expected: f64, tolerance: f64) {
        let error = (f64::from(got) - expected).abs() / expected.abs().max(1e-30);
        assert!(error <= tolerance, "got {got}, expected {expected}, off by {error:e}");
    }

    #[test]
    fn exp_log_and_roots_agree_with_f64() {
        for i in 0..200_000 {
            let x = -87.0 + 175.0 * (i as f32 / 200_000.0);
            assert_relative(exp(x), f64::from(x).exp(), 3e-7);
            let y = exp(x * 0.5);
            assert_relative(cube_root(y), f64::from(y).cbrt(), 3e-7);
            let expected = f64::from(y).ln();
            assert!((f64::from(log(y)) - expected).abs() <= 2e-7 * expected.abs().max(1e-3), "log {y}");
        }
        assert_eq!(exp(-1e9), 0.0);
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(log(1.0), 0.0);
    }

    #[test]
    fn sine_and_cosine_agree_with_f64() {
        for i in 0..100_000 {
            let turns = i as f32 / 100_000.0;
            let angle = f64::from(turns) * std::f64::consts::TAU;
            let [s, c] = sin_cos_turns(turns);
            assert!((f64::from(s) - angle.sin()).abs() < 4e-7, "sin {turns}");
            assert!((f64::from(c) - angle.cos()).abs() < 4e-7, "cos {turns}");
        }
    }

    #[test]
    fn event_probability_is_one_minus_exp() {
        for x in [1e-6f32, 1e-3, 0.009_99, 0.010_01, 0.5, 3.0, 50.0] {
            assert_relative(event_probability(x), -f64::from(-x).exp_m1(), 1e-5);
        }
    }
}
