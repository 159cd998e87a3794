//! A row of voxels along x: where its neighbours are, and what couples to them.

use super::hierarchy::Level;
use super::lanes::Lanes;
use super::stencil::{Side, Stencil};
use std::marker::PhantomData;

/// Values that threads share: while some are written, only those of other colours are read.
#[derive(Clone, Copy)]
pub struct Shared<'a> {
    start: *mut Lanes,
    slice: PhantomData<&'a mut [Lanes]>,
}

// SAFETY: the methods ask their callers to keep to places of their own.
unsafe impl Sync for Shared<'_> {}
// SAFETY: likewise.
unsafe impl Send for Shared<'_> {}

impl<'a> Shared<'a> {
    /// Shares values.
    pub fn new(values: &'a mut [Lanes]) -> Shared<'a> {
        Shared { start: values.as_mut_ptr(), slice: PhantomData }
    }

    /// # Safety
    /// The place is inside, and nobody writes it meanwhile.
    #[inline(always)]
    pub unsafe fn get(&self, place: usize) -> Lanes {
        // SAFETY: as the caller says.
        unsafe { *self.start.add(place) }
    }

    /// # Safety
    /// The place is inside, and nobody else uses it meanwhile.
    #[inline(always)]
    pub unsafe fn set(&self, place: usize, value: Lanes) {
        // SAFETY: as the caller says.
        unsafe { *self.start.add(place) = value }
    }
}

/// Neighbour below, or the voxel itself where there is none.
pub fn below(i: usize, count: usize, is_joined: bool) -> usize {
    if i > 0 {
        i - 1
    } else if is_joined {
        count - 1
    } else {
        0
    }
}

/// Neighbour above, or the voxel itself where there is none.
pub fn above(i: usize, count: usize, is_joined: bool) -> usize {
    if i + 1 < count {
        i + 1
    } else if is_joined {
        0
    } else {
        i
    }
}

/// A row of a block.
pub struct VoxelRow<'a> {
    pub level: &'a Level,
    pub stencil: &'a Stencil,
    /// Place of the first voxel.
    pub start: usize,
    pub y: usize,
    pub z: usize,
    pub nx: usize,
    /// First places of the neighbouring rows and couplings to them: low y, high y, low z, high z.
    starts: [usize; 4],
    sides: [Side; 4],
}

/// What the voxels of a row share, but for those at its ends.
#[derive(Clone, Copy)]
pub struct Couplings {
    pub low: Lanes,
    pub high: Lanes,
    /// All couplings and `base`, and the same but for couplings to neighbours.
    pub all: Lanes,
    pub local: Lanes,
}

/// What a voxel exchanges with neighbours that are held.
#[derive(Clone, Copy, Default)]
pub struct BesideHeld {
    /// What comes from them less what goes to them, and what comes from them alone, in levels/min.
    pub inflow: Lanes,
    pub comes: Lanes,
    /// Couplings to them together.
    pub coupling: Lanes,
}

