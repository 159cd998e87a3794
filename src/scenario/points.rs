//! The arms that the sweeps of a study make, instead of each arm that is varied: a grid of their values, or a sample.

use super::study::Study;
use super::sweep::{Sweep, label};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A point of the grid or sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Point {
    /// Of the arm that it makes: `late start=2 d, dose=1 uM`, or `late point 17`.
    name: String,
    /// The arm that is varied; none where the scenario has no arms.
    varied: Option<String>,
    settings: Vec<Setting>,
    /// Its numbers in a sample, which may come to one point more than once, in TOML.
    numbers: String,
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
    let most = study.most_points(arms.len());
    if arms.is_empty() {
        return points_of(root, &study, None, most);
    }
    let comparator = study.comparator.as_deref().unwrap_or(&arms[0]);
    let varied = arms.iter().filter(|arm| {
        study.sweep.values().any(|sweep| match &sweep.arms {
            Some(listed) => listed.contains(arm),
            None => arm.as_str() != comparator,
        })
    });
    varied.flat_map(|arm| points_of(root, &study, Some((arm, comparator)), most)).collect()
}

/// Names of the arms in the order of the file.
fn names(root: &DeValue) -> Vec<String> {
    let Some(table) = root.get("arms").and_then(|it| it.get_ref().as_table()) else { return Vec::new() };
    let mut names: Vec<_> = table.iter().map(|(name, _)| (name.span().start, name.get_ref().to_string())).collect();
    names.sort();
    names.into_iter().map(|it| it.1).collect()
}

/// The points of one arm; in a grid the first sweep of the file changes slowest.
fn points_of(root: &DeValue, study: &Study, arm: Option<(&String, &str)>, most: usize) -> Vec<Point> {
    let name = arm.map_or(String::new(), |(arm, _)| format!("{arm} "));
    let empty = Point { name, varied: arm.map(|it| it.0.clone()), settings: Vec::new(), numbers: "[]".into() };
    let mut axes = axes(root, study, arm);
    if study.sample.is_some() {
        // The dimensions of a sample are those of the table of levels.
        axes.sort_by_key(|it| it.name);
    }
    if axes.is_empty() { Vec::new() } else { study.points(&empty, &axes, most) }
}

impl Study {
    /// None where there would be too many, or a sample that cannot be, which is told elsewhere.
    fn points(&self, empty: &Point, axes: &[Axis], most: usize) -> Vec<Point> {
        match &self.sample {
            None => {
                let mut points = vec![empty.clone()];
                for axis in axes {
                    let Ok(levels) = axis.sweep.levels() else { continue };
                    if points.len() * levels.len() > most {
                        return Vec::new();
                    }
                    let settings: Vec<Setting> =
                        levels.iter().enumerate().map(|(number, level)| axis.setting(number, level)).collect();
                    points = points.iter().flat_map(|point| settings.iter().map(move |it| point.with(it))).collect();
                }
                points.retain(|point| !point.settings.is_empty());
                points
            }
            Some(sample) => {
                if sample.size(axes.len()).is_ok_and(|size| size > most) {
                    return Vec::new();
                }
                let Ok(places) = sample.points(axes.len()) else { return Vec::new() };
                let mut points: Vec<Point> = Vec::new();
                let mut known: HashMap<String, usize> = HashMap::new();
                for (number, place) in places.iter().enumerate() {
                    let mut point = empty.clone();
                    for (axis, part) in axes.iter().zip(place) {
                        let Ok(level) = axis.sweep.levels_at(&[*part]) else { return Vec::new() };
                        point = point.with(&axis.setting(0, &level[0]));
                    }
                    // Their levels would be long names.
                    let levels = std::mem::replace(&mut point.name, format!("{}point {number}", empty.name));
                    let own = *known.entry(levels).or_insert(points.len());
                    if own == points.len() {
                        points.push(point);
                    }
                    let numbers = &mut points[own].numbers;
                    numbers.insert_str(numbers.len() - 1, &format!("{number},"));
                }
                points
            }
        }
    }
}

/// A sweep, and where it is written.
struct Axis<'a> {
    name: &'a str,
    sweep: &'a Sweep,
    path_span: Range<usize>,
    /// Of each value, or of the range.
    value_spans: Vec<Range<usize>>,
    range_span: Range<usize>,
}

impl Axis<'_> {
    fn setting(&self, number: usize, level: &toml::Value) -> Setting {
        Setting {
            sweep: self.name.to_owned(),
            path: self.sweep.path.clone(),
            path_span: self.path_span.clone(),
            text: level.to_string(),
            label: label(level),
            span: self.value_spans.get(number).unwrap_or(&self.range_span).clone(),
        }
    }
}

/// The sweeps that vary an arm, in the order of the file.
fn axes<'a>(root: &DeValue, study: &'a Study, arm: Option<(&String, &str)>) -> Vec<Axis<'a>> {
    let table = root.get("study").and_then(|it| it.get_ref().get("sweep")).and_then(|it| it.get_ref().as_table());
    let Some(table) = table else { return Vec::new() };
    let mut axes = Vec::new();
    for (key, written) in table {
        let Some((name, sweep)) = study.sweep.get_key_value(key.get_ref().as_ref()) else { continue };
        let varies = |(arm, comparator): (&String, &str)| match &sweep.arms {
            Some(listed) => listed.contains(arm),
            None => arm != comparator,
        };
        if !arm.is_none_or(varies) {
            continue;
        }
        let span = |key: &str| written.get_ref().get(key).map_or(written.span(), Spanned::span);
        let values = written.get_ref().get("values").and_then(|it| it.get_ref().as_array());
        let value_spans = values.into_iter().flatten().map(Spanned::span).collect();
        let axis = Axis { name, sweep, path_span: span("path"), value_spans, range_span: span("from") };
        axes.push((key.span().start, axis));
    }
    axes.sort_by_key(|it| it.0);
    axes.into_iter().map(|it| it.1).collect()
}

impl Point {
    fn with(&self, setting: &Setting) -> Point {
        let comma = if self.settings.is_empty() { "" } else { ", " };
        let name = format!("{}{comma}{}={}", self.name, setting.sweep, setting.label);
        let settings = self.settings.iter().chain([setting]).cloned().collect();
        Point { name, settings, ..self.clone() }
    }

    /// Whether it makes an arm.
    pub(super) fn is_of(&self, arm: &str) -> bool {
        self.name == arm
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
        let mut insert = |name: &'a str, value: DeValue<'a>| {
            arm.insert(Spanned::new(span.clone(), Cow::Borrowed(name)), Spanned::new(span.clone(), value));
        };
        if let Some(varied) = &self.varied {
            insert("varied", DeValue::String(Cow::Borrowed(varied)));
        }
        if let Ok(numbers) = DeValue::parse(&self.numbers) {
            insert("points", numbers.into_inner());
        }
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
