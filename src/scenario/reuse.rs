//! `use = "cd8_t_cell"`: the keys of a library entry stand below those of the section that names it. Tables merge, and
//! what the scenario, an override or an arm writes comes before what the library has.
//!
//! Keys from the library get positions of their own beyond those of the user's texts; [`written_at`] leads from
//! there back to the user's line.

use super::faults::{Fault, Faults};
use super::library::{self, Entry};
use super::naming;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The key of a section that names an entry.
const KEY: &str = "use";

/// Section, key, its value if only that one counts, and keys of the entry that do not go with it.
const INSTEAD: [(&str, &str, Option<&str>, &[&str]); 8] = [
    ("substrates", "boundary", Some("no_flux"), &["boundary_value", "faces", "beyond"]),
    ("substrates", "boundary", Some("periodic"), &["boundary_value", "faces", "beyond"]),
    ("substrates", "boundary", Some("held"), &["faces"]),
    ("substrates", "faces", None, &["boundary_value"]),
    ("substrates", "boundary_value", None, &["faces"]),
    ("drugs", "half_life", None, &["clearance", "peripheral_volume", "intercompartmental_clearance"]),
    ("drugs", "clearance", None, &["half_life"]),
    ("drugs", "absorption_rate", None, &["absorption_half_life"]),
];

/// A section that uses an entry.
#[derive(Clone, Debug)]
pub(super) struct Use {
    section: &'static str,
    item: String,
    /// What is written; none if it is no text.
    name: Option<String>,
    /// Where it is written.
    span: Range<usize>,
    /// The entry; where there is none of this name, that with the nearest name, so that the rest can be read.
    entry: Option<&'static Entry>,
    /// Position of the entry's first byte.
    base: usize,
}

impl Use {
    /// Text of the entry, and its position.
    pub fn text(&self) -> (usize, &'static str) {
        (self.base, self.entry.map_or("", |entry| entry.meant().text))
    }

    fn end(&self) -> usize {
        self.base + self.text().1.len() + 1
    }
}

/// All uses in a table to which overrides were applied; entries have positions from `base` on.
pub(super) fn uses(root: &DeValue, base: usize) -> Vec<Use> {
    let mut found: Vec<Use> = Vec::new();
    for section in library::sections() {
        let Some(items) = root.get(section).and_then(|it| it.get_ref().as_table()) else { continue };
        for (item, value) in items {
            let Some(value) = value.get_ref().get(KEY) else { continue };
            let name = value.get_ref().as_str().map(str::to_owned);
            let entry = nearest(section, name.as_deref().unwrap_or(""));
            let base = found.last().map_or(base, Use::end);
            found.push(Use { section, item: item.get_ref().to_string(), name, span: value.span(), entry, base });
        }
    }
    found
}

fn nearest(section: &str, name: &str) -> Option<&'static Entry> {
    let distance = |entry: &&Entry| strsim::damerau_levenshtein(entry.name, name);
    library::of(section).min_by_key(distance)
}

/// Puts the entries below what the sections of a table say.
pub(super) fn insert<'a>(root: &mut DeValue<'a>, uses: &[Use]) {
    for each in uses {
        let section = table_of(root, each.section).and_then(|it| it.get_mut(each.item.as_str()));
        let Some(DeValue::Table(item)) = section.map(Spanned::get_mut) else { continue };
        let (base, text) = each.text();
        // Entries are TOML: a test reads them all.
        let Ok(entry) = DeTable::parse(text) else { continue };
        let mut below = moved_table(entry.into_inner(), base);
        for (section, key, value, others) in INSTEAD {
            let written = item.get(key).map(|it| it.get_ref().as_str());
            if section == each.section && written.is_some_and(|it| value.is_none() || it == value) {
                others.iter().for_each(|key| drop(below.remove(*key)));
            }
        }
        underlay(item, below);
    }
}

fn table_of<'v, 'a>(root: &'v mut DeValue<'a>, key: &str) -> Option<&'v mut DeTable<'a>> {
    match root {
        DeValue::Table(table) => match table.get_mut(key)?.get_mut() {
            DeValue::Table(inner) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

/// Takes from `below` what `table` lacks.
fn underlay<'a>(table: &mut DeTable<'a>, below: DeTable<'a>) {
    for (key, value) in below {
        match table.get_mut(key.get_ref().as_ref()).map(Spanned::get_mut) {
            None => {
                table.insert(key, value);
            }
            Some(DeValue::Table(inner)) => {
                if let DeValue::Table(value) = value.into_inner() {
                    underlay(inner, value);
                }
            }
            Some(_) => {}
        }
    }
}

/// A table with all its positions moved.
fn moved_table(table: DeTable<'_>, by: usize) -> DeTable<'_> {
    let key = |it: Spanned<_>| Spanned::new(it.span().start + by..it.span().end + by, it.into_inner());
    table.into_iter().map(|(name, value)| (key(name), moved(value, by))).collect()
}

fn moved(value: Spanned<DeValue<'_>>, by: usize) -> Spanned<DeValue<'_>> {
    let span = value.span().start + by..value.span().end + by;
    let value = match value.into_inner() {
        DeValue::Table(table) => DeValue::Table(moved_table(table, by)),
        DeValue::Array(items) => DeValue::Array(items.into_iter().map(|item| moved(item, by)).collect()),
        other => other,
    };
    Spanned::new(span, value)
}

/// Removes the names of the entries, which are no part of a scenario.
pub(super) fn remove_names(root: &mut DeValue, uses: &[Use]) {
    for each in uses {
        let section = table_of(root, each.section).and_then(|it| it.get_mut(each.item.as_str()));
        if let Some(DeValue::Table(item)) = section.map(Spanned::get_mut) {
            item.remove(KEY);
        }
    }
}

/// Notes names that no entry has.
pub(super) fn check(uses: &[Use], faults: &mut Faults) {
    for each in uses {
        let known: Vec<&str> = library::of(each.section).map(|entry| entry.name).collect();
        let Some(name) = &each.name else {
            let message = format!("`{}.{KEY}` must be a text in quotes", naming::joined([each.section, &each.item]));
            let hint = format!("name one of {}", known.join(", "));
            faults.add(each.span.clone(), message, Some(hint));
            continue;
        };
        if each.entry.is_none_or(|entry| entry.name != name) {
            let message = format!("{} for `{}`", library::unknown(name), each.section);
            faults.add(each.span.clone(), message, Some(library::way_out(name, &known)));
        }
    }
}

/// The fault at the line that the user wrote: for a key of the library, that which names the entry.
pub(super) fn written_at(uses: &[Use], fault: Fault) -> Fault {
    let Some(each) = uses.iter().find(|each| (each.base..each.end()).contains(&fault.span.start)) else { return fault };
    let name = each.entry.map_or("", |entry| entry.meant().name);
    let origin = format!("the value is that of the library; `texpop library {name}` shows it");
    let hint = fault.hint.map_or_else(|| origin.clone(), |hint| format!("{hint}\n{origin}"));
    Fault { span: each.span.clone(), hint: Some(hint), ..fault }
}
