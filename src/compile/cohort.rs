//! A cohort from a scenario.

use super::diagnostics::Diagnostics;
use super::parameter_paths::{Key, ParameterNames};
use super::reported::{of_tissue, reported};
use super::time::on_step;
use crate::plan::cohort::{Cohort, Drawn, Law, Readout, Term};
use crate::plan::domain::Clocks;
use crate::plan::treatment::parameter_paths::Measure;
use crate::plan::treatment::{ParameterId, Treatment};
use crate::plan::{Observe, Substrates, TICKS_PER_MIN};
use crate::scenario::cohort as given;
use crate::scenario::cohort::{CohortDistribution, CohortParameter};
use crate::scenario::naming::{joined, normal, quoted};
use crate::scenario::proteostasis::PARAMETERS;
use crate::scenario::rules::Amount;
use crate::scenario::units::{self, Dimension};

/// What a cohort is drawn and read with.
pub struct Around<'a> {
    pub names: ParameterNames<'a>,
    pub seeds: &'a [[u32; 2]],
    pub observe: &'a Observe,
    pub treatment: &'a Treatment,
    pub substrates: Option<&'a Substrates>,
    pub clocks: &'a Clocks,
    pub duration_ticks: u32,
    pub irradiates: bool,
}

impl Around<'_> {
    /// Draws the patients, and finds the statistics that are compared.
    pub fn cohort(&self, given: &given::Cohort, diagnostics: &mut Diagnostics) -> Cohort {
        let mut cohort = Cohort { responders_above: given.responders_above.map(|it| it.0), ..Cohort::default() };
        for (number, it) in given.parameters.iter().enumerate() {
            let path = format!("cohort.parameters.{number}");
            let Some(drawn) = self.drawn(it, number as u32, &path, diagnostics) else { continue };
            let is_new = !cohort.parameters.iter().any(|known| known.place == drawn.place);
            diagnostics.require(is_new, path, format!("{} is drawn twice", drawn.name), "leave one of them out");
            cohort.parameters.push(drawn);
        }
        cohort.score = given.score.as_ref().and_then(|it| self.readout(it, "cohort.score", diagnostics));
        cohort.response = given.response.as_ref().and_then(|it| self.readout(it, "cohort.response", diagnostics));
        let has_both = given.score.is_some() == given.response.is_some();
        let hint = "give [cohort.score] and [cohort.response], each with a statistic and a time, or neither";
        diagnostics.require(has_both, "cohort", "a score is compared with a response", hint);
        let message = "there are no responders without a response";
        diagnostics.require(
            given.responders_above.is_none() || given.response.is_some(),
            "cohort.responders_above",
            message,
            "",
        );
        cohort
    }

    fn drawn(&self, it: &CohortParameter, number: u32, path: &str, diagnostics: &mut Diagnostics) -> Option<Drawn> {
        let key = Key {
            cell_type: it.cell_type.as_deref(),
            effector: it.effector.as_deref(),
            target: it.target.as_deref(),
            parameter: &it.parameter,
        };
        let place = self.names.place(&key, path, diagnostics)?;
        let measure = place.measure();
        if measure == Measure::VolumeRate {
            let hint = "vary hit_rate or kill_rate, or give each patient an arm";
            diagnostics.add(format!("{path}.parameter"), "encounter_rate cannot be drawn", hint);
            return None;
        }
        let (law, limits) = law(it, measure.dimension(), path, diagnostics)?;
        let values = law.draw(limits, number, self.seeds);
        // The rest lie between.
        for extreme in [values.iter().copied().reduce(f64::min)?, values.iter().copied().reduce(f64::max)?] {
            let (scale, unit) = scale_and_unit(place);
            let what = format!("a patient's {} is {:.6}{unit}", it.parameter, extreme * scale);
            let hint = "narrow the law, or clip it by min and max; a lognormal law stays above 0";
            self.names.check(place, extreme, &what, hint, path, diagnostics)?;
        }
        let (scale, unit) = scale_and_unit(place);
        let ending = unit.trim().replace('/', "_per_").replace('%', "percent").replace(' ', "_").replace('^', "");
        let joint = if ending.is_empty() || ending.starts_with('_') { "" } else { "_" };
        let name = format!("{}{joint}{}", key.path(), ending.replace("1_per", "_per"));
        Some(Drawn { name: name.replace("__", "_"), place, values, scale })
    }

    fn readout(&self, it: &given::Readout, path: &str, diagnostics: &mut Diagnostics) -> Option<Readout> {
        let term = self.term(&it.statistic, "statistic", it.at.0, "at", path, diagnostics);
        let (at, at_key) = it.over_at.map_or((it.at.0, "at"), |at| (at.0, "over_at"));
        let over = it.over.as_ref().map(|over| self.term(over, "over", at, at_key, path, diagnostics));
        diagnostics.require(
            it.over.is_some() || it.over_at.is_none(),
            format!("{path}.over_at"),
            "over_at is the time of over, which is not given",
            "",
        );
        Some(Readout {
            term: term?,
            over: match over {
                Some(over) => Some(over?),
                None => None,
            },
        })
    }

    fn term(
        &self,
        name: &str,
        key: &str,
        at_min: f64,
        at_key: &str,
        path: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Term> {
        let types = reported(self.names.types, self.observe, self.names.geometry, self.irradiates);
        let of_type = |(own, (of, names)): (usize, &(String, Vec<String>))| {
            names.iter().map(|it| (joined([of.as_str(), it]), Some(own as u32), it.clone())).collect::<Vec<_>>()
        };
        let mut known: Vec<(String, Option<u32>, String)> = types.iter().enumerate().flat_map(of_type).collect();
        let of_tissue = of_tissue(self.treatment, self.substrates).into_iter().filter(|it| it != "time_h");
        known.extend(of_tissue.map(|it| (quoted(&it), None, it)));
        let names: Vec<&str> = known.iter().map(|it| it.0.as_str()).collect();
        let found = diagnostics.number(format!("{path}.{key}"), "statistic", &normal(name), &names);
        let (at_path, every) = (format!("{path}.{at_key}"), self.observe.every_ticks);
        let tick = on_step(at_min, self.clocks, &at_path, diagnostics);
        let is_report = tick.is_multiple_of(every) || tick == self.duration_ticks;
        let every_h = f64::from(every) / f64::from(TICKS_PER_MIN) / 60.0;
        let hint = format!("reports come every {every_h} h, and at the end; set statistics.every, or another time");
        diagnostics.require(is_report, at_path.as_str(), "there is no report at this time", &hint);
        diagnostics.require(tick <= self.duration_ticks, at_path, "the time is after the end of the run", "");
        let (_, cell_type, statistic) = known.swap_remove(found?);
        Some(Term { cell_type, statistic, tick })
    }
}

