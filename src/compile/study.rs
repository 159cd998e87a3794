//! A study: its outcomes are statistics that there are, at times when they are reported.

use super::diagnostics::Diagnostics;
use super::frame::Frame;
use super::time::on_step;
use crate::plan::study::{Formula, Line, Measure, Outcome, Rounds, Sample, Study, Sweep, Term};
use crate::scenario::naming::{joined, quoted};
use crate::scenario::study as given;
use crate::scenario::study::Better;
use crate::scenario::sweep::{label, quantity};
use crate::scenario::{Scenario, sampling};

/// Columns of the tables of a study beside the sweeps.
const COLUMNS: [&str; 14] = [
    "arm",
    "replicate",
    "outcome",
    "value",
    "is_censored",
    "rank",
    "replicates",
    "mean",
    "sd",
    "censored",
    "difference",
    "difference_low",
    "difference_high",
    "variance_ratio",
];
/// Replicates of an arm at most.
const MOST_REPLICATES: u32 = 1_000_000;
/// Tissues of a study at most: what is noted of each takes some hundred bytes.
const MOST_TISSUES: u64 = 1 << 22;

/// Statistics that an outcome may be: of cell types, and of whole tissues.
pub struct Reported<'a> {
    pub of_types: &'a [(String, Vec<String>)],
    pub of_tissue: &'a [String],
}

/// Checks `[study]`.
pub fn study(scenario: &Scenario, frame: &Frame, reported: &Reported, diagnostics: &mut Diagnostics) -> Option<Study> {
    let given = scenario.study.as_ref()?;
    let arms = scenario.arm_names();
    check_sweeps(scenario, given, diagnostics);
    let hint = "add [study.outcomes.NAME] with statistic and better";
    diagnostics.require(!given.outcomes.is_empty(), "study", "it has no outcome", hint);
    let known: Vec<&str> = arms.iter().map(String::as_str).collect();
    let comparator = given.comparator.as_ref();
    let comparator = comparator.map_or(Some(0), |name| diagnostics.number("study.comparator", "arm", name, &known));
    let outcomes = given.outcomes.iter();
    let outcomes = outcomes.filter_map(|(name, it)| outcome(name, it, frame, reported, diagnostics)).collect();
    let level =
        |name: &str, arm: &String| scenario.arms.get(arm).and_then(|it| it.levels.get(name)).map(|it| &it.value);
    let sweep = |name: &String| sweep(name, arms.iter().map(|arm| level(name, arm)).collect());
    let sweeps = given.sweep.keys().map(sweep).collect();
    let sample = given.sample.as_ref().map(|it| Sample { method: it.method, lines: lines(it, scenario, &arms) });
    let (pareto, rounds) = (pareto(given, diagnostics), rounds(scenario, given, frame, diagnostics));
    Some(Study { comparator: comparator?, confidence: given.confidence.0, outcomes, sweeps, sample, pareto, rounds })
}

/// The points of a sample, for each arm that is varied; none where a point made no arm, which is told elsewhere.
fn lines(sample: &sampling::Sample, scenario: &Scenario, arms: &[String]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (number, arm) in arms.iter().enumerate() {
        let Some(arm) = scenario.arms.get(arm).filter(|it| !it.points.is_empty()) else { continue };
        if !lines.iter().any(|it| it.varied == arm.varied) {
            let sweeps: Vec<String> = arm.levels.keys().cloned().collect();
            let places = sample.points(sweeps.len()).unwrap_or_default();
            lines.push(Line { varied: arm.varied.clone(), arms: vec![number; places.len()], sweeps, places });
        }
        let line = lines.iter_mut().find(|it| it.varied == arm.varied);
        let Some(Line { arms: of_points, .. }) = line else { continue };
        arm.points.iter().for_each(|point| of_points[*point as usize] = number);
    }
    lines
}

