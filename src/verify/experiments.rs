//! The table of experiments: what is read, what the paper reports, and what is asked of texpop.
//!
//! Unless it says otherwise, the paper is Wang et al., Nature 2025 (doi 10.1038/s41586-025-09539-1), of which the main text
//! was read; its percentages are those of one plot each. Bands are assumed. The default parameters were calibrated by
//! most of these experiments, so that they show a fit and are no proof; those marked as predictions have no published value.
//! Rows in % ask for no more than 15 points from the published percentage. Those of S1 to S3, in a tissue, are differences
//! between arms that are paired by their replicates, and ask that the interval of their mean lies in the direction. A replicate
//! that lacks what is compared is left out, and told.

use super::readings::{autophagy_share, degraded, killing, least_rise, recovered, spearman};
use super::study::Seen;

/// What a reading must lie in, bounds left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

impl Range {
    /// NaN lies in none.
    pub fn holds(&self, value: f64) -> bool {
        value > self.low && value < self.high || (self.high == f64::INFINITY && value == f64::INFINITY)
    }
}

const fn above(low: f64) -> Range {
    Range { low, high: f64::INFINITY }
}

const fn below(high: f64) -> Range {
    Range { low: f64::NEG_INFINITY, high }
}

/// Any value: the row is there for its band alone.
const ANY: Range = Range { low: f64::NEG_INFINITY, high: f64::INFINITY };

/// Within 15 points of a published percentage.
const fn near(percent: f64) -> Range {
    Range { low: percent - 15.0, high: percent + 15.0 }
}

const fn within(low: f64, high: f64) -> Range {
    Range { low, high }
}

/// One reading of an experiment.
pub struct Experiment {
    pub name: &'static str,
    /// Scenario, in `scenarios/experiments`.
    pub study: &'static str,
    pub readout: &'static str,
    pub paper: &'static str,
    /// The direction.
    pub must: Range,
    pub band: Range,
    pub read: fn(&Seen) -> f64,
}

impl Experiment {
    /// Whether its values are paired differences, of which the interval counts.
    pub fn is_paired(&self) -> bool {
        [TRANSFER, SURVIVAL].contains(&self.study)
    }
}

/// The scenarios in a tissue, whose values are paired differences.
pub const TRANSFER: &str = "transfer";
/// Followed for so long that it is run with the full numbers alone.
pub const SURVIVAL: &str = "survival";

impl std::fmt::Debug for Experiment {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}: {}", self.name, self.readout)
    }
}

const TRANSLATION: &str = "translation_percent_per_h_mean";
const AGGREGATES: &str = "aggregate_dye_mean";
const AKT: &str = "akt_activity_mean";
const GP96: &str = "stress_chaperones_mean";
const PROGENITORS: &str = "slamf6_pos_tim3_neg_fraction";
const TERMINAL: &str = "slamf6_neg_tim3_pos_fraction";
const TIM3: &str = "tim3_pos_fraction";
const CYTOKINES: &str = "cytokine_pos_fraction";

/// A statistic of one arm over that of another on day 8.
fn ratio(it: &Seen, arm: &str, to: &str, statistic: &str) -> f64 {
    it.at(arm, statistic, 8.0) / it.at(to, statistic, 8.0)
}

/// A fraction on day 8 in %.
fn percent(it: &Seen, arm: &str, statistic: &str) -> f64 {
    100.0 * it.at(arm, statistic, 8.0)
}

/// A statistic of the T cells of an arm less that of another, at the end of the scenario in a tissue.
fn more(it: &Seen, arm: &str, than: &str, statistic: &str) -> f64 {
    it.at(arm, statistic, 4.0) - it.at(than, statistic, 4.0)
}

/// Same of live tumour cells.
fn more_tumour(it: &Seen, arm: &str, than: &str) -> f64 {
    let count = |arm| it.of_type("tumour", arm, "live_count", 4.0);
    count(arm) - count(than)
}

/// Days of survival, restricted to those that mice are followed for: of an arm less that of another.
fn longer(it: &Seen, arm: &str, than: &str) -> f64 {
    (it.outcome(arm) - it.outcome(than)) / 24.0
}

/// The lesser of the rises of a mean from progenitors to intermediate and from these to terminal cells.
fn rise(it: &Seen, statistic: &str) -> f64 {
    let of = |subset| it.at("exhausted", &format!("{subset}_{statistic}"), 4.0);
    least_rise(&["progenitor", "intermediate", "terminal"].map(of))
}

