//! Eight cells of one type, calculated with together: each lane does the f32 operations of `math` in their order.

use std::ops::{Add, Div, Mul, Neg, Sub};
use wide::{f32x4, f32x8, i32x8, u32x8};

/// Cells in a group.
pub const WIDTH: usize = 8;

/// One number of each of eight cells.
#[derive(Clone, Copy, Debug)]
pub struct Lanes(f32x8);

/// A choice for each of eight cells.
#[derive(Clone, Copy, Debug)]
pub struct Choice(f32x8);

macro_rules! operation {
    ($name:ident, $function:ident, $symbol:tt) => {
        impl $name for Lanes {
            type Output = Lanes;
            #[inline(always)]
            fn $function(self, other: Lanes) -> Lanes {
                Lanes(self.0 $symbol other.0)
            }
        }

        impl $name<f32> for Lanes {
            type Output = Lanes;
            #[inline(always)]
            fn $function(self, other: f32) -> Lanes {
                Lanes(self.0 $symbol f32x8::splat(other))
            }
        }

        impl $name<Lanes> for f32 {
            type Output = Lanes;
            #[inline(always)]
            fn $function(self, other: Lanes) -> Lanes {
                Lanes(f32x8::splat(self) $symbol other.0)
            }
        }
    };
}

operation!(Add, add, +);
operation!(Sub, sub, -);
operation!(Mul, mul, *);
operation!(Div, div, /);

impl Neg for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn neg(self) -> Lanes {
        Lanes(-self.0)
    }
}

impl From<[f32; WIDTH]> for Lanes {
    fn from(numbers: [f32; WIDTH]) -> Lanes {
        Lanes(f32x8::new(numbers))
    }
}

impl Choice {
    /// The lanes of one or the other.
    #[inline(always)]
    pub fn pick(self, yes: Lanes, no: Lanes) -> Lanes {
        Lanes(self.0.bitselect(yes.0, no.0))
    }
}

impl Lanes {
    /// The same number for each cell.
    #[inline(always)]
    pub fn all(number: f32) -> Lanes {
        Lanes(f32x8::splat(number))
    }

    /// The four numbers of a pack of eight cells.
    #[inline(always)]
    pub fn gather(pack: &[[f32; 4]], cells: [usize; WIDTH]) -> [Lanes; 4] {
        let mut numbers = [[0.0; 4]; WIDTH];
        for (numbers, cell) in numbers.iter_mut().zip(cells) {
            *numbers = pack[cell];
        }
        let [a, b, c, d]: [f32x8; 4] = bytemuck::cast(Lanes::transposed(bytemuck::cast(numbers)));
        [Lanes(a), Lanes(b), Lanes(c), Lanes(d)]
    }

    /// The first words of eight cells, their second, third and fourth.
    #[inline(always)]
    pub fn transposed(words: [[u32; 4]; WIDTH]) -> [u32x8; 4] {
        let [low, high]: [[f32x4; 4]; 2] = bytemuck::cast(words);
        let ([a, b, c, d], [e, f, g, h]) = (f32x4::transpose(low), f32x4::transpose(high));
        bytemuck::cast([[a, e], [b, f], [c, g], [d, h]])
    }

    /// Puts four numbers of each of the first `count` of eight cells into their pack.
    #[inline(always)]
    pub fn scatter(numbers: [Lanes; 4], pack: &mut [[f32; 4]], cells: [usize; WIDTH], count: usize) {
        let [a, b, c, d] = numbers;
        let [[a, e], [b, f], [c, g], [d, h]]: [[f32x4; 2]; 4] = bytemuck::cast([a.0, b.0, c.0, d.0]);
        let of_cells: [[f32; 4]; WIDTH] =
            bytemuck::cast([f32x4::transpose([a, b, c, d]), f32x4::transpose([e, f, g, h])]);
        for (cell, numbers) in cells.into_iter().zip(of_cells).take(count) {
            pack[cell] = numbers;
        }
    }

    /// The two numbers of 16 bits in each word, the lower first.
    #[inline(always)]
    pub fn of_halves(words: Lanes) -> [Lanes; 2] {
        let words: u32x8 = bytemuck::cast(words.0);
        let number = |words: u32x8| Lanes(f32x8::from_i32x8(bytemuck::cast(words)));
        [number(words & u32x8::splat(0xffff)), number(words >> 16)]
    }

    /// Words of two whole numbers from 0 to 65,535.
    #[inline(always)]
    pub fn into_halves(low: Lanes, high: Lanes) -> Lanes {
        let word = |number: Lanes| -> u32x8 { bytemuck::cast(number.0.fast_trunc_int()) };
        Lanes(bytemuck::cast(word(low) | (word(high) << 16u32)))
    }

    /// Words of the cells, which are no numbers.
    #[inline(always)]
    pub fn of_bits(words: u32x8) -> Lanes {
        Lanes(bytemuck::cast(words))
    }

    /// The words of the cells.
    #[cfg(test)]
    pub fn to_bits(self) -> [u32; WIDTH] {
        bytemuck::cast(self.0)
    }

