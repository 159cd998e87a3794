//! Parameters that treatments may change, under the names that they have in a scenario.

use crate::plan::{PairParameters, Parameters, TypeParameters};
use crate::scenario::proteostasis::{self, Allowed, PARAMETERS};
use crate::scenario::units::Dimension;
use serde::{Deserialize, Serialize};
use std::f64::consts::LN_2;

/// Where a named parameter lies among the rows of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParameterId {
    /// A field of a cell type: its place in [`TYPE_NAMES`].
    Type { cell_type: usize, field: usize },
    /// How strongly a cell type pushes or pulls: its place in [`FORCE_NAMES`].
    Force { cell_type: usize, field: usize },
    /// The rate of all phases of a cell type.
    Cycle { cell_type: usize },
    /// The rate of one phase, counted within the cell type, or its duration.
    Phase { cell_type: usize, phase: usize, is_duration: bool },
    /// What cells of one type do to cells of another: its place in [`PAIR_NAMES`].
    Pair { effector: usize, target: usize, field: usize },
    /// The rate at which cells of one type become cells of another.
    Transition { from: usize, to: usize },
    /// A parameter of the proteostasis of a cell type: its place in [`PARAMETERS`].
    Proteostasis { cell_type: usize, field: usize },
}

/// What a parameter is measured in, where it is not as the device has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Rate,
    Speed,
    /// A volume per time, which the device has as a rate for one pair in the whole culture.
    VolumeRate,
    /// A mean time, of which the device has the reciprocal.
    Duration,
    /// A half-life, of which the device has the rate.
    HalfLife,
    /// A time that the device has in min.
    Age,
    Number,
    /// At most 1.
    Fraction,
    /// As the proteostasis of the device has it, in h.
    Proteostasis(proteostasis::Measure),
}

/// Shortest time in min that a treatment can bring about: far below any step.
const SHORTEST_MIN: f64 = 1e-3;

/// Smallest value, in h or %, that a treatment can bring a parameter to that divides.
const SMALLEST: f64 = 1e-3;

impl Measure {
    /// Of a value in the scenario.
    pub fn dimension(self) -> Dimension {
        match self {
            Measure::Rate => Dimension::RATE,
            Measure::Speed => Dimension::SPEED,
            Measure::VolumeRate => Dimension::VOLUME_RATE,
            Measure::Duration | Measure::HalfLife | Measure::Age => Dimension::TIME,
            Measure::Number | Measure::Fraction => Dimension::NUMBER,
            Measure::Proteostasis(measure) => measure.dimension(),
        }
    }

    /// From the device to um and min.
    fn read(self, value: f64) -> f64 {
        match self {
            Measure::Duration => 1.0 / value,
            Measure::HalfLife => LN_2 / value,
            Measure::Proteostasis(measure) => value / measure.from_min(),
            _ => value,
        }
    }

    /// And back, within its bounds.
    fn write(self, value: f64) -> f64 {
        match self {
            Measure::Duration => 1.0 / value.max(SHORTEST_MIN),
            Measure::HalfLife => LN_2 / value.max(SHORTEST_MIN),
            Measure::Age => value.max(SHORTEST_MIN),
            Measure::Fraction => value.min(1.0),
            Measure::Proteostasis(measure) => value * measure.from_min(),
            _ => value,
        }
    }
}

