//! The times of a plan: whole ticks, on whole steps.

use super::diagnostics::Diagnostics;
use crate::plan::{Clocks, Mechanics, TICKS_PER_MIN};
use crate::scenario::{self, Method, Preset, Scenario, Snapshots};

/// Iterations of a relaxation where the scenario does not say.
const DEFAULT_ITERATIONS: u32 = 4;
/// Iterations of a relaxation at most.
const MOST_ITERATIONS: u32 = 1000;
/// Part of a time by which rounding may move it without a word.
const MOVED: f64 = 0.01;
/// Rounding error of a time in steps that is forgiven.
const TOLERANCE: f64 = 1e-6;
/// A way out for what would come after the end.
pub const LATE: &str = "choose an earlier time or a longer duration; to stop a run early, use --until";
/// Snapshots at most.
const MOST_SNAPSHOTS: f64 = 100_000.0;

/// The clocks of a preset, with those that the scenario gives. A clock that it does not give is lengthened to the next
/// multiple of `mechanics`, or for proteostasis of `contacts`.
pub fn clocks(preset: Preset, given: &scenario::Clocks, diagnostics: &mut Diagnostics) -> Clocks {
    let base = match preset {
        Preset::Fine => Clocks::FINE,
        Preset::Coarse => Clocks::COARSE,
    };
    let mut ticks = |key: &str, time: Option<scenario::values::Time>, default: u32| match time {
        None => default,
        Some(time) => whole_ticks(time.0, &format!("clocks.{key}"), diagnostics).unwrap_or(default),
    };
    let movement_ticks = ticks("mechanics", given.mechanics, base.movement_ticks);
    let whole = |default: u32, of: u32| default.checked_next_multiple_of(of.max(1)).unwrap_or(of);
    let contacts_ticks = ticks("contacts", given.contacts, whole(base.contacts_ticks, movement_ticks));
    let mut clocks = Clocks {
        movement_ticks,
        contacts_ticks,
        cycle_ticks: ticks("cycle", given.cycle, whole(base.cycle_ticks, movement_ticks)),
        rules_ticks: 0,
        proteostasis_ticks: ticks("proteostasis", given.proteostasis, whole(base.proteostasis_ticks, contacts_ticks)),
        substrates_ticks: ticks("substrates", given.substrates, whole(base.substrates_ticks, movement_ticks)),
        reorder_ticks: ticks("reorder", given.reorder, whole(base.reorder_ticks, movement_ticks)),
    };
    clocks.rules_ticks = ticks("rules", given.rules, clocks.cycle_ticks);
    let step = seconds(clocks.movement_ticks);
    for (key, ticks) in [
        ("contacts", clocks.contacts_ticks),
        ("cycle", clocks.cycle_ticks),
        ("rules", clocks.rules_ticks),
        ("substrates", clocks.substrates_ticks),
        ("proteostasis", clocks.proteostasis_ticks),
        ("reorder", clocks.reorder_ticks),
    ] {
        // Those of rules and proteostasis follow others, which are told of already.
        let follows =
            (key == "rules" && given.rules.is_none()) || (key == "proteostasis" && given.proteostasis.is_none());
        diagnostics.require(
            follows || ticks % clocks.movement_ticks == 0,
            format!("clocks.{key}"),
            format!("the clock {key}, {} s, is not a multiple of the clock mechanics, {step} s", seconds(ticks)),
            &format!("set {key} in [clocks] to a whole number of steps of {step} s, or shorten mechanics"),
        );
    }
    clocks
}

/// Rounded to a thousandth, so that ticks read well.
fn seconds(ticks: u32) -> f64 {
    (f64::from(ticks) * 60_000.0 / f64::from(TICKS_PER_MIN)).round() / 1000.0
}

fn whole_ticks(min: f64, path: &str, diagnostics: &mut Diagnostics) -> Option<u32> {
    let ticks = min * f64::from(TICKS_PER_MIN);
    let is_whole = (ticks - ticks.round()).abs() <= TOLERANCE * ticks && ticks.round() >= 1.0;
    if is_whole && ticks <= f64::from(u32::MAX) {
        return Some(ticks.round() as u32);
    }
    let message = format!("a clock of {} s is not a whole number of ticks of 0.6 s", min * 60.0);
    diagnostics.add(path, message, "choose 0.6 s, 6 s, 1 min or another multiple of 0.6 s");
    None
}

