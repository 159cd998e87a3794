//! The state of a batch of tissues on the host: the packs of `columns.rs`, cell after cell.

use super::columns::{COLUMNS, Column, Fate, NO_BOND, OPTIONAL_PACKS, PACKS, Pack, column};
use crate::plan::{Clocks, Plan};

/// All columns of all cells; row i of every pack belongs to the cell in slot i.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    /// x, y, z in um and volume in um³.
    pub position: Vec<[f32; 4]>,
    /// Mechanical velocity in um/min and pressure.
    pub velocity: Vec<[f32; 4]>,
    /// Velocity of the persistent walk in um/min and damage.
    pub motility: Vec<[f32; 4]>,
    /// Id (two lanes), kind (phase, fate, cell type, tissue), bond.
    pub identity: Vec<[u32; 4]>,
    /// Phase remaining, hits and divisions, bits of the two traits.
    pub progress: Vec<[u32; 4]>,
    /// States, readouts and signals of proteostasis, and how each cell differs from its type: empty where no cell type
    /// has proteostasis, or before the cells have entered an engine.
    pub protein: Vec<[f32; 4]>,
    pub response: Vec<[f32; 4]>,
    pub programme: Vec<[f32; 4]>,
    pub capacity: Vec<[f32; 4]>,
    pub signal: Vec<[u32; 4]>,
    pub variation: Vec<[u32; 4]>,
    /// What T cells with proteostasis make of their contacts; empty where there are none, or as above.
    pub synapse: Vec<[f32; 4]>,
    /// Antigen, MHC-I and PD-L1; empty where no cell type has immunogenicity, or as above.
    pub surface: Vec<[f32; 4]>,
    /// Behaviours as the rules have them, as many for each cell as the plan's rules need; empty where there are no
    /// rules, or before the cells have entered an engine.
    pub behaviours: Vec<f32>,
}

impl Cells {
    /// Number of cells.
    pub fn len(&self) -> usize {
        self.identity.len()
    }

    /// Whether there is no cell at all.
    pub fn is_empty(&self) -> bool {
        self.identity.is_empty()
    }

    /// The raw lanes of one pack.
    pub fn pack(&self, pack: Pack) -> &[[u32; 4]] {
        match pack {
            Pack::Position => bytemuck::cast_slice(&self.position),
            Pack::Velocity => bytemuck::cast_slice(&self.velocity),
            Pack::Motility => bytemuck::cast_slice(&self.motility),
            Pack::Identity => &self.identity,
            Pack::Progress => &self.progress,
            Pack::Protein => bytemuck::cast_slice(&self.protein),
            Pack::Response => bytemuck::cast_slice(&self.response),
            Pack::Programme => bytemuck::cast_slice(&self.programme),
            Pack::Capacity => bytemuck::cast_slice(&self.capacity),
            Pack::Signal => &self.signal,
            Pack::Variation => &self.variation,
            Pack::Synapse => bytemuck::cast_slice(&self.synapse),
            Pack::Surface => bytemuck::cast_slice(&self.surface),
        }
    }

    /// Replaces one pack by raw lanes, as they come from a device.
    pub fn set_pack(&mut self, pack: Pack, lanes: Vec<[u32; 4]>) {
        match pack {
            Pack::Position => self.position = bytemuck::cast_vec(lanes),
            Pack::Velocity => self.velocity = bytemuck::cast_vec(lanes),
            Pack::Motility => self.motility = bytemuck::cast_vec(lanes),
            Pack::Identity => self.identity = lanes,
            Pack::Progress => self.progress = lanes,
            Pack::Protein => self.protein = bytemuck::cast_vec(lanes),
            Pack::Response => self.response = bytemuck::cast_vec(lanes),
            Pack::Programme => self.programme = bytemuck::cast_vec(lanes),
            Pack::Capacity => self.capacity = bytemuck::cast_vec(lanes),
            Pack::Signal => self.signal = lanes,
            Pack::Variation => self.variation = lanes,
            Pack::Synapse => self.synapse = bytemuck::cast_vec(lanes),
            Pack::Surface => self.surface = bytemuck::cast_vec(lanes),
        }
    }

    /// Takes one pack out, to be put back by `set_pack`.
    pub fn take_pack(&mut self, pack: Pack) -> Vec<[u32; 4]> {
        match pack {
            Pack::Position => bytemuck::cast_vec(std::mem::take(&mut self.position)),
            Pack::Velocity => bytemuck::cast_vec(std::mem::take(&mut self.velocity)),
            Pack::Motility => bytemuck::cast_vec(std::mem::take(&mut self.motility)),
            Pack::Identity => std::mem::take(&mut self.identity),
            Pack::Progress => std::mem::take(&mut self.progress),
            Pack::Protein => bytemuck::cast_vec(std::mem::take(&mut self.protein)),
            Pack::Response => bytemuck::cast_vec(std::mem::take(&mut self.response)),
            Pack::Programme => bytemuck::cast_vec(std::mem::take(&mut self.programme)),
            Pack::Capacity => bytemuck::cast_vec(std::mem::take(&mut self.capacity)),
            Pack::Signal => std::mem::take(&mut self.signal),
            Pack::Variation => std::mem::take(&mut self.variation),
            Pack::Synapse => bytemuck::cast_vec(std::mem::take(&mut self.synapse)),
            Pack::Surface => bytemuck::cast_vec(std::mem::take(&mut self.surface)),
        }
    }

