//! Stage `balance`: what goes in and out of the tissues' substrates, and what is there. Twin of `shaders/balance.wgsl`.
//!
//! After each solve, for every column of voxels along z (c the new concentration, dt the step, held voxels left out),
//! sums over its voxels give what flows in a minute:
//!
//! ```text
//! secreted  source
//! taken_up  loss c
//! decayed   decay c
//! supplied  Σ over fixed faces 2D/h² (value + drug − c) + Σ over held neighbours D/h² (value − c)
//! outflow   Σ over fixed faces 2D/h² c + Σ over held neighbours D/h² c, a part of supplied
//! gone      ((1 + θ/2)/dt + decay + loss) c + outflow
//! comes     secreted + Σ over fixed faces 2D/h² (value + drug) + Σ over held neighbours D/h² value + (1 + θ/2)/dt (c of the step before)
//! open      secreted + supplied − taken_up − decayed + θ/(2 dt) of what turned over in the step before − (1 + θ/2)/dt (c − c of it)
//! ```
//!
//! `open` is the residual of the voxels' equations but for the exchange with free neighbours, which cancels in the sum over a
//! tissue. A fixed number of cycles leaves a little of it. Since all of `gone` is proportional to the levels, the factor
//! f = 1 + Σ open / Σ gone on all levels of a tissue closes its sum exactly, and leaves levels positive: it is the correction by
//! one more coarse grid, whose only voxel is the tissue and whose shape is that of the levels themselves. It is 1 where the
//! equations are solved. Below 1/2 it is Σ comes / Σ gone, the same with other rounding: exactly 0 where nothing comes. What turned over in the step follows from the levels f c:
//!
//! ```text
//! (1 + θ/2) in the step = flow dt + θ/2 of that in the step before
//! ```
//!
//! The change of the content obeys the same recursion (see `fields`), so that in − out = change at any number of
//! cycles, up to rounding. How far the next step may be of second order (θ) follows from the last two levels, likewise. Sums
//! are taken in a fixed order.

use super::Fields;
use super::row::{BesideHeld, Shared, VoxelRow};
use super::smooth::LEAST_VOXELS;
use super::{Lanes, Level, Stencil};
use crate::device::compose::DEFAULT_WORKGROUP;
use bytemuck::{Pod, Zeroable};
use rayon::prelude::*;

/// A level above all others.
const MOST: f32 = 1e30;

/// Sums over a column, in levels × voxels. Twin of `Column` in `shaders/balance.wgsl`; a test compares their layouts.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct Column {
    /// Since the last report.
    pub secreted: Lanes,
    pub taken_up: Lanes,
    pub decayed: Lanes,
    pub supplied: Lanes,
    /// At the report: sum, number of voxels, least and largest level.
    pub content: Lanes,
    pub free: Lanes,
    pub least: Lanes,
    pub most: Lanes,
}

/// What turned over in a column in a step, in levels × voxels. Twin of `Flows` in `shaders/balance.wgsl`; a test compares
/// their layouts.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct Flows {
    pub secreted: Lanes,
    pub taken_up: Lanes,
    pub decayed: Lanes,
    pub supplied: Lanes,
    /// The largest θ that the column allows the next step; 0 before the first one.
    pub order: Lanes,
    /// The highest level, held voxels left out.
    pub most: Lanes,
}

impl Flows {
    /// What came in less what went out.
    fn net(&self) -> Lanes {
        (self.secreted + self.supplied) - (self.taken_up + self.decayed)
    }
}

/// What flows in a column in a minute, in levels × voxels/min. Twin of `PerMinute` in `shaders/balance.wgsl`; a test compares
/// their layouts.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct PerMinute {
    pub secreted: Lanes,
    pub taken_up: Lanes,
    pub decayed: Lanes,
    pub supplied: Lanes,
    pub outflow: Lanes,
    pub gone: Lanes,
    pub comes: Lanes,
    pub open: Lanes,
}

impl PerMinute {
    /// What turns over in a step by these flows, after a step in which so much did, once all levels have had a factor.
    fn in_step(&self, factor: Lanes, before: &Flows, stencil: &Stencil) -> Flows {
        let in_step = |per_min: Lanes, before: Lanes| per_min * stencil.flow_min + stencil.kept * before;
        let supplied = self.supplied - (factor - Lanes::all(1.0)) * self.outflow;
        Flows {
            secreted: in_step(self.secreted, before.secreted),
            taken_up: in_step(self.taken_up * factor, before.taken_up),
            decayed: in_step(self.decayed * factor, before.decayed),
            supplied: in_step(supplied, before.supplied),
            order: Lanes::all(1.0),
            most: Lanes::ZERO,
        }
    }
}

