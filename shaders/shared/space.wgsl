// Space: voxels, near rows of voxels, separation, faces. Twin: src/steps/space.rs.

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
        return select(count, count - 1u, settings.periodic == 1u && count > 1u);
    }
    if voxel + 1u < count { return voxel + 1u; }
    return select(count, 0u, settings.periodic == 1u && count > 1u);
}

// The 27 voxels about one are nine rows along x; at joined faces a row continues on the other side.
fn part_count() -> u32 {
    return select(9u, 18u, settings.periodic == 1u);
}

// First voxel of a part, and the one after its last, counted within the tissue; both 0 for an empty part.
fn part_of_neighbourhood(at: vec3u, part: u32) -> vec2u {
    let row = part % 9u;
    let y = beside(at.y, row % 3u, settings.voxels.y);
    let z = beside(at.z, row / 3u, settings.voxels.z);
    if y == settings.voxels.y || z == settings.voxels.z { return vec2u(0u); }
    let start = (z * settings.voxels.y + y) * settings.voxels.x;
    if part < 9u {
        let first = max(at.x, 1u) - 1u;
        let last = min(at.x + 2u, settings.voxels.x);
        return vec2u(start + first, start + last);
    }
    if at.x == 0u { return vec2u(start + settings.voxels.x - 1u, start + settings.voxels.x); }
    if at.x + 1u == settings.voxels.x { return vec2u(start, start + 1u); }
    return vec2u(0u);
}

// Shortest way from b to a.
fn separation(a: vec3f, b: vec3f) -> vec3f {
    let way = a - b;
    if settings.periodic == 0u { return way; }
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
    if settings.periodic == 1u {
        return position - size * floor((position - lower) / size);
    }
    return min(max(position, lower), lower + size);
}
