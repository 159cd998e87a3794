//! Stage `diffusion`: diffusion, decay, and exchange with cells, unsplit and implicit. Twin of `shaders/diffusion.wgsl`.
//!
//! In each voxel, with c⁻, c and c' the concentrations before the last step, before this one and after it (central
//! differences, second order in space):
//!
//! ```text
//! ((1 + θ/2)/dt + decay + loss − D ∇²) c' = ((1 + θ/2) c + θ/2 (c − c⁻))/dt + source
//! θ = min(1, min over voxels with 2 c − c⁻ < 0 of c/(c⁻ − 2 c)), c⁻ more than a millionth of the highest level
//! ```
//!
//! With θ = 1 these are the differences of three levels, of second order in time, with θ = 0 backward Euler's step, of
//! first order. The first step has θ = 0, as have all steps of a substrate that settles within a third of one (see
//! `Substrate::has_second_order`). Else θ is the most that leaves every right side c/2 or more: where levels fall to less than
//! half in a step, carrying that on would take out more than there is. (Traces do not count in that: their right sides are 0 at least.) Each substrate of
//! each tissue has its own θ, which stage `balance` finds after the step before.
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | D | `diffusion_um2_per_min` | um²/min | diffusion coefficient | scenario |
//! | decay | `decay_per_min` | 1/min | first-order decay | scenario |
//! | source | `source` | concentration/min | S ρ f of cells that secrete at rate S toward ρ | cells |
//! | loss | `loss` | 1/min | (S + U) f of cells that secrete or take up (f: volume of cell / of voxel) | cells |
//!
//! The law of secretion and uptake is BioFVM's (Ghaffarizadeh et al., Bioinformatics 2016, 32:1256). Without 1/dt the
//! equation is that of the steady state (quasi-steady substrates). Nothing is split by axis: the steady state of a
//! split scheme is wrong at steps that are large for decay and uptake. Both schemes damp what is fast at any length of
//! step; no linear scheme of second order keeps levels from becoming negative at any length (Bolley and Crouzeix, RAIRO Anal
//! Numér 1978, 12:237), hence θ. Changes δ' = c' − c obey (1 + θ/2) δ' = F' dt + θ/2 δ, F' what flows after the step: summed up
//! over the tissue, what came and went is what changed, at any θ. What begins in the midst of a run comes half a step late.
//!
//! Solved by geometric multigrid from c + θ (c − c⁻) on: each V-cycle smooths once before and once after the coarse
//! correction, on every grid. The number of cycles is fixed (see `Cycles`), so that results do not depend on threads or luck.
//! Every value is the result of a smoothing, which adds and divides numbers that are not negative: concentrations are
//! nowhere negative, at any step and after any number of cycles. What the cycles leave of the sum of all equations, stage
//! `balance` closes by a factor on all levels of a tissue.

pub mod balance;
pub mod device;
mod hierarchy;
mod lanes;
pub mod row;
pub mod smooth;
mod stencil;
mod transfer;

pub use hierarchy::{Axis, Hierarchy, Level};
pub use lanes::{HELD_PER_MIN, Lanes};
pub use stencil::{AxisStencil, Stencil};

use crate::plan::domain::minutes;
use crate::plan::{Plan, SubstrateBoundary, Substrates};
use balance::{Column, Flows, PerMinute};

/// Concentrations of a batch of tissues, and what they are solved from.
pub struct Fields {
    /// On all grids, the finest first: see `Substrates::place`.
    pub concentration: Vec<[f32; 4]>,
    /// Concentrations before the last step.
    pub previous: Vec<[f32; 4]>,
    /// What cells bring, in concentration/min.
    pub source: Vec<[f32; 4]>,
    /// What cells take up, in 1/min, on all grids; `HELD_PER_MIN` in held voxels.
    pub loss: Vec<[f32; 4]>,
    /// Sources and concentrations before the step, on all grids.
    pub right_side: Vec<[f32; 4]>,
    /// What drugs add to the levels at the boundary, of each block.
    pub drug_levels: Vec<[f32; 4]>,
    /// What turned over in each column since the last report: see `fields::balance`.
    pub turnover: Vec<Column>,
    /// What turned over in each column in the last step.
    pub flows: Vec<Flows>,
    /// What flows in each column by the last solve.
    pub per_minute: Vec<PerMinute>,
    pub hierarchy: Hierarchy,
    /// Of each level and block, as in the last step.
    stencils: Vec<Stencil>,
    has_held: bool,
}

/// A buffer of the substrates that outlives a step: a checkpoint holds these and no other.
pub struct Kept {
    /// Name of the buffer on a device.
    pub name: &'static str,
    /// Its words for one tissue. Of a batch it has blocks of equal size, group by group and in each tissue by tissue.
    pub words_per_tissue: fn(&Substrates) -> usize,
    /// The same on the CPU.
    pub words: fn(&mut Fields) -> &mut [u32],
}

