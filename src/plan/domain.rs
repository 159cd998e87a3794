//! Space and time of a run.

/// Ticks of 0.6 s in a minute. All clocks are whole numbers of ticks.
pub const TICKS_PER_MIN: u32 = 100;

/// A bond stretches to this many contact distances before it breaks (assumed).
pub const BOND_STRETCH: f32 = 1.25;

/// Kind of space that the cells live in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Geometry {
    /// Three dimensions.
    Tissue,
    /// Two dimensions; z is 0.
    Layer,
    /// Well mixed: contacts by mass action, no mechanics, no motility.
    Culture,
}

/// What happens at the faces of the domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// Cells stay inside: walks are reflected, pushed cells stop at the wall.
    Closed,
    /// What leaves at one face enters at the opposite one.
    Periodic,
}

/// The space of every tissue: a box about the origin, cut into voxels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domain {
    pub geometry: Geometry,
    pub boundary: Boundary,
    /// Edges of the box in um; x runs from −size/2 to size/2. In a culture: the edges of a cube of its volume.
    pub size_um: [f32; 3],
    /// Voxels along each axis. Along y and z a voxel is at least as wide as cells reach, along x a quarter of that. In
    /// a layer the third number is 1; in a culture the voxels are [buckets, 1, 1]: cells in one bucket meet, and
    /// buckets are drawn anew at each step.
    pub voxels: [u32; 3],
    /// Largest distance in um at which two cells act on each other.
    pub reach_um: f32,
}

/// Voxels along x in the reach of a cell: the search for neighbours cuts its rows off at whole voxels.
const SLICES: f32 = 4.0;

/// Voxels of a tissue or layer in which cells act on each other up to a distance.
pub fn voxels(size_um: [f32; 3], reach_um: f32, geometry: Geometry) -> [u32; 3] {
    let along = |axis: usize, slices: f32| ((slices * size_um[axis] / reach_um).floor() as u32).max(1);
    [along(0, SLICES), along(1, 1.0), if geometry == Geometry::Layer { 1 } else { along(2, 1.0) }]
}

impl Domain {
    /// Voxels of one tissue.
    pub fn voxel_count(&self) -> u32 {
        self.voxels[0] * self.voxels[1] * self.voxels[2]
    }

    /// Edges of a voxel in um.
    pub fn voxel_um(&self) -> [f32; 3] {
        [0, 1, 2].map(|axis| self.size_um[axis] / self.voxels[axis] as f32)
    }

    /// Dimensions in which cells move.
    pub fn dimensions(&self) -> u32 {
        match self.geometry {
            Geometry::Tissue => 3,
            Geometry::Layer => 2,
            Geometry::Culture => 0,
        }
    }
}

/// Ticks between two runs of each process. Every number is a multiple of `movement_ticks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// Mechanics and motility; also the length of a step.
    pub movement_ticks: u32,
    /// Attachment, detachment, killing.
    pub contacts_ticks: u32,
    /// Cycle, death, volume, division.
    pub cycle_ticks: u32,
    /// Rules.
    pub rules_ticks: u32,
    /// Proteostasis.
    pub proteostasis_ticks: u32,
    /// Diffusion, decay, secretion and uptake of substrates.
    pub substrates_ticks: u32,
    /// Columns are put into spatial order.
    pub reorder_ticks: u32,
}

impl Clocks {
    /// Unit in which times of birth are counted: whole cycle steps, at least 6 min, so that 16 bits hold 273 days.
    pub const fn birth_ticks(&self) -> u32 {
        self.cycle_ticks * (6 * TICKS_PER_MIN).div_ceil(self.cycle_ticks)
    }

    /// Whether the step that begins at a tick ends an interval of a clock.
    pub const fn ends(&self, tick: u32, interval_ticks: u32) -> bool {
        (tick + self.movement_ticks).is_multiple_of(interval_ticks)
    }

    /// The preset *fine*: what PhysiCell's users know (mechanics 0.1 min, phenotype 6 min).
    pub const FINE: Clocks = Clocks {
        movement_ticks: 10,
        contacts_ticks: 10,
        cycle_ticks: 600,
        rules_ticks: 600,
        proteostasis_ticks: 1500,
        substrates_ticks: 10,
        reorder_ticks: 300,
    };
    /// The preset *coarse*: mechanics by relaxation, exact motility.
    pub const COARSE: Clocks = Clocks {
        movement_ticks: 100,
        contacts_ticks: 100,
        cycle_ticks: 1500,
        rules_ticks: 1500,
        proteostasis_ticks: 1500,
        substrates_ticks: 100,
        reorder_ticks: 1500,
    };
}

/// A number of ticks in minutes.
pub fn minutes(ticks: u32) -> f64 {
    f64::from(ticks) / f64::from(TICKS_PER_MIN)
}

/// A number of ticks in hours.
pub fn hours(ticks: u32) -> f64 {
    minutes(ticks) / 60.0
}
