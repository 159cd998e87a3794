//! An expression of statistics, such as `tumour.live_count / t_cell.live_count`, in the grammar of the crate `exmex`.

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
    /// Names of the statistics of an expression, ascending.
    ///
    /// # Errors
    /// Why it is none.
    pub fn names(text: &str) -> Result<Vec<String>, String> {
        let expression = exmex::parse::<f64>(&braced(text))
            .map_err(|cause| format!("`{text}` is neither a statistic nor an expression of statistics: {cause}"))?;
        let names = expression.var_names().to_vec();
        if names.is_empty() { Err(format!("`{text}` has no statistic in it")) } else { Ok(names) }
    }

    /// Whether it is nothing but a statistic.
    pub fn is_plain(&self) -> bool {
        braced(&self.text) == format!("{{{}}}", self.text)
    }

    /// Its value, given those of the terms; none where it has none, as 1 / 0.
    pub fn value(&self, terms: &[f64]) -> Option<f64> {
        let expression = exmex::parse::<f64>(&braced(&self.text)).ok()?;
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

/// With braces around names, which may have points in them; those of functions stay as they are, and numbers lose their
/// exponents.
fn braced(text: &str) -> String {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let mut braced = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((value, after)) = number(rest) {
            braced += &value.to_string();
            rest = after;
            continue;
        }
        let length = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len()).max(first.len_utf8());
        let (word, after) = rest.split_at(length);
        let is_name = first.is_alphabetic() || first == '_';
        if is_name && !after.trim_start().starts_with('(') {
            braced += &format!("{{{word}}}");
        } else {
            braced += word;
        }
        rest = after;
    }
    braced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formula(text: &str) -> Formula {
        let term = |name: &String| Term { cell_type: None, statistic: name.clone() };
        Formula { text: text.into(), terms: Formula::names(text).unwrap().iter().map(term).collect() }
    }

    #[test]
    fn names_may_have_points() {
        assert_eq!(Formula::names("b.count / (a.x_mean + b.count)").unwrap(), ["a.x_mean", "b.count"]);
        assert_eq!(Formula::names("tumour.live_count").unwrap(), ["tumour.live_count"]);
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