/// All of them. Coarse grids, right sides and exchanges are made anew in each step.
pub const KEPT: &[Kept] = &[
    Kept {
        name: "concentration",
        words_per_tissue: |it| 4 * it.groups() * it.grid.voxel_count(),
        words: |it| bytemuck::cast_slice_mut(&mut it.concentration[..it.source.len()]),
    },
    Kept {
        name: "previous",
        words_per_tissue: |it| 4 * it.groups() * it.grid.voxel_count(),
        words: |it| bytemuck::cast_slice_mut(&mut it.previous),
    },
    Kept {
        name: "turnover",
        words_per_tissue: |it| size_of::<Column>() / 4 * column_count(it, 1),
        words: |it| bytemuck::cast_slice_mut(&mut it.turnover),
    },
    Kept {
        name: "flows",
        words_per_tissue: |it| size_of::<Flows>() / 4 * column_count(it, 1),
        words: |it| bytemuck::cast_slice_mut(&mut it.flows),
    },
];

/// Whether any substrate is held somewhere.
pub fn has_held(substrates: &Substrates) -> bool {
    substrates.list.iter().any(|it| matches!(it.boundary, SubstrateBoundary::Held { .. }))
}

/// Bytes of one tissue's fields, and of the largest of their buffers: five buffers of levels, three of them with all
/// grids; the lists of cells; the balance.
pub fn bytes_per_tissue(substrates: &Substrates) -> [u64; 2] {
    let hierarchy = Hierarchy::new(substrates, 1);
    let levels = 16 * (3 * hierarchy.elements() + 2 * hierarchy.fine_elements());
    let columns = (size_of::<Column>() + size_of::<Flows>() + size_of::<PerMinute>()) * column_count(substrates, 1);
    // And the factor of each block that closes its balance.
    let drug_levels = 16 * substrates.groups() * (2 + device::STAGED_LEVELS);
    let all = levels + 4 * substrates.grid.voxel_count() + columns + drug_levels;
    [all as u64, 16 * hierarchy.elements() as u64]
}

/// Bytes of one tissue's buffers that outlive a step.
pub fn kept_bytes_per_tissue(substrates: &Substrates) -> u64 {
    KEPT.iter().map(|it| 4 * (it.words_per_tissue)(substrates) as u64).sum()
}

/// Columns of voxels along z.
pub fn column_count(substrates: &Substrates, tissues: usize) -> usize {
    let [nx, ny, _] = substrates.grid.voxels;
    substrates.groups() * tissues * (nx * ny) as usize
}

/// Concentrations and losses at the start, on all grids; held voxels have their value from the start. `stencils` are of each
/// block.
pub fn initial(substrates: &Substrates, hierarchy: &Hierarchy, stencils: &[Stencil]) -> [Vec<[f32; 4]>; 2] {
    let mut values = vec![[0.0; 4]; hierarchy.elements()];
    let mut loss = values.clone();
    let each = hierarchy.fine_elements() / substrates.groups().max(1);
    for (number, it) in substrates.list.iter().enumerate() {
        values[number / 4 * each..][..each].iter_mut().for_each(|value| value[number % 4] = it.initial);
    }
    if has_held(substrates) {
        let level = &hierarchy.levels[0];
        let [nx, ny, nz] = level.counts();
        for (place, (value, loss)) in values.iter_mut().zip(&mut loss).take(hierarchy.fine_elements()).enumerate() {
            let stencil = &stencils[place / level.voxels()];
            let is_held = held(level, stencil, [place % nx, place / nx % ny, place / nx / ny % nz]);
            for lane in (0..4).filter(|&lane| is_held[lane]) {
                (value[lane], loss[lane]) = (stencil.held.0[lane], HELD_PER_MIN);
            }
        }
    }
    [values, loss]
}

/// For which lanes a voxel of the finest grid is held.
#[inline(always)]
fn held(level: &Level, stencil: &Stencil, at: [usize; 3]) -> [bool; 4] {
    let counts = level.counts();
    let from_middle = |axis: usize| {
        let n = counts[axis];
        (at[axis] as f32 + (0.5 - 0.5 * n as f32)) * level.axes[axis].width_um as f32
    };
    let [x_um, y_um, z_um] = [from_middle(0), from_middle(1), from_middle(2)];
    let distance_um2 = x_um * x_um + y_um * y_um + z_um * z_um;
    stencil.beyond_um2.0.map(|beyond_um2| distance_um2 > beyond_um2)
}