/// Same of the milieu as in a tumour on day 30.
fn late_percent(it: &Seen, arm: &str, statistic: &str) -> f64 {
    100.0 * it.at(arm, statistic, 30.0)
}

/// Where the second of three values lies between the first, 0, and the last, 1.
fn between(low: f64, value: f64, high: f64) -> f64 {
    (value - low) / (high - low)
}

macro_rules! experiments {
    ($($name:literal $study:ident $readout:literal $paper:literal $must:expr, $band:expr, $read:expr;)*) => {
        /// All readings.
        pub static EXPERIMENTS: &[Experiment] = &[$(Experiment {
            name: $name,
            study: stringify!($study),
            readout: $readout,
            paper: $paper,
            must: $must,
            band: $band,
            read: $read,
        },)*];
    };
}

experiments! {
    "E1" in_vitro "translation, chronic : acute" "up" above(1.0), within(1.3, 3.0),
        |it| ratio(it, "chronic", "acute", TRANSLATION);
    "E2" in_vitro "aggregates, chronic : acute" "up" above(1.0), within(1.5, 4.0),
        |it| ratio(it, "chronic", "acute", AGGREGATES);
    "E2" in_vitro "aggregates on day 4 from acute 0 to chronic 1" "progressive" within(0.0, 1.0), within(0.0, 1.0),
        |it| {
            let [low, high] = ["acute", "chronic"].map(|arm| it.at(arm, AGGREGATES, 8.0));
            between(low, it.at("chronic", AGGREGATES, 4.0), high)
        };
    "E3" in_vitro "pAKT, chronic : acute" "up" above(1.0), above(1.5), |it| ratio(it, "chronic", "acute", AKT);
    "E3" in_vitro "gp96, chronic : acute" "up" above(1.0), above(1.3), |it| ratio(it, "chronic", "acute", GP96);
    "E3" in_vitro "activation chaperones, chronic : acute" "down" below(1.0), below(0.95),
        |it| ratio(it, "chronic", "acute", "activation_chaperones_mean");
    "E3" in_vitro "% SLAMF6-TIM3+, acute" "1.6 to 14 %" below(20.0), within(1.6, 14.0), |it| percent(it, "acute", TERMINAL);
    "E3" in_vitro "% SLAMF6-TIM3+, chronic" "77 %" above(60.0), near(77.3), |it| percent(it, "chronic", TERMINAL);
    "E3" in_vitro "% cytokine+, chronic" "35 %" ANY, near(34.6), |it| percent(it, "chronic", CYTOKINES);
    "E4" in_vitro "SLAMF6+TIM3-, AKT inhibited : chronic" "2.9 to 33 %" above(1.0), above(3.0),
        |it| ratio(it, "akt_inhibited", "chronic", PROGENITORS);
    "E4" in_vitro "SLAMF6-TIM3+, AKT inhibited : chronic" "77 to 27 %" below(1.0), below(0.6),
        |it| ratio(it, "akt_inhibited", "chronic", TERMINAL);
    "E4" in_vitro "cytokine+, AKT inhibited : chronic" "35 to 52 %" above(1.0), above(1.2),
        |it| ratio(it, "akt_inhibited", "chronic", CYTOKINES);
    "E4" in_vitro "translation, AKT inhibited : chronic" "down" below(1.0), below(0.9),
        |it| ratio(it, "akt_inhibited", "chronic", TRANSLATION);
    "E4" in_vitro "aggregates, AKT inhibited : chronic" "down" below(1.0), below(0.85),
        |it| ratio(it, "akt_inhibited", "chronic", AGGREGATES);
    "E4" in_vitro "gp96, AKT inhibited : chronic" "down" below(1.0), below(0.95),
        |it| ratio(it, "akt_inhibited", "chronic", GP96);
    "E4" in_vitro "% SLAMF6+TIM3-, AKT inhibited" "33 %" ANY, near(32.7), |it| percent(it, "akt_inhibited", PROGENITORS);
    "E4" in_vitro "% SLAMF6-TIM3+, AKT inhibited" "27 %" ANY, near(26.6), |it| percent(it, "akt_inhibited", TERMINAL);
    "E4" in_vitro "% cytokine+, AKT inhibited" "52 %" ANY, near(51.7), |it| percent(it, "akt_inhibited", CYTOKINES);
    "E5" in_vitro "SLAMF6+TIM3-, mTOR inhibited : AKT inhibited" "no rescue" below(1.0), below(0.5),
        |it| ratio(it, "mtor_inhibited", "akt_inhibited", PROGENITORS);
    "E6" in_vitro "SLAMF6-TIM3+, myrAKT : acute" "1.6 to 27 %" above(1.0), above(2.0),
        |it| ratio(it, "myr_akt", "acute", TERMINAL);
    "E6" in_vitro "SLAMF6+TIM3-, myrAKT : acute" "79 to 25 %" below(1.0), below(0.6),
        |it| ratio(it, "myr_akt", "acute", PROGENITORS);
    "E6" in_vitro "translation, myrAKT : acute" "up" above(1.0), above(1.1),
        |it| ratio(it, "myr_akt", "acute", TRANSLATION);
    "E6" in_vitro "aggregates, myrAKT : acute" "up" above(1.0), above(1.2),
        |it| ratio(it, "myr_akt", "acute", AGGREGATES);
    "E6" in_vitro "gp96, myrAKT : acute" "up" above(1.0), above(1.1), |it| ratio(it, "myr_akt", "acute", GP96);
    "E6" in_vitro "% SLAMF6-TIM3+, myrAKT" "27 %" ANY, near(27.4), |it| percent(it, "myr_akt", TERMINAL);
    "E6" in_vitro "% SLAMF6+TIM3-, myrAKT" "25 %" ANY, near(24.5), |it| percent(it, "myr_akt", PROGENITORS);
    "E7" in_vitro "TIM3+, AZC : acute" "16 to 32 %" above(1.0), above(1.5),
        |it| ratio(it, "proline_analogue", "acute", TIM3);
    "E7" in_vitro "cytokine+, AZC : acute" "72 to 61 %" below(1.0), below(0.95),
        |it| ratio(it, "proline_analogue", "acute", CYTOKINES);
    "E7" in_vitro "% TIM3+, acute" "16 %" ANY, near(15.7), |it| percent(it, "acute", TIM3);
    "E7" in_vitro "% TIM3+, AZC" "32 %" ANY, near(32.1), |it| percent(it, "proline_analogue", TIM3);
    "E7" in_vitro "% cytokine+, AZC" "61 %" ANY, near(60.8), |it| percent(it, "proline_analogue", CYTOKINES);
    "E8" in_vitro "TIM3+, CFTR dF508 : acute" "10 to 30 %" above(1.0), above(1.5),
        |it| ratio(it, "cftr_df508", "acute", TIM3);
    "E8" in_vitro "% TIM3+, CFTR dF508" "30 %" ANY, near(30.2), |it| percent(it, "cftr_df508", TIM3);
    "E9" in_vitro "aggregates, gp96 knock-out : chronic" "down" below(1.0), below(1.0),
        |it| ratio(it, "gp96_knock_out", "chronic", AGGREGATES);
    "E9" in_vitro "aggregates, gp96 knock-out : BiP or ERO1A knock-out" "gp96 most" below(1.0), below(1.0),
        |it| {
            let [bip, ero1a] = ["bip_knock_out", "ero1a_knock_out"].map(|arm| it.at(arm, AGGREGATES, 8.0));
            it.at("gp96_knock_out", AGGREGATES, 8.0) / if bip < ero1a { bip } else { ero1a }
        };
    "E9" in_vitro "aggregates, BiP knock-out : chronic" "down" below(1.0), below(1.0),
        |it| ratio(it, "bip_knock_out", "chronic", AGGREGATES);
    "E9" in_vitro "aggregates, ERO1A knock-out : chronic" "down" below(1.0), below(1.0),
        |it| ratio(it, "ero1a_knock_out", "chronic", AGGREGATES);
    "E9" in_vitro "aggregates, gp96 +/- from knock-out 0 to wild type 1" "graded" within(0.0, 1.0), within(0.0, 1.0),
        |it| {
            let all = ["gp96_knock_out", "gp96_heterozygous", "chronic"].map(|arm| it.at(arm, AGGREGATES, 8.0));
            between(all[0], all[1], all[2])
        };
    "E9" in_vitro "cytokine+, gp96 knock-out : chronic" "33 to 54 or 64 %" above(1.0), above(1.3),
        |it| ratio(it, "gp96_knock_out", "chronic", CYTOKINES);
    "E9" in_vitro "cytokine+, BiP knock-out : chronic" "33 to 76 %" above(1.0), above(1.3),
        |it| ratio(it, "bip_knock_out", "chronic", CYTOKINES);
    "E9" in_vitro "cytokine+, ERO1A knock-out : chronic" "33 to 54 or 64 %" above(1.0), above(1.3),
        |it| ratio(it, "ero1a_knock_out", "chronic", CYTOKINES);
    "E9" in_vitro "% cytokine+, BiP knock-out" "76 %" ANY, near(75.8), |it| percent(it, "bip_knock_out", CYTOKINES);
    "E10" in_vivo_like "terminal on day 30, gp96 knock-out : wild type" "63 to 19 %" below(1.0), below(0.6),
        |it| it.at("gp96_knock_out", TERMINAL, 30.0) / it.at("untreated", TERMINAL, 30.0);
    "E10" in_vivo_like "progenitors on day 30, gp96 knock-out : wild type" "13 to 22 %" above(1.0), above(1.5),
        |it| it.at("gp96_knock_out", PROGENITORS, 30.0) / it.at("untreated", PROGENITORS, 30.0);
    "E10" in_vivo_like "terminal, gp96 +/- from knock-out 0 to wild type 1" "51 % of 19 to 63" within(0.0, 1.0), within(0.0, 1.0),
        |it| {
            let all = ["gp96_knock_out", "gp96_heterozygous", "untreated"].map(|arm| it.at(arm, TERMINAL, 30.0));
            between(all[0], all[1], all[2])
        };
    "E10" in_vivo_like "% terminal, wild type" "63 %" ANY, near(62.8), |it| late_percent(it, "untreated", TERMINAL);
    "E10" in_vivo_like "% terminal, heterozygous" "51 %" ANY, near(50.8), |it| late_percent(it, "gp96_heterozygous", TERMINAL);
    "E10" in_vivo_like "% terminal, gp96 knock-out" "19 %" ANY, near(19.4), |it| late_percent(it, "gp96_knock_out", TERMINAL);
    "E10" in_vivo_like "% progenitors, wild type" "13 %" ANY, near(12.6), |it| late_percent(it, "untreated", PROGENITORS);
    "E10" in_vivo_like "% progenitors, gp96 knock-out" "22 %" ANY, near(22.4), |it| late_percent(it, "gp96_knock_out", PROGENITORS);
    "E11" in_vitro "cytokine+, G3BP1 knock-out : chronic" "up" above(1.0), above(1.0),
        |it| ratio(it, "g3bp1_knock_out", "chronic", CYTOKINES);
    "E11" in_vitro "death rate, G3BP1 knock-out : chronic" "survival down" above(1.0), above(1.1),
        |it| ratio(it, "g3bp1_knock_out", "chronic", "death_per_h_mean");
    "E12" in_vitro "protein degraded, chronic : acute" "up" above(1.0), above(1.3),
        |it| degraded(it, "chronic", 8.0) / degraded(it, "acute", 8.0);
    "E12" in_vitro "share of autophagy, chronic" "dominant" above(0.5), above(0.5),
        |it| autophagy_share(it, "chronic", 8.0);
    "E12" in_vitro "share of autophagy, acute" "less" below(0.5), below(0.5), |it| autophagy_share(it, "acute", 8.0);
    "E12" in_vitro "degraded of what is made, chronic : acute" "faster" above(1.0), above(1.0),
        |it| {
            let part = |arm| degraded(it, arm, 8.0) / it.at(arm, TRANSLATION, 8.0);
            part("chronic") / part("acute")
        };
    "E13" in_vitro "aggregates, proteasome inhibited : chronic" "prediction: up" above(1.0), above(1.0),
        |it| ratio(it, "proteasome_inhibited", "chronic", AGGREGATES);
    "E13" in_vitro "aggregates, autophagy inhibited : chronic" "prediction: up" above(1.0), above(1.0),
        |it| ratio(it, "autophagy_inhibited", "chronic", AGGREGATES);
    "E14" rest "TIM3+ on day 12, rested from day 8 : not" "down (Weber 2021)" below(1.0), below(0.8),
        |it| it.at("rest_from_day_8", TIM3, 12.0) / it.at("chronic", TIM3, 12.0);
    "E14" lineages "part of exhausted cells that 10 d of rest from day 8 heal" "most (Weber 2021)" above(0.5), above(0.5),
        |it| recovered(it, "rest_from_day_8", 8.0, 18.0);
    "E14" lineages "same from day 24 : from day 8" "fewer (Philip 2017)" below(1.0), below(0.5),
        |it| recovered(it, "rest_from_day_24", 24.0, 34.0) / recovered(it, "rest_from_day_8", 8.0, 18.0);
    "E15" lineages "least rise of exhaustion, AKT inhibited ever later" "prediction: early is better"
        above(0.0), above(0.0),
        // Exhaustion on day 18; inhibited from day 2, 4, 6, 8, 10, never.
        |it| {
            let days = ["2", "4", "6", "8", "10"].map(|day| format!("akt_inhibited_from_day_{day}"));
            let arms = days.iter().map(String::as_str).chain(["never"]);
            least_rise(&arms.map(|arm| it.at(arm, "exhaustion_mean", 18.0)).collect::<Vec<_>>())
        };
    "E16" patients "rank correlation of gp96 before and killing after anti-PD-1" "high score, poor response"
        below(0.0), below(-0.5),
        // TexPSR score on day 16; killing by all cells on day 30.
        |it| {
            let response = |arm: &str| killing(it, arm, 30.0) * (it.expansion(arm, 30.0) - it.expansion(arm, 16.0)).exp();
            let pairs = it.arms().into_iter().map(|arm| (it.at(arm, GP96, 16.0), response(arm)));
            spearman(&pairs.collect::<Vec<_>>())
        };
    "E17" in_vivo_like "killing +2 d, anti-PD-1 : untreated" "prediction: up" above(1.0), above(1.05),
        |it| killing(it, "anti_pd_1", 18.0) / killing(it, "untreated", 18.0);
    "E17" in_vivo_like "killing +14 d, both : better of anti-PD-1, gp96 inhibited" "prediction: best" above(1.0), above(1.05),
        |it| {
            let [a, b] = ["anti_pd_1", "texpsr_inhibited"].map(|arm| killing(it, arm, 30.0));
            killing(it, "both", 30.0) / if a > b { a } else { b }
        };
    "E18" in_vitro "death rate, chronic : acute" "survival down" above(1.0), above(1.0),
        |it| ratio(it, "chronic", "acute", "death_per_h_mean");
    "E18" in_vitro "log10 of expansion, chronic - acute" "down" below(0.0), below(0.0),
        |it| (it.expansion("chronic", 8.0) - it.expansion("acute", 8.0)) / std::f64::consts::LN_10;
    "S1" transfer "tumour cells on day 4, myrAKT - control" "larger tumours" above(0.0), above(0.0),
        |it| more_tumour(it, "myr_akt", "control");
    "S1" transfer "T cells, myrAKT - control" "fewer" below(0.0), below(0.0),
        |it| more(it, "myr_akt", "control", "live_count");
    "S1" transfer "SLAMF6-TIM3+ in points, myrAKT - control" "5.5 to 27 %" above(0.0), above(0.0),
        |it| 100.0 * more(it, "myr_akt", "control", TERMINAL);
    "S1" transfer "tumour cells on day 4, AZC before transfer - control" "larger tumours" above(0.0), above(0.0),
        |it| more_tumour(it, "proline_analogue", "control");
    "S1" transfer "T cells, AZC before transfer - control" "fewer" below(0.0), below(0.0),
        |it| more(it, "proline_analogue", "control", "live_count");
    "S1" transfer "SLAMF6-TIM3+ in points, AZC before transfer - control" "18 to 31 %" above(0.0), above(0.0),
        |it| 100.0 * more(it, "proline_analogue", "control", TERMINAL);
    "S2" transfer "tumour cells on day 4, control - no T cells" "smaller tumours" below(0.0), below(0.0),
        |it| more_tumour(it, "control", "no_t_cells");
    "S2" transfer "tumour cells on day 4, BiP knock-out - control" "smaller tumours" below(0.0), below(0.0),
        |it| more_tumour(it, "bip_knock_out", "control");
    "S2" transfer "tumour cells on day 4, ERO1A knock-out - control" "smaller tumours" below(0.0), below(0.0),
        |it| more_tumour(it, "ero1a_knock_out", "control");
    "S2" survival "days of survival, 60 at most, control - no T cells" "longer" above(0.0), above(0.0),
        |it| longer(it, "control", "no_t_cells");
    "S2" survival "days of survival, 60 at most, BiP knock-out - control" "longer" above(0.0), above(0.0),
        |it| longer(it, "bip_knock_out", "control");
    "S2" survival "days of survival, 60 at most, ERO1A knock-out - control" "longer" above(0.0), above(0.0),
        |it| longer(it, "ero1a_knock_out", "control");
    "S3" transfer "least rise of translation, progenitor to intermediate to terminal" "progressive" above(0.0), above(0.0),
        |it| rise(it, TRANSLATION);
    "S3" transfer "least rise of aggregates, same" "progressive" above(0.0), above(0.0), |it| rise(it, AGGREGATES);
    "S3" transfer "least rise of gp96, same" "progressive" above(0.0), above(0.0), |it| rise(it, GP96);
    "S3" transfer "least rise of pAKT, same" "progressive" above(0.0), above(0.0), |it| rise(it, AKT);
}
