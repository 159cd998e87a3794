//! Eight cells of one type, calculated with together: each lane does the f32 operations of `math` in their order.

use std::ops::{Add, Div, Mul, Neg, Sub};
use wide::{f32x8, i32x8};

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
    fn floor(self) -> Lanes {
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
    fn floor_is_floor() {
        let x = [-2.5, -2.0, -0.5, -0.0, 0.0, 0.5, 2.0, 2.5];
        assert_eq!(Lanes::from(x).floor().to_array(), x.map(f32::floor));
    }
}
