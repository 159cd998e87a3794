//! What T cells make of the targets that they hold: occupancy of the TCR, hits in proportion to killing, attachment in
//! proportion to antigen; and what tumour cells show: MHC-I and PD-L1 by IFN-gamma, antigen lost at divisions.
//!
//! ```text
//! held from t = 0:  S(t) = s* (1 − e^(−t/τ_on)), its integral s* (t − τ_on (1 − e^(−t/τ_on)))
//! let go at T:      S(T + t) = S(T) e^(−t/τ_off)
//! ```

use crate::fixture::*;
use texpop::cells::Cells;
use texpop::cells::columns::{NO_BOND, column};
use texpop::cells::events::{EVENT_COUNT, Event};
use texpop::engine::graph::Stage;
use texpop::engine::interface::Engine;
use texpop::plan::*;
use texpop::scenario::levels::LevelKind;

const TARGET_UM3: f32 = 1000.0;
const ANTIGEN: f32 = 0.8;
const MHC1: f32 = 0.5;
const PD_L1: f32 = 0.6;

/// T cells with this proteostasis (type 0) and targets with immunogenicity (type 1) in a culture.
fn culture_of(proteostasis: ProteostasisParameters, change: impl Fn(&mut Parameters), step_ticks: u32) -> Plan {
    let target = TypeParameters {
        first_phase: 1,
        attachment_sites: 1,
        is_immunogenic: 1,
        antigen: ANTIGEN,
        mhc1: MHC1,
        mhc1_induced: 1.0,
        mhc1_relaxation_per_min: 1.0 / 720.0,
        pd_l1: PD_L1,
        pd_l1_induced: 1.0,
        pd_l1_relaxation_per_min: 1.0 / 1440.0,
        inducer_half: 1.0,
        ..idle(TARGET_UM3)
    };
    let mut parameters = Parameters {
        types: vec![idle(500.0), target],
        pairs: vec![no_pair(); 4],
        phases: vec![phase(0.0, 0, false); 2],
        ..Parameters::default()
    };
    parameters.give_proteostasis(0, proteostasis);
    change(&mut parameters);
    plan(culture(64), one_clock(step_ticks), cell_types(&[1, 1], 1), vec![arm(parameters, vec![])], 1)
}

/// So many couples of a T cell and a target, which it holds or not.
fn couples(count: u32, are_held: bool) -> Cells {
    let mut cells = Cells::default();
    for couple in 0..count {
        let held = if are_held { 2 * couple + 1 } else { NO_BOND };
        for (cell_type, bond) in [(0u32, held), (1, NO_BOND)] {
            let place = [0.0f32, 0.0, 0.0, TARGET_UM3].map(f32::to_bits);
            cells.push([place, [0; 4], [0; 4], [couple, cell_type, cell_type << 12, bond], [u32::MAX, 0, 0, 0]]);
        }
    }
    cells
}

fn value(cells: &Cells, name: &str, cell: usize) -> f64 {
    cells.value(column(name).unwrap(), cell)
}

fn run(engine: &mut dyn Engine, stages: &[Stage], steps: u32) {
    for _ in 0..steps {
        engine.step(0, stages).unwrap();
    }
}

/// τ_on and τ_off in h, step in ticks.
type Times = (f32, f32, u32);

/// 30 min in which the target is held, and 2 h after.
fn occupancy(on: On, &(on_h, off_h, step_ticks): &Times) -> Verdict {
    let row = ProteostasisParameters { tcr_on_time_h: on_h, tcr_off_time_h: off_h, ..Default::default() };
    let plan = culture_of(row, |_| (), step_ticks);
    let minutes = |engine: &mut dyn Engine, minutes: u32| {
        run(engine, &[Stage::Stimulate], minutes * TICKS_PER_MIN / step_ticks);
        engine.cells().unwrap()
    };
    let mut cells = with_engine(on, &plan, 0..1, &couples(1, true), |engine| minutes(engine, 30));
    let goal = f64::from(ANTIGEN * MHC1);
    let expected = goal * -(-0.5 / (1.0 / 6.0f64)).exp_m1();
    close("occupancy after 30 min", value(&cells, "tcr_occupancy", 0), expected, 1e-5)?;
    let integral = goal * 0.5 - expected / 6.0;
    close("its integral", value(&cells, "tcr_occupancy_sum_h", 0), integral, 1e-5)?;
    close("PD-L1 met", value(&cells, "pd_l1_met", 0) / 65_535.0, f64::from(PD_L1), 1e-5)?;
    cells.identity[0][3] = NO_BOND;
    let after = with_engine(on, &plan, 0..1, &cells, |engine| minutes(engine, 120));
    close("occupancy 2 h later", value(&after, "tcr_occupancy", 0), expected * (-2.0f64 / 3.0).exp(), 1e-5)?;
    close("PD-L1 met", value(&after, "pd_l1_met", 0), 0.0, 0.0)
}

