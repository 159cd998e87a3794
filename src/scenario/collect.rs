//! All faults of a table, although serde stops at the first: note it, cut its key out, and read again.

use super::faults::{Fault, Faults};
use super::messages::{Kind, translate};
use super::naming::quoted;
use super::{Scenario, Source};
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

/// What stands in for required sections that are missing, so that the rest can be read: key and TOML.
const STAND_INS: &[(&str, &str)] =
    &[("duration", "x = '1 min'"), ("domain", "x = { geometry = 'culture' }"), ("cell_types", "x = {}")];

/// Faults that are looked for: each is a reading of the whole.
const MOST_FAULTS: u32 = 200;

/// One step down a table.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Item(usize),
}

type Place = Vec<Step>;

fn written(place: &Place) -> String {
    let steps: Vec<String> = place
        .iter()
        .map(|step| match step {
            Step::Key(key) => quoted(key),
            Step::Item(index) => index.to_string(),
        })
        .collect();
    steps.join(".")
}

/// What had to be cut out of a table so that the rest could be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Cut {
    /// A section, an item of a list or a key of the scenario itself that others may depend on.
    pub is_deep: bool,
    /// Paths of the tables that lost a key.
    pub tables: Vec<String>,
}

/// Reads the scenario with its faults cut out; none if nothing can be read.
pub(super) fn deserialise(source: &Source, faults: &mut Faults, cut: &mut Cut) -> Option<Scenario> {
    let whole = source.table(faults);
    let mut root = whole.clone();
    let mut reader = Reader { source, whole: whole.get_ref(), faults, cut, lost: Vec::new() };
    for _ in 0..MOST_FAULTS {
        let DeValue::Table(table) = root.get_ref().clone() else { return None };
        let error = match Scenario::deserialize(Deserializer::from(Spanned::new(root.span(), table))) {
            Ok(scenario) => return Some(scenario),
            Err(error) => error,
        };
        if !reader.cut(&mut root, error.message(), error.span().unwrap_or(0..0)) {
            return None;
        }
    }
    faults.add(
        0..0,
        format!("there are more than {MOST_FAULTS} faults; the others are told once these are mended"),
        None,
    );
    None
}

struct Reader<'a> {
    source: &'a Source,
    /// The table with nothing cut out.
    whole: &'a DeValue<'a>,
    faults: &'a mut Faults,
    cut: &'a mut Cut,
    /// Keys that were cut out or written wrongly, by the position of their table: that they are missing is no fault
    /// of its own.
    lost: Vec<(Range<usize>, String)>,
}

