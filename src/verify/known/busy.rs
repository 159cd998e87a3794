//! A plan in which everything happens at once, and cells at random for it.

use super::random_rules::random_rules;
use crate::cells::Cells;
use crate::cells::columns::{NO_BOND, PHASE_ONE};
use crate::plan::rules::Rules;
use crate::plan::*;
use crate::random::{philox, uniform};

/// At least as far as any two cells of `busy_plan` act on each other.
const REACH_UM: f32 = 24.0;

fn zeroed<T: bytemuck::Zeroable>() -> T {
    T::zeroed()
}

/// A tumour cell that grows, divides in two phases, dies and takes hits.
fn tumour(dimensions: u32) -> TypeParameters {
    TypeParameters {
        volume_um3: 1500.0,
        volume_relaxation_per_min: 0.02,
        crowding_pressure: 1.0,
        attachment_sites: 2,
        apoptosis_per_min: 2e-3,
        necrosis_per_min: 1e-3,
        apoptosis_removal_per_min: 0.05,
        apoptosis_is_fixed: 1,
        apoptosis_volume_fraction: 0.2,
        apoptosis_volume_relaxation_per_min: 0.05,
        necrosis_removal_per_min: 0.02,
        necrosis_volume_fraction: 1.2,
        necrosis_volume_relaxation_per_min: 0.01,
        lethal_hits: 3,
        hit_repair_per_min: 0.05,
        phase_count: 2,
        trait_first_scales: 4 | 8,
        trait_first_zero_at: 0.5,
        trait_first_slope: 0.66,
        trait_first_maximum: 1.0,
        trait_second_scales: 1,
        trait_second_slope: 1.0,
        trait_second_maximum: 3.0,
        is_immunogenic: 1,
        antigen: 0.9,
        antigen_loss: 0.1,
        mhc1: 0.4,
        mhc1_induced: 1.0,
        mhc1_relaxation_per_min: 0.1,
        pd_l1: 0.17,
        pd_l1_induced: 1.0,
        pd_l1_relaxation_per_min: 0.05,
        inducer: if dimensions > 0 { 2 } else { 0 },
        inducer_half: 0.3,
        ..zeroed()
    }
}

/// A T cell that walks.
fn t_cell(step_min: f64, dimensions: u32) -> TypeParameters {
    let decay = (-step_min / 2.0f64).exp();
    let kick = (1.0 - decay * decay).sqrt();
    let shared = 2.0 * (1.0 - decay) * (1.0 - decay) / kick;
    let variance = 2.0 * (2.0 * step_min - 2.0 * (3.0 - 4.0 * decay + decay * decay));
    TypeParameters {
        volume_um3: 500.0,
        volume_relaxation_per_min: 0.02,
        crowding_pressure: f32::INFINITY,
        speed_um_per_min: if dimensions > 0 { 8.0 } else { 0.0 },
        attached_speed_fraction: 0.1,
        bias: 0.2,
        gradient_substrate: if dimensions > 0 { 2 } else { 0 },
        gradient_sign: 1.0,
        bias_x: 0.6,
        bias_y: 0.8,
        walk_decay: decay as f32,
        walk_kick: kick as f32,
        walk_travel_min: (2.0 * (1.0 - decay)) as f32,
        walk_shared_min: shared as f32,
        walk_own_min: (variance - shared * shared).max(0.0).sqrt() as f32,
        apoptosis_per_min: 1e-3,
        lifespan_min: 12.0,
        lifespan_shape: 0.2,
        apoptosis_removal_per_min: 0.1,
        apoptosis_volume_fraction: 0.1,
        apoptosis_volume_relaxation_per_min: 0.05,
        first_phase: 2,
        phase_count: 1,
        divides_by_proteostasis: 1,
        trait_first_scales: 16 | 32,
        trait_first_slope: 1.0,
        trait_first_maximum: 2.0,
        ifn_gamma: if dimensions > 0 { 2 } else { 0 },
        ifn_gamma_um3_per_min: 900.0,
        il2: if dimensions > 0 { 5 } else { 0 },
        il2_um3_per_min: 700.0,
        il2_half: 0.5,
        ..zeroed()
    }
}

