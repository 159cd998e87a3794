//! Buffers and dispatches of the solver on a device: one dispatch for each operation, grid and colour.

use super::balance::{Column, Flows, PerMinute};
use super::column_count;
use super::hierarchy::{Hierarchy, Level};
use crate::device::compose::DEFAULT_WORKGROUP;
use crate::device::{Buffers, Gpu, Role};
use crate::error::Result;
use crate::plan::domain::minutes;
use crate::plan::substrates::Cycles;
use crate::plan::{Plan, Substrates};
use bytemuck::{Pod, Zeroable};

/// How often drugs may change the levels at the boundaries within a submission.
pub const STAGED_LEVELS: usize = 64;

/// What a dispatch works on. Twin of `Sweep` in `shaders/shared/substrates.wgsl`; a test compares their layouts.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
pub struct Sweep {
    pub counts: [u32; 4],
    pub coarse: [u32; 4],
    pub is_halved: [u32; 4],
    pub is_joined: [u32; 4],
    pub has_seam: [u32; 4],
    pub first_share: [f32; 4],
    pub second_share: [f32; 4],
    pub width_um: [f32; 4],
    pub offset: u32,
    pub coarse_offset: u32,
    pub blocks: u32,
    pub levels: u32,
    pub table: u32,
    pub colour: u32,
    pub colours: u32,
    pub step: u32,
}

/// One dispatch: kernel, entry point, name of its uniform, invocations.
#[derive(Clone, Debug)]
pub struct SweepRow {
    pub kernel: &'static str,
    pub entry: &'static str,
    pub uniform: String,
    pub invocations: u32,
}

/// All dispatches of a solve: some once, the others in each cycle.
#[derive(Clone, Debug, Default)]
pub struct Sweeps {
    pub once: Vec<SweepRow>,
    pub each_cycle: Vec<SweepRow>,
    pub cycles: Option<Cycles>,
    /// After each solve, and at each report: see `fields::balance`.
    pub balance: Vec<SweepRow>,
    pub report: Vec<SweepRow>,
    /// Elements of `concentration` that are the finest grid's.
    pub fine_elements: usize,
    /// Bytes of `flows`.
    pub flow_bytes: usize,
    /// Elements of `field_sums`.
    pub row_sums: usize,
}

impl Sweeps {
    /// Dispatches of a solve and its balance.
    pub fn dispatches(&self) -> usize {
        self.once.len()
            + self.cycles.map_or(0, |it| it.at_start.max(it.later)) as usize * self.each_cycle.len()
            + self.balance.len()
    }
}

/// Uniforms of a hierarchy: (name, contents).
struct Uniforms<'a> {
    hierarchy: &'a Hierarchy,
    made: Vec<(String, Sweep)>,
}

fn four<T: Copy + Default>(values: [T; 3]) -> [T; 4] {
    [values[0], values[1], values[2], T::default()]
}

fn counts(level: &Level) -> [u32; 4] {
    let [x, y, z] = level.axes.map(|axis| axis.count);
    [x, y, z, x * y * z]
}

impl Uniforms<'_> {
    /// The dispatch of an entry point on a level, for a colour and a step along x.
    fn row(&mut self, entry: &'static str, number: usize, colour: u32, step: u32) -> SweepRow {
        let level = &self.hierarchy.levels[number];
        let coarse = self.hierarchy.levels.get(number + 1).unwrap_or(level);
        let uniform = format!("sweep_{number}_{colour}_{step}");
        if !self.made.iter().any(|(name, _)| *name == uniform) {
            let blocks = self.hierarchy.blocks;
            let sweep = Sweep {
                counts: counts(level),
                coarse: counts(coarse),
                is_halved: four(level.axes.map(|axis| u32::from(axis.is_halved))),
                is_joined: four(level.axes.map(|axis| u32::from(axis.is_joined))),
                has_seam: four(level.axes.map(|axis| u32::from(axis.has_seam()))),
                first_share: four(level.axes.map(|axis| axis.last_shares()[0])),
                second_share: four(level.axes.map(|axis| axis.last_shares()[1])),
                width_um: four(level.axes.map(|axis| axis.width_um as f32)),
                offset: level.offset as u32,
                coarse_offset: coarse.offset as u32,
                blocks: blocks as u32,
                levels: self.hierarchy.levels.len() as u32,
                table: (number * blocks) as u32,
                colour,
                colours: level.colours() as u32,
                step,
            };
            self.made.push((uniform.clone(), sweep));
        }
        let [nx, ny, nz] = level.counts();
        let voxels = match entry {
            "restrict_residual" | "coarsen_loss" => coarse.voxels(),
            _ => nx.div_ceil(step as usize) * ny * nz,
        };
        SweepRow { kernel: "diffusion", entry, uniform, invocations: (self.hierarchy.blocks * voxels) as u32 }
    }

    /// A dispatch of the balance, which works on the finest grid.
    fn balance(&mut self, entry: &'static str, invocations: usize) -> SweepRow {
        SweepRow { kernel: "balance", invocations: invocations as u32, ..self.row(entry, 0, 0, 1) }
    }

    fn smooth(&mut self, number: usize) -> Vec<SweepRow> {
        let colours = self.hierarchy.levels[number].colours() as u32;
        (0..colours).map(|colour| self.row("smooth_colour", number, colour, 2)).collect()
    }

    fn cycle(&mut self) -> Vec<SweepRow> {
        let last = self.hierarchy.levels.len() - 1;
        let mut rows = Vec::new();
        for number in 0..last {
            rows.extend(self.smooth(number));
            rows.push(self.row("restrict_residual", number, 0, 1));
        }
        rows.extend(self.smooth(last));
        for number in (0..last).rev() {
            // With two colours, those that are not smoothed next are every other voxel.
            let step = if self.hierarchy.levels[number].colours() == 2 { 2 } else { 1 };
            rows.push(self.row("correct", number, 1, step));
            rows.extend(self.smooth(number));
        }
        rows
    }
}

