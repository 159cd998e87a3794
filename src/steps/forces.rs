//! Repulsion and adhesion of two cells: of their types, or, where rules change them, of the cells themselves: the
//! geometric mean of what each has. Twin of `shaders/shared/forces.wgsl`.

use super::World;
use super::kind::cell_type;
use crate::of_pair;
use crate::plan::{PairParameters, Parameters, Plan};
use crate::word;

/// Whether rules of a plan change forces.
pub fn are_ruled(plan: &Plan) -> bool {
    plan.arms.iter().map(|arm| &arm.parameters).any(|it| {
        let fields = [word!(PairParameters, repulsion_um_per_min), word!(PairParameters, adhesion_um_per_min)];
        (0..it.types.len()).any(|own| fields.into_iter().any(|field| it.is_ruled(it.pair_word(own, own, field))))
    })
}

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