/// From um and min to the unit in which a value is printed.
fn scale_and_unit(place: ParameterId) -> (f64, String) {
    if let ParameterId::Proteostasis { field, .. } = place {
        let row = &PARAMETERS[field];
        let unit = row.field.strip_prefix(row.key()).unwrap_or("").trim_start_matches('_');
        return (row.measure.from_min(), if unit.is_empty() { String::new() } else { format!(" {unit}") });
    }
    match place.measure().dimension() {
        Dimension::TIME => (1.0 / 60.0, " h".into()),
        Dimension::NUMBER => (1.0, String::new()),
        dimension => (1.0, format!(" {}", dimension.unit())),
    }
}

/// The law of a parameter and where it is clipped, with the keys that are too many or missing.
fn law(
    it: &CohortParameter,
    dimension: Dimension,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Option<(Law, [f64; 2])> {
    let (name, needed): (&str, &[&str]) = match it.distribution {
        CohortDistribution::Normal => ("normal", &["mean", "sd"]),
        CohortDistribution::Lognormal => ("lognormal", &["median", "sigma"]),
        CohortDistribution::Uniform => ("uniform", &["min", "max"]),
    };
    let amounts = [("mean", &it.mean), ("sd", &it.sd), ("median", &it.median), ("min", &it.min), ("max", &it.max)];
    let given = amounts.map(|(key, amount)| (key, amount.is_some())).into_iter().chain([("sigma", it.sigma.is_some())]);
    let mut is_whole = true;
    for (key, is_given) in given {
        let is_needed = needed.contains(&key);
        let may_be = is_needed || ["min", "max"].contains(&key);
        let hint = format!("a {name} law has {}", needed.join(" and "));
        diagnostics.require(may_be || !is_given, format!("{path}.{key}"), format!("a {name} law has no {key}"), &hint);
        diagnostics.require(!is_needed || is_given, path, format!("a {name} law needs {key}"), "");
        is_whole &= is_given || !is_needed;
    }
    let mut read = |key: &str, amount: &Option<Amount>| {
        let text = amount.as_ref()?.to_string();
        match units::parse(&text, dimension) {
            Ok(value) => Some(value),
            Err(fault) => {
                diagnostics.add(format!("{path}.{key}"), fault.message, &fault.hint.unwrap_or_default());
                is_whole = false;
                None
            }
        }
    };
    let [mean, sd, median, min, max] = amounts.map(|(key, amount)| read(key, amount));
    let message = "it is below 0; a standard deviation is 0 or more";
    diagnostics.require(sd.is_none_or(|sd| sd >= 0.0), format!("{path}.sd"), message, "");
    let limits = [min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY)];
    diagnostics.require(limits[0] <= limits[1], format!("{path}.max"), "max is below min", "");
    let law = match it.distribution {
        CohortDistribution::Normal => mean.zip(sd).map(|(mean, sd)| Law::Normal { mean, sd }),
        CohortDistribution::Lognormal => {
            median.zip(it.sigma).map(|(median, sigma)| Law::Lognormal { median, sigma: sigma.0 })
        }
        CohortDistribution::Uniform => Some(Law::Uniform),
    };
    law.filter(|_| is_whole && sd.is_none_or(|sd| sd >= 0.0) && limits[0] <= limits[1]).map(|law| (law, limits))
}
