//! The one rule for names that a user gives, and how they stand in paths.
//!
//! A name has 1 to 64 characters: letters and digits of any script with their marks, single blanks between, and
//! `_ - + ( )`. It begins with a letter or digit. So it holds nothing that means something else in a path, an expression, a
//! table, a file name or a page: no dot, comma, quote, slash, `=`, `<`, `&` or control character.
//!
//! In a path or an expression a name with anything but ASCII letters, digits, `_` and `-` stands in quotes, as in TOML:
//! `cell_types."helper T cell".volume`.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Characters of a name at most.
const MOST_CHARACTERS: usize = 64;
/// Beside letters, digits, marks and blanks.
const PUNCTUATION: [char; 5] = ['_', '-', '+', '(', ')'];
/// Letters and marks that nobody sees (Unicode's Default_Ignorable_Code_Point, as far as they are letters or marks).
const INVISIBLE: [Range<u32>; 8] = [
    0x034F..0x0350,
    0x115F..0x1161,
    0x17B4..0x17B6,
    0x180B..0x1810,
    0x3164..0x3165,
    0xFE00..0xFE10,
    0xFFA0..0xFFA1,
    0xE0100..0xE01F0,
];

/// The rule in words.
pub const RULE: &str = "a name has 1 to 64 characters, letters and digits with single blanks and _ - + ( ) between, and begins \
                        with a letter or digit";

fn is_letter(c: char) -> bool {
    let is_visible = !INVISIBLE.iter().any(|range| range.contains(&(c as u32)));
    is_visible && (c.is_alphanumeric() || is_combining_mark(c))
}

fn is_allowed(c: char) -> bool {
    is_letter(c) || c == ' ' || PUNCTUATION.contains(&c)
}

/// Whether a name follows the rule, and is written in Unicode's composed form (NFC), so that it equals itself however it
/// was typed.
pub fn is_name(name: &str) -> bool {
    let count = name.chars().count();
    (1..=MOST_CHARACTERS).contains(&count)
        && name.starts_with(char::is_alphanumeric)
        && name.chars().all(is_allowed)
        && !name.ends_with(' ')
        && !name.contains("  ")
        && name.nfc().eq(name.chars())
}