    /// The numbers of the cells.
    #[inline(always)]
    pub fn to_array(self) -> [f32; WIDTH] {
        self.0.to_array()
    }

    #[inline(always)]
    pub fn is_above(self, other: f32) -> Choice {
        Choice(self.0.simd_gt(f32x8::splat(other)))
    }

    #[inline(always)]
    pub fn is_below(self, other: f32) -> Choice {
        Choice(self.0.simd_lt(f32x8::splat(other)))
    }

    #[inline(always)]
    pub fn max(self, other: f32) -> Lanes {
        Lanes(self.0.fast_max(f32x8::splat(other)))
    }

    #[inline(always)]
    pub fn min(self, other: f32) -> Lanes {
        Lanes(self.0.fast_min(f32x8::splat(other)))
    }

    #[inline(always)]
    pub fn abs(self) -> Lanes {
        Lanes(self.0.abs())
    }

    #[inline(always)]
    pub fn sqrt(self) -> Lanes {
        Lanes(self.0.sqrt())
    }

    /// The largest whole number that is not above, for numbers of less than 2^31.
    #[inline(always)]
    pub fn floor(self) -> Lanes {
        let cut = f32x8::from_i32x8(self.0.fast_trunc_int());
        let is_above: f32x8 = cut.simd_gt(self.0);
        Lanes(cut - (is_above & f32x8::ONE))
    }

    /// `math::exp`
    #[inline(always)]
    pub fn exp(self) -> Lanes {
        let bounded = self.min(88.0).max(-87.0);
        let n = (bounded * std::f32::consts::LOG2_E + 0.5).floor();
        let r = (bounded - n * 0.693_359_4) - n * -2.121_944_4e-4;
        let mut p = Lanes::all(1.987_569_1e-4);
        p = p * r + 1.398_2e-3;
        p = p * r + 8.333_452e-3;
        p = p * r + 4.166_579_6e-2;
        p = p * r + 1.666_666_5e-1;
        p = p * r + 0.5;
        let fraction = (p * r * r + r) + 1.0;
        let half = (n * 0.5).floor();
        let power = fraction * half.power_of_two() * (n - half).power_of_two();
        self.is_below(-87.0).pick(Lanes::all(0.0), power)
    }

    /// 2^self for whole numbers from −126 to 127.
    #[inline(always)]
    fn power_of_two(self) -> Lanes {
        let exponent: i32x8 = self.0.fast_trunc_int() + i32x8::splat(127);
        Lanes(bytemuck::cast(exponent << 23))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math;

    #[test]
    fn exp_has_the_bits_of_its_twin() {
        for group in 0..100_000 {
            let x: [f32; WIDTH] = std::array::from_fn(|lane| -95.0 + 185.0 * (group * WIDTH + lane) as f32 / 800_000.0);
            let got = Lanes::from(x).exp().to_array();
            for (x, got) in x.into_iter().zip(got) {
                assert_eq!(got.to_bits(), math::exp(x).to_bits(), "exp {x}");
            }
        }
        assert_eq!(
            Lanes::from([0.0, -0.0, -1e9, 1e9, -87.0, 88.0, -1e-20, 1.0]).exp().to_array()[..3],
            [1.0, 1.0, 0.0]
        );
    }

    #[test]
    fn packs_are_gathered_and_scattered() {
        let mut pack: Vec<[f32; 4]> = (0..20).map(|cell| [0.0, 0.25, 0.5, 0.75].map(|it| cell as f32 + it)).collect();
        let cells = [3, 4, 5, 9, 11, 2, 19, 0];
        let got = Lanes::gather(&pack, cells);
        for (number, got) in got.into_iter().enumerate() {
            assert_eq!(got.to_array(), cells.map(|cell| pack[cell][number]));
        }
        let before = pack.clone();
        Lanes::scatter(got.map(|it| it + 100.0), &mut pack, cells, 7);
        for (cell, (got, before)) in pack.into_iter().zip(before).enumerate() {
            let moved = if cells[..7].contains(&cell) { 100.0 } else { 0.0 };
            assert_eq!(got, before.map(|it| it + moved));
        }
    }

    #[test]
    fn halves_of_words_go_there_and_back() {
        let words = [0, 1, 0xffff, 0x1_0000, 0xffff_0000, u32::MAX, 0x8000_7fff, 0x1234_5678];
        let [low, high] = Lanes::of_halves(Lanes::of_bits(u32x8::new(words)));
        assert_eq!(low.to_array(), words.map(|it| (it & 0xffff) as f32));
        assert_eq!(high.to_array(), words.map(|it| (it >> 16) as f32));
        assert_eq!(Lanes::into_halves(low, high).to_bits(), words);
    }

    #[test]
    fn floor_is_floor() {
        let x = [-2.5, -2.0, -0.5, -0.0, 0.0, 0.5, 2.0, 2.5];
        assert_eq!(Lanes::from(x).floor().to_array(), x.map(f32::floor));
    }
}
