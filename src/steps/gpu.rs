//! The engine on a device: records the stages of many steps in a submission and waits for nothing inside them.
//!
//! The number of cells stays on the device. When a rebuild needs more slots than there are, the device changes nothing
//! but `needed`, and every later dispatch is empty; the host sees it when the submission comes back, makes room, and
//! goes on from that rebuild. So results do not depend on how much room there was.

use super::diffusion::{
    self,
    device::{SweepRow, Sweeps},
};
use super::dispatches::{Dispatch, HostSizes, REBUILD_BEHAVIOURS, REBUILD_PROTEOSTASIS, Row, Size, bind, rows};
use super::engine::{Engine, Observation};
use super::graph::Stage;
use super::irradiate::Irradiation;
use super::kind;
use super::observation;
use super::remove::Removal;
use super::settings::{Population, Settings};
use crate::cells::Cells;
use crate::cells::columns::{PACKS, PROTEOSTASIS_PACKS, packs};
use crate::device::profile::Profile;
use crate::device::{Buffers, Gpu, Kernel, Kind, Ring, Role, SubmissionIndex, compose};
use crate::error::Result;
use crate::plan::parameters::{self, RowSets};
use crate::plan::{Boundary, Parameters, Plan};
use crate::statistics::events::{EVENT_COUNT, Event};
use crate::statistics::{Accounts, Layout};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Range;

/// Values in a block of `scan.wgsl`, and of `scan_serial.wgsl`.
const GROUP_SCAN_BLOCK: u32 = 2048;
const SERIAL_SCAN_BLOCK: u32 = 256;

/// What is to be done, kept until the device has confirmed it.
#[derive(Clone, Debug)]
pub(super) enum Command {
    Step {
        tick: u32,
        stages: Vec<Stage>,
    },
    Observe {
        tick: u32,
    },
    /// Words of the buffer `parameters` from one on.
    SetParameters {
        first: usize,
        words: Vec<u32>,
    },
}

/// What comes back with a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flight {
    /// How many commands it holds.
    pub commands: usize,
    /// Tick of the observation at its end: then statistics and events come before the population.
    pub observed: Option<u32>,
}

/// Sizes of the dispatches, after the host has changed the population.
const SIZING: &[Row] = &[("population", "size_cells", Size::One, &[])];
/// An intervention that removes cells.
const REMOVING: &[Row] = &[("remove", "remove", Size::Cells, &[])];
/// An intervention that irradiates; only for plans that do.
const IRRADIATING: &[Row] = &[("irradiate", "irradiate", Size::Cells, &[])];

/// Runs the shaders.
pub struct GpuEngine<'a> {
    pub(super) gpu: &'a Gpu,
    pub(super) plan: &'a Plan,
    pub(super) layout: Layout,
    pub(super) tissues: usize,
    /// Seed and arm of each tissue of the batch.
    tissue: Vec<([u32; 2], usize)>,
    pub(super) kernels: BTreeMap<&'static str, Kernel>,
    pub(super) buffers: Buffers,
    pub(super) dispatches: HashMap<Stage, Vec<Dispatch>>,
    /// Dispatches of `diffusion`: once a solve, and in each of its cycles.
    pub(super) solving: [Vec<Dispatch>; 2],
    pub(super) balancing: Vec<Dispatch>,
    pub(super) sweeps: Sweeps,
    pub(super) sizing: Vec<Dispatch>,
    pub(super) removing: Vec<Dispatch>,
    pub(super) irradiating: Vec<Dispatch>,
    pub(super) observing: Vec<Dispatch>,
    pub(super) host: HostSizes,
    pub(super) capacity: u32,
    /// Last known.
    pub(super) population: Population,
    /// The buffer `parameters` after all confirmed commands, and where each set of rows begins in it.
    pub(super) parameter_words: Vec<u32>,
    pub(super) set_starts: Vec<usize>,
    /// Commands recorded or submitted, not yet confirmed.
    pub(super) log: VecDeque<Command>,
    /// How many of `log` are submitted.
    pub(super) submitted: usize,
    pub(super) ring: Ring<Flight>,
    pub(super) in_flight: VecDeque<SubmissionIndex>,
    pub(super) taken: Vec<Observation>,
    /// What turned over of the substrates.
    pub(super) accounts: Accounts,
    /// Times of the stages, where they were asked for.
    pub(super) profile: RefCell<Option<Profile>>,
}

