#[path = "../tests/common/mod.rs"]
mod common;
use std::time::Instant;
use texpop::plan::*;
use texpop::steps::{
    cpu::CpuEngine,
    engine::Engine,
    gpu::GpuEngine,
    graph::{Graph, Stage},
};

fn cpu_s() -> f64 {
    let s = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
    (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) / 100.0
}

fn main() {
    let n: u32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let which = std::env::args().nth(2).unwrap();
    let edge = (f64::from(n) * 2300.0).cbrt() as f32;
    let mut plan = common::busy_plan(Geometry::Tissue, Boundary::Closed, Mechanics::Potentials, edge, 1);
    plan.arms.truncate(1);
    plan.clocks = Clocks::FINE;
    let p = &mut plan.arms[0].parameters;
    p.types[0].volume_um3 = 2000.0;
    plan.domain.reach_um = 21.0;
    plan.arms[0].parameters.pairs[2].contact_um = 0.0;
    plan.arms[0].parameters.pairs[2].contact_reach = 1.0;
    plan.domain.voxels = domain::voxels(plan.domain.size_um, 21.0, Geometry::Tissue);
    let mut cells = common::random_cells(&plan, 0..1, n, 0);
    // lattice positions with jitter
    let side = f64::from(n).cbrt().ceil() as u32;
    let h = edge / side as f32;
    for i in 0..n as usize {
        let (x, y, z) = (i as u32 % side, (i as u32 / side) % side, i as u32 / side / side);
        for (a, c) in [x, y, z].into_iter().enumerate() {
            let j = (cells.position[i][a] / edge) * 0.4;
            cells.position[i][a] = (c as f32 + 0.5 + j) * h - edge / 2.0;
        }
        let t = cells.identity[i][2] >> 12 & 15;
        cells.position[i][3] = if t == 0 { 2000.0 } else { 500.0 };
    }
    let graph = Graph::new(&plan);
    let steps = std::env::args().nth(3).map_or(20, |s| s.parse().unwrap());
    if which == "cpu" {
        let mut e = CpuEngine::new(&plan, 0..1).unwrap();
        e.add(&cells, false).unwrap();
        let mut t: std::collections::BTreeMap<&str, (f64, f64)> = Default::default();
        let run = |e: &mut CpuEngine, s: u32, t: &mut std::collections::BTreeMap<&str, (f64, f64)>| {
            for st in graph.stages(s * 10, false) {
                let (a, b) = (Instant::now(), cpu_s());
                e.run(st);
                let r = t.entry(st.name()).or_default();
                r.0 += a.elapsed().as_secs_f64();
                r.1 += cpu_s() - b;
            }
        };
        for s in 0..30 {
            run(&mut e, s, &mut t)
        }
        t.clear();
        let b = cpu_s();
        for s in 30..30 + steps {
            run(&mut e, s, &mut t)
        }
        let c = cpu_s() - b;
        for (k, v) in &t {
            println!(
                "{k:20} wall {:8.1} cpu {:8.1} ns/cell-step",
                v.0 * 1e9 / n as f64 / steps as f64,
                v.1 * 1e9 / n as f64 / steps as f64
            );
        }
        println!(
            "total {:.1} ns/cell-step {:.2} M/core-s",
            c * 1e9 / n as f64 / steps as f64,
            n as f64 * steps as f64 / c / 1e6
        );
    } else {
        let gpu = common::software().unwrap();
        let mut e = GpuEngine::new(&gpu, &plan, 0..1, n + n / 4).unwrap();
        e.add(&cells, false).unwrap();
        for s in 0..30 {
            e.step(s * 10, &graph.stages(s * 10, false)).unwrap();
        }
        e.observations(true).unwrap();
        let b = cpu_s();
        for s in 30..30 + steps {
            e.step(s * 10, &graph.stages(s * 10, false)).unwrap();
        }
        e.observations(true).unwrap();
        let c = cpu_s() - b;
        println!(
            "device total {:.1} ns/cell-step {:.2} M/core-s",
            c * 1e9 / n as f64 / steps as f64,
            n as f64 * steps as f64 / c / 1e6
        );
        let all = graph.stages(500, false);
        let mut last = 0.0;
        for cut in 4..=all.len() {
            let mut st = all[..cut].to_vec();
            if *st.last().unwrap() != Stage::Advance {
                st.push(Stage::Advance);
            }
            let b = cpu_s();
            for s in 0..4 {
                e.step(s * 10, &st).unwrap();
            }
            e.observations(true).unwrap();
            let c = (cpu_s() - b) * 1e9 / n as f64 / 4.0;
            println!("{:20} {:.1}", all[cut - 1].name(), c - last);
            last = c;
        }
        let _ = Stage::Scan;
    }
}
