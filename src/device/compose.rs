//! Joins the WGSL files of a kernel, and leads every error back to the file and line that it came from.
//!
//! `//#include "shared/math.wgsl"` brings a file of `shaders/`, once however often it is asked for;
//! `//#include <columns>` and `//#include <parameters>` bring text that Rust makes from its tables.
//! `//#constant CHUNK = 256` declares a constant that Rust may give another value.

use super::files::FILES;
use crate::error::{Error, Result};

/// Invocations in a workgroup where a kernel does not say otherwise.
pub const DEFAULT_WORKGROUP: u32 = 64;

/// Workgroups along x where a kernel does not say otherwise: half of what every device can do, and a power of two.
pub const DEFAULT_MAX_GROUPS_X: u32 = 32_768;

/// Makes WGSL from a table.
pub type Generator = fn() -> String;

/// The WGSL files of `shaders/`, and the text that Rust makes for them, by the name between angle brackets.
#[derive(Clone, Copy, Debug)]
pub struct Library {
    pub generated: &'static [(&'static str, Generator)],
}

impl Library {
    /// For kernels that include no generated text.
    pub const PLAIN: Library = Library { generated: &[] };

    /// The kernel `shaders/<name>.wgsl`, with constants given as `const NAME = 3u;`.
    ///
    /// # Errors
    /// `Failed` if the kernel, or a file that it includes, does not exist.
    pub fn kernel(self, name: &str, constants: &[(&str, u32)]) -> Result<Source> {
        let file = format!("{name}.wgsl");
        self.text(name, find(&file).ok_or_else(|| unknown(&format!("the kernel {name}"), &file))?, constants)
    }

    /// Whether a kernel, or a file that it includes, declares a constant.
    pub fn declares(self, name: &str, constant: &str) -> bool {
        self.kernel(name, &[]).is_ok_and(|source| source.text.contains(&format!("const {constant} =")))
    }

    /// A kernel given as text, which may include files as those of `shaders/` do.
    ///
    /// # Errors
    /// `Failed` if an included file does not exist, or a constant is not used.
    pub fn text(self, name: &str, text: &str, constants: &[(&str, u32)]) -> Result<Source> {
        let mut source = Source {
            name: name.to_owned(),
            text: String::new(),
            max_groups_x: value_of(constants, "MAX_GROUPS_X", DEFAULT_MAX_GROUPS_X),
            origins: Vec::new(),
            files: Vec::new(),
            library: self,
        };
        source.push("<constants>", &constants_text(constants))?;
        source.push(&format!("{name}.wgsl"), text)?;
        source.check_used(constants)?;
        Ok(source)
    }
}

/// A kernel's whole text, with the origin of each line.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name of the kernel: its file in `shaders/` without `.wgsl`.
    pub name: String,
    pub text: String,
    /// Value of the constant MAX_GROUPS_X, which the host folds dispatches by.
    pub max_groups_x: u32,
    /// For each line of the text: file (an index into `files`) and line, from 1.
    origins: Vec<(usize, u32)>,
    files: Vec<String>,
    library: Library,
}

/// A parsed and validated kernel.
pub struct Module {
    pub source: Source,
    pub module: naga::Module,
    pub info: naga::valid::ModuleInfo,
}

fn value_of(constants: &[(&str, u32)], name: &str, default: u32) -> u32 {
    constants.iter().find(|(it, _)| *it == name).map_or(default, |(_, value)| *value)
}

fn constants_text(constants: &[(&str, u32)]) -> String {
    let defaults = [("WORKGROUP", DEFAULT_WORKGROUP), ("MAX_GROUPS_X", DEFAULT_MAX_GROUPS_X)];
    let missing = defaults.iter().filter(|(name, _)| !constants.iter().any(|(given, _)| given == name));
    constants.iter().chain(missing).map(|(name, value)| format!("const {name} = {value}u;\n")).collect()
}

/// Paths of all WGSL files within `shaders/`.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| *path)
}

fn find(file: &str) -> Option<&'static str> {
    FILES.iter().find(|(path, _)| *path == file).map(|(_, text)| *text)
}

