//! What these tests share: plans of substrates without cells, and solves on either engine.

use crate::fixture::*;
use texpop::cells::Cells;
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

/// Zeros for a plan's voxels.
pub fn zeros(plan: &Plan) -> Values {
    let substrates = plan.substrates.as_ref().unwrap();
    vec![[0.0; 4]; substrates.groups() * plan.tissue_count() * substrates.grid.voxel_count()]
}
