//! Engines under one name, and what is read off them.

use crate::cells::Cells;
use crate::cells::placement::initial;
use crate::device::Gpu;
use crate::engine::cpu::CpuEngine;
use crate::engine::gpu::GpuEngine;
use crate::engine::graph::Graph;
use crate::engine::interface::Engine;
use crate::error::{Error, Result};
use crate::measure::{Layout, rows};
use crate::plan::Plan;
use std::fmt;
use std::ops::Range;

/// Which engine runs a law.
#[derive(Clone, Copy)]
pub enum On<'a> {
    Twin,
    Adapter(&'a Gpu),
}

impl fmt::Debug for On<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.pick("Twin", "Adapter"))
    }
}

impl On<'_> {
    pub fn is_twin(self) -> bool {
        matches!(self, On::Twin)
    }

    /// One number for the twins, another for adapters, among which are slow ones.
    pub fn pick<T>(self, twin: T, adapter: T) -> T {
        if self.is_twin() { twin } else { adapter }
    }
}

/// An engine with the given cells, handed to `body`.
pub fn with_engine<T>(
    on: On,
    plan: &Plan,
    tissues: Range<usize>,
    cells: &Cells,
    body: impl FnOnce(&mut dyn Engine) -> Result<T>,
) -> Result<T> {
    let mut twin;
    let mut device;
    let engine: &mut dyn Engine = match on {
        On::Twin => {
            twin = CpuEngine::new(plan, tissues)?;
            &mut twin
        }
        On::Adapter(gpu) => {
            device = GpuEngine::new(gpu, plan, tissues, 2 * cells.len() as u32)?;
            &mut device
        }
    };
    engine.add(cells, false)?;
    body(engine)
}

/// Runs all steps from one tick to another.
pub fn advance(engine: &mut dyn Engine, plan: &Plan, ticks: Range<u32>) -> Result<()> {
    let graph = Graph::new(plan);
    for tick in ticks.step_by(plan.clocks.movement_ticks as usize) {
        engine.step(tick, &graph.stages(tick, false))?;
    }
    Ok(())
}

/// Cells at each of the ticks, which ascend.
pub fn cells_at(on: On, plan: &Plan, cells: &Cells, ticks: &[u32]) -> Result<Vec<Cells>> {
    with_engine(on, plan, 0..plan.tissue_count(), cells, |engine| {
        let mut before = 0;
        let look = |&tick: &u32| {
            advance(engine, plan, before..tick)?;
            before = tick;
            engine.cells()
        };
        ticks.iter().map(look).collect()
    })
}

/// A statistic of one cell type: \[tick\]\[tissue\].
pub type Series = Vec<Vec<f64>>;

/// Runs a plan from its placements to the last of the ticks, and reads statistics at each of them: one series for each
/// asked (cell type, statistic).
pub fn series(on: On, plan: &Plan, ticks: &[u32], asked: &[(u32, &str)]) -> Result<Vec<Series>> {
    series_from(on, plan, &all_placed(plan), ticks, asked)
}

/// The same from given cells.
pub fn series_from(on: On, plan: &Plan, cells: &Cells, ticks: &[u32], asked: &[(u32, &str)]) -> Result<Vec<Series>> {
    let count = plan.tissue_count();
    let observations = with_engine(on, plan, 0..count, cells, |engine| {
        let mut before = 0;
        for &tick in ticks {
            advance(engine, plan, before..tick)?;
            engine.observe(tick)?;
            before = tick;
        }
        engine.observations(true)
    })?;
    let layout = Layout::new(plan, count)?;
    let mut all = vec![Series::new(); asked.len()];
    for it in observations {
        let rows = rows(plan, &layout, &it.words, &it.events, it.tick, 0..count as u32)?;
        for (series, &(cell_type, name)) in all.iter_mut().zip(asked) {
            let wanted = rows.iter().filter(|row| row.cell_type == Some(cell_type) && &*row.statistic == name);
            let values: Vec<f64> = wanted.filter_map(|row| row.value).collect();
            if values.len() != count {
                return Err(Error::Failed(format!("{name} of cell type {cell_type} is not there in each tissue")));
            }
            series.push(values);
        }
    }
    Ok(all)
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
