//! What the list of a cell holds: the cells that may touch it in a step of relaxation. Twin of `shaders/shared/lists.wgsl`;
//! `touching` fills lists, and says why results do not depend on them.

use super::settings::Settings;
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

/// Cells closer than so many sums of their radii are listed: wider, and lists overflow; narrower, and more cells move
/// farther than their allowance. In a hexagonal packing in which the largest cells overlap by a fifth, 12 are listed.
pub const LISTED_REACH: f32 = 1.125;
/// Covers what rounding does to distances.
pub const SLIGHTLY_LESS: f32 = 0.999;

/// Name of the buffer on a device.
pub const LISTS: &str = "lists";

/// The cells that may touch one, by their places in the sorted order.
pub type List = [u32; LIST_WORDS];

/// Bytes that lists take for each cell; 0 where there are none.
pub fn bytes_per_cell(plan: &Plan) -> u64 {
    let relaxes = plan.mechanics != Mechanics::Potentials && plan.domain.dimensions() > 0;
    if relaxes && are_kept(&Settings::new(plan, 1)) { size_of::<List>() as u64 } else { 0 }
}

/// Whether lists save time: not where a search reaches hardly farther than cells touch, as without adhesion and
/// contacts, since it then may miss any cell that moves.
pub fn are_kept(settings: &Settings) -> bool {
    let radius_um = settings.largest_radius_um;
    allowances_um(settings, radius_um)[1] >= (LISTED_REACH - 1.0) * radius_um * SLIGHTLY_LESS
}

/// How many cells a list names.
#[inline(always)]
pub fn count_of(list: &List) -> usize {
    (list[LISTED] & COUNT) as usize
}

/// How far, in um, a cell may move before it has to look around; and before a search may miss it.
pub fn allowances_um(settings: &Settings, radius_um: f32) -> [f32; 2] {
    let by_lists = (LISTED_REACH - 1.0) * radius_um;
    let by_reach = (settings.widest_reach - 1.0) * radius_um + 0.5 * settings.widest_um;
    let by_search = by_reach.min(0.5 * settings.reach_um - radius_um).max(0.0) * SLIGHTLY_LESS;
    [(by_lists * SLIGHTLY_LESS).min(by_search), by_search]
}
