//! Plans in which nothing happens but proteostasis: cells neither move, meet, divide nor die.

use super::parameters::PhaseParameters;
use super::{
    Arm, Boundary, CellType, Clocks, Cohort, Domain, Geometry, Mechanics, Observe, PairParameters, Parameters, Plan,
};
use super::{ProteostasisParameters, Treatment, TypeParameters};
use bytemuck::Zeroable;

/// Never due.
const NEVER: u32 = 1_000_000_000;

/// A plan of one cell type with an arm for each row, stepped at an interval.
pub fn still(rows: &[ProteostasisParameters], seeds: Vec<[u32; 2]>, step_ticks: u32, duration_ticks: u32) -> Plan {
    Plan {
        title: String::new(),
        domain: Domain {
            geometry: Geometry::Culture,
            boundary: Boundary::Closed,
            size_um: [1000.0; 3],
            voxels: [1, 1, 1],
            reach_um: 10.0,
        },
        clocks: Clocks {
            movement_ticks: step_ticks,
            contacts_ticks: step_ticks,
            cycle_ticks: NEVER,
            rules_ticks: NEVER,
            proteostasis_ticks: step_ticks,
            substrates_ticks: step_ticks,
            reorder_ticks: NEVER,
        },
        duration_ticks,
        mechanics: Mechanics::Potentials,
        substrates: None,
        cell_types: vec![CellType {
            name: "t_cell".into(),
            phases: vec!["live".into()],
            traits: Vec::new(),
            is_effector: false,
        }],
        arms: rows.iter().map(|row| arm(*row)).collect(),
        seeds,
        cohort: Cohort::default(),
        observe: Observe {
            every_ticks: step_ticks,
            columns: Vec::new(),
            quantiles: Vec::new(),
            shells: None,
            cytometry: false,
        },
        snapshots: Vec::new(),
        study: None,
        chosen: None,
    }
}

fn arm(row: ProteostasisParameters) -> Arm {
    Arm {
        name: String::new(),
        parameters: parameters(row),
        initial: Vec::new(),
        interventions: Vec::new(),
        conditional: Vec::new(),
        treatment: Treatment::default(),
    }
}

/// The rows of the device of such a cell type. Death by stress is taken out too.
pub fn parameters(row: ProteostasisParameters) -> Parameters {
    let own =
        TypeParameters { volume_um3: 500.0, crowding_pressure: f32::INFINITY, phase_count: 1, ..Zeroable::zeroed() };
    let pair = PairParameters {
        adhesion_reach: 1.0,
        inverse_adhesion_reach: 1.0,
        contact_reach: 1.0,
        full_contact: 1.0,
        ..Zeroable::zeroed()
    };
    let phase = PhaseParameters { stages: 1, ..Zeroable::zeroed() };
    let mut parameters =
        Parameters { types: vec![own], pairs: vec![pair], phases: vec![phase], ..Parameters::default() };
    let row = ProteostasisParameters { death_basal_per_h: 0.0, death_by_stress_per_h: 0.0, ..row };
    parameters.give_proteostasis(0, row);
    parameters
}
