//! Cost of a step: `cargo bench --bench steps [-- --device software] [-- --cells 10000000] [-- --steps 12]`.
//!
//! For each number of cells a packed tissue of the *fine* preset (one cell in ten a T cell), after a warm-up: CPU time
//! (all threads) a cell-step of the whole step; wall time of each stage, on a device by its own timestamps; bytes a
//! cell; and the floors, which are the bytes that a stage or step must move at the device's measured copy bandwidth.
//! CPU time, since machines are shared; wall time is given beside it. A round of 60 steps holds one cycle step and two
//! reorders, as 6 min of a run do. Then the neighbour-search case "circles".

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;
use texpop::cells::placement;
use texpop::cells::world::World;
use texpop::compile::build;
use texpop::device::{Choice, Device, bandwidth, open};
use texpop::engine::cpu::CpuEngine;
use texpop::engine::gpu::GpuEngine;
use texpop::engine::graph::{Graph, Stage};
use texpop::engine::interface::Engine;
use texpop::plan::Plan;
use texpop::scenario::from_text;

/// Measured rounds, of which median and spread are given; fewer for many cells.
const ROUNDS: usize = 5;
const ROUNDS_OF_MILLIONS: usize = 3;
/// Bytes that the stages of every step must move for each cell: packs and sorting buffers read and written once.
const BYTES_MOVED: [(&str, f64); 5] = [
    ("assign_voxels", 32.0 + 4.0),
    ("scatter", 36.0 + 4.0),
    ("sort_voxels", 44.0 + 28.0),
    // Sorted position and cell; volume, velocity and bond; position and velocity.
    ("mechanics", 16.0 + 8.0 + 48.0 + 32.0),
    ("motility", 48.0 + 32.0),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| arguments.iter().position(|it| it == name).and_then(|place| arguments.get(place + 1));
    let choice: Choice = value("--device").map_or("auto", String::as_str).parse().expect("--device");
    let (device, notice) = open(&choice).expect("a device");
    println!("{notice}");
    let copy = match &device {
        Device::Gpu(gpu) => bandwidth::bytes_per_s(gpu).expect("bandwidth"),
        Device::Cpu => memory_bytes_per_s(),
    };
    println!("copy bandwidth {:.1} GB/s (read and written)\n", copy / 1e9);
    bytes_table();
    let counts = match value("--cells") {
        Some(cells) => vec![cells.parse().expect("--cells")],
        None => vec![10_000, 100_000, 1_000_000],
    };
    for cells in counts {
        let plan = packed_tissue(cells);
        let steps = value("--steps").map_or(60, |steps| steps.parse().expect("--steps"));
        let rounds = if cells > 2_000_000 { ROUNDS_OF_MILLIONS } else { ROUNDS };
        report(&measure(&plan, &device, steps, rounds), copy);
    }
    circles(&device);
}

/// Bytes a cell, buffer by buffer.
fn bytes_table() {
    println!("bytes a cell");
    for (name, bytes) in GpuEngine::bytes_by_buffer(&packed_tissue(1000)) {
        println!("  {name:<16} {bytes:>4}");
    }
    println!(
        "  {:<16} {:>4}   CPU twins {}",
        "all",
        GpuEngine::bytes_per_cell(&packed_tissue(1000)),
        World::bytes_per_cell(&packed_tissue(1000))
    );
    let large = packed_tissue(1_000_000);
    println!("  and 4 bytes for each of {:.2} voxels a cell\n", f64::from(large.domain.voxel_count()) / 1e6);
}

/// With `--rules`: 20 rules on five behaviours of the tumour cells.
fn rules() -> String {
    if !std::env::args().any(|it| it == "--rules") {
        return String::new();
    }
    let behaviours = [
        ("apoptosis", "\"0.01 /h\""),
        ("necrosis", "\"0.01 /h\""),
        ("exit from phase live", "\"0.03 /h\""),
        ("crowding pressure", "2"),
        ("volume relaxation", "\"0.1 /min\""),
    ];
    let signals = [("pressure", "0.5"), ("volume", "\"3000 um^3\""), ("contact with t_cell", "1"), ("age", "\"1 h\"")];
    let rule = |(behaviour, saturation): (&str, &str), (signal, half): (&str, &str)| {
        format!(
            "[[rules]]\ncell_type = \"tumour\"\nsignal = \"{signal}\"\neffect = \"increases\"\n\
             behaviour = \"{behaviour}\"\nsaturation = {saturation}\nhalf_maximum = {half}\nhill_power = 4\n"
        )
    };
    behaviours.iter().flat_map(|&behaviour| signals.map(|signal| rule(behaviour, signal))).collect()
}

