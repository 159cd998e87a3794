//! The cells that may touch one during a step of `relaxation`: searched for once, looked at in each iteration. Twin of
//! `shaders/touching.wgsl` and `shaders/shared/lists.wgsl`.
//!
//! A list names the cells closer than `LISTED_REACH` sums of radii when the step begins, and those bonded to the cell,
//! in the order in which the search finds them. As long as no cell has moved farther than its allowance, two cells that
//! are not listed cannot touch. A cell that has moved farther looks around, and where it touches a cell that its list
//! misses, both search from then on. A cell that has moved so far that a search from elsewhere may miss it in the voxel
//! where it was when the step began makes all that it touches search. So results are those of a search in every
//! iteration, bit for bit: lists decide how long a step takes, and nothing else. That is also why a device may have
//! room for the lists of some cells only.

use crate::cells::cell_bits::{cell_type, tissue};
use crate::cells::columns::NO_BOND;
use crate::cells::lists::{BONDED, COUNT, LIST_WORDS, LISTED, LISTED_REACH, List, SEARCHES, allowances_um, are_kept};
use crate::cells::settings::Settings;
use crate::cells::world::World;
use crate::stages::interactions::bonds::{bond_elasticity, bond_of};
use crate::stages::voxels::assign_voxels::atomics;
use crate::stages::voxels::neighbours::for_neighbours_within;
use crate::stages::voxels::space::{separation, squared_length, voxel_at, xyz};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// In a state: the cell is bonded to one that it did not find.
const SEEKS_BONDED: u32 = 1 << 30;
/// Covers what rounding does to distances.
const SLIGHTLY_MORE: f32 = 1.001;

/// The reach of the search that makes lists.
fn search_reach(settings: &Settings) -> f32 {
    settings.widest_reach.max(LISTED_REACH)
}

/// Lists the cells around each cell, at the places they have when the step begins; no lists, where none are kept.
pub fn list(world: &World, lists: &mut Vec<List>) {
    lists.resize(if are_kept(&world.settings) { world.sorted_cell.len() } else { 0 }, [0; LIST_WORDS]);
    lists.par_iter_mut().enumerate().with_min_len(256).for_each(|(k, list)| *list = list_of(world, k));
}

fn list_of(world: &World, k: usize) -> List {
    let (own, cell) = (world.sorted_position[k], world.sorted_cell[k]);
    let (settings, identity) = (&world.settings, &world.cells.identity);
    let own_type = cell_type(cell[1]) as usize;
    let parameters = world.parameters(tissue(cell[1]));
    let bond = bond_of(settings, identity, cell);
    let elastic = |kind: u32| parameters.pair(own_type, cell_type(kind) as usize).elastic_per_min > 0.0;
    // Words beyond the last entry are the cell's own place, which every processor may look at.
    let mut list = [k as u32; LIST_WORDS];
    let (mut count, mut state) = (0, 0);
    let mut seeks = bond != NO_BOND && elastic(identity[bond as usize][2]);
    for_neighbours_within(world, k, search_reach(settings), |places| {
        for &n in places {
            let (other, other_cell) = (world.sorted_position[n as usize], world.sorted_cell[n as usize]);
            let pair = parameters.pair(own_type, cell_type(other_cell[1]) as usize);
            let is_bonded = bond_elasticity(settings, identity, pair, cell, bond, other_cell) > 0.0;
            let repels = pair.repulsion_um_per_min > 0.0;
            let limit = LISTED_REACH * (own[3] + other[3]);
            let is_near = squared_length(separation(settings, xyz(own), xyz(other))) < limit * limit;
            seeks &= other_cell[0] != bond;
            if is_bonded || (repels && is_near) {
                if count < LISTED {
                    list[count] = n | if is_bonded { BONDED } else { 0 };
                }
                count += 1;
                // Lists hold that two cells repel each other.
                state |= if repels { 0 } else { SEARCHES };
            }
        }
    });
    state |= if seeks { SEARCHES | SEEKS_BONDED } else { 0 };
    state |= if count > LISTED { SEARCHES } else { 0 };
    list[LISTED] = state | count.min(LISTED) as u32;
    list
}

/// Makes cells search where lists miss what touches by now, or would add it up in another order.
pub fn mark(world: &World, lists: &mut [List]) {
    let count = lists.len();
    let words = atomics(lists.as_flattened_mut());
    (0..count).into_par_iter().with_min_len(256).for_each(|k| mark_around(world, words, k));
}

fn mark_around(world: &World, words: &[AtomicU32], k: usize) {
    let (settings, cell, own) = (&world.settings, world.sorted_cell[k], world.sorted_position[k]);
    let at_first = xyz(world.cells.position[cell[0] as usize]);
    if settings.periodic == 1 && has_changed_rows(settings, at_first, xyz(own)) {
        make_search(words, k);
    }
    let moved_um2 = squared_length(separation(settings, xyz(own), at_first));
    let [has_strayed, is_far] = allowances_um(settings, own[3]).map(|allowed| moved_um2 > allowed * allowed);
    let seeks_bonded = words[k * LIST_WORDS + LISTED].load(Ordering::Relaxed) & SEEKS_BONDED != 0;
    if !has_strayed && !seeks_bonded {
        return;
    }
    if is_far {
        make_search(words, k);
    }
    let identity = &world.cells.identity;
    let parameters = world.parameters(tissue(cell[1]));
    let bond = bond_of(settings, identity, cell);
    for_neighbours_within(world, k, search_reach(settings), |places| {
        for &n in places {
            let (other, other_cell) = (world.sorted_position[n as usize], world.sorted_cell[n as usize]);
            let pair = parameters.pair(cell_type(cell[1]) as usize, cell_type(other_cell[1]) as usize);
            let touching_um = SLIGHTLY_MORE * (own[3] + other[3]);
            let touches = pair.repulsion_um_per_min > 0.0
                && squared_length(separation(settings, xyz(own), xyz(other))) < touching_um * touching_um;
            let is_contact = touches || bond_elasticity(settings, identity, pair, cell, bond, other_cell) > 0.0;
            if is_contact && (is_far || !is_listed(words, k, n)) {
                make_search(words, k);
                make_search(words, n as usize);
            }
        }
    });
}

/// Where faces are joined, the order of the search depends on the rows of voxels about a cell, and on the side of the
/// domain that it is on.
fn has_changed_rows(settings: &Settings, before: [f32; 3], now: [f32; 3]) -> bool {
    let (from, to) = (voxel_at(settings, before), voxel_at(settings, now));
    from[1] != to[1] || from[2] != to[2] || (now[0] - before[0]).abs() > 0.5 * settings.size_um[0]
}

fn make_search(words: &[AtomicU32], k: usize) {
    words[k * LIST_WORDS + LISTED].fetch_or(SEARCHES, Ordering::Relaxed);
}

fn is_listed(words: &[AtomicU32], k: usize, n: u32) -> bool {
    let word = |place: usize| words[k * LIST_WORDS + place].load(Ordering::Relaxed);
    (0..(word(LISTED) & COUNT) as usize).any(|place| word(place) & !BONDED == n)
}