/// The method of a preset, or the one that the scenario gives.
pub fn mechanics(preset: Preset, given: &scenario::Mechanics, diagnostics: &mut Diagnostics) -> Mechanics {
    let default = if preset == Preset::Fine { Method::Potentials } else { Method::Relaxation };
    let iterations = given.iterations.map_or(DEFAULT_ITERATIONS, |count| count.0);
    if given.method.unwrap_or(default) == Method::Potentials {
        let message = "iterations belong to the method relaxation";
        let hint = "set method = \"relaxation\", or leave iterations out";
        diagnostics.require(given.iterations.is_none(), "mechanics.iterations", message, hint);
        return Mechanics::Potentials;
    }
    diagnostics.require(
        (1..=MOST_ITERATIONS).contains(&iterations),
        "mechanics.iterations",
        format!("iterations is {iterations}; it must be from 1 to {MOST_ITERATIONS}"),
        "4 to 8 iterations are usual",
    );
    Mechanics::Relaxation { iterations }
}

/// Ticks of a time, rounded up to whole steps; a fault if the time is beyond what ticks count, a warning if rounding moves
/// it by more than 1 %. Of several times at one path the first is told.
pub fn on_step(min: f64, clocks: &Clocks, path: &str, diagnostics: &mut Diagnostics) -> u32 {
    let step = f64::from(clocks.movement_ticks);
    let ticks = (min * f64::from(TICKS_PER_MIN) / step * (1.0 - TOLERANCE)).ceil() * step;
    if ticks > f64::from(u32::MAX) {
        let most_d = f64::from(u32::MAX) / f64::from(TICKS_PER_MIN) / 1440.0;
        diagnostics.add(path, format!("the time is beyond {most_d:.0} d, the longest that can be run"), "");
        return clocks.movement_ticks;
    }
    let rounded_min = ticks / f64::from(TICKS_PER_MIN);
    if rounded_min - min > MOVED * min && !diagnostics.has_warning(path) {
        let step_s = seconds(clocks.movement_ticks);
        let message = format!("{min} min is rounded up to {rounded_min} min, a whole number of steps of {step_s} s");
        diagnostics.warn(path, message, "choose a multiple of the step, or shorten the clock mechanics");
    }
    ticks as u32
}

/// Length of the run in ticks.
pub fn duration(scenario: &Scenario, clocks: &Clocks, diagnostics: &mut Diagnostics) -> u32 {
    let ticks = on_step(scenario.duration.0, clocks, "duration", diagnostics);
    // Beside a duration that is too long, nothing else is late.
    let is_countable = scenario.duration.0 * f64::from(TICKS_PER_MIN) <= f64::from(u32::MAX);
    if is_countable { ticks } else { u32::MAX }
}

