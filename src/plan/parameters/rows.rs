//! The rows: parameters of a cell type, of a pair of cell types, of a phase, of what is exchanged with a substrate, and of
//! proteostasis.

use crate::scenario::proteostasis::{self, with_proteostasis};
use bytemuck::{Pod, Zeroable};

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
        /// Exact update of the persistent walk over one movement step (see `stages::motion::motility`).
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
        /// goes with; 0 where damage does nothing (see `stages::lifecycle::damage`).
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
        /// 1: its antigen, MHC-I and PD-L1 follow `stages::regulation::induce`.
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
        /// 1: a target stands still in its cycle while one holds it.
        arrests_cycle: u32,
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
    /// What cells of one type (row) exchange with a substrate (column): see `stages::substrates::exchange`.
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
