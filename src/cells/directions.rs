//! Random directions: of two daughters, and of cells that lie at one point. Twin of `shaders/shared/directions.wgsl`.
//!
//! Cells on one line, or in one plane of a tissue, do not leave it by mechanics alone: each pushes the others along it,
//! as exactly as they lie. Only cells nearer to each other than [`COINCIDENT_UM`] part in a direction of their own.

use super::settings::Settings;
use crate::math::sin_cos_turns;
use crate::random::{Purpose, draw, uniform};

/// Nearer than this, in um, the line between two cells says nothing: their coordinates are rounded (a millimetre from the
/// middle to 6e-5 um), and a thousandth of a radius is no overlap that matters. Such cells part along [`parting`].
pub const COINCIDENT_UM: f32 = 0.01;

/// Unit vector, uniform on the sphere, or on the circle in a layer.
pub fn direction(settings: &Settings, words: [u32; 4]) -> [f32; 3] {
    let [sine, cosine] = sin_cos_turns(uniform(words[0]));
    if settings.dimensions == 2 {
        return [cosine, sine, 0.0];
    }
    let z = 2.0 * uniform(words[1]) - 1.0;
    let across = (1.0 - z * z).sqrt();
    [cosine * across, sine * across, z]
}

/// Unit vector along which the first of two coincident cells parts from the second: that of the two ids, whichever comes
/// first, and opposite for the two cells. The lower id is the key of the draw and the higher one its cell, so that no pair
/// shares a draw with another, and neither seed nor time is needed: ids are drawn from the seed.
pub fn parting(settings: &Settings, [own, other]: [u64; 2]) -> [f32; 3] {
    let is_lower = own < other;
    let [lower, higher] = [own.min(other), own.max(other)].map(|id| [id as u32, (id >> 32) as u32]);
    let way = direction(settings, draw(lower, higher, 0, Purpose::Parting as u32));
    let sign = if is_lower { 1.0 } else { -1.0 };
    way.map(|it| it * sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    /// Mean and mean squares of the components of many partings: 0 and 1/dimensions, to 5 standard errors.
    #[test]
    fn partings_are_opposite_and_uniform() {
        for dimensions in [2, 3] {
            let settings = Settings { dimensions, ..Settings::zeroed() };
            let (mut sums, mut squares) = ([0.0f64; 3], [0.0f64; 3]);
            let n = 20_000u32;
            for i in 0..n {
                let (a, b) = (u64::from(i) << 30, u64::from(i.wrapping_mul(0x9E37_79B9)) | 1);
                let way = parting(&settings, [a, b]);
                assert_eq!(way.map(|it| -it), parting(&settings, [b, a]), "{a} {b}");
                let length: f32 = way.iter().map(|it| it * it).sum();
                assert!((length - 1.0).abs() < 1e-5, "{way:?}");
                for axis in 0..3 {
                    sums[axis] += f64::from(way[axis]);
                    squares[axis] += f64::from(way[axis]).powi(2);
                }
            }
            let n = f64::from(n);
            for axis in 0..dimensions as usize {
                assert!((sums[axis] / n).abs() <= 5.0 / n.sqrt(), "{dimensions}: {sums:?}");
                let expected = 1.0 / f64::from(dimensions);
                assert!((squares[axis] / n - expected).abs() <= 5.0 * 0.36 / n.sqrt(), "{dimensions}: {squares:?}");
            }
            assert!(dimensions == 3 || sums[2] == 0.0, "a layer is left by none");
        }
    }
}
