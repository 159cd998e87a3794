//! What became of the keys of a project that are not carried over as they are.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Lines of one entry that are shown; the rest is counted.
const SHOWN_LINES: usize = 8;

/// What it means for the model that a key is not carried over as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The model behaves otherwise without it.
    Lost,
    /// It is carried over, but does not mean quite the same.
    Differs,
    /// It has no effect on the model.
    Unused,
}

impl Kind {
    fn heading(self) -> &'static str {
        match self {
            Kind::Lost => "Not carried over, which changes the model:",
            Kind::Differs => "Carried over with a difference:",
            Kind::Unused => "Not carried over, without effect on the model:",
        }
    }
}

/// Where something stands in a file of the project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: String,
    /// From 1; 0 stands for the whole file.
    pub line: usize,
}

/// Entries by kind, file, key and reason, each with its lines; and faults of the project itself.
#[derive(Clone, Debug, Default)]
pub struct Report {
    entries: BTreeMap<(Kind, String, String, String), Vec<usize>>,
    faults: Vec<(Place, String)>,
}

impl Report {
    /// Notes a key that is not carried over as it is.
    pub fn add(&mut self, kind: Kind, place: &Place, key: &str, reason: &str) {
        let entry = (kind, place.file.clone(), key.to_owned(), reason.to_owned());
        self.entries.entry(entry).or_default().push(place.line);
    }

    /// Notes something that cannot be read.
    pub fn fault(&mut self, place: Place, message: String) {
        self.faults.push((place, message));
    }

    /// Whether anything that changes the model is not carried over.
    pub fn has_losses(&self) -> bool {
        self.entries.keys().any(|(kind, ..)| *kind == Kind::Lost)
    }

    /// All faults in the order of the files and lines; None where there are none.
    pub fn faults(&self) -> Option<String> {
        let mut faults = self.faults.clone();
        faults.sort();
        faults.dedup();
        let lines =
            faults.iter().map(|(place, message)| format!("error: {}: {message}\n", at(&place.file, &[place.line])));
        Some(lines.collect::<String>()).filter(|text| !text.is_empty())
    }

    /// Entries of the given kinds under their headings, a line each.
    pub fn text(&self, kinds: &[Kind]) -> String {
        let mut text = String::new();
        for kind in kinds {
            let mut entries: Vec<_> = self.entries.iter().filter(|((of, ..), _)| of == kind).collect();
            entries.sort_by_key(|((_, file, ..), lines)| (file, lines.iter().min()));
            if !entries.is_empty() {
                let _ = writeln!(text, "{}", kind.heading());
            }
            for ((_, file, key, reason), lines) in entries {
                let _ = writeln!(text, "  {}: {key}: {reason}", at(file, lines));
            }
        }
        text
    }
}

/// `file:line`, or `file:line, line, …`.
fn at(file: &str, lines: &[usize]) -> String {
    let mut lines: Vec<usize> = lines.iter().copied().filter(|line| *line > 0).collect();
    lines.sort_unstable();
    lines.dedup();
    if lines.is_empty() {
        return file.to_owned();
    }
    let shown: Vec<String> = lines.iter().take(SHOWN_LINES).map(usize::to_string).collect();
    let more = lines.len().saturating_sub(SHOWN_LINES);
    let more = if more > 0 { format!(" and {more} more lines") } else { String::new() };
    format!("{file}:{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_entries_share_a_line_and_kinds_have_headings() {
        let mut report = Report::default();
        let place = |line| Place { file: "a.xml".into(), line };
        for line in [9, 3] {
            report.add(Kind::Unused, &place(line), "volume/calcification_rate", "cells do not calcify");
        }
        assert!(!report.has_losses() && report.faults().is_none());
        report.add(Kind::Lost, &place(5), "fusion_rate", "cells do not fuse");
        assert!(report.has_losses());
        let text = report.text(&[Kind::Lost, Kind::Differs, Kind::Unused]);
        assert_eq!(
            text,
            "Not carried over, which changes the model:\n  a.xml:5: fusion_rate: cells do not fuse\n\
             Not carried over, without effect on the model:\n  a.xml:3, 9: volume/calcification_rate: cells do not calcify\n"
        );
    }

    #[test]
    fn many_lines_are_counted_and_faults_come_in_order() {
        let mut report = Report::default();
        for line in 1..=20 {
            report.add(Kind::Unused, &Place { file: "a".into(), line }, "k", "r");
        }
        assert!(report.text(&[Kind::Unused]).contains("a:1, 2, 3, 4, 5, 6, 7, 8 and 12 more lines: k: r"));
        report.fault(Place { file: "a".into(), line: 7 }, "second".into());
        report.fault(Place { file: "a".into(), line: 2 }, "first".into());
        assert_eq!(report.faults().as_deref(), Some("error: a:2: first\nerror: a:7: second\n"));
    }
}
