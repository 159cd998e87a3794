//! Stage `attach`: free effectors choose a target in contact, and contested targets are settled by integer priority.
//! Twin of `shaders/attach.wgsl`.
//!
//! Hazard for each target in contact: attachment · falloff, full up to `full_contact` contact distances and falling
//! linearly to 0 at one; targets with all attachment sites taken are passed over. In a culture every target in the
//! same bucket is in contact, so that the hazard is by mass action. An effector acts with probability
//! 1 − e^(−Σ hazards · dt), on one target drawn in proportion. Traits and antigen thin the outcome: hazards are those at
//! the trait's maximum, and an attempt succeeds with factor / maximum, times the antigen that the target presents (see
//! `induce`; Lewis and Shedler, Nav Res Logist Q 1979, 26:403).
//! Of several effectors that want one target in one step, the lowest bid wins; equal best bids (1 in 2^32) leave it free.
//!
//! ```text
//! P(acts in dt) = 1 − e^(−Σ h dt)     h = attachment · falloff(d)     falloff = 1 up to f D, (D − d)/(D − f D) up to D, then 0
//! D = contact + reach (rT + rC)
//! ```
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | attachment | `attachment_per_min` | /min | of a free effector to a target in contact; in a culture of one pair, times the buckets | 0.2 in PhysiCell's cancer-immune example (Ghaffarizadeh et al., PLoS Comput Biol 2018, 14:e1005991) |
//! | contact, reach | `contact_um`, `contact_reach` | um, 1 | contact distance: so much, and so many sums of radii | 18 um there; 1.1 sums assumed |
//! | f | `full_contact` | 1 | part of the contact distance up to which the hazard is full | 14 um of 18 there |
//! | d, rT, rC | | um | distance and radii of the two cells | |

use crate::cells::cell_bits;
use crate::cells::columns::{Fate, NO_BOND};
use crate::cells::events::Event;
use crate::cells::inbox::{IS_KILLED, attached};
use crate::cells::traits::{trait_factor, trait_maximum};
use crate::cells::world::World;
use crate::math::event_probability;
use crate::of_pair;
use crate::plan::parameters::Behaviour::AttachmentToSelf;
use crate::random::{Purpose, draw, threshold, uniform};
use crate::stages::regulation::induce::presented;
use crate::stages::voxels::assign_voxels::{atomics, bucket};
use crate::stages::voxels::neighbours::for_neighbours;
use crate::stages::voxels::space::{separation, squared_length, xyz};
use rayon::prelude::*;
use std::sync::atomic::Ordering::Relaxed;

/// An effector's wish: its slot, the target's, and its bid.
struct Wish {
    slot: usize,
    target: usize,
    bid: u32,
}

/// Runs the stage.
pub fn attach(world: &mut World) {
    let wishes: Vec<Wish> =
        world.effectors.par_iter().with_min_len(64).filter_map(|&place| choose(world, place as usize)).collect();
    let mut contacts = std::mem::take(&mut world.contacts);
    let bids: Vec<Wish> = wishes.into_iter().filter(|wish| !kills_in_passing(world, &mut contacts, wish)).collect();
    {
        let inboxes = atomics(bytemuck::cast_slice_mut(&mut contacts));
        for wish in &bids {
            inboxes[2 * wish.target + 1].fetch_min(wish.bid, Relaxed);
        }
    }
    let is_best = |contacts: &[[u32; 2]], wish: &Wish| contacts[wish.target][1] == wish.bid;
    for wish in &bids {
        if is_best(&contacts, wish) {
            contacts[wish.target][0] += crate::cells::inbox::ONE_CONTENDER;
        }
    }
    for wish in &bids {
        if is_best(&contacts, wish) && crate::cells::inbox::contenders(contacts[wish.target][0]) == 1 {
            world.cells.identity[wish.slot][3] = wish.target as u32;
            let event = world.event(world.cells.identity[wish.slot][2], Event::Attachments as usize);
            world.events[event] += 1;
        }
    }
    world.contacts = contacts;
}

