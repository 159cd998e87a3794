//! Stage `proteostasis`: protein folding, its stress response and exhaustion. Twin of `shaders/proteostasis.wgsl`.
//!
//! Every live cell of a type with proteostasis makes one step of the clock of this stage. The processes, each with its
//! equations, symbols and sources, are the files of `shaders/shared/proteostasis/`; the files of this folder do the same
//! operations in the same order on eight cells of one type at a time.
//!
//! The model, process by process, as the device computes it:
//!
//! # What a cell remembers, and functions that all processes share
//!
//! ```wgsl
#![doc = include_str!("../../../shaders/shared/proteostasis/state.wgsl")]
//! ```
//!
//! # Signals inside the cell
//!
//! ```wgsl
#![doc = include_str!("../../../shaders/shared/proteostasis/signalling.wgsl")]
//! ```
//!
//! # Translation
//!
//! ```wgsl
#![doc = include_str!("../../../shaders/shared/proteostasis/translation.wgsl")]
//! ```
//!
//! # Folding and chaperones
//!
//! ```wgsl
#![doc = include_str!("../../../shaders/shared/proteostasis/folding.wgsl")]
//! ```
//!
//! # Degradation and aggregation
//!
//! ```wgsl
#![doc = include_str!("../../../shaders/shared/proteostasis/degradation.wgsl")]
//! ```
//!
//! # Exhaustion and its lock
//!
//! ```wgsl
#![doc = include_str!("../../../shaders/shared/proteostasis/exhaustion.wgsl")]
//! ```
//!
//! # Effector programme
//!
//! ```wgsl
#![doc = include_str!("../../../shaders/shared/proteostasis/effector.wgsl")]
//! ```
//!
//! # Division and death
//!
//! ```wgsl
#![doc = include_str!("../../../shaders/shared/proteostasis/fate.wgsl")]
//! ```
//!
//! # How cells differ
//!
//! ```wgsl
#![doc = include_str!("../../../shaders/shared/proteostasis/variation.wgsl")]
//! ```
//!
//! # A step
//!
//! ```wgsl
#![doc = include_str!("../../../shaders/shared/proteostasis/integrator.wgsl")]
//! ```

mod degradation;
mod draws;
mod effector;
mod exhaustion;
mod fate;
mod folding;
mod integrator;
mod lanes;
mod signalling;
mod start;
mod state;
pub(crate) mod stimulus;
mod translation;
mod variation;

pub use start::enter;
pub use stimulus::{pd1_engagement, without_contacts};

use crate::cells::Cells;
use crate::cells::cell_bits;
use crate::cells::columns::Fate;
use crate::cells::world::World;
use crate::plan::ProteostasisParameters;
use crate::random::Purpose;
use draws::draws;
use integrator::{Decays, Readout, after_step, decays_of, readout_of};
use lanes::{Lanes, WIDTH};
use rayon::prelude::*;
use state::{Signals, State};
use stimulus::PER_MET;
use variation::{Etas, Motion, variation_of};

/// Cells in a chunk, which one thread works on.
const CHUNK: usize = 4096;

/// Runs the stage.
pub fn proteostasis(world: &mut World) {
    let mut cells = Packs::take(&mut world.cells);
    let kernels = kernels(world);
    let chunks = cells.chunks().zip(world.cells.identity.par_chunks(CHUNK));
    chunks.for_each(|(chunk, identity)| advance(world, &kernels, chunk, identity));
    cells.give_back(&mut world.cells);
}

/// What all cells of a type in tissues with one set of rows have in common.
#[derive(Clone, Copy)]
struct Kernel<'a> {
    row: &'a ProteostasisParameters,
    halves: Decays,
    motion: Motion,
    step_h: f32,
}