#[test]
fn occupancy_rises_and_falls_exactly_at_any_step() {
    on_both(|on| {
        for &ticks in on.pick(&[10, 100, 1500][..], &[100]) {
            let right = (1.0 / 6.0, 3.0, ticks);
            kept_and_broken(on, occupancy, &right, &(1.1 / 6.0, 3.0, ticks));
            kept_and_broken(on, occupancy, &right, &(1.0 / 6.0, 3.3, ticks));
        }
    });
}

/// The mean over the kernel's step is what proteostasis takes: N' = (S − N)/τ_N, with S held at its end value.
fn is_remembered(on: On, row: &ProteostasisParameters) -> Verdict {
    let plan = culture_of(*row, |_| (), 100);
    let plan = Plan { clocks: Clocks { proteostasis_ticks: 1500, cycle_ticks: 1_000_000_000, ..plan.clocks }, ..plan };
    let cells = couples(1, true);
    let after = with_engine(on, &plan, 0..1, &cells, |engine| {
        advance(engine, &plan, 0..24 * 60 * TICKS_PER_MIN);
        engine.cells().unwrap()
    });
    // N of a signal s* (1 − e^(−t/a)) after 24 h, with a = 10 min and τ = 36 h.
    let (goal, a, tau, t) = (f64::from(ANTIGEN * MHC1), 1.0 / 6.0, 36.0, 24.0f64);
    let part = (-t / tau).exp() - (-t / a).exp();
    let expected = goal * (1.0 - (-t / tau).exp() - a / (tau - a) * part);
    close("stimulation remembered", value(&after, "stimulation_history", 0), expected, 1e-3 * expected)
}

#[test]
fn proteostasis_takes_the_mean_of_the_signal_by_contacts() {
    let right = ProteostasisParameters { variability: 0.0, ..Default::default() };
    // 10 % less antigen, as it were.
    let wrong = ProteostasisParameters { tcr_inhibition: 0.1, ..right };
    on_both(|on| kept_and_broken(on, is_remembered, &right, &wrong));
}

/// Sf and what is made of it, by hand.
fn realised(on: On, row: &ProteostasisParameters) -> Verdict {
    let plan = culture_of(*row, |_| (), 100);
    let mut cells = couples(1, true);
    let both = |lanes: [f32; 4]| vec![lanes; 2];
    (cells.protein, cells.response) = (both([0.0; 4]), both([0.0, 0.0, 0.0, 0.25]));
    (cells.programme, cells.capacity) = (both([0.0, 0.9, 0.7, 0.0]), both([0.0, 0.0, 0.8, 0.6]));
    (cells.signal, cells.variation) = (vec![[0; 4]; 2], vec![[0x8000_8000; 4]; 2]);
    cells.synapse = both([0.3, 0.0, 0.0, 0.0]);
    let after = with_engine(on, &plan, 0..1, &cells, |engine| {
        run(engine, &[Stage::Stimulate], 1);
        engine.cells().unwrap()
    });
    let occupancy = 0.4 - 0.1 * (-0.1f64).exp();
    let bound = 0.7 * f64::from(PD_L1) * (1.0 - 0.5);
    let signal = occupancy * (1.0 - 0.6 * bound / (0.5 + bound));
    close("TCR signal", value(&after, "tcr_signal", 0), signal, 1e-5)?;
    close("realised killing", value(&after, "realised_killing", 0), 0.6 * signal, 1e-5)?;
    close("release of IL-2", value(&after, "il2_release", 0), 0.9 * signal * 0.75, 1e-5)
}

#[test]
fn pd1_and_pd_l1_of_the_target_lower_what_the_cell_makes_of_its_signal() {
    let right = ProteostasisParameters { pd1_blockade: 0.5, ..Default::default() };
    let wrong = ProteostasisParameters { pd1_blockade: 0.45, ..right };
    on_both(|on| kept_and_broken(on, realised, &right, &wrong));
}

/// Killing that T cells realise, against the reference, and hits expected in 30 min at 0.1 /min.
const KILLING: [(f32, f64); 6] = [(0.0, 0.0), (0.5, 1.5), (1.0, 3.0), (1.8, 5.4), (2.2, 6.0), (8.0, 6.0)];

