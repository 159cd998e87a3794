//! Stage `engage`: what an attached effector does to its target in a contact step. Twin of `shaders/engage.wgsl`.
//!
//! It lets go when the target is dead or farther than 1.25 contact distances, or at random at the detachment rate.
//! Otherwise it kills with hazard kill, and strikes a Poisson number of sublethal hits at rate hits (additive
//! cytotoxicity: Weigelin et al., Nat Commun 2021, 12:5217). Killing and hits are scaled by its own trait and by the
//! target's. Two effectors that strike one target dead in one step both count the kill.
//!
//! Where an interaction has a `reference_killing` Q₀, an effector with proteostasis hits at the rate hits · min(Q/Q₀, 2),
//! Q being the killing that it realises (see `stimulate`). That hits saturate at twice the reference is assumed.
//!
//! Where the interaction arrests the cycle of its targets, `respond` notes of each whether one holds it, and `cycle` lets
//! those stand still.
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | detachment | `detachment_per_min` | /min | of an effector from a live target: contacts last 1/detachment in the mean | half last 15 min (Weigelin et al., quoted); 60 min in PhysiCell's example |
//! | kill | `kill_per_min` | /min | hazard of death of the target by each attached effector | one in 15 min in PhysiCell's example |
//! | hits | `hits_per_min` | /min | hits of each attached effector | one in 15 min, assumed |
//! | Q₀ | `reference_killing` | 1 | realised killing at which an effector hits at that rate | 0.6, a T cell at its best, assumed |

use crate::cells::cell_bits;
use crate::cells::columns::{Fate, NO_BOND};
use crate::cells::events::Event;
use crate::cells::inbox::{ARRESTS, BOND_STRETCH, IS_KILLED, ONE_ATTACHED, ONE_HIT};
use crate::cells::traits::trait_factor;
use crate::cells::world::World;
use crate::math::{event_probability, exp, radius_of};
use crate::of_pair;
use crate::plan::PairParameters;
use crate::plan::parameters::Behaviour;
use crate::random::{Purpose, draw, threshold};
use crate::stages::voxels::assign_voxels::atomics;
use crate::stages::voxels::space::{separation, squared_length, xyz};
use rayon::prelude::*;
use std::sync::atomic::Ordering::Relaxed;

/// More hits than this in one step are counted as this many.
const MOST_HITS: u32 = 15;
/// Hits come at most so many times as often as at the reference.
const MOST_BY_KILLING: f32 = 2.0;

/// What one effector does.
enum Deed {
    Nothing,
    LetGo,
    Strike { hits: u32, kills: bool, arrests: bool },
}

/// Runs the stage.
pub fn engage(world: &mut World) {
    let mut contacts = std::mem::take(&mut world.contacts);
    let mut events = std::mem::take(&mut world.events);
    let inboxes = atomics(bytemuck::cast_slice_mut(&mut contacts));
    let counters = atomics(&mut events);
    let slots = |place: &u32| world.sorted_cell[*place as usize][0] as usize;
    let letting_go: Vec<usize> = world
        .effectors
        .par_iter()
        .with_min_len(256)
        .filter_map(|place| {
            let slot = slots(place);
            let [_, _, own, bond] = world.cells.identity[slot];
            match deed(world, slot) {
                Deed::Nothing => None,
                Deed::LetGo => Some(slot),
                Deed::Strike { hits, kills, arrests } => {
                    inboxes[2 * bond as usize].fetch_add(ONE_ATTACHED + hits * ONE_HIT, Relaxed);
                    if arrests {
                        inboxes[2 * bond as usize].fetch_or(ARRESTS, Relaxed);
                    }
                    if kills {
                        inboxes[2 * bond as usize].fetch_or(IS_KILLED, Relaxed);
                        counters[world.event(own, Event::Kills as usize)].fetch_add(1, Relaxed);
                    }
                    None
                }
            }
        })
        .collect();
    for slot in letting_go {
        world.cells.identity[slot][3] = NO_BOND;
    }
    (world.contacts, world.events) = (contacts, events);
}

fn deed(world: &World, slot: usize) -> Deed {
    let cell = world.cells.identity[slot];
    if cell[3] == NO_BOND {
        return Deed::Nothing;
    }
    let bond = cell[3] as usize;
    let tissue = cell_bits::tissue(cell[2]);
    let parameters = world.parameters(tissue);
    let target_kind = world.cells.identity[bond][2];
    let (own_type, target_type) = (cell_bits::cell_type(cell[2]) as usize, cell_bits::cell_type(target_kind) as usize);
    let pair = parameters.pair(own_type, target_type);
    let dt = world.settings.contacts_min;
    let words = draw(world.seed(tissue), [cell[0], cell[1]], world.population.tick, Purpose::Engage as u32);
    let detachment_per_min = of_pair!(world, parameters, own_type, target_type, detachment_per_min, slot);
    let lets_go = words[0] < threshold(event_probability(detachment_per_min * dt));
    if lets_go || !cell_bits::is(target_kind, Fate::Live) || is_out_of_reach(world, pair, slot, bond) {
        return Deed::LetGo;
    }
    let factor = trait_factor(&parameters.types[own_type], world.cells.progress[slot], Behaviour::Killing)
        * trait_factor(&parameters.types[target_type], world.cells.progress[bond], Behaviour::Susceptibility);
    let hits_per_min = of_pair!(world, parameters, own_type, target_type, hits_per_min, slot)
        * by_killing(world, pair.reference_killing, slot);
    let kill_per_min = of_pair!(world, parameters, own_type, target_type, kill_per_min, slot);
    let hits = poisson(words[2], hits_per_min * factor * dt);
    let kills = words[1] < threshold(event_probability(kill_per_min * factor * dt));
    Deed::Strike { hits, kills, arrests: pair.arrests_cycle == 1 }
}

/// Killing against the one at which hits come at their rate.
fn by_killing(world: &World, reference: f32, slot: usize) -> f32 {
    match world.cells.synapse.get(slot) {
        Some(synapse) if reference != 0.0 => (synapse[2] / reference).min(MOST_BY_KILLING),
        _ => 1.0,
    }
}

fn is_out_of_reach(world: &World, pair: &PairParameters, slot: usize, target: usize) -> bool {
    if world.settings.dimensions == 0 {
        return false;
    }
    let (a, b) = (world.cells.position[slot], world.cells.position[target]);
    let reach = BOND_STRETCH * (pair.contact_um + pair.contact_reach * (radius_of(a[3]) + radius_of(b[3])));
    squared_length(separation(&world.settings, xyz(a), xyz(b))) > reach * reach
}

/// Poisson number with the given mean, by inversion.
fn poisson(word: u32, mean: f32) -> u32 {
    let mut term = exp(-mean);
    let mut cumulative = term;
    let mut count = 0;
    while count < MOST_HITS && word >= threshold(cumulative.min(1.0)) {
        count += 1;
        term = term * mean / count as f32;
        cumulative += term;
    }
    count
}
