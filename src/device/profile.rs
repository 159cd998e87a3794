//! Time that each pass takes on the device, where it has timestamps.

use super::adapter::Gpu;
use super::buffers::{Role, create, download};
use crate::error::{Error, Result};

/// Timestamps that a query set may have on every device.
const MAX_QUERIES: u32 = wgpu::QUERY_SET_MAX_QUERIES;

/// Bytes of a timestamp.
const STAMP_BYTES: u64 = 8;

/// Labels of passes and their timestamps, until they are collected.
pub struct Profile {
    queries: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    labels: Vec<String>,
    /// Length of a tick of the device's clock in ns.
    tick_ns: f64,
    dropped: usize,
}

impl Profile {
    /// A profile of up to 2048 passes at a time; None where the device has no timestamps.
    pub fn new(gpu: &Gpu) -> Result<Option<Profile>> {
        if !gpu.description.timestamps {
            return Ok(None);
        }
        let descriptor =
            wgpu::QuerySetDescriptor { label: Some("profile"), ty: wgpu::QueryType::Timestamp, count: MAX_QUERIES };
        let refused = |cause| Error::Device(format!("{}: no timestamps: {cause}", gpu.description.name));
        let queries = gpu.guarded(|| gpu.device.create_query_set(&descriptor), refused)?;
        let resolved = create(gpu, "profile", u64::from(MAX_QUERIES) * STAMP_BYTES, Role::Timestamps)?;
        let tick_ns = f64::from(gpu.queue.get_timestamp_period());
        Ok(Some(Profile { queries, resolved, labels: Vec::new(), tick_ns, dropped: 0 }))
    }

    /// A compute pass that is timed; when the profile is full it runs untimed and is counted by `dropped`.
    pub fn pass<'a>(&mut self, encoder: &'a mut wgpu::CommandEncoder, label: &str) -> wgpu::ComputePass<'a> {
        let first = 2 * self.labels.len() as u32;
        if first + 2 > MAX_QUERIES {
            self.dropped += 1;
            return super::pass(encoder, label);
        }
        self.labels.push(label.to_owned());
        encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: Some(label),
            timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
                query_set: &self.queries,
                beginning_of_pass_write_index: Some(first),
                end_of_pass_write_index: Some(first + 1),
            }),
        })
    }

    /// Passes that found the profile full.
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// Label and time in ns of each pass since the last call, in order of recording. Waits for the device; all
    /// encoders must have been submitted.
    pub fn collect(&mut self, gpu: &Gpu) -> Result<Vec<(String, f64)>> {
        let count = 2 * self.labels.len() as u32;
        if count == 0 {
            return Ok(Vec::new());
        }
        let mut encoder = gpu.encoder("profile");
        encoder.resolve_query_set(&self.queries, 0..count, &self.resolved, 0);
        gpu.submit(encoder);
        let bytes = download(gpu, &self.resolved, 0, u64::from(count) * STAMP_BYTES)?;
        let stamps: Vec<u64> = bytemuck::pod_collect_to_vec(&bytes);
        let times = stamps.chunks_exact(2).map(|pair| pair[1].saturating_sub(pair[0]) as f64 * self.tick_ns);
        Ok(self.labels.drain(..).zip(times).collect())
    }
}
