//! What a T cell meets without holding a target, and how PD-1 answers. Twin of `shaders/shared/proteostasis/met.wgsl`, where
//! the equation stands.

use crate::plan::ProteostasisParameters;
use std::ops::{Add, Div, Mul};

/// What `pd_l1_met` and `il2_met` count.
pub(crate) const PER_MET: f32 = 1.0 / 65_535.0;

/// TCR occupancy of a cell that holds no target.
pub fn without_contacts(row: &ProteostasisParameters) -> f32 {
    row.plate_bound_stimulation.max(row.tonic_signal)
}

/// Engagement of PD-1, of one cell or of several.
#[inline(always)]
pub fn pd1_engagement<T>(row: &ProteostasisParameters, pd1: T, pd_l1: T) -> T
where
    T: Copy + Mul<Output = T> + Mul<f32, Output = T> + Add<f32, Output = T> + Div<Output = T>,
{
    let bound = pd1 * pd_l1 * (1.0 - row.pd1_blockade);
    bound / (bound + 0.5)
}
