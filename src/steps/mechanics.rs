//! Stage `mechanics`: repulsion, adhesion and elastic bonds, second order in time. Twin of `shaders/mechanics.wgsl`.
//!
//! Velocity of cell i, in um/min, with R = r_i + r_j, S = adhesion_reach · R and d the distance (PhysiCell's
//! potentials, Ghaffarizadeh et al., PLoS Comput Biol 2018, 14:e1005991; Macklin et al., J Theor Biol 2012, 301:122):
//!
//! ```text
//! v = Σ_j (x_i − x_j)/d · [ repulsion (1 − d/R)²  for d < R   −  adhesion (1 − d/S)²  for d < S ]
//!     − elastic (x_i − x_j)  for bonded pairs
//! pressure = Σ_j (1 − d/R)²  for d < R
//! x += dt (3/2 v − 1/2 v_before)          Adams and Bashforth's two-step rule; Euler's in the first step of a cell
//! ```
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | repulsion | `repulsion_um_per_min` | um/min | speed of two cells in one place; geometric mean of the types' | PhysiCell default 10 |
//! | adhesion | `adhesion_um_per_min` | um/min | likewise | PhysiCell default 0.4 |
//! | S/R | `adhesion_reach` | 1 | reach of adhesion in sums of radii | PhysiCell default 1.25 |
//! | elastic | `elastic_per_min` | 1/min | spring rate of a bond | PhysiCell default 0.01 |

use super::World;
use super::bonds::bond_elasticity;
use super::kind;
use super::neighbours::for_neighbours;
use super::scatter::Scatter;
use super::space::{contained, separation, squared_length, xyz};
use crate::plan::PairParameters;
use rayon::prelude::*;

/// Below this distance two cells part along x, the one that comes first in the voxel order to the left.
pub const COINCIDENT_UM: f32 = 1e-4;

/// Runs the stage.
pub fn mechanics(world: &mut World) {
    let mut position = std::mem::take(&mut world.cells.position);
    let mut velocity = std::mem::take(&mut world.cells.velocity);
    let (positions, velocities) = (Scatter::new(&mut position), Scatter::new(&mut velocity));
    let settings = &world.settings;
    (0..world.sorted_cell.len()).into_par_iter().with_min_len(256).for_each(|k| {
        let (v, pressure) = velocity_and_pressure(world, k);
        let slot = world.sorted_cell[k][0] as usize;
        // SAFETY: the sorted order holds every slot once.
        let (at, before) = unsafe { (positions.at(slot), velocities.at(slot)) };
        let own = world.sorted_position[k];
        let has_before = before[3].to_bits() >> 31 == 0;
        let mean = [0, 1, 2].map(|axis| if has_before { 1.5 * v[axis] - 0.5 * before[axis] } else { v[axis] });
        let to = [0, 1, 2].map(|axis| own[axis] + mean[axis] * settings.movement_min);
        let [x, y, z] = contained(settings, to);
        *at = [x, y, z, at[3]];
        *before = [v[0], v[1], v[2], pressure];
    });
    (world.cells.position, world.cells.velocity) = (position, velocity);
}

/// Velocity in um/min and pressure of the cell at place k of the sorted order.
fn velocity_and_pressure(world: &World, k: usize) -> ([f32; 3], f32) {
    let position = world.sorted_position[k];
    let cell = world.sorted_cell[k];
    let tissue = kind::tissue(cell[1]);
    let parameters = world.parameters(tissue);
    let own_type = kind::cell_type(cell[1]) as usize;
    let pairs = &parameters.pairs[own_type * parameters.types.len()..][..parameters.types.len()];
    let own = Own { k, pairs, position, cell, bond: world.cells.identity[cell[0] as usize][3] };
    let mut sum = Sum { velocity: [0.0; 3], pressure: 0.0 };
    for_neighbours(world, k, |places| {
        sum = places.iter().fold(sum, |sum, &n| sum.with_neighbour(world, &own, n as usize));
    });
    (sum.velocity, sum.pressure)
}

/// The cell that neighbours act on.
struct Own<'a> {
    k: usize,
    pairs: &'a [PairParameters],
    position: [f32; 4],
    cell: [u32; 2],
    bond: u32,
}

/// What has been summed up so far.
#[derive(Clone, Copy)]
struct Sum {
    velocity: [f32; 3],
    pressure: f32,
}

impl Sum {
    #[inline(always)]
    fn with_neighbour(self, world: &World, own: &Own, n: usize) -> Sum {
        let settings = &world.settings;
        let (other, other_cell) = (world.sorted_position[n], world.sorted_cell[n]);
        let way = separation(settings, xyz(own.position), xyz(other));
        let pair = &own.pairs[kind::cell_type(other_cell[1]) as usize];
        let distance = squared_length(way).sqrt();
        let ratio = distance / (own.position[3] + other[3]);
        let overlap = (1.0 - ratio).max(0.0);
        let gap = (1.0 - ratio * pair.inverse_adhesion_reach).max(0.0);
        let speed = pair.repulsion_um_per_min * overlap * overlap - pair.adhesion_um_per_min * gap * gap;
        let elastic = bond_elasticity(settings, &world.cells.identity, pair, own.cell, own.bond, other_cell);
        let pressure = self.pressure + overlap * overlap;
        let [x, y, z] = self.velocity;
        if distance < COINCIDENT_UM {
            return Sum { velocity: [x + if own.k < n { -speed } else { speed }, y, z], pressure };
        }
        let rate = speed / distance - elastic;
        Sum { velocity: [x + way[0] * rate, y + way[1] * rate, z + way[2] * rate], pressure }
    }
}
