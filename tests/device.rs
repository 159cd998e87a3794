//! The shaders against their twins on the software adapter, bit for bit, and what the device module promises.
//!
//! A missing adapter fails these tests, unless TEXPOP_TEST_NO_GPU=1 says that none is expected.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use texpop::device::{Buffers, Choice, Device, Gpu, Kernel, Kind, Ring, Role, buffers, open, pass};
use texpop::engine::shaders::SHADERS;
use texpop::{math, random};

/// The software adapter, one test at a time; None where none is expected.
fn gpu() -> Option<MutexGuard<'static, Gpu>> {
    static GPU: OnceLock<Option<Mutex<Gpu>>> = OnceLock::new();
    let gpu = GPU.get_or_init(|| match open(&Choice::Software) {
        Ok((Device::Gpu(gpu), _)) => Some(Mutex::new(gpu)),
        _ if std::env::var("TEXPOP_TEST_NO_GPU").as_deref() == Ok("1") => None,
        Ok(_) => panic!("Choice::Software gave the CPU twins"),
        Err(error) => panic!("{error}"),
    });
    gpu.as_ref().map(|it| it.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Runs one entry point with the given buffers and returns the words of `out`, which start as u32::MAX.
fn run(gpu: &Gpu, text: &str, constants: &[(&str, u32)], input: &[u32], invocations: u32, words: usize) -> Vec<u32> {
    let kernel = Kernel::from_source(gpu, SHADERS.text("test", text, constants).unwrap()).unwrap();
    let mut named = Buffers::new();
    named.create_with(gpu, "input", bytemuck::cast_slice(input), Role::Storage).unwrap();
    named.create_with(gpu, "out", &vec![0xff; words * 4], Role::Storage).unwrap();
    let bound = kernel.bind(gpu, "main", &|name| named.get(name)).unwrap();
    let mut encoder = gpu.encoder("test");
    bound.dispatch(&mut pass(&mut encoder, "test"), invocations);
    gpu.submit(encoder);
    named.download_as(gpu, "out", words).unwrap()
}

/// The unused binding shows that the used ones keep their numbers.
const HEAD: &str = "
@group(0) @binding(1) var<storage, read> unused: array<u32>;
@group(0) @binding(7) var<storage, read> input: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<u32>;
";

const MAIN: &str = "
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= COUNT { return; }
    let w = input[i];
    let f = bitcast<f32>(w);
";

/// A shader that writes an expression of the input word `w`, of its bits `f` as a float, and of the number `i`.
fn map_text(expression: &str, count: usize) -> String {
    let includes = "//#include \"shared/random.wgsl\"\n//#include \"shared/dispatch.wgsl\"\n";
    format!("{includes}const COUNT = {count}u;\n{HEAD}{MAIN} out[i] = {expression};\n}}\n")
}

/// Checks `out[i] = expression` against Rust for every input.
fn assert_twins(name: &str, inputs: &[u32], expression: &str, twin: impl Fn(u32) -> u32) {
    let Some(gpu) = gpu() else { return };
    assert!(gpu.description.strict, "{} is expected to be strict", gpu.description);
    let got = run(&gpu, &map_text(expression, inputs.len()), &[], inputs, inputs.len() as u32, inputs.len());
    let wrong: Vec<usize> = (0..inputs.len()).filter(|&i| got[i] != twin(inputs[i])).collect();
    if let Some(&i) = wrong.first() {
        let show = |word: u32| format!("{word:#x} ({:?})", f32::from_bits(word));
        let (input, got, expected) = (show(inputs[i]), show(got[i]), show(twin(inputs[i])));
        panic!("{name} of {input} is {got}, in Rust {expected}; {} of {} differ", wrong.len(), inputs.len());
    }
}

const MILLION: u32 = 1_000_000;

/// A million random words.
fn words() -> Vec<u32> {
    (0..MILLION / 4).flat_map(|i| random::philox([11, 12], [i, 0, 0, 0])).collect()
}

/// A million floats from `lower` to `upper`, as bits.
fn floats(lower: f32, upper: f32) -> Vec<u32> {
    words().iter().map(|&word| (lower + (upper - lower) * random::uniform(word)).to_bits()).collect()
}

/// A million positive normal floats of every magnitude, as bits.
fn magnitudes() -> Vec<u32> {
    words().iter().map(|&word| 0x0080_0000 + word % (0x7f80_0000 - 0x0080_0000)).collect()
}

#[test]
fn random_words_are_equal() {
    let twin = |word: u32| random::draw([word, !word], [word ^ 5, word >> 3], word << 7, 9);
    let draw = "draw(vec2u(w, ~w), vec2u(w ^ 5u, w >> 3u), w << 7u, PURPOSE_REPAIR)";
    for (lane, axis) in ["x", "y", "z", "w"].iter().enumerate() {
        assert_twins("draw", &words(), &format!("{draw}.{axis}"), |word| twin(word)[lane]);
    }
}

#[test]
fn uniform_threshold_and_normal_are_equal() {
    assert_twins("uniform", &words(), "bitcast<u32>(uniform_of(w))", |w| random::uniform(w).to_bits());
    let mut probabilities = floats(0.0, 1.0);
    probabilities.extend([0.0f32, 1.0, 0.5, 1e-30].map(f32::to_bits));
    assert_twins("threshold", &probabilities, "threshold_of(f)", |w| random::threshold(f32::from_bits(w)));
    for (lane, axis) in ["x", "y"].iter().enumerate() {
        let normal = format!("bitcast<u32>(normal_pair(w, w * 2654435769u).{axis})");
        let twin = |w: u32| random::normal_pair(w, w.wrapping_mul(2_654_435_769))[lane].to_bits();
        assert_twins("normal_pair", &words(), &normal, twin);
    }
}

type Twin = fn(f32) -> f32;

/// A function of math.rs: name, WGSL over `f`, twin, and the inputs that matter to it.
type Case = (&'static str, &'static str, Twin, Vec<u32>);

#[test]
fn elementary_functions_are_equal() {
    let cases: Vec<Case> = vec![
        ("exp", "exact_exp(f)", math::exp, floats(-90.0, 90.0)),
        ("log", "exact_log(f)", math::log, magnitudes()),
        ("log", "exact_log(f)", math::log, floats(0.5, 2.0)),
        ("sine", "sin_cos_turns(f).x", |x| math::sin_cos_turns(x)[0], floats(0.0, 1.0)),
        ("cosine", "sin_cos_turns(f).y", |x| math::sin_cos_turns(x)[1], floats(0.0, 1.0)),
        ("cube_root", "cube_root(f)", math::cube_root, floats(-1.0, 10_000.0)),
        ("radius_of", "radius_of(f)", math::radius_of, floats(0.0, 10_000.0)),
        ("event_probability", "event_probability(f)", math::event_probability, floats(0.0, 0.02)),
        ("event_probability", "event_probability(f)", math::event_probability, floats(0.0, 90.0)),
    ];
    for (name, wgsl, twin, inputs) in cases {
        assert_twins(name, &inputs, &format!("bitcast<u32>({wgsl})"), |w| twin(f32::from_bits(w)).to_bits());
    }
}

#[test]
fn operations_stay_apart() {
    /// Cody and Waite's reduction, which fusing a product with a difference destroys.
    fn reduced(f: f32) -> f32 {
        let n = (f * std::f32::consts::LOG2_E + 0.5).floor();
        (f - n * 0.693_359_4) - n * -2.121_944_4e-4
    }
    const N: &str = "floor(f * 1.44269504088896340736 + 0.5)";
    let reduction = format!("(f - {N} * 0.6933594) - {N} * -2.1219444e-4");
    let cases: [(&str, &str, Twin); 5] = [
        ("a product and a difference", "f * f - f * 1.1", |f| f * f - f * 1.1),
        ("a product and a sum", "f * 1.7 + 0.3", |f| f * 1.7 + 0.3),
        ("Cody and Waite", &reduction, reduced),
        ("Kahan's compensation", "((1000.0 + f) - 1000.0) - f", |f| ((1000.0 + f) - 1000.0) - f),
        ("a root and a quotient", "sqrt(abs(f)) / (f + 0.3)", |f| f.abs().sqrt() / (f + 0.3)),
    ];
    for (name, wgsl, twin) in cases {
        let expression = format!("bitcast<u32>({wgsl})");
        assert_twins(name, &floats(-80.0, 80.0), &expression, |w| twin(f32::from_bits(w)).to_bits());
    }
}

#[test]
fn dispatches_fold() {
    let Some(gpu) = gpu() else { return };
    // 3 workgroups along x stand for the 65,535 of a device; 70,000 need folding on every device.
    for (cells, max_groups_x) in [(1u32, 3u32), (63, 3), (64, 3), (65, 3), (64 * 10 + 1, 3), (64 * 70_000, 32_768)] {
        let input: Vec<u32> = (0..cells).map(|i| i.wrapping_mul(7)).collect();
        let text = map_text("w + i", cells as usize);
        let got = run(&gpu, &text, &[("MAX_GROUPS_X", max_groups_x)], &input, cells, cells as usize);
        let expected: Vec<u32> = (0..cells).map(|i| i.wrapping_mul(8)).collect();
        assert!(got == expected, "{cells} cells, {max_groups_x} groups along x");
    }
}

#[test]
fn indirect_arguments_fold_as_in_rust() {
    let Some(gpu) = gpu() else { return };
    let counts = [0u32, 1, 63, 64, 65, 64 * 5, 64 * 5 + 1, 64 * 11, u32::MAX];
    let text = format!(
        "//#include \"shared/dispatch.wgsl\"\n{HEAD}
         @compute @workgroup_size(1) fn main() {{
         for (var i = 0u; i < {}u; i++) {{
             let it = groups_for(input[i]); out[2u * i] = it.x; out[2u * i + 1u] = it.y;
         }} }}",
        counts.len()
    );
    let got = run(&gpu, &text, &[("MAX_GROUPS_X", 5)], &counts, 1, 2 * counts.len());
    for (i, count) in counts.iter().enumerate() {
        let expected = texpop::device::kernel::fold(count.div_ceil(64), 5);
        assert_eq!(got[2 * i..2 * i + 2], expected, "{count} invocations");
    }
}

#[test]
fn indirect_dispatches_run_what_the_device_wrote() {
    let Some(gpu) = gpu() else { return };
    let text = format!(
        "//#include \"shared/dispatch.wgsl\"\n{HEAD}
         @compute @workgroup_size(1) fn arguments() {{
             let it = groups_for(input[0]); out[0] = it.x; out[1] = it.y; out[2] = it.z;
         }}
         @compute @workgroup_size(WORKGROUP)
         fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {{
             let i = invocation_of(global, groups);
             if i < input[0] {{ out[i] = i; }}
         }}"
    );
    let kernel = Kernel::from_source(&gpu, SHADERS.text("indirect", &text, &[("MAX_GROUPS_X", 3)]).unwrap()).unwrap();
    let mut named = Buffers::new();
    named.create_with(&gpu, "input", bytemuck::bytes_of(&[777u32]), Role::Storage).unwrap();
    named.create_with(&gpu, "out", &[0xff; 4 * 1000], Role::Storage).unwrap();
    named.create(&gpu, "arguments", 12, Role::Indirect).unwrap();
    let write = |name: &str| named.get(if name == "out" { "arguments" } else { name });
    let write = kernel.bind(&gpu, "arguments", &write).unwrap();
    let main = kernel.bind(&gpu, "main", &|name| named.get(name)).unwrap();
    let mut encoder = gpu.encoder("indirect");
    let mut commands = pass(&mut encoder, "indirect");
    write.dispatch(&mut commands, 1);
    main.dispatch_indirect(&mut commands, named.get("arguments").unwrap(), 0);
    drop(commands);
    gpu.submit(encoder);
    let got: Vec<u32> = named.download_as(&gpu, "out", 1000).unwrap();
    let expected: Vec<u32> = (0..1000).map(|i| if i < 777 { i } else { u32::MAX }).collect();
    assert!(got == expected);
}

#[test]
fn wrong_names_name_shader_and_binding() {
    let Some(gpu) = gpu() else { return };
    let kernel = Kernel::load(&gpu, SHADERS, "bandwidth", &[]).unwrap();
    let message = kernel.bind(&gpu, "copy", &|_| None).err().unwrap().to_string();
    assert!(message.contains("shaders/bandwidth.wgsl") && message.contains("copy_source"), "{message}");
    let message = kernel.bind(&gpu, "none", &|_| None).err().unwrap().to_string();
    assert!(message.contains("none") && message.contains("copy"), "{message}");
    assert_eq!(kernel.bindings("copy").collect::<Vec<_>>(), ["copy_source", "copy_target"]);
}

#[test]
fn buffers_of_the_wrong_role_are_refused_by_name() {
    let Some(gpu) = gpu() else { return };
    let kernel = Kernel::load(&gpu, SHADERS, "bandwidth", &[]).unwrap();
    let uniform = buffers::create(&gpu, "the_uniform", 16, Role::Uniform).unwrap();
    let message = kernel.bind(&gpu, "copy", &|_| Some(&uniform)).err().unwrap().to_string();
    assert!(message.contains("shaders/bandwidth.wgsl") && message.contains("the_uniform"), "{message}");
    gpu.check().unwrap();
}

#[test]
fn more_than_eight_storage_buffers_are_refused() {
    let Some(gpu) = gpu() else { return };
    let declarations = (0..9).map(|i| format!("@group(0) @binding({i}) var<storage, read_write> b{i}: array<u32>;\n"));
    let uses: String = (0..9).map(|i| format!("b{i}[0] = 1u;")).collect();
    let text = declarations.collect::<String>() + &format!("@compute @workgroup_size(1) fn main() {{ {uses} }}");
    let message = Kernel::from_source(&gpu, SHADERS.text("nine", &text, &[]).unwrap()).err().unwrap().to_string();
    assert!(message.contains("shaders/nine.wgsl") && message.contains("9 storage buffers"), "{message}");
}

#[test]
fn buffers_over_the_limit_are_refused_with_both_numbers() {
    let Some(gpu) = gpu() else { return };
    let allowed = gpu.description.max_binding_bytes;
    let error = Buffers::new().create(&gpu, "position", allowed + 16, Role::Storage).unwrap_err();
    let message = error.to_string();
    assert_eq!(error.exit_code(), 3);
    for part in ["position", &(allowed + 16).to_string(), &allowed.to_string(), "hint"] {
        assert!(message.contains(part), "{message} lacks {part}");
    }
    let message = buffers::check_memory(&gpu, 1 << 60).unwrap_err().to_string();
    assert!(message.contains("main memory"), "{message}");
    gpu.check().unwrap();
}

#[test]
fn data_comes_back_as_it_went() {
    let Some(gpu) = gpu() else { return };
    // A little more than one piece of 64 MiB.
    let data: Vec<u32> = (0..(65 << 20) / 4).collect();
    let mut named = Buffers::new();
    named.create_with(&gpu, "data", bytemuck::cast_slice(&data), Role::Storage).unwrap();
    assert!(named.download_as::<u32>(&gpu, "data", data.len()).unwrap() == data);
    named.upload(&gpu, "data", 8, bytemuck::bytes_of(&[7u32, 8])).unwrap();
    assert_eq!(named.download(&gpu, "data", 4, 16).unwrap(), bytemuck::cast_slice::<u32, u8>(&[1, 7, 8, 4]));
    named.create(&gpu, "zeros", 5, Role::Storage).unwrap();
    assert_eq!(named.download(&gpu, "zeros", 0, 16).unwrap(), [0; 16]);
}

#[test]
fn readback_comes_in_order() {
    let Some(gpu) = gpu() else { return };
    let mut ring = Ring::new();
    let mut named = Buffers::new();
    named.create(&gpu, "value", 16, Role::Storage).unwrap();
    let mut arrived = Vec::new();
    for tick in 0u32..20 {
        named.upload(&gpu, "value", 0, bytemuck::bytes_of(&[tick, tick * tick])).unwrap();
        let mut encoder = gpu.encoder("readback");
        ring.copy(&gpu, &mut encoder, named.get("value").unwrap(), 0, 8).unwrap();
        gpu.submit(encoder);
        ring.map(tick);
        arrived.extend(ring.collect(&gpu, false).unwrap());
    }
    arrived.extend(ring.collect(&gpu, true).unwrap());
    assert_eq!((ring.in_flight(), arrived.len()), (0, 20));
    for (tick, (tag, bytes)) in arrived.iter().enumerate() {
        let tick = tick as u32;
        assert_eq!((*tag, bytes.as_slice()), (tick, bytemuck::bytes_of(&[tick, tick * tick])));
    }
}

#[test]
fn errors_of_the_device_are_kept_and_do_not_panic() {
    // A device of its own, since its error stays.
    let Some(_one_at_a_time) = gpu() else { return };
    let (Device::Gpu(gpu), notice) = open(&Choice::Software).unwrap() else { panic!("software gave the twins") };
    assert!(notice.contains(&gpu.description.name), "{notice}");
    assert_eq!(gpu.description.kind, Kind::Software);
    gpu.check().unwrap();
    let small = buffers::create(&gpu, "small", 16, Role::Storage).unwrap();
    gpu.queue.write_buffer(&small, 16, &[0; 4]);
    assert_eq!(gpu.check().unwrap_err().exit_code(), 3);
}

#[test]
fn the_loss_of_the_device_is_noticed() {
    let Some(_one_at_a_time) = gpu() else { return };
    let (Device::Gpu(gpu), _) = open(&Choice::Software).unwrap() else { panic!("software gave the twins") };
    gpu.device.destroy();
    let message = gpu.wait().unwrap_err().to_string();
    assert!(message.contains("lost"), "{message}");
}

#[test]
fn choices_are_read_and_refused() {
    assert_eq!("auto".parse::<Choice>().unwrap(), Choice::Auto);
    assert_eq!("RTX 4070".parse::<Choice>().unwrap(), Choice::Named("RTX 4070".to_owned()));
    assert_eq!("".parse::<Choice>().unwrap_err().exit_code(), 2);
    let error = open(&Choice::Named("no such adapter".to_owned())).err().unwrap();
    assert_eq!(error.exit_code(), 3);
    assert!(error.to_string().contains("no such adapter"), "{error}");
    assert!(matches!(open(&Choice::Cpu).unwrap(), (Device::Cpu, _)));
}

#[test]
fn an_adapter_is_found_by_a_part_of_its_name() {
    let Some(known) = gpu() else { return };
    let part = known.description.name[..5].to_uppercase();
    let (Device::Gpu(gpu), _) = open(&Choice::Named(part)).unwrap() else { panic!("a name gave the twins") };
    assert_eq!(gpu.description.name[..5], known.description.name[..5]);
}

#[test]
fn bandwidth_is_a_positive_number() {
    let Some(gpu) = gpu() else { return };
    let rate = texpop::device::bandwidth::bytes_per_s(&gpu).unwrap();
    // From a slow laptop to ten times the fastest memory there is.
    assert!((1e7..1e14).contains(&rate), "{rate}");
}

#[test]
fn passes_are_timed() {
    let Some(gpu) = gpu() else { return };
    let Some(mut profile) = texpop::device::profile::Profile::new(&gpu).unwrap() else { return };
    let kernel = Kernel::load(&gpu, SHADERS, "bandwidth", &[]).unwrap();
    let buffers = ["a", "b"].map(|name| buffers::create(&gpu, name, 16 << 20, Role::Storage).unwrap());
    let copy = kernel.bind(&gpu, "copy", &|name| Some(&buffers[usize::from(name == "copy_target")])).unwrap();
    let start = std::time::Instant::now();
    let mut encoder = gpu.encoder("timed");
    copy.dispatch(&mut profile.pass(&mut encoder, "nothing"), 0);
    copy.dispatch(&mut profile.pass(&mut encoder, "copy"), 1 << 20);
    gpu.submit(encoder);
    let times = profile.collect(&gpu).unwrap();
    let wall_ns = start.elapsed().as_secs_f64() * 1e9;
    assert_eq!(times.iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>(), ["nothing", "copy"]);
    assert!(times[0].1 < times[1].1 && times[1].1 < wall_ns, "{times:?} within {wall_ns} ns");
    assert!(profile.collect(&gpu).unwrap().is_empty());
}

#[test]
fn the_report_lists_the_adapter() {
    let Some(gpu) = gpu() else { return };
    let report = texpop::device::adapter_list::report();
    assert!(report.contains(&gpu.description.name), "{report}");
    assert!(report.contains("a probe of its arithmetic gave the bits of the CPU twins"), "{report}");
}

#[test]
fn the_software_adapter_rounds_as_rust_does() {
    let Some(gpu) = gpu() else { return };
    let exactness = texpop::device::exactness::measure(&gpu).unwrap();
    assert!(exactness.is_exact() && exactness.samples > 10_000, "{exactness:?}");
}
