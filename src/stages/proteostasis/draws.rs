//! Random words of eight cells at once.

use super::lanes::{Lanes, WIDTH};
use crate::random::Purpose;
use wide::u32x8;

/// `random::draw` of eight cells of one tissue, from their packs `identity`: four words of each cell.
#[inline(always)]
pub fn draws(seed: [u32; 2], identity: [[u32; 4]; WIDTH], tick: u32, purpose: Purpose) -> [Lanes; 4] {
    let [low, high, ..] = Lanes::transposed(identity);
    philox(seed, [low, high, u32x8::splat(tick), u32x8::splat(purpose as u32)]).map(Lanes::of_bits)
}

/// `random::philox` of eight counters.
#[inline(always)]
fn philox(key: [u32; 2], counters: [u32x8; 4]) -> [u32x8; 4] {
    let multipliers = [u32x8::splat(0xD251_1F53), u32x8::splat(0xCD9E_8D57)];
    let increments = [u32x8::splat(0x9E37_79B9), u32x8::splat(0xBB67_AE85)];
    let [mut k0, mut k1] = [u32x8::splat(key[0]), u32x8::splat(key[1])];
    let [mut c0, mut c1, mut c2, mut c3] = counters;
    for _ in 0..10 {
        let high = [c0.mul_keep_high(multipliers[0]), c2.mul_keep_high(multipliers[1])];
        let low = [c0 * multipliers[0], c2 * multipliers[1]];
        (c0, c1, c2, c3) = (high[1] ^ c1 ^ k0, low[1], high[0] ^ c3 ^ k1, low[0]);
        (k0, k1) = (k0 + increments[0], k1 + increments[1]);
    }
    [c0, c1, c2, c3]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::draw;

    #[test]
    fn they_are_those_of_each_cell() {
        for group in 0..1000u32 {
            let seed = [group.wrapping_mul(0x9E37_79B9), !group];
            let word =
                |lane: usize, word: u32| group.wrapping_mul(977).wrapping_mul(word + 3) ^ (lane as u32) << (word * 8);
            let identity = std::array::from_fn(|lane| [0, 1, 2, 3].map(|it| word(lane, it)));
            let got = draws(seed, identity, group, Purpose::Variation).map(Lanes::to_bits);
            for (lane, [low, high, ..]) in identity.into_iter().enumerate() {
                let expected = draw(seed, [low, high], group, Purpose::Variation as u32);
                assert_eq!(got.map(|it| it[lane]), expected);
            }
        }
    }
}
