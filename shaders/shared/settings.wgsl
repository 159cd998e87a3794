// What every stage knows. Twin: src/cells/settings.rs.

struct Settings {
    lower_um: vec4f,
    size_um: vec4f,
    voxel_um: vec4f,
    voxels: vec4u,
    field_voxel_um: vec4f,
    field_voxels: vec4u,
    tissue_count: u32,
    cell_type_count: u32,
    dimensions: u32,
    periodic: u32,
    movement_min: f32,
    contacts_min: f32,
    cycle_min: f32,
    effector_types: u32,
    widest_reach: f32,
    widest_um: f32,
    reach_um: f32,
    slices_per_um: f32,
    largest_radius_um: f32,
    birth_ticks: u32,
    parameter_words: u32,
    exchange_start: u32,
    joined_substrates: u32,
    proteostasis_h: f32,
    spare_first: u32,
    spare_second: u32,
}

struct Population {
    live_count: u32,
    tick: u32,
    effector_count: u32,
    needed: u32,
}