impl<'a> Kernel<'a> {
    fn new(row: &'a ProteostasisParameters, step_h: f32) -> Kernel<'a> {
        Kernel { row, halves: decays_of(row, 0.5 * step_h), motion: Motion::new(row, step_h), step_h }
    }

    /// What cells meet that have so much TCR occupancy by contacts, and such a first lane of their pack `signal`.
    #[inline(always)]
    fn signals(&self, by_contacts: Lanes, met: Lanes) -> Signals {
        let Kernel { row, .. } = self;
        let [pd_l1, il2] = Lanes::of_halves(met);
        Signals {
            tcr_occupancy: by_contacts.max(without_contacts(row)) * (1.0 - row.tcr_inhibition),
            costimulation: Lanes::all(row.costimulation),
            il2: (il2 * PER_MET).max(row.il2),
            pd_l1: (pd_l1 * PER_MET).max(row.pd_l1),
        }
    }
}

/// \[set of rows\]\[cell type\].
fn kernels<'a>(world: &'a World) -> Vec<Vec<Option<Kernel<'a>>>> {
    let step_h = world.settings.proteostasis_h;
    let of_type = |rows: &'a crate::plan::Parameters, own| {
        rows.proteostasis_number(own).map(|number| Kernel::new(&rows.proteostasis[number], step_h))
    };
    world.rows.iter().map(|rows| (0..rows.types.len()).map(|own| of_type(rows, own)).collect()).collect()
}

/// The packs of all cells, or of a chunk of them.
struct Packs<P, W> {
    protein: P,
    response: P,
    programme: P,
    capacity: P,
    signal: W,
    variation: W,
}

impl Packs<Vec<[f32; 4]>, Vec<[u32; 4]>> {
    fn take(cells: &mut Cells) -> Self {
        Packs {
            protein: std::mem::take(&mut cells.protein),
            response: std::mem::take(&mut cells.response),
            programme: std::mem::take(&mut cells.programme),
            capacity: std::mem::take(&mut cells.capacity),
            signal: std::mem::take(&mut cells.signal),
            variation: std::mem::take(&mut cells.variation),
        }
    }

    fn give_back(self, cells: &mut Cells) {
        (cells.protein, cells.response, cells.programme) = (self.protein, self.response, self.programme);
        (cells.capacity, cells.signal, cells.variation) = (self.capacity, self.signal, self.variation);
    }

    fn chunks(&mut self) -> impl IndexedParallelIterator<Item = Chunk<'_>> {
        self.protein
            .par_chunks_mut(CHUNK)
            .zip(self.response.par_chunks_mut(CHUNK))
            .zip(self.programme.par_chunks_mut(CHUNK))
            .zip(self.capacity.par_chunks_mut(CHUNK))
            .zip(self.signal.par_chunks_mut(CHUNK))
            .zip(self.variation.par_chunks_mut(CHUNK))
            .map(|(((((protein, response), programme), capacity), signal), variation)| Packs {
                protein,
                response,
                programme,
                capacity,
                signal,
                variation,
            })
    }
}

type Chunk<'a> = Packs<&'a mut [[f32; 4]], &'a mut [[u32; 4]]>;

/// Cells of one type that wait for their group to be full.
#[derive(Clone, Copy, Default)]
struct Waiting {
    cells: [usize; WIDTH],
    count: usize,
}

/// One step of the cells of a chunk.
fn advance(world: &World, kernels: &[Vec<Option<Kernel>>], mut chunk: Chunk, identity: &[[u32; 4]]) {
    let mut waiting = vec![Waiting::default(); world.plan.cell_types.len()];
    let mut tissue = identity.first().map_or(0, |it| cell_bits::tissue(it[2]));
    let end = |tissue: u32, waiting: &mut [Waiting], chunk: &mut Chunk| {
        let own = &kernels[world.tissues[tissue as usize].rows];
        let groups = waiting.iter_mut().zip(own).filter(|(group, _)| group.count > 0);
        groups.for_each(|(group, kernel)| step(world, kernel, group, chunk, identity));
    };
    for (cell, &[_, _, kind, _]) in identity.iter().enumerate() {
        if cell_bits::tissue(kind) != tissue {
            end(tissue, &mut waiting, &mut chunk);
            tissue = cell_bits::tissue(kind);
        }
        let own = cell_bits::cell_type(kind) as usize;
        let kernel = &kernels[world.tissues[tissue as usize].rows][own];
        if kernel.is_none() || !cell_bits::is(kind, Fate::Live) {
            continue;
        }
        let group = &mut waiting[own];
        group.cells[group.count] = cell;
        group.count += 1;
        if group.count == WIDTH {
            step(world, kernel, group, &mut chunk, identity);
        }
    }
    end(tissue, &mut waiting, &mut chunk);
}

