//! All faults of a scenario, drawn together with file, line and caret.

use crate::error::{Error, Result};
use codespan_reporting::diagnostic::{Diagnostic, Label, Severity};
use codespan_reporting::files::SimpleFile;
use codespan_reporting::term::{self, Config};
use std::ops::Range;

/// One fault: where (bytes of the text), what, and a way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub span: Range<usize>,
    pub message: String,
    pub hint: Option<String>,
    /// The arm that it was found in; none: the scenario without arms.
    pub arm: Option<String>,
}

/// A text of a scenario; its bytes have the positions from `base` on.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    pub base: usize,
    pub name: &'a str,
    pub text: &'a str,
}

/// Faults found so far in the texts of a scenario.
#[derive(Clone, Debug, Default)]
pub struct Faults(Vec<Fault>);

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Faults {
    /// Notes a fault and goes on.
    pub fn add(&mut self, span: Range<usize>, message: impl Into<String>, hint: Option<String>) {
        self.0.push(Fault { span, message: message.into(), hint, arm: None });
    }

    /// Notes a fault and goes on.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Whether none was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every fault as `change` makes it.
    pub(super) fn map(self, change: impl FnMut(Fault) -> Fault) -> Faults {
        Faults(self.0.into_iter().map(change).collect())
    }

    /// Notes a fault unless it is known.
    pub(super) fn push_new(&mut self, fault: Fault) {
        if !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    /// Notes a fault unless one is known at its place.
    pub(super) fn push_new_at(&mut self, fault: Fault) {
        if !self.0.iter().any(|known| known.span == fault.span) {
            self.0.push(fault);
        }
    }

    /// Takes over the faults of an arm, except those that are here already.
    pub(super) fn extend_with_arm(&mut self, of_arm: Faults, arm: &str) {
        let new: Vec<Fault> = of_arm.0.into_iter().filter(|fault| !self.0.contains(fault)).collect();
        self.0.extend(new.into_iter().map(|fault| Fault { arm: Some(arm.to_owned()), ..fault }));
    }

    /// Makes one of faults that differ in their arm alone. It names its arms unless it is in all of them.
    fn merge_arms(self, arm_count: usize) -> Vec<Fault> {
        let mut merged: Vec<(Fault, Vec<String>)> = Vec::new();
        for mut fault in self.0 {
            let arm = fault.arm.take();
            match merged.iter_mut().find(|(known, _)| *known == fault) {
                Some((_, arms)) => arms.extend(arm),
                None => merged.push((fault, arm.into_iter().collect())),
            }
        }
        let named = |(fault, mut arms): (Fault, Vec<String>)| {
            arms.dedup();
            if arms.is_empty() || arms.len() == arm_count {
                return fault;
            }
            let plural = if arms.len() == 1 { "" } else { "s" };
            Fault { message: format!("arm{plural} `{}`: {}", arms.join("`, `"), fault.message), ..fault }
        };
        merged.into_iter().map(named).collect()
    }

    /// Fails if there are faults, with all of them in the order of the text.
    ///
    /// # Errors
    /// `Error::Input` with one block a fault and their number.
    pub fn finish(self, name: &str, text: &str) -> Result<()> {
        self.finish_in(&[Text { base: 0, name, text }], 0)
    }

    /// [`Faults::finish`] for several texts, ascending by position, of which the first is the file.
    pub(super) fn finish_in(self, texts: &[Text], arm_count: usize) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let (count, mut drawn) = self.drawn_in(Severity::Error, texts, arm_count);
        let plural = if count == 1 { "" } else { "s" };
        let name = texts.first().map_or("scenario", |file| file.name);
        drawn += &format!("{name}: {count} fault{plural}");
        Err(Error::Input(drawn))
    }

    /// How many they are, and their blocks in the order of the text.
    pub(super) fn drawn_in(self, severity: Severity, texts: &[Text], arm_count: usize) -> (usize, String) {
        let mut faults = self.merge_arms(arm_count);
        faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
        (faults.len(), faults.iter().map(|fault| draw(fault, severity, texts)).collect())
    }
}

fn draw(fault: &Fault, severity: Severity, texts: &[Text]) -> String {
    let found = texts.iter().rfind(|text| text.base <= fault.span.start);
    let Text { base, name, text } = found.copied().unwrap_or(Text { base: 0, name: "scenario", text: "" });
    // Escapes in a text value can put a part of it off the letters.
    let inside = |position: usize| text.floor_char_boundary(position.saturating_sub(base));
    let span = inside(fault.span.start)..inside(fault.span.end.max(fault.span.start));
    let notes = fault.hint.iter().map(|hint| format!("hint: {hint}")).collect();
    let diagnostic = Diagnostic::new(severity)
        .with_message(&fault.message)
        .with_labels(vec![Label::primary((), span)])
        .with_notes(notes);
    let file = SimpleFile::new(name, text);
    // Drawing fails only for a span outside the text; the message alone is still worth showing.
    term::emit_into_string(&Config::default(), &file, &diagnostic)
        .unwrap_or_else(|_| format!("error: {name}: {}\n", fault.message))
}

/// The known name nearest to a misspelt one, if any is near.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let scored = known.iter().map(|name| (strsim::damerau_levenshtein(word, name), *name));
    scored.min().filter(|(distance, name)| *distance <= 1 + name.len() / 4).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_drawn_in_the_order_of_the_text() {
        let text = "seed = 1\nspede = 2\nrate = -1\n";
        let mut faults = Faults::default();
        faults.add(26..28, "rate is negative", None);
        faults.add(
            9..14,
            "unknown key `spede`",
            nearest("spede", &["rate", "speed"]).map(|it| format!("did you mean `{it}`?")),
        );
        let Err(Error::Input(message)) = faults.finish("a.toml", text) else { panic!("two faults were noted") };
        assert!(message.contains("a.toml:2:1") && message.contains("a.toml:3:8"), "{message}");
        assert!(message.contains("did you mean `speed`?") && message.ends_with("2 faults"), "{message}");
        assert!(message.find("spede") < message.find("negative"), "{message}");
    }

    #[test]
    fn far_names_are_not_suggested() {
        assert_eq!(nearest("zebra", &["rate", "speed"]), None);
    }
}