/// A name like one that breaks the rule.
pub fn suggestion(name: &str) -> String {
    let plain: String = name.nfc().map(|c| if is_allowed(c) && c != ' ' { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let is_blank = name.chars().all(|c| is_allowed(c) || c.is_whitespace());
    let joined = words.join(if is_blank { " " } else { "_" });
    let begun = joined.trim_start_matches(|c: char| !c.is_alphanumeric() || !is_letter(c));
    let cut: String = begun.chars().take(MOST_CHARACTERS).collect();
    let ended = cut.trim_end_matches([' ', '_']);
    if is_name(ended) { ended.to_owned() } else { "name_1".to_owned() }
}

/// What two names must differ in: neither case, nor compatible forms, nor a blank for `_` tell them apart, since file
/// systems and readers do not either.
pub fn key(name: &str) -> String {
    let lower: String = name.nfkc().collect::<String>().to_lowercase();
    lower.nfkc().map(|c| if c == ' ' { '_' } else { c }).collect()
}

/// Text as a part of a file name: names as they are but for blanks, and nothing that would lead elsewhere.
pub fn file_part(text: &str) -> String {
    let safe = |c: char| if is_letter(c) || ['-', '+', '(', ')', '=', '.'].contains(&c) { c } else { '_' };
    let part: String = text.nfc().map(safe).collect();
    // A dot in front hides a file, or leads to the folder above.
    let rest = part.trim_start_matches('.');
    "_".repeat(part.len() - rest.len()) + rest
}

/// A key of a path, in quotes where it needs them.
pub fn quoted(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    match is_bare {
        true => key.to_owned(),
        false => format!("\"{key}\""),
    }
}

/// Keys as a path.
pub fn joined<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    keys.into_iter().map(quoted).collect::<Vec<_>>().join(".")
}

/// A key of a path, and where it stands in it, quotes included.
pub type Part = (Range<usize>, String);

/// The keys of a path. Each is bare, or in double or single quotes; blanks around it do not count.
///
/// # Errors
/// What is wrong with the quotes.
pub fn parts(path: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut start = 0;
    loop {
        let lead = path[start..].len() - path[start..].trim_start().len();
        let from = start + lead;
        let end = from + word_length(&path[from..], |c| c != '.');
        let written = path[from..end].trim_end();
        parts.push((from..from + written.len(), bare(written)?));
        match path[end..].starts_with('.') {
            true => start = end + 1,
            false => return Ok(parts),
        }
    }
}

/// A key without its quotes.
fn bare(written: &str) -> Result<String, String> {
    let Some(quote) = written.chars().next().filter(|c| is_quote(*c)) else {
        return match written.contains(is_quote) {
            true => Err(format!("in `{written}` quotes do not begin with the name")),
            false => Ok(written.to_owned()),
        };
    };
    let inner = written[1..].strip_suffix(quote).filter(|inner| !inner.contains(quote));
    inner.map(str::to_owned).ok_or_else(|| format!("the quotes in `{written}` do not end with the name"))
}

fn is_quote(c: char) -> bool {
    c == '"' || c == '\''
}

/// Bytes of the word that a text begins with: characters that belong to words, and whatever stands in quotes.
pub fn word_length(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    let mut inside = None;
    for (at, c) in text.char_indices() {
        match inside {
            Some(quote) if c == quote => inside = None,
            Some(_) => {}
            None if is_quote(c) => inside = Some(c),
            None if is_part(c) => {}
            None => return at,
        }
    }
    text.len()
}

/// The keys of a path alone.
///
/// # Errors
/// As [`parts`].
pub fn split(path: &str) -> Result<Vec<String>, String> {
    Ok(parts(path)?.into_iter().map(|it| it.1).collect())
}

/// The path as [`joined`] writes it, however its keys are quoted; as it is where it is none.
pub fn normal(path: &str) -> String {
    split(path).map_or_else(|_| path.to_owned(), |keys| joined(keys.iter().map(String::as_str)))
}

/// The path of the table that a path lies in.
pub fn parent(path: &str) -> String {
    let Ok(mut keys) = split(path) else { return String::new() };
    keys.pop();
    joined(keys.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As models of PhysiCell have them.
    const PUBLISHED: [&str; 10] = [
        "CD8 T cell",
        "helper T cell",
        "CD8+ T cell",
        "PD-L1lo_tumor",
        "pro-inflammatory factor",
        "M0 macrophage",
        "IFN-γ",
        "4T1",
        "S-G2-M",
        "zytotoxische Zelle (müde)",
    ];

    #[test]
    fn names_of_published_models_are_names() {
        for name in PUBLISHED {
            assert!(is_name(name), "{name}");
            assert_eq!(suggestion(name), name);
        }
    }

    #[test]
    fn what_means_something_else_is_no_name() {
        for (name, instead) in [
            ("", "name_1"),
            ("../../x", "x"),
            ("=cmd|1", "cmd_1"),
            ("-1", "1"),
            ("@sum", "sum"),
            ("a.b", "a_b"),
            ("a,b", "a_b"),
            ("a\"b", "a_b"),
            (" a  b ", "a b"),
            ("a\tb", "a b"),
            ("<script>", "script"),
            ("T\u{202e}lleC", "T_lleC"),
            ("a\u{200b}b", "a_b"),
            ("a\u{3164}b", "a_b"),
            ("e\u{301}toile", "étoile"),
            ("\u{1b}[31m", "31m"),
            (&"x".repeat(65), &"x".repeat(64)),
        ] {
            assert!(!is_name(name), "{name:?}");
            assert_eq!(suggestion(name), instead, "{name:?}");
        }
    }

    #[test]
    fn names_that_look_alike_have_one_key() {
        for (a, b) in [("CD8 T cell", "cd8_t_cell"), ("ﬁbroblast", "fibroblast"), ("Å", "\u{212b}"), ("M", "m")] {
            assert_eq!(key(a), key(b));
        }
        assert_ne!(key("CD8+"), key("CD8-"));
    }

    #[test]
    fn paths_are_split_at_dots_outside_of_quotes() {
        let keys = ["cell_types", "helper T cell", "volume"];
        for path in [
            "cell_types.\"helper T cell\".volume",
            "cell_types.'helper T cell'.volume",
            " cell_types . helper T cell . volume ",
        ] {
            assert_eq!(split(path).unwrap(), keys, "{path}");
            assert_eq!(normal(path), "cell_types.\"helper T cell\".volume");
        }
        assert_eq!(split("arms.\"a.b\".set").unwrap(), ["arms", "a.b", "set"]);
        assert_eq!(parent("arms.\"a.b\".set"), "arms.\"a.b\"");
        assert_eq!(parts("a.\"b c\".d").unwrap()[1].0, 2..7);
        for path in ["a.\"b", "a.b\"c\".d", "a.\"b\"c.d", "\""] {
            assert!(split(path).is_err(), "{path}");
        }
    }

    #[test]
    fn files_stay_where_they_are() {
        assert_eq!(file_part("CD8+ T cell"), "CD8+_T_cell");
        assert_eq!(file_part("late rate=4 /h, dose=1 uM"), "late_rate=4__h__dose=1_uM");
        assert_eq!(file_part("../x"), "___x");
    }

    proptest! {
        #[test]
        fn any_text_has_a_name_and_a_path(text in "\\PC{0,80}") {
            prop_assert!(is_name(&suggestion(&text)));
            prop_assert!(!file_part(&text).contains(['/', '\\', ':']));
            let _ = (split(&text), normal(&text), parent(&text));
        }

        #[test]
        fn names_come_back_from_paths(name in "[\\p{L}0-9][\\p{L}0-9_+() -]{0,20}") {
            prop_assert_eq!(split(&joined(["a", name.trim(), "b"])).unwrap(), ["a", name.trim(), "b"]);
        }
    }
}
