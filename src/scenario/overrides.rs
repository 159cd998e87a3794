//! Values set by path: `--set path=value` and the `set` of an arm. Tables merge, all else is replaced.

use super::faults::{Faults, nearest};
use super::naming;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What an arm may change; space, clocks and reports are those of the study.
const ROOTS_OF_ARMS: &[&str] = &[
    "cell_types",
    "interactions",
    "place",
    "add_cells",
    "remove_cells",
    "resection",
    "irradiation",
    "lymphodepletion",
    "set_parameters",
    "edit_genes",
    "drugs",
    "doses",
    "treatments",
    "rules",
    "rule_sets",
    "rules_table",
];

/// Keys of a path at most; no scenario has tables that are nested so deeply.
const MOST_KEYS: usize = 16;

/// A `--set path=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Override {
    /// Position of its first byte.
    pub base: usize,
    pub text: String,
    /// `x=value` after so many blanks that the value has its position.
    padded: String,
}

/// What is wrong with a path, and a way out.
type PathFault = (String, Option<String>);

impl Override {
    pub fn new(base: usize, text: &str) -> Override {
        // An override without a path is refused when it is applied.
        let value = text.find('=').filter(|at| *at > 0).map(|at| at + 1);
        let padded = value.map(|at| format!("{}x={}", " ".repeat(base + at - 2), &text[at..]));
        Override { base, text: text.into(), padded: padded.unwrap_or_default() }
    }

    /// Sets the value in the scenario's table.
    pub fn apply<'a>(&'a self, root: &mut DeValue<'a>, faults: &mut Faults) {
        let whole = self.base..self.base + self.text.len();
        let path = self.text.split('=').next().unwrap_or("").trim();
        if path.is_empty() || self.padded.is_empty() {
            let hint = "write a path and a value, such as replicates=8";
            return faults.add(whole, format!("`{}` sets nothing", self.text), Some(hint.into()));
        }
        let span = self.base..self.base + path.len();
        if let Err((message, hint)) = put(root, path, &span, self.value()) {
            faults.add(span, message, hint);
        }
    }

    /// The value as TOML, or else as text: `duration=5 d` needs no quotes.
    fn value(&self) -> Spanned<DeValue<'_>> {
        if let Ok(mut table) = DeTable::parse(&self.padded)
            && table.get_ref().len() == 1
            && let Some(value) = table.get_mut().remove("x")
        {
            return value;
        }
        let written = self.text.find('=').map_or("", |at| &self.text[at + 1..]);
        let text = written.trim();
        let start = self.base + self.text.len() - written.trim_start().len();
        Spanned::new(start..start + text.len(), DeValue::String(Cow::Borrowed(text)))
    }
}

/// Path and value of what a sweep gives an arm.
fn level<'a>(level: &DeValue<'a>) -> Option<(Spanned<Cow<'a, str>>, Spanned<DeValue<'a>>)> {
    let path = level.get("path")?;
    let text = Cow::Owned(path.get_ref().as_str()?.to_owned());
    Some((Spanned::new(path.span(), text), level.get("value")?.clone()))
}

/// Applies the `set` of an arm, and then what sweeps give it.
pub(super) fn apply_arm(root: &mut DeValue, arm: &str, faults: &mut Faults) {
    let Some(arm) = root.get("arms").and_then(|it| it.get_ref().get(arm)).map(|it| it.get_ref()) else { return };
    let table = |key: &str| arm.get(key).and_then(|it| it.get_ref().as_table());
    let mut entries: Vec<_> =
        table("set").into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let levels = table("levels").into_iter().flatten().map(|it| it.1.get_ref());
    entries.extend(levels.filter_map(level));
    for (key, value) in entries {
        set_of_arm(root, key, value, faults);
    }
}

fn set_of_arm<'a>(root: &mut DeValue<'a>, key: Spanned<Cow<str>>, value: Spanned<DeValue<'a>>, faults: &mut Faults) {
    let keys = naming::split(key.get_ref()).unwrap_or_default();
    // What cannot be read as a path is refused below.
    let name = keys.first().map_or(ROOTS_OF_ARMS[0], String::as_str);
    if !ROOTS_OF_ARMS.contains(&name) {
        let message = format!("`{}` cannot differ between arms", key.get_ref());
        let hint = match nearest(name, ROOTS_OF_ARMS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("an arm may set paths in {}", ROOTS_OF_ARMS.join(", ")),
        };
        faults.add(key.span(), message, Some(hint));
    } else if let Err((message, hint)) = put(root, key.get_ref(), &key.span(), value) {
        faults.add(key.span(), message, hint);
    }
}

