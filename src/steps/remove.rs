//! Stage `remove`: an intervention takes each cell of a type inside a region with a given probability; the cells leave
//! at the end of the step. Twin of `shaders/remove.wgsl`.

use super::World;
use super::kind;
use crate::cells::columns::{Fate, NO_BOND};
use crate::plan::Region;
use crate::random::{Purpose, draw, threshold};
use crate::statistics::events::Event;
use bytemuck::{Pod, Zeroable};

/// The uniform `removal` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Removal {
    lower_um: [f32; 4],
    upper_um: [f32; 4],
    centre_um: [f32; 4],
    /// Below 0 for a ball.
    inner_um: f32,
    /// Infinite where there is no ball.
    outer_um: f32,
    cell_type: u32,
    /// Threshold of the draw.
    below: u32,
    purpose: u32,
    arm: u32,
    spare: [u32; 2],
}

const EVERYWHERE: f32 = f32::INFINITY;

impl Removal {
    /// The removal that intervention number `index` of an arm asks for.
    pub fn new(arm: usize, index: usize, cell_type: u32, probability: f64, region: &Region) -> Removal {
        let mut removal = Removal {
            lower_um: [-EVERYWHERE; 4],
            upper_um: [EVERYWHERE; 4],
            centre_um: [0.0; 4],
            inner_um: -1.0,
            outer_um: EVERYWHERE,
            cell_type,
            below: threshold(probability as f32),
            purpose: Purpose::Removal as u32 + index as u32,
            arm: arm as u32,
            spare: [0; 2],
        };
        let four = |[x, y, z]: [f32; 3]| [x, y, z, 0.0];
        match *region {
            Region::Everywhere => {}
            Region::Ball { centre_um, radius_um } => {
                (removal.centre_um, removal.outer_um) = (four(centre_um), radius_um);
            }
            Region::Shell { centre_um, inner_um, outer_um } => {
                (removal.centre_um, removal.inner_um, removal.outer_um) = (four(centre_um), inner_um, outer_um);
            }
            Region::Box { lower_um, upper_um } => {
                (removal.lower_um, removal.upper_um) = (four(lower_um), four(upper_um));
            }
        }
        removal
    }

    fn contains(&self, at: [f32; 4]) -> bool {
        let way = [0, 1, 2].map(|axis| at[axis] - self.centre_um[axis]);
        let squared = super::space::squared_length(way);
        let in_shell = squared <= self.outer_um * self.outer_um
            && (self.inner_um < 0.0 || squared >= self.inner_um * self.inner_um);
        in_shell && (0..3).all(|axis| at[axis] >= self.lower_um[axis] && at[axis] <= self.upper_um[axis])
    }
}

/// Runs the stage.
pub fn remove(world: &mut World, removal: &Removal) {
    for i in 0..world.cells.len() {
        let [low, high, kind, _] = world.cells.identity[i];
        let tissue = world.tissues[kind::tissue(kind) as usize];
        let is_asked_for = kind::cell_type(kind) == removal.cell_type && tissue.arm as u32 == removal.arm;
        if !is_asked_for || !removal.contains(world.cells.position[i]) {
            continue;
        }
        if draw(tissue.seed, [low, high], world.population.tick, removal.purpose)[0] < removal.below {
            world.cells.identity[i] = [low, high, kind::with_fate(kind, Fate::Removed), NO_BOND];
            let event = world.event(kind, Event::Taken as usize);
            world.events[event] += 1;
        }
    }
}
