//! Stage `respond`: what a contact step did to each cell, and its inbox put at rest. Twin of `shaders/respond.wgsl`.
//!
//! Hits add up; each earlier hit is repaired with probability 1 − e^(−repair · dt). A live cell that was killed, or
//! has as many hits as are lethal, becomes apoptotic. Where a type dies of its damage instead (see `stages::lifecycle::damage`), no
//! hit is repaired: the column counts all of them.
//! A live cell that is held by an effector which arrests its cycle is marked as `is_arrested` until the next step.
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | repair | `hit_repair_per_min` | /min | of each hit | 0.85 /h: half of the hits fade in 49 min (Weigelin et al., quoted) |
//! | lethal | `lethal_hits` | 1 | hits that kill; 0: none do | 3 in a melanoma, 1 in blood (same) |

use crate::cells::cell_bits;
use crate::cells::columns::{Fate, NO_BOND};
use crate::cells::events::Event;
use crate::cells::inbox::{ARRESTS, AT_REST, IS_KILLED, hits};
use crate::cells::phases::{dead_kind, time_as_dead};
use crate::cells::world::World;
use crate::math::event_probability;
use crate::of_type;
use crate::random::{Purpose, draw, threshold};
use crate::stages::lifecycle::damage::fade;
use crate::stages::voxels::assign_voxels::atomics;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Runs the stage.
pub fn respond(world: &mut World) {
    let mut contacts = std::mem::take(&mut world.contacts);
    let mut identity = std::mem::take(&mut world.cells.identity);
    let mut progress = std::mem::take(&mut world.cells.progress);
    let mut motility = std::mem::take(&mut world.cells.motility);
    let mut events = std::mem::take(&mut world.events);
    let counters = atomics(&mut events);
    contacts
        .par_iter_mut()
        .enumerate()
        .zip(&mut identity)
        .zip(&mut progress)
        .zip(&mut motility)
        .with_min_len(1024)
        .for_each(|((((slot, inbox), cell), progress), motility)| {
            if *inbox != AT_REST || cell_bits::hits(progress[1]) > 0 || is_marked(world, cell[2]) {
                let received = std::mem::replace(inbox, AT_REST)[0];
                take_in(world, slot, received, cell, progress, &mut motility[3], counters);
            }
        });
    (world.contacts, world.events) = (contacts, events);
    (world.cells.identity, world.cells.progress, world.cells.motility) = (identity, progress, motility);
}

/// Whether a cell may have to lose its mark. Looked up only where there are such cells, since it costs a column.
fn is_marked(world: &World, kind: u32) -> bool {
    world.has_arrest && cell_bits::is_arrested(kind)
}

fn take_in(
    world: &World,
    slot: usize,
    inbox: u32,
    cell: &mut [u32; 4],
    progress: &mut [u32; 4],
    damage: &mut f32,
    events: &[AtomicU32],
) {
    if !cell_bits::is(cell[2], Fate::Live) {
        return;
    }
    cell[2] = cell_bits::with_is_arrested(cell[2], inbox & ARRESTS != 0);
    let tissue = cell_bits::tissue(cell[2]);
    let (seed, id, tick) = (world.seed(tissue), [cell[0], cell[1]], world.population.tick);
    let (parameters, cell_type) = (world.parameters(tissue), cell_bits::cell_type(cell[2]) as usize);
    let own = &parameters.types[cell_type];
    let repair_per_min = of_type!(world, parameters, cell_type, hit_repair_per_min, slot);
    let minutes = world.settings.contacts_min;
    let below = threshold(event_probability(repair_per_min * minutes));
    let hits =
        (unrepaired(cell_bits::hits(progress[1]), below, seed, id, tick) + hits(inbox)).min(cell_bits::MOST_HITS);
    progress[1] = cell_bits::with_hits(progress[1], hits);
    let mut is_lethal = own.lethal_hits > 0 && hits >= own.lethal_hits;
    if own.damage_power > 0 {
        let (left, hazard) = fade(own, *damage, self::hits(inbox), minutes);
        *damage = left;
        is_lethal = draw(seed, id, tick, Purpose::Damage as u32)[0] < threshold(event_probability(hazard));
    }
    if is_lethal || inbox & IS_KILLED != 0 {
        events[world.event(cell[2], Event::DeathsKilled as usize)].fetch_add(1, Relaxed);
        *cell = [id[0], id[1], dead_kind(cell[2], Fate::Apoptotic), NO_BOND];
        progress[0] = time_as_dead(own.apoptosis_is_fixed, seed, id, tick);
    }
}

/// How many of `hits` are left after a step.
fn unrepaired(hits: u32, below: u32, seed: [u32; 2], id: [u32; 2], tick: u32) -> u32 {
    if below == 0 {
        return hits;
    }
    let is_repaired = |hit: &u32| {
        let words = draw(seed, id, tick, Purpose::Repair as u32 + ((hit / 4) << 16));
        words[*hit as usize % 4] < below
    };
    hits - (0..hits).filter(is_repaired).count() as u32
}
