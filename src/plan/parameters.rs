//! The parameter tables of the device, one set of rows per arm, and the WGSL that reads them.
//!
//! The buffer `parameters` holds, as 32-bit words: `ARM` words for each tissue (seed, start of its arm's rows), then
//! for each arm the rows of its cell types, of its ordered pairs of cell types, of its phases, and of what its cell types
//! exchange with substrates.
//! The structs below are those rows; WGSL gets one accessor a field, made from the same list.

use super::Plan;
use super::rules::Rules;
use crate::scenario::proteostasis::{self, with_proteostasis};
use bytemuck::{Pod, Zeroable};
use std::ops::Range;

/// Declares a row and the list of its fields.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, { $($(#[$field_doc:meta])* $field:ident: $kind:ident,)* }) => {
        $(#[$doc])*
        #[repr(C)]
        #[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }

        impl $name {
            /// Name and WGSL type of each field, in order; each takes one word.
            pub const FIELDS: &'static [(&'static str, &'static str)] = &[$((stringify!($field), stringify!($kind)),)*];
            /// Words in a row.
            pub const WORDS: usize = Self::FIELDS.len();

            /// Accessors, and the word of each field.
            pub(crate) fn wgsl() -> String {
                let mut text = format!("const {}_WORDS = {}u;\n", $prefix.to_uppercase(), Self::WORDS);
                for (word, (field, kind)) in Self::FIELDS.iter().enumerate() {
                    let read = format!("parameters[row + {word}u]");
                    let value = if *kind == "f32" { format!("bitcast<f32>({read})") } else { read };
                    text += &format!("fn {}_{field}(row: u32) -> {kind} {{ return {value}; }}\n", $prefix);
                    text += &format!("const {}_{} = {word}u;\n", $prefix.to_uppercase(), field.to_uppercase());
                }
                text
            }
        }
    };
}

pub(crate) use row;

