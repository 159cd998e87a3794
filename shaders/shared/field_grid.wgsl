// The voxels of the substrates. Needs settings. Twin: src/stages/substrates/field.rs.

fn field_voxel_along(offset_um: f32, edge_um: f32, count: u32) -> u32 {
    return min(u32(max(offset_um / edge_um, 0.0)), count - 1u);
}

fn field_voxel(at: vec3f) -> vec3u {
    let offset = at - settings.lower_um.xyz;
    return vec3u(
        field_voxel_along(offset.x, settings.field_voxel_um.x, settings.field_voxels.x),
        field_voxel_along(offset.y, settings.field_voxel_um.y, settings.field_voxels.y),
        field_voxel_along(offset.z, settings.field_voxel_um.z, settings.field_voxels.z),
    );
}

// Place of a voxel among those of one tissue.
fn field_place(at: vec3u) -> u32 {
    return (at.z * settings.field_voxels.y + at.y) * settings.field_voxels.x + at.x;
}
