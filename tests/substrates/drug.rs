//! Drugs that reach the tissue through a substrate, from dose to level, through scenario and run.

use crate::fixture::*;
use texpop::cells::Cells;
use texpop::compile::build;
use texpop::engine::interface::Observation;
use texpop::error::Result;
use texpop::plan::Plan;
use texpop::scenario;
use texpop::simulation::batch::{self, Observer};

const LENGTH_UM: f64 = 200.0;
const VOXELS: usize = 20;
const DIFFUSION: f64 = 1000.0;
const DECAY_PER_MIN: f64 = 0.1;
const ELIMINATION_PER_MIN: f64 = 0.02;
const DOSE_NM: f64 = 1000.0;
const TISSUE_FRACTION: f64 = 0.25;

/// A strip that a drug enters at one end, in arms with a dose at once, with one once half an hour is over, and without.
fn strip(elimination: f64, fraction: f64) -> Plan {
    let half_life = 2f64.ln() / elimination;
    let text = format!(
        r#"
        duration = "75 min"
        preset = "coarse"
        clocks = {{ mechanics = "0.5 min", contacts = "0.5 min", substrates = "0.5 min", cycle = "5 min", reorder = "15 min" }}
        domain = {{ geometry = "layer", size = ["{LENGTH_UM} um", "20 um"] }}
        diffusion = {{ voxel = "10 um", cycles = 3 }}
        [substrates.inhibitor]
        diffusion = "{DIFFUSION} um^2/min"
        decay = "{DECAY_PER_MIN} /min"
        boundary = "fixed"
        faces = {{ x_low = "0 nM" }}
        [drugs.inhibitor]
        half_life = "{half_life} min"
        tissue_fraction = {fraction}
        substrate = "inhibitor"
        [[doses]]
        drug = "inhibitor"
        concentration = "{DOSE_NM} nM"
        at = "0 min"
        [cell_types.tumour]
        volume = "500 um^3"
        [[place]]
        cell_type = "tumour"
        count = 1
        [statistics]
        every = "15 min"
        [snapshots]
        at = ["30 min", "60 min", "75 min"]
        [arms.at_once]
        [arms.later]
        set = {{ doses = [{{ drug = "inhibitor", concentration = "{DOSE_NM} nM", when = "time_h >= 0.5" }}] }}
        [arms.never]
        set = {{ doses = [] }}
        "#
    );
    build(&scenario::from_text("strip.toml", &text, &[]).unwrap()).unwrap()
}

/// Levels at the snapshots.
struct Levels(Vec<Vec<[f32; 4]>>);

impl Observer for Levels {
    fn observed(&mut self, _observation: Observation) -> Result<()> {
        Ok(())
    }

    fn cells(&mut self, _tick: u32, _cells: &Cells) -> Result<()> {
        Ok(())
    }

    fn levels(&mut self, _tick: u32, levels: &[[f32; 4]]) -> Result<()> {
        self.0.push(levels.to_vec());
        Ok(())
    }

    fn goes_on(&mut self, _tick: u32, _cell_count: u32) -> Result<bool> {
        Ok(true)
    }
}

/// The level of a voxel along the strip, in nM: \[snapshot\]\[arm\]\[voxel\].
fn levels(on: On, plan: &Plan) -> Vec<Vec<Vec<f64>>> {
    let mut seen = Levels(Vec::new());
    let arms = plan.arms.len();
    with_engine(on, plan, 0..arms, &Cells::default(), |engine| batch::run(plan, 0..arms, engine, &mut seen)).unwrap();
    let substrates = plan.substrates.as_ref().unwrap();
    let at = |levels: &[[f32; 4]], arm, x| f64::from(levels[substrates.place(0, arm, arms, [x, 0, 0])][0]);
    let strip = |levels: &[[f32; 4]], arm| (0..VOXELS as u32).map(|x| at(levels, arm, x)).collect();
    seen.0.iter().map(|levels| (0..arms).map(|arm| strip(levels, arm)).collect()).collect()
}

/// What has come in long ago: with c(0, t) = C e^(−k t) and no flux at L, once the start is forgotten (by
/// e^(−(λ + D (π/2L)² − k) t)), c(x, t) = C e^(−k t) cosh(q (L − x))/cosh(q L), q² = (λ − k)/D.
fn exact(min: f64, x_um: f64) -> f64 {
    let q = ((DECAY_PER_MIN - ELIMINATION_PER_MIN) / DIFFUSION).sqrt();
    let at_face = TISSUE_FRACTION * DOSE_NM * (-ELIMINATION_PER_MIN * min).exp();
    at_face * (q * (LENGTH_UM - x_um)).cosh() / (q * LENGTH_UM).cosh()
}

fn follows_the_plasma(on: On, plan: &Plan) -> Verdict {
    let all = levels(on, plan);
    for (snapshot, min) in [60.0, 75.0].into_iter().enumerate() {
        for x in [0, 5, 10, 19] {
            let expected = exact(min, (x as f64 + 0.5) * LENGTH_UM / VOXELS as f64);
            close(&format!("nM after {min} min, voxel {x}"), all[snapshot + 1][0][x], expected, 5e-3 * expected)?;
        }
    }
    Ok(())
}

#[test]
fn a_drug_enters_from_the_boundary_as_its_plasma_falls() {
    on_both(|on| {
        let right = strip(ELIMINATION_PER_MIN, TISSUE_FRACTION);
        kept_and_broken(on, follows_the_plasma, &right, &strip(1.1 * ELIMINATION_PER_MIN, TISSUE_FRACTION));
        kept_and_broken(on, follows_the_plasma, &right, &strip(ELIMINATION_PER_MIN, 1.1 * TISSUE_FRACTION));
    });
}

#[test]
fn each_tissue_has_the_drug_that_it_was_given() {
    let plan = strip(ELIMINATION_PER_MIN, TISSUE_FRACTION);
    on_both(|on| {
        let all = levels(on, &plan);
        assert!(all.iter().flat_map(|arms| &arms[2]).all(|&it| it == 0.0), "no dose");
        assert!(all[0][1].iter().all(|&it| it == 0.0), "no dose yet");
        // Half an hour later all is as it was half an hour earlier, but for the first step of all, which is of first order.
        for (at_once, later) in all[0][0].iter().zip(&all[1][1]) {
            close("half an hour later", *later, *at_once, 1e-3 * at_once).unwrap();
        }
        assert!(all[0][0].iter().all(|&it| it > 1.0));
    });
}

#[test]
fn twins_and_shaders_agree_in_every_bit_of_a_drug() {
    let plan = strip(ELIMINATION_PER_MIN, TISSUE_FRACTION);
    if has_adapter() {
        assert_eq!(levels(On::Twin, &plan), levels(on_adapter(), &plan));
    }
}
