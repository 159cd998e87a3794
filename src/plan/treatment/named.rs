//! Parameters that treatments may change, under the names that they have in a scenario.

use crate::plan::{PairParameters, Parameters, TypeParameters};

/// Where a named parameter lies among the rows of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A field of a cell type: its place in [`TYPE_NAMES`].
    Type { cell_type: usize, field: usize },
    /// The rate of all phases of a cell type.
    Cycle { cell_type: usize },
    /// The rate of one phase, counted within the cell type.
    Phase { cell_type: usize, phase: usize },
    /// What cells of one type do to cells of another: its place in [`PAIR_NAMES`].
    Pair { effector: usize, target: usize, field: usize },
}

/// What a parameter is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Rate,
    Speed,
    /// A volume per time, which the device has as a rate for one pair in the whole culture.
    VolumeRate,
}

/// Name, measure and place in the row of each parameter of a cell type, besides those of its cycle.
pub const TYPE_NAMES: &[Name<TypeParameters>] = &[
    ("apoptosis.rate", Measure::Rate, |row| &mut row.apoptosis_per_min),
    ("necrosis.rate", Measure::Rate, |row| &mut row.necrosis_per_min),
    ("motility.speed", Measure::Speed, |row| &mut row.speed_um_per_min),
    ("hits.repair_rate", Measure::Rate, |row| &mut row.hit_repair_per_min),
    ("volume_relaxation", Measure::Rate, |row| &mut row.volume_relaxation_per_min),
];

/// The same of each parameter of an interaction.
pub const PAIR_NAMES: &[Name<PairParameters>] = &[
    ("kill_rate", Measure::Rate, |row| &mut row.kill_per_min),
    ("hit_rate", Measure::Rate, |row| &mut row.hits_per_min),
    ("detachment_rate", Measure::Rate, |row| &mut row.detachment_per_min),
    ("attachment_rate", Measure::Rate, |row| &mut row.attachment_per_min),
    ("encounter_rate", Measure::VolumeRate, |row| &mut row.attachment_per_min),
];

/// A row of the tables above.
pub type Name<T> = (&'static str, Measure, fn(&mut T) -> &mut f32);

/// Name of the rate of all phases.
pub const CYCLE_RATE: &str = "cycle.rate";

impl Place {
    /// What the parameter is measured in.
    pub fn measure(self) -> Measure {
        match self {
            Place::Type { field, .. } => TYPE_NAMES[field].1,
            Place::Pair { field, .. } => PAIR_NAMES[field].1,
            Place::Cycle { .. } | Place::Phase { .. } => Measure::Rate,
        }
    }

    /// The value, where the place holds exactly one.
    pub fn value(self, rows: &Parameters) -> Option<f64> {
        let (mut rows, mut values) = (rows.clone(), Vec::new());
        self.change(&mut rows, |value| {
            values.push(value);
            value
        });
        if let [value] = values[..] { Some(value) } else { None }
    }

    /// Replaces each value that the place holds.
    pub fn change(self, rows: &mut Parameters, mut to: impl FnMut(f64) -> f64) {
        let mut change = |value: &mut f32| *value = to(f64::from(*value)) as f32;
        match self {
            Place::Type { cell_type, field } => change(TYPE_NAMES[field].2(&mut rows.types[cell_type])),
            Place::Pair { effector, target, field } => {
                let pair = effector * rows.types.len() + target;
                change(PAIR_NAMES[field].2(&mut rows.pairs[pair]));
            }
            Place::Cycle { cell_type } => {
                let first = rows.types[cell_type].first_phase as usize;
                let count = rows.types[cell_type].phase_count as usize;
                rows.phases[first..first + count].iter_mut().for_each(|phase| change(&mut phase.exit_per_min));
            }
            Place::Phase { cell_type, phase } => {
                let first = rows.types[cell_type].first_phase as usize;
                change(&mut rows.phases[first + phase].exit_per_min);
            }
        }
    }
}
