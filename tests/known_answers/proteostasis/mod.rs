//! Proteostasis and exhaustion: cells without noise in a stirred culture, against reference trajectories, against the
//! equations solved by other means in f64, and against the tipping points of the model.

mod cytometry;
mod equations;
mod history;
mod integrator;
mod population;
mod stability;
mod tipping_point;
mod trajectories;

use crate::fixture::*;
use std::ops::Range;
use texpop::cells::Cells;
use texpop::cells::columns::{NO_BOND, column};
use texpop::engine::interface::Engine;
use texpop::plan::*;

/// The states in the order of the reference, and global translation.
pub const NAMES: [&str; 13] = [
    "akt_activity",
    "translation_capacity_percent_per_h",
    "misfolded_percent",
    "aggregated_percent",
    "activation_chaperones",
    "stress_chaperones",
    "stimulation_history",
    "exhaustion",
    "exhaustion_lock",
    "stemness",
    "pd1",
    "effector_programme",
    "translation_percent_per_h",
];

/// Cells without noise that meet IL-2 alone.
pub fn noiseless() -> ProteostasisParameters {
    ProteostasisParameters { variability: 0.0, il2: 1.0, ..Default::default() }
}

/// A culture in which nothing happens but proteostasis: an arm for each of the rows.
pub fn cultures(rows: &[ProteostasisParameters], step_ticks: u32) -> Plan {
    let arms = rows.iter().enumerate().map(|(number, row)| {
        let mut parameters = Parameters {
            types: vec![idle(500.0)],
            pairs: vec![no_pair()],
            phases: vec![phase(0.0, 0, false)],
            ..Parameters::default()
        };
        parameters.give_proteostasis(0, *row);
        Arm { name: format!("{number}"), ..arm(parameters, vec![]) }
    });
    let clocks = Clocks { cycle_ticks: 1_000_000_000, reorder_ticks: 1_000_000_000, ..one_clock(step_ticks) };
    plan(culture(1), clocks, cell_types(&[1], 0), arms.collect(), 1)
}

/// One cell in each tissue.
pub fn one_each(tissues: u32) -> Cells {
    let mut cells = Cells::default();
    for tissue in 0..tissues {
        let place = [0.0f32, 0.0, 0.0, 500.0].map(f32::to_bits);
        cells.push([place, [0; 4], [0; 4], [tissue, 0, tissue << 16, NO_BOND], [u32::MAX, 0, 0, 0]]);
    }
    cells
}

/// A column of a cell.
pub fn value(cells: &Cells, name: &str, cell: usize) -> f64 {
    cells.value(column(name).unwrap(), cell)
}

/// Runs an engine over a span of hours in which the parameters of each arm are changed.
pub fn hours(engine: &mut dyn Engine, plan: &Plan, span: Range<u32>, change: impl Fn(&mut ProteostasisParameters)) {
    for (set, arm) in plan.arms.iter().enumerate() {
        let mut rows = arm.parameters.clone();
        rows.proteostasis.iter_mut().for_each(&change);
        engine.set_parameters(set, &rows).unwrap();
    }
    advance(engine, plan, span.start * 60 * TICKS_PER_MIN..span.end * 60 * TICKS_PER_MIN);
}
