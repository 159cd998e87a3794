//! The engine on a device: records the stages of many steps in a submission and waits for nothing inside them.
//!
//! The number of cells stays on the device. When a rebuild needs more slots than there are, the device changes nothing
//! but `needed`, and every later dispatch is empty; the host sees it when the submission comes back, makes room, and
//! goes on from that rebuild. So results do not depend on how much room there was.

use super::dispatches::{Dispatch, HostSizes};
use super::gpu_bindings;
use super::graph::Stage;
use super::interface::{Engine, Observation};
use super::observation;
use super::state::State;
use crate::cells::Cells;
use crate::cells::cell_bits;
use crate::cells::columns::{OPTIONAL_PACKS, PACKS, packs};
use crate::cells::events::{EVENT_COUNT, Event};
use crate::cells::lists::{self, LISTS};
use crate::cells::settings::{Population, Settings};
use crate::device::profile::Profile;
use crate::device::{Buffers, Gpu, Kernel, Kind, Ring, Role, SubmissionIndex};
use crate::error::Result;
use crate::fields;
use crate::fields::device::Sweeps;
use crate::measure::{Accounts, Layout};
use crate::plan::parameters::{self, RowSets};
use crate::plan::rules::signals::Code;
use crate::plan::{Parameters, Plan};
use crate::stages::lifecycle::irradiate::Irradiation;
use crate::stages::lifecycle::remove::Removal;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Range;

/// Values in a block of `scan.wgsl`, and of `scan_serial.wgsl`.
const GROUP_SCAN_BLOCK: u32 = 2048;
const SERIAL_SCAN_BLOCK: u32 = 256;

/// What is to be done, kept until the device has confirmed it.
#[derive(Clone, Debug)]
pub(crate) enum Command {
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
    SetDrugLevels {
        levels: Vec<[f32; 4]>,
    },
}

/// What comes back with a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flight {
    /// How many commands it holds.
    pub commands: usize,
    /// Tick of the observation at its end: then statistics and events come before the population.
    pub observed: Option<u32>,
}

