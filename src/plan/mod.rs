//! A checked scenario in device units: um, min, ticks; arms × replicates laid out as tissues.
//!
//! Everything right of this module sees the plan alone, never the scenario's text.

pub mod cohort;
pub mod cytometry;
pub mod domain;
pub mod estimate;
mod fingerprint;
pub mod formula;
pub mod isolated_cells;
pub mod parameters;
pub mod placement;
pub mod resolution;
pub mod rules;
pub mod seeds;
pub mod study;
pub mod substrates;
pub mod table;
pub mod treatment;
pub mod waits;
pub mod walk;

pub use cohort::Cohort;
pub use domain::{Boundary, Clocks, Domain, Geometry, TICKS_PER_MIN};
pub use parameters::{
    ExchangeParameters, PairParameters, Parameters, PhaseParameters, ProteostasisParameters, TypeParameters,
};
pub use placement::{Arrangement, Distribution, Exposure, Listed, Placement, Region};
pub use substrates::{Cycles, Grid, Substrate, SubstrateBoundary, Substrates};
pub use treatment::{Condition, Treatment};

use crate::word;
use treatment::{Dose, ParameterChange};

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
    /// What is drawn of the replicates, and compared between them.
    pub cohort: Cohort,
    pub observe: Observe,
    /// Ticks at which all cells are written, ascending.
    pub snapshots: Vec<u32>,
    /// None: arms are summed up, not ranked.
    pub study: Option<study::Study>,
    /// Numbers of the tissues that run; none: all. See [`Plan::part`].
    pub chosen: Option<Vec<usize>>,
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
    /// What happens from outside once a condition holds.
    pub conditional: Vec<Conditional>,
    pub treatment: Treatment,
}

impl Arm {
    /// All actions, whenever they come.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        let conditional = self.conditional.iter().flat_map(|it| &it.course).map(|it| &it.action);
        self.interventions.iter().map(|it| &it.action).chain(conditional)
    }

    /// All placements: those at the start, and those of additions.
    pub fn placements(&self) -> impl Iterator<Item = &Placement> {
        self.initial.iter().chain(self.actions().filter_map(Action::added))
    }

    /// The parameters that hold at a tick by what was set and dosed before, conditions left out.
    pub fn parameters_at(&self, tick: u32) -> Parameters {
        let (mut settings, mut doses) = (Vec::new(), Vec::new());
        for it in self.interventions.iter().filter(|it| it.tick < tick) {
            match &it.action {
                Action::Set(setting) => settings.push(*setting),
                Action::Dose(dose) => doses.push((it.tick, *dose)),
                Action::Add(_) | Action::Remove { .. } | Action::Irradiate { .. } => {}
            }
        }
        let concentrations = self.treatment.concentrations(&doses, tick, tick);
        self.treatment.rows(&self.parameters, &settings, &concentrations)
    }

    /// Whether the parameters of its tissues may come to differ: conditions are judged tissue by tissue.
    pub fn differs_by_tissue(&self) -> bool {
        let mut actions = self.conditional.iter().flat_map(|it| &it.course).map(|it| &it.action);
        actions.any(|action| matches!(action, Action::Dose(_) | Action::Set(_)))
    }
}

/// An action from outside at a tick.
#[derive(Clone, Debug)]
pub struct Intervention {
    /// From the start; in a course, from when its condition came to hold.
    pub tick: u32,
    /// Where the scenario asks for it: `add_cells.0`.
    pub name: String,
    /// In words.
    pub what: String,
    /// Tells interventions on cells apart in their random draws.
    pub number: u32,
    pub action: Action,
}

/// Interventions that follow when a condition comes to hold, in each tissue by itself.
#[derive(Clone, Debug)]
pub struct Conditional {
    pub condition: Condition,
    /// Added to the ticks of the course.
    pub delay_ticks: u32,
    /// How often the course may begin in a tissue.
    pub at_most: u32,
    /// Tick after which it does not begin.
    pub until_tick: u32,
    /// Ticks in which the condition is not judged again after it held.
    pub pause_ticks: u32,
    /// Ascending in time.
    pub course: Vec<Intervention>,
}

/// What an intervention asks of the steps.
#[derive(Clone, Debug)]
pub enum Action {
    /// New cells.
    Add(Placement),
    /// Each live or dead cell of a type (none: of any) inside the region leaves with this probability.
    Remove { cell_type: Option<u32>, probability: f64, region: Region },
    /// Each live cell inside the region becomes apoptotic with the probability of its type.
    Irradiate { death_probability: Vec<f64>, region: Region },
    /// A drug is given.
    Dose(Dose),
    /// A parameter is set.
    Set(ParameterChange),
}

/// The age at the report, from the time of birth.
pub const AGE: &str = "age_h";

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
    /// Whether cells with proteostasis go through the panel of `cytometry`.
    pub cytometry: bool,
}