/// A cube filled with about so many cells of PhysiCell's default size, packed as its examples are.
fn packed_tissue(cells: u32) -> Plan {
    // A hexagonal packing of spacing s has √2/s³ cells to a volume.
    let spacing_um = 16.0;
    let edge_um = (f64::from(cells) * 0.9 * f64::powi(spacing_um, 3) / 2f64.sqrt()).cbrt().ceil();
    let text = format!(
        r#"
        duration = "10 h"
        preset = "fine"
        [domain]
        geometry = "tissue"
        size = ["{edge_um} um", "{edge_um} um", "{edge_um} um"]
        [cell_types.tumour]
        volume = "2494 um^3"
        cycle = {{ model = "live", rate = "0.018 /h", arrests_when_crowded = true }}
        crowding_pressure = 1.0
        [cell_types.t_cell]
        volume = "500 um^3"
        cycle = {{ model = "none" }}
        motility = {{ speed = "8 um/min", persistence = "2 min", attached_speed_fraction = 0.1 }}
        mechanics = {{ adhesion = "0 um/min" }}
        [[interactions]]
        effector = "t_cell"
        target = "tumour"
        attachment_rate = "0.2 /min"
        contact_reach = 1.0
        detachment_rate = "0.05 /min"
        kill_rate = "0.2 /h"
        [[place]]
        cell_type = "tumour"
        region = "everywhere"
        packing = "hexagonal"
        spacing = "{spacing_um} um"
        [[place]]
        cell_type = "t_cell"
        region = "everywhere"
        count = {}
        [statistics]
        every = "6 min"
        columns = ["volume_um3"]
        {}
        "#,
        cells / 10,
        rules()
    );
    build(&from_text("packed tissue", &text, &[]).expect("a scenario")).expect("a plan")
}

/// What a round costs, in ns a cell-step.
#[derive(Default)]
struct Measured {
    cells: u32,
    cpu_ns: Vec<f64>,
    wall_ns: Vec<f64>,
    /// Wall time of each stage; on a device by its timestamps.
    stages: BTreeMap<String, f64>,
    statistics_cpu_ns: f64,
}

fn measure(plan: &Plan, device: &Device, steps: u32, rounds: usize) -> Measured {
    let cells = placement::initial(plan, 0, 0, 0);
    let mut measured = Measured { cells: cells.len() as u32, ..Measured::default() };
    let graph = Graph::new(plan);
    let mut tick = 0;
    let mut stages = BTreeMap::new();
    let mut run = |engine: &mut Timed, measured: &mut Measured| {
        let (wall, cpu) = (Instant::now(), cpu_s());
        for _ in 0..steps {
            engine.step(tick, &graph.stages(tick, false), &mut stages);
            tick += plan.clocks.movement_ticks;
        }
        engine.finish();
        engine.take_times(&mut stages);
        let per_step = 1e9 / f64::from(measured.cells) / f64::from(steps);
        measured.cpu_ns.push((cpu_s() - cpu) * per_step);
        measured.wall_ns.push(wall.elapsed().as_secs_f64() * per_step);
    };
    let mut engine = match device {
        Device::Cpu => Timed::Twins(Box::new(CpuEngine::new(plan, 0..1).expect("an engine"))),
        Device::Gpu(gpu) => {
            Timed::Device(Box::new(GpuEngine::new(gpu, plan, 0..1, measured.cells * 5 / 4).expect("an engine")))
        }
    };
    engine.time_stages();
    engine.engine().add(&cells, false).expect("room");
    // The first round warms up: caches, shaders, and the jolt of T cells that were placed among tumour cells.
    for round in 0..=rounds {
        run(&mut engine, &mut measured);
        if round == 0 {
            (measured.cpu_ns, measured.wall_ns) = (Vec::new(), Vec::new());
        }
    }
    let cell_steps = f64::from(steps) * (rounds + 1) as f64 * f64::from(measured.cells);
    measured.stages = stages.into_iter().map(|(name, ns): (_, f64)| (name, ns / cell_steps)).collect();
    let cpu = cpu_s();
    for _ in 0..4 {
        engine.engine().observe(tick).expect("statistics");
        engine.finish();
    }
    measured.statistics_cpu_ns = (cpu_s() - cpu) * 1e9 / 4.0 / f64::from(measured.cells);
    measured
}

