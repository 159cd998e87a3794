//! The stages of a step: each Rust twin beside its law and its table of parameters; the shader has the same name.

pub mod interactions;
pub mod lifecycle;
pub mod motion;
pub mod proteostasis;
pub mod regulation;
pub mod substrates;
pub mod voxels;
