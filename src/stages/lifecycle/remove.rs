//! Stage `remove`: an intervention takes each cell of a type inside a region with a given probability; the cells leave
//! at the end of the step. Twin of `shaders/remove.wgsl`.

use crate::cells::cell_bits;
use crate::cells::columns::{Fate, NO_BOND};
use crate::cells::events::Event;
use crate::cells::world::World;
use crate::plan::Region;
use crate::random::{Purpose, draw, threshold};
use crate::stages::voxels::region::{ALL, Bounds};
use bytemuck::{Pod, Zeroable};

/// The uniform `removal` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Removal {
    bounds: Bounds,
    /// Or `ALL`.
    cell_type: u32,
    /// Threshold of the draw.
    below: u32,
    purpose: u32,
    arm: u32,
    /// Within the batch, or `ALL` of the arm.
    tissue: u32,
    spare: [u32; 3],
}

impl Removal {
    /// The removal that intervention number `number` of an arm asks for.
    pub fn new(arm: usize, number: u32, cell_type: u32, probability: f64, region: &Region) -> Removal {
        Removal {
            bounds: region.into(),
            cell_type,
            below: threshold(probability as f32),
            purpose: Purpose::Removal as u32 + number,
            arm: arm as u32,
            tissue: ALL,
            spare: [0; 3],
        }
    }

    /// The same in one tissue of the batch, or in `ALL` of the arm.
    pub fn in_tissue(self, tissue: u32) -> Removal {
        Removal { tissue, ..self }
    }
}

/// Runs the stage.
pub fn remove(world: &mut World, removal: &Removal) {
    for i in 0..world.cells.len() {
        let [low, high, kind, _] = world.cells.identity[i];
        let tissue = world.tissues[cell_bits::tissue(kind) as usize];
        let is_type = removal.cell_type == ALL || removal.cell_type == cell_bits::cell_type(kind);
        let is_tissue = removal.tissue == ALL || removal.tissue == cell_bits::tissue(kind);
        let is_asked_for = is_type && is_tissue && tissue.arm as u32 == removal.arm;
        if !is_asked_for || !removal.bounds.contains(world.cells.position[i]) {
            continue;
        }
        if draw(tissue.seed, [low, high], world.population.tick, removal.purpose)[0] < removal.below {
            world.cells.identity[i] = [low, high, cell_bits::with_fate(kind, Fate::Removed), NO_BOND];
            let event = world.event(kind, Event::Taken as usize);
            world.events[event] += 1;
        }
    }
}