/// A parameter by name: its measure, its place in a row, and whether the row makes use of it.
pub type Name<T> = (&'static str, Measure, fn(&mut T) -> &mut f32, fn(&T) -> bool);

/// The parameters of a cell type, besides those of its cycle, forces and transitions.
pub const TYPE_NAMES: &[Name<TypeParameters>] = &[
    ("apoptosis.rate", Measure::Rate, |row| &mut row.apoptosis_per_min, |_| true),
    ("apoptosis.duration", Measure::Duration, |row| &mut row.apoptosis_removal_per_min, |_| true),
    ("necrosis.rate", Measure::Rate, |row| &mut row.necrosis_per_min, |_| true),
    ("necrosis.duration", Measure::Duration, |row| &mut row.necrosis_removal_per_min, |_| true),
    ("motility.speed", Measure::Speed, |row| &mut row.speed_um_per_min, |_| true),
    ("motility.bias", Measure::Fraction, |row| &mut row.bias, |_| true),
    ("motility.attached_speed_fraction", Measure::Fraction, |row| &mut row.attached_speed_fraction, |_| true),
    ("hits.repair_rate", Measure::Rate, |row| &mut row.hit_repair_per_min, |row| row.lethal_hits > 0),
    ("damage.half_life", Measure::HalfLife, |row| &mut row.damage_decay_per_min, |row| row.damage_power > 0),
    ("damage.hazard", Measure::Rate, |row| &mut row.damage_hazard_per_min, |row| row.damage_power > 0),
    ("lifespan.maximum", Measure::Age, |row| &mut row.lifespan_min, |row| row.lifespan_min > 0.0),
    ("lifespan.shape", Measure::Number, |row| &mut row.lifespan_shape, |row| row.lifespan_min > 0.0),
    ("crowding_pressure", Measure::Number, |row| &mut row.crowding_pressure, |row| row.crowding_pressure.is_finite()),
    ("immunogenicity.antigen_loss", Measure::Fraction, |row| &mut row.antigen_loss, |row| row.is_immunogenic == 1),
    ("immunogenicity.mhc1", Measure::Fraction, |row| &mut row.mhc1, |row| row.is_immunogenic == 1),
    ("immunogenicity.mhc1_induced", Measure::Fraction, |row| &mut row.mhc1_induced, |row| row.is_immunogenic == 1),
    ("immunogenicity.pd_l1", Measure::Fraction, |row| &mut row.pd_l1, |row| row.is_immunogenic == 1),
    ("immunogenicity.pd_l1_induced", Measure::Fraction, |row| &mut row.pd_l1_induced, |row| row.is_immunogenic == 1),
    ("volume_relaxation", Measure::Rate, |row| &mut row.volume_relaxation_per_min, |_| true),
];

/// The forces of a cell type; a pair of types has the geometric mean of theirs.
pub const FORCE_NAMES: &[Name<PairParameters>] = &[
    ("mechanics.repulsion", Measure::Speed, |row| &mut row.repulsion_um_per_min, |_| true),
    ("mechanics.adhesion", Measure::Speed, |row| &mut row.adhesion_um_per_min, |_| true),
];

/// The parameters of an interaction.
pub const PAIR_NAMES: &[Name<PairParameters>] = &[
    ("kill_rate", Measure::Rate, |row| &mut row.kill_per_min, |_| true),
    ("hit_rate", Measure::Rate, |row| &mut row.hits_per_min, |_| true),
    ("detachment_rate", Measure::Rate, |row| &mut row.detachment_per_min, |_| true),
    ("attachment_rate", Measure::Rate, |row| &mut row.attachment_per_min, |_| true),
    ("encounter_rate", Measure::VolumeRate, |row| &mut row.attachment_per_min, |_| true),
];

/// Name of the rate of all phases.
pub const CYCLE_RATE: &str = "cycle.rate";

impl ParameterId {
    /// What the parameter is measured in.
    pub fn measure(self) -> Measure {
        match self {
            ParameterId::Type { field, .. } => TYPE_NAMES[field].1,
            ParameterId::Force { field, .. } => FORCE_NAMES[field].1,
            ParameterId::Pair { field, .. } => PAIR_NAMES[field].1,
            ParameterId::Phase { is_duration: true, .. } => Measure::Duration,
            ParameterId::Cycle { .. } | ParameterId::Phase { .. } | ParameterId::Transition { .. } => Measure::Rate,
            ParameterId::Proteostasis { field, .. } => match PARAMETERS[field] {
                it if it.measure == proteostasis::Measure::Number && it.allowed == Allowed::Fraction => {
                    Measure::Fraction
                }
                it => Measure::Proteostasis(it.measure),
            },
        }
    }

    /// Whether rows have such a place.
    pub fn is_in(self, rows: &Parameters) -> bool {
        let (types, names) = (rows.types.len(), [TYPE_NAMES.len(), FORCE_NAMES.len(), PAIR_NAMES.len()]);
        match self {
            ParameterId::Type { cell_type, field } => cell_type < types && field < names[0],
            ParameterId::Force { cell_type, field } => cell_type < types && field < names[1],
            ParameterId::Pair { effector, target, field } => effector < types && target < types && field < names[2],
            ParameterId::Transition { from, to } => from < types && to < types,
            ParameterId::Cycle { cell_type } => cell_type < types,
            ParameterId::Phase { cell_type, phase, .. } => {
                rows.types.get(cell_type).is_some_and(|it| phase < it.phase_count as usize)
            }
            ParameterId::Proteostasis { cell_type, field } => cell_type < types && field < PARAMETERS.len(),
        }
    }

    /// The smallest value that the equations bear.
    fn least(self) -> f64 {
        match self {
            ParameterId::Proteostasis { field, .. } if PARAMETERS[field].allowed == Allowed::Positive => SMALLEST,
            _ => 0.0,
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

    /// Replaces each value that the place holds, in um and min.
    pub fn change(self, rows: &mut Parameters, mut to: impl FnMut(f64) -> f64) {
        let measure = self.measure();
        let least = self.least();
        let mut change =
            |value: &mut f32| *value = measure.write(to(measure.read(f64::from(*value)))).max(least) as f32;
        let types = rows.types.len();
        match self {
            ParameterId::Type { cell_type, field } => change(TYPE_NAMES[field].2(&mut rows.types[cell_type])),
            ParameterId::Pair { effector, target, field } => {
                change(PAIR_NAMES[field].2(&mut rows.pairs[effector * types + target]));
            }
            ParameterId::Transition { from, to } => change(&mut rows.pairs[from * types + to].transition_per_min),
            ParameterId::Cycle { cell_type } => {
                let first = rows.types[cell_type].first_phase as usize;
                let count = rows.types[cell_type].phase_count as usize;
                rows.phases[first..first + count].iter_mut().for_each(|phase| change(&mut phase.exit_per_min));
            }
            ParameterId::Phase { cell_type, phase, .. } => {
                let first = rows.types[cell_type].first_phase as usize;
                change(&mut rows.phases[first + phase].exit_per_min);
            }
            ParameterId::Proteostasis { cell_type, field } => {
                if let Some(number) = rows.proteostasis_number(cell_type) {
                    change(rows.proteostasis[number].field(field));
                }
            }
            ParameterId::Force { cell_type, field } => change_force(rows, cell_type, FORCE_NAMES[field].2, change),
        }
    }
}

/// Changes the force of a cell type, and with it those between it and all others.
fn change_force(
    rows: &mut Parameters,
    own: usize,
    field: fn(&mut PairParameters) -> &mut f32,
    mut change: impl FnMut(&mut f32),
) {
    let types = rows.types.len();
    let force = field(&mut rows.pairs[own * types + own]);
    let before = *force;
    change(force);
    let now = *force;
    // What is as it was keeps its bits, which a root might round otherwise.
    if now == before {
        return;
    }
    for other in (0..types).filter(|&other| other != own) {
        let theirs = *field(&mut rows.pairs[other * types + other]);
        let mean = (f64::from(now) * f64::from(theirs)).sqrt() as f32;
        *field(&mut rows.pairs[own * types + other]) = mean;
        *field(&mut rows.pairs[other * types + own]) = mean;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    fn rows() -> Parameters {
        let own = TypeParameters {
            apoptosis_removal_per_min: 0.25,
            damage_decay_per_min: 0.5,
            bias: 0.5,
            lifespan_min: 100.0,
            ..Zeroable::zeroed()
        };
        let pair = |adhesion_um_per_min| PairParameters { adhesion_um_per_min, ..Zeroable::zeroed() };
        Parameters { types: vec![own, own], pairs: [4.0, 2.0, 2.0, 1.0].map(pair).to_vec(), ..Parameters::default() }
    }

    fn of_type(name: &str) -> ParameterId {
        ParameterId::Type { cell_type: 0, field: TYPE_NAMES.iter().position(|it| it.0 == name).unwrap() }
    }

    #[test]
    fn times_are_read_and_written_as_the_scenario_has_them() {
        for (name, value, device) in [
            ("apoptosis.duration", 4.0, 0.125f32),
            ("damage.half_life", 2.0 * LN_2, 0.25),
            ("lifespan.maximum", 100.0, 200.0),
            ("motility.bias", 0.5, 1.0),
        ] {
            let (place, mut changed) = (of_type(name), rows());
            assert_eq!(place.value(&rows()), Some(value), "{name}");
            place.change(&mut changed, |value| 2.0 * value);
            let ParameterId::Type { field, .. } = place else { unreachable!() };
            assert_eq!(*TYPE_NAMES[field].2(&mut changed.types[0]), device, "{name}");
            place.change(&mut changed, |value| 8.0 * value);
            assert!(changed.types[0].bias <= 1.0, "a fraction stays one");
            let mut same = rows();
            place.change(&mut same, |value| value);
            assert_eq!(same, rows(), "{name}: what is as it was keeps its bits");
            place.change(&mut same, |_| 0.0);
            assert!(TYPE_NAMES[field].2(&mut same.types[0]).is_finite(), "{name}");
        }
    }

    #[test]
    fn a_force_is_shared_with_all_others() {
        let mut changed = rows();
        ParameterId::Force { cell_type: 0, field: 1 }.change(&mut changed, |value| 4.0 * value);
        let adhesion: Vec<f32> = changed.pairs.iter().map(|pair| pair.adhesion_um_per_min).collect();
        assert_eq!(adhesion, [16.0, 4.0, 4.0, 1.0]);
    }
}
