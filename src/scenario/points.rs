//! The arms that the sweeps of a study make: a grid of their values, instead of each arm that is varied.

use super::study::{Study, label};
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Arms that sweeps make at most.
pub const MOST_POINTS: usize = 4096;

/// A point of the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Point {
    /// Of the arm that it makes: `late start=2 d, dose=1 uM`.
    name: String,
    /// The arm that is varied; none where the scenario has no arms.
    varied: Option<String>,
    settings: Vec<Setting>,
}

/// A value of one sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Setting {
    sweep: String,
    path: String,
    /// Where the path is written.
    path_span: Range<usize>,
    /// The value in TOML.
    text: String,
    label: String,
    /// Where the value, or the range, is written.
    span: Range<usize>,
}

/// The points of a table to which overrides were applied; none where they cannot be read, which is told elsewhere.
pub(super) fn points(root: &DeValue) -> Vec<Point> {
    let Some(table) = root.get("study") else { return Vec::new() };
    let Ok(study) = Study::deserialize(toml::de::ValueDeserializer::from(table.clone())) else { return Vec::new() };
    let arms = names(root);
    if arms.is_empty() {
        return grid(root, &study, None);
    }
    let comparator = study.comparator.as_deref().unwrap_or(&arms[0]);
    let varied = arms.iter().filter(|arm| {
        study.sweep.values().any(|sweep| match &sweep.arms {
            Some(listed) => listed.contains(arm),
            None => arm.as_str() != comparator,
        })
    });
    varied.flat_map(|arm| grid(root, &study, Some((arm, comparator)))).collect()
}

/// Names of the arms in the order of the file.
fn names(root: &DeValue) -> Vec<String> {
    let Some(table) = root.get("arms").and_then(|it| it.get_ref().as_table()) else { return Vec::new() };
    let mut names: Vec<_> = table.iter().map(|(name, _)| (name.span().start, name.get_ref().to_string())).collect();
    names.sort();
    names.into_iter().map(|it| it.1).collect()
}

/// The points of one arm; the first sweep of the file changes slowest.
fn grid(root: &DeValue, study: &Study, arm: Option<(&String, &str)>) -> Vec<Point> {
    let prefix = arm.map_or(String::new(), |(arm, _)| format!("{arm} "));
    let mut points = vec![Point { name: prefix, varied: arm.map(|it| it.0.clone()), settings: Vec::new() }];
    for axis in axes(root, study, arm) {
        if points.len() * axis.len() > MOST_POINTS {
            return Vec::new();
        }
        points = points.iter().flat_map(|point| axis.iter().map(move |setting| point.with(setting))).collect();
    }
    points.retain(|point| !point.settings.is_empty());
    points
}

/// The settings of each sweep that varies an arm, in the order of the file.
fn axes(root: &DeValue, study: &Study, arm: Option<(&String, &str)>) -> Vec<Vec<Setting>> {
    let table = root.get("study").and_then(|it| it.get_ref().get("sweep")).and_then(|it| it.get_ref().as_table());
    let Some(table) = table else { return Vec::new() };
    let mut axes = Vec::new();
    for (key, written) in table {
        let sweep = &study.sweep[key.get_ref().as_ref()];
        let varies = |(arm, comparator): (&String, &str)| match &sweep.arms {
            Some(listed) => listed.contains(arm),
            None => arm != comparator,
        };
        let Ok(levels) = sweep.levels() else { continue };
        if !arm.is_none_or(varies) {
            continue;
        }
        let span = |key: &str| written.get_ref().get(key).map_or(written.span(), Spanned::span);
        let values = written.get_ref().get("values").and_then(|it| it.get_ref().as_array());
        let setting = |(number, level): (usize, &toml::Value)| Setting {
            sweep: key.get_ref().to_string(),
            path: sweep.path.clone(),
            path_span: span("path"),
            text: level.to_string(),
            label: label(level),
            span: values.and_then(|it| it.get(number)).map_or_else(|| span("from"), Spanned::span),
        };
        axes.push((key.span().start, levels.iter().enumerate().map(setting).collect::<Vec<_>>()));
    }
    axes.sort_by_key(|it| it.0);
    axes.into_iter().map(|it| it.1).collect()
}

impl Point {
    fn with(&self, setting: &Setting) -> Point {
        let comma = if self.settings.is_empty() { "" } else { ", " };
        let name = format!("{}{comma}{}={}", self.name, setting.sweep, setting.label);
        let settings = self.settings.iter().chain([setting]).cloned().collect();
        Point { name, varied: self.varied.clone(), settings }
    }

    /// The arm: what the varied one sets, and then the point. `number` keeps arms in order.
    fn arm<'a>(&'a self, varied: Option<&Spanned<DeValue<'a>>>, number: usize) -> (Range<usize>, DeTable<'a>) {
        let start = self.settings[0].path_span.start;
        let span = start..start + 1 + number;
        let mut arm = varied.and_then(|it| it.get_ref().as_table()).cloned().unwrap_or_default();
        let mut levels = DeTable::new();
        for setting in &self.settings {
            let key = |name: &'a str| Spanned::new(setting.path_span.clone(), Cow::Borrowed(name));
            let path = DeValue::String(Cow::Borrowed(setting.path.as_str()));
            let Ok(value) = DeValue::parse(&setting.text) else { continue };
            let mut level = DeTable::new();
            level.insert(key("path"), Spanned::new(setting.path_span.clone(), path));
            level.insert(key("value"), Spanned::new(setting.span.clone(), value.into_inner()));
            levels.insert(key(&setting.sweep), Spanned::new(setting.span.clone(), DeValue::Table(level)));
        }
        let key = Spanned::new(span.clone(), Cow::Borrowed("levels"));
        arm.insert(key, Spanned::new(span.clone(), DeValue::Table(levels)));
        (span, arm)
    }
}

/// Puts the arms of the points into a table, in place of those that are varied.
pub(super) fn insert<'a>(root: &mut DeValue<'a>, points: &'a [Point]) {
    let DeValue::Table(table) = root else { return };
    if points.is_empty() {
        return;
    }
    let key = Spanned::new(points[0].settings[0].path_span.clone(), Cow::Borrowed("arms"));
    let empty = || Spanned::new(key.span(), DeValue::Table(DeTable::new()));
    let DeValue::Table(arms) = table.entry(key.clone()).or_insert_with(empty).get_mut() else { return };
    let written = arms.clone();
    for (number, point) in points.iter().enumerate() {
        let varied = point.varied.as_deref();
        let (span, arm) = point.arm(varied.and_then(|name| written.get(name)), number);
        arms.insert(
            Spanned::new(span.clone(), Cow::Borrowed(point.name.as_str())),
            Spanned::new(span, DeValue::Table(arm)),
        );
        varied.map(|name| arms.remove(name));
    }
}
