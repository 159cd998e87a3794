//! When interventions come: at times, in courses, or once a condition holds.

use super::{Calendar, Scheduled};
use crate::compile::diagnostics::Diagnostics;
use crate::compile::time::{LATE, on_step};
use crate::plan::treatment::condition::{Known, parse};
use crate::plan::{Action, Condition, Conditional, Intervention};
use crate::scenario::Timing;

/// Repetitions of a course at most.
const MOST_REPETITIONS: usize = 10_000;

/// Times of one intervention at most, all its courses together.
const MOST_TIMES: usize = 100_000;

/// The repetitions of an intervention: tick and number within its course.
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    pub ticks: Vec<(u32, usize)>,
    pub start: Option<Start>,
}

/// A condition that starts the course; its ticks count from then on.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    pub condition: Condition,
    /// As written.
    pub text: String,
    pub delay_ticks: u32,
    pub at_most: u32,
    pub until_tick: u32,
    pub pause_ticks: u32,
}

impl Calendar<'_> {
    /// When an intervention comes; `count` is the number of repetitions, where its table gives that by itself.
    pub fn times(&self, given: &Timing, count: Option<usize>, path: &str, diagnostics: &mut Diagnostics) -> Times {
        check_keys(given, count, path, diagnostics);
        let until = given.until.map(|until| on_step(until.0, &self.clocks, &format!("{path}.until"), diagnostics));
        let offsets = self.offsets(given, count, path, diagnostics);
        if let Some(text) = given.when {
            let ticks =
                offsets.iter().enumerate().map(|(number, min)| (self.tick(*min, path, diagnostics), number)).collect();
            let start = self.start(text, given, offsets.len(), until, path, diagnostics);
            return Times { ticks, start };
        }
        let mut ticks = Vec::new();
        let starts = given.at.map_or(&[][..], |at| &at.0);
        let count = starts.len() * offsets.len();
        let message = format!(
            "{} courses of {} come to {count} times; at most {MOST_TIMES} are carried out",
            starts.len(),
            offsets.len()
        );
        diagnostics.require(
            count <= MOST_TIMES,
            format!("{path}.at"),
            message,
            "choose fewer times, or a longer interval",
        );
        if count > MOST_TIMES {
            return Times { ticks, start: None };
        }
        for (number, start) in starts.iter().enumerate() {
            let path = if starts.len() == 1 { format!("{path}.at") } else { format!("{path}.at.{number}") };
            let begins = given.until.is_none_or(|until| start.0 <= until.0);
            diagnostics.require(begins, path.as_str(), "it would begin after its until", "let until be later");
            for (repetition, offset) in offsets.iter().enumerate() {
                let tick = self.tick(start.0 + offset, &path, diagnostics);
                if until.is_some_and(|until| tick > until) {
                    break;
                }
                if tick >= self.duration_ticks {
                    diagnostics.add(path.as_str(), late(repetition), LATE);
                    break;
                }
                ticks.push((tick, repetition));
            }
        }
        Times { ticks, start: None }
    }

    fn tick(&self, min: f64, path: &str, diagnostics: &mut Diagnostics) -> u32 {
        on_step(min, &self.clocks, path, diagnostics)
    }

    /// Minutes from the start of a course to each of its repetitions.
    fn offsets(&self, given: &Timing, count: Option<usize>, path: &str, diagnostics: &mut Diagnostics) -> Vec<f64> {
        let Some(every) = given.every.map(|every| every.0) else { return vec![0.0] };
        let first = given.at.and_then(|at| at.0.iter().map(|time| time.0).reduce(f64::min)).unwrap_or(0.0);
        let by_until =
            given.until.map(|until| (((until.0 - first) / every).floor().max(0.0) as usize).saturating_add(1));
        let times = given.times.map(|times| times.0 as usize);
        let count = count.or(times).or(by_until).unwrap_or(1);
        let message = format!("the course has {count} repetitions; at most {MOST_REPETITIONS} are carried out");
        let way_out = "choose fewer of them, or a longer interval";
        diagnostics.require(count <= MOST_REPETITIONS, path, message, way_out);
        (0..count.min(MOST_REPETITIONS)).map(|number| every * number as f64).collect()
    }

    fn start(
        &self,
        text: &str,
        given: &Timing,
        repetitions: usize,
        until: Option<u32>,
        path: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Start> {
        let delay = given.delay.map_or(0.0, |delay| delay.0);
        let course_min = given.every.map_or(0.0, |every| every.0 * repetitions as f64) + delay;
        let known = Known { cell_types: self.reported, tissue: self.of_tissue };
        let condition = match parse(text, &known) {
            Ok(condition) => condition,
            Err(fault) => {
                let message = format!(
                    "{}\n  {text}\n  {}{}",
                    fault.message,
                    " ".repeat(width(&text[..fault.start])),
                    "^".repeat(width(&text[fault.start..fault.end]).max(1))
                );
                diagnostics.add(format!("{path}.when"), message, &fault.hint);
                return None;
            }
        };
        Some(Start {
            condition,
            text: text.to_owned(),
            delay_ticks: self.tick(delay, &format!("{path}.delay"), diagnostics),
            at_most: given.at_most.map_or(1, |count| count.0),
            until_tick: until.unwrap_or(u32::MAX),
            pause_ticks: self.tick(course_min, path, diagnostics),
        })
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn late(repetition: usize) -> String {
    match repetition {
        0 => "at that time the run is over".to_owned(),
        number => format!("repetition {} comes when the run is over", number + 1),
    }
}

/// Keys that contradict each other, or lack another.
fn check_keys(given: &Timing, count: Option<usize>, path: &str, diagnostics: &mut Diagnostics) {
    let is_conditional = given.when.is_some();
    let mut require = |holds: bool, key: &str, message: &str, hint: &str| {
        let path = if key.is_empty() { path.to_owned() } else { format!("{path}.{key}") };
        diagnostics.require(holds, path, message, hint);
    };
    let hint = "give at = \"2 d\", or when = \"tumour.live_count > 50000\"";
    require(given.at.is_some() || is_conditional, "", "it does not say when", hint);
    require(given.at.is_none() || !is_conditional, "when", "it has both at and when", "leave one of them out");
    for (key, is_given) in [("delay", given.delay.is_some()), ("at_most", given.at_most.is_some())] {
        let message = format!("{key} belongs to a condition");
        require(!is_given || is_conditional, key, &message, "add when, or leave it out");
    }
    let message = "at_most is 0, so that nothing happens";
    require(given.at_most.is_none_or(|count| count.0 > 0), "at_most", message, "leave the intervention out");
    require(
        given.times.is_none_or(|count| count.0 > 0),
        "times",
        "times is 0, so that nothing happens",
        "give at least 1",
    );
    let repeats = given.every.is_some();
    let message = "times says how often, but not at which interval";
    require(given.times.is_none() || repeats, "times", message, "add every = \"1 d\"");
    let ends = given.times.is_some() || count.is_some() || (given.until.is_some() && !is_conditional);
    let way_out = if is_conditional {
        "add times = 4; until says how long the condition is judged"
    } else {
        "add times = 4, or until = \"21 d\""
    };
    require(ends || !repeats, "every", "the course never ends", way_out);
    let is_doubly_ended = given.times.is_some() && given.until.is_some() && !is_conditional;
    require(!is_doubly_ended, "until", "the course ends by both times and until", "leave one of them out");
    let message = "until ends nothing here";
    require(given.until.is_none() || repeats || is_conditional, "until", message, "add every, or leave it out");
    let message = "the list of amounts says how often; times contradicts it";
    require(count.is_none() || given.times.is_none(), "times", message, "leave times out");
    require(
        count.is_none_or(|count| count < 2) || repeats,
        "",
        "the list needs the interval between doses",
        "add every",
    );
}

impl Scheduled {
    /// Adds what an intervention does at each repetition, in words and as actions.
    pub fn add(&mut self, times: Times, name: &str, mut actions: impl FnMut(usize) -> Vec<(String, Action)>) {
        let mut all = Vec::new();
        for (tick, repetition) in times.ticks {
            for (what, action) in actions(repetition) {
                let what = match &times.start {
                    Some(start) => format!("{what}, since {}", start.text),
                    None => what,
                };
                all.push(Intervention { tick, name: name.into(), what, number: 0, action });
            }
        }
        match times.start {
            None => self.interventions.extend(all),
            Some(Start { condition, delay_ticks, at_most, until_tick, pause_ticks, .. }) => {
                self.conditional.push(Conditional {
                    condition,
                    delay_ticks,
                    at_most,
                    until_tick,
                    pause_ticks,
                    course: all,
                });
            }
        }
    }
}
