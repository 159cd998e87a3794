//! Stage `relaxation`: overlaps removed by position-based iterations, stable at any step. Twin of
//! `shaders/relaxation.wgsl`.
//!
//! In one iteration a cell moves by the mean over its contacts of half the overlap, at most a quarter of its radius
//! (averaged Jacobi iterations: Macklin et al., ACM Trans Graph 2014, 33:153; the bound is assumed). A bond longer
//! than the sum of radii counts as a contact that pulls. The velocity reported is the displacement over the step.
//!
//! The cells that may touch are listed once a step, and looked at in each iteration: see `touching`.

use super::touching;
use crate::cells::cell_bits;
use crate::cells::directions::{COINCIDENT_UM, parting};
use crate::cells::lists::{BONDED, LISTED, List, SEARCHES, count_of};
use crate::cells::world::World;
use crate::stages::interactions::bonds::{bond_elasticity, bond_of};
use crate::stages::voxels::neighbours::{LANES, Lanes, are_within, for_neighbours, squared_lengths};
use crate::stages::voxels::scatter::Scatter;
use crate::stages::voxels::space::{contained, separation, squared_length, xyz};
use rayon::prelude::*;
use wide::f32x4;

/// Runs the stage.
pub fn relaxation(world: &mut World, iterations: u32) {
    let mut lists = std::mem::take(&mut world.lists);
    touching::list(world, &mut lists);
    iterate(world, iterations, &mut lists);
    settle(world);
    world.lists = lists;
}

fn iterate(world: &mut World, iterations: u32, lists: &mut [List]) {
    for iteration in 0..iterations {
        if iteration > 0 {
            touching::mark(world, lists);
        }
        correct(world, lists);
        displace(world);
    }
}

fn correct(world: &mut World, lists: &[List]) {
    let mut velocity = std::mem::take(&mut world.cells.velocity);
    let velocities = Scatter::new(&mut velocity);
    (0..world.sorted_cell.len()).into_par_iter().with_min_len(256).for_each(|k| {
        let slot = world.sorted_cell[k][0] as usize;
        // SAFETY: the sorted order holds every slot once.
        let kept = unsafe { velocities.at(slot) };
        *kept = if world.settings.periodic == 1 {
            displacement_and_pressure::<true>(world, k, lists.get(k))
        } else {
            displacement_and_pressure::<false>(world, k, lists.get(k))
        };
    });
    world.cells.velocity = velocity;
}

/// Displacement in um and pressure of the cell at place k of the sorted order.
#[inline(always)]
fn displacement_and_pressure<const PERIODIC: bool>(world: &World, k: usize, list: Option<&List>) -> [f32; 4] {
    let position = world.sorted_position[k];
    let own = Own::new(world, k);
    let sum = match list.filter(|it| it[LISTED] & SEARCHES == 0) {
        Some(list) => over_list::<PERIODIC>(world, &own, list),
        None => over_search::<PERIODIC>(world, &own),
    };
    let [x, y, z, pressure] = sum.shift_and_pressure.to_array();
    let [aside_x, aside_y, aside_z] = sum.aside;
    let shift = [x + aside_x, y + aside_y, z + aside_z];
    bounded(shift.map(|it| it / (sum.contacts as f32).max(1.0)), 0.25 * position[3], pressure)
}

/// The sum over the cells that a list names; over those that a search finds where a bond is stretched so far that a
/// search may miss it.
#[inline(always)]
fn over_list<const PERIODIC: bool>(world: &World, own: &Own, list: &List) -> Sum {
    let mut sum = Sum::default();
    let count = count_of(list);
    for (number, words) in list.as_chunks::<LANES>().0.iter().enumerate() {
        let first = number * LANES;
        if first >= count {
            break;
        }
        let places = words.map(|it| it & !BONDED);
        let repel = FIRST_LANES[(count - first).min(LANES)];
        let bonded: [u32; LANES] = std::array::from_fn(|lane| repel[lane] & (words[lane] as i32 >> 31) as u32);
        if (0..LANES).any(|lane| bonded[lane] != 0 && may_be_missed(world, own.k, places[lane] as usize)) {
            return over_search::<PERIODIC>(world, own);
        }
        sum = sum.with::<PERIODIC>(world, own, places, [repel, bonded]);
    }
    sum
}