/// One step of the cells that wait. With AVX2 the same operations, hence the same bits, take fewer instructions.
fn step(world: &World, kernel: &Option<Kernel>, group: &mut Waiting, chunk: &mut Chunk, identity: &[[u32; 4]]) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn by_avx2(
            world: &World,
            kernel: &Option<Kernel>,
            group: &mut Waiting,
            chunk: &mut Chunk,
            identity: &[[u32; 4]],
        ) {
            of_group(world, kernel, group, chunk, identity);
        }
        if is_x86_feature_detected!("avx2") {
            // This processor has the instructions.
            return unsafe { by_avx2(world, kernel, group, chunk, identity) };
        }
    }
    of_group(world, kernel, group, chunk, identity);
}

#[inline(always)]
fn of_group(world: &World, kernel: &Option<Kernel>, group: &mut Waiting, chunk: &mut Chunk, identity: &[[u32; 4]]) {
    let Some(kernel) = kernel else { return };
    let count = std::mem::take(&mut group.count);
    // Lanes without a cell of their own do as the first.
    let first = group.cells[0];
    group.cells[count..].fill(first);
    let cells = group.cells;
    let etas = Etas::of(Lanes::gather(bytemuck::cast_slice(chunk.variation), cells));
    let [met, occupancy_h, ..] = Lanes::gather(bytemuck::cast_slice(chunk.signal), cells);
    let own = variation_of(kernel.row, etas);
    let signals = kernel.signals(occupancy_h / kernel.step_h, met);
    let before = State::of([
        Lanes::gather(chunk.protein, cells),
        Lanes::gather(chunk.response, cells),
        Lanes::gather(chunk.programme, cells),
    ]);
    let after = after_step(kernel.row, own, before, signals, kernel.halves, kernel.step_h);
    let readout = readout_of(kernel.row, own, after, signals);
    // Cells of a group are of one tissue.
    let seed = world.seed(cell_bits::tissue(identity[first][2]));
    let random = draws(seed, cells.map(|cell| identity[cell]), world.population.tick, Purpose::Variation);
    let etas = kernel.motion.moved(etas, Etas::of(random));
    Lanes::scatter(etas.words(), bytemuck::cast_slice_mut(chunk.variation), cells, count);
    let [protein, response, programme] = after.packs();
    Lanes::scatter(protein, chunk.protein, cells, count);
    Lanes::scatter(response, chunk.response, cells, count);
    Lanes::scatter(programme, chunk.programme, cells, count);
    Lanes::scatter(readout.capacity(), chunk.capacity, cells, count);
    let signal = [met, Lanes::all(0.0), readout.division_per_h, readout.death_per_h];
    Lanes::scatter(signal, bytemuck::cast_slice_mut(chunk.signal), cells, count);
}

impl State {
    /// From the three packs that hold it.
    #[inline(always)]
    fn of([protein, response, programme]: [[Lanes; 4]; 3]) -> State {
        State {
            akt_activity: protein[0],
            translation_capacity_percent_per_h: protein[1],
            misfolded_percent: protein[2],
            aggregated_percent: protein[3],
            activation_chaperones: response[0],
            stress_chaperones: response[1],
            stimulation_history: response[2],
            exhaustion: response[3],
            exhaustion_lock: programme[0],
            stemness: programme[1],
            pd1: programme[2],
            effector_programme: programme[3],
        }
    }

    /// The three packs.
    #[inline(always)]
    fn packs(self) -> [[Lanes; 4]; 3] {
        [
            [
                self.akt_activity,
                self.translation_capacity_percent_per_h,
                self.misfolded_percent,
                self.aggregated_percent,
            ],
            [self.activation_chaperones, self.stress_chaperones, self.stimulation_history, self.exhaustion],
            [self.exhaustion_lock, self.stemness, self.pd1, self.effector_programme],
        ]
    }
}

impl Readout {
    /// The pack `capacity`.
    #[inline(always)]
    fn capacity(self) -> [Lanes; 4] {
        [self.translation_percent_per_h, self.proteotoxic_stress, self.cytokine_capacity, self.killing_capacity]
    }
}