impl<'a> GpuEngine<'a> {
    /// An engine without cells for a range of the plan's tissues, with room for `capacity` cells at first.
    ///
    /// # Errors
    /// `Error::Device` where the device has no room, or refuses a kernel.
    pub fn new(gpu: &'a Gpu, plan: &'a Plan, tissues: Range<usize>, capacity: u32) -> Result<GpuEngine<'a>> {
        let settings = Settings::new(plan, tissues.len());
        let layout = Layout::new(plan, tissues.len())?;
        let voxels = settings.tissue_count * settings.voxels[3];
        let blocks_are_groups = gpu.description.kind == Kind::Hardware;
        let block = if blocks_are_groups { GROUP_SCAN_BLOCK } else { SERIAL_SCAN_BLOCK };
        let host = HostSizes {
            voxels,
            voxel_blocks: (voxels + 1).div_ceil(block),
            scan_block: block,
            blocks_are_groups,
            statistics_words: layout.words() as u32,
            field_voxels: settings.tissue_count * settings.field_voxels[3],
            substrate_groups: plan.substrates.as_ref().map_or(0, |it| it.groups() as u32),
        };
        let mut engine = GpuEngine {
            gpu,
            plan,
            layout,
            tissues: tissues.len(),
            tissue: tissues.clone().map(|tissue| seed_and_arm(plan, tissue)).collect(),
            kernels: kernels(gpu, plan, blocks_are_groups)?,
            buffers: Buffers::new(),
            dispatches: HashMap::new(),
            solving: [Vec::new(), Vec::new()],
            balancing: Vec::new(),
            sweeps: Sweeps::default(),
            sizing: Vec::new(),
            removing: Vec::new(),
            irradiating: Vec::new(),
            observing: Vec::new(),
            host,
            capacity: 0,
            population: Population::default(),
            parameter_words: Vec::new(),
            set_starts: Vec::new(),
            log: VecDeque::new(),
            submitted: 0,
            ring: Ring::new(),
            in_flight: VecDeque::new(),
            taken: Vec::new(),
            accounts: Accounts::default(),
            profile: RefCell::new(None),
        };
        engine.sweeps = diffusion::device::create(gpu, &mut engine.buffers, plan, tissues.len())?;
        engine.create_constant_buffers(settings, tissues, block)?;
        engine.make_room(capacity.max(1))?;
        Ok(engine)
    }

    fn create_constant_buffers(&mut self, settings: Settings, tissues: Range<usize>, block: u32) -> Result<()> {
        let event_bytes = 4 * self.event_words() as u64;
        let (gpu, buffers) = (self.gpu, &mut self.buffers);
        let sets = RowSets::new(self.plan, tissues.clone());
        self.set_starts = parameters::set_starts(self.plan, &sets);
        self.parameter_words = parameters::buffer(self.plan, tissues, &sets);
        buffers.create_with(gpu, "settings", bytemuck::bytes_of(&settings), Role::Uniform)?;
        buffers.create_with(gpu, "parameters", bytemuck::cast_slice(&self.parameter_words), Role::Storage)?;
        buffers.create_with(gpu, "voxel_scan", bytemuck::bytes_of(&[self.host.voxels + 1, 0, 0, 0]), Role::Uniform)?;
        buffers.create_with(gpu, "cell_scan", bytemuck::bytes_of(&[0u32; 4]), Role::Uniform)?;
        buffers.create(gpu, "removal", size_of::<Removal>() as u64, Role::Uniform)?;
        if self.plan.irradiates() {
            buffers.create(gpu, "irradiation", size_of::<Irradiation>() as u64, Role::Uniform)?;
        }
        buffers.create(gpu, "population", size_of::<Population>() as u64, Role::Shared)?;
        buffers.create(gpu, "sizes", 64, Role::Indirect)?;
        buffers.create(gpu, "events", event_bytes, Role::Storage)?;
        let counts = self.tissues as u64 * u64::from(settings.cell_type_count);
        buffers.create(gpu, "tissue_counts", 4 * counts, Role::Storage)?;
        buffers.create(gpu, "voxel_start", 4 * (u64::from(self.host.voxels) + 1), Role::Storage)?;
        buffers.create(gpu, "statistics", 4 * self.layout.words() as u64, Role::Storage)?;
        observation::create_requests(gpu, &self.layout, buffers)?;
        let room = [0, self.plan.clocks.movement_ticks, crate::statistics::layout::CHUNK, block];
        buffers.create_with(gpu, "room", bytemuck::bytes_of(&room), Role::Uniform)
    }

    pub(super) fn event_words(&self) -> usize {
        self.tissues * self.plan.cell_types.len() * EVENT_COUNT
    }

    /// Buffers of each cell: name, bytes, and whether what they hold outlives a step.
    fn cell_buffers(plan: &Plan) -> impl Iterator<Item = (&'static str, u64, bool)> + use<> {
        let values = plan.ruled_values() as u64;
        let packs = PACKS.into_iter().map(|pack| (pack.name(), 16, true));
        let of_proteostasis = if plan.has_proteostasis() { 16 } else { 0 };
        let packs = packs.chain(PROTEOSTASIS_PACKS.map(|pack| (pack.name(), of_proteostasis, true)));
        packs.chain([
            ("sorted_position", 16, false),
            ("sorted_cell", 8, true),
            ("contacts", 8, false),
            ("rank", 4, false),
            ("slot_source", 4, false),
            ("new_slot", 4, false),
            ("behaviours", 4 * values, true),
        ])
    }

    /// Buffers of each cell and their bytes.
    pub fn bytes_by_buffer(plan: &Plan) -> impl Iterator<Item = (&'static str, u64)> + use<> {
        Self::cell_buffers(plan).map(|(name, bytes, _)| (name, bytes))
    }

    /// Bytes a cell, sorting space included, but for voxels.
    pub fn bytes_per_cell(plan: &Plan) -> u64 {
        Self::bytes_by_buffer(plan).map(|(_, bytes)| bytes).sum()
    }

    /// Makes the buffers of the cells longer, keeping what outlives a step.
    pub(super) fn make_room(&mut self, capacity: u32) -> Result<()> {
        let capacity = capacity.next_multiple_of(64);
        // One value more than cells, for the total at the end of a prefix sum.
        for (name, bytes, is_kept) in Self::cell_buffers(self.plan) {
            // `slot_source` tells the shaders how much room there is: it has exactly one word a cell.
            let slots = u64::from(capacity) + u64::from(name != "slot_source");
            let old = if is_kept { self.buffers.take(name) } else { None };
            // A buffer that nothing uses is there all the same, since shaders bind it.
            self.buffers.create(self.gpu, name, (bytes * slots).max(16), Role::Storage)?;
            if let Some(old) = old {
                let mut encoder = self.gpu.encoder("make room");
                encoder.copy_buffer_to_buffer(&old, 0, self.buffers.expect(name)?, 0, old.size());
                self.gpu.submit(encoder);
                self.gpu.wait()?;
            }
        }
        let blocks = self.host.voxel_blocks.max((capacity + 1).div_ceil(self.host.scan_block));
        self.buffers.create(self.gpu, "block_sums", 4 * u64::from(blocks), Role::Storage)?;
        let at_rest = vec![super::contacts::AT_REST; capacity as usize + 1];
        self.buffers.upload(self.gpu, "contacts", 0, bytemuck::cast_slice(&at_rest))?;
        self.capacity = capacity;
        self.buffers.upload(self.gpu, "room", 0, bytemuck::bytes_of(&capacity))?;
        self.bind_all()
    }

    fn bind_sweep(&self, row: &SweepRow) -> Result<Dispatch> {
        let renamed = [("sweep", row.uniform.as_str())];
        let row = (row.kernel, row.entry, Size::Exactly(row.invocations), &renamed as &[_]);
        bind(self.gpu, &self.kernels, &self.buffers, row)
    }

    /// Rows of a stage that the plan needs.
    fn rows(&self, stage: Stage) -> Vec<Row> {
        let values = self.plan.ruled_values();
        match stage {
            Stage::CountContacts | Stage::CountTissue | Stage::Rules if values == 0 => Vec::new(),
            Stage::Exchange if self.plan.substrates.is_none() => Vec::new(),
            Stage::Proteostasis if !self.plan.has_proteostasis() => Vec::new(),
            Stage::Rebuild => {
                let packs: &[Row] = if self.plan.has_proteostasis() { &REBUILD_PROTEOSTASIS } else { &[] };
                [rows(stage), packs, &REBUILD_BEHAVIOURS[..2 * values.div_ceil(4)]].concat()
            }
            _ => rows(stage).to_vec(),
        }
    }

    fn bind_all(&mut self) -> Result<()> {
        let bind = |row: Row| bind(self.gpu, &self.kernels, &self.buffers, row);
        let all = |rows: &[Row]| rows.iter().map(|&row| bind(row)).collect::<Result<Vec<_>>>();
        let mut dispatches = HashMap::new();
        for stage in super::graph::STAGES {
            dispatches.insert(stage, all(&self.rows(stage))?);
        }
        let solving = |rows: &[SweepRow]| rows.iter().map(|row| self.bind_sweep(row)).collect::<Result<Vec<_>>>();
        let [once, each_cycle] = [solving(&self.sweeps.once)?, solving(&self.sweeps.each_cycle)?];
        let [balancing, reporting] = [solving(&self.sweeps.balance)?, solving(&self.sweeps.report)?];
        (self.solving, self.balancing) = ([once, each_cycle], balancing);
        (self.sizing, self.removing) = (all(SIZING)?, all(REMOVING)?);
        self.irradiating = all(irradiating(self.plan))?;
        self.observing = observation::bind_all(self)?;
        self.observing.extend(reporting);
        self.dispatches = dispatches;
        Ok(())
    }
}

