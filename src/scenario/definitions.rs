//! Names that a scenario gives: whether they follow the rule, and whether they can be told apart.

use super::faults::Faults;
use super::naming::{self, RULE, is_name, joined, suggestion};
use super::{Scenario, Source};
use std::collections::BTreeMap;

/// Notes names that break the rule, and those that would stand for one file or look the same.
pub(super) fn check(source: &Source, scenario: &Scenario, faults: &mut Faults) {
    let mut check = |what: &str, section: &[&str], names: Vec<&str>| {
        section_of(source, faults, what, section, &names, |name| joined(section.iter().copied().chain([name])));
    };
    // The points of a sweep make names of their own.
    let arms = scenario.arms.iter().filter(|it| it.1.levels.is_empty()).map(|it| it.0.as_str());
    check("arm", &["arms"], arms.collect());
    check("cell type", &["cell_types"], keys(scenario.cell_types.keys()));
    check("substrate", &["substrates"], keys(scenario.substrates.keys()));
    check("drug", &["drugs"], keys(scenario.drugs.keys()));
    check("set of rules", &["rule_sets"], keys(scenario.rule_sets.keys()));
    for (name, set) in &scenario.rule_sets {
        check("rule", &["rule_sets", name, "rules"], keys(set.rules.keys()));
    }
    for (name, it) in &scenario.cell_types {
        check("trait", &["cell_types", name, "traits"], keys(it.traits.keys()));
    }
    if let Some(study) = &scenario.study {
        check("outcome", &["study", "outcomes"], keys(study.outcomes.keys()));
        check("sweep", &["study", "sweep"], keys(study.sweep.keys()));
    }
    for (name, it) in &scenario.cell_types {
        let section = ["cell_types", name, "cycle", "phases"];
        let names: Vec<&str> = it.cycle.phases.iter().map(|phase| phase.name.as_str()).collect();
        section_of(source, faults, "phase", &section, &names, |name| {
            let number = names.iter().position(|it| *it == name).unwrap_or(0);
            format!("{}.{number}.name", joined(section))
        });
    }
}

fn keys<'a>(keys: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    keys.map(String::as_str).collect()
}

/// The names of one section; `path` is where a name is given.
fn section_of(
    source: &Source,
    faults: &mut Faults,
    what: &str,
    section: &[&str],
    names: &[&str],
    path: impl Fn(&str) -> String,
) {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for &name in names {
        if !is_name(name) {
            let message = format!("`{name}` cannot be the name of {}; {RULE}", with_article(what));
            let hint = format!("call it `{}`", suggestion(name));
            faults.add(source.span(&path(name)), message, Some(hint));
            continue;
        }
        let other = known.insert(naming::key(name), name).filter(|other| *other != name);
        if let Some(other) = other {
            let message = format!("the {what}s `{other}` and `{name}` cannot be told apart");
            let hint =
                format!("case, blank or _ alone make no other name in {}: rename one", joined(section.iter().copied()));
            faults.add(source.span(&path(name)), message, Some(hint));
        }
    }
}

fn with_article(what: &str) -> String {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {what}")
}
