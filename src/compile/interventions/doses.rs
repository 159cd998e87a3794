//! `[[doses]]`: a drug is given at once, by infusion or by mouth, in one dose or a course.

use super::{Calendar, Scheduled};
use crate::compile::diagnostics::Diagnostics;
use crate::compile::drugs::Converted;
use crate::plan::Action;
use crate::plan::treatment::pharmacokinetics::Input;
use crate::plan::treatment::{self, Dose};
use crate::scenario::substances::{Amount, Concentration, Kind};
use crate::scenario::{Doses, Drug, Route};
use std::collections::BTreeMap;

/// The drugs of an arm as written, and as planned, in the same order.
#[derive(Clone, Copy)]
pub struct Drugs<'a> {
    pub given: &'a BTreeMap<String, Drug>,
    pub planned: &'a [treatment::Drug],
}

/// One action for each dose.
pub fn plan(
    given: &Doses,
    drugs: Drugs<'_>,
    calendar: &Calendar,
    path: &str,
    to: &mut Scheduled,
    diagnostics: &mut Diagnostics,
) {
    let count = given.amounts.as_ref().map(Vec::len);
    let times = calendar.times(&given.timing(), count, path, diagnostics);
    let names: Vec<&str> = drugs.given.keys().map(String::as_str).collect();
    if names.is_empty() {
        diagnostics.add(
            format!("{path}.drug"),
            format!("unknown drug `{}`; there are none", given.drug),
            "add [drugs.NAME]",
        );
        return;
    }
    let Some(number) = diagnostics.number(format!("{path}.drug"), "drug", &given.drug, &names) else { return };
    let drug = &drugs.given[&given.drug];
    let planned = &drugs.planned[number];
    // What counts a drug with a faulty substrate is not known.
    let counted = (drug.substrate.is_some() == planned.feed.is_some()).then_some(planned.kind);
    let levels = levels(given, drug, counted, path, diagnostics);
    let Some(input) = input(given, drug, path, diagnostics) else { return };
    if levels.is_empty() {
        return;
    }
    to.add(times, path, |repetition| {
        let (shown, level) = &levels[repetition % levels.len()];
        let over = given.over.map_or(String::new(), |over| format!(" over {} min", over.0));
        let what = format!("{shown} {}{over}", given.drug);
        vec![(what, Action::Dose(Dose { drug: number, level: *level, input }))]
    });
}

/// As written, and what a bolus would raise the concentration by.
fn levels(
    given: &Doses,
    drug: &Drug,
    counted: Option<Kind>,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, f64)> {
    let forms = [
        ("amount", given.amount.is_some()),
        ("amounts", given.amounts.is_some()),
        ("concentration", given.concentration.is_some()),
    ];
    if forms.iter().filter(|form| form.1).count() != 1 {
        let hint = "give one of amount = \"200 mg\", amounts = [\"60 mg\", \"40 mg\"], concentration = \"1 uM\"";
        diagnostics.add(path, "it must say how much, and once", hint);
        return Vec::new();
    }
    if let Some(Concentration { value, kind }) = given.concentration {
        let value =
            Converted { value, kind }.to(counted.unwrap_or(kind), drug, &format!("{path}.concentration"), diagnostics);
        return value
            .map(|value| (given.concentration.map_or(String::new(), |it| it.to_string()), value))
            .into_iter()
            .collect();
    }
    let Some(volume) = drug.volume else {
        let hint = "add volume = \"3.5 L\" to the drug, or give concentration = \"1 uM\"";
        diagnostics.add(path, format!("an amount of {} needs a volume to be diluted in", given.drug), hint);
        return Vec::new();
    };
    let volume_ml = volume.0 / 1e12;
    let listed = given.amounts.iter().flatten().enumerate().map(|(n, it)| (format!("{path}.amounts.{n}"), *it));
    let single = given.amount.iter().map(|it| (format!("{path}.amount"), *it));
    let all: Vec<(String, Amount)> = single.chain(listed).collect();
    diagnostics.require(
        !all.is_empty(),
        format!("{path}.amounts"),
        "the course has no doses",
        "list at least one amount",
    );
    let absorbed = if given.route == Route::Oral { drug.bioavailability.0 } else { 1.0 };
    let mut levels = Vec::new();
    for (path, amount) in all {
        let Some(value) = whole(amount, drug, &path, diagnostics) else { continue };
        let converted =
            Converted { value, kind: amount.kind }.to(counted.unwrap_or(amount.kind), drug, &path, diagnostics);
        levels.extend(converted.map(|value| (amount.to_string(), absorbed * value / volume_ml)));
    }
    levels
}

/// The amount for the whole body.
fn whole(amount: Amount, drug: &Drug, path: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
    if !amount.is_by_weight {
        return Some(amount.value);
    }
    let message = "a dose by weight needs the weight of the body";
    diagnostics.require(drug.body_weight.is_some(), path, message, "add body_weight = \"70 kg\" to the drug");
    drug.body_weight.map(|weight| amount.value * weight.0)
}

fn input(given: &Doses, drug: &Drug, path: &str, diagnostics: &mut Diagnostics) -> Option<Input> {
    let is_held = drug.half_life.is_none() && drug.clearance.is_none();
    if given.route == Route::Intravenous {
        return Some(given.over.map_or(Input::Bolus, |over| Input::Infusion(over.0)));
    }
    diagnostics.require(given.over.is_none(), format!("{path}.over"), "an oral dose is not infused", "leave over out");
    diagnostics.require(
        !is_held,
        path,
        "an oral dose needs a drug that leaves",
        "add half_life or clearance to the drug",
    );
    let rate = drug.absorption_rate.map(|rate| rate.0);
    let rate = rate.or(drug.absorption_half_life.map(|half_life| std::f64::consts::LN_2 / half_life.0));
    let message = format!("{} has no absorption, which an oral dose needs", given.drug);
    diagnostics.require(
        rate.is_some(),
        format!("{path}.route"),
        message,
        "add absorption_half_life = \"1 h\" to the drug",
    );
    rate.filter(|_| given.over.is_none() && !is_held).map(Input::Absorbed)
}
