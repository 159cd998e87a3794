//! Cost of a simulated minute of two substrates, with its error: `cargo bench --bench substrates [-- --device software]`.
//!
//! First the stages exchange, diffusion and balance on an engine, from a scenario; then the solver alone, for more
//! settings of clock and cycles.
//!
//! 75³ voxels of 20 um, 20,000 cells of 2494 um³ in a ball take up oxygen (10/min) and secrete a factor (10/min toward
//! 1), for settings of clock and cycles: CPU time of all threads, and the error of mass and values against a solution by
//! short steps and many cycles. Oxygen is held at 38 mmHg at all faces, the factor does not leave. The floor is the
//! bytes that a solve must move (see `bytes_moved`) at the copy bandwidth of one core.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;
use texpop::cells::placement;
use texpop::compile::build;
use texpop::device::{Choice, Device, Gpu, bandwidth, open};
use texpop::engine::cpu::CpuEngine;
use texpop::engine::gpu::GpuEngine;
use texpop::engine::graph::Stage;
use texpop::engine::interface::Engine;
use texpop::fields::{Fields, bytes_per_tissue};
use texpop::plan::{Cycles, Grid, Plan, Substrate, SubstrateBoundary, Substrates};
use texpop::random::{philox, uniform};
use texpop::scenario::from_text;

const EDGE: u32 = 75;
const VOXEL_UM: f32 = 20.0;
const CELLS: u32 = 20_000;
/// Volume of a cell by that of a voxel.
const FILLED: f32 = 2494.0 / (VOXEL_UM * VOXEL_UM * VOXEL_UM);
const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| arguments.iter().position(|it| it == name).and_then(|place| arguments.get(place + 1));
    let choice: Choice = value("--device").map_or("cpu", String::as_str).parse().expect("--device");
    let (device, notice) = open(&choice).expect("a device");
    println!("{notice}");
    if let Device::Gpu(gpu) = &device {
        let copy = bandwidth::bytes_per_s(gpu).expect("bandwidth");
        println!("copy bandwidth of the device {:.1} GB/s (read and written)", copy / 1e9);
        (1..=2).for_each(|cycles| stages_of_device(gpu, cycles, copy));
        return;
    }
    stages_of_twins();
    let copy = memory_bytes_per_s();
    println!("copy bandwidth of one core {:.1} GB/s (read and written)\n", copy / 1e9);
    for is_steady in [false, true] {
        minute(is_steady, copy);
    }
    large();
}

fn substrates(is_steady: bool, cycles: u32) -> Substrates {
    let substrate = |name: &str, diffusion, decay, initial, boundary| Substrate {
        name: name.into(),
        kind: texpop::scenario::levels::LevelKind::Number,
        diffusion_um2_per_min: diffusion,
        decay_per_min: decay,
        initial,
        highest_given: 1.0,
        is_quasi_steady: false,
        settling_per_min: decay + 0.74 * 10.0 * FILLED,
        boundary,
    };
    let mut oxygen = substrate("oxygen", 1e5, 0.1, 38.0, SubstrateBoundary::Fixed([Some(38.0); 6]));
    oxygen.is_quasi_steady = is_steady;
    let list = vec![oxygen, substrate("factor", 1000.0, 0.016, 0.0, SubstrateBoundary::NoFlux)];
    Substrates { grid: Grid { voxels: [EDGE; 3], voxel_um: [VOXEL_UM; 3] }, cycles: Cycles::always(cycles), list }
}

const STAGES: [Stage; 3] = [Stage::Exchange, Stage::Diffusion, Stage::Balance];
/// Solves in a minute at a clock of 0.2 min.
const SOLVES: usize = 5;