/// A kinapse kills at once and stays free.
fn kills_in_passing(world: &mut World, contacts: &mut [[u32; 2]], wish: &Wish) -> bool {
    let own = world.cells.identity[wish.slot][2];
    let target = world.cells.identity[wish.target][2];
    let parameters = world.parameters(cell_bits::tissue(own));
    if parameters.pair(cell_bits::cell_type(own) as usize, cell_bits::cell_type(target) as usize).is_kinapse == 0 {
        return false;
    }
    contacts[wish.target][0] |= IS_KILLED;
    let event = world.event(own, Event::Kills as usize);
    world.events[event] += 1;
    true
}

/// Hazard in 1/min with which the effector at place k attaches to the cell at place n.
fn hazard(world: &World, k: usize, n: usize) -> f32 {
    let (own, other) = (world.sorted_cell[k], world.sorted_cell[n]);
    let parameters = world.parameters(cell_bits::tissue(own[1]));
    let target_type = cell_bits::cell_type(other[1]) as usize;
    let own_type = cell_bits::cell_type(own[1]) as usize;
    let pair = parameters.pair(own_type, target_type);
    let rate = of_pair!(world, parameters, own_type, target_type, attachment_per_min, own[0] as usize);
    if rate == 0.0 || !cell_bits::is(other[1], Fate::Live) || n == k {
        return 0.0;
    }
    let mut falloff = 1.0;
    if world.settings.dimensions > 0 {
        let (a, b) = (world.sorted_position[k], world.sorted_position[n]);
        let contact = pair.contact_um + pair.contact_reach * (a[3] + b[3]);
        let ratio = squared_length(separation(&world.settings, xyz(a), xyz(b))).sqrt() / contact;
        if ratio >= 1.0 {
            return 0.0;
        }
        if ratio > pair.full_contact {
            falloff = (1.0 - ratio) / (1.0 - pair.full_contact);
        }
    }
    let row = &parameters.types[target_type];
    if attached(world.contacts[other[0] as usize][0]) >= row.attachment_sites {
        return 0.0;
    }
    rate * falloff * trait_maximum(row, AttachmentToSelf)
}

/// Candidates of the effector at place k, as places in the sorted order: neighbours, or in a culture the bucket's cells.
fn candidates(world: &World, k: usize) -> Vec<usize> {
    let cell = world.sorted_cell[k];
    let mut found = Vec::new();
    if world.settings.dimensions > 0 {
        for_neighbours(world, k, |places| found.extend(places.iter().map(|&n| n as usize)));
    } else {
        let bucket = bucket(world, world.cells.identity[cell[0] as usize]);
        let voxel = (cell_bits::tissue(cell[1]) * world.settings.voxels[3] + bucket) as usize;
        found.extend(world.voxel_start[voxel] as usize..world.voxel_start[voxel + 1] as usize);
    }
    found
}

fn choose(world: &World, k: usize) -> Option<Wish> {
    let slot = world.sorted_cell[k][0] as usize;
    let cell = world.cells.identity[slot];
    if cell[3] != NO_BOND {
        return None;
    }
    let tissue = cell_bits::tissue(cell[2]);
    let candidates = candidates(world, k);
    let total = candidates.iter().fold(0.0, |total, &n| total + hazard(world, k, n));
    let words = draw(world.seed(tissue), [cell[0], cell[1]], world.population.tick, Purpose::Attach as u32);
    if words[0] >= threshold(event_probability(total * world.settings.contacts_min)) {
        return None;
    }
    let target = drawn_target(world, k, &candidates, uniform(words[1]) * total)?;
    let (parameters, target_type) =
        (world.parameters(tissue), cell_bits::cell_type(world.cells.identity[target][2]) as usize);
    let row = &parameters.types[target_type];
    let shown = presented(world, parameters.pair(cell_bits::cell_type(cell[2]) as usize, target_type), target);
    let factor = trait_factor(row, world.cells.progress[target], AttachmentToSelf);
    let succeeds = words[2] < threshold((factor / trait_maximum(row, AttachmentToSelf) * shown).min(1.0));
    succeeds.then_some(Wish { slot, target, bid: words[3] })
}

/// The target at which the sum of hazards passes `drawn`.
fn drawn_target(world: &World, k: usize, candidates: &[usize], drawn: f32) -> Option<usize> {
    let mut passed = 0.0;
    let mut chosen = None;
    for &n in candidates {
        if passed > drawn {
            break;
        }
        let hazard = hazard(world, k, n);
        passed += hazard;
        if hazard > 0.0 {
            chosen = Some(world.sorted_cell[n][0] as usize);
        }
    }
    chosen
}