    /// The value of a column in one cell.
    pub fn value(&self, column: &Column, cell: usize) -> f64 {
        column.value(self.pack(column.pack)[cell][column.lane])
    }

    /// The cell's 64-bit number.
    pub fn id(&self, cell: usize) -> u64 {
        let [low, high, ..] = self.identity[cell];
        u64::from(high) << 32 | u64::from(low)
    }

    /// The value of a column of bits in one cell; 0 where there is no such column.
    fn bits(&self, name: &str, cell: usize) -> usize {
        column(name).map_or(0, |it| it.bits(self.pack(it.pack)[cell][it.lane]) as usize)
    }

    /// Whether the bond of a cell leads to another cell of its tissue, if it has one.
    pub fn is_attached_well(&self, cell: usize) -> bool {
        let bond = self.identity[cell][3] as usize;
        let is_there = bond < self.len() && bond != cell;
        bond == NO_BOND as usize || is_there && self.bits("tissue", bond) == self.bits("tissue", cell)
    }

    /// Whether they can be the cells of so many tissues of a plan between two steps: all packs are there, and whatever
    /// says where something lies says a place that there is.
    pub fn fit(&self, plan: &Plan, tissues: usize) -> bool {
        let length = |pack: Pack| if pack.group().is_in(plan) { self.len() } else { 0 };
        PACKS.into_iter().chain(OPTIONAL_PACKS).all(|pack| self.pack(pack).len() == length(pack))
            && self.behaviours.len() == self.len() * plan.ruled_values()
            && (0..self.len()).all(|cell| {
                let phases = plan.cell_types.get(self.bits("cell_type", cell)).map_or(0, |it| it.phases.len());
                self.bits("tissue", cell) < tissues
                    && self.bits("phase", cell) < phases
                    && self.bits("fate", cell) <= Fate::Necrotic as usize
                    && self.is_attached_well(cell)
            })
    }

    /// Takes over the cells of another table; without a copy where there are none yet.
    pub fn take_in(&mut self, other: Cells) {
        if self.is_empty() { *self = other } else { self.append(&other) }
    }

    /// Appends the cells of another table.
    pub fn append(&mut self, other: &Cells) {
        self.position.extend_from_slice(&other.position);
        self.velocity.extend_from_slice(&other.velocity);
        self.motility.extend_from_slice(&other.motility);
        self.identity.extend_from_slice(&other.identity);
        self.progress.extend_from_slice(&other.progress);
        self.protein.extend_from_slice(&other.protein);
        self.response.extend_from_slice(&other.response);
        self.programme.extend_from_slice(&other.programme);
        self.capacity.extend_from_slice(&other.capacity);
        self.signal.extend_from_slice(&other.signal);
        self.variation.extend_from_slice(&other.variation);
        self.synapse.extend_from_slice(&other.synapse);
        self.surface.extend_from_slice(&other.surface);
        self.behaviours.extend_from_slice(&other.behaviours);
    }

    /// Appends one cell given by its raw lanes.
    pub fn push(&mut self, lanes: [[u32; 4]; 5]) {
        let [position, velocity, motility, identity, progress] = lanes;
        self.position.push(position.map(f32::from_bits));
        self.velocity.push(velocity.map(f32::from_bits));
        self.motility.push(motility.map(f32::from_bits));
        self.identity.push(identity);
        self.progress.push(progress);
    }

    /// Says of all cells that they enter at a tick.
    pub fn set_born(&mut self, clocks: &Clocks, tick: u32) {
        let Some(born) = column("born") else { return };
        for progress in &mut self.progress {
            progress[born.lane] = born.with_bits(progress[born.lane], tick / clocks.birth_ticks());
        }
    }

    /// Where two tables first differ, for the message of a failed comparison: slot, column and both values.
    pub fn first_difference(&self, other: &Cells) -> Option<String> {
        if self.len() != other.len() {
            return Some(format!("{} cells against {}", self.len(), other.len()));
        }
        let bits = |cells: &Cells| cells.behaviours.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
        let (mine, theirs) = (bits(self), bits(other));
        if mine.len() != theirs.len() {
            return Some(format!("{} values kept for rules against {}", mine.len(), theirs.len()));
        }
        if let Some(value) = (0..mine.len()).find(|&value| mine[value] != theirs[value]) {
            let (cell, place) = (value * self.len() / mine.len(), value % (mine.len() / self.len()));
            let (a, b) = (self.behaviours[value], other.behaviours[value]);
            return Some(format!("slot {cell}, behaviour {place}: {a:?} against {b:?}"));
        }
        for column in COLUMNS {
            let (mine, theirs) = (self.pack(column.pack), other.pack(column.pack));
            if mine.len() != theirs.len() {
                return Some(format!("{}: {} values against {}", column.name, mine.len(), theirs.len()));
            }
            for cell in 0..mine.len() {
                let (a, b) = (mine[cell][column.lane], theirs[cell][column.lane]);
                if column.bits(a) != column.bits(b) {
                    let (name, va, vb) = (column.name, column.value(a), column.value(b));
                    return Some(format!("slot {cell}, {name}: {va:?} ({a:#x}) against {vb:?} ({b:#x})"));
                }
            }
        }
        None
    }
}
