//! Repulsion and adhesion of two cells: of their types, or, where rules change them, of the cells themselves: the
//! geometric mean of what each has. Twin of `shaders/shared/forces.wgsl`.

use crate::cells::cell_bits::cell_type;
use crate::cells::world::World;
use crate::of_pair;
use crate::plan::Parameters;

/// Repulsion and adhesion in um/min that a cell given as [slot, kind] would share with its like.
pub fn forces_of(world: &World, parameters: &Parameters, cell: [u32; 2]) -> [f32; 2] {
    let (slot, own) = (cell[0] as usize, cell_type(cell[1]) as usize);
    let repulsion = of_pair!(world, parameters, own, own, repulsion_um_per_min, slot);
    [repulsion, of_pair!(world, parameters, own, own, adhesion_um_per_min, slot)]
}

/// Those between two cells, the first of which has `own`.
pub fn forces_between(own: [f32; 2], other: [f32; 2]) -> [f32; 2] {
    [0, 1].map(|i| (own[i] * other[i]).sqrt())
}