row! {
    /// Parameters of a cell type. Rates per minute; `_ticks` in ticks.
    TypeParameters, "type", {
        volume_um3: f32,
        /// Rate at which volume approaches its target.
        volume_relaxation_per_min: f32,
        /// Pressure above which phases that arrest when crowded stand still.
        crowding_pressure: f32,
        /// Phases that divide wait until the volume reaches this.
        division_volume_um3: f32,
        speed_um_per_min: f32,
        /// Fraction of the speed kept while attached.
        attached_speed_fraction: f32,
        /// Mean velocity as a fraction of the speed.
        bias: f32,
        bias_x: f32,
        bias_y: f32,
        bias_z: f32,
        /// 1 + number of the substrate whose gradient is the direction instead; 0: none. 1 along it, -1 against it.
        gradient_substrate: u32,
        gradient_sign: f32,
        /// Exact update of the persistent walk over one movement step (see `steps::motility`).
        walk_decay: f32,
        walk_kick: f32,
        walk_travel_min: f32,
        walk_shared_min: f32,
        walk_own_min: f32,
        apoptosis_per_min: f32,
        necrosis_per_min: f32,
        /// Reciprocal of the time that a dead cell stays; its distribution is in `*_is_fixed`.
        apoptosis_removal_per_min: f32,
        apoptosis_is_fixed: u32,
        apoptosis_volume_fraction: f32,
        apoptosis_volume_relaxation_per_min: f32,
        necrosis_removal_per_min: f32,
        necrosis_is_fixed: u32,
        necrosis_volume_fraction: f32,
        necrosis_volume_relaxation_per_min: f32,
        /// Hits that kill; 0 where hits do nothing.
        lethal_hits: u32,
        hit_repair_per_min: f32,
        /// Damage by hits: its decay, the hazard of death at a damage of 1, and the power of the damage that the hazard
        /// goes with; 0 where damage does nothing (see `steps::damage`).
        damage_decay_per_min: f32,
        damage_hazard_per_min: f32,
        damage_power: u32,
        /// Effectors that may be attached to one cell of this type.
        attachment_sites: u32,
        /// First phase in the arm's rows of phases, and how many there are.
        first_phase: u32,
        phase_count: u32,
        /// Behaviours that the first trait scales: bits of `Behaviour`.
        trait_first_scales: u32,
        trait_first_zero_at: f32,
        trait_first_slope: f32,
        trait_first_maximum: f32,
        trait_second_scales: u32,
        trait_second_zero_at: f32,
        trait_second_slope: f32,
        trait_second_maximum: f32,
        /// Age that no cell survives; 0: cells do not age. Survival (1 − age/lifespan)^shape.
        lifespan_min: f32,
        lifespan_shape: f32,
        /// Where the row of its proteostasis begins, counted in words from the arm's first row; 0: it has none.
        proteostasis: u32,
        /// 1: phases run at the rate of division that proteostasis allows, times `exit_per_min` as a number.
        divides_by_proteostasis: u32,
        /// 1: its antigen, MHC-I and PD-L1 follow `steps::induce`.
        is_immunogenic: u32,
        /// Of cells that enter.
        antigen: f32,
        /// Probability that a daughter loses it.
        antigen_loss: f32,
        /// MHC-I and PD-L1 without the inducer and at its full signal.
        mhc1: f32,
        mhc1_induced: f32,
        mhc1_relaxation_per_min: f32,
        pd_l1: f32,
        pd_l1_induced: f32,
        pd_l1_relaxation_per_min: f32,
        /// 1 + number of the substrate that induces both, 0: none, and its level of half the signal.
        inducer: u32,
        inducer_half: f32,
        /// 1 + number of the substrate that IFN-gamma goes to, 0: none, and how much at most, in levels × um³.
        ifn_gamma: u32,
        ifn_gamma_um3_per_min: f32,
        /// Same of IL-2, which the cells sense too, with the level of half the signal.
        il2: u32,
        il2_um3_per_min: f32,
        il2_half: f32,
    }
}

row! {
    /// What cells of one type (row) do to cells of another (column).
    PairParameters, "pair", {
        /// Geometric mean of the two repulsions.
        repulsion_um_per_min: f32,
        adhesion_um_per_min: f32,
        /// Reach of adhesion in sums of radii.
        adhesion_reach: f32,
        inverse_adhesion_reach: f32,
        /// Spring rate of a bond between cells of the two types, whichever holds it: the same in both rows.
        elastic_per_min: f32,
        /// Rate at which live cells of the one type are drawn toward those of the other between two distances.
        attraction_per_min: f32,
        attraction_from_um: f32,
        attraction_to_um: f32,
        /// Rate at which a free effector attaches to a target in contact. In a culture: the rate for one pair of
        /// cells in the whole volume, times the number of buckets, since only cells of one bucket meet.
        attachment_per_min: f32,
        /// Contact: distance up to `contact_um + contact_reach` × sum of radii.
        contact_um: f32,
        contact_reach: f32,
        /// The attachment rate is full up to this fraction of the contact distance, and falls linearly to 0 at it.
        full_contact: f32,
        detachment_per_min: f32,
        /// Hazard of death of the target for each attached effector.
        kill_per_min: f32,
        hits_per_min: f32,
        /// Realised killing of the effector at which it hits at that rate; 0: it always does.
        reference_killing: f32,
        /// 1: antigen is seen without MHC-I, as by a CAR.
        ignores_mhc1: u32,
        /// 1: kills in passing, with `attachment_per_min` as its hazard, and stays free.
        is_kinapse: u32,
        /// Rate at which live cells of the one type become cells of the other.
        transition_per_min: f32,
    }
}

