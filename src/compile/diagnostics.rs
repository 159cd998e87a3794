//! What is wrong with a scenario beyond its grammar, collected with the key that it concerns.

/// A fault at a key such as `cell_types.tumour.cycle.rate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub path: String,
    pub message: String,
    pub hint: Option<String>,
}

/// Faults found so far; the same fault in several arms counts once.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    /// What is no fault, and yet worth a look.
    warnings: Vec<Diagnostic>,
    /// Faults of other files, already written.
    texts: Vec<String>,
}

/// Faults that are kept: whoever mends so many reads the others then.
const MOST_FAULTS: usize = 200;

impl Diagnostics {
    /// Notes a fault and goes on.
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>, hint: &str) {
        let hint = Some(hint.to_owned()).filter(|hint| !hint.is_empty());
        let diagnostic = Diagnostic { path: path.into(), message: message.into(), hint };
        if self.found.len() < MOST_FAULTS && !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// Notes what is no fault, and yet worth a look.
    pub fn warn(&mut self, path: impl Into<String>, message: impl Into<String>, hint: &str) {
        let hint = Some(hint.to_owned()).filter(|hint| !hint.is_empty());
        let diagnostic = Diagnostic { path: path.into(), message: message.into(), hint };
        if !self.warnings.contains(&diagnostic) {
            self.warnings.push(diagnostic);
        }
    }

    /// Whether there is a warning at a key.
    pub fn has_warning(&self, path: &str) -> bool {
        self.warnings.iter().any(|it| it.path == path)
    }

    /// Hands over the warnings.
    pub fn take_warnings(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.warnings)
    }

    /// Notes a fault unless a condition holds.
    pub fn require(&mut self, holds: bool, path: impl Into<String>, message: impl Into<String>, hint: &str) {
        if !holds {
            self.add(path, message, hint);
        }
    }

    /// The number of a name in a list, or a fault that tells the nearest known name.
    pub fn number(&mut self, path: impl Into<String>, what: &str, name: &str, known: &[&str]) -> Option<usize> {
        let number = known.iter().position(|it| *it == name);
        if number.is_none() {
            let hint = crate::scenario::faults::nearest(name, known).map(|it| format!("did you mean `{it}`?"));
            let message = format!("unknown {what} `{name}`, expected one of {}", known.join(", "));
            self.add(path, message, &hint.unwrap_or_default());
        }
        number
    }

    /// Hands over what was found.
    pub fn take(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.found)
    }

    /// Notes the faults of another file, already written.
    pub fn add_text(&mut self, text: String) {
        if !self.texts.contains(&text) {
            self.texts.push(text);
        }
    }

    /// Hands over the faults of other files.
    pub fn take_texts(&mut self) -> Vec<String> {
        std::mem::take(&mut self.texts)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && self.texts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_kept_once_and_names_looked_up() {
        let mut diagnostics = Diagnostics::default();
        assert_eq!(diagnostics.number("a", "cell type", "t_cell", &["tumour", "t_cell"]), Some(1));
        assert!(diagnostics.is_empty());
        for _ in 0..2 {
            assert_eq!(diagnostics.number("a", "cell type", "tumor", &["tumour", "t_cell"]), None);
        }
        diagnostics.require(true, "b", "no fault", "");
        let expected = Diagnostic {
            path: "a".into(),
            message: "unknown cell type `tumor`, expected one of tumour, t_cell".into(),
            hint: Some("did you mean `tumour`?".into()),
        };
        assert_eq!(diagnostics.take(), [expected]);
    }
}
