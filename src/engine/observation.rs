//! Taking statistics on a device: the stages of `statistics`, one request after the other.

use super::dispatches::{Dispatch, Size, bind};
use super::gpu::GpuEngine;
use crate::cells::columns::{Pack, packs};
use crate::device::{Buffers, Gpu, Role};
use crate::error::Result;
use crate::measure::{ColumnRequest, Layout};
use crate::plan::Plan;

/// Kernels of the statistics.
pub const KERNELS: &[&str] =
    &["count_cells", "summarise_column", "histogram_column", "radial_profile", "cytometry", "audit"];

/// Name of the uniform of a column's request.
fn request_name(column: usize) -> String {
    format!("request_{column}")
}

/// Name of the uniform of the audit of a pack.
fn audit_name(pack: Pack) -> String {
    format!("request_audit_{}", pack.name())
}

/// Creates the uniforms that tell the kernels what is asked for.
pub fn create_requests(gpu: &Gpu, plan: &Plan, layout: &Layout, buffers: &mut Buffers) -> Result<()> {
    let mut create = |name: &str, request: ColumnRequest| {
        buffers.create_with(gpu, name, bytemuck::bytes_of(&request), Role::Uniform)
    };
    create("request_count", layout.count_request())?;
    for pack in packs(plan) {
        create(&audit_name(pack), layout.audit_request(pack))?;
    }
    for (number, observed) in layout.columns.iter().enumerate() {
        create(&request_name(number), layout.column_request(observed))?;
    }
    layout.cytometry_request().map_or(Ok(()), |request| create("request_cytometry", request))?;
    layout.radial_request().map_or(Ok(()), |request| create("request_radial", request))
}

/// The dispatches of an observation.
pub fn bind_all(engine: &GpuEngine) -> Result<Vec<Dispatch>> {
    let bind = |kernel: &str, entry: &str, size, request: &str, pack: &str| {
        let row = (kernel, entry, size, &[("request", request), ("pack", pack)][..]);
        bind(engine.gpu, &engine.kernels, &engine.buffers, row)
    };
    let mut dispatches = vec![
        bind("count_cells", "clear", Size::StatisticsWords, "request_count", "")?,
        bind("count_cells", "count_cells", Size::Chunks, "request_count", "")?,
    ];
    for (number, observed) in engine.layout.columns.iter().enumerate() {
        let (request, pack) = (request_name(number), observed.column.pack.name());
        dispatches.push(bind("summarise_column", "summarise_column", Size::Chunks, &request, pack)?);
        if observed.has_histogram {
            dispatches.push(bind("histogram_column", "histogram_column", Size::Chunks, &request, pack)?);
        }
    }
    if engine.layout.radial_request().is_some() {
        dispatches.push(bind("radial_profile", "radial_profile", Size::Chunks, "request_radial", "position")?);
    }
    if engine.layout.cytometry_request().is_some() {
        dispatches.push(bind("cytometry", "cytometry", Size::Chunks, "request_cytometry", "")?);
    }
    Ok(dispatches)
}

/// The dispatches of an audit, which follow those of an observation.
pub fn bind_audit(engine: &GpuEngine) -> Result<Vec<Dispatch>> {
    let bind = |entry: &str, size, request: &str, pack: &str| {
        let chains = [("chain_head", "rank"), ("chain_next", "new_slot")];
        let renamed = [("request", request), ("pack", pack), chains[0], chains[1]];
        bind(engine.gpu, &engine.kernels, &engine.buffers, ("audit", entry, size, &renamed[..]))
    };
    let of_pack = |pack: Pack| bind("audit", Size::Chunks, &audit_name(pack), pack.name());
    let mut dispatches = packs(engine.plan).map(of_pack).collect::<Result<Vec<_>>>()?;
    for entry in ["unlink", "link", "compare"] {
        dispatches.push(bind(entry, Size::Cells, &audit_name(Pack::Identity), "identity")?);
    }
    Ok(dispatches)
}
