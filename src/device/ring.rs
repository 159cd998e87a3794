//! Readback without waiting: staging buffers that go round while later steps run.

use super::adapter::Gpu;
use super::buffers::{append_mapped, staging};
use crate::error::{Error, Result};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// States of a copy on its way to the host.
const PENDING: u8 = 0;
const READY: u8 = 1;
const LOST: u8 = 2;

/// Staging buffers in the order in which their copies were recorded. `T` says what a copy is, as its tick.
pub struct Ring<T> {
    /// Recorded, not yet submitted.
    recorded: Vec<(wgpu::Buffer, u64)>,
    /// Submitted; the oldest is first.
    flying: VecDeque<Flight<T>>,
    free: Vec<wgpu::Buffer>,
}

struct Flight<T> {
    tag: T,
    staging: wgpu::Buffer,
    bytes: u64,
    state: Arc<AtomicU8>,
}

impl<T> Default for Ring<T> {
    fn default() -> Ring<T> {
        Ring { recorded: Vec::new(), flying: VecDeque::new(), free: Vec::new() }
    }
}

impl<T: Clone> Ring<T> {
    /// A ring that grows to as many staging buffers as are on their way at once.
    pub fn new() -> Ring<T> {
        Ring::default()
    }

    /// Records a copy of `bytes` of `source` from a byte offset on; both are whole words.
    pub fn copy(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        source: &wgpu::Buffer,
        offset: u64,
        bytes: u64,
    ) -> Result<()> {
        let place = self.free.iter().position(|it| it.size() >= bytes);
        let to = match place {
            Some(place) => self.free.swap_remove(place),
            None => staging(gpu, "readback", bytes)?,
        };
        encoder.copy_buffer_to_buffer(source, offset, &to, 0, bytes);
        self.recorded.push((to, bytes));
        Ok(())
    }

    /// To be called once the encoder of the copies has been submitted: they come back under this tag.
    pub fn map(&mut self, tag: T) {
        for (staging, bytes) in self.recorded.drain(..) {
            let state = Arc::new(AtomicU8::new(PENDING));
            let done = state.clone();
            staging.slice(..bytes).map_async(wgpu::MapMode::Read, move |result| {
                done.store(if result.is_ok() { READY } else { LOST }, Ordering::Release);
            });
            self.flying.push_back(Flight { tag: tag.clone(), staging, bytes, state });
        }
    }

    /// Copies on their way.
    pub fn in_flight(&self) -> usize {
        self.flying.len()
    }

    /// What has arrived, one item for each copy, in the order of recording. Waits for all of it only when asked to.
    pub fn collect(&mut self, gpu: &Gpu, wait: bool) -> Result<Vec<(T, Vec<u8>)>> {
        if wait && !self.flying.is_empty() {
            gpu.wait()?;
        } else {
            // The result only says whether the queue is empty; failures show in the states and in `check`.
            let _ = gpu.device.poll(wgpu::PollType::Poll);
            gpu.check()?;
        }
        let mut arrived = Vec::new();
        while let Some(flight) = self.flying.front() {
            match flight.state.load(Ordering::Acquire) {
                PENDING => break,
                READY => arrived.extend(self.land()?),
                _ => return Err(Error::Device("the device lost data on its way to the host".to_owned())),
            }
        }
        Ok(arrived)
    }

    fn land(&mut self) -> Result<Option<(T, Vec<u8>)>> {
        let Some(flight) = self.flying.pop_front() else { return Ok(None) };
        let mut bytes = Vec::with_capacity(flight.bytes as usize);
        append_mapped(&flight.staging, flight.bytes, &mut bytes)?;
        self.free.push(flight.staging);
        Ok(Some((flight.tag, bytes)))
    }
}
