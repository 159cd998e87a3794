//! The dispatches of each stage on a device: kernel, entry point, how many invocations, and which buffers go under
//! another name.

use super::graph::Stage;
use crate::cells::columns::Pack;
use crate::device::{Bound, Buffers, ComputePass, Gpu, Kernel};
use crate::error::Result;
use std::collections::BTreeMap;

/// How many invocations a dispatch has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    One,
    /// One a voxel, and one more.
    Voxels,
    /// One workgroup or invocation for each block of a scan over the voxels.
    VoxelBlocks,
    /// One a cell, and one more; known to the device alone, as are the following.
    Cells,
    /// For each block of a scan over the cells.
    CellBlocks,
    Effectors,
    /// One for each voxel of the substrates; for each of these and group of substrates.
    FieldVoxels,
    GroupedFieldVoxels,
    /// One for each word of the statistics.
    StatisticsWords,
    /// One for each chunk of slots and cell type.
    Chunks,
    /// So many.
    Exactly(u32),
}

/// Names in a shader, and the buffers that stand for them, where they differ.
pub type Renamed<'a> = &'a [(&'a str, &'a str)];

/// One row: kernel, entry point, size, and buffers under other names.
pub type Row = (&'static str, &'static str, Size, Renamed<'static>);

const VOXEL_SCAN: &[(&str, &str)] = &[("values", "voxel_start"), ("scan_request", "voxel_scan")];
const CELL_SCAN: &[(&str, &str)] = &[("values", "first_slot"), ("scan_request", "cell_scan")];

/// Rows of a stage in order. `scan` stands for the variant that suits the device.
#[rustfmt::skip]
pub fn rows(stage: Stage) -> &'static [Row] {
    use Size::{CellBlocks, Cells, Effectors, One, VoxelBlocks, Voxels};
    match stage {
        Stage::AssignVoxels => &[
            ("assign_voxels", "clear", Voxels, &[("voxel_count", "voxel_start")]),
            ("assign_voxels", "assign_voxels", Cells, &[("voxel_count", "voxel_start")]),
        ],
        Stage::Scan => &[
            ("scan", "reduce", VoxelBlocks, VOXEL_SCAN),
            ("scan", "top", One, VOXEL_SCAN),
            ("scan", "apply", VoxelBlocks, VOXEL_SCAN),
        ],
        Stage::Scatter => &[("scatter", "scatter", Cells, &[])],
        Stage::SortVoxels => &[
            ("sort_voxels", "sort_voxels", Voxels, &[]),
            ("population", "size_effectors", One, &[]),
        ],
        Stage::Exchange => &[
            ("exchange", "clear", Size::FieldVoxels, &[]),
            ("exchange", "link", Cells, &[]),
            ("exchange", "gather", Size::GroupedFieldVoxels, &[]),
        ],
        // Their dispatches depend on the grids: see `diffusion::device`.
        Stage::Diffusion | Stage::Balance => &[],
        Stage::Secrete => &[("secrete", "secrete", Size::GroupedFieldVoxels, &[])],
        Stage::SenseIl2 => &[("sense_il2", "sense_il2", Cells, &[])],
        Stage::Induce => &[("induce", "induce", Cells, &[])],
        Stage::Stimulate => &[("stimulate", "stimulate", Cells, &[])],
        Stage::Engage => &[
            ("engage", "let_go", Effectors, &[]),
            ("engage", "strike", Effectors, &[]),
            ("engage", "kill", Effectors, &[]),
        ],
        Stage::Attach => &[
            ("attach", "choose", Effectors, &[]),
            ("attach", "claim", Effectors, &[]),
            ("attach", "contend", Effectors, &[]),
            ("attach", "bond", Effectors, &[]),
        ],
        Stage::Respond => &[("respond", "respond", Cells, &[])],
        Stage::Mechanics => &[("mechanics", "mechanics", Cells, &[])],
        Stage::Relaxation => &[
            ("touching", "list", Cells, &[]),
            ("touching", "mark", Cells, &[("marked", "lists")]),
            ("relaxation", "correct", Cells, &[]),
            ("relaxation", "displace", Cells, &[]),
            ("relaxation", "settle", Cells, &[]),
        ],
        Stage::Motility => &[("motility", "move_cells", Cells, &[])],
        Stage::CountContacts => &[("count_contacts", "count_contacts", Cells, &[])],
        Stage::CountTissue => &[
            ("count_tissue", "clear", Size::StatisticsWords, &[]),
            ("count_tissue", "count_tissue", Size::Chunks, &[]),
        ],
        Stage::Rules => &[("rules", "sense", Cells, &[]), ("rules", "rules", Cells, &[])],
        Stage::Proteostasis => &[("proteostasis", "proteostasis", Cells, &[])],
        Stage::Cycle => &[("cycle", "cycle", Cells, &[])],
        Stage::Rebuild => &[
            ("rebuild", "count_slots", Cells, &[]),
            ("scan", "reduce", CellBlocks, CELL_SCAN),
            ("scan", "top", One, CELL_SCAN),
            ("scan", "apply", CellBlocks, CELL_SCAN),
            ("rebuild", "place", Cells, &[]),
            ("population", "resize", One, &[]),
        ],
        Stage::Divide => &[("divide", "divide", Cells, &[])],
        Stage::Advance => &[("population", "advance", One, &[])],
    }
}

/// Where a rule asks for states of cells, what is sensed has more than the room of the alias.
const WIDE: Renamed<'static> = &[("sensed", "sensed_states")];

