//! The folders of `src/` form no circle, nor do those of `src/stages` and `src/outputs`: of two folders side by side at most
//! one uses the other, directly or through others. Imports are read as text, unit tests left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Uses between the folders that lie in one parent: folder → folders that it uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// All Rust files below a folder.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// The folder in which the module of a file lives, as names below `src/`: `cli.rs` and `cli/mod.rs` live in `cli`.
fn folder_of(source: &Path, file: &Path) -> Vec<String> {
    let below = file.strip_prefix(source).unwrap();
    let mut names: Vec<String> = below.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    let file_name = names.pop().unwrap();
    let stem = file_name.trim_end_matches(".rs");
    if source.join(below.with_extension("")).is_dir() {
        names.push(stem.to_owned());
    }
    names
}

/// Paths that begin with `crate::` or `super::` in a text, without its unit tests, as lists of names.
fn paths(text: &str) -> Vec<Vec<String>> {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    assert!(!code.contains("use crate::{"), "name each folder in an import of its own");
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c: char| !is_part(c));
    let paths = words.filter(|word| word.starts_with("crate::") || word.starts_with("super::"));
    paths.map(|path| path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect()).collect()
}

/// The folder that a path leads to, seen from the module of a file.
fn target(source: &Path, file: &Path, path: &[String]) -> Vec<String> {
    let mut at = folder_of(source, file);
    let stem = file.file_stem().unwrap().to_string_lossy();
    let mut is_file = at.last().is_none_or(|last| *last != stem) && stem != "mod";
    let mut names = path.iter();
    for name in names.by_ref() {
        match name.as_str() {
            "crate" => (at, is_file) = (Vec::new(), false),
            // The parent of a file is the folder in which it lies.
            "super" if is_file => is_file = false,
            "super" => drop(at.pop()),
            name => {
                at.push(name.to_owned());
                break;
            }
        }
    }
    at.extend(names.cloned());
    while !source.join(at.iter().collect::<PathBuf>()).is_dir() {
        at.pop();
    }
    at
}

/// Uses between folders, by the parent in which they lie.
fn uses(source: &Path) -> BTreeMap<Vec<String>, Uses> {
    let mut uses: BTreeMap<Vec<String>, Uses> = BTreeMap::new();
    for file in rust_files(source) {
        let own = folder_of(source, &file);
        for path in paths(&std::fs::read_to_string(&file).unwrap()) {
            let other = target(source, &file, &path);
            let shared = own.iter().zip(&other).take_while(|(a, b)| a == b).count();
            if let (Some(from), Some(to)) = (own.get(shared), other.get(shared)) {
                let between = uses.entry(own[..shared].to_vec()).or_default();
                between.entry(from.clone()).or_default().insert(to.clone());
            }
        }
    }
    uses
}

/// A circle of folders, if there is one.
fn circle(uses: &Uses) -> Option<Vec<String>> {
    fn walk(uses: &Uses, trail: &mut Vec<String>, done: &mut BTreeSet<String>) -> bool {
        let last = trail.last().unwrap().clone();
        for next in uses.get(&last).into_iter().flatten() {
            if let Some(start) = trail.iter().position(|name| name == next) {
                trail.drain(..start);
                return true;
            }
            if !done.contains(next) {
                trail.push(next.clone());
                if walk(uses, trail, done) {
                    return true;
                }
                trail.pop();
            }
        }
        done.insert(last);
        false
    }
    let mut done = BTreeSet::new();
    uses.keys().find_map(|start| {
        let mut trail = vec![start.clone()];
        (!done.contains(start) && walk(uses, &mut trail, &mut done)).then_some(trail)
    })
}

#[test]
fn no_folders_use_each_other_in_a_circle() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let uses = uses(&source);
    for parent in [&[] as &[&str], &["stages"], &["outputs"]] {
        let parent: Vec<String> = parent.iter().map(|name| (*name).to_owned()).collect();
        let between = &uses[&parent];
        let circle = circle(between);
        assert!(circle.is_none(), "below src/{}: {} and back", parent.join("/"), circle.unwrap().join(" → "));
    }
    // The imports were understood: these are there for good.
    let top = &uses[&Vec::new()];
    assert!(top["stages"].contains("cells") && top["engine"].contains("stages") && top["compile"].contains("plan"));
    assert!(!uses[&vec!["stages".to_owned()]].is_empty());
}

#[test]
fn a_circle_is_found() {
    let uses = |pairs: &[(&str, &str)]| {
        let mut uses = Uses::new();
        for (from, to) in pairs {
            uses.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        uses
    };
    assert_eq!(circle(&uses(&[("a", "b"), ("b", "c"), ("a", "c")])), None);
    assert_eq!(circle(&uses(&[("a", "b"), ("b", "c"), ("c", "b")])).unwrap(), ["b", "c"]);
    assert_eq!(circle(&uses(&[("a", "a")])).unwrap(), ["a"]);
}
