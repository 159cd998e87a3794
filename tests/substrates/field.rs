//! What these tests share: plans of substrates without cells, and solves on either engine.

use crate::fixture::*;
use texpop::cells::Cells;
use texpop::cells::columns::{Fate, NO_BOND};
use texpop::plan::*;
use texpop::steps::engine::Engine;
use texpop::steps::graph::Stage;

pub type Values = Vec<[f32; 4]>;

/// A substrate that passes no face.
pub fn substrate(diffusion: f32, decay: f32, initial: f32) -> Substrate {
    Substrate {
        name: "substrate".into(),
        kind: texpop::scenario::levels::LevelKind::Number,
        diffusion_um2_per_min: diffusion,
        decay_per_min: decay,
        initial,
        is_quasi_steady: false,
        settling_per_min: decay,
        boundary: SubstrateBoundary::NoFlux,
    }
}

/// A plan in which nothing but the substrates changes, every `ticks`.
pub fn field_plan(voxels: [u32; 3], voxel_um: [f32; 3], ticks: u32, cycles: u32, list: Vec<Substrate>) -> Plan {
    let parameters = Parameters {
        types: vec![idle(1.0)],
        pairs: vec![no_pair()],
        phases: vec![phase(0.0, 0, false)],
        ..Parameters::default()
    };
    let plan = plan(culture(1), one_clock(ticks), cell_types(&[1], 0), vec![arm(parameters, vec![])], 1);
    Plan { substrates: Some(Substrates { grid: Grid { voxels, voxel_um }, cycles, list }), ..plan }
}

/// A plan of substrates in a tissue of cells of the given types, which do nothing but by `exchange` (see
/// `Parameters::exchange`), with one clock.
pub fn tissue_plan(
    boundary: Boundary,
    grid: Grid,
    ticks: u32,
    cycles: u32,
    list: Vec<Substrate>,
    types: Vec<TypeParameters>,
    exchange: Vec<ExchangeParameters>,
) -> Plan {
    let size_um = [0, 1, 2].map(|axis| grid.voxels[axis] as f32 * grid.voxel_um[axis]);
    let voxels = domain::voxels(size_um, REACH_UM, Geometry::Tissue);
    let domain = Domain { geometry: Geometry::Tissue, boundary, size_um, voxels, reach_um: REACH_UM };
    let count = types.len();
    let parameters = Parameters {
        types,
        pairs: vec![no_pair(); count * count],
        phases: vec![phase(0.0, 0, false)],
        exchange,
        ..Parameters::default()
    };
    let plan = plan(domain, one_clock(ticks), cell_types(&vec![1; count], 0), vec![arm(parameters, vec![])], 1);
    Plan { substrates: Some(Substrates { grid, cycles, list }), ..plan }
}

/// Farther than cells of these tests reach.
const REACH_UM: f32 = 60.0;

/// A cell at a place.
pub fn cell(id: u32, cell_type: u32, fate: Fate, [x, y, z]: [f32; 3], volume_um3: f32) -> [[u32; 4]; 5] {
    let kind = (fate as u32) << 8 | cell_type << 12;
    let position = [x, y, z, volume_um3].map(f32::to_bits);
    [position, [0; 4], [0; 4], [id, 0, kind, NO_BOND], [0; 4]]
}

/// Concentrations after so many solves from sources and losses that stay as they are.
pub fn solved(on: On, plan: &Plan, source: &Values, loss: &Values, solves: u32) -> Values {
    with_engine(on, plan, 0..plan.tissue_count(), &Cells::default(), |engine| {
        engine.set_exchange(source, loss).unwrap();
        step(engine, solves);
        engine.concentration().unwrap()
    })
}

/// Solves so many times.
pub fn step(engine: &mut dyn Engine, solves: u32) {
    for _ in 0..solves {
        engine.step(0, &[Stage::Diffusion]).unwrap();
    }
}

/// What is left of 1 after so many steps of which each loses x, the rate times the step: backward Euler's in the first,
/// the differences of three levels in the others. `given` comes in with each step.
pub fn left_after(x: f64, given: f64, steps: u32, start: f64) -> f64 {
    let (mut before, mut left) = (start, (start + given) / (1.0 + x));
    for _ in 1..steps {
        (before, left) = (left, (2.0 * left - 0.5 * before + given) / (1.5 + x));
    }
    left
}

/// Zeros for a plan's voxels.
pub fn zeros(plan: &Plan) -> Values {
    let substrates = plan.substrates.as_ref().unwrap();
    vec![[0.0; 4]; substrates.groups() * plan.tissue_count() * substrates.grid.voxel_count()]
}