fn seed_and_arm(plan: &Plan, tissue: usize) -> ([u32; 2], usize) {
    let (arm, replicate) = plan.arm_and_replicate(tissue);
    (plan.seeds[replicate], arm)
}

/// Dispatches of an irradiation, where there is one.
fn irradiating(plan: &Plan) -> &'static [Row] {
    if plan.irradiates() { IRRADIATING } else { &[] }
}

/// The kernels of all stages.
fn kernels(gpu: &Gpu, plan: &Plan, blocks_are_groups: bool) -> Result<BTreeMap<&'static str, Kernel>> {
    let mut pairs = plan.arms.iter().flat_map(|arm| &arm.parameters.pairs);
    let mut types = plan.arms.iter().flat_map(|arm| &arm.parameters.types);
    let constants = [
        ("PERIODIC", u32::from(plan.domain.boundary == Boundary::Periodic)),
        ("HAS_HELD", u32::from(plan.substrates.as_ref().is_some_and(diffusion::has_held))),
        ("SUBSTRATE_GROUPS", plan.substrates.as_ref().map_or(0, |it| it.groups() as u32)),
        ("BEHAVIOURS", plan.ruled_values() as u32),
        ("HAS_TRANSITIONS", u32::from(super::transitions::are_there(plan))),
        ("HAS_BONDS", u32::from(pairs.any(|pair| pair.elastic_per_min > 0.0))),
        ("HAS_DAMAGE", u32::from(types.any(|own| own.damage_power > 0))),
        ("MAX_GROUPS_X", gpu.max_groups_x),
    ];
    let mut kernels = BTreeMap::new();
    let is_there = |stage: &Stage| match stage {
        Stage::Exchange => plan.substrates.is_some(),
        Stage::Proteostasis => plan.has_proteostasis(),
        _ => true,
    };
    let stages = super::graph::STAGES.into_iter().filter(is_there).flat_map(rows).chain(&REBUILD_BEHAVIOURS);
    let observing = observation::KERNELS.iter().copied();
    let stepping = stages.chain(SIZING).chain(REMOVING).chain(irradiating(plan)).map(|row| row.0);
    let solving = plan.substrates.iter().flat_map(|_| ["diffusion", "balance"]);
    for name in stepping.chain(observing).chain(solving) {
        if !kernels.contains_key(name) {
            let file = if name == "scan" && !blocks_are_groups { "scan_serial" } else { name };
            let known = constants.iter().copied().filter(|constant| compose::declares(file, constant.0));
            kernels.insert(name, Kernel::load(gpu, file, &known.collect::<Vec<_>>())?);
        }
    }
    Ok(kernels)
}

