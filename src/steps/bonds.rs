//! Elastic bonds. Twin of `shaders/shared/bonds.wgsl`.

use super::kind::cell_type;
use super::settings::Settings;
use crate::plan::Parameters;

/// Elastic rate in 1/min of the bond between two cells given as [slot, kind]; 0 where there is none.
#[inline(always)]
pub fn bond_elasticity(
    settings: &Settings,
    parameters: &Parameters,
    identity: &[[u32; 4]],
    a: [u32; 2],
    b: [u32; 2],
) -> f32 {
    let is_effector = |kind| (settings.effector_types >> cell_type(kind)) & 1 == 1;
    let elastic = |x, y| parameters.pair(cell_type(x) as usize, cell_type(y) as usize).elastic_per_min;
    let mut rate = 0.0;
    if is_effector(a[1]) && identity[a[0] as usize][3] == b[0] {
        rate = elastic(a[1], b[1]);
    }
    if is_effector(b[1]) && identity[b[0] as usize][3] == a[0] {
        rate += elastic(b[1], a[1]);
    }
    rate
}
