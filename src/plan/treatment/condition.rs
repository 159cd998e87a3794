//! Conditions on the statistics of a tissue: `tumour.live_count > 50000 and not (t_cell.live_count >= 10)`.
//!
//! Grammar, loosest first: `or`, `and`, `not`, then a comparison (`<`, `<=`, `>`, `>=`, `==`, `!=`) of two terms, or a
//! condition in brackets. A term is a number, a statistic of a cell type (`tumour.live_count`,
//! `"helper T cell".live_count`), or one of the whole tissue (`effector_target_ratio`, `time_h`). A comparison with a value
//! that does not exist is false.

use super::measured::measured_in;
use crate::scenario::naming::{joined, parts, word_length};
use std::fmt;

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    Or(Vec<Condition>),
    And(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Term, Comparison, Term),
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    Number(f64),
    /// Of a cell type, or of the whole tissue.
    Statistic {
        cell_type: Option<u32>,
        name: String,
    },
}

/// How two terms are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

/// Longer signs first, since the shorter are their beginnings.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// Brackets and `not` within each other at most.
const MOST_NESTED: u32 = 32;

/// What is wrong with a condition: bytes of its text, and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionFault {
    pub start: usize,
    pub end: usize,
    pub message: String,
    pub hint: String,
}

impl Condition {
    /// Whether it holds, given the value of each statistic.
    pub fn holds(&self, value: &impl Fn(Option<u32>, &str) -> Option<f64>) -> bool {
        match self {
            Condition::Or(all) => all.iter().any(|it| it.holds(value)),
            Condition::And(all) => all.iter().all(|it| it.holds(value)),
            Condition::Not(inner) => !inner.holds(value),
            Condition::Compare(a, comparison, b) => {
                let of = |term: &Term| match term {
                    Term::Number(number) => Some(*number),
                    Term::Statistic { cell_type, name } => value(*cell_type, name),
                };
                of(a).zip(of(b)).is_some_and(|(a, b)| comparison.holds(a, b))
            }
        }
    }
}

impl Comparison {
    fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Comparison::Less => a < b,
            Comparison::LessOrEqual => a <= b,
            Comparison::Greater => a > b,
            Comparison::GreaterOrEqual => a >= b,
            Comparison::Equal => a == b,
            Comparison::NotEqual => a != b,
        }
    }
}

/// What there is to compare: names of the cell types, with those of their statistics, and those of the tissue.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    pub cell_types: &'a [(String, Vec<String>)],
    pub tissue: &'a [&'a str],
}

/// Reads a condition.
///
/// # Errors
/// What is wrong, and where.
pub fn parse(text: &str, known: &Known) -> Result<Condition, ConditionFault> {
    let mut reader = Reader { text, at: 0, known };
    let condition = reader.any(0)?;
    match reader.word() {
        None => Ok(condition),
        // A unit, and no statistic of a cell type.
        Some(word) if !text[word.0..word.1].contains('.') && text[word.0..].starts_with(char::is_alphabetic) => {
            let message = format!("`{}` does not belong here", &text[word.0..word.1]);
            Err(reader.fault(word, &message, NO_UNITS))
        }
        Some(word) => Err(reader.fault(word, "there is more than one condition", "join them by `and` or `or`")),
    }
}

type Span = (usize, usize);

struct Reader<'a> {
    text: &'a str,
    at: usize,
    known: &'a Known<'a>,
}

