//! `[cell_types.NAME.proteostasis]`: protein folding, its stress response and exhaustion in every cell of a type, and
//! the table of their parameters, which names each once for scenario, Rust and WGSL.
//!
//! What is absent has its default. Protein pools are counted in % of all protein of the cell. The equations stand at the
//! head of the files in `shaders/shared/proteostasis/`.
//!
//! Marks: *calibrated* so that the kernel reproduces the experiments of Wang et al., Nature 2025
//! (doi 10.1038/s41586-025-09539-1); *assumed*: no source was found; *general*: general knowledge; *read* in a paper.

use super::units::Dimension;
use super::values::{Duration, Number, PerPercentRate, Percent, PercentRate, Rate};
use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::LazyLock;

/// What a parameter is measured in; the suffix of its name on the device says it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Number,
    Percent,
    PerH,
    PercentPerH,
    PerPercentPerH,
    H,
}

impl Measure {
    /// What ends the name on the device, and the unit in a scenario.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Measure::Number => ("", ""),
            Measure::Percent => ("_percent", "%"),
            Measure::PerH => ("_per_h", "/h"),
            Measure::PercentPerH => ("_percent_per_h", "%/h"),
            Measure::PerPercentPerH => ("_per_percent_per_h", "/%/h"),
            Measure::H => ("_h", "h"),
        }
    }

    /// Of a value in a scenario.
    pub const fn dimension(self) -> Dimension {
        match self {
            Measure::Number => Dimension::NUMBER,
            Measure::Percent => Dimension::PERCENT,
            Measure::PerH => Dimension::RATE,
            Measure::PercentPerH => Dimension::PERCENT_RATE,
            Measure::PerPercentPerH => Dimension::PER_PERCENT_RATE,
            Measure::H => Dimension::TIME,
        }
    }

    /// What a value in min is multiplied by to be one in h.
    pub const fn from_min(self) -> f64 {
        match self {
            Measure::Number | Measure::Percent => 1.0,
            Measure::PerH | Measure::PercentPerH | Measure::PerPercentPerH => 60.0,
            Measure::H => 1.0 / 60.0,
        }
    }
}

/// The values for which the equations hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    NotNegative,
    Positive,
    Fraction,
}

/// How well a value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Read,
    General,
    Calibrated,
    Assumed,
    /// A condition of an experiment, not a property of the cell.
    Condition,
}

impl Mark {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Mark::Read => "read in a paper",
            Mark::General => "general knowledge",
            Mark::Calibrated => "calibrated against Wang et al., Nature 2025, doi 10.1038/s41586-025-09539-1",
            Mark::Assumed => "assumed",
            Mark::Condition => "a condition of the experiment",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Name on the device, with its unit.
    pub field: &'static str,
    /// Symbol in the equations.
    pub symbol: &'static str,
    pub measure: Measure,
    pub allowed: Allowed,
    /// In h and %.
    pub default: f64,
    /// Range outside which a value is hardly believable.
    pub plausible: Option<(f64, f64)>,
    pub mark: Mark,
    pub meaning: &'static str,
}

impl Parameter {
    /// Name in a scenario: without the unit, which the value has.
    pub fn key(&self) -> &'static str {
        self.field.strip_suffix(self.measure.words().0).unwrap_or(self.field)
    }

    /// What to say of a value, in h and %, outside the plausible range: message and hint.
    pub fn doubt(&self, value: f64) -> Option<(String, String)> {
        // Conversions of units round, as do the rows of the device: six digits are what was meant.
        let scale = 10f64.powi(5 - value.abs().max(1e-30).log10().floor() as i32);
        let value = (value * scale).round() / scale;
        let (low, high) = self.plausible.filter(|(low, high)| !(*low..=*high).contains(&value))?;
        let (key, unit) = (self.key(), self.measure.words().1);
        let message = format!("{key} is {}; plausible is {low} to {high} {unit}", self.written(value));
        let hint = format!("{}; the default is {}, {}", self.meaning, self.written(self.default), self.mark.words());
        Some((message.trim_end().to_owned(), hint))
    }

    /// A value as a scenario has it.
    pub fn written(&self, value: f64) -> String {
        format!("{value} {}", self.measure.words().1).trim_end().to_owned()
    }
}