impl Action {
    /// The cells that it adds.
    pub fn added(&self) -> Option<&Placement> {
        if let Action::Add(placement) = self { Some(placement) } else { None }
    }
}

impl Plan {
    /// Tissues of the study: arm by arm, replicate by replicate.
    pub fn tissue_count(&self) -> usize {
        self.chosen.as_ref().map_or(self.arms.len() * self.seeds.len(), Vec::len)
    }

    /// The same for some tissues of the study alone, which are counted anew.
    pub fn part(&self, chosen: Vec<usize>) -> Plan {
        Plan { chosen: Some(chosen), ..self.clone() }
    }

    /// The number that a tissue has in the whole study.
    pub fn number_in_study(&self, tissue: usize) -> usize {
        self.chosen.as_ref().map_or(tissue, |chosen| chosen[tissue])
    }

    /// Values that a cell keeps for the rules of any arm.
    pub fn ruled_values(&self) -> usize {
        self.arms.iter().map(|arm| arm.parameters.rules.values()).max().unwrap_or(0)
    }

    /// Whether any cells enter after a history of their own.
    pub fn has_history(&self) -> bool {
        self.arms.iter().flat_map(Arm::placements).any(|it| !it.history.is_empty())
    }

    /// Whether any cell type has proteostasis.
    pub fn has_proteostasis(&self) -> bool {
        self.arms.iter().any(|arm| !arm.parameters.proteostasis.is_empty())
    }

    /// Whether a cell type has proteostasis.
    pub fn has_proteostasis_of(&self, own: usize) -> bool {
        self.has_type(own, |row| row.proteostasis > 0)
    }

    /// Whether cells with proteostasis hold on to others, or secrete cytokines as they are stimulated.
    pub fn has_synapses(&self) -> bool {
        let is_one = |own: usize| self.cell_types[own].is_effector || self.has_type(own, TypeParameters::has_cytokines);
        (0..self.cell_types.len()).any(|own| is_one(own) && self.has_proteostasis_of(own))
    }

    /// Whether any cell type secretes cytokines, or senses IL-2.
    pub fn has_cytokines(&self) -> bool {
        (0..self.cell_types.len()).any(|own| self.has_type(own, TypeParameters::has_cytokines))
    }

    /// Whether any cell type has immunogenicity.
    pub fn has_immunogenicity(&self) -> bool {
        (0..self.cell_types.len()).any(|own| self.has_immunogenicity_of(own))
    }

    /// Whether a cell type has immunogenicity.
    pub fn has_immunogenicity_of(&self, own: usize) -> bool {
        self.has_type(own, |row| row.is_immunogenic == 1)
    }

    /// Whether something is so of a cell type in any arm.
    fn has_type(&self, own: usize, is_so: impl Fn(&TypeParameters) -> bool) -> bool {
        self.arms.iter().any(|arm| arm.parameters.types.get(own).is_some_and(&is_so))
    }

    /// Whether a rule of any arm asks for a signal.
    pub fn senses(&self, code: rules::signals::Code) -> bool {
        self.arms.iter().any(|arm| arm.parameters.rules.ask(code))
    }

    /// Whether rules of any arm change repulsion or adhesion.
    pub fn has_ruled_forces(&self) -> bool {
        let fields = [word!(PairParameters, repulsion_um_per_min), word!(PairParameters, adhesion_um_per_min)];
        self.arms.iter().map(|arm| &arm.parameters).any(|rows| {
            let is_ruled = |own: usize| fields.iter().any(|&field| rows.is_ruled(rows.pair_word(own, own, field)));
            (0..rows.types.len()).any(is_ruled)
        })
    }

    /// Whether a cell of one type may become a cell of another.
    pub fn has_transitions(&self) -> bool {
        let field = word!(PairParameters, transition_per_min);
        self.arms.iter().map(|arm| &arm.parameters).any(|rows| {
            let types = rows.types.len();
            let is_ruled = |a, b| rows.is_ruled(rows.pair_word(a, b, field));
            rows.pairs.iter().any(|pair| pair.transition_per_min > 0.0)
                || (0..types).any(|a| (0..types).any(|b| is_ruled(a, b)))
        })
    }

    /// Whether an interaction of any arm arrests the cycle of its targets.
    pub fn has_arrest(&self) -> bool {
        self.arms.iter().flat_map(|arm| &arm.parameters.pairs).any(|pair| pair.arrests_cycle == 1)
    }

    /// Whether any arm irradiates.
    pub fn irradiates(&self) -> bool {
        self.arms.iter().flat_map(Arm::actions).any(|action| matches!(action, Action::Irradiate { .. }))
    }

    /// Arm and replicate of a tissue.
    pub fn arm_and_replicate(&self, tissue: usize) -> (usize, usize) {
        let number = self.number_in_study(tissue);
        (number / self.seeds.len(), number % self.seeds.len())
    }
}
