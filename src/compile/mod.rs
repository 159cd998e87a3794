//! From a scenario to a plan: checks that concern several values at once, and numbers as the device wants them.
//!
//! One file an idea; each notes faults and goes on, so that all of them are reported together.

mod arm;
mod cohort;
pub mod diagnostics;
pub mod drugs;
mod frame;
pub mod genotype;
mod immunity;
pub mod interventions;
mod observation;
mod pairs;
pub mod parameter_paths;
mod phases;
pub mod placements;
pub mod regions;
mod report;
mod reported;
mod rules;
pub mod rules_table;
mod space;
mod stability;
mod study;
pub mod substrates;
pub mod time;
mod traits;
pub mod types;

pub use observation::OBSERVABLE;

use crate::error::Result;
use crate::plan::seeds::seeds;
use crate::plan::study::Study;
use crate::plan::{Arm, CellType, Clocks, Cohort, Plan, TICKS_PER_MIN};
use crate::scenario::{BASE_ARM, Beyond, Scenario};
use arm::Draft;
pub(crate) use arm::MOST_TYPES;
use cohort::Around;
use diagnostics::Diagnostics;
use frame::Frame;
use parameter_paths::ParameterNames;

/// Makes the plan of a scenario.
///
/// # Errors
/// `Error::Input` with all faults, each at its place in the file: what does not fit together, what the device cannot
/// count, and what would be unstable.
pub fn build(scenario: &Scenario) -> Result<Plan> {
    build_with_warnings(scenario).map(|it| it.0)
}

/// [`build`], and the warnings about what is no fault, and yet hardly believable; empty where there are none.
///
/// # Errors
/// As [`build`].
pub fn build_with_warnings(scenario: &Scenario) -> Result<(Plan, String)> {
    let mut shared = Diagnostics::default();
    let frame = Frame::new(scenario, &mut shared);
    let mut drafts = Vec::new();
    for name in scenario.arm_names() {
        drafts.push(Draft::new(&name, scenario.arm(&name)?, &frame));
    }
    arm::check_shapes(&mut drafts);
    let has_proteostasis = drafts.iter().any(|draft| !draft.parameters.proteostasis.is_empty());
    let is_immunogenic = |draft: &Draft| draft.parameters.types.iter().any(|it| it.is_immunogenic == 1);
    let has = [has_proteostasis, drafts.iter().any(Draft::has_synapses), drafts.iter().any(is_immunogenic)];
    observation::check_columns(&frame.observe, has, &mut shared);
    check_synapses(&frame.clocks, &drafts, &mut shared);
    arm::check_rules(&drafts, &frame, &mut shared);
    let seeds = seeds(scenario.seed, study::most_replicates(scenario));
    let cohort = cohort_of(scenario, &drafts, &frame, &seeds, &mut shared);
    let domain = frame.domain(&drafts, &mut shared);
    for draft in &mut drafts {
        draft.share_culture(&frame, &domain);
    }
    let study = asked(scenario, &drafts, &frame, &mut shared);
    let found: Vec<_> = drafts.iter_mut().map(|draft| (&draft.scenario, &mut draft.diagnostics)).collect();
    let warnings = report::warnings(scenario, &mut shared, found);
    let found: Vec<_> = drafts.iter_mut().map(|draft| (&draft.scenario, &mut draft.diagnostics)).collect();
    report::report(scenario, shared, found)?;
    let cell_types = cell_types(&drafts);
    let mut substrates = frame.substrates;
    if let Some(substrates) = &mut substrates {
        substrates::settle(substrates, drafts.iter().map(|draft| &draft.parameters));
    }
    let plan = Plan {
        title: scenario.title.clone(),
        domain,
        clocks: frame.clocks,
        duration_ticks: frame.duration_ticks,
        mechanics: frame.mechanics,
        substrates,
        cell_types,
        arms: drafts.into_iter().map(Arm::from).collect(),
        seeds,
        cohort,
        observe: frame.observe,
        snapshots: frame.snapshots,
        study,
        chosen: None,
    };
    Ok((plan, warnings))
}

