//! Stage `mechanics`: repulsion, adhesion, elastic bonds and attraction, second order in time. Twin of `shaders/mechanics.wgsl`.
//!
//! Velocity of cell i, in um/min, with R = r_i + r_j, S = adhesion_reach · R and d the distance (PhysiCell's
//! potentials, Ghaffarizadeh et al., PLoS Comput Biol 2018, 14:e1005991; Macklin et al., J Theor Biol 2012, 301:122):
//!
//! ```text
//! v = Σ_j (x_i − x_j)/d · [ repulsion (1 − d/R)²  for d < R   −  adhesion (1 − d/S)²  for d < S ]
//!     − elastic (x_i − x_j)  for bonded pairs  −  attraction (x_i − x_j)  for a < d < b, i live
//! pressure = Σ_j (1 − d/R)²  for d < R
//! x += dt (3/2 v − 1/2 v_before)          Adams and Bashforth's two-step rule; Euler's in the first step of a cell
//! ```
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | repulsion | `repulsion_um_per_min` | um/min | speed of two cells in one place; geometric mean of what the two have | PhysiCell default 10 |
//! | adhesion | `adhesion_um_per_min` | um/min | likewise | PhysiCell default 0.4 |
//! | S/R | `adhesion_reach` | 1 | reach of adhesion in sums of radii | PhysiCell default 1.25 |
//! | elastic | `elastic_per_min` | 1/min | spring rate of a bond | PhysiCell default 0.01 |
//! | attraction | `attraction_per_min` | 1/min | rate at which an effector is drawn toward each target near it | scenario |
//! | a, b | `attraction_from_um`, `attraction_to_um` | um | where it is | scenario |
//!
//! Attraction is that of CAR-T cells toward tumour cells in the model of Luque et al., Sci Rep 2024, 14:12307: the target
//! is not drawn.

use super::forces::{forces_between, forces_of};
use crate::cells::cell_bits;
use crate::cells::directions::{COINCIDENT_UM, parting};
use crate::cells::world::World;
use crate::plan::{PairParameters, Parameters};
use crate::stages::interactions::bonds::{attraction, bond_elasticity, bond_of};
use crate::stages::voxels::neighbours::{LANES, Lanes, for_neighbours, squared_lengths};
use crate::stages::voxels::scatter::Scatter;
use crate::stages::voxels::space::contained;
use rayon::prelude::*;
use wide::f32x4;

/// Runs the stage.
pub fn mechanics(world: &mut World) {
    let mut position = std::mem::take(&mut world.cells.position);
    let mut velocity = std::mem::take(&mut world.cells.velocity);
    let (positions, velocities) = (Scatter::new(&mut position), Scatter::new(&mut velocity));
    let settings = &world.settings;
    (0..world.sorted_cell.len()).into_par_iter().with_min_len(256).for_each(|k| {
        let slot = world.sorted_cell[k][0] as usize;
        // SAFETY: the sorted order holds every slot once.
        let (at, kept) = unsafe { (positions.at(slot), velocities.at(slot)) };
        // Read first, so that memory answers while neighbours are looked at.
        let (volume, before) = (at[3], *kept);
        let (v, pressure) = velocity_and_pressure(world, k);
        let own = world.sorted_position[k];
        let has_before = before[3].to_bits() >> 31 == 0;
        let mean = [0, 1, 2].map(|axis| if has_before { 1.5 * v[axis] - 0.5 * before[axis] } else { v[axis] });
        let to = [0, 1, 2].map(|axis| own[axis] + mean[axis] * settings.movement_min);
        let [x, y, z] = contained(settings, to);
        *at = [x, y, z, volume];
        *kept = [v[0], v[1], v[2], pressure];
    });
    (world.cells.position, world.cells.velocity) = (position, velocity);
}