fn parameters(step_min: f64, dimensions: u32) -> Parameters {
    let push = |repulsion: f32, adhesion: f32| PairParameters {
        repulsion_um_per_min: repulsion,
        adhesion_um_per_min: adhesion,
        adhesion_reach: 1.25,
        inverse_adhesion_reach: 0.8,
        full_contact: 1.0,
        ..zeroed()
    };
    let attack = PairParameters {
        elastic_per_min: 0.01,
        attachment_per_min: 0.4,
        contact_um: 1.0,
        contact_reach: 1.05,
        attraction_per_min: 0.05,
        attraction_from_um: 8.0,
        attraction_to_um: 13.0,
        full_contact: 0.8,
        detachment_per_min: 0.05,
        kill_per_min: 0.02,
        hits_per_min: 0.2,
        reference_killing: 0.02,
        transition_per_min: 0.004,
        ..push(8.0, 0.0)
    };
    let mut parameters = Parameters {
        types: vec![tumour(dimensions), t_cell(step_min, dimensions)],
        pairs: vec![
            push(10.0, 0.4),
            PairParameters { elastic_per_min: 0.01, transition_per_min: 0.002, ..push(8.0, 0.0) },
            attack,
            push(5.0, 0.0),
        ],
        rules: Rules::default(),
        exchange: if dimensions > 0 { exchange() } else { vec![] },
        proteostasis: vec![],
        phases: vec![
            PhaseParameters { exit_per_min: 0.02, stages: 0, next: 1, divides: 0, grows: 0, arrests: 1 },
            PhaseParameters { exit_per_min: 0.03, stages: 3, next: 0, divides: 1, grows: 1, arrests: 0 },
            PhaseParameters { exit_per_min: 0.9, stages: 1, next: 0, divides: 1, grows: 1, arrests: 0 },
        ],
    };
    let stimulated = ProteostasisParameters {
        plate_bound_stimulation: 0.7,
        costimulation: 0.5,
        il2: 0.8,
        pd_l1: 0.4,
        tcr_on_time_h: 0.02,
        tcr_off_time_h: 0.1,
        tonic_signal: 0.1,
        tcr_inhibition: 0.05,
        misfolding_by_analogue: 0.5,
        division_of_blasts_per_h: 5.0,
        death_basal_per_h: 0.1,
        ..Default::default()
    };
    parameters.give_proteostasis(1, stimulated);
    parameters.rules = random_rules(&parameters, dimensions > 0, 5);
    parameters
}

/// Five substrates in two groups, with every kind of boundary.
fn substrates(domain: &Domain) -> Substrates {
    let held = SubstrateBoundary::Held { beyond_um: 0.55 * domain.size_um[0], value: 38.0 };
    let fixed = SubstrateBoundary::Fixed([Some(1.0), None, None, Some(2.0), None, None]);
    let list = [
        ("oxygen", 1e5, 0.1, 38.0, true, held),
        ("factor", 1000.0, 0.016, 0.0, false, SubstrateBoundary::NoFlux),
        ("joined", 500.0, 0.5, 0.3, false, SubstrateBoundary::Periodic),
        ("slow", 10.0, 0.0, 1.0, false, SubstrateBoundary::NoFlux),
        ("fixed", 3000.0, 2.45, 0.0, true, fixed),
    ];
    let list = list.map(|(name, diffusion_um2_per_min, decay_per_min, initial, is_quasi_steady, boundary)| Substrate {
        name: name.into(),
        kind: crate::scenario::levels::LevelKind::Number,
        diffusion_um2_per_min,
        decay_per_min,
        initial,
        highest_given: 1.0,
        is_quasi_steady,
        settling_per_min: decay_per_min,
        boundary,
    });
    let along = |axis: usize| (domain.size_um[axis] / 17.0).ceil() as u32;
    let voxels = [along(0), along(1), if domain.dimensions() == 2 { 1 } else { along(2) }];
    let voxel_um = [0, 1, 2].map(|axis| domain.size_um[axis] / voxels[axis] as f32);
    Substrates { grid: Grid { voxels, voxel_um }, cycles: Cycles::always(1), list: list.to_vec() }
}

/// Both types take up oxygen, tumour cells secrete the factor, T cells what is slow and joined.
fn exchange() -> Vec<ExchangeParameters> {
    let mut rows = vec![zeroed::<ExchangeParameters>(); 2 * 8];
    let row = |secretion_per_min, target, uptake_per_min| ExchangeParameters {
        secretion_per_min,
        target,
        uptake_per_min,
        dead_secretion: 0.2,
        dead_uptake: 0.1,
    };
    (rows[0], rows[1], rows[4]) = (row(0.0, 0.0, 10.0), row(10.0, 1.0, 0.0), row(0.0, 0.0, 0.5));
    (rows[8], rows[10], rows[11]) = (row(0.0, 0.0, 1.0), row(0.3, 2.0, 0.4), row(2.0, 5.0, 0.0));
    rows
}

