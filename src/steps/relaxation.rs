//! Stage `relaxation`: overlaps removed by position-based iterations, stable at any step. Twin of
//! `shaders/relaxation.wgsl`.
//!
//! In one iteration a cell moves by the mean over its contacts of half the overlap, at most a quarter of its radius
//! (averaged Jacobi iterations: Macklin et al., ACM Trans Graph 2014, 33:153; the bound is assumed). A bond longer
//! than the sum of radii counts as a contact that pulls. The velocity reported is the displacement over the step.

use super::World;
use super::bonds::{bond_elasticity, bond_of};
use super::directions::{COINCIDENT_UM, parting};
use super::kind;
use super::neighbours::for_neighbours;
use super::scatter::Scatter;
use super::space::{contained, separation, squared_length, xyz};
use rayon::prelude::*;

/// Runs the stage.
pub fn relaxation(world: &mut World, iterations: u32) {
    for _ in 0..iterations {
        correct(world);
        displace(world);
    }
    settle(world);
}

fn correct(world: &mut World) {
    let mut velocity = std::mem::take(&mut world.cells.velocity);
    let velocities = Scatter::new(&mut velocity);
    (0..world.sorted_cell.len()).into_par_iter().with_min_len(256).for_each(|k| {
        let slot = world.sorted_cell[k][0] as usize;
        // SAFETY: the sorted order holds every slot once.
        unsafe { *velocities.at(slot) = displacement_and_pressure(world, k) };
    });
    world.cells.velocity = velocity;
}

/// Displacement in um and pressure of the cell at place k of the sorted order.
fn displacement_and_pressure(world: &World, k: usize) -> [f32; 4] {
    let settings = &world.settings;
    let own = world.sorted_position[k];
    let cell = world.sorted_cell[k];
    let parameters = world.parameters(kind::tissue(cell[1]));
    let bond = bond_of(settings, &world.cells.identity, cell);
    // Shifts by coincident neighbours are added up by themselves, as in the shader.
    let (mut shift, mut aside, mut contacts, mut pressure) = ([0.0f32; 3], [0.0f32; 3], 0.0f32, 0.0f32);
    for_neighbours(world, k, |places| {
        for n in places.iter().map(|&n| n as usize) {
            let (other, other_cell) = (world.sorted_position[n], world.sorted_cell[n]);
            let way = separation(settings, xyz(own), xyz(other));
            let sum = own[3] + other[3];
            let distance = squared_length(way).sqrt();
            let pair = parameters.pair(kind::cell_type(cell[1]) as usize, kind::cell_type(other_cell[1]) as usize);
            let touches = distance < sum && pair.repulsion_um_per_min > 0.0;
            if touches {
                let overlap = 1.0 - distance / sum;
                pressure += overlap * overlap;
            }
            if touches || bond_elasticity(settings, &world.cells.identity, pair, cell, bond, other_cell) > 0.0 {
                let half = 0.5 * (sum - distance);
                contacts += 1.0;
                if distance >= COINCIDENT_UM {
                    let per_distance = half / distance;
                    shift = [0, 1, 2].map(|axis| shift[axis] + way[axis] * per_distance);
                } else {
                    let way = parting(settings, [cell, other_cell].map(|it| world.cells.id(it[0] as usize)));
                    aside = [0, 1, 2].map(|axis| aside[axis] + way[axis] * half);
                }
            }
        }
    });
    let mean = [0, 1, 2].map(|axis| (shift[axis] + aside[axis]) / contacts.max(1.0));
    bounded(mean, 0.25 * own[3], pressure)
}

fn bounded(shift: [f32; 3], limit: f32, pressure: f32) -> [f32; 4] {
    let length = squared_length(shift).sqrt();
    let [x, y, z] = if length > limit { shift.map(|x| x * (limit / length)) } else { shift };
    [x, y, z, pressure]
}

fn displace(world: &mut World) {
    let mut sorted_position = std::mem::take(&mut world.sorted_position);
    sorted_position.par_iter_mut().zip(&world.sorted_cell).with_min_len(1024).for_each(|(own, cell)| {
        let shift = world.cells.velocity[cell[0] as usize];
        let [x, y, z] = contained(&world.settings, [0, 1, 2].map(|axis| own[axis] + shift[axis]));
        *own = [x, y, z, own[3]];
    });
    world.sorted_position = sorted_position;
}

fn settle(world: &mut World) {
    let mut position = std::mem::take(&mut world.cells.position);
    let mut velocity = std::mem::take(&mut world.cells.velocity);
    let (positions, velocities) = (Scatter::new(&mut position), Scatter::new(&mut velocity));
    let settings = &world.settings;
    world.sorted_cell.par_iter().zip(&world.sorted_position).with_min_len(1024).for_each(|(cell, &to)| {
        // SAFETY: the sorted order holds every slot once.
        let (at, velocity) = unsafe { (positions.at(cell[0] as usize), velocities.at(cell[0] as usize)) };
        let [x, y, z] = separation(settings, xyz(to), xyz(*at)).map(|x| x / settings.movement_min);
        *velocity = [x, y, z, velocity[3]];
        *at = [to[0], to[1], to[2], at[3]];
    });
    (world.cells.position, world.cells.velocity) = (position, velocity);
}
