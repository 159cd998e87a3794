//! Between grids: residuals and losses go up to the coarser grid as means, corrections come down by interpolation.

use super::hierarchy::Level;
use super::lanes::{HELD_PER_MIN, Lanes};
use super::row::{VoxelRow, above, below};
use super::smooth::LEAST_VOXELS;
use super::stencil::Stencil;
use rayon::prelude::*;

/// Calls `add` with each row of a fine level that a coarse row joins, and its share.
fn for_fine_rows(fine: &Level, coarse: &Level, coarse_row: usize, mut add: impl FnMut(usize, f32)) {
    let ([_, fine_ny, fine_nz], [_, ny, nz]) = (fine.counts(), coarse.counts());
    let (y, z, block) = (coarse_row % ny, coarse_row / ny % nz, coarse_row / ny / nz);
    let (rows_y, shares_y) = fine.axes[1].children(y as u32);
    let (rows_z, shares_z) = fine.axes[2].children(z as u32);
    let first = |axis: usize, i: usize| if fine.axes[axis].is_halved { 2 * i } else { i };
    for (dz, share_z) in shares_z.into_iter().enumerate().take(rows_z as usize) {
        for (dy, share_y) in shares_y.into_iter().enumerate().take(rows_y as usize) {
            let row = (block * fine_nz + first(2, z) + dz) * fine_ny + first(1, y) + dy;
            add(row, share_z * share_y);
        }
    }
}

/// Splits a buffer into its part up to a coarse level, and the rows of that level.
fn split<'a>(buffer: &'a mut [Lanes], coarse: &Level, blocks: usize) -> (&'a [Lanes], &'a mut [Lanes]) {
    let (before, after) = buffer.split_at_mut(coarse.offset);
    (before, &mut after[..blocks * coarse.voxels()])
}

/// Losses of a coarse level: means over the free voxels that each joins, with their couplings to held ones; held where
/// all of them are.
pub fn coarsen_loss(fine: &Level, coarse: &Level, stencils: &[Stencil], loss: &mut [Lanes], has_held: bool) {
    let (fine_loss, rows) = split(loss, coarse, stencils.len());
    let nx = coarse.counts()[0];
    rows.par_chunks_mut(nx).with_min_len(LEAST_VOXELS.div_ceil(8 * nx)).enumerate().for_each(|(number, out)| {
        let mut free = vec![Lanes::ZERO; nx];
        out.fill(Lanes::ZERO);
        for_fine_rows(fine, coarse, number, |row, share| {
            let row = VoxelRow::new(fine, stencils, row);
            for (x, (out, free)) in out.iter_mut().zip(&mut free).enumerate() {
                let (count, shares) = fine.axes[0].children(x as u32);
                let first = if fine.axes[0].is_halved { 2 * x } else { x };
                for dx in 0..count as usize {
                    let (weight, own) = (Lanes::all(share * shares[dx]), fine_loss[row.start + first + dx]);
                    let sum = if has_held { own + row.loss_to_held(fine_loss, first + dx) } else { own };
                    *out = *out + (weight * sum).where_free(own, Lanes::ZERO);
                    *free = *free + weight.where_free(own, Lanes::ZERO);
                }
            }
        });
        if has_held {
            for (out, free) in out.iter_mut().zip(&free) {
                let pick = |lane: usize| if free.0[lane] > 0.0 { out.0[lane] } else { HELD_PER_MIN };
                *out = Lanes([pick(0), pick(1), pick(2), pick(3)]);
            }
        }
    });
}

/// Right sides of a coarse level: means of the residuals; its values, which are corrections, begin at 0. Voxels of the
/// last colour have just been smoothed and have no residual.
pub fn restrict_residual(
    fine: &Level,
    coarse: &Level,
    stencils: &[Stencil],
    values: &mut [Lanes],
    right_side: &mut [Lanes],
    loss: &[Lanes],
) {
    let (values, corrections) = split(values, coarse, stencils.len());
    let (fine_right, rows) = split(right_side, coarse, stencils.len());
    let nx = coarse.counts()[0];
    corrections.fill(Lanes::ZERO);
    rows.par_chunks_mut(nx).with_min_len(LEAST_VOXELS.div_ceil(8 * nx)).enumerate().for_each(|(number, out)| {
        out.fill(Lanes::ZERO);
        for_fine_rows(fine, coarse, number, |row, share| {
            let row = VoxelRow::new(fine, stencils, row);
            restrict_row(&row, values, fine_right, loss, share, out);
        });
    });
}