fn sweep(name: &str, values: Vec<Option<&toml::Value>>) -> Sweep {
    let levels = values.iter().map(|value| value.map(label)).collect();
    let quantities: Vec<_> = values.iter().map(|value| value.and_then(|it| quantity(it).ok())).collect();
    let are_numbers = values.iter().zip(&quantities).all(|(value, number)| value.is_some() == number.is_some());
    let mut units = quantities.iter().flatten().map(|it| &it.1);
    let unit = units.next().filter(|first| units.all(|unit| unit == *first)).cloned();
    let numbers = quantities.iter().map(|it| it.as_ref().map(|it| it.0)).collect();
    Sweep { name: name.to_owned(), levels, numbers: unit.filter(|_| are_numbers).map(|unit| (numbers, unit)) }
}

/// Sweeps whose values can be told make the arms; else they say what is missing.
fn check_sweeps(scenario: &Scenario, given: &given::Study, diagnostics: &mut Diagnostics) {
    let path = "study.confidence";
    let confidence = given.confidence.0;
    let message = format!("confidence is {confidence}; it must be above 0 and below 1");
    diagnostics.require(confidence > 0.0 && confidence < 1.0, path, message, "0.95 is usual");
    let mut points = 1usize;
    for (name, sweep) in &given.sweep {
        let path = format!("study.sweep.{}", quoted(name));
        let message = format!("{name} is the name of a column of results.csv or ranking.csv");
        diagnostics.require(!COLUMNS.contains(&name.as_str()), path.as_str(), message, "choose another name");
        let levels = if given.sample.is_some() { sweep.levels_at(&[0.5]) } else { sweep.levels() };
        match levels {
            Ok(levels) => points = points.saturating_mul(levels.len()),
            Err(message) => diagnostics.add(path.as_str(), message, ""),
        }
    }
    if let Some(sample) = &given.sample {
        let message = "there is nothing to sample";
        diagnostics.require(
            !given.sweep.is_empty(),
            "study.sample",
            message,
            "add [study.sweep.NAME] with path, from and to",
        );
        match sample.size(given.sweep.len().max(1)) {
            Ok(size) => points = size,
            Err(message) => diagnostics.add("study.sample.count", message, ""),
        }
    }
    // Where they were made there are not too many of them.
    let are_made = scenario.arms.values().any(|it| !it.levels.is_empty());
    let unasked = given.most_arms.0 as usize;
    let most = if are_made { unasked } else { given.most_points(scenario.arms.len()) };
    for (name, sweep) in &given.sweep {
        for (number, listed) in sweep.arms.iter().flatten().enumerate() {
            let is_varied = scenario.arms.values().any(|arm| arm.varied.as_ref() == Some(listed));
            let message = format!("there is no arm `{listed}`");
            let hint = "name arms of [arms.NAME]; without any, leave arms out";
            let is_known = is_varied || points > most;
            diagnostics.require(is_known, format!("study.sweep.{}.arms.{number}", quoted(name)), message, hint);
        }
    }
    let path = if given.sample.is_some() { "study.sample" } else { "study.sweep" };
    let (limit, hint) = match most < unasked {
        true => ("can be run", "give fewer values, or part the study"),
        false => ("are run unasked", "give fewer values, or run it with --yes"),
    };
    let message = format!("the sweeps make {points} arms of one, more than the {most} that {limit}");
    diagnostics.require(points <= most || are_made, path, message, hint);
}

fn outcome(
    name: &str,
    given: &given::Outcome,
    frame: &Frame,
    reported: &Reported,
    diagnostics: &mut Diagnostics,
) -> Option<Outcome> {
    let path = format!("study.outcomes.{}", quoted(name));
    let until_tick = until(given, frame, &path, diagnostics);
    let measure = measure(given, &path, diagnostics);
    let formula = formula(&given.statistic, &format!("{path}.statistic"), reported, diagnostics);
    Some(Outcome {
        name: name.to_owned(),
        formula: formula?,
        measure: measure?,
        until_tick: until_tick?,
        low_is_better: given.better == Better::Low,
    })
}