/// Hits on targets that are held for 30 min, to 5 sd, by T cells of each kind in turn. `reference` is what killing is measured by.
fn hits(on: On, &reference: &f32) -> Verdict {
    let change = |parameters: &mut Parameters| {
        (parameters.pairs[1].hits_per_min, parameters.pairs[1].reference_killing) = (0.1, reference);
    };
    let plan = culture_of(ProteostasisParameters::default(), change, 100);
    let each = on.pick(20_000, 4_000);
    let count = each * KILLING.len() as u32;
    // As few cells in a bucket as a plan puts there.
    let plan = Plan { domain: culture(count / 4), ..plan };
    let mut cells = couples(count, true);
    let of_couple = |couple: usize| KILLING[couple % KILLING.len()];
    cells.synapse = (0..cells.len()).map(|cell| [0.0, 0.0, 0.6 * of_couple(cell / 2).0, 0.0]).collect();
    let after = with_engine(on, &plan, 0..1, &cells, |engine| {
        for step in 0..30 {
            let stages = [
                Stage::AssignVoxels,
                Stage::Scan,
                Stage::Scatter,
                Stage::SortVoxels,
                Stage::Engage,
                Stage::Respond,
                Stage::Advance,
            ];
            engine.step(step * 100, &stages).unwrap();
        }
        engine.cells().unwrap()
    });
    for (kind, (_, expected)) in KILLING.into_iter().enumerate() {
        let of_kind = (0..cells.len() / 2).filter(|couple| couple % KILLING.len() == kind);
        let hits: Vec<f64> = of_kind.map(|couple| value(&after, "hits", 2 * couple + 1)).collect();
        mean_close(&format!("hits in 30 min, kind {kind}"), &hits, expected)?;
    }
    Ok(())
}

#[test]
fn hits_come_in_proportion_to_killing_up_to_twice_the_reference() {
    on_both(|on| kept_and_broken(on, hits, &0.6, &0.66));
}

/// Attachments in one step, against those to targets that present all.
fn attached(on: On, &(antigen, ignores_mhc1, expected): &(f32, u32, f64)) -> Verdict {
    let count = on.pick(200_000, 20_000);
    let of = |antigen: f32, mhc1: f32| {
        let change = |parameters: &mut Parameters| {
            parameters.pairs[1].attachment_per_min = 4e-3;
            parameters.pairs[1].ignores_mhc1 = ignores_mhc1;
            (parameters.types[1].antigen, parameters.types[1].mhc1) = (antigen, mhc1);
        };
        let plan = culture_of(ProteostasisParameters::default(), change, 100);
        let plan = Plan { domain: culture(count / 20), ..plan };
        with_engine(on, &plan, 0..1, &couples(count, false), |engine| {
            advance(engine, &plan, 0..100);
            engine.observe(100).unwrap();
            let events = &engine.observations(true).unwrap()[0].events;
            assert_eq!(events.len(), 2 * EVENT_COUNT);
            f64::from(events[Event::Attachments as usize])
        })
    };
    let (all, some) = (of(1.0, 1.0), of(antigen, MHC1));
    let ratio = some / all;
    let sd = ratio * (1.0 / some + 1.0 / all).sqrt();
    println!("{on:?}: {some} of {all} attachments");
    close("attachments to those of full antigen", ratio, expected, 5.0 * sd)
}

#[test]
fn attachment_goes_with_antigen_on_mhc1_or_with_antigen_alone() {
    on_both(|on| {
        attached(on, &(ANTIGEN, 0, 0.4)).unwrap_or_else(|error| panic!("{on:?}: {error}"));
        attached(on, &(ANTIGEN, 1, 0.8)).unwrap_or_else(|error| panic!("{on:?}: {error}"));
        attached(on, &(1e-9, 1, 1e-9)).expect_err("no attachment has no deviation");
        let wrong = on.pick(0.9, 0.75) * ANTIGEN;
        println!("seen: {}", attached(on, &(wrong, 1, 0.8)).expect_err("less antigen must be seen"));
    });
}

