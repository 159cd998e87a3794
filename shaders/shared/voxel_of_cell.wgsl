// The voxel of a cell, numbered tissue by tissue. Twin: src/stages/voxels/assign_voxels.rs.

fn voxel_of_cell(i: u32) -> u32 {
    let own = identity[i];
    let tissue = tissue_of(own.z);
    if settings.dimensions == 0u {
        let words = draw(seed_of(tissue), own.xy, population.tick, PURPOSE_MIXING);
        return tissue * settings.voxels.w + words.x % settings.voxels.w;
    }
    let at = voxel_at(position[i].xyz);
    return tissue * settings.voxels.w + (at.z * settings.voxels.y + at.y) * settings.voxels.x + at.x;
}
