//! The table of columns: everything that a cell remembers from one step to the next.
//!
//! Columns live in *packs*, buffers of four 32-bit lanes a cell (16 bytes, since software adapters bind at most
//! 128 MiB). Upload, download, sorting, division, compaction, snapshots and statistics loop over this table, so a
//! new per-cell variable costs one row here, its shader and its twin.

use crate::plan::Plan;

/// A buffer of four 32-bit lanes a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum Pack {
    Position,
    Velocity,
    Motility,
    Identity,
    Progress,
    Protein,
    Response,
    Programme,
    Capacity,
    Signal,
    Variation,
    Synapse,
    Surface,
}

/// The packs of every cell, in buffer order.
pub const PACKS: [Pack; 5] = [Pack::Position, Pack::Velocity, Pack::Motility, Pack::Identity, Pack::Progress];

/// The packs that cells have besides where a plan needs them, in buffer order.
pub const OPTIONAL_PACKS: [Pack; 8] = [
    Pack::Protein,
    Pack::Response,
    Pack::Programme,
    Pack::Capacity,
    Pack::Signal,
    Pack::Variation,
    Pack::Synapse,
    Pack::Surface,
];

/// The packs of the cells of a plan.
pub fn packs(plan: &Plan) -> impl Iterator<Item = Pack> {
    PACKS.into_iter().chain(OPTIONAL_PACKS).filter(|pack| pack.group().is_in(plan))
}

/// What the cells of a plan need a pack for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Every,
    Proteostasis,
    Synapse,
    Surface,
}

impl Group {
    /// Whether a plan needs the packs of the group.
    pub fn is_in(self, plan: &Plan) -> bool {
        match self {
            Group::Every => true,
            Group::Proteostasis => plan.has_proteostasis(),
            Group::Synapse => plan.has_synapses(),
            Group::Surface => plan.has_immunogenicity(),
        }
    }

    /// Whether cells of a type make use of them.
    pub fn is_of(self, plan: &Plan, cell_type: usize) -> bool {
        match self {
            Group::Every => true,
            Group::Proteostasis => plan.has_proteostasis_of(cell_type),
            Group::Synapse => plan.has_synapses() && plan.has_proteostasis_of(cell_type),
            Group::Surface => plan.has_immunogenicity_of(cell_type),
        }
    }
}

impl Pack {
    /// Name of the buffer, in Rust, WGSL and error messages.
    pub const fn name(self) -> &'static str {
        match self {
            Pack::Position => "position",
            Pack::Velocity => "velocity",
            Pack::Motility => "motility",
            Pack::Identity => "identity",
            Pack::Progress => "progress",
            Pack::Protein => "protein",
            Pack::Response => "response",
            Pack::Programme => "programme",
            Pack::Capacity => "capacity",
            Pack::Signal => "signal",
            Pack::Variation => "variation",
            Pack::Synapse => "synapse",
            Pack::Surface => "surface",
        }
    }

    /// What it is needed for.
    pub const fn group(self) -> Group {
        match self {
            Pack::Position | Pack::Velocity | Pack::Motility | Pack::Identity | Pack::Progress => Group::Every,
            Pack::Protein | Pack::Response | Pack::Programme => Group::Proteostasis,
            Pack::Capacity | Pack::Signal | Pack::Variation => Group::Proteostasis,
            Pack::Synapse => Group::Synapse,
            Pack::Surface => Group::Surface,
        }
    }
}

/// How a column lies in its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// The whole lane is an f32.
    Float,
    /// `width` bits of an unsigned integer, from bit `shift` on.
    Bits { shift: u32, width: u32 },
}

/// What the two cells get that come from a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Daughters {
    /// Both get the mother's value.
    Same,
    /// Each gets half of it.
    Half,
    /// `divide` computes it: see there.
    Own,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    pub name: &'static str,
    /// Unit as printed; empty for counts and ratios. It ends the name of every dimensional column.
    pub unit: &'static str,
    pub meaning: &'static str,
    pub pack: Pack,
    pub lane: usize,
    pub storage: Storage,
    pub daughters: Daughters,
    /// Step of the fixed-point numbers in which statistics add this column up; None where a sum has no meaning.
    /// Values up to 2^20 steps are summed exactly.
    pub resolution: Option<f32>,
}

/// `bond` of a cell that is attached to nothing.
pub const NO_BOND: u32 = u32::MAX;

