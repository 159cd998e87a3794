//! `[cell_types.NAME.apoptosis]`, `.necrosis`, `.hits`, `.damage` and `.lifespan`: how cells die and leave.

use super::cycle::DurationDistribution;
use super::values::{Count, Duration, NotNegative, Positive, Rate};
use serde::{Deserialize, Deserializer, Serialize};

/// Death of one kind and what becomes of the dead cell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Death {
    /// Spontaneous death.
    pub rate: Rate,
    /// Mean time that a dead cell stays.
    pub duration: Duration,
    /// `fixed` or `exponential`.
    pub duration_distribution: DurationDistribution,
    /// Final volume as a fraction of the cell type's; above 1 it swells.
    pub volume_fraction: NotNegative,
    /// Rate at which the volume gets there.
    pub volume_relaxation: Rate,
}

/// A death as written: what is absent follows its kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rate: Option<Rate>,
    duration: Option<Duration>,
    duration_distribution: Option<DurationDistribution>,
    volume_fraction: Option<NotNegative>,
    volume_relaxation: Option<Rate>,
}

impl Written {
    fn or(self, kind: Death) -> Death {
        Death {
            rate: self.rate.unwrap_or(kind.rate),
            duration: self.duration.unwrap_or(kind.duration),
            duration_distribution: self.duration_distribution.unwrap_or(kind.duration_distribution),
            volume_fraction: self.volume_fraction.unwrap_or(kind.volume_fraction),
            volume_relaxation: self.volume_relaxation.unwrap_or(kind.volume_relaxation),
        }
    }
}

pub(super) fn read_apoptosis<'de, D: Deserializer<'de>>(from: D) -> Result<Death, D::Error> {
    Ok(Written::deserialize(from)?.or(Death::apoptosis()))
}

pub(super) fn read_necrosis<'de, D: Deserializer<'de>>(from: D) -> Result<Death, D::Error> {
    Ok(Written::deserialize(from)?.or(Death::necrosis()))
}

const PER_H: f64 = 1.0 / 60.0;
const H: f64 = 60.0;

impl Death {
    /// Shrinks quickly, and is gone after 8.6 h.
    pub fn apoptosis() -> Death {
        Death {
            rate: Rate(0.0),
            duration: Duration(8.6 * H),
            duration_distribution: DurationDistribution::Fixed,
            volume_fraction: NotNegative(0.1),
            volume_relaxation: Rate(PER_H),
        }
    }

    /// Swells, and stays for 60 d.
    pub fn necrosis() -> Death {
        Death {
            rate: Rate(0.0),
            duration: Duration(60.0 * 24.0 * H),
            duration_distribution: DurationDistribution::Fixed,
            volume_fraction: NotNegative(2.0),
            volume_relaxation: Rate(0.67 * PER_H),
        }
    }
}

/// `[cell_types.NAME.hits]`: hits that add up to a lethal number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hits {
    /// Hits that kill; 0: hits do nothing.
    pub lethal: Count,
    #[serde(default = "no_repair")]
    pub repair_rate: Rate,
}

fn no_repair() -> Rate {
    Rate(0.0)
}

/// `[cell_types.NAME.damage]`: hits that fade, and bring death at a rate of `hazard` · damage^`power`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Damage {
    pub half_life: Duration,
    /// Hazard of death at the damage of one fresh hit.
    pub hazard: Rate,
    pub power: Count,
}

/// `[cell_types.NAME.lifespan]`: the fraction (1 − age/maximum)^shape of cells lives longer than an age.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifespan {
    pub maximum: Duration,
    pub shape: Positive,
}
