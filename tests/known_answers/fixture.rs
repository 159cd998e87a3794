//! What the known answers share: plans by hand, engines under one name, comparisons that say what they expected.

use std::ops::Range;
use std::sync::OnceLock;
use texpop::cells::placement::initial;
use texpop::cells::{Cells, columns::Fate};
use texpop::device::Gpu;
use texpop::plan::*;
use texpop::statistics::{Layout, rows};
use texpop::steps::cpu::CpuEngine;
use texpop::steps::engine::Engine;
use texpop::steps::gpu::GpuEngine;
use texpop::steps::graph::Graph;

pub type Verdict = Result<(), String>;

/// Which engine runs a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Twin,
    Adapter,
}

impl On {
    /// One number for the twins, another for the slower software adapter.
    pub fn pick<T>(self, twin: T, adapter: T) -> T {
        if self == On::Twin { twin } else { adapter }
    }
}

/// Whether there is an adapter to run laws on.
pub fn has_adapter() -> bool {
    adapter().is_some()
}

/// Runs one body on both engines.
pub fn on_both(body: impl Fn(On)) {
    body(On::Twin);
    if has_adapter() {
        body(On::Adapter);
    }
}

/// The software adapter, opened once.
fn adapter() -> Option<&'static Gpu> {
    static ADAPTER: OnceLock<Option<Gpu>> = OnceLock::new();
    ADAPTER.get_or_init(crate::common::software).as_ref()
}

/// An engine with the given cells, handed to `body`.
pub fn with_engine<T>(
    on: On,
    plan: &Plan,
    tissues: Range<usize>,
    cells: &Cells,
    body: impl FnOnce(&mut dyn Engine) -> T,
) -> T {
    let mut twin;
    let mut device;
    let engine: &mut dyn Engine = match on {
        On::Twin => {
            twin = CpuEngine::new(plan, tissues).unwrap();
            &mut twin
        }
        On::Adapter => {
            let gpu = adapter().expect("a test on the adapter runs only where there is one");
            device = GpuEngine::new(gpu, plan, tissues, 2 * cells.len() as u32).unwrap();
            &mut device
        }
    };
    engine.add(cells, false).unwrap();
    body(engine)
}

/// Runs all steps from one tick to another.
pub fn advance(engine: &mut dyn Engine, plan: &Plan, ticks: Range<u32>) {
    let graph = Graph::new(plan);
    for tick in ticks.step_by(plan.clocks.movement_ticks as usize) {
        engine.step(tick, &graph.stages(tick, false)).unwrap();
    }
}

/// Cells at each of the ticks, which ascend.
pub fn cells_at(on: On, plan: &Plan, cells: &Cells, ticks: &[u32]) -> Vec<Cells> {
    with_engine(on, plan, 0..plan.tissue_count(), cells, |engine| {
        let mut before = 0;
        let look = |&tick: &u32| {
            advance(engine, plan, before..tick);
            before = tick;
            engine.cells().unwrap()
        };
        ticks.iter().map(look).collect()
    })
}

/// A statistic of one cell type: \[tick\]\[tissue\].
pub type Series = Vec<Vec<f64>>;

/// Runs a plan from its placements to the last of the ticks, and reads statistics at each of them: one series for each
/// asked (cell type, statistic).
pub fn series(on: On, plan: &Plan, ticks: &[u32], asked: &[(u32, &str)]) -> Vec<Series> {
    series_from(on, plan, &all_placed(plan), ticks, asked)
}

/// The same from given cells.
pub fn series_from(on: On, plan: &Plan, cells: &Cells, ticks: &[u32], asked: &[(u32, &str)]) -> Vec<Series> {
    let count = plan.tissue_count();
    let observations = with_engine(on, plan, 0..count, cells, |engine| {
        let mut before = 0;
        for &tick in ticks {
            advance(engine, plan, before..tick);
            engine.observe(tick).unwrap();
            before = tick;
        }
        engine.observations(true).unwrap()
    });
    let layout = Layout::new(plan, count).unwrap();
    let mut all = vec![Series::new(); asked.len()];
    for it in observations {
        let rows = rows(plan, &layout, &it.words, &it.events, it.tick, 0..count as u32).unwrap();
        for (series, &(cell_type, name)) in all.iter_mut().zip(asked) {
            let wanted = rows.iter().filter(|row| row.cell_type == Some(cell_type) && &*row.statistic == name);
            series.push(wanted.map(|row| row.value.unwrap()).collect());
            assert_eq!(series.last().unwrap().len(), count, "{name} of cell type {cell_type}");
        }
    }
    all
}

/// The cells that the placements of all tissues ask for.
pub fn all_placed(plan: &Plan) -> Cells {
    let mut cells = Cells::default();
    for tissue in 0..plan.tissue_count() {
        let (arm, replicate) = plan.arm_and_replicate(tissue);
        cells.append(&initial(plan, arm, replicate, tissue as u32));
    }
    cells
}

/// Whether a cell is live.
pub fn is_live(cells: &Cells, slot: usize) -> bool {
    cells.identity[slot][2] >> 8 & 15 == Fate::Live as u32
}

