//! Which device runs the simulation: a GPU, a software adapter, or the CPU twins.

use crate::error::{Error, Result};
use serde::Serialize;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

/// What the user asked for with `--device`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// A hardware GPU where there is one, else the CPU twins.
    #[default]
    Auto,
    /// A hardware GPU or nothing.
    Gpu,
    /// The shaders on a software adapter, such as lavapipe.
    Software,
    /// The CPU twins.
    Cpu,
    /// The best adapter whose name or PCI address contains this, whatever its case.
    Named(String),
}

impl FromStr for Choice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Choice> {
        match text.trim() {
            "" => Err(Error::Input(
                "--device is empty; allowed are auto, gpu, software, cpu, or a part of an adapter's name\n\n\
                 hint: `texpop devices` lists the adapters"
                    .to_owned(),
            )),
            "auto" => Ok(Choice::Auto),
            "gpu" => Ok(Choice::Gpu),
            "software" => Ok(Choice::Software),
            "cpu" => Ok(Choice::Cpu),
            name => Ok(Choice::Named(name.to_owned())),
        }
    }
}

impl fmt::Display for Choice {
    /// As it is given.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Choice::Auto => "auto",
            Choice::Gpu => "gpu",
            Choice::Software => "software",
            Choice::Cpu => "cpu",
            Choice::Named(name) => name,
        })
    }
}

/// What runs the steps.
pub enum Device {
    /// The shaders, on hardware or software.
    Gpu(Gpu),
    /// The CPU twins.
    Cpu,
}

impl Device {
    /// What a manifest says of it, and whether its numerics are strict.
    ///
    /// # Errors
    /// `Failed` if the description has no JSON form.
    pub fn described(&self) -> Result<(serde_json::Value, bool)> {
        let Device::Gpu(gpu) = self else {
            return Ok((serde_json::json!({ "name": "CPU twins", "kind": "cpu", "strict": true }), true));
        };
        let described = serde_json::to_value(&gpu.description)
            .map_err(|error| Error::Failed(format!("the device cannot be described: {error}")))?;
        Ok((described, gpu.description.strict))
    }
}

/// What an adapter is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Hardware,
    Software,
}

/// An adapter as the manifest records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    pub name: String,
    pub backend: String,
    pub driver: String,
    pub driver_info: String,
    pub kind: Kind,
    /// `0000:01:00.0`, which tells equal cards apart; empty where the driver does not say.
    pub pci_address: String,
    /// Whether shaders are made so that no floating-point operation is fused or reordered.
    pub strict: bool,
    /// Largest part of a buffer that a shader can see, in bytes.
    pub max_binding_bytes: u64,
    /// Largest buffer in bytes.
    pub max_buffer_bytes: u64,
    /// Whether the time of a stage can be measured on the device.
    pub timestamps: bool,
}

impl Description {
    /// Size in bytes of the largest buffer of which a shader can see all.
    pub fn most_bytes(&self) -> u64 {
        self.max_binding_bytes.min(self.max_buffer_bytes)
    }

    fn is_called(&self, part: &str) -> bool {
        let part = part.to_lowercase();
        self.name.to_lowercase().contains(&part) || self.pci_address.to_lowercase().contains(&part)
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Hardware => "hardware",
            Kind::Software => "software",
        };
        let strict = if self.strict { "strict" } else { "not strict" };
        write!(f, "{} ({}, {kind}, {strict} numerics)", self.name, self.backend)
    }
}

/// The first error that nobody was waiting for, and the loss of the device.
#[derive(Debug, Default)]
struct Faults(Mutex<Option<String>>);

impl Faults {
    fn record(&self, fault: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
    }
}

/// An open adapter.
pub struct Gpu {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub description: Description,
    /// Workgroups along x before the dispatches of the steps are folded.
    pub max_groups_x: u32,
    /// Bytes that the buffers of an engine may take; None: all there are.
    pub budget_bytes: Option<u64>,
    /// A kernel that is changed on purpose, to see it caught.
    pub altered: Option<Box<Alteration>>,
    faults: Arc<Faults>,
}

/// Other text in a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alteration {
    /// Name of the file in `shaders/`, without `.wgsl`.
    pub kernel: String,
    pub from: String,
    pub to: String,
}

/// Opens the device that was asked for, and says in one line which it is and why.
pub fn open(choice: &Choice) -> Result<(Device, String)> {
    match choice {
        Choice::Auto => Ok(open_auto(enumerate())),
        Choice::Gpu => open_best("a hardware GPU", |it| it.kind == Kind::Hardware, DEVICES_HINT),
        Choice::Software => open_best("a software adapter", |it| it.kind == Kind::Software, SOFTWARE_HINT),
        Choice::Named(name) => {
            let wanted = format!("an adapter whose name or PCI address contains \"{name}\"");
            open_best(&wanted, |it| it.is_called(name), DEVICES_HINT)
        }
        Choice::Cpu => Ok((Device::Cpu, "device: CPU twins, as asked".to_owned())),
    }
}

