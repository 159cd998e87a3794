//! What the list of a cell holds: the cells that may touch it in a step of relaxation. Twin of `shaders/shared/lists.wgsl`;
//! `touching` fills lists, and says why results do not depend on them.

use crate::plan::{Mechanics, Plan};

/// Words of a list, a cache line of most processors: places in the sorted order, and the state in the last word.
pub const LIST_WORDS: usize = 16;
/// Cells that a list names at most; a cell with more of them searches.
pub const LISTED: usize = LIST_WORDS - 1;
/// In a place: the two cells are bonded.
pub const BONDED: u32 = 1 << 31;
/// In a state: the cell searches in each iteration.
pub const SEARCHES: u32 = 1 << 31;
/// How many cells a state says are listed.
pub const COUNT: u32 = 255;

/// Name of the buffer on a device.
pub const LISTS: &str = "lists";

/// The cells that may touch one, by their places in the sorted order.
pub type List = [u32; LIST_WORDS];

/// Bytes that lists take for each cell.
pub fn bytes_per_cell(plan: &Plan) -> u64 {
    let relaxes = plan.mechanics != Mechanics::Potentials && plan.domain.dimensions() > 0;
    if relaxes { size_of::<List>() as u64 } else { 0 }
}

/// How many cells a list names.
#[inline(always)]
pub fn count_of(list: &List) -> usize {
    (list[LISTED] & COUNT) as usize
}
