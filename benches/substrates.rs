//! Cost of a simulated minute of two substrates, with its error: `cargo bench --bench substrates`.
//!
//! 75³ voxels of 20 um, 20,000 cells of 2494 um³ in a ball take up oxygen (10/min) and secrete a factor (10/min toward
//! 1), for settings of clock and cycles: CPU time of all threads, and the error of mass and values against a solution by
//! short steps and many cycles. Oxygen is held at 38 mmHg at all faces, the factor does not leave. The floor is the
//! bytes that a solve must move (see `bytes_moved`) at the copy bandwidth of one core.

use std::hint::black_box;
use std::time::Instant;
use texpop::plan::{Grid, Substrate, SubstrateBoundary, Substrates};
use texpop::random::{philox, uniform};
use texpop::steps::diffusion::{Fields, bytes_per_tissue};

const EDGE: u32 = 75;
const VOXEL_UM: f32 = 20.0;
const CELLS: u32 = 20_000;
/// Volume of a cell by that of a voxel.
const FILLED: f32 = 2494.0 / (VOXEL_UM * VOXEL_UM * VOXEL_UM);
const ROUNDS: usize = 3;

fn main() {
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
        is_quasi_steady: false,
        boundary,
    };
    let mut oxygen = substrate("oxygen", 1e5, 0.1, 38.0, SubstrateBoundary::Fixed([Some(38.0); 6]));
    oxygen.is_quasi_steady = is_steady;
    let list = vec![oxygen, substrate("factor", 1000.0, 0.016, 0.0, SubstrateBoundary::NoFlux)];
    Substrates { grid: Grid { voxels: [EDGE; 3], voxel_um: [VOXEL_UM; 3] }, cycles, list }
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

fn solve(fields: &mut Fields, solves: usize) {
    (0..solves).for_each(|_| fields.solve());
}

fn minute(is_steady: bool, copy: f64) {
    println!(
        "one minute, {EDGE}³ voxels, {CELLS} cells, oxygen {}",
        if is_steady { "quasi-steady" } else { "transient" }
    );
    let fine = substrates(is_steady, 8);
    let exact = {
        let mut fields = fields(&fine, 1.0 / 64.0);
        solve(&mut fields, 64);
        values(&fields)
    };
    let steady = {
        let mut fields = fields(&fine, 1000.0);
        solve(&mut fields, 60);
        values(&fields)
    };
    for (solves, cycles) in [(40, 1), (20, 1), (10, 1), (10, 2), (5, 2), (1, 2)] {
        let substrates = substrates(is_steady, cycles);
        let mut best = (f64::INFINITY, f64::INFINITY);
        let mut transient = None;
        for _ in 0..ROUNDS {
            let mut fields = fields(&substrates, 1.0 / solves as f64);
            let (wall, cpu) = (Instant::now(), cpu_s());
            solve(&mut fields, solves);
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
    solve(&mut fields, 200);
    let after = errors(&values(&fields), &steady, 38.0);
    println!("  steady state after 200 solves of 2 cycles, 1 min each: {after:.5?} (mass, values; oxygen, factor)\n");
}

/// Bytes that a solve must move in each voxel of the finest grid, coarser ones (1/7) besides, if every array is read or
/// written once by each operation: right side (48), coarse loss (16), and in each cycle two sweeps (64 each), the
/// residual (48) and the correction (32).
fn bytes_moved(cycles: u32) -> f64 {
    (64.0 + f64::from(cycles) * 208.0) * 8.0 / 7.0
}

/// Four substrates on 256³ voxels.
fn large() {
    let mut substrates = substrates(false, 2);
    substrates.grid.voxels = [256; 3];
    substrates.list = [0, 1, 0, 1].map(|it| substrates.list[it].clone()).to_vec();
    let voxels = substrates.grid.voxel_count() as f64;
    let bytes = bytes_per_tissue(&substrates)[0] as f64;
    let mut fields = Fields::with_step(&substrates, 1, 0.1);
    let cpu = cpu_s();
    fields.solve();
    println!(
        "4 substrates on 256³ voxels: {:.1} bytes a voxel, {:.2} GiB; a solve of 2 cycles {:.1} CPU-ns a voxel",
        bytes / voxels,
        bytes / f64::from(1 << 30),
        (cpu_s() - cpu) * 1e9 / voxels
    );
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
