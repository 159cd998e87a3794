// Space: voxels, near rows of voxels, separation, faces. Twin: src/stages/voxels/space.rs.

// 1: opposite faces are joined. A constant, since software adapters run both sides of every `if`.
//#constant PERIODIC = 0

// Voxel along one axis; what lies outside counts to the outermost.
fn voxel_along(offset_um: f32, edge_um: f32, count: u32) -> u32 {
    return min(u32(max(offset_um / edge_um, 0.0)), count - 1u);
}

fn voxel_at(position: vec3f) -> vec3u {
    let offset = position - settings.lower_um.xyz;
    return vec3u(
        voxel_along(offset.x, settings.voxel_um.x, settings.voxels.x),
        voxel_along(offset.y, settings.voxel_um.y, settings.voxels.y),
        voxel_along(offset.z, settings.voxel_um.z, settings.voxels.z),
    );
}

// Neighbour along an axis; `count` where there is none.
fn beside(voxel: u32, shift: u32, count: u32) -> u32 {
    if shift == 1u { return voxel; }
    if shift == 0u {
        if voxel > 0u { return voxel - 1u; }
        return select(count, count - 1u, PERIODIC == 1u && count > 1u);
    }
    if voxel + 1u < count { return voxel + 1u; }
    return select(count, 0u, PERIODIC == 1u && count > 1u);
}

// Where the cells within reach of a place are: nine rows of voxels along x; at joined faces a row continues on the
// other side. Voxels are thin along x, so that a row is cut off where the sphere of reach ends.
struct Neighbourhood {
    at: vec3u,
    offset_x_um: f32,
    // Square of the distance at which anything may act on a cell of this radius.
    reach_um2: f32,
    // Squared distances to the rows below, at and above the place's own, along y and z.
    y_um2: vec3f,
    z_um2: vec3f,
}

fn part_count() -> u32 {
    return select(9u, 18u, PERIODIC == 1u);
}

fn squares_beside(offset_um: f32, voxel: u32, edge_um: f32) -> vec3f {
    let below = max(offset_um - f32(voxel) * edge_um, 0.0);
    let above = max(f32(voxel + 1u) * edge_um - offset_um, 0.0);
    return vec3f(below * below, 0.0, above * above);
}

// The neighbourhood of a cell given by place and radius; `widest_reach` in sums of radii: see `Settings`.
fn neighbourhood_of(cell: vec4f, widest_reach: f32) -> Neighbourhood {
    let at = voxel_at(cell.xyz);
    let offset = cell.xyz - settings.lower_um.xyz;
    let reach = min((cell.w + settings.largest_radius_um) * widest_reach + settings.widest_um, settings.reach_um);
    return Neighbourhood(
        at,
        offset.x,
        reach * reach,
        squares_beside(offset.y, at.y, settings.voxel_um.y),
        squares_beside(offset.z, at.z, settings.voxel_um.z),
    );
}

// Slice along x, which may lie outside: the shift makes truncation round down.
fn slice_at(offset_um: f32) -> i32 {
    return i32(offset_um * settings.slices_per_um + 64.0) - 64;
}

// First voxel of a part, and the one after its last, counted within the tissue; both 0 for an empty part.
fn voxels_of_part(near: Neighbourhood, part: u32) -> vec2u {
    let row = part % 9u;
    let left_um2 = near.reach_um2 - near.y_um2[row % 3u] - near.z_um2[row / 3u];
    let y = beside(near.at.y, row % 3u, settings.voxels.y);
    let z = beside(near.at.z, row / 3u, settings.voxels.z);
    if left_um2 <= 0.0 || y == settings.voxels.y || z == settings.voxels.z { return vec2u(0u); }
    let half_um = sqrt(left_um2);
    let count = i32(settings.voxels.x);
    let first = slice_at(near.offset_x_um - half_um);
    let end = slice_at(near.offset_x_um + half_um) + 1;
    let start = (z * settings.voxels.y + y) * settings.voxels.x;
    if part < 9u {
        let first_inside = clamp(first, 0, count);
        return vec2u(start + u32(first_inside), start + u32(max(clamp(end, 0, count), first_inside)));
    }
    if first < 0 { return vec2u(start + u32(max(count + first, 0)), start + u32(count)); }
    if end > count { return vec2u(start, start + u32(min(end - count, count))); }
    return vec2u(0u);
}

// Shortest way from b to a.
fn separation(a: vec3f, b: vec3f) -> vec3f {
    let way = a - b;
    if PERIODIC == 0u { return way; }
    let size = settings.size_um.xyz;
    return way - size * floor(way / size + 0.5);
}

fn squared_length(v: vec3f) -> f32 {
    return v.x * v.x + v.y * v.y + v.z * v.z;
}

// The place inside the domain for a cell that was pushed: walls stop, joined faces let through.
fn contained(position: vec3f) -> vec3f {
    let lower = settings.lower_um.xyz;
    let size = settings.size_um.xyz;
    if PERIODIC == 1u {
        return position - size * floor((position - lower) / size);
    }
    return min(max(position, lower), lower + size);
}
