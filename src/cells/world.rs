//! The state that the twins work on: the buffers of a batch of tissues, under the names that the shaders use.

use super::Cells;
use super::columns::packs;
use super::events::EVENT_COUNT;
use super::lists::{self, List};
use super::settings::{Population, Settings};
use crate::fields::Fields;
use crate::plan::parameters::RowSets;
use crate::plan::{Parameters, Plan, ProteostasisParameters};
use std::ops::Range;

/// Candidates that the search for neighbours judges at once. Four f32 fill a vector register of every processor.
pub const LANES: usize = 4;

/// A tissue of the batch.
#[derive(Clone, Copy, Debug)]
pub struct Tissue {
    pub seed: [u32; 2],
    pub arm: usize,
    /// Its set of rows.
    pub rows: usize,
}

/// Everything that a step reads and writes.
pub struct World<'a> {
    pub plan: &'a Plan,
    pub settings: Settings,
    pub tissues: Vec<Tissue>,
    /// Sets of parameter rows: see `RowSets`.
    pub rows: Vec<Parameters>,
    pub population: Population,
    pub cells: Cells,
    /// Cumulative events: \[tissue\]\[cell type\]\[event\].
    pub events: Vec<u32>,
    /// First place of each voxel in the sorted order, and the number of cells.
    pub voxel_start: Vec<u32>,
    /// Number of each cell within its voxel; during `rebuild`, first new slot of each place.
    pub rank: Vec<u32>,
    /// Slot and kind, in voxel order.
    pub sorted_cell: Vec<[u32; 2]>,
    /// x, y, z and radius in um, in voxel order, and room for lanes past the last cell.
    pub sorted_position: Vec<[f32; 4]>,
    /// Places of live effectors in the sorted order.
    pub effectors: Vec<u32>,
    /// Inbox of each cell: see `contacts`.
    pub contacts: Vec<[u32; 2]>,
    /// Of each place in the sorted order the cells that may touch, in a step of relaxation: see `touching`.
    pub lists: Vec<List>,
    /// Substrates, where the plan has any.
    pub fields: Option<Fields>,
    /// Where each new slot comes from, and where each old one went.
    pub slot_source: Vec<u32>,
    pub new_slot: Vec<u32>,
    /// Values that each cell keeps for rules.
    pub ruled_values: usize,
    /// Whether rules change repulsion or adhesion.
    pub has_ruled_forces: bool,
    /// Whether a cell may become one of another type.
    pub has_transitions: bool,
    /// Whether an interaction arrests the cycle of its targets.
    pub has_arrest: bool,
    /// Contacts of each cell: see `count_contacts`.
    pub contact_counts: Vec<u32>,
    /// Live cells of \[tissue\]\[cell type\].
    pub tissue_counts: Vec<u32>,
}

impl<'a> World<'a> {
    /// An empty world for a range of the plan's tissues.
    pub fn new(plan: &'a Plan, tissues: Range<usize>) -> World<'a> {
        let sets = RowSets::new(plan, tissues.clone());
        let tissues: Vec<Tissue> = tissues
            .zip(sets.of_tissue)
            .map(|(tissue, rows)| {
                let (arm, replicate) = plan.arm_and_replicate(tissue);
                Tissue { seed: plan.seeds[replicate], arm, rows }
            })
            .collect();
        World {
            plan,
            settings: Settings::new(plan, tissues.len()),
            population: Population::default(),
            cells: Cells::default(),
            events: vec![0; tissues.len() * plan.cell_types.len() * EVENT_COUNT],
            voxel_start: Vec::new(),
            rank: Vec::new(),
            sorted_cell: Vec::new(),
            sorted_position: Vec::new(),
            effectors: Vec::new(),
            contacts: Vec::new(),
            lists: Vec::new(),
            rows: sets.arms.into_iter().map(|arm| plan.arms[arm].parameters.clone()).collect(),
            slot_source: Vec::new(),
            new_slot: Vec::new(),
            fields: Fields::new(plan, tissues.len()),
            ruled_values: plan.ruled_values(),
            has_ruled_forces: plan.has_ruled_forces(),
            has_transitions: plan.has_transitions(),
            has_arrest: plan.has_arrest(),
            contact_counts: Vec::new(),
            tissue_counts: Vec::new(),
            tissues,
        }
    }

    /// Parameters of a tissue, as they are now.
    pub fn parameters(&self, tissue: u32) -> &Parameters {
        &self.rows[self.tissues[tissue as usize].rows]
    }

    /// Proteostasis of each cell type, if it has any: \[set of rows\]\[cell type\].
    pub fn proteostasis_rows(&self) -> Vec<Vec<Option<&ProteostasisParameters>>> {
        let of_set = |rows: &Parameters| (0..rows.types.len()).map(|own| rows.proteostasis_number(own)).collect();
        let numbers: Vec<Vec<Option<usize>>> = self.rows.iter().map(of_set).collect();
        let found = self.rows.iter().zip(numbers);
        found.map(|(rows, it)| it.into_iter().map(|own| own.map(|n| &rows.proteostasis[n])).collect()).collect()
    }

    /// Philox key of a tissue.
    pub fn seed(&self, tissue: u32) -> [u32; 2] {
        self.tissues[tissue as usize].seed
    }

    /// Place of an event's counter.
    pub fn event(&self, kind: u32, event: usize) -> usize {
        let (tissue, cell_type) = (super::cell_bits::tissue(kind) as usize, super::cell_bits::cell_type(kind) as usize);
        (tissue * self.plan.cell_types.len() + cell_type) * EVENT_COUNT + event
    }

    /// Bytes a cell, sorting space included, but for voxels and the list of effectors.
    pub fn bytes_per_cell(plan: &Plan) -> u64 {
        let contacts = u64::from(plan.senses(crate::plan::rules::signals::Code::Contact));
        let packs = packs(plan).count() as u64;
        // Packs; rank, sorted cell, sorted position, inbox, source and destination of a slot; rules; lists.
        let rules = 4 * (plan.ruled_values() as u64 + contacts);
        16 * packs + 4 + 8 + 16 + 8 + 4 + 4 + rules + lists::bytes_per_cell(plan)
    }

    /// Makes the buffers as long as the cells and voxels ask for.
    pub fn make_room(&mut self) {
        let cells = self.cells.len();
        self.population.live_count = cells as u32;
        self.rank.resize(cells, 0);
        self.sorted_cell.resize(cells, [0; 2]);
        self.sorted_position.resize(cells + LANES, [0.0; 4]);
        self.contacts.resize(cells, super::inbox::AT_REST);
        self.voxel_start.resize(self.tissues.len() * self.settings.voxels[3] as usize + 1, 0);
    }
}