impl GpuEngine<'_> {
    /// From now on stages are timed; false where the device has no timestamps.
    pub fn time_stages(&mut self) -> Result<bool> {
        *self.profile.get_mut() = Profile::new(self.gpu)?;
        Ok(self.profile.get_mut().is_some())
    }

    /// Name and time in ns on the device of each stage since the last call, in order; waits for the device. At most
    /// 2048 of them are timed.
    pub fn stage_times(&mut self) -> Result<Vec<(String, f64)>> {
        self.settle()?;
        self.profile.get_mut().as_mut().map_or(Ok(Vec::new()), |profile| profile.collect(self.gpu))
    }

    /// Tells the device how many cells there are, and at which tick.
    pub(super) fn set_population(&mut self, population: Population) -> Result<()> {
        self.population = population;
        self.buffers.upload(self.gpu, "population", 0, bytemuck::bytes_of(&population))?;
        let mut encoder = self.gpu.encoder("size");
        self.record(&mut encoder, "size", &self.sizing);
        self.gpu.submit(encoder);
        Ok(())
    }

    fn count_added(&mut self, cells: &Cells) -> Result<()> {
        let mut events: Vec<u32> = self.buffers.download_as(self.gpu, "events", self.event_words())?;
        for identity in &cells.identity {
            let (tissue, cell_type) = (kind::tissue(identity[2]) as usize, kind::cell_type(identity[2]) as usize);
            events[(tissue * self.plan.cell_types.len() + cell_type) * EVENT_COUNT + Event::Added as usize] += 1;
        }
        self.buffers.upload(self.gpu, "events", 0, bytemuck::cast_slice(&events))
    }
}

