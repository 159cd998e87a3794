//! What leaves the device by default: counts, sums, histograms, profiles and events of each tissue.

pub mod events;

use std::sync::Arc;

/// One number of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
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
