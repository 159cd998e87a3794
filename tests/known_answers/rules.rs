//! A population whose death rate is set by rules, read from a scenario: by a trait through a Hill response, and by the
//! time since the start through a linear one.
//!
//! A cell dies in a step of dt with 1 − e^(−r dt), r being the rate at the end of the step, so that of N cells
//! N e^(−Σ r dt) live on in the mean, binomially.

use crate::fixture::*;
use texpop::compile::build;
use texpop::plan::Plan;
use texpop::scenario::from_text;

const CELLS: f64 = 20_000.0;

fn scenario(rules: &str) -> Plan {
    let text = format!(
        "duration = \"10 h\"\npreset = \"coarse\"\n[clocks]\ncycle = \"10 min\"\n\
         [domain]\ngeometry = \"culture\"\nvolume = \"1 uL\"\n\
         [cell_types.cell]\nvolume = \"1000 um^3\"\napoptosis = {{ rate = \"0.01 /h\" }}\n\
         traits.dose = {{ distribution = \"fixed\", value = 2.0 }}\n\
         [[place]]\ncell_type = \"cell\"\ncount = {CELLS}\n{rules}"
    );
    build(&from_text("rules", &text, &[]).unwrap()).unwrap()
}

fn live_after_10_h(on: On, plan: &Plan, integral: f64) -> Verdict {
    let live = series(on, plan, &[plan.duration_ticks], &[(0, "live_count")])[0][0][0];
    let p = (-integral).exp();
    println!("{on:?}: {live} live, expected {:.1}", CELLS * p);
    close("live cells", live, CELLS * p, 5.0 * (CELLS * p * (1.0 - p)).sqrt())
}

/// Trait 2, half maximum 2: b = 0.01 + (0.2 − 0.01)/2 per h.
#[test]
fn a_trait_sets_the_rate_of_death() {
    let rule = |half: f64| {
        scenario(&format!(
            "[[rules]]\ncell_type = \"cell\"\nsignal = \"trait dose\"\neffect = \"increases\"\n\
             behaviour = \"apoptosis\"\nsaturation = \"0.2 /h\"\nhalf_maximum = {half}\nhill_power = 4\n"
        ))
    };
    let law = |on, plan: &Plan| live_after_10_h(on, plan, 10.0 * (0.01 + 0.19 / 2.0));
    on_both(|on| kept_and_broken(on, law, &rule(2.0), &rule(2.2)));
}

/// The rate rises from 0.01 per h at the start to the saturation at 5 h; the step that ends at t has the rate of t.
#[test]
fn time_sets_the_rate_of_death() {
    let rule = |saturation: f64| {
        scenario(&format!(
            "[[rules]]\ncell_type = \"cell\"\nsignal = \"time\"\neffect = \"increases\"\n\
             behaviour = \"apoptosis\"\nsaturation = \"{saturation} /h\"\nzero_at = \"0 h\"\none_at = \"5 h\"\n"
        ))
    };
    let integral = (1..=60).map(|step| f64::from(step) / 6.0).map(|t| (0.01 + 0.2 * (t / 5.0).min(1.0)) / 6.0).sum();
    let law = |on, plan: &Plan| live_after_10_h(on, plan, integral);
    on_both(|on| kept_and_broken(on, law, &rule(0.21), &rule(0.231)));
}

/// Cells of one type that become cells of two others at rates a and 2 a: e^(−3 a t) are left, a third of the others
/// took the slower way. Exact at any step.
fn transitions_of(on: On, plan: &Plan) -> Verdict {
    let asked = [(3, "live_count"), (1, "live_count"), (1, "transitions_in")];
    let [left, slower, counted] = &series(on, plan, &[plan.duration_ticks], &asked)[..] else { unreachable!() };
    let p = (-3.0 * 0.04 * 10.0f64).exp();
    for (name, got, p) in [("left", left[0][0], p), ("of the slower way", slower[0][0], (1.0 - p) / 3.0)] {
        close(name, got, CELLS * p, 5.0 * (CELLS * p * (1.0 - p)).sqrt())?;
    }
    close("cells that came over", counted[0][0], slower[0][0], 0.0)
}

#[test]
fn cells_become_others_at_their_rates() {
    let with = |per_h: f64| {
        let mut plan = scenario(&format!(
            "[cell_types.other]\nvolume = \"1000 um^3\"\n[cell_types.third]\nvolume = \"1000 um^3\"\n\
             [cell_types.start]\nvolume = \"1000 um^3\"\n\
             transitions = {{ other = \"{per_h} /h\", third = \"0.08 /h\" }}\n"
        ));
        // The fourth of the file.
        plan.arms[0].initial[0].cell_type = 3;
        plan
    };
    let law = |on, plan: &Plan| transitions_of(on, plan);
    on_both(|on| kept_and_broken(on, law, &with(0.04), &with(0.044)));
}

/// Ten dead cells in a closed box of 200 um, which a rule lets secrete at s: C = ρ (1 − e^(−s f t)), f being their part of
/// the box. The level is that of a stirred box, and the first step is one without the rule.
fn debris(on: On, applies_to_dead: &bool) -> Verdict {
    let text = format!(
        "duration = \"10 h\"\npreset = \"coarse\"\n[clocks]\nrules = \"1 min\"\n\
         [domain]\ngeometry = \"tissue\"\nsize = [\"200 um\", \"200 um\", \"200 um\"]\n\
         [substrates.debris]\ndiffusion = \"1e5 um^2/min\"\n\
         [cell_types.cell]\nvolume = \"2000 um^3\"\n\
         [cell_types.cell.apoptosis]\nduration = \"1000 d\"\nvolume_fraction = 1.0\n\
         [cell_types.cell.substrates.debris]\ntarget = 3.0\n\
         [[rules]]\ncell_type = \"cell\"\nsignal = \"dead\"\neffect = \"increases\"\nbehaviour = \"debris secretion\"\n\
         saturation = \"0.2 /min\"\nhalf_maximum = 0.1\nhill_power = 64\napplies_to_dead = {applies_to_dead}\n\
         [[place]]\ncell_type = \"cell\"\ncount = 10\n"
    );
    let plan = build(&from_text("debris", &text, &[]).unwrap()).unwrap();
    let mut cells = all_placed(&plan);
    for (identity, progress) in cells.identity.iter_mut().zip(&mut cells.progress) {
        identity[2] = texpop::cells::cell_bits::with_fate(identity[2], texpop::cells::columns::Fate::Apoptotic);
        progress[0] = texpop::cells::columns::PHASE_ONE as u32;
    }
    let levels = with_engine(on, &plan, 0..1, &cells, |engine| {
        advance(engine, &plan, 0..plan.duration_ticks);
        engine.concentration().unwrap()
    });
    let mean = levels.iter().map(|lanes| f64::from(lanes[0])).sum::<f64>() / levels.len() as f64;
    let (filled, minutes) = (10.0 * 2000.0 / 8e6, 599.0);
    let expected = 3.0 * (1.0 - (-0.2f64 * filled * minutes).exp());
    println!("{on:?}: level {mean}, expected {expected}");
    close("mean level", mean, expected, 0.005 * expected)
}

#[test]
fn a_rule_that_applies_to_the_dead_lets_them_secrete() {
    on_both(|on| kept_and_broken(on, debris, &true, &false));
}