impl Reader<'_> {
    /// Notes a fault and cuts its key out; false if that is impossible.
    fn cut(&mut self, root: &mut Spanned<DeValue>, serde: &str, span: Range<usize>) -> bool {
        match translate(serde, "").kind {
            Kind::Missing { key } => self.cut_incomplete(root, serde, span, &key),
            Kind::UnknownKey { meant } => {
                self.note(serde, span.clone(), None);
                // What nothing knows, nothing depends on.
                let is_deep = self.cut.is_deep;
                let is_cut = self.remove(root, find(root.get_ref(), &span, None), meant);
                self.cut.is_deep = is_deep;
                is_cut
            }
            Kind::Value => {
                self.note(serde, span.clone(), None);
                self.remove(root, find(root.get_ref(), &span, None), None)
            }
        }
    }

    /// Cuts out a table that lacks a key.
    fn cut_incomplete(&mut self, root: &mut Spanned<DeValue>, serde: &str, span: Range<usize>, key: &str) -> bool {
        let place = find(root.get_ref(), &span, Some(key));
        let table = if place.is_empty() { root.span() } else { span.clone() };
        if !self.lost.iter().any(|(at, lost)| *at == table && lost == key) {
            self.note(serde, if place.is_empty() { 0..0 } else { span }, Some(key));
        }
        self.cut.is_deep = true;
        if place.is_empty() { stand_in(root.get_mut(), key) } else { self.remove(root, place, None) }
    }

    fn note(&mut self, serde: &str, span: Range<usize>, lacks: Option<&str>) {
        let message = translate(serde, &written(&find(self.whole, &span, lacks)));
        let span = self.part(span, message.part);
        self.faults.push_new(Fault { span, message: message.text, hint: message.hint, arm: None });
    }

    /// The faulty part of a text value.
    fn part(&self, span: Range<usize>, part: Option<(usize, usize)>) -> Range<usize> {
        let Some((start, end)) = part else { return span };
        let quote = usize::from(self.source.text_from(span.start).starts_with(['"', '\'']));
        let whole = start == 0 && end + 2 * quote >= span.len();
        if whole { span } else { span.start + quote + start..(span.start + quote + end).min(span.end) }
    }

    /// Cuts out a place; `meant` is the key that it should have had.
    fn remove(&mut self, root: &mut Spanned<DeValue>, place: Place, meant: Option<String>) -> bool {
        let Some((last, parents)) = place.split_last() else { return false };
        let mut at = root;
        for step in parents {
            let next = match (at.get_mut(), step) {
                (DeValue::Table(table), Step::Key(key)) => table.get_mut(key.as_str()),
                (DeValue::Array(items), Step::Item(index)) => items.get_mut(*index),
                _ => None,
            };
            let Some(next) = next else { return false };
            at = next;
        }
        let span = at.span();
        self.cut.tables.push(written(&parents.to_vec()));
        match (at.get_mut(), last) {
            (DeValue::Table(table), Step::Key(key)) => {
                let is_section = table.get(key.as_str()).is_some_and(|it| it.get_ref().is_table());
                self.cut.is_deep |= parents.is_empty() || is_section;
                self.lost.extend([key.clone()].into_iter().chain(meant).map(|key| (span.clone(), key)));
                table.remove(key.as_str()).is_some()
            }
            (DeValue::Array(items), Step::Item(index)) => {
                self.cut.is_deep = true;
                let kept = items.clone().into_iter().enumerate().filter(|(at, _)| at != index);
                *items = kept.map(|(_, item)| item).collect();
                true
            }
            _ => false,
        }
    }
}

/// Puts a harmless section in the place of a missing one.
fn stand_in(root: &mut DeValue, key: &str) -> bool {
    let Some((name, text)) = STAND_INS.iter().find(|(name, _)| *name == key) else { return false };
    let value = DeTable::parse(text).ok().and_then(|mut table| table.get_mut().remove("x"));
    let (DeValue::Table(table), Some(value)) = (root, value) else { return false };
    table.insert(Spanned::new(0..0, Cow::Borrowed(*name)), value);
    true
}

/// The deepest place whose key or value has this position; for a missing key, the deepest table without it.
/// The root itself where there is none.
fn find(root: &DeValue, span: &Range<usize>, lacks: Option<&str>) -> Place {
    let mut best = Place::new();
    let Some(table) = root.as_table() else { return best };
    // What an arm sets is also in `arms`: of the two, its place in the scenario tells more.
    let mut outside = table.clone();
    outside.remove("arms");
    for table in [outside, table.clone()] {
        if best.is_empty() {
            search(&DeValue::Table(table), span, lacks, &mut Place::new(), &mut best);
        }
    }
    best
}

fn search(at: &DeValue, span: &Range<usize>, lacks: Option<&str>, place: &mut Place, best: &mut Place) {
    let mut visit = |step: Step, key: Option<Range<usize>>, value: &Spanned<DeValue>| {
        place.push(step);
        let fits = match lacks {
            Some(lacks) => value.get_ref().as_table().is_some_and(|table| !table.contains_key(lacks)),
            None => true,
        };
        let is_key = lacks.is_none() && key.as_ref() == Some(span);
        if fits && (is_key || value.span() == *span) && place.len() > best.len() {
            best.clone_from(place);
        }
        search(value.get_ref(), span, lacks, place, best);
        place.pop();
    };
    match at {
        DeValue::Table(table) => {
            table.iter().for_each(|(key, value)| visit(Step::Key(key.get_ref().to_string()), Some(key.span()), value));
        }
        DeValue::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| visit(Step::Item(index), None, item));
        }
        _ => {}
    }
}
