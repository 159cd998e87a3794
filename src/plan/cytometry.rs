//! The panel of virtual cytometry: what a flow cytometer would show of cells with proteostasis.
//!
//! ```text
//! tim3     = logistic((X + TIM3_NOISE n1 − TIM3_THRESHOLD) / TIM3_WIDTH)          chance that the cell is TIM3+
//! slamf6   = logistic((T + SLAMF6_NOISE n2 − SLAMF6_THRESHOLD) / SLAMF6_WIDTH)    same, SLAMF6+
//! cytokine = logistic((Y − CYTOKINE_THRESHOLD) / CYTOKINE_WIDTH)                  same, IFN-γ+TNF+ when stimulated again
//! dye      = DYE_BACKGROUND + M + G                                               dye that binds misfolded protein
//!
//! quadrants     slamf6 · tim3, slamf6 · (1 − tim3), …
//! progenitors   SLAMF6+TIM3−          terminal cells   SLAMF6−TIM3+
//! intermediate  the rest, where F > INTERMEDIATE_EFFECTOR
//! ```
//!
//! | symbol | name | meaning |
//! |---|---|---|
//! | X, T, Y, M, G, F | `exhaustion`, `stemness`, `cytokine_capacity`, `misfolded_percent`, `aggregated_percent`, `effector_programme` | columns of the cell |
//! | n1, n2 | | noise of the instrument: standard normal, drawn from (seed, cell, tick) |
//!
//! Besides, per founder lineage: each cell weighs 2^(−divisions) since the cell that entered the tissue, so that all lines of
//! descent of a founder weigh together as much as those of any other, however often they divided (the cohort number of
//! Gett & Hodgkin, Nat Immunol 2000, general knowledge). What divides more counts no more, as in fate mapping; lines that
//! have died out are not seen, and lower `lineage_count`.
//!
//! Fractions are sums of these chances over live cells, which is what counting many cells by chance would give, without
//! the noise of the count. Of the other readouts of Wang et al., Nature 2025 (doi 10.1038/s41586-025-09539-1) columns stand
//! for HPG (`translation_percent_per_h`), gp96 (`stress_chaperones`) and pAKT (`akt_activity`).

