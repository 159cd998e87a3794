//! Steady states of T cells against their stimulation: at a tipping point healthy cells collapse into aggregates and
//! exhaustion, and at another, lower one collapsed cells recover. Between the two a cell stays as it was.
//!
//! Each arm has the parameters that hold at the end of its run, conditions left out. A healthy and a collapsed cell, without
//! variation and with the epigenetic lock frozen, are stepped under each stimulation until they no longer move; that they
//! divide or die is left out, but not that growth dilutes proteins. Steady states do not depend on the length of a step.
//!
//! | | | |
//! |---|---|---|
//! | collapse | the weakest stimulation under which a healthy cell ends exhausted, X > 1/2 | TCR occupancy, 0 to 1 |
//! | recovery | the weakest under which a collapsed cell stays so | same |

use crate::cells::Cells;
use crate::cells::columns::{NO_BOND, column};
use crate::device::Device;
use crate::engine::graph::Graph;
use crate::error::{Error, Result};
use crate::plan::isolated_cells::still;
use crate::plan::{Arm, Geometry, Plan, ProteostasisParameters, TICKS_PER_MIN};
use crate::run::capacity::{Share, engine, estimate};

/// Days until the states no longer move, even near a tipping point.
const DAYS: u32 = 60;
/// A step of an hour.
const STEP_TICKS: u32 = 60 * TICKS_PER_MIN;
/// Stimulations that are tried: from 0 to 1.
pub const LEVELS: usize = 201;

/// What is told of a steady state.
pub const COLUMNS: [&str; 7] = [
    "exhaustion",
    "aggregated_percent",
    "misfolded_percent",
    "stress_chaperones",
    "akt_activity",
    "translation_percent_per_h",
    "killing_capacity",
];
const EXHAUSTION: usize = 0;
/// Place of the aggregates among the columns.
pub const AGGREGATED: usize = 1;

/// Names of the branches: cells that were healthy, and cells that had collapsed.
pub const BRANCHES: [&str; 2] = ["healthy", "collapsed"];

/// The states of a rested and of a collapsed cell (assumed): packs protein, response and programme.
const STARTS: [[[f32; 4]; 3]; 2] = [
    [[0.05, 1.5, 0.15, 0.3], [1.2, 0.9, 0.0, 0.0], [0.0, 0.95, 0.0, 0.6]],
    [[2.0, 7.0, 4.0, 20.0], [0.6, 2.5, 1.0, 1.0], [0.0, 0.0, 1.2, 0.02]],
];

/// The words of a cell that does not vary.
const WITHOUT_VARIATION: [u32; 4] = [0x8000_8000; 4];

/// The steady states of an arm.
#[derive(Clone, Debug)]
pub struct Branches {
    pub arm: String,
    /// \[branch\]\[level\]\[column\].
    pub states: [Vec<[f64; COLUMNS.len()]>; 2],
}

impl Branches {
    /// Collapse and recovery; none where cells of that branch are never exhausted.
    pub fn tipping_points(&self) -> [Option<f64>; 2] {
        [0, 1].map(|branch| {
            let exhausted = self.states[branch].iter().position(|state| state[EXHAUSTION] > 0.5);
            exhausted.map(stimulation)
        })
    }
}

/// TCR occupancy of a level.
pub fn stimulation(level: usize) -> f64 {
    level as f64 / (LEVELS - 1) as f64
}

