//! Substrates at a place: the voxel of their grid, and the gradient there. Twin of `shaders/shared/field.wgsl`.
//!
//! The level at a cell is that of the voxel that holds its middle; the gradient is by central differences, one-sided at
//! faces that nothing joins (as BioFVM does: Ghaffarizadeh et al., Bioinformatics 2016, 32:1256).

use super::diffusion::row::{above, below};
use super::settings::Settings;
use super::space::voxel_along;
use crate::plan::substrates::LANES;

/// A gradient shorter than this along every axis, in levels/um, has no direction.
const LEAST_PER_UM: f32 = 1e-18;

/// The voxel of a place, along x, y and z.
#[inline(always)]
pub fn field_voxel(settings: &Settings, position: [f32; 3]) -> [u32; 3] {
    [0, 1, 2].map(|axis| {
        let offset = position[axis] - settings.lower_um[axis];
        voxel_along(offset, settings.field_voxel_um[axis], settings.field_voxels[axis])
    })
}

/// Place of a voxel among those of one tissue.
#[inline(always)]
pub fn field_place(settings: &Settings, [x, y, z]: [u32; 3]) -> usize {
    let [nx, ny, _, _] = settings.field_voxels;
    ((z * ny + y) * nx + x) as usize
}

/// Where a substrate's levels in a tissue begin among all groups.
fn first_place(settings: &Settings, substrate: u32, tissue: u32) -> usize {
    let block = substrate / LANES as u32 * settings.tissue_count + tissue;
    (block * settings.field_voxels[3]) as usize
}

/// Level of a substrate at a place.
pub fn level_at(settings: &Settings, levels: &[[f32; 4]], substrate: u32, tissue: u32, position: [f32; 3]) -> f32 {
    let place = first_place(settings, substrate, tissue) + field_place(settings, field_voxel(settings, position));
    levels[place][substrate as usize % LANES]
}

/// Gradient of a substrate at a place, in levels/um.
pub fn gradient_at(
    settings: &Settings,
    levels: &[[f32; 4]],
    substrate: u32,
    tissue: u32,
    position: [f32; 3],
) -> [f32; 3] {
    let at = field_voxel(settings, position);
    let first = first_place(settings, substrate, tissue);
    let level = |at| levels[first + field_place(settings, at)][substrate as usize % LANES];
    let is_joined = settings.joined_substrates >> substrate & 1 == 1;
    [0, 1, 2].map(|axis| {
        let count = settings.field_voxels[axis] as usize;
        let i = at[axis] as usize;
        let (mut low, mut high) = (at, at);
        low[axis] = below(i, count, is_joined) as u32;
        high[axis] = above(i, count, is_joined) as u32;
        let steps = u32::from(is_joined || i > 0) + u32::from(is_joined || i + 1 < count);
        (level(high) - level(low)) / (steps.max(1) as f32 * settings.field_voxel_um[axis])
    })
}

/// Unit vector along a gradient; 0 where it has no direction.
pub fn direction(gradient: [f32; 3]) -> [f32; 3] {
    let [x, y, z] = gradient;
    if x.abs().max(y.abs()).max(z.abs()) < LEAST_PER_UM {
        return [0.0; 3];
    }
    let length = (x * x + y * y + z * z).sqrt();
    [x / length, y / length, z / length]
}