/// The factor on all levels of a block that closes the sum over its columns: in the order of a workgroup of the shader.
fn closing_factor(columns: &[PerMinute]) -> Lanes {
    let width = DEFAULT_WORKGROUP as usize;
    let mut sums = vec![[Lanes::ZERO; 3]; width];
    for (number, column) in columns.iter().enumerate() {
        let [open, gone, comes] = &mut sums[number % width];
        (*open, *gone, *comes) = (*open + column.open, *gone + column.gone, *comes + column.comes);
    }
    let mut reach = width / 2;
    while reach > 0 {
        for thread in 0..reach {
            sums[thread] = [0, 1, 2].map(|it| sums[thread][it] + sums[thread + reach][it]);
        }
        reach /= 2;
    }
    let [open, gone, comes] = sums[0];
    let (near_one, low) = (Lanes::all(1.0) + open / gone, (comes / gone).at_least_zero());
    let pick = |lane: usize| match gone.0[lane] > 0.0 {
        true if near_one.0[lane] < 0.5 => low.0[lane],
        true => near_one.0[lane],
        false => 1.0,
    };
    Lanes([pick(0), pick(1), pick(2), pick(3)])
}

/// The largest θ that leaves a level's right side half of it or more; 1 where it was a trace before.
#[inline(always)]
fn largest_order(c: Lanes, before: Lanes, trace: Lanes) -> Lanes {
    let extrapolated = c + (c - before);
    let limit = c / (Lanes::ZERO - extrapolated);
    let falls = |lane: usize| extrapolated.0[lane] < 0.0 && before.0[lane] > trace.0[lane];
    let pick = |lane: usize| if falls(lane) { limit.0[lane] } else { 1.0 };
    Lanes([pick(0), pick(1), pick(2), pick(3)])
}

impl Fields {
    /// Closes the sums of the last solve, and adds up what it brought.
    pub fn turn_over(&mut self) {
        self.add_up();
        let columns = self.per_minute.len() / self.hierarchy.blocks.max(1);
        let factors: Vec<Lanes> = self.per_minute.chunks(columns.max(1)).map(closing_factor).collect();
        self.close(&factors);
    }

    /// What flows in each column in a minute.
    fn add_up(&mut self) {
        let level = self.hierarchy.levels[0];
        let [nx, ny, nz] = level.counts();
        let values: &[Lanes] = bytemuck::cast_slice(&self.concentration);
        let (loss, source): (&[Lanes], &[Lanes]) =
            (bytemuck::cast_slice(&self.loss), bytemuck::cast_slice(&self.source));
        let previous: &[Lanes] = bytemuck::cast_slice(&self.previous);
        let (stencils, has_held) = (self.fine_stencils().to_vec(), self.has_held());
        let drug_levels: &[Lanes] = bytemuck::cast_slice(&self.drug_levels);
        let columns = self.per_minute.par_chunks_mut(nx).zip(self.flows.par_chunks(nx)).enumerate();
        columns.with_min_len(LEAST_VOXELS.div_ceil(nx * nz)).for_each(|(number, (columns, before))| {
            let (y, block) = (number % ny, number / ny);
            let stencil = &stencils[block];
            columns.fill(PerMinute::default());
            for z in 0..nz {
                let row = VoxelRow::new(&level, &stencils, (block * nz + z) * ny + y);
                for (x, now) in columns.iter_mut().enumerate() {
                    let place = row.start + x;
                    let (c, loss_here) = (values[place], loss[place]);
                    let add = |sum: &mut Lanes, per_min: Lanes| {
                        *sum = *sum + per_min.where_free(loss_here, Lanes::ZERO);
                    };
                    let faces = Faces::new(&level, stencil, [x, y, z]);
                    let outflow = faces.fixed * c;
                    let gone = (stencil.base + loss_here) * c + outflow;
                    let inflow = faces.inflow(c - drug_levels[block]);
                    let held = if has_held { row.beside_held(values, loss, x) } else { BesideHeld::default() };
                    let to_held = held.coupling * c;
                    let comes = (source[place] + stencil.rate * previous[place]) + faces.fixed * drug_levels[block];
                    add(&mut now.secreted, source[place]);
                    add(&mut now.taken_up, loss_here * c);
                    add(&mut now.decayed, stencil.decay * c);
                    add(&mut now.supplied, inflow + held.inflow);
                    add(&mut now.outflow, outflow + to_held);
                    add(&mut now.gone, gone + to_held);
                    add(&mut now.comes, (comes + faces.source) + held.comes);
                    add(&mut now.open, stencil.rate * (previous[place] - c));
                }
            }
            for (now, before) in columns.iter_mut().zip(before) {
                let flow = (now.secreted + now.supplied) - (now.taken_up + now.decayed);
                let carried = stencil.carry * before.net();
                now.open = (flow + now.open) + carried;
                now.comes = now.comes + carried;
            }
        });
    }

