//! Stage `irradiate`: a dose of radiation makes each live cell inside a region apoptotic with probability
//! 1 − exp(−α D − β D²), where α and β are those of its type. Twin of `shaders/irradiate.wgsl`.
//!
//! | symbol | name | unit |
//! |---|---|---|
//! | D | dose of one fraction | Gy |
//! | α, β | radiosensitivity | 1/Gy, 1/Gy² |
//!
//! Source: Fowler, Br J Radiol 62:679 (1989). Cells die at once (assumed: in many tumours they die at a later division);
//! fractions are independent, so survival multiplies, which holds where they are hours apart.

use crate::cells::cell_bits;
use crate::cells::columns::{Fate, NO_BOND};
use crate::cells::events::Event;
use crate::cells::phases::{dead_kind, time_as_dead};
use crate::cells::world::World;
use crate::plan::Region;
use crate::random::{Purpose, draw, threshold};
use crate::stages::voxels::region::{ALL, Bounds};
use bytemuck::{Pod, Zeroable};

/// The uniform `irradiation` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Irradiation {
    bounds: Bounds,
    /// Threshold of the draw for each cell type.
    below: [[u32; 4]; 4],
    purpose: u32,
    arm: u32,
    /// Within the batch, or `ALL` of the arm.
    tissue: u32,
    spare: u32,
}

impl Irradiation {
    /// The irradiation that intervention number `number` of an arm asks for.
    pub fn new(arm: usize, number: u32, death_probability: &[f64], region: &Region) -> Irradiation {
        let mut below = [[0; 4]; 4];
        for (cell_type, &probability) in death_probability.iter().enumerate() {
            below[cell_type / 4][cell_type % 4] = threshold(probability as f32);
        }
        let purpose = Purpose::Irradiation as u32 + number;
        Irradiation { bounds: region.into(), below, purpose, arm: arm as u32, tissue: ALL, spare: 0 }
    }

    /// The same in one tissue of the batch, or in `ALL` of the arm.
    pub fn in_tissue(self, tissue: u32) -> Irradiation {
        Irradiation { tissue, ..self }
    }
}

/// Runs the stage.
pub fn irradiate(world: &mut World, beam: &Irradiation) {
    for i in 0..world.cells.len() {
        let [low, high, kind, _] = world.cells.identity[i];
        let (tissue, cell_type) = (cell_bits::tissue(kind), cell_bits::cell_type(kind) as usize);
        let seed = world.seed(tissue);
        let is_tissue = beam.tissue == ALL || beam.tissue == tissue;
        let is_asked_for = is_tissue && world.tissues[tissue as usize].arm as u32 == beam.arm;
        if !is_asked_for || !cell_bits::is(kind, Fate::Live) || !beam.bounds.contains(world.cells.position[i]) {
            continue;
        }
        let tick = world.population.tick;
        if draw(seed, [low, high], tick, beam.purpose)[0] < beam.below[cell_type / 4][cell_type % 4] {
            let is_fixed = world.parameters(tissue).types[cell_type].apoptosis_is_fixed;
            world.cells.progress[i][0] = time_as_dead(is_fixed, seed, [low, high], tick);
            world.cells.identity[i] = [low, high, dead_kind(kind, Fate::Apoptotic), NO_BOND];
            let event = world.event(kind, Event::DeathsIrradiation as usize);
            world.events[event] += 1;
        }
    }
}