row! {
    /// A phase of a cycle.
    PhaseParameters, "phase", {
        /// Reciprocal of the mean duration; 0 for a phase without end.
        exit_per_min: f32,
        /// Number of equal exponential stages: 1 exponential, k Erlang; 0 fixed; `BY_AGE`.
        stages: u32,
        /// The phase that follows, counted within the cell type.
        next: u32,
        /// 1: the cell divides when the phase ends.
        divides: u32,
        /// 1: the target volume is twice the volume of the cell type.
        grows: u32,
        /// 1: stands still while crowded.
        arrests: u32,
    }
}

row! {
    /// What cells of one type (row) exchange with a substrate (column): see `steps::exchange`.
    ExchangeParameters, "exchange", {
        secretion_per_min: f32,
        /// Level toward which cells secrete.
        target: f32,
        uptake_per_min: f32,
        /// Fractions of the rates that dead cells keep.
        dead_secretion: f32,
        dead_uptake: f32,
    }
}

macro_rules! proteostasis_row {
    ($($field:ident $symbol:literal $measure:ident $allowed:ident $default:literal $range:tt $mark:ident $meaning:literal,)*) => {
        row! {
            /// Proteostasis of a cell type: the table of `scenario::proteostasis`, in h and %.
            ProteostasisParameters, "proteostasis", { $(#[doc = $meaning] $field: f32,)* }
        }
    };
}
with_proteostasis!(proteostasis_row);

impl TypeParameters {
    /// Whether cells secrete IFN-gamma or IL-2 as they are stimulated, or sense IL-2.
    pub fn has_cytokines(&self) -> bool {
        self.ifn_gamma > 0 || self.il2 > 0
    }
}

impl Default for ProteostasisParameters {
    fn default() -> ProteostasisParameters {
        ProteostasisParameters::new(&proteostasis::Proteostasis::default())
    }
}

impl ProteostasisParameters {
    /// The row for values of a scenario.
    pub fn new(given: &proteostasis::Proteostasis) -> ProteostasisParameters {
        let values: Vec<f32> = given.values.iter().map(|&value| value as f32).collect();
        bytemuck::pod_read_unaligned(bytemuck::cast_slice(&values))
    }

    /// A field by its place in the table.
    pub fn field(&mut self, place: usize) -> &mut f32 {
        &mut bytemuck::cast_slice_mut(std::slice::from_mut(self))[place]
    }
}

/// In place of `stages`: the phase ends once the age of the cell exceeds 1/rate.
pub const BY_AGE: u32 = u32::MAX;

/// What a trait can scale: bits of `trait_*_scales`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Behaviour {
    /// Rate of the cycle.
    CycleRate = 1,
    /// Duration of the phases.
    CycleDuration = 2,
    /// Rate at which effectors attach to this cell.
    AttachmentToSelf = 4,
    /// Rates of being killed and hit by an attached effector.
    Susceptibility = 8,
    /// Rates at which this cell kills and hits.
    Killing = 16,
    /// Speed of the walk.
    Speed = 32,
}

/// Names of the behaviours in scenarios.
pub const BEHAVIOURS: &[(&str, Behaviour)] = &[
    ("cycle_rate", Behaviour::CycleRate),
    ("cycle_duration", Behaviour::CycleDuration),
    ("attachment_to_self", Behaviour::AttachmentToSelf),
    ("susceptibility", Behaviour::Susceptibility),
    ("killing", Behaviour::Killing),
    ("speed", Behaviour::Speed),
];

/// All rows of one arm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters {
    pub types: Vec<TypeParameters>,
    /// Row-major: `pairs[a * types + b]` is what type a does to type b.
    pub pairs: Vec<PairParameters>,
    pub phases: Vec<PhaseParameters>,
    /// `exchange[type * columns + substrate]`, with `Substrates::columns`; empty without substrates.
    pub exchange: Vec<ExchangeParameters>,
    /// Of the cell types that have it.
    pub proteostasis: Vec<ProteostasisParameters>,
    pub rules: Rules,
}