/// A plan in which everything happens fast: two arms that differ in the kill rate and in the law of hits, `replicates`
/// each.
pub fn busy_plan(geometry: Geometry, boundary: Boundary, mechanics: Mechanics, edge_um: f32, replicates: u32) -> Plan {
    let size_um = [edge_um, edge_um, if geometry == Geometry::Layer { 20.0 } else { edge_um }];
    let buckets = ((edge_um / 20.0) as u32).pow(2);
    let voxels = match geometry {
        Geometry::Culture => [buckets, 1, 1],
        _ => domain::voxels(size_um, REACH_UM, geometry),
    };
    let domain = Domain { geometry, boundary, size_um, voxels, reach_um: REACH_UM };
    let clocks = Clocks {
        movement_ticks: 10,
        contacts_ticks: 20,
        cycle_ticks: 100,
        rules_ticks: 50,
        proteostasis_ticks: 50,
        substrates_ticks: 20,
        reorder_ticks: 50,
    };
    let base = parameters(0.1, domain.dimensions());
    let mut gentle = base.clone();
    gentle.phases[2].stages = crate::plan::parameters::BY_AGE;
    gentle.pairs[2].kill_per_min = 0.005;
    gentle.pairs[2].ignores_mhc1 = 1;
    gentle.pairs[2].arrests_cycle = 1;
    gentle.types[0] = TypeParameters {
        lethal_hits: 0,
        hit_repair_per_min: 0.0,
        damage_decay_per_min: 0.05,
        damage_hazard_per_min: 0.02,
        damage_power: 3,
        ..gentle.types[0]
    };
    let arm = |name: &str, parameters| Arm {
        name: name.into(),
        parameters,
        initial: vec![],
        interventions: vec![],
        conditional: vec![],
        treatment: Treatment::default(),
    };
    let cell_type = |name: &str, phases: &[&str], is_effector| CellType {
        name: name.into(),
        phases: phases.iter().map(|it| it.to_string()).collect(),
        traits: vec!["first".into()],
        is_effector,
    };
    Plan {
        title: "everything at once".into(),
        domain,
        clocks,
        duration_ticks: 1000,
        mechanics,
        substrates: (geometry != Geometry::Culture).then(|| substrates(&domain)),
        cell_types: vec![cell_type("tumour", &["rest", "growth"], false), cell_type("t_cell", &["live"], true)],
        arms: vec![arm("kill", base), arm("gentle", gentle)],
        seeds: (0..replicates).map(|r| [r + 7, 99]).collect(),
        cohort: Cohort::default(),
        observe: Observe {
            every_ticks: 500,
            columns: vec!["volume_um3", "pressure"],
            quantiles: vec![0.25, 0.5],
            shells: None,
            cytometry: true,
        },
        snapshots: vec![],
        study: None,
        chosen: None,
    }
}

/// Random live cells, a fifth of them T cells, spread over the tissues of a plan.
pub fn random_cells(plan: &Plan, tissues: std::ops::Range<usize>, count: u32, salt: u32) -> Cells {
    let mut cells = Cells::default();
    for i in 0..count {
        let tissue = i % tissues.len() as u32;
        let (_, replicate) = plan.arm_and_replicate(tissues.start + tissue as usize);
        let [a, b, c, d] = philox(plan.seeds[replicate], [i / tissues.len() as u32, salt, 0, 0]);
        let [e, f, g, h] = philox(plan.seeds[replicate], [i / tissues.len() as u32, salt, 1, 0]);
        let cell_type = u32::from(a % 5 == 0);
        let place = |word: u32, axis: usize| {
            let is_flat = plan.domain.dimensions() < 3 && (axis == 2 || plan.domain.dimensions() == 0);
            if is_flat { 0.0 } else { (uniform(word) - 0.5) * plan.domain.size_um[axis] }
        };
        let volume = if cell_type == 0 { 1500.0 } else { 500.0 } * (1.0 + 0.3 * uniform(d));
        let position = [place(a, 0), place(b, 1), place(c, 2), volume];
        let flat = if plan.domain.dimensions() < 3 { 0.0 } else { 1.0 };
        let motility = [uniform(e) * 4.0 - 2.0, uniform(f) * 4.0 - 2.0, flat * (uniform(g) * 4.0 - 2.0), 0.0];
        let traits = [(uniform(h) * 2.0).to_bits(), (0.5 + uniform(g)).to_bits()];
        cells.push([
            position.map(f32::to_bits),
            [0.0f32, 0.0, 0.0, -0.0].map(f32::to_bits),
            motility.map(f32::to_bits),
            [b ^ e, c ^ f, cell_type << 12 | tissue << 16, NO_BOND],
            [(uniform(f) * PHASE_ONE) as u32, 0, traits[0], traits[1]],
        ]);
    }
    cells
}
