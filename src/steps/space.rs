//! Space: voxels, near rows of voxels, separation, faces. Twin of `shaders/shared/space.wgsl`.

use super::settings::Settings;
use std::ops::Range;

fn voxel_along(offset_um: f32, edge_um: f32, count: u32) -> u32 {
    ((offset_um / edge_um).max(0.0) as u32).min(count - 1)
}

/// The voxel of a place, along x, y and z.
pub fn voxel_at(settings: &Settings, position: [f32; 3]) -> [u32; 3] {
    [0, 1, 2].map(|axis| {
        let offset = position[axis] - settings.lower_um[axis];
        voxel_along(offset, settings.voxel_um[axis], settings.voxels[axis])
    })
}

/// Neighbour along an axis; `count` where there is none.
fn beside(settings: &Settings, voxel: u32, shift: u32, count: u32) -> u32 {
    let joined = settings.periodic == 1 && count > 1;
    match shift {
        1 => voxel,
        0 if voxel > 0 => voxel - 1,
        0 => {
            if joined {
                count - 1
            } else {
                count
            }
        }
        _ if voxel + 1 < count => voxel + 1,
        _ => {
            if joined {
                0
            } else {
                count
            }
        }
    }
}

/// The 27 voxels about one are nine rows along x; at joined faces a row continues on the other side.
pub fn part_count(settings: &Settings) -> u32 {
    if settings.periodic == 1 { 18 } else { 9 }
}

/// Voxels of a part, counted within the tissue; empty for a part outside.
pub fn part_of_neighbourhood(settings: &Settings, at: [u32; 3], part: u32) -> Range<u32> {
    let [nx, ny, nz, _] = settings.voxels;
    let row = part % 9;
    let y = beside(settings, at[1], row % 3, ny);
    let z = beside(settings, at[2], row / 3, nz);
    if y == ny || z == nz {
        return 0..0;
    }
    let start = (z * ny + y) * nx;
    if part < 9 {
        return start + at[0].max(1) - 1..start + (at[0] + 2).min(nx);
    }
    if at[0] == 0 {
        return start + nx - 1..start + nx;
    }
    if at[0] + 1 == nx {
        return start..start + 1;
    }
    0..0
}

/// Shortest way from b to a.
#[inline(always)]
pub fn separation(settings: &Settings, a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    let way = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    if settings.periodic == 0 {
        return way;
    }
    let size = settings.size_um;
    [0, 1, 2].map(|axis| way[axis] - size[axis] * (way[axis] / size[axis] + 0.5).floor())
}

/// x² + y² + z².
#[inline(always)]
pub fn squared_length(v: [f32; 3]) -> f32 {
    v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
}

/// The place inside the domain for a cell that was pushed: walls stop, joined faces let through.
pub fn contained(settings: &Settings, position: [f32; 3]) -> [f32; 3] {
    [0, 1, 2].map(|axis| {
        let (lower, size, x) = (settings.lower_um[axis], settings.size_um[axis], position[axis]);
        if settings.periodic == 1 { x - size * ((x - lower) / size).floor() } else { x.max(lower).min(lower + size) }
    })
}

/// The first three lanes.
#[inline(always)]
pub fn xyz(lanes: [f32; 4]) -> [f32; 3] {
    [lanes[0], lanes[1], lanes[2]]
}
