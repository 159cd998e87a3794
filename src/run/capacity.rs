//! What a device has room for: the batches of a plan, and the engine of each.

use crate::cells::columns::PACKS;
use crate::cells::lists::LISTS;
use crate::cells::world::World;
use crate::device::{Device, Gpu, Kind, buffers};
use crate::engine::cpu::CpuEngine;
use crate::engine::gpu::GpuEngine;
use crate::engine::interface::Engine;
use crate::error::{Error, Result};
use crate::fields;
use crate::plan::Plan;
use crate::plan::estimate::{Estimate, Limits};
use std::fmt::Write as _;
use std::ops::Range;

/// What a batch may take; None: all that there is room for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Tissues that run together at most.
    pub tissues: Option<usize>,
    /// Memory for cells, voxels and substrates, in bytes.
    pub bytes: Option<u64>,
}

/// Bytes of a size with its unit.
///
/// # Errors
/// What is allowed.
pub fn bytes(text: &str) -> std::result::Result<u64, String> {
    const UNITS: [(&str, f64); 6] =
        [("KiB", 1024.0), ("MiB", 1_048_576.0), ("GiB", 1_073_741_824.0), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9)];
    let size = UNITS.iter().find_map(|(unit, bytes)| {
        let number = text.trim().strip_suffix(unit)?.trim().parse::<f64>().ok()?;
        Some(number * bytes).filter(|it| it.is_finite() && *it >= 1.0)
    });
    size.map(|it| it as u64)
        .ok_or_else(|| "give a size above 0 with its unit: KiB, MiB, GiB, KB, MB or GB, such as 512MiB".into())
}

/// An engine for a batch of tissues.
pub(crate) fn engine<'a>(
    device: &'a Device,
    plan: &'a Plan,
    tissues: Range<usize>,
    estimate: &Estimate,
) -> Result<Box<dyn Engine + 'a>> {
    Ok(match device {
        Device::Gpu(gpu) => {
            let cells: u64 = estimate.cells_per_tissue[tissues.clone()].iter().sum();
            Box::new(GpuEngine::new(gpu, plan, tissues, cells as u32)?)
        }
        Device::Cpu => Box::new(CpuEngine::new(plan, tissues)?),
    })
}

/// What a plan takes on a device, and the batches that it is split into.
pub(crate) fn estimate(plan: &Plan, device: &Device, share: Share) -> Result<Estimate> {
    let limits = match device {
        Device::Gpu(gpu) => gpu_limits(gpu, plan),
        Device::Cpu => limits(plan, [World::bytes_per_cell(plan), COPIED_BYTES], u64::from(u32::MAX >> 1), u64::MAX),
    };
    let memory_bytes = limits.memory_bytes.min(share.bytes.unwrap_or(u64::MAX));
    Estimate::new(plan, &Limits { max_tissues: share.tissues, memory_bytes, ..limits })
}

/// Batches of less than this are not tried before a run.
const SURELY_THERE: u64 = 256 << 20;

/// An estimate whose largest batch the device has room for: tissues do not depend on each other, so that what the device
/// refuses is run in smaller batches, with equal results.
pub(crate) fn settled(plan: &Plan, device: &Device, share: &mut Share, notice: &mut String) -> Result<Estimate> {
    loop {
        let estimate = estimate(plan, device, *share)?;
        let cells = |it: &&Range<usize>| estimate.cells_per_tissue[(*it).clone()].iter().sum::<u64>();
        let largest = estimate.batches.iter().max_by_key(cells).cloned().unwrap_or_default();
        if share.bytes.is_none() && estimate.memory_bytes < SURELY_THERE {
            return Ok(estimate);
        }
        match engine(device, plan, largest.clone(), &estimate).map(drop) {
            Err(Error::NoRoom(_)) if largest.len() > 1 => {
                let fewer = largest.len() / 2;
                let _ = write!(notice, "; {} tissues at a time are too many for it, {fewer} are tried", largest.len());
                share.tissues = Some(fewer);
            }
            Err(error) => return Err(error),
            Ok(()) => return Ok(estimate),
        }
    }
}

