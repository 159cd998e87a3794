//! Shader modules whose floating-point operations stay apart.
//!
//! A driver may fuse `a * b + c` into one rounding, or reorder sums, unless each operation bears `NoContraction`.
//! naga writes none, so on Vulkan we write the SPIR-V ourselves, add the decorations, and pass it through.

use super::adapter::Gpu;
use super::compose::Module;
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

/// Creates the module of one entry point. `bindings` are the numbers that the entry point uses, ascending: wgpu packs
/// them on Vulkan, so the SPIR-V must number them in the same way.
pub fn module(gpu: &Gpu, module: &Module, entry: &str, bindings: &[u32]) -> Result<wgpu::ShaderModule> {
    let label = format!("{} {entry}", module.source.name);
    if !gpu.description.strict {
        return Ok(gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(&label),
            source: wgpu::ShaderSource::Wgsl(Cow::Borrowed(&module.source.text)),
        }));
    }
    let words = spirv(module, entry, bindings)?;
    let descriptor = wgpu::ShaderModuleDescriptorPassthrough {
        label: Some(&label),
        entry_points: Cow::Owned(vec![wgpu::PassthroughShaderEntryPoint {
            name: Cow::Owned(entry.to_owned()),
            workgroup_size: (1, 1, 1),
        }]),
        spirv: Some(Cow::Owned(words)),
        ..Default::default()
    };
    // SAFETY: naga wrote the words from a module that it had validated; the decorations added to them change no
    // memory access. Buffer accesses out of range stay in the buffer, because wgpu switches robustBufferAccess on.
    Ok(unsafe { gpu.device.create_shader_module_passthrough(descriptor) })
}

/// SPIR-V of one entry point with `NoContraction` on every floating-point result.
pub fn spirv(module: &Module, entry: &str, bindings: &[u32]) -> Result<Vec<u32>> {
    use naga::back::spv;
    let packed = bindings.iter().enumerate().map(|(place, &binding)| {
        let own = naga::ResourceBinding { group: 0, binding };
        (own, spv::BindingInfo { descriptor_set: 0, binding: place as u32, binding_array_size: None })
    });
    let options = spv::Options {
        flags: spv::WriterFlags::empty(),
        binding_map: packed.collect::<BTreeMap<_, _>>(),
        fake_missing_bindings: false,
        bounds_check_policies: naga::proc::BoundsCheckPolicies {
            index: naga::proc::BoundsCheckPolicy::Restrict,
            ..Default::default()
        },
        force_loop_bounding: false,
        ..Default::default()
    };
    let one = spv::PipelineOptions { shader_stage: naga::ShaderStage::Compute, entry_point: entry.to_owned() };
    let words = spv::write_vec(&module.module, &module.info, &options, Some(&one)).map_err(|error| {
        Error::Failed(format!("the shader {} cannot be written as SPIR-V: {error}", module.source.name))
    })?;
    Ok(decorate(&words))
}

/// Words before the first instruction.
const HEADER_WORDS: usize = 5;
const OP_DECORATE: u32 = 71;
const OP_TYPE_FLOAT: u32 = 22;
const OP_TYPE_VECTOR: u32 = 23;
const OP_TYPE_MATRIX: u32 = 24;
const OP_EXT_INST: u32 = 12;
const DECORATION_NO_CONTRACTION: u32 = 42;

/// Opcodes whose floating-point results a compiler may contract.
const ARITHMETIC: &[u32] = &[
    127, // FNegate
    129, // FAdd
    131, // FSub
    133, // FMul
    136, // FDiv
    140, // FRem
    141, // FMod
    142, // VectorTimesScalar
    143, // MatrixTimesScalar
    144, // VectorTimesMatrix
    145, // MatrixTimesVector
    146, // MatrixTimesMatrix
    147, // OuterProduct
    148, // Dot
];

/// Opcode and words of each instruction.
fn instructions(words: &[u32]) -> impl Iterator<Item = (u32, &[u32])> {
    let mut rest = words.get(HEADER_WORDS..).unwrap_or_default();
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let length = ((first >> 16) as usize).clamp(1, rest.len());
        let (instruction, after) = rest.split_at(length);
        rest = after;
        Some((first & 0xffff, instruction))
    })
}

/// Results that need the decoration.
fn results(words: &[u32]) -> Vec<u32> {
    let mut floats = HashSet::new();
    let mut results = Vec::new();
    for (opcode, instruction) in instructions(words) {
        match (opcode, instruction) {
            (OP_TYPE_FLOAT, &[_, id, ..]) => drop(floats.insert(id)),
            (OP_TYPE_VECTOR | OP_TYPE_MATRIX, &[_, id, part, ..]) if floats.contains(&part) => drop(floats.insert(id)),
            (OP_EXT_INST, &[_, kind, id, ..]) if floats.contains(&kind) => results.push(id),
            (_, &[_, _, id, ..]) if ARITHMETIC.contains(&opcode) => results.push(id),
            _ => {}
        }
    }
    results
}

/// Inserts the decorations where SPIR-V wants them: before the first type.
fn decorate(words: &[u32]) -> Vec<u32> {
    let is_type = |opcode: u32| (19..=39).contains(&opcode);
    let before: usize =
        instructions(words).take_while(|(opcode, _)| !is_type(*opcode)).map(|(_, words)| words.len()).sum();
    let (head, tail) = words.split_at(HEADER_WORDS + before);
    let mut decorated = head.to_vec();
    for id in results(words) {
        decorated.extend([3 << 16 | OP_DECORATE, id, DECORATION_NO_CONTRACTION]);
    }
    decorated.extend_from_slice(tail);
    decorated
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::device::compose::Library;

    #[test]
    fn every_float_operation_is_decorated_once() {
        let text = "@group(0) @binding(5) var<storage, read_write> out: array<vec2f>;\n\
                    @compute @workgroup_size(1) fn main() {\n\
                    let a = out[0]; let n = u32(out[1].x) * 3u;\n\
                    out[2] = sqrt(a * a.x + a) / -a; out[3].x = dot(a, a) + f32(min(n, 2u)); }\n";
        let module = Library::PLAIN.text("t", text, &[]).unwrap().parse().unwrap();
        let words = spirv(&module, "main", &[5]).unwrap();
        let decorated: Vec<u32> = instructions(&words)
            .filter(|(opcode, it)| *opcode == OP_DECORATE && it[2] == DECORATION_NO_CONTRACTION)
            .map(|(_, it)| it[1])
            .collect();
        // vector × scalar, +, sqrt, negation, division, dot, +; and a clamp of two in the conversion to an integer.
        assert!((7..=9).contains(&decorated.len()), "{decorated:?}");
        assert_eq!(decorated.iter().collect::<HashSet<_>>().len(), decorated.len());
        assert_eq!(decorated, results(&words));
        let binding = instructions(&words).find(|(opcode, it)| *opcode == OP_DECORATE && it[2] == 33).unwrap().1[3];
        assert_eq!(binding, 0, "the only binding of an entry point is packed to 0");
    }
}