impl Parameters {
    /// What cells of type `a` do to cells of type `b`.
    pub fn pair(&self, a: usize, b: usize) -> &PairParameters {
        &self.pairs[a * self.types.len() + b]
    }

    /// The phase of a cell type.
    pub fn phase(&self, cell_type: usize, phase: u32) -> &PhaseParameters {
        &self.phases[(self.types[cell_type].first_phase + phase) as usize]
    }

    /// Gives a cell type proteostasis, once all other rows are there.
    pub fn give_proteostasis(&mut self, own: usize, row: ProteostasisParameters) {
        self.types[own].proteostasis = self.word_count() as u32;
        self.proteostasis.push(row);
    }

    /// Number of the row of a cell type's proteostasis, if it has any.
    pub fn proteostasis_number(&self, own: usize) -> Option<usize> {
        let word = self.types[own].proteostasis as usize;
        (word > 0).then(|| (word - self.proteostasis_start()) / ProteostasisParameters::WORDS)
    }

    /// Words that the rows take.
    pub fn word_count(&self) -> usize {
        self.proteostasis_start() + self.proteostasis.len() * ProteostasisParameters::WORDS
    }

    /// Word at which the rows of proteostasis begin.
    fn proteostasis_start(&self) -> usize {
        self.exchange_start() + self.exchange.len() * ExchangeParameters::WORDS
    }

    /// Word at which the rows of the exchange begin.
    pub fn exchange_start(&self) -> usize {
        let rows = [self.types.len(), self.pairs.len(), self.phases.len()];
        let words = [TypeParameters::WORDS, PairParameters::WORDS, PhaseParameters::WORDS];
        rows.into_iter().zip(words).map(|(rows, words)| rows * words).sum()
    }

    /// The rows as words, in the order types, pairs, phases, exchange, proteostasis.
    pub fn words(&self) -> Vec<u32> {
        let mut words = Vec::new();
        words.extend_from_slice(bytemuck::cast_slice(&self.types));
        words.extend_from_slice(bytemuck::cast_slice(&self.pairs));
        words.extend_from_slice(bytemuck::cast_slice(&self.phases));
        words.extend_from_slice(bytemuck::cast_slice(&self.exchange));
        words.extend_from_slice(bytemuck::cast_slice(&self.proteostasis));
        words
    }
}

/// Words that the buffer holds for each tissue: seed (low, high), start of its arm's rows, arm.
pub const TISSUE_WORDS: usize = 4;

/// Which sets of rows there are in a batch, and which of them each tissue has: one for each arm, and one for each
/// tissue of an arm whose tissues may come to differ, or are patients that do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSets {
    /// Arm that each set begins as.
    pub arms: Vec<usize>,
    pub of_tissue: Vec<usize>,
}

impl RowSets {
    /// The sets of a range of the plan's tissues.
    pub fn new(plan: &Plan, tissues: Range<usize>) -> RowSets {
        let mut sets = RowSets { arms: (0..plan.arms.len()).collect(), of_tissue: Vec::new() };
        for tissue in tissues {
            let (arm, _) = plan.arm_and_replicate(tissue);
            if plan.arms[arm].differs_by_tissue() || !plan.cohort.parameters.is_empty() {
                sets.of_tissue.push(sets.arms.len());
                sets.arms.push(arm);
            } else {
                sets.of_tissue.push(arm);
            }
        }
        sets
    }

    /// Sets that the tissues of an arm have.
    pub fn of_arm(&self, arm: usize) -> impl Iterator<Item = usize> {
        self.arms.iter().enumerate().filter(move |(_, it)| **it == arm).map(|(set, _)| set)
    }

    /// First word of each set in the buffer `parameters`, given the words of each.
    pub fn starts(&self, words: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut next = self.of_tissue.len() * TISSUE_WORDS;
        let start = |length: usize| {
            next += length;
            next - length
        };
        words.map(start).collect()
    }
}

