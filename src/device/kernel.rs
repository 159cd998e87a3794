//! A kernel: one WGSL file, its entry points as pipelines, its buffers bound by name.

use super::adapter::Gpu;
use super::compose::{Library, Module, Source};
use super::strict;
use crate::error::{Error, Result};
use std::num::NonZeroU64;

/// Storage buffers that every device lets an entry point use.
const MAX_STORAGE_BUFFERS: usize = 8;

/// A compiled WGSL file.
pub struct Kernel {
    name: String,
    entries: Vec<Entry>,
}

/// How an entry point uses a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Uniform,
    Read,
    ReadWrite,
}

/// A buffer that an entry point uses.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Binding {
    name: String,
    number: u32,
    access: Access,
    /// Bytes of the fixed part, or of one element.
    least_bytes: u64,
}

/// An entry point, ready but for its buffers.
struct Entry {
    name: String,
    bindings: Vec<Binding>,
    layout: wgpu::BindGroupLayout,
    pipeline: wgpu::ComputePipeline,
    shape: Shape,
}

/// Invocations of a workgroup, and workgroups along x before a dispatch is folded.
#[derive(Clone, Copy, Debug)]
struct Shape {
    workgroup: u32,
    max_groups_x: u32,
}

impl Kernel {
    /// Compiles `shaders/<name>.wgsl` with the given constants. WORKGROUP (64) and MAX_GROUPS_X (32768) are always
    /// defined and need to be given only to change them.
    pub fn load(gpu: &Gpu, library: Library, name: &str, constants: &[(&str, u32)]) -> Result<Kernel> {
        let mut source = library.kernel(name, constants)?;
        if let Some(it) = gpu.altered.as_ref().filter(|it| it.kernel == name) {
            source.alter(&it.from, &it.to)?;
        }
        Kernel::from_source(gpu, source)
    }

    /// Compiles a composed text.
    pub fn from_source(gpu: &Gpu, source: Source) -> Result<Kernel> {
        let module = source.parse()?;
        let entries = (0..module.module.entry_points.len()).map(|index| Entry::new(gpu, &module, index));
        Ok(Kernel { name: module.source.name.clone(), entries: entries.collect::<Result<_>>()? })
    }

    /// Names of the entry points.
    pub fn entries(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// Names of the buffers that an entry point uses; none where there is no such entry point.
    pub fn bindings(&self, entry: &str) -> impl Iterator<Item = &str> {
        let entry = self.entries.iter().find(move |it| it.name == entry);
        entry.into_iter().flat_map(|entry| entry.bindings.iter().map(|binding| binding.name.as_str()))
    }

    /// Binds the buffers of an entry point; `lookup` gives the buffer of each name.
    pub fn bind<'a>(&self, gpu: &Gpu, entry: &str, lookup: &dyn Fn(&str) -> Option<&'a wgpu::Buffer>) -> Result<Bound> {
        let file = format!("shaders/{}.wgsl", self.name);
        let found = self.entries.iter().find(|it| it.name == entry).ok_or_else(|| {
            let known: Vec<&str> = self.entries().collect();
            Error::Failed(format!("{file} has no entry point {entry}; it has {}", known.join(", ")))
        })?;
        found.bind(gpu, &file, lookup)
    }
}

impl Entry {
    fn new(gpu: &Gpu, module: &Module, index: usize) -> Result<Entry> {
        let point = &module.module.entry_points[index];
        let name = point.name.clone();
        let label = format!("{} {name}", module.source.name);
        let bindings = reflect(module, index)?;
        let numbers: Vec<u32> = bindings.iter().map(|binding| binding.number).collect();
        let explain = |cause| Error::Device(format!("{} refused the kernel {label}: {cause}", gpu.description.name));
        let (layout, pipeline) =
            gpu.guarded(|| pipeline(gpu, module, &name, &label, &bindings, &numbers), explain)??;
        let workgroup = point.workgroup_size.iter().product();
        Ok(Entry {
            name,
            bindings,
            layout,
            pipeline,
            shape: Shape { workgroup, max_groups_x: module.source.max_groups_x },
        })
    }

    fn bind<'a>(&self, gpu: &Gpu, file: &str, lookup: &dyn Fn(&str) -> Option<&'a wgpu::Buffer>) -> Result<Bound> {
        let mut entries = Vec::new();
        for binding in &self.bindings {
            let buffer = lookup(&binding.name).ok_or_else(|| {
                Error::Failed(format!(
                    "{file}, entry point {}: no buffer is called {}, which the shader binds at {}\n\n\
                     hint: the name in the shader and the name of the buffer in Rust must be the same",
                    self.name, binding.name, binding.number
                ))
            })?;
            entries.push(wgpu::BindGroupEntry { binding: binding.number, resource: buffer.as_entire_binding() });
        }
        let label = format!("{file} {}", self.name);
        let descriptor = wgpu::BindGroupDescriptor { label: Some(&label), layout: &self.layout, entries: &entries };
        let group = gpu.guarded(
            || gpu.device.create_bind_group(&descriptor),
            |cause| Error::Device(format!("{label}: a buffer does not fit its binding: {cause}")),
        )?;
        Ok(Bound { label, pipeline: self.pipeline.clone(), group, shape: self.shape })
    }
}