/// Velocity in um/min and pressure of the cell at place k of the sorted order.
fn velocity_and_pressure(world: &World, k: usize) -> ([f32; 3], f32) {
    let position = world.sorted_position[k];
    let cell = world.sorted_cell[k];
    let tissue = cell_bits::tissue(cell[1]);
    let parameters = world.parameters(tissue);
    let own_type = cell_bits::cell_type(cell[1]) as usize;
    let pairs = &parameters.pairs[own_type * parameters.types.len()..][..parameters.types.len()];
    let bond = bond_of(&world.settings, &world.cells.identity, cell);
    let forces = world.has_ruled_forces.then(|| forces_of(world, parameters, cell));
    let own = Own { k, parameters, pairs, position, cell, bond, forces };
    let mut sum = Sum { velocity: [0.0; 3], aside: [0.0; 3], pressure: 0.0 };
    for_neighbours(world, k, |places| {
        for places in places.chunks(LANES) {
            sum = if world.settings.periodic == 1 {
                sum.with_neighbours::<true>(world, &own, places)
            } else {
                sum.with_neighbours::<false>(world, &own, places)
            };
        }
    });
    ([0, 1, 2].map(|axis| sum.velocity[axis] + sum.aside[axis]), sum.pressure)
}

/// The cell that neighbours act on.
struct Own<'a> {
    k: usize,
    parameters: &'a Parameters,
    pairs: &'a [PairParameters],
    position: [f32; 4],
    cell: [u32; 2],
    bond: u32,
    /// Where rules change them.
    forces: Option<[f32; 2]>,
}

/// What has been summed up so far.
#[derive(Clone, Copy)]
struct Sum {
    velocity: [f32; 3],
    /// By coincident neighbours, which the shader adds up by themselves.
    aside: [f32; 3],
    pressure: f32,
}

impl Sum {
    /// Adds up to `LANES` neighbours: what they do is worked out together, and added up in their order.
    #[inline(always)]
    fn with_neighbours<const PERIODIC: bool>(mut self, world: &World, own: &Own, places: &[u32]) -> Sum {
        // Lanes without a neighbour hold the cell itself, and are not added up.
        let lanes: [usize; LANES] = std::array::from_fn(|lane| places.get(lane).map_or(own.k, |&n| n as usize));
        let others = Lanes::new(&lanes.map(|n| world.sorted_position[n]));
        let cells = lanes.map(|n| world.sorted_cell[n]);
        let pairs = cells.map(|cell| &own.pairs[cell_bits::cell_type(cell[1]) as usize]);
        let [mut repulsion, mut adhesion, _, inverse_adhesion_reach] = f32x4::transpose(pairs.map(|pair| {
            f32x4::from([
                pair.repulsion_um_per_min,
                pair.adhesion_um_per_min,
                pair.adhesion_reach,
                pair.inverse_adhesion_reach,
            ])
        }));
        if let Some(forces) = own.forces {
            let both = cells.map(|cell| forces_between(forces, forces_of(world, own.parameters, cell)));
            [repulsion, adhesion] = [0, 1].map(|i| f32x4::from(both.map(|it| it[i])));
        }
        let me = Lanes::splat(own.position);
        let way = me.way_from::<PERIODIC>(&world.settings, &others);
        let distance = squared_lengths(way).sqrt();
        let ratio = distance / (me.radius + others.radius);
        let overlap = (1.0 - ratio).fast_max(f32x4::ZERO);
        let gap = (1.0 - ratio * inverse_adhesion_reach).fast_max(f32x4::ZERO);
        let speed = repulsion * overlap * overlap - adhesion * gap * gap;
        let rate = speed / distance;
        let pressure = (overlap * overlap).to_array();
        let way = way.map(f32x4::to_array);
        let (distance, speed, rate) = (distance.to_array(), speed.to_array(), rate.to_array());
        for i in 0..places.len() {
            let elastic =
                bond_elasticity(&world.settings, &world.cells.identity, pairs[i], own.cell, own.bond, cells[i]);
            let drawn = attraction(pairs[i], own.cell[1], distance[i]);
            self.pressure += pressure[i];
            if distance[i] < COINCIDENT_UM {
                let way = parting(&world.settings, [own.cell, cells[i]].map(|it| world.cells.id(it[0] as usize)));
                self.aside = [0, 1, 2].map(|axis| self.aside[axis] + way[axis] * speed[i]);
            } else {
                let rate = (rate[i] - elastic) - drawn;
                let [x, y, z] = self.velocity;
                self.velocity = [x + way[0][i] * rate, y + way[1][i] * rate, z + way[2][i] * rate];
            }
        }
        self
    }
}
