//! Smoothing by Gauss and Seidel's method, colour by colour: each voxel takes the value that makes its own equation
//! true. All terms are positive, so that no value becomes negative.
//!
//! Red and black, since it needs no second buffer and damps what coarser grids cannot see to 0.45 a sweep in three
//! dimensions, against 0.71 for the best damped Jacobi sweep (Trottenberg, Oosterlee, Schüller: Multigrid, 2001, 2.9).

use super::hierarchy::Level;
use super::lanes::Lanes;
use super::row::{Shared, VoxelRow};
use super::stencil::Stencil;
use rayon::prelude::*;

/// Voxels that a thread takes at least.
pub const LEAST_VOXELS: usize = 8192;

/// One sweep over a level.
pub fn smooth(level: &Level, stencils: &[Stencil], values: &mut [Lanes], right_side: &[Lanes], loss: &[Lanes]) {
    let [nx, ny, nz] = level.counts();
    let values = Shared::new(values);
    for colour in 0..level.colours() {
        (0..stencils.len() * nz * ny).into_par_iter().with_min_len(LEAST_VOXELS.div_ceil(nx)).for_each(|row| {
            let row = VoxelRow::new(level, stencils, row);
            // SAFETY: voxels of one colour are no neighbours, and each belongs to one row.
            unsafe { smooth_row(&row, values, right_side, loss, colour) }
        });
    }
}

/// Smooths the voxels of a row that have a colour.
///
/// # Safety
/// Nobody writes the row's voxels of this colour, nor their neighbours.
unsafe fn smooth_row(row: &VoxelRow<'_>, values: Shared<'_>, right_side: &[Lanes], loss: &[Lanes], colour: usize) {
    // SAFETY: as the caller says, for each of these voxels.
    let update = |x: usize, beside: [usize; 2], couplings| unsafe {
        let value = row.smoothed(values, right_side, loss, x, beside, couplings);
        values.set(row.start + x, value);
    };
    let first = (colour + row.y + row.z) % 2;
    let inner = row.couplings(1.min(row.nx - 1));
    let has_inner = row.level.seams([0, row.y, row.z]) == colour / 2;
    for x in (first..row.nx).step_by(2) {
        if x > 0 && x < row.inner_end() {
            if has_inner {
                let place = row.start + x;
                update(x, [place - 1, place + 1], inner);
            }
        } else if row.level.colour([x, row.y, row.z]) == colour {
            update(x, row.beside(x), row.couplings(x));
        }
    }
}