const DEVICES_HINT: &str = "\n\nhint: `texpop devices` says what is missing";

const SOFTWARE_HINT: &str =
    "\n\nhint: the Debian and Ubuntu package mesa-vulkan-drivers brings lavapipe; --device cpu needs no driver";

/// An adapter that was found, with what it offers.
pub(super) struct Found {
    pub adapter: wgpu::Adapter,
    pub description: Description,
    /// Why it cannot run texpop.
    pub unfit: Option<String>,
    rank: u32,
}

/// All adapters, the best first.
pub(super) fn enumerate() -> Vec<Found> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
    let mut found: Vec<Found> = adapters.into_iter().map(inspect).collect();
    // A stable sort: equal adapters keep the order of the driver, which is the same at every start.
    found.sort_by_key(|it| std::cmp::Reverse(it.rank));
    found
}

fn inspect(adapter: wgpu::Adapter) -> Found {
    let (info, limits, features) = (adapter.get_info(), adapter.limits(), adapter.features());
    let kind = kind_of(&info);
    let description = Description {
        name: info.name.clone(),
        backend: format!("{:?}", info.backend),
        driver: info.driver.clone(),
        driver_info: info.driver_info.clone(),
        kind,
        pci_address: info.device_pci_bus_id.clone(),
        strict: info.backend == wgpu::Backend::Vulkan && features.contains(wgpu::Features::PASSTHROUGH_SHADERS),
        max_binding_bytes: limits.max_storage_buffer_binding_size,
        max_buffer_bytes: limits.max_buffer_size,
        timestamps: features.contains(wgpu::Features::TIMESTAMP_QUERY),
    };
    Found { unfit: unfit(&adapter, &limits), rank: rank(&info, kind), adapter, description }
}

/// GL drivers call a software renderer by its name alone.
fn kind_of(info: &wgpu::AdapterInfo) -> Kind {
    const SOFTWARE: &[&str] = &["llvmpipe", "softpipe", "swrast", "swiftshader", "basic render"];
    let name = info.name.to_lowercase();
    match info.device_type == wgpu::DeviceType::Cpu || SOFTWARE.iter().any(|it| name.contains(it)) {
        true => Kind::Software,
        false => Kind::Hardware,
    }
}

/// Hardware before software, then the kind of hardware, then GL last.
fn rank(info: &wgpu::AdapterInfo, kind: Kind) -> u32 {
    let hardware = match (kind, info.device_type) {
        (Kind::Software, _) => 0,
        (_, wgpu::DeviceType::DiscreteGpu) => 4,
        (_, wgpu::DeviceType::IntegratedGpu) => 3,
        (_, wgpu::DeviceType::VirtualGpu) => 2,
        _ => 1,
    };
    2 * hardware + u32::from(info.backend != wgpu::Backend::Gl)
}

fn unfit(adapter: &wgpu::Adapter, limits: &wgpu::Limits) -> Option<String> {
    if !adapter.get_downlevel_capabilities().flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS) {
        return Some("it has no compute shaders".to_owned());
    }
    let mut short = None;
    wanted_limits(limits).check_limits_with_fail_fn(limits, false, |name, wanted, allowed| {
        short.get_or_insert(format!("its {name} is {allowed}, and texpop needs {wanted}"));
    });
    short
}

/// The limits of every WebGPU device that can compute, with buffers as large as this adapter takes.
fn wanted_limits(limits: &wgpu::Limits) -> wgpu::Limits {
    wgpu::Limits {
        max_buffer_size: limits.max_buffer_size,
        max_storage_buffer_binding_size: limits.max_storage_buffer_binding_size,
        ..wgpu::Limits::default()
    }
}

fn open_auto(found: Vec<Found>) -> (Device, String) {
    let mut refused = String::new();
    let software = found.iter().find(|it| it.description.kind == Kind::Software).map(|it| it.description.name.clone());
    for candidate in found.into_iter().filter(|it| it.description.kind == Kind::Hardware) {
        let name = candidate.description.name.clone();
        match candidate.open() {
            Ok(gpu) => {
                let notice = format!("device: {}, the best hardware GPU found", gpu.description);
                return (Device::Gpu(gpu), notice);
            }
            Err(error) => refused += &format!("; {name} could not be opened ({error})"),
        }
    }
    let software = software.map_or(String::new(), |name| format!("; --device software would take {name}"));
    let why = if refused.is_empty() { "no hardware GPU was found" } else { "no hardware GPU is usable" };
    (Device::Cpu, format!("device: CPU twins; {why}{refused}{software}"))
}

