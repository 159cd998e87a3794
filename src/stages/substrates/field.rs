//! Substrates at a place: the voxel of their grid, and the gradient there. Twin of `shaders/shared/field.wgsl`.
//!
//! The level at a cell is that of the voxel that holds its middle; the gradient is by central differences, one-sided at
//! faces that nothing joins (as BioFVM does: Ghaffarizadeh et al., Bioinformatics 2016, 32:1256).

use crate::cells::settings::Settings;
use crate::fields::row::{above, below};
use crate::plan::substrates::LANES;
use crate::stages::voxels::space::voxel_along;

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

/// Of two levels, the share of the higher by which rounding alone may set them apart: 32 roundings of an f32.
const ROUNDING: f32 = 1.0 / 262_144.0;

/// How far one level is above another; 0 where only rounding sets them apart, so that cells follow no flat field.
fn difference(high: f32, low: f32) -> f32 {
    let difference = high - low;
    if difference.abs() <= high.max(low) * ROUNDING { 0.0 } else { difference }
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
        difference(level(high), level(low)) / (steps.max(1) as f32 * settings.field_voxel_um[axis])
    })
}

/// Length and unit vector of a gradient; both 0 where it is 0 along every axis. Its largest component is divided out first,
/// so that squares stay in the range of numbers whatever the unit of the levels.
pub fn length_and_direction(gradient: [f32; 3]) -> (f32, [f32; 3]) {
    let [x, y, z] = gradient.map(f32::abs);
    let largest = x.max(y).max(z);
    if largest <= 0.0 {
        return (0.0, [0.0; 3]);
    }
    let [x, y, z] = gradient.map(|component| component / largest);
    let length = (x * x + y * y + z * z).sqrt();
    (largest * length, [x / length, y / length, z / length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_that_rounding_sets_apart_are_no_gradient() {
        for level in [1e-15f32, 0.3, 38.0, 1e12] {
            let next = f32::from_bits(level.to_bits() + 8);
            assert_eq!((difference(next, level), difference(level, next)), (0.0, 0.0));
            let apart = level * 1.00001;
            assert_eq!((difference(apart, level), difference(level, apart)), (apart - level, level - apart));
        }
        assert_eq!((difference(1e-30, 0.0), difference(0.0, 0.0)), (1e-30, 0.0));
    }

    #[test]
    fn a_gradient_has_the_same_direction_in_any_unit() {
        let gradient = [3.0e-3f32, -4.0e-3, 1.2e-2];
        let (length, direction) = length_and_direction(gradient);
        assert!((length - 1.3e-2).abs() < 1e-8, "{length}");
        for exponent in [-90, -60, -20, 20, 60, 100] {
            let factor = 2f32.powi(exponent);
            let scaled = length_and_direction(gradient.map(|it| it * factor));
            assert_eq!(scaled, (length * factor, direction), "2^{exponent}");
        }
        assert_eq!(length_and_direction([0.0; 3]), (0.0, [0.0; 3]));
    }
}
