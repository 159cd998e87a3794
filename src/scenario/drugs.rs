//! `[drugs.NAME]`, `[[doses]]` and `[treatments]`: how drugs come, go and act.

use super::interventions::with_timing;
use super::rules;
use super::substances::{Amount, BodyMass, Concentration, MolarMass};
use super::values::{Duration, Fraction, Number, Positive, Rate, Volume, VolumeRate};
use serde::{Deserialize, Serialize};

/// `[treatments]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Treatments {
    /// Time between two evaluations of the concentrations; absent: the clock cycle.
    pub clock: Option<Duration>,
    pub combination: Combination,
}

/// How several drugs act on one parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combination {
    #[default]
    Bliss,
    Loewe,
}

/// `[drugs.NAME]`. Without `half_life` and `clearance`, what is dosed stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drug {
    /// Of the central compartment.
    pub volume: Option<Volume>,
    pub clearance: Option<VolumeRate>,
    /// Instead of a clearance.
    pub half_life: Option<Duration>,
    /// Of the second compartment, with `intercompartmental_clearance`.
    pub peripheral_volume: Option<Volume>,
    pub intercompartmental_clearance: Option<VolumeRate>,
    /// Of oral doses.
    pub absorption_rate: Option<Rate>,
    /// Instead of an absorption rate.
    pub absorption_half_life: Option<Duration>,
    /// Part of an oral dose that gets into the plasma.
    #[serde(default = "all")]
    pub bioavailability: Fraction,
    /// For doses such as "3 mg/kg".
    pub body_weight: Option<BodyMass>,
    /// Where doses and `ec50` are not both masses or both moles.
    pub molar_mass: Option<MolarMass>,
    /// Concentration in the tissue as a fraction of that in plasma or medium.
    #[serde(default = "one")]
    pub tissue_fraction: Positive,
    /// Through which it reaches the tissue, from the boundary; absent: at once.
    pub substrate: Option<String>,
    /// Of effects that have none of their own.
    pub ec50: Option<Concentration>,
    /// Same; 1 where neither says.
    pub hill: Option<Positive>,
    /// Of effects that have none of their own; those on proteostasis are otherwise on all cell types that have it.
    pub cell_type: Option<String>,
    #[serde(default)]
    pub effects: Vec<DrugEffect>,
}

fn all() -> Fraction {
    Fraction(1.0)
}

fn one() -> Positive {
    Positive(1.0)
}

/// `[[drugs.NAME.effects]]`: either `cell_type`, or `effector` and `target`, or a parameter such as
/// `interactions.0.kill_rate`, or one such as `proteostasis.akt_inhibition`, which is that of all types that have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrugEffect {
    pub cell_type: Option<String>,
    pub effector: Option<String>,
    pub target: Option<String>,
    pub parameter: String,
    /// Largest change as a fraction of the parameter: −1 switches it off, 1 doubles it.
    pub emax: Option<Number>,
    /// Instead of `emax`: the value at saturation, with its unit, if it has one.
    pub at_saturation: Option<rules::Amount>,
    /// Concentration in the tissue of half the largest change; absent: that of the drug.
    pub ec50: Option<Concentration>,
    /// Absent: that of the drug.
    pub hill: Option<Positive>,
}

/// How a dose gets in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    #[default]
    Intravenous,
    Oral,
}

with_timing! {
    /// `[[doses]]`: a drug is given.
    Doses {
        pub drug: String,
        /// Of each dose.
        pub amount: Option<Amount>,
        /// Of a course, dose by dose.
        pub amounts: Option<Vec<Amount>>,
        /// Instead of an amount: what the dose raises the concentration in plasma or medium by.
        pub concentration: Option<Concentration>,
        #[serde(default)]
        pub route: Route,
        /// Length of an infusion, or of the time that a drug stays which otherwise would for ever.
        pub over: Option<Duration>,
    }
}