/// The packs of a cell, as they go in and come out, and its place in the order of a snapshot.
const COPIED_BYTES: u64 = 16 * PACKS.len() as u64 + 8;

fn gpu_limits(gpu: &Gpu, plan: &Plan) -> Limits {
    // The widest buffer has one place more than cells. Lists may have fewer.
    let widest = GpuEngine::bytes_by_buffer(plan).filter(|(name, _)| *name != LISTS).map(|(_, bytes)| bytes).max();
    let bytes = widest.unwrap_or(16);
    let most_bytes = gpu.description.most_bytes();
    // The copy is in main memory, as is all that a software adapter has.
    let copied = if gpu.description.kind == Kind::Software { COPIED_BYTES } else { 0 };
    limits(plan, [GpuEngine::bytes_per_cell(plan), copied], most_bytes / bytes - 64, most_bytes)
}

/// What main memory has room for: the memory of a GPU is not told, but hardly larger.
fn limits(plan: &Plan, by_cell: [u64; 2], max_cells: u64, max_buffer_bytes: u64) -> Limits {
    let [bytes_per_cell, copied_bytes_per_cell] = by_cell;
    let memory_bytes = buffers::available_bytes().unwrap_or(u64::MAX);
    let [field_bytes, field_buffer_bytes] = plan.substrates.as_ref().map_or([0; 2], fields::bytes_per_tissue);
    // Checkpoints copy the levels, as they do the cells.
    let is_copied = copied_bytes_per_cell > 0;
    let copied_levels = plan.substrates.as_ref().filter(|_| is_copied).map_or(0, fields::kept_bytes_per_tissue);
    Limits {
        bytes_per_cell,
        copied_bytes_per_cell,
        max_cells,
        field_bytes: field_bytes + copied_levels,
        field_buffer_bytes,
        memory_bytes,
        max_buffer_bytes,
        max_tissues: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{self, Choice};
    use crate::plan::{Arrangement, Boundary, Distribution, Geometry, Mechanics, Placement, Region};
    use crate::verify::known::busy::busy_plan;

    /// Sixteen tissues of 500 cells.
    fn crowded() -> Plan {
        let mut plan = busy_plan(Geometry::Layer, Boundary::Closed, Mechanics::Potentials, 200.0, 8);
        let arrangement = Arrangement::Random { count: 500, region: Region::Everywhere };
        let traits = vec![Distribution::Fixed(1.0)];
        let cells = Placement { cell_type: 0, arrangement, phase: Some(0), traits, history: vec![] };
        plan.arms.iter_mut().for_each(|arm| arm.initial = vec![cells.clone()]);
        plan
    }

    /// As on a device that has less room than it was thought to have.
    #[test]
    fn what_a_device_refuses_runs_in_smaller_batches() {
        let plan = crowded();
        let mut device = match device::open(&Choice::Software) {
            Ok((device, _)) => device,
            Err(_) if std::env::var("TEXPOP_TEST_NO_GPU").is_ok_and(|it| it == "1") => return,
            Err(error) => panic!("{error}"),
        };
        let share = Share { tissues: None, bytes: Some(1 << 32) };
        let mut settle = |budget: Option<u64>| {
            let Device::Gpu(gpu) = &mut device else { panic!("no adapter") };
            gpu.budget_bytes = budget;
            let mut notice = String::new();
            settled(&plan, &device, &mut share.clone(), &mut notice).map(|it| (it.batches, notice))
        };
        assert_eq!(settle(None).map(|it| it.0.len()), Ok(1));
        let (batches, notice) = settle(Some(2 << 20)).unwrap();
        assert!(batches.len() > 1 && batches.iter().all(|it| it.len() <= 8), "{batches:?}");
        assert!(notice.contains("16 tissues at a time are too many for it, 8 are tried"), "{notice}");
        let error = settle(Some(100_000)).unwrap_err();
        assert_eq!(error.exit_code(), 3);
        for part in ["the buffer ", " needs ", "--memory-limit allows 0.1 MiB on ", "--batch-tissues"] {
            assert!(error.to_string().contains(part), "no {part} in {error}");
        }
    }
}
