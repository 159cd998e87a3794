//! The device: adapters, shader modules, kernels, buffers and readback. wgpu stays behind this module.

pub mod adapter;
pub mod adapter_list;
pub mod bandwidth;
pub mod buffers;
pub mod compose;
pub mod exactness;
mod files;
pub mod kernel;
pub mod profile;
pub mod ring;
pub mod strict;

pub use adapter::{Alteration, Choice, Description, Device, Gpu, Kind, open, pass};
pub use buffers::{Buffers, Role};
pub use kernel::{Bound, Kernel};
pub use ring::Ring;
pub use wgpu::{Buffer, CommandEncoder, ComputePass, SubmissionIndex};