/// Hands the rows of the table to a macro: name on the device, symbol, measure, allowed values, default, plausible
/// range, mark, meaning.
macro_rules! with_proteostasis {
    ($then:ident) => {
        $then! {
            akt_basal "a0" Number NotNegative 0.05 [0.0, 0.1] Calibrated "AKT activity without any signal",
            akt_by_tcr "aS" Number NotNegative 0.78 [0.4, 1.2] Calibrated "AKT activity by a full TCR signal; varies",
            akt_by_il2 "aI" Number NotNegative 0.37 [0.2, 0.6] Calibrated "AKT activity by a full IL-2 signal",
            akt_gain_by_stress_chaperones "psi" Number NotNegative 1.3 [0.5, 2.0] Calibrated "gain of AKT signalling by stress chaperones (assumed mechanism: AKT is a client)",
            akt_half_stress_chaperones "K_HA" Number Positive 1.45 [1.1, 2.2] Calibrated "stress chaperones of half that gain",
            akt_time_h "tA" H Positive 2.0 [0.5, 4.0] Assumed "time constant of AKT activity",
            mtor_basal "m0" Number NotNegative 0.1 [] Assumed "mTOR activity without any signal",
            mtor_by_costimulation "mS" Number NotNegative 0.6 [] Assumed "mTOR activity by full TCR signal with costimulation",
            mtor_by_il2 "mI" Number NotNegative 0.3 [] Assumed "mTOR activity by a full IL-2 signal",
            mtor_loss_by_exhaustion "xm" Number Fraction 0.8 [] Read "part of mTOR activity lost in full exhaustion (direction read)",
            translation_basal_percent_per_h "r0" PercentPerH NotNegative 1.3 [1.0, 9.0] Calibrated "translation capacity without mTOR and AKT",
            translation_by_mtor_percent_per_h "rm" PercentPerH NotNegative 2.2 [0.0, 9.0] Calibrated "translation capacity by mTOR",
            translation_by_akt_percent_per_h "rA" PercentPerH NotNegative 5.6 [0.0, 9.0] Calibrated "translation capacity by AKT past mTOR; varies",
            translation_half_akt "K_A" Number Positive 1.05 [0.8, 1.4] Calibrated "AKT activity of half that",
            translation_time_h "tR" H Positive 8.0 [4.0, 20.0] Assumed "time constant of translation capacity",
            attenuation_by_stress "aISR" Number Fraction 0.7 [0.3, 0.9] Assumed "part of translation that full stress stops (integrated stress response)",
            attenuation_half_akt "K_b" Number Positive 0.8 [0.5, 1.2] Assumed "AKT activity that by-passes half of it",
            stress_half_load_percent "K_Z" Percent Positive 4.2 [2.0, 6.0] Calibrated "load of half the proteotoxic stress",
            stress_weight_of_aggregates "wG" Number NotNegative 0.15 [0.05, 0.3] Calibrated "weight of aggregates in the load",
            folding_per_h "kf" PerH Positive 6.0 [2.0, 20.0] General "rate of folding by free chaperones: 10 min",
            misfolding_per_h "km" PerH Positive 1.36 [0.5, 2.0] Calibrated "rate of misfolding of unfolded protein; varies",
            titration_half_unfolded_percent "K_CU" Percent Positive 3.2 [1.6, 6.4] Calibrated "unfolded protein that occupies half of the chaperones",
            titration_half_misfolded_percent "K_CM" Percent Positive 2.4 [1.2, 4.8] Calibrated "same of misfolded protein",
            titration_by_aggregates "sG" Number NotNegative 1.9 [0.95, 3.8] Calibrated "chaperones that aggregates occupy at most, against the free",
            titration_half_aggregated_percent "K_CG" Percent Positive 18.0 [9.0, 36.0] Calibrated "aggregates that occupy half of that",
            activation_chaperones_basal "c0" Number NotNegative 0.59 [0.41, 0.83] Calibrated "activation chaperones (HSP90, TRiC) without any signal",
            activation_chaperones_by_tcr "cS" Number NotNegative 1.2 [0.84, 1.68] Calibrated "same by full TCR signal with costimulation; varies",
            activation_chaperones_by_il2 "cI" Number NotNegative 0.5 [0.35, 0.7] Calibrated "same by a full IL-2 signal",
            activation_chaperones_loss_by_exhaustion "xC" Number Fraction 0.85 [0.6, 1.0] Calibrated "part of the induction lost in full exhaustion (direction read)",
            activation_chaperones_time_h "tC" H Positive 24.0 [] Calibrated "time constant of activation chaperones",
            stress_chaperones_basal "h0" Number NotNegative 0.8 [0.56, 1.12] Calibrated "stress chaperones (gp96, BiP, ERO1A) without stress",
            stress_chaperones_by_stress "h1" Number NotNegative 1.55 [1.09, 2.17] Calibrated "same by full proteotoxic stress; varies",
            stress_chaperones_by_akt "hA" Number NotNegative 0.5 [0.35, 0.7] Calibrated "same by AKT",
            stress_chaperones_half_akt "K_AH" Number Positive 0.9 [0.63, 1.26] Calibrated "AKT activity of half that",
            stress_chaperones_time_h "tH" H Positive 24.0 [] Calibrated "time constant of stress chaperones",
            proteasome_percent_per_h "vP" PercentPerH NotNegative 1.43 [0.8, 2.5] Calibrated "largest degradation by the proteasome; varies",
            proteasome_half_misfolded_percent "Kp" Percent Positive 0.6 [0.3, 1.5] Calibrated "misfolded protein of half of it",
            proteasome_half_stress_chaperones "K_ret" Number Positive 6.0 [3.0, 20.0] Assumed "stress chaperones that hold half of it back",
            refolding_per_h "kre" PerH NotNegative 0.1 [0.03, 0.3] Calibrated "rate of refolding by free chaperones",
            nucleation_per_percent_per_h "kn" PerPercentPerH NotNegative 0.036 [0.011, 0.108] Calibrated "nucleation of aggregates",
            nucleation_by_stress_chaperones "etaH" Number NotNegative 0.65 [0.0, 1.5] Calibrated "gain of nucleation by stress chaperones above 1 (assumed mechanism)",
            growth_of_aggregates_per_percent_per_h "kg" PerPercentPerH NotNegative 0.016 [0.005, 0.048] Calibrated "uptake of misfolded protein by aggregates",
            aggregated_limit_percent "Gmax" Percent Positive 50.0 [15.0, 150.0] Calibrated "aggregates that grow no more",
            autophagy_basal "al0" Number NotNegative 0.8 [] Calibrated "autophagy activity without stress",
            autophagy_by_stress "al1" Number NotNegative 1.5 [] Calibrated "autophagy activity by full stress",
            autophagy_loss_by_mtor "ms" Number NotNegative 0.5 [] Calibrated "part of that which full mTOR activity stops",
            autophagy_of_aggregates_per_h "kaG" PerH NotNegative 0.065 [0.05, 0.14] Calibrated "autophagy of aggregates; varies",
            autophagy_of_misfolded_per_h "kaM" PerH NotNegative 0.14 [] Calibrated "autophagy of misfolded protein",
            autophagy_half_aggregated_percent "K_aG" Percent Positive 60.0 [] Calibrated "aggregates that halve the rate of their own autophagy",
            history_time_h "tN" H Positive 36.0 [] Calibrated "time over which stimulation is remembered",
            exhaustion_by_history "wS" Number NotNegative 0.15 [0.0, 0.3] Calibrated "drive of exhaustion by stimulation remembered",
            exhaustion_by_aggregates "wGX" Number NotNegative 1.0 [] Calibrated "drive of exhaustion by aggregates",
            exhaustion_half_aggregated_percent "K_GX" Percent Positive 2.8 [] Calibrated "aggregates of half that; varies",
            exhaustion_by_lock "wE" Number NotNegative 0.85 [] Calibrated "drive of exhaustion by the epigenetic lock",
            exhaustion_half_drive "K_D" Number Positive 0.6 [] Calibrated "drive of half the exhaustion",
            exhaustion_time_h "tX" H Positive 34.0 [] Calibrated "time constant of exhaustion",
            lock_per_h "kon" PerH NotNegative 0.0023148148 [0.00138, 0.0042] Calibrated "rate at which exhaustion becomes fixed: 18 d",
            unlock_per_h "koff" PerH Positive 0.00046296296 [0.00011, 0.0007] Calibrated "rate at which the lock is lost: 90 d",
            pd1_by_tcr "pS" Number NotNegative 0.6 [] Assumed "PD-1 by a full TCR signal",
            pd1_by_exhaustion "pX" Number NotNegative 0.8 [] Assumed "PD-1 by exhaustion",
            pd1_time_h "tP" H Positive 18.0 [] Assumed "time constant of PD-1",
            pd1_loss_of_signal "piS" Number Fraction 0.6 [] Assumed "part of the TCR signal that PD-1 stops",
            pd1_loss_of_akt "piA" Number Fraction 0.1 [0.0, 0.4] Assumed "part of the TCR signal to AKT that PD-1 stops",
            stemness_half_akt "K_TA" Number Positive 0.92 [] Calibrated "AKT activity that halves stemness",
            stemness_time_h "tT" H Positive 30.0 [] Calibrated "time constant of stemness",
            effector_by_history "fS" Number NotNegative 0.6 [] Assumed "effector programme by stimulation remembered",
            effector_by_il2 "fI" Number NotNegative 0.5 [] Assumed "effector programme by a full IL-2 signal",
            effector_loss_by_exhaustion "xF" Number Fraction 0.4 [] Assumed "part of it lost in full exhaustion",
            effector_time_h "tF" H Positive 24.0 [] Assumed "time constant of the effector programme",
            soluble_half_aggregated_percent "K_sol" Percent Positive 7.0 [] Calibrated "aggregates that bind half of the effector molecules",
            cytokine_loss_by_exhaustion "xY" Number Fraction 0.4 [] Assumed "part of the cytokine capacity lost in full exhaustion",
            cytokine_loss_by_stress_granules "zSG" Number Fraction 0.35 [] Assumed "part of it lost to stress granules",
            killing_loss_by_exhaustion "xK" Number Fraction 0.3 [] Assumed "part of the killing capacity lost in full exhaustion",
            death_basal_per_h "mu0" PerH NotNegative 0.0015 [] Assumed "hazard of death without stress",
            death_by_stress_per_h "muM" PerH NotNegative 0.02 [] Assumed "hazard of death by a high load (direction read)",
            death_half_load_percent "K_mu" Percent Positive 6.0 [] Assumed "load of half that",
            death_protection_by_stress_granules "pSG" Number Fraction 0.5 [] Assumed "part of it that stress granules avert",
            division_of_blasts_per_h "lmax" PerH NotNegative 0.055 [0.028, 0.116] Read "rate of division of blasts: doubling in 6 to 12 h",
            blast_activation_chaperones "bC" Number Positive 1.2 [] Calibrated "activation chaperones above their basal level that make a blast",
            division_loss_by_exhaustion "xL" Number Fraction 0.5 [] Calibrated "part of it lost in full exhaustion",
            division_of_stem_like_per_h "lT" PerH NotNegative 0.03 [] Calibrated "rate of division of stimulated stem-like cells",
            variability "SIG" Number NotNegative 0.18 [0.1, 0.3] Calibrated "standard deviation of the logarithm of what varies from cell to cell",
            variability_time_h "TAU" H Positive 48.0 [24.0, 96.0] Calibrated "time over which a cell forgets how it varied",
            tcr_on_time_h "tau_on" H Positive 0.16666667 [0.03, 1.0] Assumed "time constant with which TCR occupancy rises while the cell holds a target: 10 min",
            tcr_off_time_h "tau_off" H Positive 3.0 [0.5, 12.0] Assumed "time constant with which it falls: 3 h",
            tonic_signal "s0" Number Fraction 0.0 [0.0, 0.3] Assumed "TCR occupancy without any target; a tonic CAR 0.1 to 0.3",
            plate_bound_stimulation "S" Number Fraction 0.0 [] Condition "TCR occupancy by plate-bound antigen or antibody",
            costimulation "q" Number Fraction 0.0 [] Condition "CD28-like costimulation",
            il2 "L2" Number Fraction 0.0 [] Condition "IL-2 signal; 1 in 100 U/mL",
            pd_l1 "L" Number Fraction 0.0 [] Condition "PD-L1 that the cell meets",
            pd1_blockade "RO" Number Fraction 0.0 [] Condition "receptor occupancy of anti-PD-1",
            tcr_inhibition "iS" Number Fraction 0.0 [] Condition "part of TCR occupancy that an inhibitor silences, whatever it comes from",
            akt_inhibition "iA" Number Fraction 0.0 [] Condition "part of AKT activity that is inhibited",
            mtor_inhibition "iT" Number Fraction 0.0 [] Condition "part of mTOR activity that is inhibited",
            translation_inhibition "iR" Number Fraction 0.0 [] Condition "part of translation that is inhibited",
            proteasome_inhibition "iP" Number Fraction 0.0 [] Condition "part of the proteasome that is inhibited",
            autophagy_inhibition "iAu" Number Fraction 0.0 [] Condition "part of autophagy that is inhibited",
            stress_chaperone_inhibition "iH" Number Fraction 0.0 [] Condition "part of the stress chaperones that is inhibited",
            stress_chaperone_genes "kH" Number NotNegative 1.0 [] Condition "functional gene dosage of the stress chaperones; gp96 knock-out 0.45",
            misfolding_by_analogue "azc" Number NotNegative 0.0 [] Condition "gain of misfolding by a proline analogue",
            misfolded_load_percent_per_h "cftr" PercentPerH NotNegative 0.0 [] Condition "misfolded protein made from a foreign gene",
            akt_constitutive "myr" Number NotNegative 0.0 [] Condition "AKT activity that no signal controls",
            stress_granule_loss "sgko" Number Fraction 0.0 [] Condition "part of stress granules that is missing; G3BP1 knock-out 1",
            proteasome_activity "vPx" Number NotNegative 1.0 [] Condition "proteasome capacity of a patient against the mean",
        }
    };
}
pub(crate) use with_proteostasis;