/// An expression whose statistics there are.
fn formula(text: &str, path: &str, reported: &Reported, diagnostics: &mut Diagnostics) -> Option<Formula> {
    let names = match Formula::names(text) {
        Ok(names) => names,
        Err(message) => {
            diagnostics.add(path, message, "write it as in tumour.live_count / t_cell.live_count");
            return None;
        }
    };
    let term = |name: &Vec<String>| match &name[..] {
        [cell_type, statistic] => {
            let types: Vec<&str> = reported.of_types.iter().map(|it| it.0.as_str()).collect();
            let number = diagnostics.number(path, "cell type", cell_type, &types)?;
            let known: Vec<&str> = reported.of_types[number].1.iter().map(String::as_str).collect();
            diagnostics.number(path, &format!("statistic of {cell_type}"), statistic, &known)?;
            Some(Term { cell_type: Some(number as u32), statistic: statistic.to_owned() })
        }
        [name] => {
            let known: Vec<&str> = reported.of_tissue.iter().map(String::as_str).collect();
            diagnostics.number(path, "statistic of the tissue", name, &known)?;
            Some(Term { cell_type: None, statistic: name.clone() })
        }
        _ => {
            let message = format!("`{}` is no statistic", joined(name.iter().map(String::as_str)));
            diagnostics.add(path, message, "write it as in tumour.live_count or \"helper T cell\".live_count");
            None
        }
    };
    let terms: Option<Vec<Term>> = names.iter().map(term).collect();
    Some(Formula { text: text.to_owned(), terms: terms? })
}

/// The two outcomes of `pareto`.
fn pareto(given: &given::Study, diagnostics: &mut Diagnostics) -> Option<[usize; 2]> {
    let known: Vec<&str> = given.outcomes.keys().map(String::as_str).collect();
    let numbers: Vec<Option<usize>> = (given.pareto.iter().enumerate())
        .map(|(place, name)| diagnostics.number(format!("study.pareto.{place}"), "outcome", name, &known))
        .collect();
    match numbers[..] {
        [] => None,
        [Some(a), Some(b)] if a != b => Some([a, b]),
        [None, _] | [_, None] => None,
        _ => {
            let hint = "name two, such as tumour_cells and drug_exposure";
            diagnostics.add("study.pareto", "a front is of two outcomes that differ", hint);
            None
        }
    }
}

/// Replicates that an arm comes to: one alone where the scenario asks for more than can be counted.
pub fn most_replicates(scenario: &Scenario) -> u32 {
    let rounds = scenario.study.as_ref().and_then(|it| it.rounds.as_ref());
    let most = rounds.map_or(scenario.replicates.0, |it| it.at_most.0.max(scenario.replicates.0));
    let arms = scenario.arms.len().max(1) as u64;
    if most <= MOST_REPLICATES && arms * u64::from(most) <= MOST_TISSUES { most } else { 1 }
}

/// Checks how many replicates there are, before anything is made of each.
pub fn check_replicates(scenario: &Scenario, diagnostics: &mut Diagnostics) {
    let rounds = scenario.study.as_ref().and_then(|it| it.rounds.as_ref());
    let at_most = rounds.map(|it| ("study.rounds.at_most", "at_most", it.at_most.0));
    let mut most = 1;
    for (path, key, count) in [("replicates", "replicates", scenario.replicates.0)].into_iter().chain(at_most) {
        let message = format!("{key} is {count}; it must be from 1 to {MOST_REPLICATES}");
        let hint = "8 to 100 are usual; the standard error falls with the square root of their number";
        diagnostics.require((1..=MOST_REPLICATES).contains(&count), path, message, hint);
        most = most.max(count.min(MOST_REPLICATES));
    }
    let (arms, most) = (scenario.arms.len().max(1) as u64, u64::from(most));
    let message =
        format!("{arms} arms of {most} replicates are {} tissues; at most {MOST_TISSUES} are run", arms * most);
    diagnostics.require(arms * most <= MOST_TISSUES, "replicates", message, "choose fewer replicates, or fewer arms");
}

