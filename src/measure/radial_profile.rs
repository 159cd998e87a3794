//! Live cells of each tissue and type in shells about the middle of the tissue; in a layer, rings.
//! Twin of `shaders/radial_profile.wgsl`.

use super::layout::Layout;
use super::reduce::by_row;
use crate::cells::Cells;
use crate::cells::columns::Fate;

/// Fills the shells; nothing to do where the plan has none.
pub fn radial_profile(layout: &Layout, cells: &Cells, words: &mut [u32]) {
    let Some((shell_count, width_um)) = layout.shells else { return };
    let shells_per_um = 1.0 / width_um;
    let visit = |_: &[u32], _: usize, slot: usize, counts: &mut Vec<u32>| {
        let (_, _, fate) = layout.kind(cells, slot);
        let [x, y, z, _] = cells.position[slot];
        let height = if layout.dimensions == 3 { z } else { 0.0 };
        let shells = (x * x + y * y + height * height).sqrt() * shells_per_um;
        // Cells beyond the last shell are in no shell.
        if fate == Fate::Live as u32 && shells < shell_count as f32 {
            counts.resize(shell_count as usize, 0);
            counts[shells as usize] += 1;
        }
    };
    by_row(layout, cells, words, visit, |row, counts| {
        row[layout.shell_offset..].iter_mut().zip(counts).for_each(|(word, count)| *word += count);
    });
}
