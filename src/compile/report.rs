//! All faults of a scenario as one error, and all warnings as one text.

use super::diagnostics::{Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::scenario::{Faults, Scenario};

/// All warnings, drawn; empty where there are none. What is found in each arm is said once.
pub fn warnings(scenario: &Scenario, shared: &mut Diagnostics, arms: Vec<(&Scenario, &mut Diagnostics)>) -> String {
    let mut warnings = Faults::default();
    for Diagnostic { path, message, hint } in shared.take_warnings() {
        warnings.push(scenario.fault(&path, message, hint));
    }
    for (arm, diagnostics) in arms {
        for Diagnostic { path, message, hint } in diagnostics.take_warnings() {
            warnings.push(arm.fault(&path, message, hint));
        }
    }
    scenario.warnings(warnings)
}

/// Fails if anything was found: what concerns all arms, or is found in each of them, without an arm's name; the rest
/// at the arm's `set`.
///
/// # Errors
/// `Error::Input`.
pub fn report(scenario: &Scenario, mut shared: Diagnostics, arms: Vec<(&Scenario, &mut Diagnostics)>) -> Result<()> {
    let mut texts = shared.take_texts();
    let mut common = shared.take();
    let (scenarios, found): (Vec<_>, Vec<_>) = arms
        .into_iter()
        .map(|(arm, diagnostics)| {
            texts.extend(diagnostics.take_texts());
            (arm, diagnostics.take())
        })
        .unzip();
    let is_common = |diagnostic: &Diagnostic| found.iter().all(|of_arm| of_arm.contains(diagnostic));
    common.extend(found.first().into_iter().flatten().filter(|it| is_common(it)).cloned());
    let mut faults = Faults::default();
    for Diagnostic { path, message, hint } in &common {
        faults.push(scenario.fault(path, message, hint.clone()));
    }
    for (arm, of_arm) in scenarios.iter().zip(&found) {
        for Diagnostic { path, message, hint } in of_arm.iter().filter(|it| !is_common(it)) {
            faults.push(arm.fault(path, message, hint.clone()));
        }
    }
    texts.dedup();
    match (scenario.finish(faults), texts.is_empty()) {
        (result, true) => result,
        (Ok(()), false) => Err(Error::Input(texts.join("\n"))),
        (Err(fault), false) => Err(Error::Input(format!("{fault}\n{}", texts.join("\n")))),
    }
}