/// Whether a search around place k may miss the cell at place n, though neither has moved far: see `touching`.
fn may_be_missed(world: &World, k: usize, n: usize) -> bool {
    let (settings, own, other) = (&world.settings, world.sorted_position[k], world.sorted_position[n]);
    let surely = (own[3] * settings.widest_reach + 0.5 * settings.widest_um) + other[3];
    squared_length(separation(settings, xyz(own), xyz(other))) > surely * surely
}

/// The sum over the cells that a search finds.
#[inline(never)]
fn over_search<const PERIODIC: bool>(world: &World, own: &Own) -> Sum {
    let (cell, identity) = (world.sorted_cell[own.k], &world.cells.identity);
    let own_type = cell_bits::cell_type(cell[1]) as usize;
    let parameters = world.parameters(cell_bits::tissue(cell[1]));
    let bond = bond_of(&world.settings, identity, cell);
    let mut sum = Sum::default();
    for_neighbours(world, own.k, |places| {
        for places in places.chunks(LANES) {
            let (mut lanes, mut repel, mut bonded) = ([own.k as u32; LANES], [0; LANES], [0; LANES]);
            for (lane, &n) in places.iter().enumerate() {
                let other = world.sorted_cell[n as usize];
                let pair = parameters.pair(own_type, cell_bits::cell_type(other[1]) as usize);
                let is_bonded = bond_elasticity(&world.settings, identity, pair, cell, bond, other) > 0.0;
                lanes[lane] = n;
                repel[lane] = if pair.repulsion_um_per_min > 0.0 { u32::MAX } else { 0 };
                bonded[lane] = if is_bonded { u32::MAX } else { 0 };
            }
            sum = sum.with::<PERIODIC>(world, own, lanes, [repel, bonded]);
        }
    });
    sum
}

/// Bits set in the first lanes, by their number.
const FIRST_LANES: [[u32; LANES]; LANES + 1] = {
    let mut masks = [[0; LANES]; LANES + 1];
    let mut count = 0;
    while count <= LANES {
        let mut lane = 0;
        while lane < count {
            masks[count][lane] = u32::MAX;
            lane += 1;
        }
        count += 1;
    }
    masks
};

/// The cell that others touch: its place in the order, the same cell in all lanes, and what it adds to the widest reach.
struct Own {
    k: usize,
    lanes: Lanes,
    widest: f32x4,
}

impl Own {
    #[inline(always)]
    fn new(world: &World, k: usize) -> Own {
        let lanes = Lanes::splat(world.sorted_position[k]);
        let widest = lanes.radius * world.settings.widest_reach + world.settings.widest_um;
        Own { k, lanes, widest }
    }
}

/// What has been summed up over the contacts of a cell, and how many they are.
#[derive(Clone, Copy, Default)]
struct Sum {
    shift_and_pressure: f32x4,
    /// Shift by coincident cells, which the shader adds up by itself.
    aside: [f32; 3],
    contacts: u32,
}

impl Sum {
    /// Adds the cells at the given places, in their order; masks say which of them repel, and which are bonded. What is
    /// no contact adds 0.
    #[inline(always)]
    fn with<const PERIODIC: bool>(
        mut self,
        world: &World,
        own: &Own,
        places: [u32; LANES],
        masks: [[u32; LANES]; 2],
    ) -> Sum {
        let settings = &world.settings;
        let [repel, bonded]: [f32x4; 2] = bytemuck::cast(masks);
        let others = Lanes::new(&places.map(|n| world.sorted_position[n as usize]));
        let way = own.lanes.way_from::<PERIODIC>(settings, &others);
        let squared = squared_lengths(way);
        let near = are_within(settings, own.widest, &others, settings.widest_reach, squared);
        let distance = squared.sqrt();
        let sum_um = own.lanes.radius + others.radius;
        let touch = near & repel & distance.simd_lt(sum_um);
        let contact = touch | (near & bonded);
        let overlap = touch & (1.0 - distance / sum_um);
        let half = 0.5 * (sum_um - distance);
        let rate = half / distance;
        let coincident = contact & distance.simd_lt(f32x4::splat(COINCIDENT_UM));
        if coincident.any() {
            self.aside = self.aside_of(world, own, places, coincident & half);
        }
        let [x, y, z] = way.map(|it| (contact & !coincident) & (it * rate));
        for added in f32x4::transpose([x, y, z, overlap * overlap]) {
            self.shift_and_pressure += added;
        }
        self.contacts += contact.to_bitmask().count_ones();
        self
    }

