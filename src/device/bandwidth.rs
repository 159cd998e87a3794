//! Measured copy bandwidth: the floor below which no stage that moves its bytes can go.

use super::adapter::{Gpu, Kind, pass};
use super::buffers::{Role, create};
use super::compose::Library;
use super::kernel::Kernel;
use crate::error::Result;
use std::time::Instant;

/// Copies timed together, so that the cost of a submission does not count.
const COPIES: u32 = 8;

/// Repetitions, of which the fastest counts.
const REPETITIONS: u32 = 5;

/// Bytes read and written per second by a kernel that copies one large buffer to another.
pub fn bytes_per_s(gpu: &Gpu) -> Result<f64> {
    // Larger than the last-level caches of GPUs; software adapters are slow, and share the caches of the CPU.
    let wanted: u64 = if gpu.description.kind == Kind::Hardware { 512 << 20 } else { 64 << 20 };
    let bytes = wanted.min(gpu.description.max_binding_bytes).min(gpu.description.max_buffer_bytes) / 16 * 16;
    let kernel = Kernel::load(gpu, Library::PLAIN, "bandwidth", &[("WORKGROUP", 256)])?;
    let source = create(gpu, "copy_source", bytes, Role::Storage)?;
    let target = create(gpu, "copy_target", bytes, Role::Storage)?;
    let lookup = |name: &str| match name {
        "copy_source" => Some(&source),
        "copy_target" => Some(&target),
        _ => None,
    };
    let copy = kernel.bind(gpu, "copy", &lookup)?;
    let mut fastest = f64::INFINITY;
    // The first round compiles and touches the memory, and does not count.
    for round in 0..=REPETITIONS {
        let start = Instant::now();
        let mut encoder = gpu.encoder("bandwidth");
        let mut commands = pass(&mut encoder, "bandwidth");
        (0..COPIES).for_each(|_| copy.dispatch(&mut commands, (bytes / 16) as u32));
        drop(commands);
        gpu.submit(encoder);
        gpu.wait()?;
        if round > 0 {
            fastest = fastest.min(start.elapsed().as_secs_f64());
        }
    }
    Ok(2.0 * bytes as f64 * f64::from(COPIES) / fastest)
}
