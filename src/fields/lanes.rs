//! Four substrates in one voxel, calculated with together.

use bytemuck::{Pod, Zeroable};
use std::ops::{Add, Div, Mul, Sub};
use wide::f32x4;

/// A voxel whose loss is this large is held: it keeps its value whatever surrounds it. A power of two (2^80), so that the
/// product with a level is exact.
pub const HELD_PER_MIN: f32 = 1_208_925_819_614_629_200_000_000.0;

/// Four lanes.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct Lanes(pub [f32; 4]);

impl Lanes {
    pub const ZERO: Lanes = Lanes([0.0; 4]);

    /// The same number in each lane.
    #[inline(always)]
    pub const fn all(value: f32) -> Lanes {
        Lanes([value; 4])
    }

    #[inline(always)]
    fn zip(self, other: Lanes, f: impl Fn(f32, f32) -> f32) -> Lanes {
        let (a, b) = (self.0, other.0);
        Lanes([f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2]), f(a[3], b[3])])
    }

    /// 0 instead of numbers that are smaller.
    #[inline(always)]
    pub fn without_less(self, least: Lanes) -> Lanes {
        self.zip(least, |x, least| if x.abs() < least { 0.0 } else { x })
    }

    #[inline(always)]
    pub fn min(self, other: Lanes) -> Lanes {
        self.zip(other, f32::min)
    }

    #[inline(always)]
    pub fn max(self, other: Lanes) -> Lanes {
        self.zip(other, f32::max)
    }

    /// 0 instead of negative numbers.
    #[inline(always)]
    pub fn at_least_zero(self) -> Lanes {
        self.zip(self, |x, _| if x > 0.0 { x } else { 0.0 })
    }

    /// These lanes where a loss says that the voxel is free, `held` where it is not.
    #[inline(always)]
    pub fn where_free(self, loss: Lanes, held: Lanes) -> Lanes {
        let pick = |lane: usize| if loss.0[lane] < HELD_PER_MIN { self.0[lane] } else { held.0[lane] };
        Lanes([pick(0), pick(1), pick(2), pick(3)])
    }
}

impl Add for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn add(self, other: Lanes) -> Lanes {
        Lanes((f32x4::new(self.0) + f32x4::new(other.0)).to_array())
    }
}

impl Sub for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn sub(self, other: Lanes) -> Lanes {
        Lanes((f32x4::new(self.0) - f32x4::new(other.0)).to_array())
    }
}

impl Mul for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn mul(self, other: Lanes) -> Lanes {
        Lanes((f32x4::new(self.0) * f32x4::new(other.0)).to_array())
    }
}

impl Div for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn div(self, other: Lanes) -> Lanes {
        Lanes((f32x4::new(self.0) / f32x4::new(other.0)).to_array())
    }
}
