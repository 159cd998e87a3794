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
use super::scatter::Scatter;
use super::space::{contained, part_count, part_of_neighbourhood, separation, squared_length, voxel_at, xyz};
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
    let settings = &world.settings;
    let own = world.sorted_position[k];
    let cell = world.sorted_cell[k];
    let tissue = kind::tissue(cell[1]);
    let parameters = world.parameters(tissue);
    let own_type = kind::cell_type(cell[1]) as usize;
    let pairs = &parameters.pairs[own_type * parameters.types.len()..][..parameters.types.len()];
    let first_voxel = tissue * settings.voxels[3];
    let at = voxel_at(settings, xyz(own));
    let (mut v, mut pressure) = ([0.0f32; 3], 0.0f32);
    for part in 0..part_count(settings) {
        let range = part_of_neighbourhood(settings, at, part);
        let first = world.voxel_start[(first_voxel + range.start) as usize] as usize;
        let end = world.voxel_start[(first_voxel + range.end) as usize] as usize;
        for (n, &other) in (first..end).zip(&world.sorted_position[first..end]) {
            let way = separation(settings, xyz(own), xyz(other));
            let squared = squared_length(way);
            let sum = own[3] + other[3];
            let widest = sum * settings.widest_reach + settings.widest_um;
            if squared >= widest * widest || n == k {
                continue;
            }
            let other_cell = world.sorted_cell[n];
            let pair = &pairs[kind::cell_type(other_cell[1]) as usize];
            let distance = squared.sqrt();
            let mut speed = 0.0;
            if distance < sum {
                let overlap = 1.0 - distance / sum;
                speed = pair.repulsion_um_per_min * overlap * overlap;
                pressure += overlap * overlap;
            }
            let reach = sum * pair.adhesion_reach;
            if distance < reach {
                let gap = 1.0 - distance / reach;
                speed -= pair.adhesion_um_per_min * gap * gap;
            }
            if distance >= COINCIDENT_UM {
                let per_distance = speed / distance;
                v = [0, 1, 2].map(|axis| v[axis] + way[axis] * per_distance);
            } else {
                v[0] += if k < n { -speed } else { speed };
            }
            let elastic = bond_elasticity(settings, parameters, &world.cells.identity, cell, other_cell);
            v = [0, 1, 2].map(|axis| v[axis] - way[axis] * elastic);
        }
    }
    (v, pressure)
}