    /// Gives all levels their block's factor, and adds up what turned over in the step.
    fn close(&mut self, factors: &[Lanes]) {
        let level = self.hierarchy.levels[0];
        let [nx, ny, nz] = level.counts();
        let stencils = self.fine_stencils().to_vec();
        let fine = self.previous.len();
        let values: &mut [Lanes] = bytemuck::cast_slice_mut(&mut self.concentration[..fine]);
        let (loss, previous): (&[Lanes], &[Lanes]) =
            (bytemuck::cast_slice(&self.loss), bytemuck::cast_slice(&self.previous));
        let values = Shared::new(values);
        let columns =
            self.turnover.par_chunks_mut(nx).zip(self.flows.par_chunks_mut(nx)).zip(self.per_minute.par_chunks(nx));
        columns.enumerate().with_min_len(LEAST_VOXELS.div_ceil(nx * nz)).for_each(
            |(number, ((columns, flows), per_minute))| {
                let (y, block) = (number % ny, number / ny);
                let (stencil, factor) = (&stencils[block], factors[block]);
                for ((column, flows), now) in columns.iter_mut().zip(flows.iter_mut()).zip(per_minute) {
                    *flows = now.in_step(factor, flows, stencil);
                    column.secreted = column.secreted + flows.secreted;
                    column.taken_up = column.taken_up + flows.taken_up;
                    column.decayed = column.decayed + flows.decayed;
                    column.supplied = column.supplied + flows.supplied;
                }
                for z in 0..nz {
                    for (x, flows) in flows.iter_mut().enumerate() {
                        let place = ((block * nz + z) * ny + y) * nx + x;
                        // SAFETY: the place is inside, and a column is nobody else's.
                        let c = unsafe { values.get(place) };
                        let closed = (c * factor).without_less(stencil.least).where_free(loss[place], c);
                        // SAFETY: likewise.
                        unsafe { values.set(place, closed) };
                        flows.order = flows.order.min(largest_order(closed, previous[place], stencil.trace));
                        flows.most = flows.most.max(closed.where_free(loss[place], Lanes::ZERO));
                    }
                }
            },
        );
    }

    /// Sums for each block and x, over y and z; what turned over counts from here again.
    pub fn take_stock(&mut self) -> Vec<Column> {
        let level = self.hierarchy.levels[0];
        let [nx, ny, nz] = level.counts();
        let values: &[Lanes] = bytemuck::cast_slice(&self.concentration);
        let loss: &[Lanes] = bytemuck::cast_slice(&self.loss);
        let mut sums = vec![NOTHING; self.hierarchy.blocks * nx];
        for (block, sums) in sums.chunks_mut(nx).enumerate() {
            for y in 0..ny {
                for (x, sum) in sums.iter_mut().enumerate() {
                    let column = &mut self.turnover[(block * ny + y) * nx + x];
                    let mut own = Column { content: Lanes::ZERO, free: Lanes::ZERO, ..NOTHING };
                    for z in 0..nz {
                        let place = ((block * nz + z) * ny + y) * nx + x;
                        own.see(values[place], loss[place]);
                    }
                    let seen =
                        Column { content: own.content, free: own.free, least: own.least, most: own.most, ..*column };
                    sum.add(&seen);
                    *column = Column::default();
                }
            }
        }
        sums
    }
}

const NOTHING: Column = Column {
    secreted: Lanes::ZERO,
    taken_up: Lanes::ZERO,
    decayed: Lanes::ZERO,
    supplied: Lanes::ZERO,
    content: Lanes::ZERO,
    free: Lanes::ZERO,
    least: Lanes::all(MOST),
    most: Lanes::ZERO,
};

impl Column {
    fn see(&mut self, c: Lanes, loss: Lanes) {
        self.content = self.content + c.where_free(loss, Lanes::ZERO);
        self.free = self.free + Lanes::all(1.0).where_free(loss, Lanes::ZERO);
        self.least = self.least.min(c.where_free(loss, Lanes::all(MOST)));
        self.most = self.most.max(c.where_free(loss, Lanes::ZERO));
    }

    fn add(&mut self, other: &Column) {
        self.secreted = self.secreted + other.secreted;
        self.taken_up = self.taken_up + other.taken_up;
        self.decayed = self.decayed + other.decayed;
        self.supplied = self.supplied + other.supplied;
        self.content = self.content + other.content;
        self.free = self.free + other.free;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }
}

/// The fixed faces of a voxel: what comes in through them, and the coupling to them.
struct Faces {
    source: Lanes,
    fixed: Lanes,
}

impl Faces {
    #[inline(always)]
    fn new(level: &Level, stencil: &Stencil, at: [usize; 3]) -> Faces {
        let mut faces = Faces { source: Lanes::ZERO, fixed: Lanes::ZERO };
        let mut add = |source: Lanes, fixed: Lanes| {
            (faces.source, faces.fixed) = (faces.source + source, faces.fixed + fixed);
        };
        for (axis, stencil) in stencil.axes.iter().enumerate() {
            if at[axis] == 0 {
                add(stencil.source_low, stencil.fixed_low);
            }
            if at[axis] + 1 == level.axes[axis].count as usize {
                add(stencil.source_high, stencil.fixed_high);
            }
        }
        faces
    }

    /// What comes through them, in levels/min; c less what drugs add at the boundary.
    #[inline(always)]
    fn inflow(&self, c: Lanes) -> Lanes {
        self.source - self.fixed * c
    }
}
