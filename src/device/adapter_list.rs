//! What `texpop devices` prints: the adapters there are, or what is missing and which package brings it.

use super::adapter::{Description, Found, Kind, enumerate};
use super::exactness;
use ash::vk;

/// Every adapter, or the diagnosis of why there is none.
pub fn report() -> String {
    let found = enumerate();
    let has_hardware = found.iter().any(|it| it.description.kind == Kind::Hardware);
    let mut text = if found.is_empty() { "No graphics adapter was found.\n".to_owned() } else { String::new() };
    for it in found {
        text += &entry(it);
    }
    if !has_hardware {
        text += &format!("No hardware GPU: {}\n", diagnosis());
        text += "Meanwhile --device auto runs on the CPU twins, which need no driver.\n";
    }
    text
}

fn entry(found: Found) -> String {
    let it = found.description.clone();
    let kind = match it.kind {
        Kind::Hardware => "hardware",
        Kind::Software => "software (--device software takes the first of them)",
    };
    let mebibytes = |bytes: u64| bytes >> 20;
    let cells = it.most_bytes() / 16;
    let strict = strict(&it);
    let usable = usable(found);
    let rows = [
        ("kind", kind.to_owned()),
        ("backend", it.backend),
        ("PCI address", if it.pci_address.is_empty() { "none".to_owned() } else { it.pci_address }),
        ("driver", format!("{} {}", it.driver, it.driver_info).trim().to_owned()),
        ("one buffer", format!("{} MiB", mebibytes(it.max_buffer_bytes))),
        ("one binding", format!("{} MiB, or {cells} cells", mebibytes(it.max_binding_bytes))),
        ("strict", strict.to_owned()),
        ("timestamps", if it.timestamps { "yes" } else { "no" }.to_owned()),
        ("usable", usable),
    ];
    let rows = rows.iter().map(|(name, value)| format!("  {name:<12}{value}\n"));
    format!("{}\n{}\n", it.name, rows.collect::<String>())
}

fn strict(it: &Description) -> &'static str {
    match (it.strict, it.backend.as_str()) {
        (true, _) => "yes: every floating-point operation is kept apart",
        (false, "Vulkan") => "no: its driver takes no ready-made SPIR-V",
        (false, _) => "no: only Vulkan lets texpop ask for it",
    }
}

/// Opens the adapter and compares its arithmetic with Rust's.
fn usable(found: Found) -> String {
    let exactness = found.open().and_then(|gpu| exactness::measure(&gpu));
    match exactness {
        Ok(exactness) if exactness.is_exact() => {
            "yes; a probe of its arithmetic gave the bits of the CPU twins".to_owned()
        }
        Ok(exactness) => format!("yes; but a probe gave other bits than the CPU twins: {}", exactness.differences()),
        Err(error) => format!("no: {error}"),
    }
}

/// How far a Vulkan program gets on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    NoLoader,
    NoDriver,
    NoDevice,
    SoftwareOnly,
    Hardware,
}

/// What to do about each.
const ADVICE: &[(Reach, &str)] = &[
    (
        Reach::NoLoader,
        "the Vulkan loader is missing. The package libvulkan1 (apt install libvulkan1) brings it; a GPU needs its \
         vendor's driver besides, and mesa-vulkan-drivers brings lavapipe and the drivers for AMD and Intel.",
    ),
    (
        Reach::NoDriver,
        "the Vulkan loader is there, a driver is not. Install mesa-vulkan-drivers (AMD, Intel, and lavapipe in \
         software) or NVIDIA's driver. In a container, the driver's ICD file must be mounted: run with --gpus all and \
         NVIDIA_DRIVER_CAPABILITIES=all, and install libegl1 beside libvulkan1.",
    ),
    (
        Reach::NoDevice,
        "a Vulkan driver is there, but sees no GPU. In a container, pass the GPU through: --gpus all and \
         NVIDIA_DRIVER_CAPABILITIES=all for NVIDIA, --device /dev/dri for AMD and Intel.",
    ),
    (
        Reach::SoftwareOnly,
        "Vulkan works, but only with a software adapter. If the machine has a GPU, its vendor's driver is missing; in \
         a container, pass the GPU through (--gpus all and NVIDIA_DRIVER_CAPABILITIES=all, or --device /dev/dri).",
    ),
    (Reach::Hardware, "Vulkan reports one, but it could not be used; see above."),
];

fn diagnosis() -> &'static str {
    let reach = reach();
    ADVICE.iter().find(|(it, _)| *it == reach).map_or("", |(_, advice)| advice)
}

/// Loads Vulkan as wgpu does, one step at a time, since wgpu reports these failures alike.
fn reach() -> Reach {
    // SAFETY: loading the system's Vulkan loader runs its initialisers, as any Vulkan program does.
    let Ok(entry) = (unsafe { ash::Entry::load() }) else { return Reach::NoLoader };
    // SAFETY: an instance without extensions or layers, destroyed below before the loader is unloaded.
    let Ok(instance) = (unsafe { entry.create_instance(&vk::InstanceCreateInfo::default(), None) }) else {
        return Reach::NoDriver;
    };
    // SAFETY: the instance is alive, and no handle made from it outlives it.
    unsafe {
        let devices = instance.enumerate_physical_devices().unwrap_or_default();
        let is_hardware = |device: &vk::PhysicalDevice| {
            instance.get_physical_device_properties(*device).device_type != vk::PhysicalDeviceType::CPU
        };
        let reach = match (devices.is_empty(), devices.iter().any(is_hardware)) {
            (true, _) => Reach::NoDevice,
            (false, false) => Reach::SoftwareOnly,
            (false, true) => Reach::Hardware,
        };
        instance.destroy_instance(None);
        reach
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reach_has_its_advice() {
        use Reach::*;
        for reach in [NoLoader, NoDriver, NoDevice, SoftwareOnly, Hardware] {
            assert_eq!(ADVICE.iter().filter(|(it, _)| *it == reach).count(), 1, "{reach:?}");
        }
    }
}