fn unknown(who: &str, file: &str) -> Error {
    let known: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
    Error::Failed(format!(
        "{who} needs shaders/{file}, which is not part of this program\n\n\
         hint: add it to the table in src/device/files.rs, which has {}",
        known.join(", ")
    ))
}

impl Source {
    /// Appends a file after the files that it includes, each line with its origin.
    fn push(&mut self, file: &str, text: &str) -> Result<()> {
        let number = self.files.len();
        self.files.push(file.to_owned());
        for (line, content) in text.lines().enumerate() {
            if let Some(asked) = content.strip_prefix("//#include ") {
                self.include(file, line + 1, asked.trim())?;
            }
            match content.strip_prefix("//#constant ").map(|declared| format!("const {}u;", declared.trim())) {
                Some(constant) if !self.defines(&constant) => self.text.push_str(&constant),
                // The line itself stays, as the comment that it is, so that lines keep their numbers.
                _ => self.text.push_str(content),
            }
            self.text.push('\n');
            self.origins.push((number, line as u32 + 1));
        }
        Ok(())
    }

    /// Whether a constant with the name of this one, given as `const NAME = 3u;`, is there already.
    fn defines(&self, constant: &str) -> bool {
        let name = constant.split('=').next().unwrap_or_default();
        self.text.lines().any(|line| line.starts_with(name))
    }

    /// A constant that no file mentions is a misspelt one.
    fn check_used(&self, constants: &[(&str, u32)]) -> Result<()> {
        let always = |name: &str| ["WORKGROUP", "MAX_GROUPS_X"].contains(&name);
        let unused = constants.iter().find(|(name, _)| !always(name) && self.text.matches(name).count() < 2);
        unused.map_or(Ok(()), |(name, _)| {
            Err(Error::Failed(format!("the kernel {} is given the constant {name}, which it does not use", self.name)))
        })
    }

    /// Puts other text, without line ends, in the place of one that there is.
    pub fn alter(&mut self, from: &str, to: &str) -> Result<()> {
        if !self.text.contains(from) {
            return Err(Error::Input(format!("error: the kernel {} does not contain `{from}`", self.name)));
        }
        self.text = self.text.replace(from, to);
        Ok(())
    }

    fn include(&mut self, from: &str, line: usize, asked: &str) -> Result<()> {
        if self.files.iter().any(|file| file == unquoted(asked)) {
            return Ok(());
        }
        let generated = self.library.generated.iter().find(|(name, _)| asked == format!("<{name}>"));
        match (generated, asked.starts_with('"')) {
            (Some((_, make)), _) => self.push(asked, &make()),
            (None, true) => {
                let path = unquoted(asked);
                let text = find(path).ok_or_else(|| unknown(&format!("shaders/{from}:{line}"), path))?;
                self.push(path, text)
            }
            (None, false) => {
                let names: Vec<String> = self.library.generated.iter().map(|(name, _)| format!(", <{name}>")).collect();
                let names = names.concat();
                Err(Error::Failed(format!(
                    "shaders/{from}:{line} includes {asked}; allowed are \"a path within shaders/\"{names}"
                )))
            }
        }
    }

    /// Paths of the files that it is made of.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// File and line of a line of the whole text, both counted from 1, as `shaders/motility.wgsl:12`.
    pub fn place(&self, line: u32) -> String {
        match self.origins.get(line.saturating_sub(1) as usize) {
            Some(&(file, line)) if self.files[file].starts_with('<') => format!("{}:{line}", self.files[file]),
            Some(&(file, line)) => format!("shaders/{}:{line}", self.files[file]),
            None => format!("shaders/{}.wgsl, at its end", self.name),
        }
    }

    /// Parses and validates the whole text.
    pub fn parse(self) -> Result<Module> {
        let module = naga::front::wgsl::parse_str(&self.text).map_err(|error| {
            let labels = error.labels().map(|(span, label)| (span, label.to_owned())).collect();
            self.fault(error.message(), labels)
        })?;
        let mut validator =
            naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::empty());
        let info = validator.validate(&module).map_err(|error| {
            let labels = error.spans().map(|(span, label)| (*span, label.clone())).collect();
            self.fault(&causes(error.as_inner()), labels)
        })?;
        Ok(Module { source: self, module, info })
    }

    /// The message of a fault, with the place, the line itself and what the compiler remarks at each place.
    fn fault(&self, message: &str, labels: Vec<(naga::Span, String)>) -> Error {
        let mut text = format!("the shader {} does not compile: {message}", self.name);
        for (span, label) in labels.iter().filter(|(span, _)| span.is_defined()) {
            let line = span.location(&self.text).line_number;
            let content = self.text.lines().nth(line as usize - 1).unwrap_or_default().trim();
            text += &format!("\n  {}: {label}\n      {content}", self.place(line));
        }
        Error::Failed(text)
    }
}

