//! `[cell_types.NAME]`: what every cell of a type has in common.

use super::cycle::Cycle;
use super::death::{Damage, Death, Hits, Lifespan, read_apoptosis, read_necrosis};
use super::genotype::Genotype;
use super::immunity::{Cytokines, Immunogenicity};
use super::proteostasis::Proteostasis;
use super::radiation::{PerGray, PerGray2};
use super::substrates::CellSubstrate;
use super::traits::Trait;
use super::values::{Count, Duration, Fraction, NotNegative, Number, Positive, Rate, Speed, Volume};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `[cell_types.NAME]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellType {
    /// Volume of a cell that does not grow.
    pub volume: Volume,
    /// Rate at which a volume approaches its target.
    #[serde(default = "volume_relaxation")]
    pub volume_relaxation: Rate,
    /// Pressure above which phases with `arrests_when_crowded` stand still; absent: never.
    pub crowding_pressure: Option<NotNegative>,
    /// A cell waits with its division for this multiple of `volume`; absent: it does not wait.
    pub division_volume: Option<Positive>,
    /// Effectors that may be attached to one cell.
    #[serde(default = "attachment_sites")]
    pub attachment_sites: Count,
    #[serde(default)]
    pub cycle: Cycle,
    #[serde(default = "Death::apoptosis", deserialize_with = "read_apoptosis")]
    pub apoptosis: Death,
    #[serde(default = "Death::necrosis", deserialize_with = "read_necrosis")]
    pub necrosis: Death,
    /// Death by hits follows one law or the other.
    pub hits: Option<Hits>,
    pub damage: Option<Damage>,
    /// Absent: cells do not age.
    pub lifespan: Option<Lifespan>,
    pub radiosensitivity: Option<Radiosensitivity>,
    #[serde(default)]
    pub mechanics: CellMechanics,
    #[serde(default)]
    pub motility: Motility,
    /// Rates at which live cells become cells of another type, by its name.
    #[serde(default)]
    pub transitions: BTreeMap<String, Rate>,
    /// Secretion and uptake, by the name of the substrate.
    #[serde(default)]
    pub substrates: BTreeMap<String, CellSubstrate>,
    /// Protein folding, its stress response and exhaustion; absent: the cells have none.
    pub proteostasis: Option<Proteostasis>,
    /// What is edited in the genes of all its cells.
    #[serde(default)]
    pub genotype: Genotype,
    /// Antigen, MHC-I and PD-L1 that T cells meet; absent: all antigen, and no PD-L1.
    pub immunogenicity: Option<Immunogenicity>,
    /// What cells with proteostasis secrete.
    pub cytokines: Option<Cytokines>,
    /// At most two; the first in the file is `trait_first`.
    #[serde(default)]
    pub traits: IndexMap<String, Trait>,
}

/// `[cell_types.NAME.radiosensitivity]`: of a dose D in Gy, the part exp(−αD − βD²) survives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Radiosensitivity {
    pub alpha: PerGray,
    pub beta: PerGray2,
}

fn volume_relaxation() -> Rate {
    Rate(0.3 / 60.0)
}

fn attachment_sites() -> Count {
    Count(1)
}

/// `[cell_types.NAME.mechanics]`: how cells push and pull; the defaults are those of a PhysiCell tumour cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CellMechanics {
    pub repulsion: Speed,
    pub adhesion: Speed,
    /// Reach of adhesion in sums of radii.
    pub adhesion_reach: Positive,
}

impl Default for CellMechanics {
    fn default() -> CellMechanics {
        CellMechanics { repulsion: Speed(10.0), adhesion: Speed(0.4), adhesion_reach: Positive(1.25) }
    }
}

/// `[cell_types.NAME.motility]`: a persistent random walk; the default stands still.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Motility {
    /// Root mean square speed.
    pub speed: Speed,
    /// Time in which a cell forgets its direction.
    pub persistence: Duration,
    /// Mean velocity as a fraction of the speed.
    pub bias: Fraction,
    /// Direction of the bias: three components, or two in a layer; any length but 0.
    pub bias_direction: Vec<Number>,
    /// Or along the gradient of this substrate,
    pub follows: Option<String>,
    /// or against it.
    pub avoids: Option<String>,
    /// Fraction of the speed kept while attached.
    pub attached_speed_fraction: Fraction,
}

impl Default for Motility {
    fn default() -> Motility {
        Motility {
            speed: Speed(0.0),
            persistence: Duration(1.0),
            bias: Fraction(0.0),
            bias_direction: [1.0, 0.0, 0.0].map(Number).to_vec(),
            follows: None,
            avoids: None,
            attached_speed_fraction: Fraction(0.0),
        }
    }
}
