//! The folder of a project: files that its settings name, and its C++.

use super::report::{Kind, Place, Report};
use super::xml::{Settings, shortened};
use crate::scenario::read_bytes;
use roxmltree::Node;
use std::path::{Component, Path, PathBuf};

/// Where a project lies.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder that holds `config` and `custom_modules`.
    root: PathBuf,
    /// The folder of the settings.
    config: PathBuf,
}

/// Functions that the plain template of a project defines, and that do nothing of their own.
const TEMPLATE: &[&str] = &[
    "create_cell_types",
    "setup_microenvironment",
    "setup_tissue",
    "my_coloring_function",
    "phenotype_function",
    "custom_function",
    "contact_function",
];

/// Digests (BLAKE3, the first 16 digits) of the plain template's `custom_modules/custom.cpp` without remarks and blanks, as of
/// PhysiCell 1.14.
const PLAIN: &[&str] = &["41a7950b41aa5acc"];

impl Project {
    /// The project of a settings file.
    pub fn of(settings: &Path) -> Project {
        let config = settings.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        let root = match config.file_name() {
            Some(_) => config.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned(),
            None => config.join(".."),
        };
        Project { root, config }
    }

    /// Name and bytes of a file that an element names; a fault where it is not in the project.
    pub fn read<'a>(
        &self,
        settings: &Settings<'a>,
        node: Node<'a, 'a>,
        folder: &str,
        file: &str,
    ) -> Option<(String, Vec<u8>)> {
        let path: PathBuf = Path::new(folder).join(file).components().filter(|it| *it != Component::CurDir).collect();
        let is_inside = path.components().all(|it| matches!(it, Component::Normal(_)));
        if !is_inside {
            let message = format!("`{}` lies outside of the project, from which alone files are read", shortened(file));
            settings.fault(node, message);
            return None;
        }
        let places = [self.root.join(&path), self.config.join(&path), self.config.join(file)];
        let found = places.iter().find(|it| it.is_file());
        let Some(found) = found else {
            let message =
                format!("there is no file `{}` in {}", shortened(&path.to_string_lossy()), self.root.display());
            settings.fault(node, message);
            return None;
        };
        match read_bytes(found) {
            Ok(bytes) => Some((found.display().to_string(), bytes)),
            Err(cause) => {
                settings.fault(node, format!("could not read {}: {cause}", found.display()));
                None
            }
        }
    }

    /// Notes C++ that is not that of the plain template.
    pub fn code(&self, report: &mut Report) {
        let folder = self.root.join("custom_modules");
        let Ok(entries) = std::fs::read_dir(&folder) else { return };
        let mut files: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
        files.retain(|it| it.extension().is_some_and(|it| it == "cpp" || it == "cxx" || it == "cc"));
        files.sort();
        for file in files {
            let place = Place { file: file.display().to_string(), line: 0 };
            let Ok(bytes) = read_bytes(&file) else { continue };
            let text = String::from_utf8_lossy(&bytes);
            if PLAIN.contains(&digest(&text).as_str()) {
                continue;
            }
            let functions = functions(&text);
            let named = if functions.is_empty() {
                "it differs from the plain template".to_owned()
            } else {
                format!("it differs from the plain template, with functions of its own: {}", functions.join(", "))
            };
            let reason = format!("{named}. C++ is not carried over: express what it does by keys and rules");
            report.add(Kind::Lost, &place, "C++", &reason);
        }
    }
}

/// Digest of C++ without remarks and blanks.
fn digest(text: &str) -> String {
    let bare: String = without_remarks(text).chars().filter(|it| !it.is_whitespace()).collect();
    blake3::hash(bare.as_bytes()).to_hex()[..16].to_owned()
}

/// C++ without its remarks; what looks like one in quotes goes too, which is right for a digest.
fn without_remarks(text: &str) -> String {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some(start) = rest.find('/') {
        kept.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = match rest.as_bytes().get(1) {
            Some(b'/') => rest.find('\n'),
            Some(b'*') => rest.find("*/").map(|end| end + 2),
            _ => {
                kept.push('/');
                Some(1)
            }
        };
        rest = end.map_or("", |end| &rest[end..]);
    }
    kept + rest
}

/// Names of functions that C++ defines at its outermost level, beside those of the template.
fn functions(text: &str) -> Vec<String> {
    let bare = without_remarks(text);
    let mut names = Vec::new();
    let mut lines = bare.lines().peekable();
    while let Some(line) = lines.next() {
        let opens = line.contains('{') || lines.peek().is_some_and(|next| next.trim_start().starts_with('{'));
        let is_outer =
            line.starts_with(|it: char| it.is_ascii_alphabetic()) && opens && !line.trim_end().ends_with(';');
        let Some(before) = line.split_once('(').map(|(before, _)| before.trim_end()).filter(|_| is_outer) else {
            continue;
        };
        let name = before.rsplit(|it: char| !(it.is_ascii_alphanumeric() || it == '_')).next().unwrap_or("");
        let has_type = before.len() > name.len();
        if has_type && !name.is_empty() && !TEMPLATE.contains(&name) && !names.iter().any(|it| it == name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_and_blanks_do_not_count() {
        let code = "void one( Cell* c ) // first\n{ return; } /* a\nb */\nint two(int a)\n{ return a / 2; }\n";
        assert_eq!(digest(code), digest("void one(Cell* c){return;}\n\nint two(int a){ return a/2; }"));
        assert_ne!(digest(code), digest("void one(Cell* c){return;} int two(int a){ return a/3; }"));
        assert_eq!(functions(code), ["one", "two"]);
        assert_eq!(functions("void setup_tissue( void )\n{ }\nvoid other( void );\n#define A(x) {x}\n"), [""; 0]);
        assert_eq!(without_remarks("a / b /* c"), "a / b ");
    }
}
