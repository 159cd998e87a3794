//! What README and `docs` say is true: their scenario runs, promises name tests, links lead somewhere, every page is in
//! the book, and tables that come from the code are fresh.

mod links;
mod pages;
mod promises;
mod scenario;
mod statistics;
mod tables;

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file, by its path from the root of the repository.
fn page(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|cause| panic!("{name}: {cause}"))
}

/// Every Markdown file that a reader meets, by its path from the root of the repository.
fn pages() -> Vec<String> {
    let outside = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benches/RESULTS.md"];
    outside.iter().map(|it| (*it).to_owned()).chain(book()).collect()
}

/// The pages under `docs`.
fn book() -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::from("docs")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if root().join(&path).is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "md") {
                found.push(path.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found.sort();
    assert!(found.len() > 20, "{found:?}");
    found
}
