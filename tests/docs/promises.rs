//! Every promise of the documentation names a test that exists.

use crate::{page, root};

const PAGE: &str = "docs/concepts/promises.md";

/// File and function of each test that the page names.
fn promised(page: &str) -> Vec<(String, String)> {
    let named = page.split('`').filter(|it| it.contains(".rs: "));
    named.map(|it| it.split_once(": ").map(|(file, name)| (file.to_owned(), name.to_owned())).unwrap()).collect()
}

/// The tests that do not exist.
fn missing(promised: &[(String, String)]) -> Vec<String> {
    let is_there = |(file, name): &(String, String)| {
        let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
        text.contains(&format!("#[test]\nfn {name}()")) || text.contains(&format!("    #[test]\n    fn {name}()"))
    };
    promised.iter().filter(|it| !is_there(it)).map(|(file, name)| format!("{file}: {name}")).collect()
}

#[test]
fn every_promise_names_a_test_that_exists() {
    let text = page(PAGE);
    let all = promised(&text);
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Promise")).count();
    assert!(all.len() == rows && rows > 30, "{} tests for {rows} promises", all.len());
    assert_eq!(missing(&all), [""; 0]);
    // The check can fail.
    let gone = promised(&text.replace("the_ledger_catches_one_cell", "the_ledger_catches_no_cell"));
    assert_eq!(missing(&gone), ["tests/statistics.rs: the_ledger_catches_no_cell"]);
}
