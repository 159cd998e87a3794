//! Substrates: what diffuses through the tissues, on a grid of its own.
//!
//! Substrates go in groups of four lanes, in the order of `list`; a group is one `[f32; 4]` a voxel. The value of
//! substrate s in voxel (x, y, z) of a tissue of the batch is lane s mod 4 at `Substrates::place`.

use crate::scenario::levels::LevelKind;

/// Part of space that cells fill where they are packed: that of the densest packing of spheres.
pub const PACKING: f64 = 0.74;

/// Rate at which a substrate settles, times the step, up to which steps are of second order.
const MOST_SETTLED: f64 = 3.0;

/// Part of the highest level that a scenario gives below which levels are 0: 2^-60.
pub const NOTHING: f32 = 1.0 / (1u64 << 60) as f32;

/// The least that this may come to, 2^-80, so that no operation meets a subnormal number, which software adapters take for
/// 0.
const LEAST: f32 = NOTHING / (1u64 << 20) as f32;

/// Substrates in a group.
pub const LANES: usize = 4;

/// Substrates at most: those with joined faces are told by bits of a word.
pub const MOST_SUBSTRATES: usize = 32;

/// Solves at the start, in which levels may jump from what they are at first.
const START_SOLVES: u32 = 4;

/// V-cycles of the solves of a run. Each leaves about a seventh of what is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cycles {
    /// In the first solves.
    pub at_start: u32,
    /// In all others.
    pub later: u32,
}

impl Cycles {
    /// Where the scenario does not say: see the tables in `benches/RESULTS.md`, "Substrates". From the last two levels on, two put
    /// rates of change off by a hundredth. Where levels jump, as at the start, 51, 5 and 0.7 % of what comes and goes are open
    /// after two, three and four, which stage `balance` then closes by a factor on all levels.
    pub const USUAL: Cycles = Cycles { at_start: 8, later: 2 };

    /// Same, where a drug comes in through a substrate: while it fills the tissue from its boundary, two cycles of a step of a
    /// minute leave 2 % open, and three less than 1 %.
    pub const WITH_DRUGS: Cycles = Cycles { at_start: 8, later: 4 };

    /// So many in all solves.
    pub const fn always(count: u32) -> Cycles {
        Cycles { at_start: count, later: count }
    }

    /// Of the solve at a tick, where substrates are solved every so many ticks.
    pub fn at(&self, tick: u32, substrates_ticks: u32) -> u32 {
        if tick < START_SOLVES * substrates_ticks { self.at_start } else { self.later }
    }
}

/// All substrates and their grid, the same in every tissue.
#[derive(Clone, Debug, PartialEq)]
pub struct Substrates {
    pub grid: Grid,
    /// V-cycles a solve; at least 1.
    pub cycles: Cycles,
    pub list: Vec<Substrate>,
}

/// A box of voxels about the origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Voxels along x, y and z; 1 where nothing varies along an axis.
    pub voxels: [u32; 3],
    /// Edges of a voxel.
    pub voxel_um: [f32; 3],
}

/// One substrate.
#[derive(Clone, Debug, PartialEq)]
pub struct Substrate {
    pub name: String,
    /// What its levels are measured in.
    pub kind: LevelKind,
    pub diffusion_um2_per_min: f32,
    pub decay_per_min: f32,
    /// Concentration everywhere at the start.
    pub initial: f32,
    /// The highest of all levels that the scenario gives, 1 where it gives none: what counts as nothing is a part of it, so
    /// that a substrate may have any unit.
    pub highest_given: f32,
    /// Whether it is always at its steady state: the change over time is left out of its equation. It must be lost
    /// somewhere: by decay, or at its boundary.
    pub is_quasi_steady: bool,
    /// Rate at which it settles where cells are packed that exchange it. Steps in time that resolve it are of second order:
    /// see `fields`.
    pub settling_per_min: f32,
    pub boundary: SubstrateBoundary,
}

/// What a substrate meets at the faces of the box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SubstrateBoundary {
    /// Nothing passes.
    NoFlux,
    /// Opposite faces are joined.
    Periodic,
    /// Concentrations at the faces low x, high x, low y, high y, low z, high z; nothing passes where there is none.
    Fixed([Option<f32>; 6]),
    /// Voxels whose middle is farther than `beyond_um` from the middle of the box are outside of the tissue and held
    /// at a concentration; nothing passes through the faces.
    Held { beyond_um: f32, value: f32 },
}

impl Substrate {
    /// Levels that are less are 0.
    pub fn least(&self) -> f32 {
        (NOTHING * self.highest_given).max(LEAST)
    }

    /// Whether steps of so many minutes are of second order, but for the first: they are where that leaves a quarter or
    /// more of what settles among packed cells, 1/(1 + rate dt). In longer ones levels would swing about their steady state,
    /// and fall below 0 where that is 0.
    pub fn has_second_order(&self, step_min: f64) -> bool {
        !self.is_quasi_steady && f64::from(self.settling_per_min) * step_min <= MOST_SETTLED
    }
}

impl Grid {
    /// Voxels of one tissue.
    pub fn voxel_count(&self) -> usize {
        self.voxels.iter().map(|&count| count as usize).product()
    }

    /// Volume of a voxel.
    pub fn voxel_um3(&self) -> f32 {
        self.voxel_um[0] * self.voxel_um[1] * self.voxel_um[2]
    }
}

impl Substrates {
    /// Groups of four substrates, the last one filled up with substrates that are nowhere.
    pub fn groups(&self) -> usize {
        self.list.len().div_ceil(LANES)
    }

    /// Bit s: opposite faces are joined for substrate s.
    pub fn joined(&self) -> u32 {
        let is_joined = |it: &Substrate| u32::from(it.boundary == SubstrateBoundary::Periodic);
        self.list.iter().enumerate().fold(0, |bits, (number, it)| bits | is_joined(it) << number)
    }

    /// Substrates in all groups, those that fill up the last one included: columns of `Parameters::exchange`.
    pub fn columns(&self) -> usize {
        self.groups() * LANES
    }

    /// Place of a voxel's group in `concentration`, `source` and `loss`.
    pub fn place(&self, group: usize, tissue: usize, tissues: usize, [x, y, z]: [u32; 3]) -> usize {
        let [nx, ny, _] = self.grid.voxels.map(|count| count as usize);
        let voxel = (z as usize * ny + y as usize) * nx + x as usize;
        (group * tissues + tissue) * self.grid.voxel_count() + voxel
    }
}
