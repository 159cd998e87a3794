//! What the engine on a device binds: the kernels that its plan needs, and their dispatches on its buffers.

use super::dispatches::{
    Dispatch, EVALUATE, LOSE_ANTIGEN, REBUILD_BEHAVIOURS, Row, SENSE, SENSE_PROTEOSTASIS, SENSE_SURFACE, SENSE_SYNAPSE,
    Size, bind, rebuild_pack, rows,
};
use super::gpu::GpuEngine;
use super::graph::Stage;
use super::observation;
use super::shaders::SHADERS;
use crate::cells::columns::packs;
use crate::device::{Gpu, Kernel};
use crate::error::Result;
use crate::fields;
use crate::fields::device::SweepRow;
use crate::plan::rules::signals::Code;
use crate::plan::{Boundary, Plan};
use crate::stages::regulation::rules::PACKS;
use std::collections::{BTreeMap, HashMap};

/// Sizes of the dispatches, after the host has changed the population.
const SIZING: &[Row] = &[("population", "size_cells", Size::One, &[])];
/// An intervention that removes cells.
const REMOVING: &[Row] = &[("remove", "remove", Size::Cells, &[])];
/// An intervention that irradiates; only for plans that do.
const IRRADIATING: &[Row] = &[("irradiate", "irradiate", Size::Cells, &[])];

impl GpuEngine<'_> {
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
            _ if !is_there(self.plan, stage) => Vec::new(),
            Stage::Rules if self.plan.senses(Code::State) => sensing_states(self.plan),
            Stage::Divide if self.plan.has_immunogenicity() => [&LOSE_ANTIGEN, rows(stage)].concat(),
            Stage::Rebuild => {
                let packs: Vec<Row> = packs(self.plan).flat_map(rebuild_pack).collect();
                [rows(stage), &packs, &REBUILD_BEHAVIOURS[..2 * values.div_ceil(4)]].concat()
            }
            _ => rows(stage).to_vec(),
        }
    }

    /// Binds the dispatches of all stages to the buffers there are.
    pub(crate) fn bind_all(&mut self) -> Result<()> {
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
        self.auditing = observation::bind_audit(self)?;
        self.dispatches = dispatches;
        Ok(())
    }
}

/// Vectors in which what rules sense of a cell is gathered.
pub(crate) fn sensed_vectors(plan: &Plan) -> u32 {
    if plan.senses(Code::State) { 1 + PACKS.len() as u32 } else { 1 }
}

/// Rows of the rules where one asks for states of cells.
fn sensing_states(plan: &Plan) -> Vec<Row> {
    let optional = [
        (SENSE_PROTEOSTASIS, plan.has_proteostasis()),
        (SENSE_SYNAPSE, plan.has_synapses()),
        (SENSE_SURFACE, plan.has_immunogenicity()),
    ];
    let there = optional.into_iter().filter(|(_, is_there)| *is_there).map(|(row, _)| row);
    std::iter::once(SENSE).chain(there).chain([EVALUATE]).collect()
}

/// Whether a plan may need a stage: one that it does not has no kernel.
fn is_there(plan: &Plan, stage: Stage) -> bool {
    match stage {
        Stage::Exchange => plan.substrates.is_some(),
        Stage::Secrete | Stage::SenseIl2 => plan.substrates.is_some() && plan.has_cytokines(),
        Stage::Proteostasis => plan.has_proteostasis(),
        Stage::Stimulate => plan.has_synapses(),
        Stage::Induce => plan.has_immunogenicity(),
        _ => true,
    }
}

/// Dispatches of an irradiation, where there is one.
fn irradiating(plan: &Plan) -> &'static [Row] {
    if plan.irradiates() { IRRADIATING } else { &[] }
}

/// The kernels of all stages that the plan needs.
pub(crate) fn kernels(gpu: &Gpu, plan: &Plan, blocks_are_groups: bool) -> Result<BTreeMap<&'static str, Kernel>> {
    let pairs = plan.arms.iter().flat_map(|arm| &arm.parameters.pairs);
    let mut types = plan.arms.iter().flat_map(|arm| &arm.parameters.types);
    let constants = [
        ("PERIODIC", u32::from(plan.domain.boundary == Boundary::Periodic)),
        ("HAS_HELD", u32::from(plan.substrates.as_ref().is_some_and(fields::has_held))),
        ("SUBSTRATE_GROUPS", plan.substrates.as_ref().map_or(0, |it| it.groups() as u32)),
        ("BEHAVIOURS", plan.ruled_values() as u32),
        ("SENSED", sensed_vectors(plan)),
        ("HAS_TRANSITIONS", u32::from(plan.has_transitions())),
        ("HAS_RULED_FORCES", u32::from(plan.has_ruled_forces())),
        ("HAS_BONDS", u32::from(pairs.clone().any(|pair| pair.elastic_per_min > 0.0))),
        ("HAS_ATTRACTION", u32::from(pairs.clone().any(|pair| pair.attraction_per_min > 0.0))),
        ("HAS_ARREST", u32::from(plan.has_arrest())),
        ("HAS_SURFACE", u32::from(plan.has_immunogenicity())),
        ("HAS_SYNAPSES", u32::from(plan.has_synapses())),
        ("HAS_DAMAGE", u32::from(types.any(|own| own.damage_power > 0))),
        ("MAX_GROUPS_X", gpu.max_groups_x),
    ];
    let mut kernels = BTreeMap::new();
    let is_there = |stage: &Stage| is_there(plan, *stage);
    let stages = super::graph::STAGES.into_iter().filter(is_there).flat_map(rows).chain(&REBUILD_BEHAVIOURS);
    let observing = observation::KERNELS.iter().copied();
    let stepping = stages.chain(SIZING).chain(REMOVING).chain(irradiating(plan)).map(|row| row.0);
    let solving = plan.substrates.iter().flat_map(|_| ["diffusion", "balance"]);
    for name in stepping.chain(observing).chain(solving) {
        if !kernels.contains_key(name) {
            let file = if name == "scan" && !blocks_are_groups { "scan_serial" } else { name };
            let known = constants.iter().copied().filter(|constant| SHADERS.declares(file, constant.0));
            kernels.insert(name, Kernel::load(gpu, SHADERS, file, &known.collect::<Vec<_>>())?);
        }
    }
    Ok(kernels)
}