/// The study, whose outcomes are statistics of all arms.
fn asked(scenario: &Scenario, drafts: &[Draft], frame: &Frame, diagnostics: &mut Diagnostics) -> Option<Study> {
    let first = drafts.first()?;
    let irradiates = drafts.iter().any(|it| !it.scenario.irradiation.is_empty());
    let of_types = reported::reported(&first.types, &frame.observe, frame.space.geometry, irradiates);
    let mut of_tissue = reported::of_tissue(&first.treatment, frame.substrates.as_ref());
    // The time is no outcome.
    of_tissue.retain(|name| name != "time_h");
    let reported = study::Reported { of_types: &of_types, of_tissue: &of_tissue };
    study::study(scenario, frame, &reported, diagnostics)
}

/// Steps of proteostasis take the mean over whole contact steps.
fn check_synapses(clocks: &Clocks, drafts: &[Draft], diagnostics: &mut Diagnostics) {
    let minutes = |ticks: u32| f64::from(ticks) / f64::from(TICKS_PER_MIN);
    let [kernel, contacts] = [clocks.proteostasis_ticks, clocks.contacts_ticks];
    let message = format!(
        "the clock proteostasis, {} min, is not a multiple of contacts, {} min",
        minutes(kernel),
        minutes(contacts)
    );
    let hint = "proteostasis takes the mean of the TCR signal over whole contact steps";
    let fits = kernel.is_multiple_of(contacts.max(1)) || !drafts.iter().any(Draft::has_synapses);
    diagnostics.require(fits, "clocks.proteostasis", message, hint);
}

/// What does not fit together in a scenario without arms: path, message and a way out of each fault. For a scenario some
/// values of which could not be read: see `scenario::load_with`.
pub fn faults(scenario: &Scenario) -> Beyond {
    let mut shared = Diagnostics::default();
    let frame = Frame::new(scenario, &mut shared);
    let mut drafts = [Draft::new(BASE_ARM, scenario.clone(), &frame)];
    cohort_of(scenario, &drafts, &frame, &seeds(scenario.seed, study::most_replicates(scenario)), &mut shared);
    frame.domain(&drafts, &mut shared);
    let mut texts = shared.take_texts();
    texts.extend(drafts[0].diagnostics.take_texts());
    let found = shared.take().into_iter().chain(drafts[0].diagnostics.take());
    Beyond { faults: found.map(|it| (it.path, it.message, it.hint)).collect(), texts }
}

/// The cohort, by the names and rows of the first arm, which lie as those of all.
fn cohort_of(
    scenario: &Scenario,
    drafts: &[Draft],
    frame: &Frame,
    seeds: &[[u32; 2]],
    diagnostics: &mut Diagnostics,
) -> Cohort {
    let Some(draft) = drafts.first() else { return Cohort::default() };
    let names = ParameterNames {
        types: &draft.types,
        interactions: &draft.scenario.interactions,
        parameters: &draft.parameters,
        geometry: frame.space.geometry,
        volume_um3: frame.volume_um3,
    };
    let around = Around {
        names,
        seeds,
        observe: &frame.observe,
        treatment: &draft.treatment,
        substrates: frame.substrates.as_ref(),
        clocks: &frame.clocks,
        duration_ticks: frame.duration_ticks,
        irradiates: !draft.scenario.irradiation.is_empty(),
    };
    around.cohort(&scenario.cohort, diagnostics)
}

/// Names of the types; the arms have been checked to agree.
fn cell_types(drafts: &[Draft]) -> Vec<CellType> {
    let attacks = |own: usize| drafts.iter().any(|draft| draft.attacks(own));
    let named = |own: usize, built: &types::BuiltType| CellType {
        name: built.name.clone(),
        phases: built.phases.iter().map(|(name, _)| name.clone()).collect(),
        traits: built.trait_names.clone(),
        is_effector: attacks(own),
    };
    drafts.first().map_or_else(Vec::new, |draft| draft.types.iter().enumerate().map(|(n, it)| named(n, it)).collect())
}
