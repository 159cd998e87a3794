//! Whether a device rounds as Rust does, measured: strict modules keep operations apart, but Vulkan lets a driver be
//! 2.5 ulp off in a quotient, take a root by way of its reciprocal, and flush subnormal numbers to zero.

use super::adapter::{Gpu, pass};
use super::buffers::{Buffers, Role};
use super::compose::Library;
use super::kernel::Kernel;
use crate::error::Result;
use serde::Serialize;

/// Inputs tried.
const SAMPLES: u32 = 16_384;

/// How many of `samples` results differ from Rust's, by operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exactness {
    pub samples: u32,
    /// a·b − a·1.1: operations that were fused.
    pub contracted: u32,
    /// a / b.
    pub quotients: u32,
    /// √b.
    pub roots: u32,
    /// Products below the smallest normal number.
    pub subnormals: u32,
}

impl Exactness {
    /// Whether the device gave Rust's bits everywhere, so that shaders and twins can be compared bit for bit.
    pub fn is_exact(&self) -> bool {
        self.contracted == 0 && self.quotients == 0 && self.roots == 0 && self.subnormals == 0
    }

    /// The operations that differ, such as `division (12 % of results)`; empty where none does.
    pub fn differences(&self) -> String {
        let counts = [
            ("fused operations", self.contracted),
            ("division", self.quotients),
            ("roots", self.roots),
            ("subnormal numbers", self.subnormals),
        ];
        let percent = |count: u32| 100.0 * f64::from(count) / f64::from(self.samples.max(1));
        let differing = counts.iter().filter(|(_, count)| *count > 0);
        let texts: Vec<String> =
            differing.map(|(name, count)| format!("{name} ({:.2} % of results)", percent(*count))).collect();
        texts.join(", ")
    }

    fn count(&mut self, device: [u32; 4], twin: [u32; 4]) {
        let differs = |lane: usize| u32::from(device[lane] != twin[lane]);
        self.samples += 1;
        self.contracted += differs(0);
        self.quotients += differs(1);
        self.roots += differs(2);
        self.subnormals += differs(3);
    }
}

/// Runs `shaders/exactness.wgsl` and compares.
pub fn measure(gpu: &Gpu) -> Result<Exactness> {
    let inputs: Vec<[f32; 2]> = (0..SAMPLES).map(input).collect();
    let mut named = Buffers::new();
    named.create_with(gpu, "probe_input", bytemuck::cast_slice(&inputs), Role::Storage)?;
    named.create(gpu, "probe_result", u64::from(SAMPLES) * 16, Role::Storage)?;
    let probe = Kernel::load(gpu, Library::PLAIN, "exactness", &[])?.bind(gpu, "probe", &|name| named.get(name))?;
    let mut encoder = gpu.encoder("exactness");
    probe.dispatch(&mut pass(&mut encoder, "exactness"), SAMPLES);
    gpu.submit(encoder);
    let results: Vec<[u32; 4]> = named.download_as(gpu, "probe_result", inputs.len())?;
    let mut exactness = Exactness::default();
    for (&[a, b], &device) in inputs.iter().zip(&results) {
        exactness.count(device, twin(a, b));
    }
    Ok(exactness)
}

/// Two numbers of the size that rates, distances and volumes have.
fn input(i: u32) -> [f32; 2] {
    let [first, second, ..] = crate::random::philox([3, 5], [i, 0, 0, 0]);
    [crate::random::uniform(first) + 0.01, 100.0 * crate::random::uniform(second) + 0.01]
}

fn twin(a: f32, b: f32) -> [u32; 4] {
    [a * b - a * 1.1, a / b, b.sqrt(), a * 1e-38 * 0.01].map(f32::to_bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_bit_is_counted_and_named() {
        let mut exactness = Exactness::default();
        exactness.count(twin(0.3, 7.0), twin(0.3, 7.0));
        assert!(exactness.is_exact() && exactness.differences().is_empty());
        let mut off = twin(0.3, 7.0);
        off[1] ^= 1;
        exactness.count(off, twin(0.3, 7.0));
        assert!(!exactness.is_exact());
        assert_eq!(exactness.differences(), "division (50.00 % of results)");
    }

    #[test]
    fn every_probe_of_subnormal_numbers_is_one() {
        assert!((0..SAMPLES).map(input).all(|[a, b]| f32::from_bits(twin(a, b)[3]).is_subnormal()));
    }
}
