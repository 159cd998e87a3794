//! The packs that cells get when they enter, where a plan needs them and the cells have none.

use crate::cells::Cells;
use crate::cells::cell_bits;
use crate::cells::columns::Group;
use crate::plan::Plan;
use crate::stages::proteostasis;

/// These packs, and nothing else. `of_tissue` gives seed and arm of a tissue of the batch.
pub fn entering(plan: &Plan, cells: &Cells, of_tissue: impl Fn(u32) -> ([u32; 2], usize)) -> Cells {
    let mut more = Cells::default();
    if Group::Proteostasis.is_in(plan) && cells.protein.is_empty() {
        proteostasis::enter(plan, &cells.identity, &of_tissue, &mut more);
    }
    if Group::Synapse.is_in(plan) && cells.synapse.is_empty() {
        let at_rest = |&[_, _, kind, _]: &[u32; 4]| {
            let arm = &plan.arms[of_tissue(cell_bits::tissue(kind)).1].parameters;
            let number = arm.proteostasis_number(cell_bits::cell_type(kind) as usize);
            // What follows from the occupancy comes with the first contact step.
            let tonic = number.map_or(0.0, |it| arm.proteostasis[it].tonic_signal);
            [tonic, 0.0, 0.0, 0.0]
        };
        more.synapse = cells.identity.iter().map(at_rest).collect();
    }
    if Group::Surface.is_in(plan) && cells.surface.is_empty() {
        let of_type = |&[_, _, kind, _]: &[u32; 4]| {
            let arm = &plan.arms[of_tissue(cell_bits::tissue(kind)).1].parameters;
            match arm.types[cell_bits::cell_type(kind) as usize] {
                own if own.is_immunogenic == 1 => [own.antigen, own.mhc1, own.pd_l1, 0.0],
                _ => [1.0, 1.0, 0.0, 0.0],
            }
        };
        more.surface = cells.identity.iter().map(of_type).collect();
    }
    more
}
