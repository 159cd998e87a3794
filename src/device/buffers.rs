//! Buffers by name: created with checks, filled and read in pieces.

use super::adapter::{Gpu, Kind};
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// Largest piece of an upload or download in bytes: wgpu stages as much again while it copies.
const PIECE_BYTES: u64 = 64 << 20;

/// What a buffer is for, besides being copied from and to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Read and written by shaders.
    Storage,
    /// The same for all invocations.
    Uniform,
    /// Written by some shaders as storage, read by others as a uniform.
    Shared,
    /// Arguments of indirect dispatches; a shader that writes them must not be dispatched by them.
    Indirect,
    /// Times taken on the device: see `Profile`.
    Timestamps,
}

impl Role {
    fn usage(self) -> wgpu::BufferUsages {
        let copies = wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        match self {
            Role::Storage => copies | wgpu::BufferUsages::STORAGE,
            Role::Uniform => copies | wgpu::BufferUsages::UNIFORM,
            Role::Shared => copies | wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::UNIFORM,
            Role::Indirect => copies | wgpu::BufferUsages::INDIRECT | wgpu::BufferUsages::STORAGE,
            Role::Timestamps => copies | wgpu::BufferUsages::QUERY_RESOLVE,
        }
    }
}

/// Buffers by the names that shaders bind them by.
#[derive(Default)]
pub struct Buffers {
    named: BTreeMap<String, wgpu::Buffer>,
}

impl Buffers {
    /// No buffer.
    pub fn new() -> Buffers {
        Buffers::default()
    }

    /// Creates a buffer of zeros, of at least so many bytes; one of the same name is replaced.
    pub fn create(&mut self, gpu: &Gpu, name: &str, bytes: u64, role: Role) -> Result<()> {
        self.named.remove(name);
        self.check_budget(gpu, name, bytes)?;
        let buffer = create(gpu, name, bytes, role)?;
        self.named.insert(name.to_owned(), buffer);
        Ok(())
    }

    fn check_budget(&self, gpu: &Gpu, name: &str, bytes: u64) -> Result<()> {
        let Some(budget) = gpu.budget_bytes else { return Ok(()) };
        let there = self.bytes();
        if there + bytes <= budget {
            return Ok(());
        }
        Err(Error::NoRoom(format!(
            "the buffer {name} needs {} beside {} of others, and --memory-limit allows {} on {}{FEWER}",
            mebibytes(bytes),
            mebibytes(there),
            mebibytes(budget),
            gpu.description.name
        )))
    }

    /// Creates a buffer that holds `data`; one of the same name is replaced.
    pub fn create_with(&mut self, gpu: &Gpu, name: &str, data: &[u8], role: Role) -> Result<()> {
        self.create(gpu, name, data.len() as u64, role)?;
        self.upload(gpu, name, 0, data)
    }

    /// The buffer of a name, for `Kernel::bind`.
    pub fn get(&self, name: &str) -> Option<&wgpu::Buffer> {
        self.named.get(name)
    }

    /// The buffer of a name, or an error that lists the names there are.
    pub fn expect(&self, name: &str) -> Result<&wgpu::Buffer> {
        self.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.named.keys().map(String::as_str).collect();
            Error::Failed(format!("no buffer is called {name}; there are {}", names.join(", ")))
        })
    }

    /// Takes a buffer out.
    pub fn take(&mut self, name: &str) -> Option<wgpu::Buffer> {
        self.named.remove(name)
    }

    /// Bytes of all buffers.
    pub fn bytes(&self) -> u64 {
        self.named.values().map(wgpu::Buffer::size).sum()
    }

    /// Name and bytes of each buffer.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, u64)> {
        self.named.iter().map(|(name, buffer)| (name.as_str(), buffer.size()))
    }

    /// Writes `data` at a byte offset; both are whole words.
    pub fn upload(&self, gpu: &Gpu, name: &str, offset: u64, data: &[u8]) -> Result<()> {
        upload(gpu, self.expect(name)?, offset, data)
    }

    /// Reads `bytes` from a byte offset on, and waits for them; both are whole words.
    pub fn download(&self, gpu: &Gpu, name: &str, offset: u64, bytes: u64) -> Result<Vec<u8>> {
        download(gpu, self.expect(name)?, offset, bytes)
    }

    /// Reads the first `count` elements of a buffer.
    pub fn download_as<T: bytemuck::Pod>(&self, gpu: &Gpu, name: &str, count: usize) -> Result<Vec<T>> {
        let bytes = self.download(gpu, name, 0, (count * size_of::<T>()) as u64)?;
        Ok(bytemuck::pod_collect_to_vec(&bytes))
    }
}