macro_rules! panel {
    ($($name:ident $value:literal $meaning:literal,)*) => {
        $(#[doc = $meaning] pub const $name: f32 = $value;)*

        /// Name, value and meaning of each constant of the panel. All are calibrated, so that the model reproduces the
        /// percentages that the paper prints.
        pub const PANEL: &[(&str, f32, &str)] = &[$((stringify!($name), $value, $meaning),)*];
    };
}
panel! {
    TIM3_THRESHOLD 0.5 "Exhaustion at which half of the cells are TIM3+.",
    TIM3_WIDTH 0.05 "Width of that gate, in exhaustion.",
    TIM3_NOISE 0.1 "Standard deviation of the instrument, in exhaustion.",
    SLAMF6_THRESHOLD 0.35 "Stemness at which half of the cells are SLAMF6+.",
    SLAMF6_WIDTH 0.05 "Width of that gate, in stemness.",
    SLAMF6_NOISE 0.1 "Standard deviation of the instrument, in stemness.",
    CYTOKINE_THRESHOLD 0.55 "Cytokine capacity at which half of the cells are cytokine+.",
    CYTOKINE_WIDTH 0.12 "Width of that gate, in cytokine capacity.",
    DYE_BACKGROUND 6.0 "Dye in a cell without misfolded protein, in % of all protein.",
    INTERMEDIATE_EFFECTOR 0.4 "Effector programme above which cells in neither of the two other subsets are intermediate.",
}

/// Fractions of live cells, in the order of their sums.
pub const FRACTIONS: [&str; 8] = [
    "slamf6_pos_tim3_neg_fraction",
    "slamf6_neg_tim3_pos_fraction",
    "slamf6_pos_tim3_pos_fraction",
    "slamf6_neg_tim3_neg_fraction",
    "slamf6_pos_fraction",
    "tim3_pos_fraction",
    "cytokine_pos_fraction",
    "intermediate_fraction",
];

/// What is measured in all cells and in each subset: name, and step of the fixed-point numbers in which it is summed.
pub const MEASURED: [(&str, f32); 4] = [
    ("aggregate_dye", 1.0 / 4096.0),
    ("translation_percent_per_h", 1.0 / 16_384.0),
    ("stress_chaperones", 1.0 / 65_536.0),
    ("akt_activity", 1.0 / 65_536.0),
];

/// Subsets of exhausted cells, and the fraction that counts each.
pub const SUBSETS: [(&str, usize); 3] = [("progenitor", 0), ("intermediate", 7), ("terminal", 1)];

/// Columns that the panel shows besides: HPG, gp96 and pAKT.
pub const COLUMNS: [&str; 3] = ["translation_percent_per_h", "stress_chaperones", "akt_activity"];

/// What is measured per lineage besides.
pub const EXHAUSTION: (&str, f32) = ("exhaustion", 1.0 / 262_144.0);

/// Place of the sum of all dye; those of the subsets follow, subset by subset.
pub const DYE: usize = FRACTIONS.len();
/// Place of the sum of weights of the lineages; those of their fractions, of what is measured and of their exhaustion follow.
pub const LINEAGE: usize = subset_sum(SUBSETS.len(), 0);
/// Sums of the panel.
pub const SUM_COUNT: usize = LINEAGE + 1 + FRACTIONS.len() + MEASURED.len() + 1;
/// Lines of descent weigh no less for more divisions than these.
pub const MOST_DIVISIONS: u32 = 60;

/// Place of the sum of what is measured in a subset.
pub const fn subset_sum(subset: usize, measured: usize) -> usize {
    DYE + 1 + subset * MEASURED.len() + measured
}

/// Step of the fixed-point numbers of a sum.
pub const fn resolution(sum: usize) -> f32 {
    const FIRST_MEASURED: usize = LINEAGE + 1 + FRACTIONS.len();
    match sum {
        // Chances and weights are 1 at most, which is as many steps as fit.
        0..DYE | LINEAGE..FIRST_MEASURED => 1.0 / 1_048_576.0,
        DYE => MEASURED[0].1,
        0..LINEAGE => MEASURED[(sum - DYE - 1) % MEASURED.len()].1,
        _ if sum + 1 < SUM_COUNT => MEASURED[sum - FIRST_MEASURED].1,
        _ => EXHAUSTION.1,
    }
}

/// Names of the statistics of the panel, in the order of their sums.
pub fn statistics() -> impl Iterator<Item = String> {
    let of_subset = |(subset, _)| MEASURED.map(|(name, _)| format!("{subset}_{name}_mean"));
    let of_cells = FRACTIONS.into_iter().map(str::to_owned).chain([format!("{}_mean", MEASURED[0].0)]);
    let fractions = FRACTIONS.map(|name| format!("lineage_{name}"));
    let measured = MEASURED.into_iter().chain([EXHAUSTION]).map(|(name, _)| format!("lineage_{name}_mean"));
    let of_lineages = ["lineage_count".to_owned()].into_iter().chain(fractions).chain(measured);
    of_cells.chain(SUBSETS.into_iter().flat_map(of_subset)).chain(of_lineages)
}

/// The constants for shaders.
pub fn wgsl() -> String {
    let mut text = String::from("// Made from src/plan/cytometry.rs.\n");
    for (name, value, meaning) in PANEL {
        text += &format!("// {meaning}\nconst {name} = {value:?}f;\n");
    }
    let [dye, translation, chaperones, akt] = MEASURED.map(|(_, step)| 1.0 / step);
    text += &format!("const MEASURED_STEPS = vec4f({dye:?}, {translation:?}, {chaperones:?}, {akt:?});\n");
    text += &format!("const FRACTION_STEPS = {:?}f;\n", 1.0 / resolution(0));
    text += &format!("const EXHAUSTION_STEPS = {:?}f;\n", 1.0 / EXHAUSTION.1);
    for (name, number) in [("DYE", DYE), ("LINEAGE", LINEAGE), ("SUM_COUNT", SUM_COUNT)] {
        text += &format!("const {name} = {number}u;\n");
    }
    text += &format!("const MOST_DIVISIONS = {MOST_DIVISIONS}u;\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sum_has_its_step() {
        assert_eq!(resolution(7), 1.0 / 1_048_576.0);
        assert_eq!(resolution(DYE), MEASURED[0].1);
        for (subset, measured) in (0..SUBSETS.len()).flat_map(|subset| (0..MEASURED.len()).map(move |it| (subset, it)))
        {
            assert_eq!(resolution(subset_sum(subset, measured)), MEASURED[measured].1);
        }
        let names: Vec<String> = statistics().collect();
        assert_eq!(names.len(), SUM_COUNT);
        for (sum, name) in names.iter().enumerate() {
            let of = |(measured, step): (&str, f32)| name.contains(measured).then_some(step);
            let expected = MEASURED.into_iter().chain([EXHAUSTION]).find_map(of).unwrap_or(1.0 / 1_048_576.0);
            assert_eq!(resolution(sum), expected, "{name}");
        }
    }
}
