//! Free text where it leaves: a title or a value means nothing to a browser, a spreadsheet or a terminal.

use std::borrow::Cow;
use std::fmt;

/// Characters that turn the direction of a text, so that it reads as what it is not.
const TURNING: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}',
    '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Text as it may stand in HTML and XML, in attributes too. It is written piece by piece, and takes no memory.
pub fn escaped(text: &str) -> impl fmt::Display + '_ {
    Escaped(text)
}

struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        let is_left_out = |c: char| c.is_control() || TURNING.contains(&c) || matches!(c, '\u{fffe}' | '\u{ffff}');
        let is_other = |c: char| is_left_out(c) || matches!(c, '&' | '<' | '>' | '"' | '\'');
        let mut rest = self.0;
        while let Some(place) = rest.find(is_other) {
            to.write_str(&rest[..place])?;
            let mut after = rest[place..].chars();
            to.write_str(match after.next() {
                Some('&') => "&amp;",
                Some('<') => "&lt;",
                Some('>') => "&gt;",
                Some('"') => "&quot;",
                Some('\'') => "&#39;",
                _ => "",
            })?;
            rest = after.as_str();
        }
        to.write_str(rest)
    }
}

/// Text as a field of a CSV file: what a spreadsheet would take for a formula stands behind an apostrophe, as OWASP advises
/// (CSV Injection). Numbers stay as they are, with a unit or without.
pub fn field(text: &str) -> Cow<'_, str> {
    match text.chars().next() {
        Some('=' | '@' | '\t' | '\r' | '\n') => Cow::Owned(format!("'{text}")),
        Some('+' | '-') if !is_quantity(text) => Cow::Owned(format!("'{text}")),
        _ => Cow::Borrowed(text),
    }
}

/// Fields of a row: see [`field`].
pub fn fields<T: AsRef<str>>(row: impl IntoIterator<Item = T>) -> Vec<String> {
    row.into_iter().map(|it| field(it.as_ref()).into_owned()).collect()
}

fn is_quantity(text: &str) -> bool {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let is_of_unit = |c: char| c.is_alphanumeric() || matches!(c, '/' | '^' | '%' | ' ' | '·');
    number.parse::<f64>().is_ok() && unit.chars().all(is_of_unit)
}

/// Text for a terminal: lines and tabs, and no other control or turning character.
pub fn plain(text: &str) -> Cow<'_, str> {
    let is_unsafe = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || TURNING.contains(&c);
    match text.contains(is_unsafe) {
        true => Cow::Owned(text.chars().map(|c| if is_unsafe(c) { '\u{fffd}' } else { c }).collect()),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_markup() {
        assert_eq!(escaped("a<b & \"c\"\u{1b}").to_string(), "a&lt;b &amp; &quot;c&quot;");
        assert_eq!(escaped("<script>'\u{202e}\0").to_string(), "&lt;script&gt;&#39;");
    }

    #[test]
    fn fields_are_no_formulas() {
        for formula in ["=cmd|1", "@sum(1)", "+1+1", "-1+cmd|' /C calc'!A0", "-3 +cmd", "\t=1", "+a"] {
            assert_eq!(field(formula), format!("'{formula}"));
        }
        for plain in ["-3 um", "-0.5", "+1e3 /h", "tumour", "3 um^2/min", "", "−3"] {
            assert_eq!(field(plain), plain);
        }
    }

    #[test]
    fn terminals_get_no_commands() {
        assert_eq!(plain("a\tb\n"), "a\tb\n");
        assert_eq!(plain("\u{1b}[2Jx\r\u{202e}"), "\u{fffd}[2Jx\u{fffd}\u{fffd}");
    }
}