impl Fields {
    /// Fields at the start of a plan with substrates.
    pub fn new(plan: &Plan, tissues: usize) -> Option<Fields> {
        let substrates = plan.substrates.as_ref()?;
        Some(Fields::with_step(substrates, tissues, minutes(plan.clocks.substrates_ticks)))
    }

    /// Fields at the start, solved in steps of so many minutes.
    pub fn with_step(substrates: &Substrates, tissues: usize, step_min: f64) -> Fields {
        let hierarchy = Hierarchy::new(substrates, tissues);
        let zeros = |count: usize| vec![[0.0; 4]; count];
        let stencils = stencil::table(substrates, &hierarchy, step_min);
        let [concentration, loss] = initial(substrates, &hierarchy, &stencils);
        Fields {
            previous: concentration[..hierarchy.fine_elements()].to_vec(),
            concentration,
            source: zeros(hierarchy.fine_elements()),
            loss,
            right_side: zeros(hierarchy.elements()),
            drug_levels: zeros(hierarchy.blocks),
            turnover: vec![Column::default(); column_count(substrates, tissues)],
            flows: vec![Flows::default(); column_count(substrates, tissues)],
            per_minute: vec![PerMinute::default(); column_count(substrates, tissues)],
            stencils,
            has_held: has_held(substrates),
            hierarchy,
        }
    }

    /// Whether any substrate is held somewhere.
    pub fn has_held(&self) -> bool {
        self.has_held
    }

    /// Starts anew from levels.
    pub fn set_levels(&mut self, levels: &[[f32; 4]]) {
        self.concentration[..levels.len()].copy_from_slice(levels);
        self.previous.copy_from_slice(levels);
        self.flows.fill(Flows::default());
    }

    /// The stencils of the last step on the finest grid, of each block.
    pub fn fine_stencils(&self) -> &[Stencil] {
        &self.stencils[..self.hierarchy.blocks]
    }

    /// Lets each substrate's step be of the order that its last one allows.
    fn set_orders(&mut self) {
        let blocks = self.hierarchy.blocks;
        let columns = self.flows.len() / blocks.max(1);
        for (block, flows) in self.flows.chunks(columns.max(1)).enumerate() {
            let limit = flows.iter().fold(Lanes::all(1.0), |least, column| least.min(column.order));
            let most = flows.iter().fold(Lanes::ZERO, |most, column| most.max(column.most));
            self.stencils.iter_mut().skip(block).step_by(blocks).for_each(|it| *it = it.with_order(limit, most));
        }
    }

    /// Solves one step in so many cycles.
    pub fn solve(&mut self, cycles: u32) {
        self.set_orders();
        let (blocks, held) = (self.hierarchy.blocks, self.has_held);
        let levels = &self.hierarchy.levels;
        let values: &mut [Lanes] = bytemuck::cast_slice_mut(&mut self.concentration);
        let previous: &mut [Lanes] = bytemuck::cast_slice_mut(&mut self.previous);
        let right_side: &mut [Lanes] = bytemuck::cast_slice_mut(&mut self.right_side);
        let loss: &mut [Lanes] = bytemuck::cast_slice_mut(&mut self.loss);
        let stencils = |level: usize| &self.stencils[level * blocks..][..blocks];
        let given =
            Given { source: bytemuck::cast_slice(&self.source), drug_levels: bytemuck::cast_slice(&self.drug_levels) };
        assemble(&levels[0], stencils(0), [values, previous], right_side, loss, given);
        for (number, pair) in levels.windows(2).enumerate() {
            transfer::coarsen_loss(&pair[0], &pair[1], stencils(number), loss, held);
        }
        for _ in 0..cycles {
            for (number, pair) in levels.windows(2).enumerate() {
                let rows = stencils(number);
                smooth::smooth(&pair[0], rows, values, right_side, loss);
                transfer::restrict_residual(&pair[0], &pair[1], rows, values, right_side, loss);
            }
            let last = levels.len() - 1;
            smooth::smooth(&levels[last], stencils(last), values, right_side, loss);
            for (number, pair) in levels.windows(2).enumerate().rev() {
                let rows = stencils(number);
                transfer::correct(&pair[0], &pair[1], rows, values, loss, held);
                smooth::smooth(&pair[0], rows, values, right_side, loss);
            }
        }
    }
}

/// What comes in from outside.
#[derive(Clone, Copy)]
struct Given<'a> {
    source: &'a [Lanes],
    drug_levels: &'a [Lanes],
}

