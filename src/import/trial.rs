//! What texpop makes of an imported scenario: rules that it cannot express, or not all together, are found by trying.

use super::report::{Kind, Report};
use super::rules::Written;
use crate::compile::build;
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::scenario::from_text;

/// How far a base value of a rule may be from that of the cell type, as a fraction.
const BASE_TOLERANCE: f64 = 1e-5;

/// Plans a scenario from its text; or says what is wrong with it.
///
/// # Errors
/// As [`build`].
pub fn plan(name: &str, text: &str) -> Result<Plan> {
    build(&from_text(name, text, &[])?)
}

/// The rules that a scenario can have, in their order; the others are noted with what was said against them.
pub fn accepted<'a>(name: &str, base: &str, rules: &'a [Written], report: &mut Report) -> Vec<&'a Written> {
    let with = |rules: &[&Written]| rules.iter().fold(base.to_owned(), |all, it| all + it.text.as_str());
    let mut kept: Vec<&Written> = rules.iter().collect();
    if plan(name, &with(&kept)).is_err() {
        kept.clear();
        for rule in rules {
            kept.push(rule);
            if let Err(error) = plan(name, &with(&kept)) {
                kept.pop();
                report.add(Kind::Lost, &rule.place, &rule.key, &said(&error, &kept));
            }
        }
    }
    kept.retain(|rule| match base_of(name, base, rule) {
        Some((stated, own)) if !is_near(stated, own.into()) => {
            let reason = format!("the rule states a base value of {stated}, but that of the cell definition is {own}");
            report.add(Kind::Lost, &rule.place, &rule.key, &reason);
            false
        }
        _ => true,
    });
    kept
}

/// The base value that a rule states, and that of its cell type.
fn base_of(name: &str, base: &str, rule: &Written) -> Option<(f64, f32)> {
    let stated = rule.base?;
    let plan = plan(name, &(base.to_owned() + rule.text.as_str())).ok()?;
    let parameters = &plan.arms.first()?.parameters;
    let behaviour = parameters.rules.behaviours.iter().flatten().next()?;
    Some((stated, f32::from_bits(parameters.word(behaviour.word))))
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= BASE_TOLERANCE * a.abs().max(b.abs())
}

/// The first message of a failure, on one line; rules that it speaks of stand in the tables of the project.
fn said(error: &Error, kept: &[&Written]) -> String {
    let text = error.to_string();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let mut first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    if let Some((before, number)) = first.rsplit_once("rules.")
        && let Some(rule) = number.parse::<usize>().ok().and_then(|number| kept.get(number))
    {
        first = format!("{before}{}:{}", rule.place.file, rule.place.line);
    }
    let hint = text.lines().find_map(|line| line.trim_start().strip_prefix("hint: "));
    hint.map_or(first.clone(), |hint| format!("{first} ({hint})"))
}
