//! Stage `cycle`: death, phases of the cycle, volume. Twin of `shaders/cycle.wgsl`.
//!
//! Live: dies with probability 1 − e^(−rate dt) by apoptosis, with the hazards of ageing (see `age`) and of proteotoxic
//! stress besides, else by necrosis; else its phase runs on. `remaining`
//! counts mean durations and falls by rate · dt, with rate = exit · cycle_rate / cycle_duration (traits), 0 while
//! crowded in a phase that arrests. A phase may end inside the step: the rest of the step counts for the next one, so
//! that durations have no error of the order of dt. A phase that ends by age does so once age · rate reaches 1, with the
//! rate of this step. A phase that divides waits for the division volume.
//! A cell whose cycle is arrested (see `engage`) keeps phase, volume and age: its time of birth moves on with the clock.
//! Volume: V' = relaxation (target − V), exact over the step; target 1 or 2 (in phases that grow) times the type's.
//! Dead: the body shrinks or swells to its final volume, and is removed at the end of its time.
//! Dividing and removed cells are carried out by `rebuild` at the end of the step.
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | rate (of death) | `apoptosis_per_min`, `necrosis_per_min` | /min | spontaneous, or as rules say | scenario |
//! | exit | `exit_per_min` | /min | reciprocal of the mean duration of a phase | of MC38 and the like one cycle in 20 h in vitro, general knowledge |
//! | k | `stages` | 1 | equal stages of a phase (Erlang): 1 exponential, 0 fixed | 20, a spread of 22 %, assumed |
//! | cycle_rate, cycle_duration | traits | 1 | by which a cell's trait scales the rate | scenario |
//! | crowded | `crowding_pressure` | 1 | pressure above which phases that arrest stand still | scenario |
//! | V, relaxation | `volume_um3`, `volume_relaxation_per_min` | um3, /min | volume, and how fast it goes to its target | scenario |
//! | | `apoptosis_removal_per_min`, `necrosis_removal_per_min` | /min | reciprocal of the time for which a body stays | 8.6 h (PhysiCell); 6 h assumed for mouse tumours |

use super::transitions::{AFTER_TRANSITION, next_type, reset_behaviours};
use crate::cells::age::{age_min, ageing, born_later};
use crate::cells::cell_bits;
use crate::cells::columns::{Fate, NO_BOND, PHASE_ONE};
use crate::cells::events::Event;
use crate::cells::phases::{dead_kind, fixed_point, phase_duration, time_as_dead};
use crate::cells::traits::trait_factor;
use crate::cells::world::World;
use crate::math::event_probability;
use crate::of_type;
use crate::plan::parameters::BY_AGE;
use crate::plan::parameters::Behaviour;
use crate::plan::rules::behaviours::EXIT;
use crate::plan::{Parameters, TypeParameters};
use crate::random::{Purpose, draw, threshold};
use crate::stages::voxels::assign_voxels::atomics;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// More phases than this never end within one step.
const MOST_TRANSITIONS: u32 = 8;

/// The columns of one cell that the stage changes.
struct Cell<'a> {
    slot: usize,
    volume: &'a mut f32,
    pressure: f32,
    identity: &'a mut [u32; 4],
    progress: &'a mut [u32; 4],
}

/// Runs the stage.
pub fn cycle(world: &mut World) {
    let mut position = std::mem::take(&mut world.cells.position);
    let mut identity = std::mem::take(&mut world.cells.identity);
    let mut progress = std::mem::take(&mut world.cells.progress);
    let mut events = std::mem::take(&mut world.events);
    let counters = atomics(&mut events);
    let changed: Vec<usize> = position
        .par_iter_mut()
        .zip(&mut identity)
        .zip(&mut progress)
        .zip(&world.cells.velocity)
        .enumerate()
        .with_min_len(1024)
        .filter_map(|(slot, (((position, identity), progress), velocity))| {
            let before = cell_bits::cell_type(identity[2]);
            let volume = &mut position[3];
            age(world, Cell { slot, volume, pressure: velocity[3], identity: &mut *identity, progress }, counters);
            (cell_bits::cell_type(identity[2]) != before).then_some(slot)
        })
        .collect();
    (world.cells.position, world.cells.identity, world.cells.progress) = (position, identity, progress);
    reset_behaviours(world, &changed);
    world.events = events;
}

