//! All faults of a scenario, drawn together with file, line and caret.

use crate::error::{Error, Result};
use codespan_reporting::diagnostic::{Diagnostic, Label};
use codespan_reporting::files::SimpleFile;
use codespan_reporting::term::{self, Config};
use std::ops::Range;

/// One fault: where (bytes of the text), what, and a way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub span: Range<usize>,
    pub message: String,
    pub hint: Option<String>,
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

impl Faults {
    /// Notes a fault and goes on.
    pub fn add(&mut self, span: Range<usize>, message: impl Into<String>, hint: Option<String>) {
        self.0.push(Fault { span, message: message.into(), hint });
    }

    /// Notes a fault and goes on.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Whether none was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes a fault unless it is known.
    pub(super) fn push_new(&mut self, fault: Fault) {
        if !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    /// Takes over the faults of an arm, except those that are here already.
    pub(super) fn extend_with_arm(&mut self, of_arm: Faults, arm: &str) {
        let new: Vec<Fault> = of_arm.0.into_iter().filter(|fault| !self.0.contains(fault)).collect();
        let prefix = format!("arm `{arm}`: ");
        self.0.extend(new.into_iter().map(|fault| Fault { message: format!("{prefix}{}", fault.message), ..fault }));
    }

    /// Fails if there are faults, with all of them in the order of the text.
    ///
    /// # Errors
    /// `Error::Input` with one block a fault and their number.
    pub fn finish(self, name: &str, text: &str) -> Result<()> {
        self.finish_in(&[Text { base: 0, name, text }])
    }

    /// [`Faults::finish`] for several texts, ascending by position; the first is the file.
    pub(super) fn finish_in(mut self, texts: &[Text]) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort_by_key(|fault| (fault.span.start, fault.span.end));
        let mut drawn: String = self.0.iter().map(|fault| draw(fault, texts)).collect();
        let plural = if self.0.len() == 1 { "" } else { "s" };
        let name = texts.first().map_or("scenario", |file| file.name);
        drawn += &format!("{name}: {} fault{plural}", self.0.len());
        Err(Error::Input(drawn))
    }
}

fn draw(fault: &Fault, texts: &[Text]) -> String {
    let found = texts.iter().rfind(|text| text.base <= fault.span.start);
    let Text { base, name, text } = found.copied().unwrap_or(Text { base: 0, name: "scenario", text: "" });
    let span = (fault.span.start - base).min(text.len())..fault.span.end.saturating_sub(base).min(text.len());
    let notes = fault.hint.iter().map(|hint| format!("hint: {hint}")).collect();
    let diagnostic =
        Diagnostic::error().with_message(&fault.message).with_labels(vec![Label::primary((), span)]).with_notes(notes);
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