/// Right sides of the finest grid, and first guesses; held voxels get their value.
fn assemble(
    level: &Level,
    stencils: &[Stencil],
    [values, previous]: [&mut [Lanes]; 2],
    right_side: &mut [Lanes],
    loss: &mut [Lanes],
    Given { source, drug_levels }: Given<'_>,
) {
    use rayon::prelude::*;
    let [nx, ny, nz] = level.counts();
    let end = source.len();
    let rows = values[..end].par_chunks_mut(nx).zip(previous.par_chunks_mut(nx));
    let rows = rows.zip(right_side[..end].par_chunks_mut(nx));
    let rows = rows.zip(loss[..end].par_chunks_mut(nx)).zip(source.par_chunks(nx));
    rows.with_min_len(smooth::LEAST_VOXELS.div_ceil(nx)).enumerate().for_each(
        |(row, ((((values, previous), right), loss), source))| {
            let (y, z, block) = (row % ny, row / ny % nz, row / ny / nz);
            let stencil = &stencils[block];
            let has_held = stencil.beyond_um2 != Lanes::all(f32::MAX);
            let [along_x, along_y, along_z] = &stencil.axes;
            let drug = drug_levels[block];
            let low = |along: &AxisStencil| along.source_low + along.fixed_low * drug;
            let high = |along: &AxisStencil| along.source_high + along.fixed_high * drug;
            let at_end = |is: bool, source: Lanes| if is { source } else { Lanes::ZERO };
            let across = [
                at_end(y == 0, low(along_y)),
                at_end(y + 1 == ny, high(along_y)),
                at_end(z == 0, low(along_z)),
                at_end(z + 1 == nz, high(along_z)),
            ];
            let held_level = stencil.held + drug;
            for x in 0..nx {
                let (c, change) = (values[x], values[x] - previous[x]);
                let mut sum = (source[x] + stencil.rate * c) + stencil.carry * change;
                sum = (sum + at_end(x == 0, low(along_x))) + at_end(x + 1 == nx, high(along_x));
                sum = across.iter().fold(sum, |sum, &source| sum + source);
                values[x] = (c + stencil.order * change).at_least_zero();
                if has_held {
                    let is_held = held(level, stencil, [x, y, z]);
                    for lane in (0..4).filter(|&lane| is_held[lane]) {
                        loss[x].0[lane] = HELD_PER_MIN;
                        values[x].0[lane] = held_level.0[lane];
                        sum.0[lane] = HELD_PER_MIN * held_level.0[lane];
                    }
                }
                right[x] = sum.at_least_zero();
                previous[x] = c;
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Cycles, Grid, Substrate};
    use crate::scenario::levels::LevelKind;

    /// What the solver allocates for a batch, the lists of cells and what only a device needs counted with it.
    fn allocated(substrates: &Substrates, tissues: usize) -> usize {
        let fields = Fields::with_step(substrates, tissues, 0.1);
        let Fields { concentration, previous, source, loss, right_side, drug_levels, .. } = &fields;
        let levels = [concentration, previous, source, loss, right_side, drug_levels];
        let lists = 4 * tissues * substrates.grid.voxel_count();
        let staged = size_of_val(fields.drug_levels.as_slice()) * device::STAGED_LEVELS;
        let of_levels: usize = levels.iter().map(|it| size_of_val(it.as_slice())).sum();
        let balance = size_of_val(fields.turnover.as_slice()) + size_of_val(fields.flows.as_slice());
        let closing = size_of_val(fields.per_minute.as_slice()) + size_of_val(fields.drug_levels.as_slice());
        of_levels + balance + closing + lists + staged
    }

    #[test]
    fn what_is_allocated_is_what_was_predicted() {
        let substrate = Substrate {
            name: "any".into(),
            kind: LevelKind::Number,
            diffusion_um2_per_min: 1.0,
            decay_per_min: 0.0,
            initial: 0.0,
            highest_given: 1.0,
            is_quasi_steady: false,
            settling_per_min: 0.0,
            boundary: SubstrateBoundary::NoFlux,
        };
        for (voxels, count) in [([32, 32, 32], 4), ([31, 17, 9], 5), ([40, 30, 1], 1), ([7, 1, 1], 9)] {
            let grid = Grid { voxels, voxel_um: [20.0; 3] };
            let substrates = Substrates { grid, cycles: Cycles::always(1), list: vec![substrate.clone(); count] };
            let [predicted, largest] = bytes_per_tissue(&substrates);
            for tissues in [1, 3] {
                assert_eq!(allocated(&substrates, tissues) as u64, tissues as u64 * predicted, "{voxels:?} {count}");
            }
            let fields = Fields::with_step(&substrates, 1, 0.1);
            assert_eq!(size_of_val(fields.concentration.as_slice()) as u64, largest);
            let mut fields = Fields::with_step(&substrates, 3, 0.1);
            let kept: usize = KEPT.iter().map(|it| size_of_val((it.words)(&mut fields))).sum();
            assert_eq!(kept as u64, 3 * kept_bytes_per_tissue(&substrates));
        }
    }
}
