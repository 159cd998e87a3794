//! The grids of the multigrid method, from the substrates' own to a single voxel.
//!
//! A coarse voxel joins two finer ones along every axis that is coarsened; where their number is odd, the last one
//! stands alone, so that the last voxel of a coarse axis may be narrower than the others. Axes along which voxels are
//! wide wait until those of the other axes are as wide (semi-coarsening): smoothing at single voxels works only where
//! voxels are about as long as wide.

use crate::plan::{Grid, SubstrateBoundary, Substrates};

/// An axis is coarsened while its voxels are at most so many times as wide as the narrowest (assumed: couplings then
/// differ at most by 1.5² = 2.25, where smoothing by red and black still works well).
const WIDEST: f64 = 1.5;

/// One axis of a grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    pub count: u32,
    /// Width of all voxels but the last.
    pub width_um: f64,
    pub last_um: f64,
    /// Whether the next coarser grid joins pairs along this axis.
    pub is_halved: bool,
    /// Whether opposite faces are joined, for some substrate at least.
    pub is_joined: bool,
}

/// One grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    pub axes: [Axis; 3],
    /// Where this grid begins in the buffers.
    pub offset: usize,
}

/// All grids, the finest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Hierarchy {
    pub levels: Vec<Level>,
    /// Pairs of a group and a tissue.
    pub blocks: usize,
}

impl Axis {
    /// Whether a voxel at the seam of joined faces has a neighbour of its own parity.
    pub fn has_seam(&self) -> bool {
        self.is_joined && self.count > 1 && self.count % 2 == 1
    }

    /// Widths along the axis together.
    pub fn size_um(&self) -> f64 {
        f64::from(self.count - 1) * self.width_um + self.last_um
    }

    /// Voxels that a coarse voxel joins: how many, and the share of each in it.
    pub fn children(&self, coarse: u32) -> (u32, [f32; 2]) {
        if !self.is_halved || 2 * coarse + 1 == self.count {
            return (1, [1.0, 0.0]);
        }
        if 2 * coarse + 2 == self.count { (2, self.last_shares()) } else { (2, [0.5, 0.5]) }
    }

    /// Shares of the last two voxels in what joins them.
    pub fn last_shares(&self) -> [f32; 2] {
        let first = if self.count == 1 { 1.0 } else { self.width_um / (self.width_um + self.last_um) };
        [first as f32, (1.0 - first) as f32]
    }

    fn coarser(&self) -> Axis {
        if !self.is_halved {
            return *self;
        }
        let last_um = if self.count.is_multiple_of(2) { self.width_um + self.last_um } else { self.last_um };
        Axis { count: self.count.div_ceil(2), width_um: 2.0 * self.width_um, last_um, ..*self }
    }
}

impl Level {
    /// Voxels along each axis.
    pub fn counts(&self) -> [usize; 3] {
        self.axes.map(|axis| axis.count as usize)
    }

    /// Voxels of one block.
    pub fn voxels(&self) -> usize {
        self.counts().iter().product()
    }

    /// Numbers of the colours: voxels of one colour are not neighbours. Two, but at joined faces an odd number of
    /// voxels would make neighbours alike, so that those at a seam have colours of their own.
    pub fn colours(&self) -> usize {
        2 + 2 * self.axes.iter().filter(|axis| axis.has_seam()).count()
    }

    /// How many axes a voxel ends at a seam.
    pub fn seams(&self, at: [usize; 3]) -> usize {
        (0..3).filter(|&axis| self.axes[axis].has_seam() && at[axis] + 1 == self.axes[axis].count as usize).count()
    }

    /// Colour of a voxel.
    pub fn colour(&self, at: [usize; 3]) -> usize {
        (at[0] + at[1] + at[2]) % 2 + 2 * self.seams(at)
    }

    fn choose_halved(&mut self) {
        let long = self.axes.iter().filter(|axis| axis.count > 1);
        let narrowest = long.map(|axis| axis.width_um).fold(f64::INFINITY, f64::min);
        for axis in &mut self.axes {
            axis.is_halved = axis.count > 1 && axis.width_um <= WIDEST * narrowest;
        }
    }
}

impl Hierarchy {
    /// The grids of a batch of tissues.
    pub fn new(substrates: &Substrates, tissues: usize) -> Hierarchy {
        let is_joined = substrates.list.iter().any(|it| it.boundary == SubstrateBoundary::Periodic);
        let blocks = substrates.groups() * tissues;
        let mut level = finest(&substrates.grid, is_joined);
        let mut levels = Vec::new();
        while level.voxels() > 1 {
            level.choose_halved();
            levels.push(level);
            let offset = level.offset + blocks * level.voxels();
            level = Level { axes: level.axes.map(|axis| axis.coarser()), offset };
        }
        level.choose_halved();
        levels.push(level);
        Hierarchy { levels, blocks }
    }

