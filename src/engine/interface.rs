//! What runs the stages: the same calls for the shaders on a device and for the twins on the CPU.

use super::graph::Stage;
use super::state::State;
use crate::cells::Cells;
use crate::cells::settings::Population;
use crate::error::Result;
use crate::measure::Stock;
use crate::plan::Parameters;
use crate::stages::lifecycle::irradiate::Irradiation;
use crate::stages::lifecycle::remove::Removal;

/// Raw statistics of a batch at a tick, in the layout of `measure::layout`.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    pub tick: u32,
    pub population: Population,
    pub words: Vec<u32>,
    /// Cumulative events: \[tissue\]\[cell type\]\[event\].
    pub events: Vec<u32>,
    /// Concentration of each drug in plasma or medium, in each tissue; whoever runs the interventions fills it in.
    pub concentrations: Vec<Vec<f64>>,
    /// Of \[tissue\]\[substrate\].
    pub stocks: Vec<Stock>,
}

/// Runs the stages of a batch of tissues.
pub trait Engine {
    /// Adds cells to the end of the slots, and counts them as added where `is_intervention`.
    fn add(&mut self, cells: &Cells, is_intervention: bool) -> Result<()>;

    /// Marks cells that leave at the end of this step; the step must rebuild.
    fn remove(&mut self, removal: &Removal) -> Result<()>;

    /// Makes live cells apoptotic.
    fn irradiate(&mut self, irradiation: &Irradiation) -> Result<()>;

    /// Replaces a set of parameter rows for the steps that follow; waits for nothing.
    fn set_parameters(&mut self, set: usize, rows: &Parameters) -> Result<()>;

    /// What drugs add to the levels at the boundaries of substrates, for each group and tissue (as `Substrates::place`
    /// has them), from the next step on; waits for nothing.
    fn set_drug_levels(&mut self, levels: &[[f32; 4]]) -> Result<()>;

    /// Runs the stages of the step that begins at `tick`, or records them to run soon.
    fn step(&mut self, tick: u32, stages: &[Stage]) -> Result<()>;

    /// Takes statistics of the state at `tick`, which is that of all recorded steps.
    fn observe(&mut self, tick: u32) -> Result<()>;

    /// Observations that have arrived, in the order in which they were taken; all of them when `wait` is set.
    fn observations(&mut self, wait: bool) -> Result<Vec<Observation>>;

    /// All columns of all cells, in slot order, after all recorded steps.
    fn cells(&mut self) -> Result<Cells>;

    /// Concentrations of all substrates in all voxels of all tissues (see `Substrates::place`), after all recorded steps.
    fn concentration(&mut self) -> Result<Vec<[f32; 4]>>;

    /// Sets the concentrations, and starts anew from them: the next step is a first one.
    fn set_levels(&mut self, levels: &[[f32; 4]]) -> Result<()>;

    /// Sets what goes in and out of every voxel besides diffusion and decay, as `diffusion::Fields` has it.
    fn set_exchange(&mut self, source: &[[f32; 4]], loss: &[[f32; 4]]) -> Result<()>;

    /// All that outlives a step, after all recorded steps.
    fn state(&mut self) -> Result<State>;

    /// Gives an engine without cells the state of another for the same tissues, on whatever device.
    fn restore(&mut self, state: &State) -> Result<()>;

    /// The last known number of cells, which may lag behind.
    fn cell_count(&self) -> u32;
}
