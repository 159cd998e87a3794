//! What leaves the device by default: counts, sums, histograms, profiles and events of each tissue.
//!
//! The stages run in the order `clear`, `count_cells`, then for each column `summarise_column` and
//! `histogram_column`, then `radial_profile`, `cytometry` and `audit`. All sums are of whole numbers, so the words are the same bits however the
//! cells are sorted.

pub mod audit;
mod count_cells;
mod cytometry;
mod fixed_point;
mod histogram_column;
pub mod layout;
pub mod ledger;
pub mod mass_balance;
mod radial_profile;
pub(crate) mod reduce;
mod rows;
pub mod substrates;
mod summarise_column;
mod table;

pub use count_cells::count_cells;
pub use cytometry::cytometry;
pub use histogram_column::histogram_column;
pub use layout::{ColumnRequest, Layout};
pub use ledger::Ledger;
pub use mass_balance::MassBalance;
pub use radial_profile::radial_profile;
pub use rows::{STATE_HASH, rows, with_concentrations};
pub use substrates::{Accounts, Stock, substrate_rows, substrate_statistics};
pub use summarise_column::summarise_column;

use crate::cells::Cells;
use std::sync::Arc;

/// One number of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct StatisticRow {
    /// Number of the tissue in the study (not in its batch): see `Plan::arm_and_replicate`.
    pub tissue: u32,
    pub tick: u32,
    /// None for statistics of a whole tissue.
    pub cell_type: Option<u32>,
    /// `count`, `births`, `volume_um3_mean`, …
    pub statistic: Arc<str>,
    /// None where there is nothing to report, such as the mean of no cells.
    pub value: Option<f64>,
}

/// All words of the buffer `statistics` but those of `cytometry` and `audit`, by the twins of all stages in their order.
pub fn measure(layout: &Layout, cells: &Cells) -> Vec<u32> {
    let mut words = vec![0; layout.words()];
    count_cells(layout, cells, &mut words);
    for observed in &layout.columns {
        summarise_column(layout, observed, cells, &mut words);
        if observed.has_histogram {
            histogram_column(layout, observed, cells, &mut words);
        }
    }
    radial_profile(layout, cells, &mut words);
    words
}