fn restrict_row(
    row: &VoxelRow<'_>,
    values: &[Lanes],
    right_side: &[Lanes],
    loss: &[Lanes],
    share: f32,
    out: &mut [Lanes],
) {
    let axis = &row.level.axes[0];
    let colours = row.level.colours();
    let inner = row.couplings(1.min(row.nx - 1));
    let is_plain = colours == 2;
    // With two colours those without residual are every other voxel.
    let (first, step) = if is_plain { ((row.y + row.z) % 2, 2) } else { (0, 1) };
    for x in (first..row.nx).step_by(step) {
        let coarse = if axis.is_halved { x / 2 } else { x };
        let is_inner = x > 0 && x < row.inner_end();
        if !is_plain && row.level.colour([x, row.y, row.z]) == colours - 1 {
            continue;
        }
        let (beside, couplings) =
            if is_inner { ([row.start + x - 1, row.start + x + 1], inner) } else { (row.beside(x), row.couplings(x)) };
        let residual = row.residual(values, right_side, loss, x, beside, couplings);
        let shares = axis.children(coarse as u32).1;
        let weight = share * if axis.is_halved { shares[x % 2] } else { shares[0] };
        out[coarse] = out[coarse] + Lanes::all(weight) * residual;
    }
}

/// Where a fine voxel lies among coarse ones along an axis: its own, the one next to it, and their weights.
#[derive(Clone, Copy)]
struct Between {
    own: usize,
    far: usize,
    own_weight: Lanes,
    far_weight: Lanes,
}

fn between(fine: &Level, coarse: &Level, stencil: &Stencil, axis: usize, i: usize) -> Between {
    let (along, count) = (&fine.axes[axis], coarse.counts()[axis]);
    if !along.is_halved {
        return Between { own: i, far: i, own_weight: Lanes::all(1.0), far_weight: Lanes::ZERO };
    }
    let own = i / 2;
    let far = if i.is_multiple_of(2) { below(own, count, along.is_joined) } else { above(own, count, along.is_joined) };
    let ends = &stencil.axes[axis];
    let (own_weight, far_weight) = if i == 0 {
        (ends.own_low, ends.far_low)
    } else if i + 1 == along.count as usize {
        (ends.own_high, ends.far_high)
    } else {
        (Lanes::all(0.75), Lanes::all(0.25))
    };
    Between { own, far, own_weight, far_weight }
}

/// Adds the interpolated corrections of a coarse level to a fine one. On the finest grid a value does not fall below 0:
/// the solution is nowhere negative, so that this brings every voxel nearer to it. Voxels of the first colour are left
/// out: they are smoothed next, from their neighbours alone.
pub fn correct(
    fine: &Level,
    coarse: &Level,
    stencils: &[Stencil],
    values: &mut [Lanes],
    loss: &[Lanes],
    has_held: bool,
) {
    let (before, after) = values.split_at_mut(coarse.offset);
    let rows = &mut before[fine.offset..];
    let coarse_values = &after[..stencils.len() * coarse.voxels()];
    let [nx, ny, nz] = fine.counts();
    let [coarse_nx, coarse_ny, coarse_nz] = coarse.counts();
    let is_finest = fine.offset == 0;
    rows.par_chunks_mut(nx).with_min_len(LEAST_VOXELS.div_ceil(nx)).enumerate().for_each_init(
        || vec![Lanes::ZERO; coarse_nx],
        |mean, (number, out)| {
            let (y, z, block) = (number % ny, number / ny % nz, number / ny / nz);
            let stencil = &stencils[block];
            let at_y = between(fine, coarse, stencil, 1, y);
            let at_z = between(fine, coarse, stencil, 2, z);
            let row = |y: usize, z: usize| {
                &coarse_values[((block * coarse_nz + z) * coarse_ny + y) * coarse_nx..][..coarse_nx]
            };
            let rows =
                [row(at_y.own, at_z.own), row(at_y.far, at_z.own), row(at_y.own, at_z.far), row(at_y.far, at_z.far)];
            for (x, mean) in mean.iter_mut().enumerate() {
                let near = rows[0][x] * at_y.own_weight + rows[1][x] * at_y.far_weight;
                let far = rows[2][x] * at_y.own_weight + rows[3][x] * at_y.far_weight;
                *mean = near * at_z.own_weight + far * at_z.far_weight;
            }
            let is_plain = fine.colours() == 2;
            let (first, step) = if is_plain { ((1 + y + z) % 2, 2) } else { (0, 1) };
            for x in (first..nx).step_by(step) {
                if !is_plain && fine.colour([x, y, z]) == 0 {
                    continue;
                }
                let at = between(fine, coarse, stencil, 0, x);
                let mut correction = mean[at.own] * at.own_weight + mean[at.far] * at.far_weight;
                if has_held {
                    correction = correction.where_free(loss[fine.offset + number * nx + x], Lanes::ZERO);
                }
                let sum = out[x] + correction;
                out[x] = if is_finest { sum.at_least_zero() } else { sum };
            }
        },
    );
}