/// Ticks of the snapshots, ascending.
pub fn snapshots(given: &Snapshots, duration_ticks: u32, clocks: &Clocks, diagnostics: &mut Diagnostics) -> Vec<u32> {
    let mut ticks = Vec::new();
    let count = given.at.len();
    let message = format!("there are {count} snapshots; at most {MOST_SNAPSHOTS} are written");
    diagnostics.require(count as f64 <= MOST_SNAPSHOTS, "snapshots.at", message, "choose fewer times");
    let listed = if count as f64 <= MOST_SNAPSHOTS { &given.at[..] } else { &[] };
    for (number, time) in listed.iter().enumerate() {
        let path = format!("snapshots.at.{number}");
        let tick = on_step(time.0, clocks, &path, diagnostics);
        diagnostics.require(tick <= duration_ticks, path, "a snapshot is asked for after the end of the run", LATE);
        ticks.push(tick);
    }
    if let Some(every) = given.every {
        let every = on_step(every.0, clocks, "snapshots.every", diagnostics);
        let few = f64::from(duration_ticks) / f64::from(every) <= MOST_SNAPSHOTS;
        diagnostics.require(few, "snapshots.every", format!("that makes more than {MOST_SNAPSHOTS} snapshots"), "");
        if few {
            ticks.extend((0..=duration_ticks).step_by(every as usize));
        }
    }
    ticks.sort_unstable();
    ticks.dedup();
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::values::{Count, Duration, Time};

    fn given(mechanics: Option<f64>, cycle: Option<f64>) -> scenario::Clocks {
        let [mechanics, cycle] = [mechanics, cycle].map(|it| it.map(Time));
        scenario::Clocks { mechanics, cycle, ..scenario::Clocks::default() }
    }

    #[test]
    fn clocks_follow_the_preset_and_the_scenario() {
        let mut diagnostics = Diagnostics::default();
        assert_eq!(clocks(Preset::Fine, &given(None, None), &mut diagnostics), Clocks::FINE);
        let coarse = clocks(Preset::Coarse, &given(Some(0.5), Some(5.0)), &mut diagnostics);
        assert_eq!(coarse, Clocks { movement_ticks: 50, cycle_ticks: 500, rules_ticks: 500, ..Clocks::COARSE });
        // What is not given is a multiple of a long step, and what follows another clock of that.
        let slow = clocks(Preset::Fine, &given(Some(7.0), None), &mut diagnostics);
        let ticks =
            [slow.contacts_ticks, slow.cycle_ticks, slow.rules_ticks, slow.substrates_ticks, slow.reorder_ticks];
        assert_eq!((ticks, slow.proteostasis_ticks), ([700; 5], 2100));
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn clocks_off_the_grid_are_refused() {
        for (mechanics, cycle, path) in [
            (Some(0.005), None, "clocks.mechanics"),
            (Some(0.0), None, "clocks.mechanics"),
            (None, Some(6.05), "clocks.cycle"),
            (Some(0.7), Some(7.1), "clocks.cycle"),
        ] {
            let mut diagnostics = Diagnostics::default();
            clocks(Preset::Fine, &given(mechanics, cycle), &mut diagnostics);
            let found = diagnostics.take();
            assert!(found.iter().any(|it| it.path == path), "{mechanics:?} {cycle:?}: {found:?}");
        }
    }

    #[test]
    fn times_are_rounded_up_to_steps() {
        let mut diagnostics = Diagnostics::default();
        for (min, expected) in [(0.0, 0), (0.1, 10), (0.11, 20), (0.2 + 0.1, 30), (1440.0, 144_000)] {
            assert_eq!(on_step(min, &Clocks::FINE, "t", &mut diagnostics), expected, "{min}");
        }
        assert!(diagnostics.is_empty());
        let [told] = &diagnostics.take_warnings()[..] else { panic!("0.11 min moves by 82 %, the others not at all") };
        assert_eq!(told.message, "0.11 min is rounded up to 0.2 min, a whole number of steps of 6 s");
        on_step(100.05, &Clocks::FINE, "t", &mut diagnostics);
        assert!(diagnostics.take_warnings().is_empty(), "by less than 1 %");
        on_step(1e9, &Clocks::FINE, "t", &mut diagnostics);
        assert_eq!(diagnostics.take()[0].path, "t");
    }

    #[test]
    fn methods_follow_the_preset_and_the_scenario() {
        let mut diagnostics = Diagnostics::default();
        let none = scenario::Mechanics::default();
        assert_eq!(mechanics(Preset::Fine, &none, &mut diagnostics), Mechanics::Potentials);
        assert_eq!(mechanics(Preset::Coarse, &none, &mut diagnostics), Mechanics::Relaxation { iterations: 4 });
        assert!(diagnostics.is_empty());
        let few = scenario::Mechanics { method: None, iterations: Some(Count(0)) };
        mechanics(Preset::Coarse, &few, &mut diagnostics);
        mechanics(Preset::Fine, &few, &mut diagnostics);
        assert_eq!(diagnostics.take().len(), 2);
    }

    #[test]
    fn snapshots_are_sorted_and_within_the_run() {
        let mut diagnostics = Diagnostics::default();
        let given = Snapshots { at: vec![Time(2.5), Time(1.0)], every: Some(Duration(2.0)) };
        assert_eq!(snapshots(&given, 500, &Clocks::FINE, &mut diagnostics), [0, 100, 200, 250, 400]);
        assert!(diagnostics.is_empty());
        snapshots(&given, 200, &Clocks::FINE, &mut diagnostics);
        assert_eq!(diagnostics.take()[0].path, "snapshots.at.0");
        let many = Snapshots { at: vec![Time(9.0); 100_001], every: None };
        assert!(snapshots(&many, 500, &Clocks::FINE, &mut diagnostics).is_empty());
        let said = diagnostics.take();
        assert_eq!(
            (said.len(), said[0].message.as_str()),
            (1, "there are 100001 snapshots; at most 100000 are written")
        );
    }
}