/// Creates the buffers of a plan's substrates, and says which dispatches solve a step.
///
/// # Errors
/// `Error::Device` where there is no room.
pub fn create(gpu: &Gpu, buffers: &mut Buffers, plan: &Plan, tissues: usize) -> Result<Sweeps> {
    let Some(substrates) = &plan.substrates else {
        // Stages that look at levels bind them all the same.
        buffers.create(gpu, "concentration", 16, Role::Storage)?;
        return Ok(Sweeps::default());
    };
    let hierarchy = Hierarchy::new(substrates, tissues);
    create_fields(gpu, buffers, substrates, &hierarchy, minutes(plan.clocks.substrates_ticks))?;
    let mut uniforms = Uniforms { hierarchy: &hierarchy, made: Vec::new() };
    let levels = hierarchy.levels.len();
    let one_group_each = hierarchy.blocks * DEFAULT_WORKGROUP as usize;
    let mut once = vec![uniforms.balance("set_order", one_group_each), uniforms.row("assemble", 0, 0, 1)];
    once.extend((0..levels - 1).map(|number| uniforms.row("coarsen_loss", number, 0, 1)));
    let each_cycle = uniforms.cycle();
    let columns = column_count(substrates, tissues);
    let rows = columns / substrates.grid.voxels[1] as usize;
    let balance = vec![
        uniforms.balance("add_up", columns),
        uniforms.balance("set_factor", one_group_each),
        uniforms.balance("close", columns),
    ];
    let report = vec![uniforms.balance("take_stock", columns), uniforms.balance("sum_rows", rows)];
    let bytes = size_of::<Column>() as u64;
    buffers.create(gpu, "turnover", bytes * columns as u64, Role::Storage)?;
    buffers.create(gpu, "flows", (size_of::<Flows>() * columns) as u64, Role::Storage)?;
    buffers.create(gpu, "per_minute", (size_of::<PerMinute>() * columns) as u64, Role::Storage)?;
    buffers.create(gpu, "factors", 16 * hierarchy.blocks as u64, Role::Storage)?;
    buffers.create(gpu, "field_sums", bytes * rows as u64, Role::Storage)?;
    let voxels = tissues * substrates.grid.voxel_count();
    buffers.create(gpu, "first_cell", 4 * voxels as u64, Role::Storage)?;
    for (name, sweep) in &uniforms.made {
        buffers.create_with(gpu, name, bytemuck::bytes_of(sweep), Role::Uniform)?;
    }
    Ok(Sweeps {
        once,
        each_cycle,
        cycles: Some(substrates.cycles),
        balance,
        report,
        fine_elements: hierarchy.fine_elements(),
        flow_bytes: size_of::<Flows>() * columns,
        row_sums: rows,
    })
}

fn create_fields(
    gpu: &Gpu,
    buffers: &mut Buffers,
    substrates: &Substrates,
    hierarchy: &Hierarchy,
    step_min: f64,
) -> Result<()> {
    let bytes = |elements: usize| 16 * elements as u64;
    let stencils = super::stencil::table(substrates, hierarchy, step_min);
    let [initial, loss] = super::initial(substrates, hierarchy, &stencils);
    buffers.create(gpu, "drug_levels", bytes(hierarchy.blocks), Role::Storage)?;
    buffers.create(gpu, "staged_drug_levels", bytes(STAGED_LEVELS * hierarchy.blocks), Role::Storage)?;
    buffers.create_with(gpu, "stencils", bytemuck::cast_slice(&stencils), Role::Storage)?;
    buffers.create_with(gpu, "concentration", bytemuck::cast_slice(&initial), Role::Storage)?;
    let fine = &initial[..hierarchy.fine_elements()];
    buffers.create_with(gpu, "previous", bytemuck::cast_slice(fine), Role::Storage)?;
    buffers.create(gpu, "source", bytes(hierarchy.fine_elements()), Role::Storage)?;
    buffers.create_with(gpu, "loss", bytemuck::cast_slice(&loss), Role::Storage)?;
    buffers.create(gpu, "right_side", bytes(hierarchy.elements()), Role::Storage)
}
