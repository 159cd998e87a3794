//! What a study asks, as text, before it runs.

use super::text::heading;
use crate::outputs::figures::figures;
use crate::plan::Plan;
use crate::plan::study::{Method, Rounds, Study};
use std::fmt::Write as _;

/// Arms, outcomes, sample and rounds; empty where there is no study.
pub fn question(plan: &Plan) -> String {
    let Some(study) = &plan.study else { return String::new() };
    let (arms, comparator) = (plan.arms.len(), &plan.arms[study.comparator].name);
    let mut text = format!("\nstudy of {arms} arms, compared with {comparator}\n");
    for outcome in &study.outcomes {
        let _ = writeln!(text, "  {}", heading(outcome));
    }
    if let Some(sample) = &study.sample {
        let points: usize = sample.lines.iter().map(|it| it.arms.len()).sum();
        let what = match sample.method {
            Method::LatinHypercube => "a Latin hypercube",
            Method::Sobol => "Sobol's sequence",
            Method::SobolIndices => "a sample for Sobol' indices",
            Method::Morris => "trajectories for elementary effects",
        };
        let _ = writeln!(text, "  {what}: {points} points");
    }
    if let Some(rounds) = &study.rounds {
        text += &of_rounds(plan, study, rounds);
    }
    text
}

fn of_rounds(plan: &Plan, study: &Study, rounds: &Rounds) -> String {
    let decides = &study.outcomes[rounds.outcome].name;
    let (first, most) = (rounds.first, plan.seeds.len());
    let mut text = format!("  rounds: {first} replicates at first, {most} at most, by {decides}");
    if let Some(keep) = rounds.keep {
        let _ = write!(text, "; {} % of the arms go on after each", figures(100.0 * keep));
    }
    if let Some(half_width) = rounds.half_width {
        let _ = write!(text, "; until intervals are {half_width} to each side");
    }
    text + "\n  memory and disk above are those of all replicates\n"
}