/// Sets the value at a path; `span` is where the path is written.
fn put<'a>(
    root: &mut DeValue<'a>,
    path: &str,
    span: &Range<usize>,
    value: Spanned<DeValue<'a>>,
) -> Result<(), PathFault> {
    let keys = naming::split(path).map_err(|message| {
        (message, Some("write a name with blanks as in cell_types.\"helper T cell\".volume".to_owned()))
    })?;
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    if keys.len() > MOST_KEYS {
        return Err((format!("the path has {} keys; it may have {MOST_KEYS}", keys.len()), None));
    }
    known_cell_type(root, &keys)?;
    let mut at = root;
    for (depth, key) in keys[..keys.len() - 1].iter().enumerate() {
        let here = naming::joined(keys[..depth].iter().copied());
        at = child(at, key, &here, span)?;
    }
    let here = naming::joined(keys[..keys.len() - 1].iter().copied());
    merge(at, keys[keys.len() - 1], &here, span, value)
}

/// A misspelt cell type would otherwise be a new one.
fn known_cell_type(root: &DeValue, keys: &[&str]) -> Result<(), PathFault> {
    let ["cell_types", name, ..] = keys else { return Ok(()) };
    let Some(types) = root.get("cell_types").and_then(|it| it.get_ref().as_table()) else { return Ok(()) };
    if types.contains_key(*name) {
        return Ok(());
    }
    let known: Vec<&str> = types.keys().map(|key| key.get_ref().as_ref()).collect();
    Err(unknown_cell_type(name, &known))
}

/// What to say about a cell type that there is not.
pub(super) fn unknown_cell_type(name: &str, known: &[&str]) -> PathFault {
    let hint = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known cell types: {}", known.join(", ")),
    };
    (format!("unknown cell type `{name}`"), Some(hint))
}

/// The table or item below, made if it is a missing table.
fn child<'a, 'v>(
    at: &'v mut DeValue<'a>,
    key: &str,
    here: &str,
    span: &Range<usize>,
) -> Result<&'v mut DeValue<'a>, PathFault> {
    match at {
        DeValue::Array(items) => {
            let count = items.len();
            let item = key.parse::<usize>().ok().and_then(|index| items.get_mut(index));
            item.map(Spanned::get_mut).ok_or_else(|| no_item(key, here, count))
        }
        DeValue::Table(table) => {
            let name = Spanned::new(span.clone(), Cow::Owned(key.to_owned()));
            let empty = || Spanned::new(span.clone(), DeValue::Table(DeTable::new()));
            Ok(table.entry(name).or_insert_with(empty).get_mut())
        }
        _ => Err((format!("`{here}` is a value, it has no `{key}`"), None)),
    }
}

fn no_item(key: &str, here: &str, count: usize) -> PathFault {
    let hint = match count {
        0 => format!("`{here}` is empty"),
        _ => format!("items of `{here}` are numbered 0 to {}", count - 1),
    };
    (format!("`{here}` has no item `{key}`"), Some(hint))
}

/// Sets the last key of a path.
fn merge<'a>(
    at: &mut DeValue<'a>,
    key: &str,
    here: &str,
    span: &Range<usize>,
    value: Spanned<DeValue<'a>>,
) -> Result<(), PathFault> {
    if let DeValue::Table(table) = at {
        let merges = table.get(key).is_some_and(|old| old.get_ref().is_table()) && value.get_ref().is_table();
        if !merges {
            // The old key goes too, since the new one has another position.
            table.remove(key);
            table.insert(Spanned::new(span.clone(), Cow::Owned(key.to_owned())), value);
            return Ok(());
        }
    }
    let old = child(at, key, here, span)?;
    let DeValue::Table(new) = value.get_ref() else {
        *old = value.into_inner();
        return Ok(());
    };
    let path = if here.is_empty() { naming::quoted(key) } else { format!("{here}.{}", naming::quoted(key)) };
    for (name, inner) in new {
        merge(old, name.get_ref(), &path, &name.span(), inner.clone())?;
    }
    Ok(())
}