/// Compares a number with the one expected. NaN is never close.
pub fn close(what: &str, got: f64, expected: f64, tolerance: f64) -> Verdict {
    let error = (got - expected).abs();
    if error <= tolerance {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:.6}, got {got:.6}, off by {error:.3e}, tolerance {tolerance:.3e}"))
}

/// Compares the mean of a sample with the one expected, to 5·sd/√n.
pub fn mean_close(what: &str, sample: &[f64], expected: f64) -> Verdict {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    let sd = (sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    close(&format!("{what}, {n} replicates"), mean, expected, 5.0 * sd / n.sqrt())
}

/// Holds a law to be kept by the right plan, and to be seen broken by the wrong one.
pub fn kept_and_broken<P>(on: On, law: impl Fn(On, &P) -> Verdict, right: &P, wrong: &P) {
    law(on, right).unwrap_or_else(|error| panic!("{on:?}: {error}"));
    let seen = law(on, wrong).expect_err("a parameter 10 % off must be seen");
    println!("{on:?}: seen as it should be: {seen}");
}

/// Solution of y' = f(y) after a time, by steps of the classical Runge-Kutta rule.
pub fn integrate<const N: usize>(f: impl Fn([f64; N]) -> [f64; N], start: [f64; N], time: f64, steps: u32) -> [f64; N] {
    let h = time / f64::from(steps);
    let along = |y: [f64; N], slope: [f64; N], by: f64| std::array::from_fn(|i| y[i] + by * slope[i]);
    let mut y = start;
    for _ in 0..steps {
        let a = f(y);
        let b = f(along(y, a, h / 2.0));
        let c = f(along(y, b, h / 2.0));
        let d = f(along(y, c, h));
        y = std::array::from_fn(|i| y[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
    }
    y
}

fn zeroed<T: bytemuck::Zeroable>() -> T {
    T::zeroed()
}

/// A cell type that does nothing, with one phase that never ends.
pub fn idle(volume_um3: f32) -> TypeParameters {
    TypeParameters { volume_um3, crowding_pressure: f32::INFINITY, phase_count: 1, ..zeroed() }
}

/// A pair of cell types that do nothing to each other.
pub fn no_pair() -> PairParameters {
    PairParameters {
        adhesion_reach: 1.0,
        inverse_adhesion_reach: 1.0,
        contact_reach: 1.0,
        full_contact: 1.0,
        ..zeroed()
    }
}

/// A phase with exponential duration.
pub fn phase(exit_per_min: f64, next: u32, divides: bool) -> PhaseParameters {
    let exit_per_min = exit_per_min as f32;
    PhaseParameters { exit_per_min, stages: 1, next, divides: u32::from(divides), grows: 0, arrests: 0 }
}

/// Names for the given parameters; the types whose mask bit is set attach to others.
pub fn cell_types(phases: &[u32], effectors: u32) -> Vec<CellType> {
    let named = |(number, &count): (usize, &u32)| CellType {
        name: format!("type_{number}"),
        phases: (0..count).map(|phase| format!("{phase}")).collect(),
        traits: vec![],
        is_effector: effectors >> number & 1 == 1,
    };
    phases.iter().enumerate().map(named).collect()
}

/// Cells of one type, all at the start of their first phase.
pub fn some_cells(cell_type: u32, count: u32, region: Region) -> Placement {
    Placement {
        cell_type,
        arrangement: Arrangement::Random { count, region },
        phase: Some(0),
        traits: vec![],
        history: vec![],
    }
}

/// An arm that starts with the given cells.
pub fn arm(parameters: Parameters, initial: Vec<Placement>) -> Arm {
    Arm {
        name: "only".into(),
        parameters,
        initial,
        interventions: vec![],
        conditional: vec![],
        treatment: Treatment::default(),
    }
}

/// All processes with one clock.
pub fn one_clock(ticks: u32) -> Clocks {
    Clocks {
        movement_ticks: ticks,
        contacts_ticks: ticks,
        cycle_ticks: ticks,
        rules_ticks: ticks,
        proteostasis_ticks: ticks,
        substrates_ticks: ticks,
        reorder_ticks: ticks,
    }
}

/// A well-mixed space of so many buckets.
pub fn culture(buckets: u32) -> Domain {
    Domain {
        geometry: Geometry::Culture,
        boundary: Boundary::Closed,
        size_um: [1000.0; 3],
        voxels: [buckets, 1, 1],
        reach_um: 10.0,
    }
}

/// A plan of one cell type or more.
pub fn plan(domain: Domain, clocks: Clocks, cell_types: Vec<CellType>, arms: Vec<Arm>, replicates: u32) -> Plan {
    Plan {
        title: "known answer".into(),
        domain,
        clocks,
        duration_ticks: 0,
        mechanics: Mechanics::Potentials,
        substrates: None,
        cell_types,
        arms,
        seeds: seeds::seeds(20_261, replicates),
        cohort: Cohort::default(),
        observe: Observe { every_ticks: 1, columns: vec![], quantiles: vec![], shells: None, cytometry: false },
        snapshots: vec![],
        study: None,
        chosen: None,
    }
}