macro_rules! table {
    ($($field:ident $symbol:literal $measure:ident $allowed:ident $default:literal
       [$($low:literal, $high:literal)?] $mark:ident $meaning:literal,)*) => {
        /// The table.
        pub const PARAMETERS: &[Parameter] = &[$(Parameter {
            field: stringify!($field),
            symbol: $symbol,
            measure: Measure::$measure,
            allowed: Allowed::$allowed,
            default: $default,
            plausible: first_of(&[$(($low, $high))?]),
            mark: Mark::$mark,
            meaning: $meaning,
        },)*];
    };
}
with_proteostasis!(table);

const fn first_of(ranges: &[(f64, f64)]) -> Option<(f64, f64)> {
    if ranges.is_empty() { None } else { Some(ranges[0]) }
}

/// Names in a scenario, in the order of the table.
pub static KEYS: LazyLock<Vec<&'static str>> = LazyLock::new(|| PARAMETERS.iter().map(Parameter::key).collect());

/// `[cell_types.NAME.proteostasis]`
#[derive(Clone, Debug, PartialEq)]
pub struct Proteostasis {
    /// A value for each row of the table, in h and %.
    pub values: Vec<f64>,
}

impl Default for Proteostasis {
    fn default() -> Proteostasis {
        Proteostasis { values: PARAMETERS.iter().map(|it| it.default).collect() }
    }
}

