//! Stage `sense_il2`: IL-2 signal of T cells by the substrate around them, for the step of proteostasis that follows. Twin of
//! `shaders/sense_il2.wgsl`.
//!
//! ```text
//! L2 = c/(c + K)
//! ```
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | c | `il2` | level | IL-2 in the voxel that holds the cell's middle | |
//! | K | `il2_half` | level | 0.32 nM | quantitative model of the Popel group, quoted by secondary sources |

use super::field::level_at;
use crate::cells::cell_bits;
use crate::cells::columns::Fate;
use crate::cells::world::World;
use crate::stages::voxels::space::xyz;
use rayon::prelude::*;

/// Runs the stage.
pub fn sense_il2(world: &mut World) {
    let Some(fields) = world.fields.take() else { return };
    let mut signal = std::mem::take(&mut world.cells.signal);
    signal.par_iter_mut().enumerate().with_min_len(4096).for_each(|(slot, signal)| {
        let kind = world.cells.identity[slot][2];
        let tissue = cell_bits::tissue(kind);
        let own = &world.parameters(tissue).types[cell_bits::cell_type(kind) as usize];
        if own.il2 == 0 || !cell_bits::is(kind, Fate::Live) {
            return;
        }
        let place = xyz(world.cells.position[slot]);
        let level = level_at(&world.settings, &fields.concentration, own.il2 - 1, tissue, place);
        let met = level / (level + own.il2_half);
        signal[0] = cell_bits::with_il2_met(signal[0], (met * 65_535.0 + 0.5) as u32);
    });
    world.cells.signal = signal;
    world.fields = Some(fields);
}