impl Reader<'_> {
    fn any(&mut self, depth: u32) -> Result<Condition, ConditionFault> {
        let mut all = vec![self.all(depth)?];
        while self.take("or") {
            all.push(self.all(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::Or(all) })
    }

    fn all(&mut self, depth: u32) -> Result<Condition, ConditionFault> {
        let mut all = vec![self.one(depth)?];
        while self.take("and") {
            all.push(self.one(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::And(all) })
    }

    fn one(&mut self, depth: u32) -> Result<Condition, ConditionFault> {
        if depth > MOST_NESTED {
            return Err(self.fault(self.end(), "the condition is nested too deeply", "write fewer brackets"));
        }
        if self.take("not") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take("(") {
            let inner = self.any(depth + 1)?;
            return if self.take(")") { Ok(inner) } else { Err(self.expected("`)`")) };
        }
        let (a, first) = self.term()?;
        let comparison = self.comparison()?;
        let (b, second) = self.term()?;
        match (measure_of(&a), measure_of(&b)) {
            (Some(one), Some(other)) if one != other => Err(self.fault(
                (first.0, second.1),
                &format!("this compares {one} with {other}"),
                "compare statistics of one unit, or a statistic with a number",
            )),
            (None, None) => Err(self.fault((first.0, second.1), "this compares two numbers", EXAMPLE)),
            _ => Ok(Condition::Compare(a, comparison, b)),
        }
    }

    fn comparison(&mut self) -> Result<Comparison, ConditionFault> {
        let found = COMPARISONS.into_iter().find(|(sign, _)| self.take(sign));
        found.map(|it| it.1).ok_or_else(|| self.expected("a comparison such as `>`"))
    }

    fn term(&mut self) -> Result<(Term, Span), ConditionFault> {
        let Some(span) = self.word() else { return Err(self.expected("a statistic or a number")) };
        let word = &self.text[span.0..span.1];
        if word.starts_with(|letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '+' | '.')) {
            self.at = span.1;
            let number = word.parse::<f64>().ok().filter(|number| number.is_finite());
            return match number {
                Some(number) => Ok((Term::Number(number), span)),
                None => Err(self.fault(span, &format!("`{word}` is not a number"), NO_UNITS)),
            };
        }
        let is_name = word.starts_with(|letter: char| letter.is_alphabetic() || matches!(letter, '_' | '"' | '\''));
        if !is_name || KEYWORDS.contains(&word) {
            return Err(self.expected("a statistic or a number"));
        }
        self.at = span.1;
        let statistic = self.statistic(word, span)?;
        Ok((statistic, span))
    }

    fn statistic(&self, word: &str, span: Span) -> Result<Term, ConditionFault> {
        let within = |at: &std::ops::Range<usize>| (span.0 + at.start, span.0 + at.end);
        let parts = parts(word).map_err(|message| self.fault(span, &message, EXAMPLE))?;
        let ((type_at, cell_type), (name_at, name)) = match &parts[..] {
            [(_, name)] => return self.of_tissue(name, span),
            [(type_at, cell_type), (name_at, name)] => ((within(type_at), cell_type), (within(name_at), name)),
            _ => return Err(self.fault(span, &format!("`{word}` has more than a cell type and a statistic"), EXAMPLE)),
        };
        let types: Vec<&str> = self.known.cell_types.iter().map(|it| it.0.as_str()).collect();
        let Some(number) = types.iter().position(|it| *it == cell_type) else {
            let span = type_at;
            let rest = format!("known cell types: {}", types.join(", "));
            return Err(self.fault(span, &format!("unknown cell type `{cell_type}`"), &near(cell_type, &types, &rest)));
        };
        let names: Vec<&str> = self.known.cell_types[number].1.iter().map(String::as_str).collect();
        if !names.contains(&name.as_str()) {
            let rest = format!("reported of {cell_type}: {}; more by [statistics] columns", names.join(", "));
            let span = name_at;
            let message = format!("the statistic `{name}` of {cell_type} is not reported");
            return Err(self.fault(span, &message, &near(name, &names, &rest)));
        }
        Ok(Term::Statistic { cell_type: Some(number as u32), name: name.into() })
    }

    fn of_tissue(&self, name: &str, span: Span) -> Result<Term, ConditionFault> {
        if self.known.tissue.contains(&name) {
            return Ok(Term::Statistic { cell_type: None, name: name.into() });
        }
        let is_type = self.known.cell_types.iter().any(|it| it.0 == name);
        let message = if is_type {
            format!("`{name}` is a cell type; of which statistic?")
        } else {
            format!("unknown statistic `{name}`")
        };
        let tissue = self.known.tissue.iter().map(|it| joined([*it])).collect::<Vec<_>>().join(", ");
        let known = format!("of the whole tissue: {tissue}; of a cell type: {EXAMPLE}");
        Err(self.fault(span, &message, &near(name, self.known.tissue, &known)))
    }

    /// Takes a sign or keyword if it comes next.
    fn take(&mut self, token: &str) -> bool {
        let Some((start, end)) = self.word() else { return false };
        let is_word = token.starts_with(char::is_alphabetic);
        let found = if is_word { &self.text[start..end] == token } else { self.text[start..].starts_with(token) };
        if found {
            self.at = start + token.len();
        }
        found
    }

    /// The next word, number or sign; not taken.
    fn word(&self) -> Option<Span> {
        let rest = &self.text[self.at..];
        let start = self.at + (rest.len() - rest.trim_start().len());
        let rest = &self.text[start..];
        let first = rest.chars().next()?;
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '+');
        Some((start, start + word_length(rest, is_part).max(first.len_utf8())))
    }

    fn end(&self) -> Span {
        self.word().unwrap_or((self.text.len(), self.text.len()))
    }

    fn expected(&self, what: &str) -> ConditionFault {
        let (start, end) = self.end();
        let found = if start == end { "the condition ends".into() } else { format!("`{}`", &self.text[start..end]) };
        self.fault((start, end), &format!("expected {what}, but found: {found}"), EXAMPLE)
    }

    fn fault(&self, (start, end): Span, message: &str, hint: &str) -> ConditionFault {
        ConditionFault { start, end, message: message.into(), hint: hint.into() }
    }
}

const NO_UNITS: &str = "numbers have no unit here: they are in the unit that ends the name of the statistic";
const KEYWORDS: [&str; 3] = ["and", "or", "not"];
const EXAMPLE: &str = "such as when = \"tumour.live_count > 50000 and time_h >= 24\"";

fn near(word: &str, known: &[&str], otherwise: &str) -> String {
    let found = crate::scenario::faults::nearest(word, known);
    found.map_or_else(|| otherwise.to_owned(), |it| format!("did you mean `{it}`?"))
}

