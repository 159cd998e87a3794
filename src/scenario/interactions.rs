//! `[[interactions]]`: what cells of one type do to cells of another.

use super::values::{Length, NotNegative, Positive, Rate, VolumeRate};
use serde::{Deserialize, Serialize};

/// How an effector kills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It attaches and stays.
    #[default]
    Synapse,
    /// In passing.
    Kinapse,
}

/// `[[interactions]]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interaction {
    /// Names of cell types.
    pub effector: String,
    pub target: String,
    #[serde(default)]
    pub mode: Mode,
    /// Rate at which a free effector attaches to a target in contact (synapse), or kills it (kinapse).
    pub attachment_rate: Option<Rate>,
    /// In a culture instead: the rate for one cell of each type in a unit of volume.
    pub encounter_rate: Option<VolumeRate>,
    /// Contact up to `contact_distance + contact_reach` × sum of radii; one absent counts 0; both: a reach of 1.1.
    pub contact_distance: Option<Length>,
    pub contact_reach: Option<NotNegative>,
    /// Up to this distance the attachment rate is full, from there it falls to 0 at contact; absent: full throughout.
    pub full_contact_distance: Option<Length>,
    #[serde(default = "none")]
    pub detachment_rate: Rate,
    /// Hazard of death of the target for each attached effector.
    #[serde(default = "none")]
    pub kill_rate: Rate,
    /// Hits on the target by each attached effector.
    #[serde(default = "none")]
    pub hit_rate: Rate,
    /// Realised killing of an effector with proteostasis at which it hits at that rate; others hit in proportion, at
    /// most twice as often. Absent: all hit at that rate.
    pub reference_killing: Option<Positive>,
    /// Whether a target stands still in its cycle while an effector holds it: its phase, its volume and its age. It can die.
    #[serde(default)]
    pub arrests_cycle: bool,
    /// Whether the effector sees antigen on MHC-I alone, as a T-cell receptor does, or without it, as a CAR.
    #[serde(default = "restricted")]
    pub mhc_restricted: bool,
    /// Spring rate of the bond.
    #[serde(default = "elastic")]
    pub elastic: Rate,
    /// Rate at which live effectors are drawn toward every target between the two distances, attached or not, times the
    /// distance; targets are not.
    #[serde(default = "none")]
    pub attraction: Rate,
    pub attraction_from: Option<Length>,
    pub attraction_to: Option<Length>,
}

fn restricted() -> bool {
    true
}

fn none() -> Rate {
    Rate(0.0)
}

fn elastic() -> Rate {
    Rate(0.01)
}