/// Buffers that an entry point uses, by ascending number.
fn reflect(module: &Module, index: usize) -> Result<Vec<Binding>> {
    let (ir, uses) = (&module.module, module.info.get_entry_point(index));
    let entry = format!("shaders/{}.wgsl, entry point {}", module.source.name, ir.entry_points[index].name);
    let mut bindings = Vec::new();
    for (_, global) in ir.global_variables.iter().filter(|(handle, _)| !uses[*handle].is_empty()) {
        let Some(access) = access_of(global.space) else { continue };
        let name = global.name.clone().unwrap_or_default();
        let number = match &global.binding {
            Some(naga::ResourceBinding { group: 0, binding }) => *binding,
            _ => return Err(Error::Failed(format!("{entry}: {name} is not in group 0, where all buffers belong"))),
        };
        let least_bytes = u64::from(ir.types[global.ty].inner.size(ir.to_ctx()));
        bindings.push(Binding { name, number, access, least_bytes });
    }
    bindings.sort_by_key(|binding| binding.number);
    let storage = bindings.iter().filter(|binding| binding.access != Access::Uniform).count();
    if storage > MAX_STORAGE_BUFFERS {
        return Err(Error::Failed(format!(
            "{entry} uses {storage} storage buffers; {MAX_STORAGE_BUFFERS} is what every device allows\n\n\
             hint: split the stage, or pack two buffers into one"
        )));
    }
    Ok(bindings)
}

fn access_of(space: naga::AddressSpace) -> Option<Access> {
    match space {
        naga::AddressSpace::Uniform => Some(Access::Uniform),
        naga::AddressSpace::Storage { access } if access.contains(naga::StorageAccess::STORE) => {
            Some(Access::ReadWrite)
        }
        naga::AddressSpace::Storage { .. } => Some(Access::Read),
        _ => None,
    }
}

fn pipeline(
    gpu: &Gpu,
    module: &Module,
    entry: &str,
    label: &str,
    bindings: &[Binding],
    numbers: &[u32],
) -> Result<(wgpu::BindGroupLayout, wgpu::ComputePipeline)> {
    let entries: Vec<_> = bindings.iter().map(Binding::layout).collect();
    let layout =
        gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some(label), entries: &entries });
    let pipeline_layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(label),
        bind_group_layouts: &[Some(&layout)],
        ..Default::default()
    });
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(label),
        layout: Some(&pipeline_layout),
        module: &strict::module(gpu, module, entry, numbers)?,
        entry_point: Some(entry),
        compilation_options: Default::default(),
        cache: None,
    });
    Ok((layout, pipeline))
}

impl Binding {
    fn layout(&self) -> wgpu::BindGroupLayoutEntry {
        let ty = match self.access {
            Access::Uniform => wgpu::BufferBindingType::Uniform,
            Access::Read => wgpu::BufferBindingType::Storage { read_only: true },
            Access::ReadWrite => wgpu::BufferBindingType::Storage { read_only: false },
        };
        wgpu::BindGroupLayoutEntry {
            binding: self.number,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty,
                has_dynamic_offset: false,
                min_binding_size: NonZeroU64::new(self.least_bytes),
            },
            count: None,
        }
    }
}

/// An entry point with its buffers.
pub struct Bound {
    label: String,
    pipeline: wgpu::ComputePipeline,
    group: wgpu::BindGroup,
    shape: Shape,
}

impl Bound {
    /// File and entry point, for timings.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Runs at least this many invocations: whole workgroups, folded in two dimensions where they are many. The
    /// shader finds its number with `invocation_of` of `shared/dispatch.wgsl`.
    pub fn dispatch(&self, pass: &mut wgpu::ComputePass<'_>, invocations: u32) {
        self.dispatch_groups(pass, invocations.div_ceil(self.shape.workgroup));
    }

    /// Runs at least this many workgroups; the shader finds its own with `group_of`.
    pub fn dispatch_groups(&self, pass: &mut wgpu::ComputePass<'_>, groups: u32) {
        if groups == 0 {
            return;
        }
        let [x, y] = fold(groups, self.shape.max_groups_x);
        self.set(pass);
        pass.dispatch_workgroups(x, y, 1);
    }

    /// Runs as many workgroups as three words of `arguments` say, from a byte offset on. They must be folded:
    /// more than 65,535 along a dimension run nothing.
    pub fn dispatch_indirect(&self, pass: &mut wgpu::ComputePass<'_>, arguments: &wgpu::Buffer, offset: u64) {
        self.set(pass);
        pass.dispatch_workgroups_indirect(arguments, offset);
    }

    fn set(&self, pass: &mut wgpu::ComputePass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.group, &[]);
    }
}

/// Workgroups along x and y that are at least `groups`. Twin of `fold` in `shaders/shared/dispatch.wgsl`.
pub fn fold(groups: u32, max_groups_x: u32) -> [u32; 2] {
    let x = groups.min(max_groups_x);
    [x, groups.div_ceil(x.max(1))]
}
