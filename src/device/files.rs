//! The shaders, embedded in the program. A test compares this table with the folder.

/// Path within `shaders/` and text of every WGSL file.
#[rustfmt::skip]
pub const FILES: &[(&str, &str)] = &[
    ("bandwidth.wgsl", include_str!("../../shaders/bandwidth.wgsl")),
    ("exactness.wgsl", include_str!("../../shaders/exactness.wgsl")),
    ("shared/dispatch.wgsl", include_str!("../../shaders/shared/dispatch.wgsl")),
    ("shared/math.wgsl", include_str!("../../shaders/shared/math.wgsl")),
    ("shared/random.wgsl", include_str!("../../shaders/shared/random.wgsl")),
    ("shared/settings.wgsl", include_str!("../../shaders/shared/settings.wgsl")),
];
