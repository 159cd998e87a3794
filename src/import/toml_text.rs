//! A scenario as text, each value with its source beside it.

use std::fmt::Write;

/// Column at which remarks begin, where the value is short enough.
const REMARKS_AT: usize = 44;

/// The text of a scenario that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// A line `key = value`, with a remark on where the value comes from.
    pub fn key(&mut self, key: &str, value: &str, source: &str) {
        let line = format!("{key} = {value}");
        let padding = REMARKS_AT.saturating_sub(line.chars().count());
        let remark = if source.is_empty() { String::new() } else { format!("{:padding$} # {}", "", plain(source)) };
        let _ = writeln!(self.0, "{line}{remark}");
    }

    /// A header such as `[domain]`, parted from what comes before it.
    pub fn header(&mut self, header: &str) {
        let _ = writeln!(self.0, "\n{header}");
    }

    /// Lines of remarks.
    pub fn remark(&mut self, text: &str) {
        for line in text.lines() {
            let _ = writeln!(self.0, "# {}", plain(line));
        }
    }

    /// Appends another text.
    pub fn append(&mut self, other: &Text) {
        self.0.push_str(&other.0);
    }

    /// All of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A remark ends with its line.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ").trim_end().to_owned()
}

/// A key of TOML, in quotes where it needs them.
pub fn name(text: &str) -> String {
    let is_bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if is_bare { text.to_owned() } else { quoted(text) }
}

/// A text in quotes: what JSON escapes TOML reads.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text.replace('\u{7f}', " ")).to_string()
}

/// A quantity in quotes, such as `"0.2 /min"`; a number without unit stands alone.
pub fn quantity(value: f64, unit: &str) -> String {
    if unit.is_empty() { number(value) } else { format!("\"{} {unit}\"", number(value)) }
}

/// A number as people write it, with all its digits.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e7).contains(&size) { format!("{value:e}") } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_read_back() {
        for text in ["tumour", "CD8 T cell", "CD4+", "a\"b\\c", "PD-L1lo_tumor", "μ", ""] {
            let table: toml::Table = toml::from_str(&format!("{} = {}", name(text), quoted(text))).unwrap();
            assert_eq!(table[text].as_str(), Some(text));
        }
        for value in [0.0, 1.0, 0.00072, 5.31667e-5, 1e-20, 100_000.0, 8.64e8, -3.5] {
            let table: toml::Table = toml::from_str(&format!("a = {}", number(value))).unwrap();
            let got = table["a"].as_float().or(table["a"].as_integer().map(|it| it as f64));
            assert_eq!(got, Some(value), "{}", number(value));
        }
        assert_eq!((quantity(0.5, "/min"), quantity(2.0, "")), ("\"0.5 /min\"".into(), "2".into()));
    }

    #[test]
    fn remarks_stay_on_their_line() {
        let mut text = Text::default();
        text.header("[domain]");
        text.key("a", "1", "one\ntwo");
        assert_eq!(text.as_str(), format!("\n[domain]\na = 1{:39} # one two\n", ""));
    }
}
