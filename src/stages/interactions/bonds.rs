//! Elastic bonds, and attraction to cells nearby. Twin of `shaders/shared/bonds.wgsl`.

use crate::cells::cell_bits::{cell_type, is};
use crate::cells::columns::{Fate, NO_BOND};
use crate::cells::settings::Settings;
use crate::plan::PairParameters;

/// Slot of the cell that a cell given as [slot, kind] is attached to; `NO_BOND` for none.
#[inline(always)]
pub fn bond_of(settings: &Settings, identity: &[[u32; 4]], cell: [u32; 2]) -> u32 {
    // Only effectors hold bonds; asking saves the look at a far place in memory.
    let may_hold = (settings.effector_types >> cell_type(cell[1])) & 1 == 1;
    if may_hold { identity[cell[0] as usize][3] } else { NO_BOND }
}

/// Elastic rate in 1/min of the bond between two cells given as [slot, kind]; 0 where there is none. `pair` is the row
/// of the two cell types, `own_bond` the bond of the first cell.
#[inline(always)]
pub fn bond_elasticity(
    settings: &Settings,
    identity: &[[u32; 4]],
    pair: &PairParameters,
    own: [u32; 2],
    own_bond: u32,
    other: [u32; 2],
) -> f32 {
    let is_bonded = own_bond == other[0] || bond_of(settings, identity, other) == own[0];
    if is_bonded { pair.elastic_per_min } else { 0.0 }
}

/// Rate in 1/min at which a cell of a kind is drawn toward another at a distance; 0 where it is not.
#[inline(always)]
pub fn attraction(pair: &PairParameters, own_kind: u32, distance_um: f32) -> f32 {
    let is_near = distance_um > pair.attraction_from_um && distance_um < pair.attraction_to_um;
    if is_near && is(own_kind, Fate::Live) { pair.attraction_per_min } else { 0.0 }
}