/// Checks `[study.rounds]`.
fn rounds(scenario: &Scenario, given: &given::Study, frame: &Frame, diagnostics: &mut Diagnostics) -> Option<Rounds> {
    let rounds = given.rounds.as_ref()?;
    let (first, most) = (scenario.replicates.0, rounds.at_most.0);
    let message = format!("at_most is {most}, and the first round has {first} replicates of each arm");
    diagnostics.require(most > first && first > 1, "study.rounds.at_most", message, "replicates = 4, at_most = 64");
    let hint = "set half_width, to go on until differences are known so well, or keep, to drop arms that do poorly";
    diagnostics.require(
        rounds.half_width.is_some() || rounds.keep.is_some(),
        "study.rounds",
        "nothing is decided",
        hint,
    );
    let is_positive = rounds.half_width.is_none_or(|it| it > 0.0);
    diagnostics.require(is_positive, "study.rounds.half_width", "half_width must be above 0", "");
    let is_part = rounds.keep.is_none_or(|it| it.0 > 0.0 && it.0 < 1.0);
    diagnostics.require(is_part, "study.rounds.keep", "keep must be above 0 and below 1", "0.5 is usual");
    let message = "snapshots are of whole studies, and rounds come to some arms alone";
    diagnostics.require(frame.snapshots.is_empty(), "study.rounds", message, "leave out [snapshots], or the rounds");
    let known: Vec<&str> = given.outcomes.keys().map(String::as_str).collect();
    let outcome = match (&rounds.outcome, &known[..]) {
        (Some(name), _) => diagnostics.number("study.rounds.outcome", "outcome", name, &known),
        (None, [_]) => Some(0),
        (None, _) => {
            let hint = format!("outcomes: {}", known.join(", "));
            diagnostics.add("study.rounds", "there are several outcomes; name the one that decides", &hint);
            None
        }
    };
    let (half_width, keep) = (rounds.half_width, rounds.keep.map(|it| it.0));
    Some(Rounds { first: first as usize, outcome: outcome?, half_width, keep })
}

/// The tick of the last report that counts.
fn until(given: &given::Outcome, frame: &Frame, path: &str, diagnostics: &mut Diagnostics) -> Option<u32> {
    let Some(at) = &given.at else { return Some(frame.duration_ticks) };
    let path = format!("{path}.at");
    let [time] = at.0[..] else {
        diagnostics.add(path, "an outcome is of one time", "name an outcome for each");
        return None;
    };
    let tick = on_step(time.0, &frame.clocks, &path, diagnostics);
    let message = "at that time the run is over";
    diagnostics.require(tick <= frame.duration_ticks, path.as_str(), message, "choose an earlier time");
    let is_report = tick.is_multiple_of(frame.observe.every_ticks) || tick == frame.duration_ticks;
    let hint = "choose a multiple of statistics.every";
    diagnostics.require(is_report, path, "nothing is reported at that time", hint);
    Some(tick)
}

fn measure(given: &given::Outcome, path: &str, diagnostics: &mut Diagnostics) -> Option<Measure> {
    match (given.measure, given.threshold) {
        (given::Measure::Value, None) => Some(Measure::Value),
        (given::Measure::Area, None) => Some(Measure::Area),
        (given::Measure::TimeBelow, Some(threshold)) => Some(Measure::TimeBelow(threshold)),
        (given::Measure::TimeAbove, Some(threshold)) => Some(Measure::TimeAbove(threshold)),
        (_, None) => {
            diagnostics.add(path, "a time to a threshold needs it", "add threshold = 100");
            None
        }
        (_, Some(_)) => {
            let hint = "leave it out, or set measure to time_below or time_above";
            diagnostics.add(format!("{path}.threshold"), "a threshold belongs to times to it", hint);
            None
        }
    }
}