fn age(world: &World, mut cell: Cell, events: &[AtomicU32]) {
    let [low, high, kind, _] = *cell.identity;
    let tissue = cell_bits::tissue(kind);
    let (parameters, cell_type) = (world.parameters(tissue), cell_bits::cell_type(kind) as usize);
    let own = &parameters.types[cell_type];
    if cell_bits::is(kind, Fate::Apoptotic) || cell_bits::is(kind, Fate::Necrotic) {
        return decay(world, cell, own, events);
    }
    if !cell_bits::is(kind, Fate::Live) {
        return;
    }
    let words = draw(world.seed(tissue), [low, high], world.population.tick, Purpose::Cycle as u32);
    let dt = world.settings.cycle_min;
    let is_arrested = cell_bits::is_arrested(kind);
    if is_arrested {
        cell.progress[1] = born_later(&world.settings, &world.population, cell.progress[1]);
    }
    let age = age_min(&world.settings, &world.population, cell.progress[1]);
    let ageing = if is_arrested { 0.0 } else { ageing(&world.settings, age, own.lifespan_min, own.lifespan_shape) };
    let stressed =
        if own.proteostasis > 0 { f32::from_bits(world.cells.signal[cell.slot][3]) / 60.0 * dt } else { 0.0 };
    let happens = |word: u32, mean: f32| word < threshold(event_probability(mean));
    if happens(words[0], of_type!(world, parameters, cell_type, apoptosis_per_min, cell.slot) * dt + ageing + stressed)
    {
        die(world, &mut cell, Fate::Apoptotic, own.apoptosis_is_fixed);
        events[world.event(kind, Event::DeathsApoptosis as usize)].fetch_add(1, Relaxed);
    } else if happens(words[1], of_type!(world, parameters, cell_type, necrosis_per_min, cell.slot) * dt) {
        die(world, &mut cell, Fate::Necrotic, own.necrosis_is_fixed);
        events[world.event(kind, Event::DeathsNecrosis as usize)].fetch_add(1, Relaxed);
    } else if let Some(next) = becomes(world, &cell, words) {
        become_type(world, &mut cell, next, events);
    } else if !is_arrested {
        run_phases(world, cell, own);
    }
}

fn becomes(world: &World, cell: &Cell, words: [u32; 4]) -> Option<u32> {
    if world.has_transitions { next_type(world, cell.slot, cell.identity[2], words) } else { None }
}

/// Starts the first phase of another type, without a bond.
fn become_type(world: &World, cell: &mut Cell, next: u32, events: &[AtomicU32]) {
    let [low, high, kind, _] = *cell.identity;
    let (parameters, seed) = (world.parameters(cell_bits::tissue(kind)), world.seed(cell_bits::tissue(kind)));
    let tick = world.population.tick;
    cell.progress[0] = phase_duration(parameters, next as usize, 0, seed, [low, high], tick, AFTER_TRANSITION);
    let new = cell_bits::with_phase(cell_bits::with_cell_type(kind, next), 0);
    *cell.identity = [low, high, new, NO_BOND];
    events[world.event(kind, Event::TransitionsOut as usize)].fetch_add(1, Relaxed);
    events[world.event(new, Event::TransitionsIn as usize)].fetch_add(1, Relaxed);
}

fn relaxed(world: &World, volume: f32, target: f32, rate_per_min: f32) -> f32 {
    volume + (target - volume) * event_probability(rate_per_min * world.settings.cycle_min)
}

fn die(world: &World, cell: &mut Cell, fate: Fate, is_fixed: u32) {
    let [low, high, kind, _] = *cell.identity;
    let seed = world.seed(cell_bits::tissue(kind));
    cell.progress[0] = time_as_dead(is_fixed, seed, [low, high], world.population.tick);
    *cell.identity = [low, high, dead_kind(kind, fate), NO_BOND];
}