/// The same load as a scenario.
fn plan(cycles: u32) -> Plan {
    let text = format!(
        r#"
        duration = "1 h"
        preset = "fine"
        [clocks]
        substrates = "0.2 min"
        [domain]
        geometry = "tissue"
        size = ["1500 um", "1500 um", "1500 um"]
        [diffusion]
        cycles = {cycles}
        [substrates.factor]
        use = "immunostimulatory_factor"
        [substrates.oxygen]
        use = "oxygen"
        quasi_steady = false
        [cell_types.tumour]
        volume = "2494 um^3"
        [cell_types.tumour.substrates]
        oxygen = {{ uptake = "10 /min" }}
        factor = {{ secretion = "10 /min", target = 1 }}
        [[place]]
        cell_type = "tumour"
        region = "ball"
        radius = "386 um"
        count = {CELLS}
        "#
    );
    build(&from_text("two substrates", &text, &[]).expect("a scenario")).expect("a plan")
}

/// Values of both substrates, [oxygen, factor][voxel].
fn levels(engine: &mut dyn Engine) -> [Vec<f64>; 2] {
    let values = engine.concentration().expect("levels");
    [1, 0].map(|lane| values.iter().map(|it| f64::from(it[lane])).collect())
}

fn stages_of_twins() {
    println!("one minute of the stages on CPU twins, {EDGE}³ voxels, {CELLS} cells");
    let mut fine = plan(8);
    fine.clocks.substrates_ticks = 1;
    let cells = placement::initial(&fine, 0, 0, 0);
    let exact = {
        let mut engine = CpuEngine::new(&fine, 0..1).expect("an engine");
        engine.add(&cells, false).expect("room");
        (0..100).for_each(|_| engine.step(0, &STAGES).expect("a step"));
        levels(&mut engine)
    };
    for cycles in 1..=2 {
        let plan = plan(cycles);
        let mut best = [f64::INFINITY; 3];
        let mut off = None;
        for _ in 0..ROUNDS {
            let mut engine = CpuEngine::new(&plan, 0..1).expect("an engine");
            engine.add(&cells, false).expect("room");
            let mut spent = [0.0; 3];
            for _ in 0..SOLVES {
                for (stage, spent) in STAGES.into_iter().zip(&mut spent) {
                    let cpu = cpu_s();
                    engine.run(stage);
                    *spent += cpu_s() - cpu;
                }
            }
            best = std::array::from_fn(|i| spent[i].min(best[i]));
            off = Some(errors(&levels(&mut engine), &exact, 38.0));
        }
        let [exchange, diffusion, balance] = best;
        let [oxygen, factor] = off.expect("a round").map(|it| it.map(|part| 100.0 * part));
        println!(
            "  {cycles} cycles: exchange {exchange:.3}, diffusion {diffusion:.3}, balance {balance:.3}: {:.3} CPU-s; error in % of mass and values: oxygen {oxygen:.2?}, factor {factor:.2?}",
            exchange + diffusion + balance
        );
    }
}

/// Time of each stage by the device's own clock, and what the solver moves by the bandwidth measured.
fn stages_of_device(gpu: &Gpu, cycles: u32, copy: f64) {
    let plan = plan(cycles);
    let cells = placement::initial(&plan, 0, 0, 0);
    let mut engine = GpuEngine::new(gpu, &plan, 0..1, CELLS * 2).expect("an engine");
    let is_timed = engine.time_stages().expect("a profile");
    engine.add(&cells, false).expect("room");
    let minute = |engine: &mut GpuEngine| {
        let cpu = cpu_s();
        (0..SOLVES).for_each(|_| engine.step(0, &STAGES).expect("a step"));
        black_box(engine.observations(true).expect("the steps"));
        cpu_s() - cpu
    };
    minute(&mut engine);
    if is_timed {
        engine.stage_times().expect("times");
    }
    let cpu = minute(&mut engine);
    println!("one minute of the stages on the device, {EDGE}³ voxels, {CELLS} cells, {cycles} cycles: {cpu:.3} CPU-s");
    let mut times: BTreeMap<String, f64> = BTreeMap::new();
    let timed = if is_timed { engine.stage_times().expect("times") } else { Vec::new() };
    timed.into_iter().for_each(|(name, ns)| *times.entry(name).or_default() += ns);
    for (name, ns) in &times {
        println!("  {name:<10} {:.3} ms", ns / 1e6);
    }
    if let Some(ns) = times.get("diffusion") {
        let moved = SOLVES as f64 * bytes_moved(cycles) * f64::from(EDGE).powi(3) / (ns * 1e-9);
        println!("  diffusion moves {:.1} GB/s, {:.2} of the copy bandwidth", moved / 1e9, moved / copy);
    }
}