impl<'a> VoxelRow<'a> {
    /// Row number `row` of all rows of a level's blocks; `stencils` are those of the level's blocks.
    pub fn new(level: &'a Level, stencils: &'a [Stencil], row: usize) -> VoxelRow<'a> {
        let [nx, ny, nz] = level.counts();
        let (y, z, block) = (row % ny, row / ny % nz, row / ny / nz);
        let stencil = &stencils[block];
        let [_, along_y, along_z] = level.axes;
        let at = |y: usize, z: usize| level.offset + ((block * nz + z) * ny + y) * nx;
        VoxelRow {
            level,
            stencil,
            start: at(y, z),
            y,
            z,
            nx,
            starts: [
                at(below(y, ny, along_y.is_joined), z),
                at(above(y, ny, along_y.is_joined), z),
                at(y, below(z, nz, along_z.is_joined)),
                at(y, above(z, nz, along_z.is_joined)),
            ],
            sides: [
                stencil.axes[1].low(y, ny),
                stencil.axes[1].high(y, ny),
                stencil.axes[2].low(z, nz),
                stencil.axes[2].high(z, nz),
            ],
        }
    }

    /// Couplings of voxel x.
    #[inline(always)]
    pub fn couplings(&self, x: usize) -> Couplings {
        let (low, high) = (self.stencil.axes[0].low(x, self.nx), self.stencil.axes[0].high(x, self.nx));
        let [a, b, c, d] = self.sides;
        let sides = [low, high, a, b, c, d];
        let all = sides.iter().fold(self.stencil.base, |sum, side| (sum + side.coupling) + side.fixed);
        let local = sides.iter().fold(self.stencil.base, |sum, side| sum + side.fixed);
        Couplings { low: low.coupling, high: high.coupling, all, local }
    }

    /// Voxels away from the ends, for which one set of couplings holds: 1..=nx−3.
    pub fn inner_end(&self) -> usize {
        self.nx.saturating_sub(2)
    }

    /// Places along x beside voxel x of any row of the level.
    #[inline(always)]
    pub fn beside(&self, x: usize) -> [usize; 2] {
        let is_joined = self.level.axes[0].is_joined;
        [self.start + below(x, self.nx, is_joined), self.start + above(x, self.nx, is_joined)]
    }

    /// The smoothed value of voxel x: what makes its equation true.
    ///
    /// # Safety
    /// Nobody writes the voxel's neighbours meanwhile.
    #[inline(always)]
    pub unsafe fn smoothed(
        &self,
        values: Shared<'_>,
        right_side: &[Lanes],
        loss: &[Lanes],
        x: usize,
        [low, high]: [usize; 2],
        couplings: Couplings,
    ) -> Lanes {
        let place = self.start + x;
        // SAFETY: neighbours are inside the buffer, and nobody writes them.
        unsafe {
            let mut sum = right_side[place] + couplings.low * values.get(low);
            sum = sum + couplings.high * values.get(high);
            for side in 0..4 {
                sum = sum + self.sides[side].coupling * values.get(self.starts[side] + x);
            }
            (sum / (couplings.all + loss[place])).without_less(self.stencil.least)
        }
    }

    /// The residual of voxel x, in differences, so that it is exact where neighbours are nearly equal.
    #[inline(always)]
    pub fn residual(
        &self,
        values: &[Lanes],
        right_side: &[Lanes],
        loss: &[Lanes],
        x: usize,
        [low, high]: [usize; 2],
        couplings: Couplings,
    ) -> Lanes {
        let place = self.start + x;
        let (own, loss) = (values[place], loss[place]);
        let mut sum = right_side[place] - (couplings.local + loss) * own;
        sum = sum + couplings.low * (values[low] - own);
        sum = sum + couplings.high * (values[high] - own);
        for side in 0..4 {
            sum = sum + self.sides[side].coupling * (values[self.starts[side] + x] - own);
        }
        sum.where_free(loss, Lanes::ZERO)
    }

    /// What voxel x exchanges with neighbours that are held.
    pub fn beside_held(&self, values: &[Lanes], loss: &[Lanes], x: usize) -> BesideHeld {
        let own = values[self.start + x];
        let [low, high] = self.beside(x);
        let couplings = self.couplings(x);
        let mut sum = BesideHeld::default();
        let mut add = |coupling: Lanes, place: usize| {
            let if_held = |value: Lanes| Lanes::ZERO.where_free(loss[place], value);
            sum.inflow = sum.inflow + if_held(coupling * (values[place] - own));
            sum.comes = sum.comes + if_held(coupling * values[place]);
            sum.coupling = sum.coupling + if_held(coupling);
        };
        add(couplings.low, low);
        add(couplings.high, high);
        for side in 0..4 {
            add(self.sides[side].coupling, self.starts[side] + x);
        }
        sum
    }

    /// Couplings of voxel x to neighbours that are held: what is lost to them, for coarser grids.
    pub fn loss_to_held(&self, loss: &[Lanes], x: usize) -> Lanes {
        let [low, high] = self.beside(x);
        let couplings = self.couplings(x);
        let mut sum = Lanes::ZERO;
        let mut add = |coupling: Lanes, place: usize| sum = sum + Lanes::ZERO.where_free(loss[place], coupling);
        add(couplings.low, low);
        add(couplings.high, high);
        for side in 0..4 {
            add(self.sides[side].coupling, self.starts[side] + x);
        }
        sum
    }
}
