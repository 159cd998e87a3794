//! A checked scenario in device units: um, min, ticks; arms × replicates laid out as tissues.
//!
//! Everything right of this module sees the plan alone, never the scenario's text.

pub mod build;
pub mod domain;
pub mod estimate;
pub mod parameters;
pub mod placement;
pub mod rules;
pub mod seeds;
pub mod substrates;
pub mod table;
pub mod walk;

pub use domain::{Boundary, Clocks, Domain, Geometry, TICKS_PER_MIN};
pub use parameters::{PairParameters, Parameters, PhaseParameters, TypeParameters};
pub use placement::{Arrangement, Distribution, Placement, Region};
pub use substrates::{Grid, Substrate, SubstrateBoundary, Substrates};

/// A whole study: what `run` carries out.
#[derive(Clone, Debug)]
pub struct Plan {
    pub title: String,
    pub domain: Domain,
    pub clocks: Clocks,
    /// Length of the run in ticks.
    pub duration_ticks: u32,
    pub mechanics: Mechanics,
    /// None: nothing diffuses.
    pub substrates: Option<Substrates>,
    pub cell_types: Vec<CellType>,
    pub arms: Vec<Arm>,
    /// Philox key of each replicate: the same in every arm.
    pub seeds: Vec<[u32; 2]>,
    pub observe: Observe,
    /// Ticks at which all cells are written, ascending.
    pub snapshots: Vec<u32>,
}

/// How overlaps become motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanics {
    /// Velocities from repulsion and adhesion potentials, second order in time (Adams-Bashforth).
    Potentials,
    /// Overlaps removed iteratively, stable at any step.
    Relaxation { iterations: u32 },
}

/// Names of a cell type's parts, in the order of their numbers on the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellType {
    pub name: String,
    pub phases: Vec<String>,
    /// At most two.
    pub traits: Vec<String>,
    /// Whether it attaches to cells of any type, in any arm.
    pub is_effector: bool,
}

/// One treatment schedule or parameter set.
#[derive(Clone, Debug)]
pub struct Arm {
    pub name: String,
    pub parameters: Parameters,
    /// Cells at the start.
    pub initial: Vec<Placement>,
    /// What happens from outside, ascending in time.
    pub interventions: Vec<Intervention>,
}

/// An action from outside at a tick.
#[derive(Clone, Debug)]
pub struct Intervention {
    pub tick: u32,
    pub name: String,
    pub action: Action,
}

/// What an intervention asks of the steps.
#[derive(Clone, Debug)]
pub enum Action {
    /// New cells.
    Add(Placement),
    /// Each live or dead cell of a type inside the region leaves with this probability.
    Remove { cell_type: u32, probability: f64, region: Region },
}

/// What the statistics report.
#[derive(Clone, Debug, PartialEq)]
pub struct Observe {
    /// Ticks between reports; one is made at the start and one at the end besides.
    pub every_ticks: u32,
    /// Names of observed columns (rows of `cells::columns`).
    pub columns: Vec<&'static str>,
    /// Quantiles reported of every observed column, each in 0..1.
    pub quantiles: Vec<f64>,
    /// Shells of the radial profile about the middle: (how many, width in um); none in a culture.
    pub shells: Option<(u32, f32)>,
}

impl Plan {
    /// Tissues of the study: arm by arm, replicate by replicate.
    pub fn tissue_count(&self) -> usize {
        self.arms.len() * self.seeds.len()
    }

    /// Values that a cell keeps for the rules of any arm.
    pub fn ruled_values(&self) -> usize {
        self.arms.iter().map(|arm| arm.parameters.rules.values()).max().unwrap_or(0)
    }

    /// Whether a rule of any arm asks for a signal.
    pub fn senses(&self, code: rules::signals::Code) -> bool {
        self.arms.iter().any(|arm| arm.parameters.rules.ask(code))
    }

    /// Arm and replicate of a tissue.
    pub fn arm_and_replicate(&self, tissue: usize) -> (usize, usize) {
        (tissue / self.seeds.len(), tissue % self.seeds.len())
    }
}