/// Fields with cells in a ball as dense as a tissue: about one a voxel and a half.
fn fields(substrates: &Substrates, step_min: f64) -> Fields {
    let mut fields = Fields::with_step(substrates, 1, step_min);
    let radius = f32::cbrt(CELLS as f32 * 1.5 * 3.0 / (4.0 * std::f32::consts::PI));
    let mut placed = 0;
    for try_number in 0.. {
        let words = philox([1, 2], [try_number, 0, 0, 0]);
        let at: [f32; 3] = std::array::from_fn(|axis| (2.0 * uniform(words[axis]) - 1.0) * radius);
        if at.iter().map(|x| x * x).sum::<f32>() > radius * radius {
            continue;
        }
        let voxel = at.map(|x| (x + 0.5 * EDGE as f32) as u32);
        let place = substrates.place(0, 0, 1, voxel);
        fields.loss[place][0] += 10.0 * FILLED;
        fields.loss[place][1] += 10.0 * FILLED;
        fields.source[place][1] += 10.0 * FILLED;
        placed += 1;
        if placed == CELLS {
            return fields;
        }
    }
    fields
}

/// Values of both substrates, [substrate][voxel].
fn values(fields: &Fields) -> [Vec<f64>; 2] {
    let fine = &fields.concentration[..fields.source.len()];
    [0, 1].map(|lane| fine.iter().map(|it| f64::from(it[lane])).collect())
}

/// Relative error of the mass (of what oxygen lacks, of the factor there is), and of the values in the mean square.
fn errors(got: &[Vec<f64>; 2], exact: &[Vec<f64>; 2], full: f64) -> [[f64; 2]; 2] {
    [0, 1].map(|lane| {
        let zero = if lane == 0 { full } else { 0.0 };
        let mass = |it: &[f64]| it.iter().map(|c| (c - zero).abs()).sum::<f64>();
        let square = |f: &dyn Fn(usize) -> f64| (0..got[lane].len()).map(|i| f(i).powi(2)).sum::<f64>();
        let off = square(&|i| got[lane][i] - exact[lane][i]) / square(&|i| exact[lane][i] - zero);
        [mass(&got[lane]) / mass(&exact[lane]) - 1.0, off.sqrt()]
    })
}

/// Solves, each with its balance, by which the next one is of second order.
fn solve(fields: &mut Fields, solves: usize, cycles: u32) {
    for _ in 0..solves {
        fields.solve(cycles);
        fields.turn_over();
    }
}

