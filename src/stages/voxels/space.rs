//! Space: voxels, near rows of voxels, separation, faces. Twin of `shaders/shared/space.wgsl`.

use crate::cells::settings::Settings;
use std::ops::Range;

/// Voxel along one axis; what lies outside counts to the outermost.
pub fn voxel_along(offset_um: f32, edge_um: f32, count: u32) -> u32 {
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

/// Where the cells within reach of a place are: nine rows of voxels along x; at joined faces a row continues on the
/// other side. Voxels are thin along x, so that a row is cut off where the sphere of reach ends.
pub struct Neighbourhood {
    at: [u32; 3],
    offset_x_um: f32,
    /// Square of the distance at which anything may act on a cell of this radius.
    reach_um2: f32,
    /// Squared distances to the rows below, at and above the place's own, along y and z.
    y_um2: [f32; 3],
    z_um2: [f32; 3],
}

fn squares_beside(offset_um: f32, voxel: u32, edge_um: f32) -> [f32; 3] {
    let below = (offset_um - voxel as f32 * edge_um).max(0.0);
    let above = ((voxel + 1) as f32 * edge_um - offset_um).max(0.0);
    [below * below, 0.0, above * above]
}

/// The neighbourhood of a cell given by place and radius; `widest_reach` in sums of radii: see `Settings`.
pub fn neighbourhood_of(settings: &Settings, cell: [f32; 4], widest_reach: f32) -> Neighbourhood {
    let position = xyz(cell);
    let at = voxel_at(settings, position);
    let reach = (cell[3] + settings.largest_radius_um) * widest_reach + settings.widest_um;
    let reach = reach.min(settings.reach_um);
    let offset = [0, 1, 2].map(|axis| position[axis] - settings.lower_um[axis]);
    Neighbourhood {
        at,
        offset_x_um: offset[0],
        reach_um2: reach * reach,
        y_um2: squares_beside(offset[1], at[1], settings.voxel_um[1]),
        z_um2: squares_beside(offset[2], at[2], settings.voxel_um[2]),
    }
}

impl Neighbourhood {
    /// Calls `look` with the voxels of each part, counted within the tissue.
    #[inline(always)]
    pub fn for_each_part<const PERIODIC: bool>(&self, settings: &Settings, mut look: impl FnMut(Range<u32>)) {
        let [nx, ny, nz, _] = settings.voxels;
        for is_wrapped in [false, true] {
            if is_wrapped && !PERIODIC {
                return;
            }
            for row_z in 0..3 {
                let z = beside(settings, self.at[2], row_z, nz);
                for row_y in 0..3 {
                    let left_um2 = self.reach_um2 - self.y_um2[row_y as usize] - self.z_um2[row_z as usize];
                    let y = beside(settings, self.at[1], row_y, ny);
                    if left_um2 > 0.0 && y != ny && z != nz {
                        let row = (z * ny + y) * nx;
                        let slices = self.slices(settings, left_um2.sqrt(), is_wrapped);
                        look(row + slices.start..row + slices.end);
                    }
                }
            }
        }
    }

    /// Voxels of a row within half a chord of the place, or those of them that lie beyond a joined face.
    #[inline(always)]
    fn slices(&self, settings: &Settings, half_um: f32, is_wrapped: bool) -> Range<u32> {
        // The shift makes truncation round down; it wraps, as on a device, where a place is far outside.
        let slice_at = |offset_um: f32| ((offset_um * settings.slices_per_um + 64.0) as i32).wrapping_sub(64);
        let (first, end) = (slice_at(self.offset_x_um - half_um), slice_at(self.offset_x_um + half_um) + 1);
        let count = settings.voxels[0] as i32;
        if !is_wrapped {
            let first_inside = first.clamp(0, count);
            return first_inside as u32..end.clamp(0, count).max(first_inside) as u32;
        }
        if first < 0 {
            return (count + first).max(0) as u32..count as u32;
        }
        if end > count { 0..(end - count).min(count) as u32 } else { 0..0 }
    }
}

/// Shortest way from b to a.
#[inline(always)]
pub fn separation(settings: &Settings, a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    let way = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    if settings.periodic == 0 {
        return way;
    }
    let size = settings.size_um;
    [0, 1, 2].map(|axis| way[axis] - size[axis] * floor(way[axis] / size[axis] + 0.5))
}

/// The largest whole number that is not above x, for |x| < 2^31: `f32::floor` is a call where the processor is not known
/// to have an instruction for it.
#[inline(always)]
fn floor(x: f32) -> f32 {
    let cut = x as i32 as f32;
    if cut > x { cut - 1.0 } else { cut }
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
        if settings.periodic == 1 { x - size * floor((x - lower) / size) } else { x.max(lower).min(lower + size) }
    })
}

/// The first three lanes.
#[inline(always)]
pub fn xyz(lanes: [f32; 4]) -> [f32; 3] {
    [lanes[0], lanes[1], lanes[2]]
}
