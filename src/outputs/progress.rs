//! How far the run is: a bar on a terminal, lines elsewhere, JSON lines for programs. All of it on stderr.

use super::escape::plain;
use crate::plan::domain::hours;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How progress is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// A bar on a terminal, lines elsewhere.
    #[default]
    Auto,
    /// Lines of text.
    Text,
    /// A JSON object a line.
    Json,
    /// Nothing, for programs that run many.
    Silent,
}

/// What the bar looks like.
const TEMPLATE: &str = "{bar:24.cyan/dim} {percent:>3} %  {msg}";
/// Time between two lines, where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(30);
/// Time between two JSON lines, and between two drawings of the bar's text.
const EVENT_INTERVAL: Duration = Duration::from_secs(1);
/// A line also comes with each part of the run that is this large.
const LINE_FRACTION: f64 = 0.05;

/// Tells the user how far the run is.
pub struct Progress {
    format: LogFormat,
    bar: Option<ProgressBar>,
    total_ticks: u32,
    batch_count: u32,
    batch: u32,
    started: Instant,
    last: Instant,
    last_fraction: f64,
    /// Part of the run, and cell-steps, that were done before it went on.
    before: (f64, u64),
}

impl Progress {
    /// Begins to tell of a run of `total_ticks` ticks.
    pub fn new(format: LogFormat, total_ticks: u32) -> Progress {
        let with_bar = format == LogFormat::Auto && std::io::stderr().is_terminal();
        let bar = with_bar.then(|| {
            let bar = ProgressBar::with_draw_target(Some(1_000), ProgressDrawTarget::stderr_with_hz(4));
            bar.with_style(ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let now = Instant::now();
        let progress = Progress {
            format,
            bar,
            total_ticks,
            batch_count: 1,
            batch: 0,
            started: now,
            last: now,
            last_fraction: 0.0,
            before: (0.0, 0),
        };
        if format == LogFormat::Json {
            progress.emit(&json!({"event": "started", "duration_h": hours(total_ticks)}).to_string());
        }
        progress
    }

    /// Says that the study runs in several batches, one after the other.
    pub fn with_batches(mut self, batch_count: u32) -> Progress {
        self.batch_count = batch_count.max(1);
        self
    }

    /// Says that so many batches more follow.
    pub fn add_batches(&mut self, batch_count: u32) {
        self.batch_count += batch_count;
    }

    /// The next batch begins.
    pub fn next_batch(&mut self) {
        self.batch = (self.batch + 1).min(self.batch_count - 1);
    }

    /// Says that the run goes on from a tick of the current batch, after `cell_steps` cell-steps.
    pub fn goes_on(&mut self, tick: u32, cell_steps: u64) {
        self.before = (self.state(tick, 0, 0).fraction, cell_steps);
        self.last_fraction = self.before.0;
    }

    /// Tells that the current batch has reached `tick`, with `cells` cells, after `cell_steps` cell-steps in all.
    /// Cheap enough to call after each submission: most calls say nothing.
    pub fn update(&mut self, tick: u32, cells: u64, cell_steps: u64) {
        let state = self.state(tick, cells, cell_steps);
        if !self.is_due(state.fraction) {
            return;
        }
        (self.last, self.last_fraction) = (Instant::now(), state.fraction);
        match (&self.bar, self.format) {
            (Some(bar), _) => {
                bar.set_position((1_000.0 * state.fraction) as u64);
                bar.set_message(state.text());
            }
            (None, LogFormat::Json) => self.emit(&state.json("progress").to_string()),
            (None, _) => self.emit(&format!("{:3.0} %  {}", 100.0 * state.fraction, state.text())),
        }
    }

    /// Says something to the user without disturbing the bar.
    pub fn note(&self, text: &str) {
        match (&self.bar, self.format) {
            (Some(bar), _) => bar.suspend(|| self.emit(text)),
            (None, LogFormat::Json) => self.emit(&json!({"event": "note", "text": text}).to_string()),
            (None, _) => self.emit(text),
        }
    }

    /// Takes the bar away and tells what the run amounted to; `status` as in the manifest.
    pub fn finish(&mut self, status: &str, tick: u32, cells: u64, cell_steps: u64) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        let state = self.state(tick, cells, cell_steps);
        if self.format == LogFormat::Json {
            let mut event = state.json("finished");
            event["status"] = json!(status);
            event["cell_steps"] = json!(cell_steps);
            event["wall_s"] = json!(rounded(state.elapsed_s));
            self.emit(&event.to_string());
        } else {
            let (time_h, elapsed, speed) = (state.time_h, duration(state.elapsed_s), rate(state.cell_steps_per_s()));
            // Why it failed is said once, by whoever ends the program.
            let status = status.split(':').next().unwrap_or(status);
            self.emit(&format!("{status} at {time_h:.2} h after {elapsed}: {cells} cells, {speed} cell-steps/s"));
        }
    }

    /// stderr may be closed; a run does not end over its progress.
    fn emit(&self, line: &str) {
        if self.format != LogFormat::Silent {
            let _ = writeln!(std::io::stderr(), "{}", plain(line));
        }
    }

    fn is_due(&self, fraction: f64) -> bool {
        let is_stepwise = self.bar.is_none() && self.format != LogFormat::Json;
        let interval = if is_stepwise { LINE_INTERVAL } else { EVENT_INTERVAL };
        self.last.elapsed() >= interval || (is_stepwise && fraction - self.last_fraction >= LINE_FRACTION)
    }

    fn state(&self, tick: u32, cells: u64, cell_steps: u64) -> State {
        let total = f64::from(self.total_ticks.max(1)) * f64::from(self.batch_count);
        let done = f64::from(self.total_ticks) * f64::from(self.batch) + f64::from(tick);
        State {
            time_h: hours(tick),
            duration_h: hours(self.total_ticks),
            batch: (self.batch_count > 1).then_some((self.batch + 1, self.batch_count)),
            fraction: (done / total).min(1.0),
            cells,
            cell_steps: cell_steps.saturating_sub(self.before.1),
            fraction_before: self.before.0,
            elapsed_s: self.started.elapsed().as_secs_f64(),
        }
    }
}

struct State {
    time_h: f64,
    duration_h: f64,
    /// Number of the batch, of how many.
    batch: Option<(u32, u32)>,
    fraction: f64,
    /// Done before the run went on.
    fraction_before: f64,
    cells: u64,
    /// Since then.
    cell_steps: u64,
    elapsed_s: f64,
}

impl State {
    fn cell_steps_per_s(&self) -> f64 {
        self.cell_steps as f64 / self.elapsed_s.max(1e-9)
    }

    /// Seconds left if the rest goes as fast as what is done.
    fn eta_s(&self) -> Option<f64> {
        let done = self.fraction - self.fraction_before;
        (done > 0.0).then(|| self.elapsed_s * (1.0 - self.fraction) / done)
    }

    fn text(&self) -> String {
        let batch = self.batch.map_or(String::new(), |(batch, of)| format!(", batch {batch} of {of}"));
        let left = self.eta_s().map_or(String::new(), |eta_s| format!(", {} left", duration(eta_s)));
        let speed = rate(self.cell_steps_per_s());
        let (time_h, duration_h, cells) = (self.time_h, self.duration_h, self.cells);
        format!("{time_h:.2} of {duration_h:.2} h{batch}, {cells} cells, {speed} cell-steps/s{left}")
    }

    fn json(&self, event: &str) -> Value {
        json!({
            "event": event,
            "time_h": self.time_h,
            "cells": self.cells,
            "cell_steps_per_s": self.cell_steps_per_s().round(),
            "eta_s": self.eta_s().map(rounded),
        })
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

/// 1234567 → 1.23 million.
fn rate(per_s: f64) -> String {
    match per_s {
        large if large >= 1e9 => format!("{:.2} billion", large / 1e9),
        large if large >= 1e6 => format!("{:.2} million", large / 1e6),
        large if large >= 1e3 => format!("{:.0},000", large / 1e3),
        small => format!("{small:.0}"),
    }
}

/// Seconds as a person says them.
fn duration(seconds: f64) -> String {
    let s = seconds.round() as u64;
    match s {
        0..60 => format!("{s} s"),
        60..3_600 => format!("{} min {:02} s", s / 60, s % 60),
        _ => format!("{} h {:02} min", s / 3_600, s / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let (cells, cell_steps) = (1_000, 5_000_000);
        State {
            time_h: 6.0,
            duration_h: 24.0,
            batch: None,
            fraction: 0.25,
            fraction_before: 0.0,
            cells,
            cell_steps,
            elapsed_s: 50.0,
        }
    }

    #[test]
    fn text_tells_time_speed_and_what_is_left() {
        assert_eq!(state().text(), "6.00 of 24.00 h, 1000 cells, 100,000 cell-steps/s, 2 min 30 s left");
    }

    #[test]
    fn json_has_numbers_for_programs() {
        let expected = r#"{"event":"progress","time_h":6.0,"cells":1000,"cell_steps_per_s":100000.0,"eta_s":150.0}"#;
        assert_eq!(state().json("progress").to_string(), expected);
    }

    #[test]
    fn the_bar_has_a_template() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }

    #[test]
    fn batches_share_the_bar() {
        let mut progress = Progress::new(LogFormat::Text, 100).with_batches(4);
        progress.next_batch();
        assert_eq!(progress.state(50, 0, 0).fraction, 0.375);
    }

    #[test]
    fn nothing_done_has_no_forecast() {
        assert_eq!(State { fraction: 0.0, ..state() }.eta_s(), None);
    }
}