/// Opens the best adapter that is wanted, or says what there is instead.
fn open_best(wanted: &str, is_wanted: impl Fn(&Description) -> bool, hint: &str) -> Result<(Device, String)> {
    let found = enumerate();
    let names: Vec<String> = found.iter().map(|it| it.description.to_string()).collect();
    match found.into_iter().filter(|it| is_wanted(&it.description)).min_by_key(|it| it.unfit.is_some()) {
        Some(candidate) => {
            let gpu = candidate.open()?;
            let notice = format!("device: {}, asked for as {wanted}", gpu.description);
            Ok((Device::Gpu(gpu), notice))
        }
        None => {
            let there = if names.is_empty() { "no adapter at all".to_owned() } else { names.join(", ") };
            Err(Error::Device(format!("--device asks for {wanted}; this machine has {there}{hint}")))
        }
    }
}

impl Found {
    pub(super) fn open(self) -> Result<Gpu> {
        let name = &self.description.name;
        if let Some(reason) = self.unfit {
            return Err(Error::Device(format!("{name} cannot run texpop: {reason}")));
        }
        let optional = wgpu::Features::TIMESTAMP_QUERY | wgpu::Features::PASSTHROUGH_SHADERS;
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("texpop"),
            required_features: self.adapter.features() & optional,
            required_limits: wanted_limits(&self.adapter.limits()),
            // Buffers are few and large: there is nothing to gain from blocks held in reserve.
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(self.adapter.request_device(&descriptor))
            .map_err(|error| Error::Device(format!("{name} could not be opened: {error}")))?;
        let faults = Arc::new(Faults::default());
        listen(&device, &faults);
        let max_groups_x = super::compose::DEFAULT_MAX_GROUPS_X;
        Ok(Gpu {
            device,
            queue,
            description: self.description,
            max_groups_x,
            budget_bytes: None,
            altered: None,
            faults,
        })
    }
}

/// wgpu's own handler would panic at the first error.
fn listen(device: &wgpu::Device, faults: &Arc<Faults>) {
    let (errors, losses) = (faults.clone(), faults.clone());
    device.on_uncaptured_error(Arc::new(move |error| errors.record(error.to_string())));
    device.set_device_lost_callback(move |reason, message| {
        losses.record(format!("the device was lost ({reason:?}): {message}"));
    });
}

impl Gpu {
    /// The first error that the device reported since it was opened. Calls on a lost device do nothing, so ask after
    /// each wait.
    pub fn check(&self) -> Result<()> {
        match &*self.faults.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(fault) => Err(Error::Device(format!("{}: {fault}", self.description.name))),
            None => Ok(()),
        }
    }

    /// A command encoder.
    pub fn encoder(&self, label: &str) -> wgpu::CommandEncoder {
        self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some(label) })
    }

    /// Hands commands to the device; returns without waiting for them.
    pub fn submit(&self, encoder: wgpu::CommandEncoder) -> wgpu::SubmissionIndex {
        self.queue.submit([encoder.finish()])
    }

    /// Waits until one submission, and all before it, are done.
    pub fn wait_for(&self, submission: wgpu::SubmissionIndex) -> Result<()> {
        let waited = self.device.poll(wgpu::PollType::Wait { submission_index: Some(submission), timeout: None });
        self.check()?;
        waited.map(drop).map_err(|error| Error::Device(format!("{}: {error}", self.description.name)))
    }

    /// Waits until everything submitted is done.
    pub fn wait(&self) -> Result<()> {
        let waited = self.device.poll(wgpu::PollType::wait_indefinitely());
        self.check()?;
        waited.map(drop).map_err(|error| Error::Device(format!("{}: {error}", self.description.name)))
    }

    /// Runs `make` and turns what the device objects to into `explain`'s error.
    pub(super) fn guarded<T>(&self, make: impl FnOnce() -> T, explain: impl FnOnce(String) -> Error) -> Result<T> {
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let internal = self.device.push_error_scope(wgpu::ErrorFilter::Internal);
        let made = make();
        // Scopes are a stack: the last one pushed is popped first.
        for error in [internal.pop(), validation.pop(), memory.pop()] {
            if let Some(error) = pollster::block_on(error) {
                return Err(explain(error.to_string()));
            }
        }
        Ok(made)
    }
}

/// A compute pass with a label.
pub fn pass<'a>(encoder: &'a mut wgpu::CommandEncoder, label: &str) -> wgpu::ComputePass<'a> {
    encoder.begin_compute_pass(&wgpu::ComputePassDescriptor { label: Some(label), timestamp_writes: None })
}