/// An engine, with the time of each stage where it can be told.
enum Timed<'a> {
    Twins(Box<CpuEngine<'a>>),
    Device(Box<GpuEngine<'a>>),
}

impl Timed<'_> {
    fn engine(&mut self) -> &mut dyn Engine {
        match self {
            Timed::Twins(engine) => engine.as_mut(),
            Timed::Device(engine) => engine.as_mut(),
        }
    }

    fn step(&mut self, tick: u32, stages: &[Stage], times: &mut BTreeMap<String, f64>) {
        match self {
            Timed::Device(engine) => engine.step(tick, stages).expect("a step"),
            Timed::Twins(engine) => stages.iter().for_each(|&stage| {
                let start = Instant::now();
                engine.run(stage);
                *times.entry(stage.name().to_owned()).or_default() += start.elapsed().as_secs_f64() * 1e9;
            }),
        }
    }

    fn time_stages(&mut self) {
        if let Timed::Device(engine) = self
            && !engine.time_stages().expect("a profile")
        {
            println!("this device has no timestamps: no times of stages");
        }
    }

    /// Adds the times that the device has taken of its stages.
    fn take_times(&mut self, times: &mut BTreeMap<String, f64>) {
        if let Timed::Device(engine) = self {
            for (name, ns) in engine.stage_times().expect("times") {
                *times.entry(name).or_default() += ns;
            }
        }
    }

    fn finish(&mut self) {
        black_box(self.engine().observations(true).expect("the steps"));
    }
}

fn report(measured: &Measured, copy: f64) {
    let (cpu, spread) = median_and_spread(&measured.cpu_ns);
    let (wall, wall_spread) = median_and_spread(&measured.wall_ns);
    let bytes: f64 = BYTES_MOVED.iter().map(|it| it.1).sum();
    let floor = bytes / copy * 1e9;
    println!("{} cells", measured.cells);
    println!(
        "  whole step       {cpu:>8.1} ± {spread:.1} CPU-ns a cell-step: {:.2} M cell-steps a core-second",
        1e3 / cpu
    );
    println!(
        "                   {wall:>8.1} ± {wall_spread:.1} ns of wall time, {:.1} times the floor of {floor:.1} ns",
        wall / floor
    );
    for (name, ns) in &measured.stages {
        let floor = BYTES_MOVED.iter().find(|it| it.0 == name).map(|it| it.1 / copy * 1e9);
        let floor =
            floor.map_or(String::new(), |floor| format!(", {:.1} times the floor of {floor:.2} ns", ns / floor));
        println!("  {name:<16} {ns:>8.1} ns of wall time{floor}");
    }
    let share = measured.statistics_cpu_ns / (60.0 * cpu) * 100.0;
    println!(
        "  statistics       {:>8.1} CPU-ns a cell: {share:.2} % of a run that takes them every 60 steps\n",
        measured.statistics_cpu_ns
    );
}

/// The neighbour-search case of FLAME GPU 2's "circles": points at density 1 in a cube, radius of interaction 2, one
/// pass of forces and a move.
fn circles(device: &Device) {
    let count = 1_000_000u32;
    let edge_um = f64::from(count).cbrt();
    let text = format!(
        r#"
        duration = "1 h"
        preset = "fine"
        [domain]
        geometry = "tissue"
        size = ["{edge_um} um", "{edge_um} um", "{edge_um} um"]
        [cell_types.point]
        volume = "4.18879 um^3"
        cycle = {{ model = "none" }}
        mechanics = {{ repulsion = "1 um/min", adhesion = "0 um/min", adhesion_reach = 1.0 }}
        [[place]]
        cell_type = "point"
        region = "everywhere"
        count = {count}
        "#
    );
    let plan = build(&from_text("circles", &text, &[]).expect("a scenario")).expect("a plan");
    let measured = measure(&plan, device, 4, ROUNDS);
    let (wall, spread) = median_and_spread(&measured.wall_ns);
    println!(
        "circles, {count} points: {:.1} ± {:.1} ms a step",
        wall * f64::from(count) / 1e6,
        spread * f64::from(count) / 1e6
    );
}

/// Median and half the range.
fn median_and_spread(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted[sorted.len() / 2], 0.5 * (sorted[sorted.len() - 1] - sorted[0]))
}

/// CPU time of this process so far, all threads, in s.
fn cpu_s() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").expect("CPU time is read from Linux' /proc");
    let fields: Vec<f64> =
        text.rsplit(')').next().unwrap_or("").split_whitespace().map(|it| it.parse().unwrap_or(0.0)).collect();
    // User and system time, in hundredths of a second.
    (fields[11] + fields[12]) / 100.0
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