/// 1.0 in the fixed-point numbers of `phase_remaining`: 2^28, so that 16 mean durations fit.
pub const PHASE_ONE: f32 = 268_435_456.0;

/// What a cell is doing with its life: values of the column `fate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Fate {
    Live = 0,
    Apoptotic = 1,
    Necrotic = 2,
    /// Divides at the end of this step; never seen between steps.
    Dividing = 3,
    /// Leaves the tissue at the end of this step; never seen between steps.
    Removed = 4,
}

const fn float(
    name: &'static str,
    unit: &'static str,
    pack: Pack,
    lane: usize,
    daughters: Daughters,
    resolution: Option<f32>,
    meaning: &'static str,
) -> Column {
    Column { name, unit, meaning, pack, lane, storage: Storage::Float, daughters, resolution }
}

const fn bits(
    name: &'static str,
    pack: Pack,
    lane: usize,
    shift: u32,
    width: u32,
    daughters: Daughters,
    meaning: &'static str,
) -> Column {
    Column { name, unit: "", meaning, pack, lane, storage: Storage::Bits { shift, width }, daughters, resolution: None }
}

use Daughters::{Half, Own, Same};
use Pack::{
    Capacity, Identity, Motility, Position, Programme, Progress, Protein, Response, Signal, Surface, Synapse,
    Variation, Velocity,
};

