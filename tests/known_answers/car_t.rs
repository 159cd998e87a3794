//! Tisagenlecleucel of the library against its published course in blood (Stein et al. 2019): expansion to a maximum, then a
//! fast and a slow decline. Mean numbers follow it exactly, since all its laws are linear in the numbers of cells.

use crate::fixture::*;
use crate::treatments::{planned, run};
use texpop::plan::Plan;

/// Growth, both declines in 1/d, the part that declines slowly, and the day of the maximum.
const RHO: f64 = 0.88911;
const ALPHA: f64 = 0.16;
const BETA: f64 = 0.0032;
const FB: f64 = 0.0079;
const T_MAX: f64 = 9.3;

/// The kinetics of the library in a culture, with keys of its rules overridden.
fn infused(count: u32, days: u32, more: &str) -> Plan {
    planned(&format!(
        "duration = \"{days} d\"\nreplicates = 64\npreset = \"coarse\"\n\
         [clocks]\nmechanics = \"1 h\"\ncontacts = \"1 h\"\ncycle = \"1 h\"\nreorder = \"6 h\"\n\
         [domain]\ngeometry = \"culture\"\nvolume = \"1 uL\"\n\
         [statistics]\nevery = \"1 d\"\n\
         [cell_types.effector]\nuse = \"tisagenlecleucel_effector\"\n\
         [cell_types.memory]\nuse = \"tisagenlecleucel_memory\"\n\
         [rule_sets.kinetics]\nuse = \"tisagenlecleucel_kinetics\"\ncell_type = \"effector\"\n{more}\n\
         [[place]]\ncell_type = \"effector\"\ncount = {count}\n"
    ))
}

/// From the day of the maximum on.
fn decline(day: f64) -> f64 {
    (1.0 - FB) * (-ALPHA * day).exp() + FB * (-BETA * day).exp()
}

fn both(on: On, plan: &Plan, days: &[u32]) -> Vec<Vec<f64>> {
    let outcome = run(on, plan, 0..64);
    let total = |day: &u32| -> Vec<f64> {
        let hours = f64::from(24 * day);
        let (effectors, memory) = (outcome.at(hours, 0, "live_count"), outcome.at(hours, 1, "live_count"));
        effectors.iter().zip(&memory).map(|(a, b)| a + b).collect()
    };
    days.iter().map(total).collect()
}

/// The published doubling time and half-lives, as rates that the plan has, within 0.1 % of their digits.
#[test]
fn doubling_and_half_lives_are_the_published() {
    let law = |_: On, plan: &Plan| {
        let [types, rules] = [0, 1].map(|n| (&plan.arms[0].parameters.types[n], &plan.arms[0].parameters.rules));
        let half_life = |per_min: f32| 2f64.ln() / f64::from(per_min) / 1440.0;
        close("doubling in d", half_life(plan.arms[0].parameters.phases[0].exit_per_min), 0.78, 1e-3 * 0.78)?;
        // What effectors are lost by: apoptosis and memory.
        let leaving: f32 = types.1.behaviours[0].iter().map(|it| it.up_saturation).sum();
        close("fast half-life in d", half_life(leaving), 4.33, 1e-3 * 4.33)?;
        close("slow half-life in d", half_life(rules.0.apoptosis_per_min), 216.6, 1e-3 * 216.6)?;
        let ends = f64::from(types.1.behaviours[0][0].rules[0].middle) / 1440.0;
        close("maximum on day", ends, T_MAX, 1e-3 * T_MAX)
    };
    let wrong = "rules.contraction.saturation = \"0.175 /d\"";
    kept_and_broken(On::Twin, law, &infused(1, 1, ""), &infused(1, 1, wrong));
}

fn expansion(on: On, plan: &Plan) -> Verdict {
    let found = both(on, plan, &[2, 3]);
    for (day, counts) in [2.0, 3.0].into_iter().zip(&found) {
        mean_close(&format!("cells on day {day}"), counts, 20.0 * (RHO * day).exp())?;
    }
    Ok(())
}

#[test]
fn the_expansion_is_exponential() {
    let slow = "[cell_types.effector.cycle]\nrate = \"0.8 /d\"";
    on_both(|on| kept_and_broken(on, expansion, &infused(20, 3, ""), &infused(20, 3, slow)));
}

/// All rules begin on another day than 9.3.
fn from_day(day: f64) -> String {
    let (zero, one) = (day - 0.005, day + 0.005);
    let times = |rule| format!("rules.{rule}.zero_at = \"{zero} d\"\nrules.{rule}.one_at = \"{one} d\"\n");
    ["expansion", "contraction", "memory"].map(times).concat()
}

/// The whole course, with its maximum on day 3, where there are fewer cells to carry along.
fn course(on: On, plan: &Plan) -> Verdict {
    let found = both(on, plan, &[2, 5, 8]);
    for (day, counts) in [2.0, 5.0, 8.0].into_iter().zip(&found) {
        let expected = 20.0 * (RHO * f64::min(day, 3.0)).exp() * if day > 3.0 { decline(day - 3.0) } else { 1.0 };
        mean_close(&format!("cells on day {day}"), counts, expected)?;
    }
    Ok(())
}

#[test]
fn the_expansion_ends_at_its_day() {
    kept_and_broken(On::Twin, course, &infused(20, 8, &from_day(3.0)), &infused(20, 8, &from_day(3.3)));
}

fn declines(on: On, plan: &Plan, count: u32, days: &[u32]) -> Verdict {
    for (day, counts) in days.iter().zip(&both(on, plan, days)) {
        let expected = f64::from(count) * decline(f64::from(*day));
        mean_close(&format!("cells {day} d after the maximum"), counts, expected)?;
    }
    Ok(())
}

#[test]
fn the_declines_are_fast_and_slow() {
    let plan = |count, days, more: &str| infused(count, days, &(from_day(-1.0) + more));
    let faster = "rules.contraction.saturation = \"0.175 /d\"";
    let soon = |on, plan: &Plan| declines(on, plan, 400, &[4, 6]);
    on_both(|on| kept_and_broken(on, soon, &plan(400, 6, ""), &plan(400, 6, faster)));
    // Chance hides less than a quarter of those that persist.
    let fewer = "rules.memory.saturation = \"0.00093 /d\"";
    let late = |on, plan: &Plan| declines(on, plan, 2000, &[5, 20, 40]);
    kept_and_broken(On::Twin, late, &plan(2000, 40, ""), &plan(2000, 40, fewer));
}