fn decay(world: &World, cell: Cell, own: &TypeParameters, events: &[AtomicU32]) {
    let kind = cell.identity[2];
    let (removal, fraction, rate) = if cell_bits::is(kind, Fate::Necrotic) {
        (own.necrosis_removal_per_min, own.necrosis_volume_fraction, own.necrosis_volume_relaxation_per_min)
    } else {
        (own.apoptosis_removal_per_min, own.apoptosis_volume_fraction, own.apoptosis_volume_relaxation_per_min)
    };
    *cell.volume = relaxed(world, *cell.volume, fraction * own.volume_um3, rate);
    let used = fixed_point(removal * world.settings.cycle_min);
    if used < cell.progress[0] {
        cell.progress[0] -= used;
        return;
    }
    cell.identity[2] = cell_bits::with_fate(kind, Fate::Removed);
    events[world.event(kind, Event::Removed as usize)].fetch_add(1, Relaxed);
}

/// Factor by which traits speed the cycle up.
pub fn cycle_factor(own: &TypeParameters, progress: [u32; 4]) -> f32 {
    trait_factor(own, progress, Behaviour::CycleRate) / trait_factor(own, progress, Behaviour::CycleDuration).max(1e-6)
}

/// Rate at which a phase of a cell ends, but for traits.
pub fn exit_per_min(world: &World, parameters: &Parameters, cell_type: usize, phase: u32, slot: usize) -> f32 {
    let word = parameters.phase_word(cell_type, phase, EXIT);
    world.ruled(parameters, word, parameters.phase(cell_type, phase).exit_per_min, slot)
}

fn run_phases(world: &World, cell: Cell, own: &TypeParameters) {
    let [low, high, kind, _] = *cell.identity;
    let tissue = cell_bits::tissue(kind);
    let (parameters, cell_type) = (world.parameters(tissue), cell_bits::cell_type(kind) as usize);
    let dt = world.settings.cycle_min;
    let by_proteostasis = own.divides_by_proteostasis == 1;
    let allowed = if by_proteostasis { f32::from_bits(world.cells.signal[cell.slot][2]) / 60.0 } else { 1.0 };
    let factor = cycle_factor(own, *cell.progress) * allowed;
    let mut phase = cell_bits::phase(kind);
    let mut row = parameters.phase(cell_type, phase);
    let target = if row.grows == 1 { 2.0 } else { 1.0 } * own.volume_um3;
    *cell.volume = relaxed(
        world,
        *cell.volume,
        target,
        of_type!(world, parameters, cell_type, volume_relaxation_per_min, cell.slot),
    );
    let age = age_min(&world.settings, &world.population, cell.progress[1]);
    let is_crowded = cell.pressure > of_type!(world, parameters, cell_type, crowding_pressure, cell.slot);
    let (mut remaining, mut left_min, mut fate) = (cell.progress[0], dt, Fate::Live);
    for transition in 0..MOST_TRANSITIONS {
        let rate = exit_per_min(world, parameters, cell_type, phase, cell.slot) * factor;
        if rate == 0.0 || (is_crowded && row.arrests == 1) {
            break;
        }
        if row.stages == BY_AGE {
            if age * rate < 1.0 {
                break;
            }
            left_min = 0.0;
        } else {
            let used = fixed_point(rate * left_min);
            if used < remaining {
                remaining -= used;
                break;
            }
            left_min = (left_min - remaining as f32 / PHASE_ONE / rate).max(0.0);
        }
        let divides = row.divides == 1;
        if divides && *cell.volume < own.division_volume_um3 {
            remaining = 0;
            break;
        }
        phase = row.next;
        row = parameters.phase(cell_type, phase);
        if divides {
            // `divide` starts the next phase of both cells with what is left of this step, or with what proteostasis
            // lets them use of it.
            fate = Fate::Dividing;
            remaining = fixed_point(if by_proteostasis { rate * left_min } else { left_min / dt });
            break;
        }
        remaining = phase_duration(
            parameters,
            cell_type,
            phase,
            world.seed(tissue),
            [low, high],
            world.population.tick,
            transition,
        );
    }
    cell.progress[0] = remaining;
    cell.identity[2] = cell_bits::with_fate(cell_bits::with_phase(kind, phase), fate);
}