/// The table.
#[rustfmt::skip]
pub const COLUMNS: &[Column] = &[
    // Position is relative to the middle of the tissue.
    float("x_um", "um", Position, 0, Own, Some(1.0 / 128.0), "centre of the cell"),
    float("y_um", "um", Position, 1, Own, Some(1.0 / 128.0), "centre of the cell"),
    float("z_um", "um", Position, 2, Own, Some(1.0 / 128.0), "centre of the cell; 0 in a layer"),
    float("volume_um3", "um3", Position, 3, Half, Some(1.0 / 16.0), "volume"),
    float("velocity_x_um_per_min", "um/min", Velocity, 0, Same, Some(1.0 / 4096.0), "velocity by repulsion, adhesion and bonds in the last mechanics step"),
    float("velocity_y_um_per_min", "um/min", Velocity, 1, Same, Some(1.0 / 4096.0), "same"),
    float("velocity_z_um_per_min", "um/min", Velocity, 2, Same, Some(1.0 / 4096.0), "same"),
    // −0 until the first mechanics step: the sign says that there is no earlier velocity to extrapolate from.
    float("pressure", "", Velocity, 3, Same, Some(1.0 / 4096.0), "sum over neighbours of (1 - distance / sum of radii)²"),
    float("motility_x_um_per_min", "um/min", Motility, 0, Same, Some(1.0 / 4096.0), "velocity of the persistent walk"),
    float("motility_y_um_per_min", "um/min", Motility, 1, Same, Some(1.0 / 4096.0), "same"),
    float("motility_z_um_per_min", "um/min", Motility, 2, Same, Some(1.0 / 4096.0), "same"),
    float("damage", "", Motility, 3, Same, Some(1.0 / 1024.0), "hits, each fading with the half-life of the cell type"),
    bits("id_low", Identity, 0, 0, 32, Own, "lower half of the cell's number, which it keeps for life"),
    bits("id_high", Identity, 1, 0, 32, Own, "upper half"),
    bits("phase", Identity, 2, 0, 8, Own, "phase of the cycle, counted within the cell type"),
    bits("fate", Identity, 2, 8, 3, Own, "0 live, 1 apoptotic, 2 necrotic"),
    bits("is_arrested", Identity, 2, 11, 1, Own, "1 while an effector holds the cell that arrests its cycle"),
    bits("cell_type", Identity, 2, 12, 4, Same, "number of the cell type"),
    bits("tissue", Identity, 2, 16, 16, Same, "number of the tissue in its batch"),
    bits("bond", Identity, 3, 0, 32, Own, "slot of the cell that this cell is attached to; 4294967295 for none"),
    bits("phase_remaining", Progress, 0, 0, 32, Own, "what is left of the phase, in mean durations × 2^28"),
    bits("hits", Progress, 1, 0, 6, Same, "sublethal hits not yet repaired, up to 63; where a type dies of its damage, all hits"),
    bits("divisions", Progress, 1, 6, 10, Own, "divisions from the cell that entered the tissue to this one"),
    bits("born", Progress, 1, 16, 16, Own, "when the cell entered or came from a division, in units of `Clocks::birth_ticks`"),
    float("trait_first", "", Progress, 2, Same, Some(1.0 / 16_384.0), "first trait of the cell type"),
    float("trait_second", "", Progress, 3, Same, Some(1.0 / 16_384.0), "second trait of the cell type"),
    // Proteostasis: see shaders/shared/proteostasis/state.wgsl. Percent are of all protein of the cell.
    float("akt_activity", "", Protein, 0, Same, Some(1.0 / 65_536.0), "phosphorylated AKT"),
    float("translation_capacity_percent_per_h", "percent/h", Protein, 1, Same, Some(1.0 / 16_384.0), "ribosomes"),
    float("misfolded_percent", "percent", Protein, 2, Same, Some(1.0 / 8192.0), "soluble misfolded protein"),
    float("aggregated_percent", "percent", Protein, 3, Same, Some(1.0 / 4096.0), "aggregated protein"),
    float("activation_chaperones", "", Response, 0, Same, Some(1.0 / 65_536.0), "folding capacity by activation: HSP90, TRiC"),
    float("stress_chaperones", "", Response, 1, Same, Some(1.0 / 65_536.0), "chaperones of the proteotoxic stress response: gp96, BiP, ERO1A"),
    float("stimulation_history", "", Response, 2, Same, Some(1.0 / 262_144.0), "stimulation remembered"),
    float("exhaustion", "", Response, 3, Same, Some(1.0 / 262_144.0), "exhaustion programme: TOX, TIM-3"),
    float("exhaustion_lock", "", Programme, 0, Same, Some(1.0 / 262_144.0), "exhaustion fixed in chromatin"),
    float("stemness", "", Programme, 1, Same, Some(1.0 / 262_144.0), "TCF1, SLAMF6"),
    float("pd1", "", Programme, 2, Same, Some(1.0 / 262_144.0), "PD-1 at the surface"),
    float("effector_programme", "", Programme, 3, Same, Some(1.0 / 262_144.0), "granzyme, perforin, interferon-gamma made"),
    float("translation_percent_per_h", "percent/h", Capacity, 0, Same, Some(1.0 / 16_384.0), "global translation"),
    float("proteotoxic_stress", "", Capacity, 1, Same, Some(1.0 / 262_144.0), "stress that UPR and ISR see, from 0 to 1"),
    float("cytokine_capacity", "", Capacity, 2, Same, Some(1.0 / 262_144.0), "cytokines when stimulated again, against the most"),
    float("killing_capacity", "", Capacity, 3, Same, Some(1.0 / 262_144.0), "killing when stimulated, against the most"),
    // What contacts tell the next step of proteostasis.
    bits("pd_l1_met", Signal, 0, 0, 16, Same, "PD-L1 of the target held, × 65535"),
    bits("il2_met", Signal, 0, 16, 16, Same, "IL-2 signal by the substrate around, × 65535"),
    float("tcr_occupancy_sum_h", "h", Signal, 1, Same, None, "integral of tcr_occupancy since the last step of proteostasis"),
    float("division_per_h", "/h", Signal, 2, Same, Some(1.0 / 1_048_576.0), "rate of division that proteostasis allows"),
    float("death_per_h", "/h", Signal, 3, Same, Some(1.0 / 1_048_576.0), "hazard of death by proteotoxic stress"),
    bits("variation_misfolding", Variation, 0, 0, 16, Same, "how the cell differs from its type: (η + 8) × 4096"),
    bits("variation_proteasome", Variation, 0, 16, 16, Same, "same"),
    bits("variation_translation", Variation, 1, 0, 16, Same, "same"),
    bits("variation_autophagy", Variation, 1, 16, 16, Same, "same"),
    bits("variation_exhaustion", Variation, 2, 0, 16, Same, "same"),
    bits("variation_stress_chaperones", Variation, 2, 16, 16, Same, "same"),
    bits("variation_akt", Variation, 3, 0, 16, Same, "same"),
    bits("variation_activation_chaperones", Variation, 3, 16, 16, Same, "same"),
    // Synapses: see shaders/stimulate.wgsl.
    float("tcr_occupancy", "", Synapse, 0, Same, Some(1.0 / 262_144.0), "TCR signal by contacts"),
    float("tcr_signal", "", Synapse, 1, Same, Some(1.0 / 262_144.0), "TCR signal by all that the cell meets, less what PD-1 stops"),
    float("realised_killing", "", Synapse, 2, Same, Some(1.0 / 262_144.0), "killing_capacity as far as the TCR signal calls on it"),
    float("il2_release", "", Synapse, 3, Same, Some(1.0 / 262_144.0), "secretion of IL-2, against the most"),
    // Immunogenicity: see shaders/induce.wgsl. Cells of types without it present all antigen.
    float("antigen", "", Surface, 0, Own, Some(1.0 / 262_144.0), "antigen that MHC-I can present"),
    float("mhc1", "", Surface, 1, Same, Some(1.0 / 262_144.0), "MHC-I at the surface"),
    float("pd_l1", "", Surface, 2, Same, Some(1.0 / 262_144.0), "PD-L1 at the surface"),
];

