//! Where a scenario came from: its texts as one spanned table, so that faults can show the line.
//!
//! Positions count the bytes of the file, then those of each override, then those of each library entry that is used
//! (one byte apart).

use super::faults::{Fault, Faults, Text};
use super::naming;
use super::overrides::{self, Override};
use super::points::{self, Point};
use super::reuse::{self, Use};
use crate::error::Result;
use codespan_reporting::diagnostic::Severity;
use std::ops::Range;
use std::path::PathBuf;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The texts of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Name of the file as given.
    pub name: String,
    /// Paths in the scenario are relative to this.
    pub folder: PathBuf,
    pub text: String,
    /// The arm whose `set` is applied; none: the scenario without arms.
    pub arm: Option<String>,
    overrides: Vec<Override>,
    /// What the sweeps of a study make.
    points: Vec<Point>,
}

impl Source {
    /// A file's text and each `path=value` that was given besides.
    pub fn new(name: &str, folder: PathBuf, text: &str, sets: &[String]) -> Source {
        let mut base = text.len() + 1;
        let mut overrides = Vec::new();
        for set in sets {
            overrides.push(Override::new(base, set));
            base += set.len() + 1;
        }
        let mut source =
            Source { name: name.into(), folder, text: text.into(), arm: None, overrides, points: Vec::new() };
        source.points = points::points(source.table(&mut Faults::default()).get_ref());
        source
    }

    /// The same texts with the `set` of an arm applied.
    pub(super) fn with_arm(&self, arm: &str) -> Source {
        // Without the other points, which would be read with each arm.
        let points = self.points.iter().filter(|it| it.is_of(arm)).cloned().collect();
        let Source { name, folder, text, overrides, .. } = self;
        let (name, folder, text) = (name.clone(), folder.clone(), text.clone());
        Source { name, folder, text, arm: Some(arm.into()), overrides: overrides.clone(), points }
    }

    /// The table of all texts; what does not fit is noted.
    pub(super) fn table(&self, faults: &mut Faults) -> Spanned<DeValue<'_>> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        for error in errors {
            faults.add(error.span().unwrap_or(0..0), format!("this is not TOML: {}", error.message()), None);
        }
        let mut root = Spanned::new(table.span(), DeValue::Table(table.into_inner()));
        // Overrides may change which entry is used, and what is in it, so they are applied before and after.
        let uses = self.uses_in(root.get_ref());
        reuse::insert(root.get_mut(), &uses);
        self.apply_overrides(root.get_mut(), faults);
        reuse::remove_names(root.get_mut(), &uses);
        root
    }

    fn apply_overrides<'a>(&'a self, root: &mut DeValue<'a>, faults: &mut Faults) {
        for each in &self.overrides {
            each.apply(root, faults);
        }
        points::insert(root, &self.points);
        if let Some(arm) = &self.arm {
            overrides::apply_arm(root, arm, faults);
        }
    }

    /// The library entries that are used, overrides considered, where `root` is the table of the file alone.
    fn uses_in<'a>(&'a self, root: &DeValue<'a>) -> Vec<Use> {
        let mut root = root.clone();
        self.apply_overrides(&mut root, &mut Faults::default());
        reuse::uses(&root, self.end())
    }

    fn uses(&self) -> Vec<Use> {
        let table = DeTable::parse_recoverable(&self.text).0;
        self.uses_in(&DeValue::Table(table.into_inner()))
    }

    /// Notes what is used and not in the library.
    pub(super) fn check_uses(&self, faults: &mut Faults) {
        reuse::check(&self.uses(), faults);
    }

    /// Faults, each at a line that the user wrote.
    pub(super) fn written(&self, faults: Faults) -> Faults {
        let uses = self.uses();
        faults.map(|fault| reuse::written_at(&uses, fault))
    }

    /// [`Source::written`] of a fault at the value of a path.
    pub(super) fn fault(&self, path: &str, message: String, hint: Option<String>) -> Fault {
        let fault = Fault { span: self.span(path), message, hint, arm: self.arm.clone() };
        reuse::written_at(&self.uses(), fault)
    }

    /// Whether the value of a path stands in a library entry.
    pub(super) fn is_of_library(&self, path: &str) -> bool {
        self.span(path).start >= self.end()
    }

    /// Keys of a section as they follow each other in the file.
    pub(super) fn names_in(&self, section: &str) -> Vec<String> {
        let root = self.table(&mut Faults::default());
        let Some(table) = root.get_ref().get(section).and_then(|it| it.get_ref().as_table()) else {
            return Vec::new();
        };
        let place = |span: Range<usize>| (span.start, span.end);
        let mut names: Vec<_> =
            table.iter().map(|(name, _)| (place(name.span()), name.get_ref().to_string())).collect();
        names.sort();
        names.into_iter().map(|(_, name)| name).collect()
    }

    /// Items of an array of tables.
    pub(super) fn length(&self, section: &str) -> usize {
        let root = self.table(&mut Faults::default());
        root.get_ref().get(section).and_then(|it| it.get_ref().as_array()).map_or(0, |items| items.len())
    }

    /// Position of the value of a path, or of the nearest table that holds it.
    pub(super) fn span(&self, path: &str) -> Range<usize> {
        let root = self.table(&mut Faults::default());
        let (mut at, mut span) = (&root, 0..0);
        for key in naming::split(path).unwrap_or_default() {
            let next = match at.get_ref() {
                DeValue::Array(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
                other => other.get(key.as_str()),
            };
            let Some(next) = next else { break };
            span = next.span();
            at = next;
        }
        span
    }

    /// The text from a position on.
    pub(super) fn text_from(&self, position: usize) -> &str {
        let mut texts: Vec<(usize, &str)> = self.texts().into_iter().map(|it| (it.base, it.text)).collect();
        for each in self.uses() {
            let (base, text) = each.text();
            texts.push((base, text));
        }
        let found = texts.into_iter().rfind(|(base, _)| *base <= position);
        found.and_then(|(base, text)| text.get(position - base..)).unwrap_or("")
    }

    /// The position beyond the file and the overrides.
    fn end(&self) -> usize {
        self.overrides.last().map_or(self.text.len(), |last| last.base + last.text.len()) + 1
    }

    pub(super) fn finish(&self, faults: Faults) -> Result<()> {
        faults.finish_in(&self.texts(), self.names_in("arms").len())
    }

    pub(super) fn warnings(&self, warnings: Faults) -> String {
        warnings.drawn_in(Severity::Warning, &self.texts(), self.names_in("arms").len()).1
    }

    fn texts(&self) -> Vec<Text<'_>> {
        let file = Text { base: 0, name: &self.name, text: &self.text };
        std::iter::once(file)
            .chain(self.overrides.iter().map(|each| Text { base: each.base, name: "--set", text: &each.text }))
            .collect()
    }
}
