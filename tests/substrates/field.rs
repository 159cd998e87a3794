//! What these tests share: plans of substrates without cells, and solves on either engine.

use crate::fixture::*;
use texpop::cells::columns::{Fate, NO_BOND};
use texpop::engine::interface::Engine;
use texpop::plan::*;
use texpop::verify::known::fields;
pub use texpop::verify::known::fields::{Values, field_plan, left_after, substrate, zeros};

/// As in the lab, for tests, which end with the first failure.
pub fn solved(on: On, plan: &Plan, source: &Values, loss: &Values, solves: u32) -> Values {
    fields::solved(on, plan, source, loss, solves).unwrap()
}

/// Same.
pub fn step(engine: &mut dyn Engine, solves: u32) {
    fields::step(engine, solves).unwrap();
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
    Plan { substrates: Some(Substrates { grid, cycles: Cycles::always(cycles), list }), ..plan }
}

/// Farther than cells of these tests reach.
const REACH_UM: f32 = 60.0;

/// A cell at a place.
pub fn cell(id: u32, cell_type: u32, fate: Fate, [x, y, z]: [f32; 3], volume_um3: f32) -> [[u32; 4]; 5] {
    let kind = (fate as u32) << 8 | cell_type << 12;
    let position = [x, y, z, volume_um3].map(f32::to_bits);
    [position, [0; 4], [0; 4], [id, 0, kind, NO_BOND], [0; 4]]
}
