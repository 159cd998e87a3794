//! An expression of statistics, such as `tumour.live_count / t_cell.live_count`, in the grammar of the crate `exmex`.

use crate::scenario::naming::{split, word_length};
use exmex::Express;

/// A statistic of a cell type, or of the whole tissue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub cell_type: Option<u32>,
    pub statistic: String,
}

/// A checked expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// As it was written.
    pub text: String,
    /// The statistics, in the order of their names.
    pub terms: Vec<Term>,
}

impl Formula {
    /// Keys of the statistics of an expression, ascending: cell type and statistic, or a statistic alone.
    ///
    /// # Errors
    /// Why it is none.
    pub fn names(text: &str) -> Result<Vec<Vec<String>>, String> {
        let fault = |cause: &str| format!("`{text}` is neither a statistic nor an expression of statistics: {cause}");
        let names = paths(text).map_err(|cause| fault(&cause))?;
        exmex::parse::<f64>(&numbered(text, &names)).map_err(|cause| fault(&cause.to_string()))?;
        if names.is_empty() { Err(format!("`{text}` has no statistic in it")) } else { Ok(names) }
    }

    /// Whether it is nothing but a statistic.
    pub fn is_plain(&self) -> bool {
        matches!(&words(&self.text)[..], [Word::Name(_)])
    }

    /// Its value, given those of the terms; none where it has none, as 1 / 0.
    pub fn value(&self, terms: &[f64]) -> Option<f64> {
        let expression = exmex::parse::<f64>(&numbered(&self.text, &paths(&self.text).ok()?)).ok()?;
        expression.eval(terms).ok().filter(|it| it.is_finite())
    }
}

/// A number at the start of a text, and what follows it. `exmex` reads no exponents: here they are.
fn number(text: &str) -> Option<(f64, &str)> {
    let digits = |from: usize| from + text[from..].bytes().take_while(|it| it.is_ascii_digit() || *it == b'.').count();
    let mut end = digits(0);
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        let after = digits(end + 1 + sign);
        end = if after > end + 1 + sign { after } else { end };
    }
    text[..end].parse().ok().filter(|it: &f64| it.is_finite()).map(|value| (value, &text[end..]))
}

/// A part of an expression.
enum Word<'a> {
    Number(f64),
    /// Of a statistic, with its quotes.
    Name(&'a str),
    /// A sign, a bracket, a blank or the name of a function.
    Other(&'a str),
}

fn words(text: &str) -> Vec<Word<'_>> {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((value, after)) = number(rest) {
            words.push(Word::Number(value));
            rest = after;
            continue;
        }
        let length = word_length(rest, is_of_name).max(first.len_utf8());
        let (word, after) = rest.split_at(length);
        let is_name = first.is_alphabetic() || matches!(first, '_' | '"' | '\'');
        let is_function = after.trim_start().starts_with('(');
        words.push(if is_name && !is_function { Word::Name(word) } else { Word::Other(word) });
        rest = after;
    }
    words
}

/// The keys of all names, ascending.
fn paths(text: &str) -> Result<Vec<Vec<String>>, String> {
    let name = |word: &Word| if let Word::Name(name) = word { Some(split(name)) } else { None };
    let mut paths = words(text).iter().filter_map(name).collect::<Result<Vec<_>, String>>()?;
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// The expression with a number for each name, which the order of variables follows, and numbers without exponents.
fn numbered(text: &str, paths: &[Vec<String>]) -> String {
    let variable = |name: &str| {
        let keys = split(name).unwrap_or_default();
        format!("{{v{:06}}}", paths.iter().position(|it| *it == keys).unwrap_or(paths.len()))
    };
    let written = |word: &Word| match word {
        Word::Number(value) => value.to_string(),
        Word::Name(name) => variable(name),
        Word::Other(other) => (*other).to_owned(),
    };
    words(text).iter().map(written).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formula(text: &str) -> Formula {
        let term = |name: &Vec<String>| Term { cell_type: None, statistic: name.join(".") };
        Formula { text: text.into(), terms: Formula::names(text).unwrap().iter().map(term).collect() }
    }

    #[test]
    fn names_may_have_points() {
        assert_eq!(Formula::names("b.count / (a.x_mean + b.count)").unwrap(), [["a", "x_mean"], ["b", "count"]]);
        assert_eq!(Formula::names("tumour.live_count").unwrap(), [["tumour", "live_count"]]);
    }

    #[test]
    fn names_in_quotes_may_have_anything_that_names_have() {
        let text = "\"CD8+ T cell\".count / ('CD8+ T cell'.count + \"M1 (hot)\".count) - \"alarm signal_mean\"";
        let names: [&[&str]; 3] = [&["CD8+ T cell", "count"], &["M1 (hot)", "count"], &["alarm signal_mean"]];
        assert_eq!(Formula::names(text).unwrap(), names);
        assert_eq!(formula(text).value(&[6.0, 2.0, 0.5]), Some(0.25));
        assert!(formula("\"M1 (hot)\".count").is_plain() && !formula(text).is_plain());
        assert!(Formula::names("\"M1.count").unwrap_err().contains("quotes"));
    }

    #[test]
    fn values_are_those_of_arithmetic() {
        assert_eq!(formula("b.count / (a.x_mean + b.count)").value(&[6.0, 2.0]), Some(0.25));
        assert_eq!(formula("25 * a.y - sqrt(a.z)").value(&[1.0, 9.0]), Some(22.0));
        assert_eq!(formula("1 / a.y").value(&[0.0]), None);
        assert_eq!(formula("1e-3 * a.y + 2.5E2 - 1e+1").value(&[1000.0]), Some(241.0));
        assert_eq!(formula(".5*a.y2 + 1e3").value(&[4.0]), Some(1002.0));
    }

    #[test]
    fn what_is_no_expression_is_told() {
        assert!(Formula::names("a.b +* c.d").unwrap_err().contains("neither"));
        assert!(Formula::names("1e * a.b").is_err() && Formula::names("1e400 * a.b").is_err());
        assert!(Formula::names("3 + 4").unwrap_err().contains("no statistic"));
        assert!(Formula::names("").is_err() && Formula::names("(a.b").is_err());
    }
}
