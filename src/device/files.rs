//! The shaders, embedded in the program. A test compares this table with the folder.

/// Path within `shaders/` and text of every WGSL file.
#[rustfmt::skip]
pub const FILES: &[(&str, &str)] = &[
    ("assign_voxels.wgsl", include_str!("../../shaders/assign_voxels.wgsl")),
    ("attach.wgsl", include_str!("../../shaders/attach.wgsl")),
    ("bandwidth.wgsl", include_str!("../../shaders/bandwidth.wgsl")),
    ("count_cells.wgsl", include_str!("../../shaders/count_cells.wgsl")),
    ("exactness.wgsl", include_str!("../../shaders/exactness.wgsl")),
    ("histogram_column.wgsl", include_str!("../../shaders/histogram_column.wgsl")),
    ("radial_profile.wgsl", include_str!("../../shaders/radial_profile.wgsl")),
    ("shared/dispatch.wgsl", include_str!("../../shaders/shared/dispatch.wgsl")),
    ("shared/math.wgsl", include_str!("../../shaders/shared/math.wgsl")),
    ("shared/phases.wgsl", include_str!("../../shaders/shared/phases.wgsl")),
    ("shared/random.wgsl", include_str!("../../shaders/shared/random.wgsl")),
    ("shared/settings.wgsl", include_str!("../../shaders/shared/settings.wgsl")),
    ("shared/statistics.wgsl", include_str!("../../shaders/shared/statistics.wgsl")),
    ("summarise_column.wgsl", include_str!("../../shaders/summarise_column.wgsl")),
];
