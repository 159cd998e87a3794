//! The shaders, embedded in the program. A test compares this table with the folder.

/// Path within `shaders/` and text of every WGSL file.
#[rustfmt::skip]
pub const FILES: &[(&str, &str)] = &[
    ("assign_voxels.wgsl", include_str!("../../shaders/assign_voxels.wgsl")),
    ("attach.wgsl", include_str!("../../shaders/attach.wgsl")),
    ("bandwidth.wgsl", include_str!("../../shaders/bandwidth.wgsl")),
    ("cycle.wgsl", include_str!("../../shaders/cycle.wgsl")),
    ("divide.wgsl", include_str!("../../shaders/divide.wgsl")),
    ("engage.wgsl", include_str!("../../shaders/engage.wgsl")),
    ("exactness.wgsl", include_str!("../../shaders/exactness.wgsl")),
    ("mechanics.wgsl", include_str!("../../shaders/mechanics.wgsl")),
    ("motility.wgsl", include_str!("../../shaders/motility.wgsl")),
    ("population.wgsl", include_str!("../../shaders/population.wgsl")),
    ("rebuild.wgsl", include_str!("../../shaders/rebuild.wgsl")),
    ("relaxation.wgsl", include_str!("../../shaders/relaxation.wgsl")),
    ("remove.wgsl", include_str!("../../shaders/remove.wgsl")),
    ("respond.wgsl", include_str!("../../shaders/respond.wgsl")),
    ("scan.wgsl", include_str!("../../shaders/scan.wgsl")),
    ("scan_serial.wgsl", include_str!("../../shaders/scan_serial.wgsl")),
    ("scatter.wgsl", include_str!("../../shaders/scatter.wgsl")),
    ("sort_voxels.wgsl", include_str!("../../shaders/sort_voxels.wgsl")),
    ("shared/bonds.wgsl", include_str!("../../shaders/shared/bonds.wgsl")),
    ("shared/contacts.wgsl", include_str!("../../shaders/shared/contacts.wgsl")),
    ("shared/dispatch.wgsl", include_str!("../../shaders/shared/dispatch.wgsl")),
    ("shared/math.wgsl", include_str!("../../shaders/shared/math.wgsl")),
    ("shared/phases.wgsl", include_str!("../../shaders/shared/phases.wgsl")),
    ("shared/random.wgsl", include_str!("../../shaders/shared/random.wgsl")),
    ("shared/settings.wgsl", include_str!("../../shaders/shared/settings.wgsl")),
    ("shared/space.wgsl", include_str!("../../shaders/shared/space.wgsl")),
    ("shared/traits.wgsl", include_str!("../../shaders/shared/traits.wgsl")),
    ("shared/voxel_of_cell.wgsl", include_str!("../../shaders/shared/voxel_of_cell.wgsl")),
];
