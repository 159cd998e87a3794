//! Plans by hand.

use crate::plan::*;

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
