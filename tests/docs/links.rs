//! Links, pictures and paths of source files lead to what exists.

use crate::{book, page, pages, root};

/// Headings of a page, as links name them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix('#')).map(|it| it.trim_start_matches('#').trim());
    let plain =
        |heading: &str| heading.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it)).collect::<String>();
    headings.map(|it| plain(it).to_lowercase().replace(' ', "-")).collect()
}

/// Where the links of a page lead.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let all = text.split("](").skip(1).filter_map(|it| it.split_once(')')).map(|it| it.0);
    all.filter(|link| !link.starts_with("http"))
}

/// Links of a page, given by its name and text, that lead nowhere in the repository.
fn broken_links(name: &str, text: &str) -> Vec<String> {
    let is_there = |link: &&str| {
        let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
        let path = if file.is_empty() { root().join(name) } else { root().join(name).parent().unwrap().join(file) };
        path.exists()
            && (anchor.is_empty() || anchors(&std::fs::read_to_string(path).unwrap()).contains(&anchor.into()))
    };
    targets(text).filter(|link| !is_there(link)).map(str::to_owned).collect()
}

/// Links of a page of the book that leave its folder: they work in the repository, and nowhere in the rendered book.
fn links_out_of_the_book(name: &str, text: &str) -> Vec<String> {
    let depth = name.matches('/').count();
    targets(text).filter(|link| link.matches("../").count() >= depth).map(str::to_owned).collect()
}

/// Paths of the repository that a page names in code, and that do not exist.
fn missing_paths(text: &str) -> Vec<String> {
    let folders = ["src/", "shaders/", "scenarios/", "tests/", "benches/", "docs/"];
    let named = text.split('`').map(|it| it.split(": ").next().unwrap_or(it));
    let paths = named.filter(|it| folders.iter().any(|folder| it.starts_with(folder)));
    let plain = |it: &&str| it.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_/.".contains(c));
    paths.filter(plain).filter(|path| !root().join(path).exists()).map(str::to_owned).collect()
}

#[test]
fn links_lead_to_what_exists() {
    for name in pages() {
        assert_eq!(broken_links(&name, &page(&name)), [""; 0], "{name}");
    }
    // The check can fail.
    let wrong =
        "[a](README.md#quick-start) [b](README.md#slow-start) [c](src/lib.rs) [d](src/bil.rs) ![e](docs/no.svg)";
    assert_eq!(broken_links("README.md", wrong), ["README.md#slow-start", "src/bil.rs", "docs/no.svg"]);
}

#[test]
fn links_of_the_book_stay_in_it() {
    for name in book() {
        assert_eq!(links_out_of_the_book(&name, &page(&name)), [""; 0], "{name}");
    }
    // The check can fail.
    let wrong = "[a](../concepts/promises.md) [b](../../src/lib.rs)";
    assert_eq!(links_out_of_the_book("docs/reference/cli.md", wrong), ["../../src/lib.rs"]);
}

#[test]
fn paths_in_code_exist() {
    for name in pages() {
        assert_eq!(missing_paths(&page(&name)), [""; 0], "{name}");
    }
    // The check can fail.
    let wrong = "`src/lib.rs` and `src/bil.rs`, `src/stages/NAME.rs`, `tests/none.rs: a_test`";
    assert_eq!(missing_paths(wrong), ["src/bil.rs", "tests/none.rs"]);
}