/// Rows in place of those of `Stage::Rules`, where a rule asks for states of cells: what every cell has; what those with
/// proteostasis, synapses and immunogenicity have; and the rules.
pub const SENSE: Row = ("rules", "sense", Size::Cells, WIDE);
pub const SENSE_PROTEOSTASIS: Row = ("rules", "sense_proteostasis", Size::Cells, WIDE);
pub const SENSE_SYNAPSE: Row = ("rules", "sense_synapse", Size::Cells, WIDE);
pub const SENSE_SURFACE: Row = ("rules", "sense_surface", Size::Cells, WIDE);
pub const EVALUATE: Row = ("rules", "rules", Size::Cells, WIDE);

/// Row before that of `Stage::Divide`, where cells have immunogenicity.
pub const LOSE_ANTIGEN: [Row; 1] = [("divide", "lose_antigen", Size::Cells, &[])];

/// Rows that follow those of `Stage::Rebuild`: a pair for each pack that the cells have.
pub fn rebuild_pack(pack: Pack) -> [Row; 2] {
    let renamed: Renamed<'static> = match pack {
        Pack::Position => &[("pack", "position")],
        Pack::Velocity => &[("pack", "velocity")],
        Pack::Motility => &[("pack", "motility")],
        Pack::Identity => &[("pack", "identity")],
        Pack::Progress => &[("pack", "progress")],
        Pack::Protein => &[("pack", "protein")],
        Pack::Response => &[("pack", "response")],
        Pack::Programme => &[("pack", "programme")],
        Pack::Capacity => &[("pack", "capacity")],
        Pack::Signal => &[("pack", "signal")],
        Pack::Variation => &[("pack", "variation")],
        Pack::Synapse => &[("pack", "synapse")],
        Pack::Surface => &[("pack", "surface")],
    };
    ["gather", "write_back"].map(|entry| ("rebuild", entry, Size::Cells, renamed))
}

/// Rows that follow those: a pair for every four values that a cell keeps for rules.
#[rustfmt::skip]
pub const REBUILD_BEHAVIOURS: [Row; 8] = [
    ("rebuild_behaviours", "gather_0", Size::Cells, &[]),
    ("rebuild_behaviours", "write_back_0", Size::Cells, &[]),
    ("rebuild_behaviours", "gather_1", Size::Cells, &[]),
    ("rebuild_behaviours", "write_back_1", Size::Cells, &[]),
    ("rebuild_behaviours", "gather_2", Size::Cells, &[]),
    ("rebuild_behaviours", "write_back_2", Size::Cells, &[]),
    ("rebuild_behaviours", "gather_3", Size::Cells, &[]),
    ("rebuild_behaviours", "write_back_3", Size::Cells, &[]),
];

/// Buffers that serve under more than one name, since their uses in a step do not overlap.
#[rustfmt::skip]
pub const ALIASES: &[(&str, &str)] = &[
    // After `scatter` ranks are of no more use, after the contacts the effectors.
    ("effectors", "rank"),
    ("first_slot", "rank"),
    // `rebuild` comes after all that looks at neighbours.
    ("scratch", "sorted_position"),
    // New slots are made at the end of a step.
    ("next_cell", "new_slot"),
    // The rules come after all that looks at neighbours, and before `rebuild`.
    ("sensed", "sorted_position"),
    ("contact_counts", "new_slot"),
];

/// A row with its buffers bound.
pub struct Dispatch {
    bound: Bound,
    size: Size,
}

/// Numbers of invocations that the host knows.
#[derive(Clone, Copy, Debug)]
pub struct HostSizes {
    pub voxels: u32,
    pub voxel_blocks: u32,
    pub statistics_words: u32,
    pub field_voxels: u32,
    pub substrate_groups: u32,
    /// Values in a block of a scan.
    pub scan_block: u32,
    /// Whether a block of a scan is a workgroup, or an invocation.
    pub blocks_are_groups: bool,
}

/// Binds a dispatch to its buffers.
pub fn bind(
    gpu: &Gpu,
    kernels: &BTreeMap<&'static str, Kernel>,
    buffers: &Buffers,
    (kernel, entry, size, renamed): (&str, &str, Size, Renamed<'_>),
) -> Result<Dispatch> {
    let lookup = |name: &str| {
        let name = renamed.iter().find(|it| it.0 == name).map_or(name, |it| it.1);
        let name = ALIASES.iter().find(|it| it.0 == name).map_or(name, |it| it.1);
        buffers.get(name)
    };
    Ok(Dispatch { bound: kernels[kernel].bind(gpu, entry, &lookup)?, size })
}

impl Dispatch {
    /// Records the dispatch; `sizes` holds what the device alone knows: see `shaders/population.wgsl`.
    pub fn record(&self, pass: &mut ComputePass<'_>, host: &HostSizes, sizes: &crate::device::Buffer) {
        match self.size {
            Size::Exactly(invocations) => self.bound.dispatch(pass, invocations),
            Size::One => self.bound.dispatch_groups(pass, 1),
            Size::Voxels => self.bound.dispatch(pass, host.voxels + 1),
            Size::VoxelBlocks if host.blocks_are_groups => self.bound.dispatch_groups(pass, host.voxel_blocks),
            Size::VoxelBlocks => self.bound.dispatch(pass, host.voxel_blocks),
            Size::Cells => self.bound.dispatch_indirect(pass, sizes, 0),
            Size::CellBlocks => self.bound.dispatch_indirect(pass, sizes, 32),
            Size::FieldVoxels => self.bound.dispatch(pass, host.field_voxels),
            Size::GroupedFieldVoxels => self.bound.dispatch(pass, host.substrate_groups * host.field_voxels),
            Size::StatisticsWords => self.bound.dispatch(pass, host.statistics_words),
            Size::Chunks => self.bound.dispatch_indirect(pass, sizes, 16),
            Size::Effectors => self.bound.dispatch_indirect(pass, sizes, 48),
        }
    }
}
