//! Stage `balance`: what goes in and out of the tissues' substrates, and what is there. Twin of `shaders/balance.wgsl`.
//!
//! After each solve, for every column of voxels along z (c the new concentration, dt the step, held voxels left out),
//! sums over its voxels give what flows in a minute, and what turned over in the step follows from it:
//!
//! ```text
//! secreted  source
//! taken_up  loss c
//! decayed   decay c
//! supplied  Σ over fixed faces 2D/h² (value + drug − c) + Σ over held neighbours D/h² (value − c)
//!
//! (1 + θ/2) in the step = flow dt + θ/2 of that in the step before
//! ```
//!
//! How far the next step may be of second order (θ) follows from the last two levels: see `steps::diffusion`. The change of
//! the content obeys the same recursion (see `steps::diffusion`), so that in − out = change, up to what a
//! fixed number of cycles leaves unsolved; the ledger holds the difference. Sums are taken in a fixed order.

use super::diffusion::Fields;
use super::diffusion::row::Row;
use super::diffusion::smooth::LEAST_VOXELS;
use super::diffusion::{Lanes, Level, Stencil};
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
    /// What turns over in a step, after one in which so much did.
    fn in_step(&self, before: &Flows, stencil: &Stencil) -> Flows {
        let in_step = |per_min: Lanes, before: Lanes| per_min * stencil.flow_min + stencil.kept * before;
        Flows {
            secreted: in_step(self.secreted, before.secreted),
            taken_up: in_step(self.taken_up, before.taken_up),
            decayed: in_step(self.decayed, before.decayed),
            supplied: in_step(self.supplied, before.supplied),
            order: self.order,
            most: self.most,
        }
    }
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
    /// Adds up what the last solve brought.
    pub fn turn_over(&mut self) {
        let level = self.hierarchy.levels[0];
        let [nx, ny, nz] = level.counts();
        let values: &[Lanes] = bytemuck::cast_slice(&self.concentration);
        let (loss, source): (&[Lanes], &[Lanes]) =
            (bytemuck::cast_slice(&self.loss), bytemuck::cast_slice(&self.source));
        let previous: &[Lanes] = bytemuck::cast_slice(&self.previous);
        let (stencils, has_held) = (self.fine_stencils().to_vec(), self.has_held());
        let drug_levels: &[Lanes] = bytemuck::cast_slice(&self.drug_levels);
        let columns = self.turnover.par_chunks_mut(nx).zip(self.flows.par_chunks_mut(nx));
        columns.enumerate().with_min_len(LEAST_VOXELS.div_ceil(nx * nz)).for_each(|(number, (columns, flows))| {
            let (y, block) = (number % ny, number / ny);
            let stencil = &stencils[block];
            let mut sums = vec![Flows { order: Lanes::all(1.0), ..Flows::default() }; nx];
            for z in 0..nz {
                let row = Row::new(&level, &stencils, (block * nz + z) * ny + y);
                for (x, now) in sums.iter_mut().enumerate() {
                    let place = row.start + x;
                    let c = values[place];
                    let add = |sum: &mut Lanes, per_min: Lanes| {
                        *sum = *sum + per_min.where_free(loss[place], Lanes::ZERO);
                    };
                    add(&mut now.secreted, source[place]);
                    add(&mut now.taken_up, loss[place] * c);
                    add(&mut now.decayed, stencil.decay * c);
                    let mut inflow = from_faces(&level, stencil, [x, y, z], c - drug_levels[block]);
                    if has_held {
                        inflow = inflow + row.from_held(values, loss, x);
                    }
                    add(&mut now.supplied, inflow);
                    now.order = now.order.min(largest_order(c, previous[place], stencil.trace));
                    now.most = now.most.max(c.where_free(loss[place], Lanes::ZERO));
                }
            }
            for ((column, flows), now) in columns.iter_mut().zip(flows).zip(&sums) {
                *flows = now.in_step(flows, stencil);
                column.secreted = column.secreted + flows.secreted;
                column.taken_up = column.taken_up + flows.taken_up;
                column.decayed = column.decayed + flows.decayed;
                column.supplied = column.supplied + flows.supplied;
            }
        });
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

/// What comes through fixed faces, in levels/min; c less what drugs add at the boundary.
fn from_faces(level: &Level, stencil: &Stencil, at: [usize; 3], c: Lanes) -> Lanes {
    let counts = level.counts();
    let mut sum = Lanes::ZERO;
    for axis in 0..3 {
        let faces = &stencil.axes[axis];
        if at[axis] == 0 {
            sum = sum + (faces.source_low - faces.fixed_low * c);
        }
        if at[axis] + 1 == counts[axis] {
            sum = sum + (faces.source_high - faces.fixed_high * c);
        }
    }
    sum
}