/// The steady states of the arms of a plan, of cells of the type of this number, which fold proteins.
///
/// # Errors
/// What a run can fail with.
pub fn branches(plan: &Plan, own: usize, device: &Device) -> Result<Vec<Branches>> {
    let swept = swept(plan, own);
    let estimate = estimate(&swept, device, Share::default())?;
    let mut states: Vec<[[f64; COLUMNS.len()]; 2]> = Vec::new();
    for tissues in &estimate.batches {
        let mut engine = engine(device, &swept, tissues.clone(), &estimate)?;
        engine.add(&cells(tissues.len() as u32), false)?;
        let graph = Graph::new(&swept);
        for tick in (0..swept.duration_ticks).step_by(STEP_TICKS as usize) {
            engine.step(tick, &graph.stages(tick, false))?;
        }
        let after = engine.cells()?;
        let mut of_batch = vec![[[f64::NAN; COLUMNS.len()]; 2]; tissues.len()];
        for slot in 0..after.len() {
            let value = |name: &str| column(name).map_or(f64::NAN, |it| after.value(it, slot));
            let id = after.id(slot) as usize;
            of_batch[id / 2][id % 2] = COLUMNS.map(value);
        }
        states.extend(of_batch);
    }
    let of_arm = |(arm, states): (&Arm, &[[[f64; COLUMNS.len()]; 2]])| Branches {
        arm: arm.name.clone(),
        states: [0, 1].map(|branch| states.iter().map(|state| state[branch]).collect()),
    };
    Ok(plan.arms.iter().zip(states.chunks(LEVELS)).map(of_arm).collect())
}

/// Number of the cell type of this name, or of the first, that has proteostasis.
///
/// # Errors
/// `Error::Input` for a plan that is no culture or has no such cells.
pub fn folding_type(plan: &Plan, name: Option<&str>) -> Result<usize> {
    let input = |message: String, hint: &str| Err(Error::Input(format!("error: {message}\n\nhint: {hint}")));
    if plan.domain.geometry != Geometry::Culture {
        return input("a phase diagram is of cells in a culture".into(), "set domain.geometry = \"culture\"");
    }
    let known: Vec<usize> = (0..plan.cell_types.len()).filter(|&own| plan.has_proteostasis_of(own)).collect();
    let own = known.iter().copied().find(|&own| name.is_none_or(|name| plan.cell_types[own].name == name));
    match (own, name) {
        (Some(own), _) => Ok(own),
        (None, None) => input("no cell type has proteostasis".into(), "add [cell_types.NAME.proteostasis]"),
        (None, Some(name)) => {
            let names: Vec<&str> = known.iter().map(|&own| plan.cell_types[own].name.as_str()).collect();
            input(format!("no cell type `{name}` has proteostasis"), &format!("name one of: {}", names.join(", ")))
        }
    }
}

/// A tissue for each arm and level, in which nothing happens but proteostasis.
fn swept(plan: &Plan, own: usize) -> Plan {
    let of_arm = |arm: &Arm| {
        let rows = arm.parameters_at(plan.duration_ticks);
        let row = rows.proteostasis_number(own).map_or_else(Default::default, |number| rows.proteostasis[number]);
        (0..LEVELS).map(move |level| ProteostasisParameters {
            plate_bound_stimulation: stimulation(level) as f32,
            lock_per_h: 0.0,
            variability: 0.0,
            ..row
        })
    };
    let rows: Vec<_> = plan.arms.iter().flat_map(of_arm).collect();
    still(&rows, plan.seeds[..1].to_vec(), STEP_TICKS, DAYS * 1440 * TICKS_PER_MIN)
}

/// A healthy and a collapsed cell in each tissue; their ids tell them apart.
fn cells(tissues: u32) -> Cells {
    let mut cells = Cells::default();
    for (tissue, start) in (0..tissues).flat_map(|tissue| [(tissue, 0), (tissue, 1)]) {
        let place = [0.0f32, 0.0, 0.0, 500.0].map(f32::to_bits);
        let identity = [2 * tissue + start, 0, tissue << 16, NO_BOND];
        cells.push([place, [0; 4], [0; 4], identity, [u32::MAX, 0, 0, 0]]);
        let [protein, response, programme] = STARTS[start as usize];
        cells.protein.push(protein);
        cells.response.push(response);
        cells.programme.push(programme);
        cells.capacity.push([0.0; 4]);
        cells.signal.push([0; 4]);
        cells.variation.push(WITHOUT_VARIATION);
    }
    cells
}
