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

pub const CHUNK: u32 = 64;
pub struct Layout;
impl Layout {
    pub fn new(_plan: &crate::plan::Plan, _tissues: usize) -> Layout {
        Layout
    }
    pub fn words(&self) -> usize {
        16
    }
    pub fn summarise(&self, _cells: &crate::cells::Cells) -> Vec<u32> {
        vec![0; 16]
    }
    pub fn rows(&self) -> &[crate::steps::dispatches::Row] {
        &[]
    }
    pub fn create_requests(
        &self,
        _gpu: &crate::device::Gpu,
        _b: &mut crate::device::Buffers,
    ) -> crate::error::Result<()> {
        Ok(())
    }
}
pub mod device {
    pub const KERNELS: &[crate::steps::dispatches::Row] = &[];
}
