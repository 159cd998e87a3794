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

/// The numbers before words such as "hold" in lines of the page that sum up its readouts, added together.
fn readouts(text: &str) -> [usize; 4] {
    let mut sums = [0; 4];
    for line in text.lines().filter(|line| line.contains(" readouts: ")) {
        let numbers = line.split(|c: char| !c.is_ascii_digit()).filter_map(|it| it.parse::<usize>().ok());
        sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
    }
    sums
}

#[test]
fn the_readme_counts_the_published_readouts() {
    let text = page("docs/validation/published_experiments.md");
    let [all, hold, outside, missed] = readouts(&text);
    assert_eq!(all, hold + outside + missed);
    let rows =
        text.lines().filter(|line| line.starts_with(['E', 'S']) && line.chars().nth(1).unwrap().is_ascii_digit());
    assert_eq!(rows.count(), all);
    let (readme, sentence) = (page("README.md"), format!("{all} readouts"));
    let counts = format!("{hold} hold, {outside} are out of band or not clear, {missed} is missed");
    assert!(readme.contains(&sentence) && readme.contains(&counts), "the README should say {sentence}: {counts}");
}