impl Engine for GpuEngine<'_> {
    fn add(&mut self, cells: &Cells, is_intervention: bool) -> Result<()> {
        self.settle()?;
        let before = self.population.live_count;
        let after = before + cells.len() as u32;
        if after > self.capacity {
            self.make_room(after + after / 4)?;
        }
        let behaviours = super::behaviours::entering(self.plan, cells, |tissue| self.tissue[tissue as usize].1);
        let resting = super::proteostasis::entering(self.plan, cells, |tissue| self.tissue[tissue as usize]);
        let first = 4 * u64::from(before) * self.plan.ruled_values() as u64;
        self.buffers.upload(self.gpu, "behaviours", first, bytemuck::cast_slice(&behaviours))?;
        for pack in packs(self.plan.has_proteostasis()) {
            let from = resting.as_ref().filter(|_| pack.is_of_proteostasis()).unwrap_or(cells);
            let lanes = bytemuck::cast_slice(from.pack(pack));
            self.buffers.upload(self.gpu, pack.name(), 16 * u64::from(before), lanes)?;
        }
        if is_intervention {
            self.count_added(cells)?;
        }
        self.set_population(Population { live_count: after, needed: after, ..self.population })
    }

    fn remove(&mut self, removal: &Removal) -> Result<()> {
        self.settle()?;
        self.buffers.upload(self.gpu, "removal", 0, bytemuck::bytes_of(removal))?;
        let mut encoder = self.gpu.encoder("remove");
        self.record(&mut encoder, "remove", &self.removing);
        self.gpu.submit(encoder);
        Ok(())
    }

    fn irradiate(&mut self, irradiation: &Irradiation) -> Result<()> {
        self.settle()?;
        self.buffers.upload(self.gpu, "irradiation", 0, bytemuck::bytes_of(irradiation))?;
        let mut encoder = self.gpu.encoder("irradiate");
        self.record(&mut encoder, "irradiate", &self.irradiating);
        self.gpu.submit(encoder);
        Ok(())
    }

    fn set_parameters(&mut self, set: usize, rows: &Parameters) -> Result<()> {
        self.log.push_back(Command::SetParameters { first: self.set_starts[set], words: rows.words() });
        Ok(())
    }

    fn step(&mut self, tick: u32, stages: &[Stage]) -> Result<()> {
        self.log.push_back(Command::Step { tick, stages: stages.to_vec() });
        if self.log.len() - self.submitted >= self.steps_in_submission() {
            self.submit()?;
        }
        Ok(())
    }

    fn observe(&mut self, tick: u32) -> Result<()> {
        self.log.push_back(Command::Observe { tick });
        self.submit()
    }

    fn observations(&mut self, wait: bool) -> Result<Vec<Observation>> {
        if wait {
            self.settle()?;
        } else {
            self.collect(false)?;
        }
        Ok(std::mem::take(&mut self.taken))
    }

    fn cells(&mut self) -> Result<Cells> {
        self.settle()?;
        let mut cells = Cells::default();
        for pack in packs(self.plan.has_proteostasis()) {
            let lanes = self.buffers.download_as(self.gpu, pack.name(), self.population.live_count as usize)?;
            cells.set_pack(pack, lanes);
        }
        let values = self.population.live_count as usize * self.plan.ruled_values();
        cells.behaviours = self.buffers.download_as(self.gpu, "behaviours", values)?;
        Ok(cells)
    }

    fn concentration(&mut self) -> Result<Vec<[f32; 4]>> {
        self.settle()?;
        match self.sweeps.fine_elements {
            0 => Ok(Vec::new()),
            elements => self.buffers.download_as(self.gpu, "concentration", elements),
        }
    }

    fn set_exchange(&mut self, source: &[[f32; 4]], loss: &[[f32; 4]]) -> Result<()> {
        self.settle()?;
        self.buffers.upload(self.gpu, "source", 0, bytemuck::cast_slice(source))?;
        self.buffers.upload(self.gpu, "loss", 0, bytemuck::cast_slice(loss))
    }

    fn cell_count(&self) -> u32 {
        self.population.live_count
    }
}
