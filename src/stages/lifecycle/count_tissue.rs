//! Stage `count_tissue`: live cells of each tissue and cell type. Twin of `shaders/count_tissue.wgsl`.

use crate::cells::cell_bits;
use crate::cells::columns::Fate;
use crate::cells::world::World;

/// Runs the stage.
pub fn count_tissue(world: &mut World) {
    let types = world.plan.cell_types.len();
    world.tissue_counts.clear();
    world.tissue_counts.resize(world.tissues.len() * types, 0);
    for &[_, _, kind, _] in &world.cells.identity {
        if cell_bits::is(kind, Fate::Live) {
            world.tissue_counts[cell_bits::tissue(kind) as usize * types + cell_bits::cell_type(kind) as usize] += 1;
        }
    }
}