/// Runs the shaders.
pub struct GpuEngine<'a> {
    pub(crate) gpu: &'a Gpu,
    pub(crate) plan: &'a Plan,
    pub(crate) layout: Layout,
    pub(crate) tissues: usize,
    /// Seed and arm of each tissue of the batch.
    tissue: Vec<([u32; 2], usize)>,
    pub(crate) kernels: BTreeMap<&'static str, Kernel>,
    pub(crate) buffers: Buffers,
    pub(crate) dispatches: HashMap<Stage, Vec<Dispatch>>,
    /// Dispatches of `diffusion`: once a solve, and in each of its cycles.
    pub(crate) solving: [Vec<Dispatch>; 2],
    pub(crate) balancing: Vec<Dispatch>,
    pub(crate) sweeps: Sweeps,
    pub(crate) sizing: Vec<Dispatch>,
    pub(crate) removing: Vec<Dispatch>,
    pub(crate) irradiating: Vec<Dispatch>,
    pub(crate) observing: Vec<Dispatch>,
    pub(crate) auditing: Vec<Dispatch>,
    pub(crate) host: HostSizes,
    pub(crate) capacity: u32,
    /// Last known.
    pub(crate) population: Population,
    /// The buffer `parameters` after all confirmed commands, and where each set of rows begins in it.
    pub(crate) parameter_words: Vec<u32>,
    pub(crate) set_starts: Vec<usize>,
    /// The buffer `drug_levels` after all confirmed commands.
    pub(crate) drug_levels: Vec<[f32; 4]>,
    /// Commands recorded or submitted, not yet confirmed.
    pub(crate) log: VecDeque<Command>,
    /// How many of `log` are submitted.
    pub(crate) submitted: usize,
    pub(crate) ring: Ring<Flight>,
    pub(crate) in_flight: VecDeque<SubmissionIndex>,
    pub(crate) taken: Vec<Observation>,
    /// What turned over of the substrates.
    pub(crate) accounts: Accounts,
    /// Times of the stages, where they were asked for.
    pub(crate) profile: RefCell<Option<Profile>>,
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
            kernels: gpu_bindings::kernels(gpu, plan, blocks_are_groups)?,
            buffers: Buffers::new(),
            dispatches: HashMap::new(),
            solving: [Vec::new(), Vec::new()],
            balancing: Vec::new(),
            sweeps: Sweeps::default(),
            sizing: Vec::new(),
            removing: Vec::new(),
            irradiating: Vec::new(),
            observing: Vec::new(),
            auditing: Vec::new(),
            host,
            capacity: 0,
            population: Population::default(),
            parameter_words: Vec::new(),
            set_starts: Vec::new(),
            drug_levels: vec![[0.0; 4]; tissues.len() * plan.substrates.as_ref().map_or(0, |it| it.groups())],
            log: VecDeque::new(),
            submitted: 0,
            ring: Ring::new(),
            in_flight: VecDeque::new(),
            taken: Vec::new(),
            accounts: Accounts::default(),
            profile: RefCell::new(None),
        };
        engine.sweeps = fields::device::create(gpu, &mut engine.buffers, plan, tissues.len())?;
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
        observation::create_requests(gpu, self.plan, &self.layout, buffers)?;
        let room = [0, self.plan.clocks.movement_ticks, crate::measure::layout::CHUNK, block];
        buffers.create_with(gpu, "room", bytemuck::bytes_of(&room), Role::Uniform)
    }

    pub(crate) fn event_words(&self) -> usize {
        self.tissues * self.plan.cell_types.len() * EVENT_COUNT
    }

    /// Buffers of each cell: name, bytes, and whether what they hold outlives a step.
    fn cell_buffers(plan: &Plan) -> impl Iterator<Item = (&'static str, u64, bool)> + use<> {
        let values = plan.ruled_values() as u64;
        let packs = PACKS.into_iter().map(|pack| (pack.name(), 16, true));
        let optional = OPTIONAL_PACKS.map(|pack| (pack.name(), if pack.group().is_in(plan) { 16 } else { 0 }, true));
        let packs = packs.chain(optional);
        packs.chain([
            ("sorted_position", 16, false),
            ("sorted_cell", 8, true),
            ("contacts", 8, false),
            ("rank", 4, false),
            ("slot_source", 4, false),
            ("new_slot", 4, false),
            (LISTS, lists::bytes_per_cell(plan), false),
            ("behaviours", 4 * values, true),
            (
                "sensed_states",
                if plan.senses(Code::State) { 16 * u64::from(gpu_bindings::sensed_vectors(plan)) } else { 0 },
                false,
            ),
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
    pub(crate) fn make_room(&mut self, capacity: u32) -> Result<()> {
        let capacity = capacity.next_multiple_of(64);
        // One value more than cells, for the total at the end of a prefix sum.
        for (name, bytes, is_kept) in Self::cell_buffers(self.plan) {
            // `slot_source` tells the shaders how much room there is: it has exactly one word a cell.
            let slots = u64::from(capacity) + u64::from(name != "slot_source");
            let old = if is_kept { self.buffers.take(name) } else { None };
            // Cells beyond the lists search.
            let most = if name == LISTS { self.gpu.description.most_bytes() } else { u64::MAX };
            // A buffer that nothing uses is there all the same, since shaders bind it.
            self.buffers.create(self.gpu, name, (bytes * slots).min(most).max(16), Role::Storage)?;
            if let Some(old) = old {
                let mut encoder = self.gpu.encoder("make room");
                encoder.copy_buffer_to_buffer(&old, 0, self.buffers.expect(name)?, 0, old.size());
                self.gpu.submit(encoder);
                self.gpu.wait()?;
            }
        }
        let blocks = self.host.voxel_blocks.max((capacity + 1).div_ceil(self.host.scan_block));
        self.buffers.create(self.gpu, "block_sums", 4 * u64::from(blocks), Role::Storage)?;
        let at_rest = vec![crate::cells::inbox::AT_REST; capacity as usize + 1];
        self.buffers.upload(self.gpu, "contacts", 0, bytemuck::cast_slice(&at_rest))?;
        self.capacity = capacity;
        self.buffers.upload(self.gpu, "room", 0, bytemuck::bytes_of(&capacity))?;
        self.bind_all()
    }
}

fn seed_and_arm(plan: &Plan, tissue: usize) -> ([u32; 2], usize) {
    let (arm, replicate) = plan.arm_and_replicate(tissue);
    (plan.seeds[replicate], arm)
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
    pub(crate) fn set_population(&mut self, population: Population) -> Result<()> {
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
            let (tissue, cell_type) =
                (cell_bits::tissue(identity[2]) as usize, cell_bits::cell_type(identity[2]) as usize);
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
        let behaviours =
            crate::stages::regulation::behaviours::entering(self.plan, cells, |tissue| self.tissue[tissue as usize].1);
        let more = super::initial_state::entering(self.plan, cells, |tissue| self.tissue[tissue as usize]);
        let first = 4 * u64::from(before) * self.plan.ruled_values() as u64;
        self.buffers.upload(self.gpu, "behaviours", first, bytemuck::cast_slice(&behaviours))?;
        for pack in packs(self.plan) {
            let from = if cells.pack(pack).is_empty() { &more } else { cells };
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

    fn set_drug_levels(&mut self, levels: &[[f32; 4]]) -> Result<()> {
        self.log.push_back(Command::SetDrugLevels { levels: levels.to_vec() });
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
        for pack in packs(self.plan) {
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

    fn set_levels(&mut self, levels: &[[f32; 4]]) -> Result<()> {
        self.settle()?;
        // Nothing has flowed, so that the first step is of first order.
        self.buffers.upload(self.gpu, "flows", 0, &vec![0; self.sweeps.flow_bytes])?;
        let levels = bytemuck::cast_slice(levels);
        ["concentration", "previous"].into_iter().try_for_each(|name| self.buffers.upload(self.gpu, name, 0, levels))
    }

    fn set_exchange(&mut self, source: &[[f32; 4]], loss: &[[f32; 4]]) -> Result<()> {
        self.settle()?;
        self.buffers.upload(self.gpu, "source", 0, bytemuck::cast_slice(source))?;
        self.buffers.upload(self.gpu, "loss", 0, bytemuck::cast_slice(loss))
    }

    fn state(&mut self) -> Result<State> {
        self.download_state()
    }

    fn restore(&mut self, state: &State) -> Result<()> {
        self.upload_state(state)
    }

    fn cell_count(&self) -> u32 {
        self.population.live_count
    }
}