/// Creates a buffer of zeros of at least so many bytes: at least 16, in whole vectors.
pub fn create(gpu: &Gpu, name: &str, bytes: u64, role: Role) -> Result<wgpu::Buffer> {
    let size = bytes.max(1).next_multiple_of(16);
    check_limits(gpu, name, size)?;
    check_memory(gpu, size)?;
    let descriptor = wgpu::BufferDescriptor { label: Some(name), size, usage: role.usage(), mapped_at_creation: false };
    gpu.guarded(
        || gpu.device.create_buffer(&descriptor),
        |cause| {
            Error::NoRoom(format!(
                "{} has no room for the buffer {name} of {} (it allows {} in one buffer, of which there are many): {}{FEWER}",
                gpu.description.name,
                mebibytes(size),
                mebibytes(gpu.description.max_buffer_bytes),
                cause.trim()
            ))
        },
    )
}

const FEWER: &str = "\n\nhint: run fewer tissues at a time (--batch-tissues), place fewer cells, set voxel wider in [diffusion], or take \
     another --device";

fn check_limits(gpu: &Gpu, name: &str, size: u64) -> Result<()> {
    let it = &gpu.description;
    let allowed = it.most_bytes();
    if size <= allowed {
        return Ok(());
    }
    Err(Error::NoRoom(format!(
        "the buffer {name} needs {} ({size} bytes), and {} allows {} ({allowed} bytes) in one buffer, \
         which is {} cells of 16 bytes{FEWER}",
        mebibytes(size),
        it.name,
        mebibytes(allowed),
        allowed / 16
    )))
}

/// Refuses what a software adapter would promise and then die of: such drivers take memory only when it is touched.
/// Ask with the total before the first allocation. Hardware has its own memory and refuses in time by itself.
pub fn check_memory(gpu: &Gpu, total_bytes: u64) -> Result<()> {
    match (gpu.description.kind, available_bytes()) {
        (Kind::Software, Some(available)) if total_bytes > available => Err(Error::NoRoom(format!(
            "the run needs {} on {}, which uses main memory, and {} of it is free{FEWER}",
            mebibytes(total_bytes),
            gpu.description.name,
            mebibytes(available)
        ))),
        _ => Ok(()),
    }
}

/// Main memory that can be had without swapping, where the system tells.
pub fn available_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// Writes `data` into a buffer at a byte offset; both are whole words.
pub fn upload(gpu: &Gpu, buffer: &wgpu::Buffer, offset: u64, data: &[u8]) -> Result<()> {
    for (piece, bytes) in data.chunks(PIECE_BYTES as usize).enumerate() {
        gpu.queue.write_buffer(buffer, offset + piece as u64 * PIECE_BYTES, bytes);
        if data.len() as u64 > PIECE_BYTES {
            // Frees the staging memory of this piece before the next one takes as much.
            gpu.queue.submit([]);
            gpu.wait()?;
        }
    }
    gpu.check()
}

/// Reads `bytes` of a buffer from a byte offset on, and waits for them; both are whole words.
pub fn download(gpu: &Gpu, buffer: &wgpu::Buffer, offset: u64, bytes: u64) -> Result<Vec<u8>> {
    let staging = staging(gpu, "download", bytes.min(PIECE_BYTES))?;
    let mut read = Vec::with_capacity(bytes as usize);
    while (read.len() as u64) < bytes {
        let piece = (bytes - read.len() as u64).min(PIECE_BYTES);
        let mut encoder = gpu.encoder("download");
        encoder.copy_buffer_to_buffer(buffer, offset + read.len() as u64, &staging, 0, piece);
        gpu.submit(encoder);
        staging.slice(..piece).map_async(wgpu::MapMode::Read, |_| {});
        gpu.wait()?;
        append_mapped(&staging, piece, &mut read)?;
    }
    Ok(read)
}

/// A buffer that the host reads.
pub(super) fn staging(gpu: &Gpu, name: &str, bytes: u64) -> Result<wgpu::Buffer> {
    let descriptor = wgpu::BufferDescriptor {
        label: Some(name),
        size: bytes.max(4),
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    };
    gpu.guarded(
        || gpu.device.create_buffer(&descriptor),
        |cause| Error::Device(format!("no room to read back {} at a time: {cause}{FEWER}", mebibytes(bytes))),
    )
}

/// Appends the first bytes of a mapped buffer and unmaps it.
pub(super) fn append_mapped(staging: &wgpu::Buffer, bytes: u64, to: &mut Vec<u8>) -> Result<()> {
    let view = staging.slice(..bytes).get_mapped_range();
    let view = view.map_err(|error| Error::Device(format!("the device gave no data back: {error}")))?;
    to.extend_from_slice(&view);
    drop(view);
    staging.unmap();
    Ok(())
}
