//! Stage `divide`: bonds follow their cells to the new slots, and the two cells of a division part. Twin of
//! `shaders/divide.wgsl`.
//!
//! Each daughter has half the volume and lies half her radius from her mother's place, on opposite sides of a random
//! direction (assumed: they overlap at first, and mechanics parts them). The mother keeps her id; the newborn's id is
//! Philox of (mother's id, divisions since their first ancestor), and both have that many divisions behind them. Both
//! start the next phase, less what the mother had left of the cycle step. Each may lose its antigen (see `induce`).

use super::cycle::{cycle_factor, exit_per_min};
use super::rebuild::NEWBORN;
use crate::cells::age::born_now;
use crate::cells::cell_bits;
use crate::cells::columns::{Fate, NO_BOND, PHASE_ONE};
use crate::cells::directions::direction;
use crate::cells::events::Event;
use crate::cells::phases::{fixed_point, phase_duration};
use crate::cells::settings::Settings;
use crate::cells::world::World;
use crate::math::radius_of;
use crate::random::{Purpose, draw, threshold};
use crate::stages::voxels::assign_voxels::atomics;
use crate::stages::voxels::space::{contained, xyz};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Transition number of the phase that follows a division: above all those of `cycle`.
const AFTER_DIVISION: u32 = 15;

/// Runs the stage.
pub fn divide(world: &mut World) {
    let mut position = std::mem::take(&mut world.cells.position);
    let mut identity = std::mem::take(&mut world.cells.identity);
    let mut progress = std::mem::take(&mut world.cells.progress);
    let mut events = std::mem::take(&mut world.events);
    let counters = atomics(&mut events);
    lose_antigen(world, &identity);
    position
        .par_iter_mut()
        .enumerate()
        .zip(&mut identity)
        .zip(&mut progress)
        .zip(&world.slot_source)
        .with_min_len(1024)
        .for_each(|((((slot, position), identity), progress), source)| {
            if identity[3] != NO_BOND {
                identity[3] = world.new_slot[identity[3] as usize];
            }
            if cell_bits::is(identity[2], Fate::Dividing) {
                part(world, slot, source & NEWBORN != 0, position, identity, progress, counters);
            }
        });
    (world.cells.position, world.cells.identity, world.cells.progress) = (position, identity, progress);
    world.events = events;
}

/// Before the two cells part: each may lose its antigen.
fn lose_antigen(world: &mut World, identity: &[[u32; 4]]) {
    let mut surface = std::mem::take(&mut world.cells.surface);
    surface.par_iter_mut().zip(identity).zip(&world.slot_source).with_min_len(4096).for_each(
        |((surface, &[low, high, kind, _]), source)| {
            let tissue = cell_bits::tissue(kind);
            let own = &world.parameters(tissue).types[cell_bits::cell_type(kind) as usize];
            if !cell_bits::is(kind, Fate::Dividing) || own.is_immunogenic == 0 {
                return;
            }
            let words = draw(world.seed(tissue), [low, high], world.population.tick, Purpose::AntigenLoss as u32);
            if words[usize::from(source & NEWBORN != 0)] < threshold(own.antigen_loss) {
                surface[0] = 0.0;
            }
        },
    );
    world.cells.surface = surface;
}

fn part(
    world: &World,
    slot: usize,
    is_newborn: bool,
    position: &mut [f32; 4],
    identity: &mut [u32; 4],
    progress: &mut [u32; 4],
    events: &[AtomicU32],
) {
    let [low, high, kind, _] = *identity;
    let (tissue, tick) = (cell_bits::tissue(kind), world.population.tick);
    let (seed, parameters) = (world.seed(tissue), world.parameters(tissue));
    let cell_type = cell_bits::cell_type(kind) as usize;
    let own = &parameters.types[cell_type];
    let divisions = cell_bits::divisions(progress[1]) + 1;
    let words = draw(seed, [low, high], tick, Purpose::Division as u32);
    *position = beside(&world.settings, *position, if is_newborn { -1.0 } else { 1.0 }, words);
    if is_newborn {
        let [new_low, new_high, ..] = draw(seed, [low, high], divisions, Purpose::Lineage as u32);
        *identity = [new_low, new_high, kind, NO_BOND];
        events[world.event(kind, Event::Births as usize)].fetch_add(1, Relaxed);
    }
    let phase = cell_bits::phase(kind);
    let factor = cycle_factor(own, *progress);
    let left_min = progress[0] as f32 / PHASE_ONE * world.settings.cycle_min;
    let duration = phase_duration(parameters, cell_type, phase, seed, [identity[0], identity[1]], tick, AFTER_DIVISION);
    let used = match own.divides_by_proteostasis {
        1 => progress[0],
        _ => fixed_point(exit_per_min(world, parameters, cell_type, phase, slot) * factor * left_min),
    };
    identity[2] = cell_bits::with_fate(kind, Fate::Live);
    progress[0] = duration - used.min(duration);
    progress[1] = cell_bits::with_divisions(progress[1], divisions);
    progress[1] = cell_bits::with_born(progress[1], born_now(&world.settings, &world.population));
}

/// Half the mother's volume, on one side of her place.
fn beside(settings: &Settings, mother: [f32; 4], side: f32, words: [u32; 4]) -> [f32; 4] {
    let volume = 0.5 * mother[3];
    if settings.dimensions == 0 {
        return [mother[0], mother[1], mother[2], volume];
    }
    let away = direction(settings, words);
    let distance = side * 0.5 * radius_of(volume);
    let at = xyz(mother);
    let [x, y, z] = contained(settings, [0, 1, 2].map(|axis| at[axis] + away[axis] * distance));
    [x, y, z, volume]
}