fn minute(is_steady: bool, copy: f64) {
    println!(
        "one minute, {EDGE}³ voxels, {CELLS} cells, oxygen {}",
        if is_steady { "quasi-steady" } else { "transient" }
    );
    let fine = substrates(is_steady, 4);
    let exact = {
        let mut fields = fields(&fine, 1.0 / 128.0);
        solve(&mut fields, 128, 4);
        values(&fields)
    };
    let steady = {
        let mut fields = fields(&fine, 1000.0);
        solve(&mut fields, 60, 4);
        values(&fields)
    };
    for (solves, cycles) in [(20, 2), (10, 1), (10, 2), (10, 4), (5, 1), (5, 2), (5, 4), (1, 2)] {
        let substrates = substrates(is_steady, cycles);
        let mut best = (f64::INFINITY, f64::INFINITY);
        let mut transient = None;
        for _ in 0..ROUNDS {
            let mut fields = fields(&substrates, 1.0 / solves as f64);
            let (wall, cpu) = (Instant::now(), cpu_s());
            solve(&mut fields, solves, cycles);
            best = (best.0.min(cpu_s() - cpu), best.1.min(wall.elapsed().as_secs_f64()));
            transient = Some(black_box(values(&fields)));
        }
        let after = errors(&transient.expect("a round"), &exact, 38.0);
        let percent = |[mass, off]: [f64; 2]| format!("{:>7.3} {:>7.3}", 100.0 * mass, 100.0 * off);
        let floor = solves as f64 * bytes_moved(cycles) * f64::from(EDGE).powi(3) / copy;
        println!(
            "  {solves:>3} solves of {cycles} cycles: {:.3} CPU-s, {:.3} s, floor {floor:.3} CPU-s; error in % of mass and values: oxygen {}  factor {}",
            best.0,
            best.1,
            percent(after[0]),
            percent(after[1])
        );
    }
    let mut fields = fields(&substrates(is_steady, 2), 1.0);
    solve(&mut fields, 200, 2);
    let after = errors(&values(&fields), &steady, 38.0);
    println!("  steady state after 200 solves of 2 cycles, 1 min each: {after:.5?} (mass, values; oxygen, factor)\n");
}

/// Bytes that a solve must move in each voxel of the finest grid, coarser ones (1/7) besides, if every array is read or
/// written once by each operation: right side and guess (96), coarse loss (16), and in each cycle two sweeps (64 each), the
/// residual (48) and the correction (32); and in its balance, on the finest grid alone, levels before and after, sources and losses
/// (64).
fn bytes_moved(cycles: u32) -> f64 {
    (112.0 + f64::from(cycles) * 208.0) * 8.0 / 7.0 + 64.0
}

/// Four substrates on 256³ voxels.
fn large() {
    let mut substrates = substrates(false, 2);
    substrates.grid.voxels = [256; 3];
    substrates.list = [0, 1, 0, 1].map(|it| substrates.list[it].clone()).to_vec();
    let voxels = substrates.grid.voxel_count() as f64;
    let bytes = bytes_per_tissue(&substrates)[0] as f64;
    let before = resident_bytes();
    let mut fields = Fields::with_step(&substrates, 1, 0.1);
    let cpu = cpu_s();
    fields.solve(2);
    println!(
        "4 substrates on 256³ voxels: {:.1} bytes a voxel, {:.2} GiB, of which resident {:.3} besides the cells' lists; a solve of 2 cycles {:.1} CPU-ns a voxel",
        bytes / voxels,
        bytes / f64::from(1 << 30),
        (resident_bytes() - before) / (bytes - 4.0 * voxels),
        (cpu_s() - cpu) * 1e9 / voxels
    );
    black_box(fields);
}

/// Memory of this process that is resident, in bytes.
fn resident_bytes() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("memory is read from Linux' /proc");
    let kib = text.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().split(' ').next()?.parse().ok());
    1024.0 * kib.unwrap_or(f64::NAN)
}

/// CPU time of this process so far, all threads, in s.
fn cpu_s() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").expect("CPU time is read from Linux' /proc");
    let of = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(path.join("schedstat")).unwrap_or_default();
        text.split_whitespace().next().and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0)
    };
    threads.flatten().map(|thread| of(thread.path())).sum::<f64>() / 1e9
}

/// Bytes a second that one core reads and writes when it copies.
fn memory_bytes_per_s() -> f64 {
    let from = vec![1u64; 1 << 24];
    let mut to = vec![0u64; 1 << 24];
    let times = (0..5).map(|_| {
        let start = Instant::now();
        black_box(&mut to).copy_from_slice(black_box(&from));
        start.elapsed().as_secs_f64()
    });
    2.0 * 8.0 * f64::from(1 << 24) / times.fold(f64::INFINITY, f64::min)
}