    /// Elements of a buffer that holds all grids.
    pub fn elements(&self) -> usize {
        self.levels.last().map_or(0, |level| level.offset + self.blocks * level.voxels())
    }

    /// Elements of a buffer that holds the finest grid.
    pub fn fine_elements(&self) -> usize {
        self.levels.first().map_or(0, |level| self.blocks * level.voxels())
    }
}

fn finest(grid: &Grid, is_joined: bool) -> Level {
    let axes = [0, 1, 2].map(|axis| {
        let width_um = f64::from(grid.voxel_um[axis]);
        Axis { count: grid.voxels[axis], width_um, last_um: width_um, is_halved: false, is_joined }
    });
    Level { axes, offset: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Cycles;

    fn grids(voxels: [u32; 3], voxel_um: [f32; 3], boundary: SubstrateBoundary) -> Hierarchy {
        let substrate = crate::plan::Substrate {
            name: "any".into(),
            kind: crate::scenario::levels::LevelKind::Number,
            diffusion_um2_per_min: 1.0,
            decay_per_min: 0.0,
            initial: 0.0,
            highest_given: 1.0,
            is_quasi_steady: false,
            settling_per_min: 0.0,
            boundary,
        };
        Hierarchy::new(
            &Substrates { grid: Grid { voxels, voxel_um }, cycles: Cycles::always(1), list: vec![substrate; 5] },
            3,
        )
    }

    #[test]
    fn grids_end_in_one_voxel_and_keep_their_size() {
        for (voxels, voxel_um) in [
            ([75, 75, 75], [20.0; 3]),
            ([7, 1, 12], [10.0, 20.0, 3.0]),
            ([1, 1, 1], [5.0; 3]),
            ([1000, 1, 1], [1.0; 3]),
        ] {
            let grids = grids(voxels, voxel_um, SubstrateBoundary::NoFlux);
            assert_eq!(grids.levels.last().unwrap().counts(), [1, 1, 1]);
            let mut offset = 0;
            for level in &grids.levels {
                assert_eq!(level.offset, offset);
                offset += 6 * level.voxels();
                for axis in 0..3 {
                    let size = f64::from(voxels[axis]) * f64::from(voxel_um[axis]);
                    assert!((level.axes[axis].size_um() - size).abs() < 1e-9 * size, "{level:?}");
                }
            }
            assert_eq!(offset, grids.elements());
        }
    }

    #[test]
    fn children_are_all_there_once() {
        for count in [2, 3, 75, 76] {
            let grids = grids([count, 1, 1], [20.0; 3], SubstrateBoundary::NoFlux);
            for (fine, coarse) in grids.levels.iter().zip(&grids.levels[1..]) {
                let (fine, coarse) = (fine.axes[0], coarse.axes[0]);
                let children: Vec<_> = (0..coarse.count).map(|it| fine.children(it)).collect();
                assert_eq!(children.iter().map(|it| it.0).sum::<u32>(), fine.count);
                assert!(children.iter().all(|(_, [a, b])| (a + b - 1.0).abs() < 1e-6));
            }
        }
    }

    /// No two neighbours have one colour, across joined faces neither.
    #[test]
    fn neighbours_differ_in_colour() {
        for (voxels, boundary) in [
            ([5, 3, 7], SubstrateBoundary::Periodic),
            ([4, 5, 1], SubstrateBoundary::Periodic),
            ([5, 4, 3], SubstrateBoundary::NoFlux),
        ] {
            let level = grids(voxels, [20.0; 3], boundary).levels[0];
            let [nx, ny, nz] = level.counts();
            for at in (0..nx * ny * nz).map(|i| [i % nx, i / nx % ny, i / nx / ny]) {
                assert!(level.colour(at) < level.colours());
                for axis in 0..3 {
                    let mut beside = at;
                    beside[axis] += 1;
                    if beside[axis] == level.counts()[axis] {
                        beside[axis] = 0;
                        if !level.axes[axis].is_joined || level.counts()[axis] == 1 {
                            continue;
                        }
                    }
                    assert_ne!(level.colour(at), level.colour(beside), "{at:?} {beside:?}");
                }
            }
        }
    }

    #[test]
    fn narrow_axes_are_coarsened_first() {
        let grids = grids([64, 64, 64], [20.0, 20.0, 5.0], SubstrateBoundary::NoFlux);
        let counts: Vec<_> = grids.levels.iter().map(Level::counts).collect();
        assert_eq!(counts[..4], [[64, 64, 64], [64, 64, 32], [64, 64, 16], [32, 32, 8]]);
    }
}