/// What a term is measured in; None for a number.
fn measure_of(term: &Term) -> Option<&'static str> {
    match term {
        Term::Number(_) => None,
        Term::Statistic { name, cell_type } => Some(measured_in(name, cell_type.is_some())),
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = COMPARISONS.iter().find(|it| it.1 == *self).map_or("", |it| it.0);
        f.write_str(sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Condition, ConditionFault> {
        let of_type = |names: &[&str]| names.iter().map(|it| it.to_string()).collect::<Vec<_>>();
        let cell_types = [
            ("tumour".to_owned(), of_type(&["count", "live_count", "volume_um3_mean"])),
            ("t-cell".to_owned(), of_type(&["count", "live_count"])),
            ("CD8+ T cell (naïve)".to_owned(), of_type(&["live_count"])),
        ];
        parse(text, &Known { cell_types: &cell_types, tissue: &["effector_target_ratio", "time_h"] })
    }

    /// Live tumour cells, live T cells, hours.
    fn holds(text: &str, [tumour, t_cell, hours]: [f64; 3]) -> bool {
        read(text).unwrap().holds(&|cell_type, name| match (cell_type, name) {
            (Some(0), "live_count") => Some(tumour),
            (Some(1 | 2), "live_count") => Some(t_cell),
            (None, "time_h") => Some(hours),
            _ => None,
        })
    }

    #[test]
    fn conditions_are_read_by_their_precedence() {
        let at = [10.0, 3.0, 24.0];
        for (text, expected) in [
            ("tumour.live_count > 9", true),
            ("tumour.live_count>10", false),
            ("9.5<tumour.live_count", true),
            ("tumour.live_count >= 1e1 and t-cell.live_count != 3", false),
            ("tumour.live_count > t-cell.live_count", true),
            ("time_h == 24 or tumour.live_count > 99 and t-cell.live_count > 99", true),
            ("(time_h == 24 or tumour.live_count > 99) and t-cell.live_count > 99", false),
            ("not time_h < 24 and not (tumour.live_count <= -1)", true),
            ("\"t-cell\".live_count == 3 and 'CD8+ T cell (naïve)'.\"live_count\"<4", true),
            ("not \"CD8+ T cell (naïve)\".live_count > 2", false),
            // What does not exist compares false either way.
            ("tumour.volume_um3_mean > 0 or tumour.volume_um3_mean <= 0", false),
        ] {
            assert_eq!(holds(text, at), expected, "{text}");
        }
    }

    #[test]
    fn faults_say_where_and_what() {
        for (text, part, message, hint) in [
            ("tumour.live_cout > 5", "live_cout", "is not reported", "did you mean `live_count`?"),
            ("tumour.hits_mean > 5", "hits_mean", "is not reported", "more by [statistics] columns"),
            ("tumor.live_count > 5", "tumor", "unknown cell type `tumor`", "did you mean `tumour`?"),
            ("effector_target_ration > 1", "effector_target_ration", "unknown statistic", "did you mean"),
            ("tumour > 5", "tumour", "is a cell type", "such as when"),
            (
                "\"CD8+ T cell\".live_count > 5",
                "\"CD8+ T cell\"",
                "unknown cell type `CD8+ T cell`",
                "known cell types",
            ),
            ("'t-cell'.\"live count\" > 5", "\"live count\"", "is not reported", "did you mean `live_count`?"),
            ("\"t-cell.live_count > 5", "\"t-cell.live_count > 5", "quotes", "such as when"),
            ("tumour.phase.count > 5", "tumour.phase.count", "more than a cell type and a statistic", ""),
            ("tumour.live_count > 5 uM", "uM", "does not belong here", "numbers have no unit"),
            ("tumour.live_count > 5 tumour.live_count > 6", "tumour.live_count", "more than one condition", "`and`"),
            ("tumour.live_count > 5uM", "5uM", "is not a number", "no unit"),
            ("tumour.live_count = 5", "=", "expected a comparison", ""),
            ("tumour.live_count >", "", "the condition ends", ""),
            ("(tumour.live_count > 5", "", "expected `)`", ""),
            (
                "tumour.live_count > tumour.volume_um3_mean",
                "tumour.live_count > tumour.volume_um3_mean",
                "compares",
                "",
            ),
            ("1 < 2", "1 < 2", "two numbers", ""),
            ("and", "and", "expected a statistic", ""),
            ("", "", "expected a statistic", ""),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!(&text[fault.start..fault.end], part, "{text}: {fault:?}");
            assert!(fault.message.contains(message) && fault.hint.contains(hint), "{text}: {fault:?}");
        }
        let deep = format!("{}tumour.count > 1", "not ".repeat(1000));
        assert!(read(&deep).unwrap_err().message.contains("nested"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-z0-9.<>=!() ù\"'-]{0,24}") {
            if let Err(fault) = read(&text) {
                prop_assert!(text.get(fault.start..fault.end).is_some());
            }
        }
    }
}