/// The words of each set: its rows, and its table of rules where any arm has rules.
fn whole_words(plan: &Plan, sets: &RowSets) -> Vec<Vec<u32>> {
    let has_rules = plan.arms.iter().any(|arm| arm.parameters.rules.values() > 0);
    let words = |&arm: &usize| {
        let arm = &plan.arms[arm].parameters;
        let mut words = arm.words();
        if has_rules {
            words.extend(arm.rules.words(arm.word_count(), arm.types.len()));
        }
        words
    };
    sets.arms.iter().map(words).collect()
}

/// First word of each set in the buffer `parameters`.
pub fn set_starts(plan: &Plan, sets: &RowSets) -> Vec<usize> {
    sets.starts(whole_words(plan, sets).iter().map(Vec::len))
}

/// The buffer `parameters` for a range of the plan's tissues.
pub fn buffer(plan: &Plan, tissues: Range<usize>, sets: &RowSets) -> Vec<u32> {
    let rows = whole_words(plan, sets);
    let starts = sets.starts(rows.iter().map(Vec::len));
    let mut words = Vec::new();
    for (tissue, &set) in tissues.zip(&sets.of_tissue) {
        let (arm, replicate) = plan.arm_and_replicate(tissue);
        let [low, high] = plan.seeds[replicate];
        words.extend([low, high, starts[set] as u32, arm as u32]);
    }
    words.extend(rows.into_iter().flatten());
    words
}

/// WGSL that reads the buffer `parameters`, which a shader declares as `array<u32>` beside the uniform `settings`.
pub fn wgsl() -> String {
    let mut text = String::from("// Made from src/plan/parameters.rs.\n");
    text += &TypeParameters::wgsl();
    text += &PairParameters::wgsl();
    text += &PhaseParameters::wgsl();
    text += &ExchangeParameters::wgsl();
    text += &ProteostasisParameters::wgsl();
    for (name, behaviour) in BEHAVIOURS {
        text += &format!("const SCALES_{} = {}u;\n", name.to_uppercase(), *behaviour as u32);
    }
    text += &format!("const BY_AGE = {BY_AGE}u;\n");
    text += "fn seed_of(tissue: u32) -> vec2u { return vec2u(parameters[tissue * 4u], parameters[tissue * 4u + 1u]); }\n\
             fn arm_of(tissue: u32) -> u32 { return parameters[tissue * 4u + 2u]; }\n\
             fn type_row(arm: u32, cell_type: u32) -> u32 { return arm + cell_type * TYPE_WORDS; }\n\
             fn pair_row(arm: u32, a: u32, b: u32) -> u32 {\n\
             \x20   return arm + settings.cell_type_count * TYPE_WORDS + (a * settings.cell_type_count + b) * PAIR_WORDS;\n\
             }\n\
             fn phase_row(arm: u32, own: u32, phase: u32) -> u32 {\n\
             \x20   let types = settings.cell_type_count;\n\
             \x20   return arm + types * TYPE_WORDS + types * types * PAIR_WORDS + (type_first_phase(own) + phase) * PHASE_WORDS;\n\
             }\n\
             fn exchange_row(arm: u32, cell_type: u32, columns: u32, substrate: u32) -> u32 {\n\
             \x20   return arm + settings.exchange_start + (cell_type * columns + substrate) * EXCHANGE_WORDS;\n\
             }\n";
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_words_in_order() {
        assert_eq!(size_of::<TypeParameters>(), 4 * TypeParameters::WORDS);
        assert_eq!(size_of::<PairParameters>(), 4 * PairParameters::WORDS);
        assert_eq!(size_of::<PhaseParameters>(), 4 * PhaseParameters::WORDS);
        let word = PairParameters::FIELDS.iter().position(|it| it.0 == "is_kinapse");
        assert_eq!(word, Some(std::mem::offset_of!(PairParameters, is_kinapse) / 4));
    }
}
