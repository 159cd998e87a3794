//! The book holds every page once, and the README stays short.

use crate::{book, page, root};

/// Pages that the table of contents of the book names.
fn contents() -> Vec<String> {
    let text = page("docs/SUMMARY.md");
    let links = text.split("](").skip(1).filter_map(|it| it.split_once(')'));
    links.map(|(link, _)| format!("docs/{link}")).collect()
}

#[test]
fn every_page_is_in_the_table_of_contents_once() {
    let mut named = contents();
    named.push("docs/SUMMARY.md".into());
    named.sort();
    assert_eq!(named, book());
}

#[test]
fn every_picture_is_shown() {
    let text: String = book().iter().map(|name| page(name)).collect();
    for picture in std::fs::read_dir(root().join("docs/pictures")).unwrap() {
        let name = picture.unwrap().file_name().into_string().unwrap();
        assert!(text.contains(&format!("](../pictures/{name})")), "no page shows {name}");
    }
}

#[test]
fn the_readme_is_short() {
    let bytes = page("README.md").len();
    assert!(bytes <= 10 * 1024, "the README has {bytes} bytes; move details to docs");
}
