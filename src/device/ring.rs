//! Readback without waiting: staging buffers that go round while later steps run.

use super::adapter::Gpu;
use super::buffers::{append_mapped, staging};
use crate::error::{Error, Result};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How many copies mapped together are on their way to the host still, and whether one was lost. They arrive together:
/// another thread that polls the device may be told of them one by one.
struct Group {
    pending: AtomicUsize,
    is_lost: AtomicBool,
}

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
    group: Arc<Group>,
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
        let (pending, is_lost) = (AtomicUsize::new(self.recorded.len()), AtomicBool::new(false));
        let group = Arc::new(Group { pending, is_lost });
        for (staging, bytes) in self.recorded.drain(..) {
            let mine = group.clone();
            staging.slice(..bytes).map_async(wgpu::MapMode::Read, move |result| {
                mine.is_lost.fetch_or(result.is_err(), Ordering::Relaxed);
                mine.pending.fetch_sub(1, Ordering::Release);
            });
            self.flying.push_back(Flight { tag: tag.clone(), staging, bytes, group: group.clone() });
        }
    }

    /// Copies on their way.
    pub fn in_flight(&self) -> usize {
        self.flying.len()
    }

    /// What has arrived, one item for each copy, in the order of recording; copies
    /// mapped together arrive together. Waits for all of it only when asked to.
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
            if flight.group.pending.load(Ordering::Acquire) > 0 {
                if !wait {
                    break;
                }
                // The device is done, but another thread that polls it has not been through with telling.
                std::thread::yield_now();
                gpu.wait()?;
                continue;
            }
            if flight.group.is_lost.load(Ordering::Relaxed) {
                return Err(Error::Device("the device lost data on its way to the host".to_owned()));
            }
            arrived.extend(self.land()?);
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