impl<'de> Deserialize<'de> for Proteostasis {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Table)
    }
}

struct Table;

impl<'de> Visitor<'de> for Table {
    type Value = Proteostasis;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a table of parameters of proteostasis")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Proteostasis, A::Error> {
        let mut read = Proteostasis::default();
        while let Some(Row(number)) = map.next_key()? {
            read.values[number] = map.next_value_seed(Value(&PARAMETERS[number]))?;
        }
        Ok(read)
    }
}

/// The number of a row, by its key.
struct Row(usize);

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_identifier(Row(0))
    }
}

impl Visitor<'_> for Row {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a parameter of proteostasis")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Row, E> {
        KEYS.iter().position(|it| *it == key).map(Row).ok_or_else(|| E::unknown_field(key, &KEYS))
    }
}

/// Reads a value of one row.
pub(super) struct Value(pub &'static Parameter);

impl<'de> DeserializeSeed<'de> for Value {
    type Value = f64;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<f64, D::Error> {
        let in_min = match self.0.measure {
            Measure::Number => Number::deserialize(from)?.0,
            Measure::Percent => Percent::deserialize(from)?.0,
            Measure::PerH => Rate::deserialize(from)?.0,
            Measure::PercentPerH => PercentRate::deserialize(from)?.0,
            Measure::PerPercentPerH => PerPercentRate::deserialize(from)?.0,
            Measure::H => Duration::deserialize(from)?.0,
        };
        let value = in_min * self.0.measure.from_min();
        let (holds, range) = match self.0.allowed {
            Allowed::NotNegative => (value >= 0.0, "0 or more"),
            Allowed::Positive => (value > 0.0, "more than 0"),
            Allowed::Fraction => ((0.0..=1.0).contains(&value), "between 0 and 1"),
        };
        let refused = || D::Error::custom(format!("is {}; it must be {range}", self.0.written(value)));
        if holds { Ok(value) } else { Err(refused()) }
    }
}

impl Serialize for Proteostasis {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(PARAMETERS.len()))?;
        for (row, value) in PARAMETERS.iter().zip(&self.values) {
            match row.measure {
                Measure::Number => map.serialize_entry(row.key(), value)?,
                _ => map.serialize_entry(row.key(), &row.written(*value))?,
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn value(read: &Proteostasis, key: &str) -> f64 {
        read.values[KEYS.iter().position(|it| *it == key).unwrap()]
    }

    #[test]
    fn names_end_with_their_unit_and_differ() {
        let keys: BTreeSet<_> = KEYS.iter().collect();
        assert_eq!(keys.len(), PARAMETERS.len());
        for row in PARAMETERS {
            assert!(row.field.ends_with(row.measure.words().0), "{}", row.field);
            let has_unit = ["_percent", "_per_h", "_h"].iter().any(|it| row.field.ends_with(it));
            assert_eq!(has_unit, row.measure != Measure::Number, "{}", row.field);
            assert!(row.plausible.is_none_or(|(low, high)| (low..=high).contains(&row.default)), "{}", row.field);
        }
    }

    #[test]
    fn values_have_their_units() {
        let read: Proteostasis = toml::from_str(
            "folding = \"0.2 /min\"\nakt_time = \"90 min\"\nproteasome = \"24 %/d\"\nakt_basal = 0.07\n\
             nucleation = \"0.04 /%/h\"\nstress_half_load = \"5 %\"",
        )
        .unwrap();
        let got = ["folding", "akt_time", "proteasome", "akt_basal", "nucleation", "stress_half_load", "costimulation"]
            .map(|key| value(&read, key));
        for (got, expected) in got.into_iter().zip([12.0, 1.5, 1.0, 0.07, 0.04, 5.0, 0.0]) {
            assert!((got - expected).abs() < 1e-12, "{got}, not {expected}");
        }
        let again: Proteostasis = toml::from_str(&toml::to_string(&read).unwrap()).unwrap();
        for (a, b) in read.values.iter().zip(&again.values) {
            assert!((a - b).abs() <= 1e-12 * a.abs());
        }
    }

    #[test]
    fn faults_say_what_is_allowed() {
        for (text, part) in [
            ("foldin = \"6 /h\"", "unknown field `foldin`"),
            ("folding = 6", "a rate with a unit"),
            ("folding = \"0 /h\"", "it must be more than 0"),
            ("plate_bound_stimulation = 1.2", "it must be between 0 and 1"),
            ("akt_basal = -0.1", "it must be 0 or more"),
            ("akt_time = \"2 /h\"", "a duration"),
        ] {
            let error = toml::from_str::<Proteostasis>(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
