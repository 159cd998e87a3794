//! Contacts in a culture: see `texpop::verify::known::culture`; the law of saturation, and monogamous conjugates.

use crate::fixture::*;
use texpop::cells::Cells;
use texpop::cells::columns::NO_BOND;
use texpop::plan::*;
use texpop::verify::known::culture::*;

#[test]
fn killing_in_passing_is_mass_action() {
    kept_and_broken(On::Twin, mass_action, &passing(MASS_ACTION), &passing(1.1 * MASS_ACTION));
}

#[test]
fn killing_with_bonds_follows_the_pair_equations() {
    kept_and_broken(On::Twin, handling, &bonded(BONDS.kill), &bonded(1.1 * BONDS.kill));
}

/// Targets left under the double-saturation law after a time.
fn saturated([effectors, targets]: [f64; 2], rates: Rates, minutes: f64) -> f64 {
    let h = (rates.detachment + rates.kill) / rates.attachment;
    integrate(|[t]| [-rates.kill * effectors * t / (h + effectors + t)], [targets], minutes, 4000)[0]
}

/// What the law neglects: conjugates beside E + T + Km.
fn neglected([effectors, targets]: [f64; 2], rates: Rates) -> f64 {
    effectors.min(targets) / (effectors + targets + (rates.detachment + rates.kill) / rates.attachment)
}

/// Kills in an hour by the pair equations, once the first conjugates have formed, against the law of saturation.
fn limit(cells: [f64; 2], rates: Rates) -> Verdict {
    let [c, from] = integrate(|y| pair(y, cells[0], rates), [0.0, cells[1]], 20.0, 2000);
    let [_, to] = integrate(|y| pair(y, cells[0], rates), [c, from], 40.0, 4000);
    let expected = from - saturated([cells[0], from], LOOSE, 40.0);
    close(&format!("kills of {cells:?} beside the law"), (from - to) / expected, 1.0, 1.5 * neglected(cells, LOOSE))
}

#[test]
fn the_pair_equations_saturate_in_both_numbers() {
    for cells in [[50.0, 1000.0], [1000.0, 50.0]] {
        limit(cells, LOOSE).unwrap();
        limit(cells, Rates { kill: 1.1 * LOOSE.kill, ..LOOSE }).expect_err("a parameter 10 % off is seen");
    }
}

#[test]
fn short_steps_follow_the_pair_equations() {
    for cells in [[50.0, 1000.0], [1000.0, 50.0]] {
        let left_after = |minutes| integrate(|y| pair(y, cells[0], LOOSE), [0.0, cells[1]], minutes, 6000)[1];
        let expected = left_after(20.0) - left_after(60.0);
        close("kills by steps", kills_by_steps(cells, LOOSE, 40..120) / expected, 1.0, 0.04).unwrap();
    }
}

/// Some six thousand kills show a rate 10 % off. Many effectors use their targets up, and show it at first alone.
#[test]
fn killing_with_bonds_saturates_in_both_numbers() {
    for ((cells, window), replicates) in WINDOWS.into_iter().zip([280, 640]) {
        let law = |on, plan: &Plan| saturation(on, plan, cells.map(f64::from), window.clone());
        let with = |kill| loose(cells, kill, replicates);
        kept_and_broken(On::Twin, law, &with(LOOSE.kill), &with(1.1 * LOOSE.kill));
    }
}

/// Conjugates of effectors with live targets, in each tissue.
fn conjugates(cells: &Cells, tissues: usize) -> Vec<f64> {
    let mut counts = vec![0.0; tissues];
    for slot in 0..cells.len() {
        let [_, _, kind, bond] = cells.identity[slot];
        if bond != NO_BOND && is_live(cells, bond as usize) {
            counts[(kind >> 16) as usize] += 1.0;
        }
    }
    counts
}

const CONJUGATE_BUCKETS: u32 = 100;
const LOOSENING_PER_MIN: f64 = 0.06;
/// Effectors and targets in ratios from 0.01 to 100, tissues, and the factor of Km that is to be seen: 10 % where there
/// are bonds enough. One to a hundred has few, of which 10 % of Km change 5 %: that would take the bonds of some hundred
/// tissues, minutes of work, and there half as much again is seen.
const MIXTURES: &[([u32; 2], u32, f64)] = &[
    ([40, 4000], 3, 1.5),
    ([200, 2000], 24, 1.1),
    ([3000, 3000], 3, 1.1),
    ([2000, 200], 24, 1.1),
    ([4000, 40], 3, 1.5),
];

/// Km of a mixture: about half of a minority is bound.
fn dissociation([e, t]: [u32; 2]) -> f64 {
    f64::from(e.max(t))
}

/// ((E + T + Km) − √((E + T + Km)² − 4 E T))/2.
fn bound([e, t]: [f64; 2], km: f64) -> f64 {
    let sum = e + t + km;
    (sum - (sum * sum - 4.0 * e * t).sqrt()) / 2.0
}

/// One mixture, with a dissociation constant `factor` times that of the law.
fn conjugate_plan(cells: [u32; 2], factor: f64, replicates: u32) -> Plan {
    let attachment = LOOSENING_PER_MIN / (factor * dissociation(cells));
    let rates = Rates { attachment, detachment: LOOSENING_PER_MIN, kill: 0.0, is_kinapse: false };
    mixture(rates, CONJUGATE_BUCKETS, cells, clocks(25), replicates)
}

/// Conjugates averaged over tissues and times two correlation times apart, to 1 % and 5 standard deviations.
/// About its mean C, gained and lost at the same rate koff C, the number falls back at rate
/// koff (1 + (E + T − 2 C)/Km); its variance is C/(1 + (E + T − 2 C)/Km). Looking after attachment shows up to koff
/// dt/2 = 0.75 % too many.
fn monogamy(on: On, plan: &Plan, cells: [u32; 2]) -> Verdict {
    let looks = on.pick(20, 2);
    let ticks: Vec<u32> = (0..looks).map(|look| 4000 + 1500 * look).collect();
    let tissues = plan.tissue_count();
    let found = cells_at(on, plan, &all_placed(plan), &ticks);
    let counted = found.iter().flat_map(|cells| conjugates(cells, tissues)).sum::<f64>();
    let numbers = f64::from(looks) * tissues as f64;
    let ([e, t], km, got) = (cells.map(f64::from), dissociation(cells), counted / numbers);
    let expected = bound([e, t], km);
    let sd = (expected / (1.0 + (e + t - 2.0 * expected) / km) / numbers).sqrt();
    println!("{on:?}: {cells:?}: {got:.2} conjugates, expected {expected:.2}, 5 sd {:.2}", 5.0 * sd);
    close(&format!("conjugates of {cells:?}"), got, expected, 0.01 * expected + 5.0 * sd)
}

#[test]
fn conjugates_are_as_many_as_the_law_of_monogamy_says() {
    for &(cells, replicates, wrong) in MIXTURES {
        let law = |on, plan: &Plan| monogamy(on, plan, cells);
        kept_and_broken(
            On::Twin,
            law,
            &conjugate_plan(cells, 1.0, replicates),
            &conjugate_plan(cells, wrong, replicates),
        );
        if has_adapter() {
            law(on_adapter(), &conjugate_plan(cells, 1.0, 1)).unwrap();
        }
    }
}