    /// The shift with that by coincident cells, which have half of their overlap, and other cells 0.
    #[cold]
    fn aside_of(&self, world: &World, own: &Own, places: [u32; LANES], half: f32x4) -> [f32; 3] {
        let id = |place: usize| world.cells.id(world.sorted_cell[place][0] as usize);
        let coincident = places.into_iter().zip(half.to_array()).filter(|(_, half)| *half > 0.0);
        coincident.fold(self.aside, |aside, (place, half)| {
            let way = parting(&world.settings, [own.k, place as usize].map(id));
            [0, 1, 2].map(|axis| aside[axis] + way[axis] * half)
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Cells;
    use crate::engine::cpu::CpuEngine;
    use crate::engine::graph::{Graph, Stage};
    use crate::engine::interface::Engine;
    use crate::plan::{Boundary, Geometry, Mechanics};
    use crate::verify::known::busy::{busy_plan, random_cells};

    const ITERATIONS: u32 = 8;

    /// The cells after a step of relaxation by the given lists, of a world that is left as it was.
    fn relaxed(world: &mut World, lists: &mut [List], mark: bool) -> Cells {
        let (cells, sorted) = (world.cells.clone(), world.sorted_position.clone());
        if mark {
            iterate(world, ITERATIONS, lists);
        } else {
            (0..ITERATIONS).for_each(|_| {
                correct(world, lists);
                displace(world);
            });
        }
        settle(world);
        world.sorted_position = sorted;
        std::mem::replace(&mut world.cells, cells)
    }

    fn searching(lists: &[List]) -> usize {
        lists.iter().filter(|list| list[LISTED] & SEARCHES != 0).count()
    }

    /// Random cells overlap widely at first, so that many stray, and lists overflow; later they are packed and bonded.
    #[test]
    fn lists_give_the_bits_of_a_search_in_every_iteration() {
        let (mut overflowed, mut marked, mut listed, mut missed) = (0, 0, 0, 0);
        for (geometry, boundary, edge_um, count) in [
            (Geometry::Tissue, Boundary::Closed, 90.0, 500),
            (Geometry::Tissue, Boundary::Periodic, 90.0, 500),
            (Geometry::Tissue, Boundary::Periodic, 75.0, 600),
            (Geometry::Layer, Boundary::Periodic, 240.0, 500),
        ] {
            let plan = busy_plan(geometry, boundary, Mechanics::Relaxation { iterations: ITERATIONS }, edge_um, 1);
            let mut engine = CpuEngine::new(&plan, 0..1).unwrap();
            engine.add(&random_cells(&plan, 0..1, count, 0), false).unwrap();
            for step in 0..60 {
                let tick = step * plan.clocks.movement_ticks;
                for stage in Graph::new(&plan).stages(tick, false) {
                    if stage == Stage::Relaxation && (step < 4 || step % 8 == 0) {
                        let world = &mut engine.world;
                        let mut lists = Vec::new();
                        touching::list(world, &mut lists);
                        let at_first = searching(&lists);
                        let mut unmarked = lists.clone();
                        let mut all_search = lists.clone();
                        all_search.iter_mut().for_each(|list| list[LISTED] |= SEARCHES);
                        let expected = relaxed(world, &mut all_search, true);
                        let got = relaxed(world, &mut lists, true);
                        let difference = got.first_difference(&expected);
                        assert_eq!(difference, None, "{geometry:?} {boundary:?}, step {step}");
                        missed +=
                            usize::from(relaxed(world, &mut unmarked, false).first_difference(&expected).is_some());
                        overflowed += at_first;
                        marked += searching(&lists) - at_first;
                        listed += lists.len() - searching(&lists);
                    }
                    engine.run(stage);
                }
            }
        }
        println!("{overflowed} overflowed, {marked} marked, {listed} listed, {missed} steps differ without marks");
        assert!(overflowed > 100 && marked > 100 && listed > 1000 && missed > 3);
    }
}
