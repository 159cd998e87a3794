//! What bootstraps draw, and quantiles of what comes of it.

use crate::random::philox;

/// Resamples of a bootstrap.
pub const RESAMPLES: u32 = 2000;

/// What the random numbers of a bootstrap are for.
pub const INTERVAL: u32 = 1;
pub const RANKING: u32 = 2;
pub const SENSITIVITY: u32 = 3;

/// Of ascending numbers, linear between them.
pub fn quantile(ascending: &[f64], part: f64) -> f64 {
    let place = part * (ascending.len() - 1) as f64;
    let (below, rest) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(ascending.len() - 1);
    ascending[below] + rest * (ascending[above] - ascending[below])
}

/// Places drawn with replacement.
pub fn resample(count: usize, seed: [u32; 2], purpose: u32, number: u32) -> impl Iterator<Item = usize> {
    (0..count.div_ceil(4)).flat_map(move |four| philox(seed, [purpose, number, four as u32, 0])).take(count).map(
        move |word| {
            // The upper half of a product of 32 bits each: as even as the word.
            ((u64::from(word) * count as u64) >> 32) as usize
        },
    )
}
