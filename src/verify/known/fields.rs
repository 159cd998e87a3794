//! Plans of substrates without cells, and solves of them.

use super::lab::{On, with_engine};
use super::plans::{arm, cell_types, culture, idle, no_pair, one_clock, phase, plan};
use crate::cells::Cells;
use crate::engine::graph::Stage;
use crate::engine::interface::Engine;
use crate::error::Result;
use crate::plan::*;

pub type Values = Vec<[f32; 4]>;

/// A substrate that passes no face.
pub fn substrate(diffusion: f32, decay: f32, initial: f32) -> Substrate {
    Substrate {
        name: "substrate".into(),
        kind: crate::scenario::levels::LevelKind::Number,
        diffusion_um2_per_min: diffusion,
        decay_per_min: decay,
        initial,
        highest_given: 1.0,
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
    Plan {
        substrates: Some(Substrates { grid: Grid { voxels, voxel_um }, cycles: Cycles::always(cycles), list }),
        ..plan
    }
}

/// Concentrations after so many solves from sources and losses that stay as they are.
pub fn solved(on: On, plan: &Plan, source: &Values, loss: &Values, solves: u32) -> Result<Values> {
    with_engine(on, plan, 0..plan.tissue_count(), &Cells::default(), |engine| {
        engine.set_exchange(source, loss)?;
        step(engine, solves)?;
        engine.concentration()
    })
}

/// Solves so many times.
pub fn step(engine: &mut dyn Engine, solves: u32) -> Result<()> {
    (0..solves).try_for_each(|_| engine.step(0, &[Stage::Diffusion, Stage::Balance]))
}

/// What is left of 1 after so many steps of which each loses x, the rate times the step: backward Euler's in the first,
/// the differences of three levels in the others, as far as they leave half of what there is. `given` comes in with each step.
pub fn left_after(x: f64, given: f64, steps: u32, start: f64) -> f64 {
    let (mut before, mut left) = (start, (start + given) / (1.0 + x));
    for _ in 1..steps {
        let beyond = before - 2.0 * left;
        let half = 0.5 * if beyond > 0.0 { (left / beyond).min(1.0) } else { 1.0 };
        (before, left) = (left, ((1.0 + half) * left + half * (left - before) + given) / (1.0 + half + x));
    }
    left
}

/// Zeros for a plan's voxels.
pub fn zeros(plan: &Plan) -> Values {
    let count = |it: &Substrates| it.groups() * plan.tissue_count() * it.grid.voxel_count();
    vec![[0.0; 4]; plan.substrates.as_ref().map_or(0, count)]
}