/// MHC-I and PD-L1 after so many hours at a level of IFN-gamma that gives h = c/(1 + c).
fn induced(on: On, &(level, time_factor): &(f32, f32)) -> Verdict {
    let change = |parameters: &mut Parameters| {
        parameters.types[1].inducer = 1;
        parameters.types[1].mhc1_relaxation_per_min /= time_factor;
        parameters.exchange = vec![bytemuck::Zeroable::zeroed(); 8];
    };
    let plan = culture_of(ProteostasisParameters::default(), |_| (), 1500);
    let mut parameters = plan.arms[0].parameters.clone();
    let row = parameters.proteostasis.pop().unwrap();
    change(&mut parameters);
    parameters.give_proteostasis(0, row);
    let size_um = [60.0; 3];
    let domain = Domain {
        geometry: Geometry::Tissue,
        boundary: Boundary::Closed,
        size_um,
        voxels: domain::voxels(size_um, 24.0, Geometry::Tissue),
        reach_um: 24.0,
    };
    let substrate = Substrate {
        name: "ifn_gamma".into(),
        kind: LevelKind::Molarity,
        diffusion_um2_per_min: 1000.0,
        decay_per_min: 0.0,
        initial: level,
        highest_given: 1.0,
        is_quasi_steady: false,
        settling_per_min: 0.0,
        boundary: SubstrateBoundary::NoFlux,
    };
    let grid = Grid { voxels: [3; 3], voxel_um: [20.0; 3] };
    let substrates = Some(Substrates { grid, cycles: Cycles::always(1), list: vec![substrate] });
    let plan = Plan { arms: vec![arm(parameters, vec![])], domain, substrates, ..plan };
    with_engine(on, &plan, 0..1, &couples(1, false), |engine| {
        let signal = 1.0 / 3.0;
        for hours in [6.0, 30.0f64] {
            run(engine, &[Stage::Induce], if hours == 6.0 { 24 } else { 96 });
            let cells = engine.cells().unwrap();
            let toward = |basal: f32, tau_h: f64| {
                let (basal, goal) = (f64::from(basal), f64::from(basal) + (1.0 - f64::from(basal)) * signal);
                goal + (basal - goal) * (-hours / tau_h).exp()
            };
            close("MHC-I", value(&cells, "mhc1", 1), toward(MHC1, 12.0), 1e-5)?;
            close("PD-L1", value(&cells, "pd_l1", 1), toward(PD_L1, 24.0), 1e-5)?;
            close("antigen", value(&cells, "antigen", 1), f64::from(ANTIGEN), 1e-6)?;
        }
        Ok(())
    })
}

#[test]
fn ifn_gamma_induces_mhc1_and_pd_l1_as_the_closed_form_says() {
    on_both(|on| {
        kept_and_broken(on, induced, &(0.5, 1.0), &(0.55, 1.0));
        kept_and_broken(on, induced, &(0.5, 1.0), &(0.5, 1.1));
    });
}

/// Each daughter of a division loses the antigen with the same probability, and her daughters never have it again.
fn lost(on: On, &probability: &f32) -> Verdict {
    let change = |parameters: &mut Parameters| {
        parameters.types[1].antigen_loss = probability;
        parameters.phases[1] = PhaseParameters { stages: 0, ..phase(1.0, 0, true) };
    };
    let plan = culture_of(ProteostasisParameters::default(), change, 100);
    let count = on.pick(4000, 1000);
    let mut cells = couples(count, false);
    cells.progress.iter_mut().for_each(|progress| progress[0] = texpop::cells::columns::PHASE_ONE as u32);
    let after = with_engine(on, &plan, 0..1, &cells, |engine| {
        // Each step of a minute is a division.
        advance(engine, &plan, 0..300);
        engine.cells().unwrap()
    });
    let targets = (0..after.len()).filter(|&cell| after.identity[cell][2] >> 12 & 15 == 1);
    let has: Vec<f64> = targets.map(|cell| f64::from(u8::from(value(&after, "antigen", cell) > 0.0))).collect();
    close("cells", has.len() as f64, 8.0 * f64::from(count), 0.5)?;
    let kept = has.iter().sum::<f64>() / has.len() as f64;
    // Of the pairs of a family's eight cells, an eighth are the same, an eighth sisters, a quarter share a grandmother.
    let p = 0.7f64;
    let square = (p.powi(3) + p.powi(4) + 2.0 * p.powi(5) + 4.0 * p.powi(6)) / 8.0;
    let sd = ((square - p.powi(6)) / f64::from(count)).sqrt();
    close("cells with antigen after three divisions", kept, p.powi(3), 5.0 * sd)
}

#[test]
fn antigen_is_lost_at_divisions_for_good() {
    on_both(|on| kept_and_broken(on, lost, &0.3, &on.pick(0.33, 0.36)));
}