/// The row of a column.
pub fn column(name: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.name == name)
}

impl Column {
    /// The column's value in a cell's lane, as a number: f32 columns as they are, integers as integers.
    pub fn value(&self, lane: u32) -> f64 {
        match self.storage {
            Storage::Float => f64::from(f32::from_bits(lane)),
            Storage::Bits { .. } => f64::from(self.bits(lane)),
        }
    }

    /// The lane with other bits in the column's place, at most as many as it has.
    pub fn with_bits(&self, lane: u32, bits: u32) -> u32 {
        match self.storage {
            Storage::Float => bits,
            Storage::Bits { shift, width } => (lane & !(mask(width) << shift)) | bits.min(mask(width)) << shift,
        }
    }

    /// The column's bits, moved to bit 0.
    pub const fn bits(&self, lane: u32) -> u32 {
        match self.storage {
            Storage::Float => lane,
            Storage::Bits { shift, width } => (lane >> shift) & mask(width),
        }
    }
}

/// The lowest `width` bits.
pub const fn mask(width: u32) -> u32 {
    if width == 32 { u32::MAX } else { (1 << width) - 1 }
}

/// WGSL accessors for every column of bits narrower than a lane: `kind_phase(lane)`, `with_phase(lane, value)`.
pub fn wgsl() -> String {
    let mut text = String::from("// Made from src/cells/columns.rs.\n");
    for column in COLUMNS {
        if let Storage::Bits { shift, width } = column.storage
            && width < 32
        {
            let (name, mask) = (column.name, mask(width));
            text += &format!(
                "fn {name}_of(lane: u32) -> u32 {{ return (lane >> {shift}u) & {mask}u; }}\n\
                 fn with_{name}(lane: u32, value: u32) -> u32 {{ return (lane & {}u) | (value << {shift}u); }}\n",
                !(mask << shift)
            );
        }
    }
    text += &format!("const NO_BOND = {NO_BOND}u;\nconst PHASE_ONE = {:?}f;\n", f64::from(PHASE_ONE));
    for (name, fate) in [
        ("LIVE", Fate::Live),
        ("APOPTOTIC", Fate::Apoptotic),
        ("NECROTIC", Fate::Necrotic),
        ("DIVIDING", Fate::Dividing),
        ("REMOVED", Fate::Removed),
    ] {
        text += &format!("const {name} = {}u;\n", fate as u32);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_columns_share_a_bit() {
        let mut used = [[0u32; 4]; PACKS.len() + OPTIONAL_PACKS.len()];
        for column in COLUMNS {
            let bits = match column.storage {
                Storage::Float => u32::MAX,
                Storage::Bits { shift, width } => mask(width) << shift,
            };
            let lane = &mut used[column.pack as usize][column.lane];
            assert_eq!(*lane & bits, 0, "{} overlaps", column.name);
            *lane |= bits;
        }
    }

    /// So that a million T cells take less than 100 MB beyond what every cell has.
    #[test]
    fn proteostasis_takes_at_most_96_bytes_a_cell() {
        let own = OPTIONAL_PACKS.into_iter().filter(|pack| pack.group() == Group::Proteostasis);
        assert!(16 * own.count() <= 96);
    }

    #[test]
    fn names_end_with_their_unit() {
        for column in COLUMNS.iter().filter(|column| !column.unit.is_empty()) {
            let ending = column.unit.replace('/', "_per_");
            assert!(column.name.ends_with(&ending), "{} should end with {ending}", column.name);
        }
    }
}