fn unquoted(asked: &str) -> &str {
    asked.trim_matches('"')
}

/// An error and everything that it says was behind it.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text += &format!(": {cause}");
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(source: Source) -> String {
        source.parse().err().map(|error| error.to_string()).unwrap_or_default()
    }

    fn files_under(folder: &std::path::Path, prefix: &str) -> Vec<String> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            match entry.file_type().unwrap().is_dir() {
                true => found.extend(files_under(&entry.path(), &format!("{name}/"))),
                false => found.push(name),
            }
        }
        found
    }

    #[test]
    fn the_table_of_files_equals_the_folder() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("shaders");
        let mut found = files_under(&folder, "");
        found.sort();
        let mut table: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
        table.sort();
        assert_eq!(table, found);
    }

    #[test]
    fn a_constant_has_its_default_unless_it_is_given() {
        let body = "//#constant CHUNK = 256\nfn f() -> u32 { return CHUNK; }\n";
        assert!(Library::PLAIN.text("a", body, &[]).unwrap().text.contains("const CHUNK = 256u;"));
        let given = Library::PLAIN.text("a", body, &[("CHUNK", 8)]).unwrap();
        assert!(given.text.contains("const CHUNK = 8u;") && !given.text.contains("256u"));
        assert_eq!(message(given), "");
        assert!(Library::PLAIN.text("a", body, &[("CHUNKS", 8)]).unwrap_err().to_string().contains("CHUNKS"));
    }

    #[test]
    fn a_file_comes_once_and_constants_come_first() {
        let twice = "//#include \"shared/random.wgsl\"\n//#include \"shared/math.wgsl\"\n// CHUNK\n";
        let source = Library::PLAIN.text("twice", twice, &[("CHUNK", 7)]).unwrap();
        assert_eq!(source.text.matches("fn cube_root").count(), 1);
        assert!(source.text.starts_with("const CHUNK = 7u;\nconst WORKGROUP = 64u;\n"));
    }

    #[test]
    fn faults_name_file_and_line() {
        let parse = message(
            Library::PLAIN.text("broken", "//#include \"shared/math.wgsl\"\n\nfn f() { x = 1; }\n", &[]).unwrap(),
        );
        assert!(parse.contains("shaders/broken.wgsl:3"), "{parse}");
        let types = message(Library::PLAIN.text("broken", "\nfn f() -> u32 { return 1.5f; }\n", &[]).unwrap());
        assert!(types.contains("shaders/broken.wgsl:2"), "{types}");
        let mut source = Library::PLAIN.text("late", "//#include \"shared/math.wgsl\"\n", &[]).unwrap();
        source.text = source.text.replace("let z = m * m;", "let z = m * k;");
        let inside = message(source);
        let line = find("shared/math.wgsl").unwrap().lines().position(|line| line.contains("let z = m * m;")).unwrap();
        assert!(inside.contains(&format!("shaders/shared/math.wgsl:{}:", line + 1)), "{inside}");
    }

    #[test]
    fn an_unknown_include_says_where_it_stands() {
        let missing = Library::PLAIN.text("a", "\n//#include \"shared/none.wgsl\"\n", &[]).unwrap_err().to_string();
        assert!(missing.contains("shaders/a.wgsl:2") && missing.contains("shaders/shared/none.wgsl"), "{missing}");
        let library = Library { generated: &[("made", String::new)] };
        assert!(library.text("a", "//#include <made>\n", &[]).is_ok());
        assert!(library.text("a", "//#include <none>\n", &[]).unwrap_err().to_string().contains("<made>"));
        assert!(Library::PLAIN.kernel("none", &[]).unwrap_err().to_string().contains("none.wgsl"));
    }
}
