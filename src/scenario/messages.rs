//! What serde says about a value, put into a user's words.

use super::faults::nearest;
use super::values::decode;

/// A fault of one value or key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub text: String,
    pub hint: Option<String>,
    /// Start and end in the value, where that is known.
    pub part: Option<(usize, usize)>,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The key is not known; one that is may have been meant.
    UnknownKey {
        meant: Option<String>,
    },
    /// The table lacks this key.
    Missing {
        key: String,
    },
    Value,
}

/// `path` is where the value lies; for a missing key, the table.
pub(super) fn translate(serde: &str, path: &str) -> Message {
    let quoted: Vec<&str> = serde.split('`').skip(1).step_by(2).collect();
    let value = |text, hint, part| Message { text, hint, part, kind: Kind::Value };
    match quoted[..] {
        [key] if serde.starts_with("missing field") => missing(key, path),
        [key, ref known @ ..] if serde.starts_with("unknown field") => unknown_key(key, known),
        [word, ref known @ ..] if serde.starts_with("unknown variant") => {
            value(format!("`{path}` cannot be \"{word}\""), suggestion(word, known, "allowed"), None)
        }
        _ => {
            let (text, part, hint) = decode(serde);
            let text = match expectation(&text) {
                _ if text == "wanted string or table" => format!("`{path}` must be a text in quotes"),
                Some((found, expected)) => format!("`{path}` must be {}; this is {}", plain(expected), plain(found)),
                None if text.starts_with("is ") => format!("`{path}` {text}"),
                None => format!("`{path}`: {text}"),
            };
            value(text, hint, part)
        }
    }
}

fn missing(key: &str, path: &str) -> Message {
    let text = match path {
        "" => format!("`{key}` is missing"),
        _ => format!("`{key}` is missing in `{path}`"),
    };
    Message { text, hint: None, part: None, kind: Kind::Missing { key: key.to_owned() } }
}

fn unknown_key(key: &str, known: &[&str]) -> Message {
    let kind = Kind::UnknownKey { meant: nearest(key, known).map(str::to_owned) };
    Message { text: format!("unknown key `{key}`"), hint: suggestion(key, known, "known keys"), part: None, kind }
}

fn suggestion(word: &str, known: &[&str], list: &str) -> Option<String> {
    Some(match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{list}: {}", known.join(", ")),
    })
}

/// What was found and expected, in `invalid type: integer `3`, expected a length`.
fn expectation(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.strip_prefix("invalid ")?.split_once(": ")?;
    rest.split_once(", expected ")
}

/// The words of programmers, and ours.
const WORDS: &[(&str, &str)] = &[
    ("u64", "a whole number, 0 or more"),
    ("f64", "a number"),
    ("a string", "a text in quotes"),
    ("string", "the text"),
    ("a boolean", "true or false"),
    ("boolean", "the value"),
    ("integer", "the number"),
    ("floating point", "the number"),
    ("a sequence", "a list in brackets"),
    ("sequence", "a list"),
    ("a map", "a table"),
    ("map", "a table"),
    ("struct", "a table"),
];

/// A type in plain words; the value shown behind it stays.
fn plain(text: &str) -> String {
    let Some((_, ours)) = WORDS.iter().find(|(words, _)| is_word(text, words)) else { return text.to_owned() };
    let value = text.find(['`', '"']).map_or("", |at| &text[at..]);
    format!("{ours} {}", value.replace('`', "")).trim_end().to_owned()
}

fn is_word(text: &str, words: &str) -> bool {
    text.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its messages matter")]
    struct Example {
        speed: f64,
        fate: Fate,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Fate {
        Live,
        Dead,
    }

    fn said(text: &str) -> Message {
        let error = toml::from_str::<Example>(text).unwrap_err();
        translate(error.message(), "cell")
    }

    /// The words of serde are read above; these fail when they change.
    #[test]
    fn words_of_serde_are_understood() {
        let _used = (Fate::Live, Fate::Dead);
        let unknown = said("sped = 1");
        assert_eq!(unknown.kind, Kind::UnknownKey { meant: Some("speed".into()) });
        assert_eq!(unknown.hint.unwrap(), "did you mean `speed`?");
        assert_eq!(said("zzzzzz = 1").hint.unwrap(), "known keys: speed, fate");
        assert_eq!(said("fate = \"dead\"").kind, Kind::Missing { key: "speed".into() });
        let variant = said("fate = \"deed\"");
        assert_eq!(variant.text, "`cell` cannot be \"deed\"");
        assert_eq!(variant.hint.unwrap(), "did you mean `dead`?");
        assert_eq!(said("speed = \"x\"").text, "`cell` must be a number; this is the text \"x\"");
    }
}
