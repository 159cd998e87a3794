//! `texpop verify --experiments` with few cells: what the papers report holds, and a broken parameter is seen.

use texpop::device::Choice;
use texpop::verify::{Outcome, Size, Verdict, VerifyOptions, json, judge, outcomes, text};

/// The main experiments of acute and chronic stimulation.
fn run(set: &[&str]) -> Vec<Outcome> {
    let request = VerifyOptions {
        device: Choice::Cpu,
        size: Size { cells: 60, replicates: 1 },
        only: ["E1", "E2", "E3", "E4"].map(str::to_owned).to_vec(),
        set: set.iter().map(|it| it.to_string()).collect(),
    };
    outcomes(&request).unwrap_or_else(|error| panic!("{error}"))
}

fn missed(outcomes: &[Outcome]) -> Vec<&str> {
    outcomes.iter().filter(|it| it.verdict() == Verdict::Miss).map(|it| it.experiment.readout).collect()
}

#[test]
fn directions_of_the_first_experiments_hold() {
    let outcomes = run(&[]);
    assert_eq!(missed(&outcomes), [""; 0], "{}", text(&outcomes));
    assert!(judge(&outcomes).is_ok() && outcomes.len() > 12);
    let rows: serde_json::Value = serde_json::from_str(&json(&outcomes)).unwrap();
    assert_eq!((rows[0]["experiment"].as_str(), rows[0]["verdict"].as_str()), (Some("E1"), Some("holds")));
}

/// Without the gain of AKT signalling by stress chaperones cells do not collapse.
#[test]
fn a_broken_parameter_is_a_miss() {
    let outcomes = run(&["cell_types.t_cell.proteostasis.akt_gain_by_stress_chaperones=0"]);
    assert!(missed(&outcomes).contains(&"% SLAMF6-TIM3+, chronic"), "{}", text(&outcomes));
    let said = judge(&outcomes).unwrap_err();
    assert_eq!(said.exit_code(), 1);
    assert!(said.to_string().contains("E3: % SLAMF6-TIM3+, chronic"), "{said}");
    assert!(text(&outcomes).contains("MISS"));
}

/// Four pairs of small tumours with few T cells.
fn in_tissue(set: &[&str]) -> Vec<Outcome> {
    let small = ["place.0.radius=30 um", "add_cells.0.count=5", "add_cells.0.radius=40 um", "duration=4 d"];
    let request = VerifyOptions {
        device: Choice::Cpu,
        size: Size { cells: 1, replicates: 1 },
        only: vec!["S2".into()],
        set: small.iter().chain(set).map(|it| it.to_string()).collect(),
    };
    outcomes(&request).unwrap_or_else(|error| panic!("{error}"))
}

/// T cells that do not hit are of no use, whatever is knocked out in them.
#[test]
fn differences_in_a_tissue_are_paired_and_have_intervals() {
    let it = in_tissue(&[]);
    let first = &it[0];
    let [low, high] = first.interval().unwrap();
    assert!(first.values.len() == 4 && low < first.mean() && first.mean() < high && high < 0.0, "{}", text(&it));
    assert_eq!((missed(&it), first.verdict()), (vec![], Verdict::Holds), "{}", text(&it));
    let broken = in_tissue(&["interactions.0.hit_rate=0.0001 /h"]);
    assert_ne!(broken[0].verdict(), Verdict::Holds, "{}", text(&broken));
    assert!(text(&it).contains('[') && text(&broken).contains("not clear") | text(&broken).contains("MISS"));
}

#[test]
fn an_unknown_experiment_is_refused() {
    let error = outcomes(&VerifyOptions { only: vec!["E99".into()], ..VerifyOptions::default() }).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("no experiment `E99`") && error.to_string().contains("E1, E2"), "{error}");
}
