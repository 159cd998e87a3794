//! A settings file as a tree whose elements know their line, and which of them have been read.
//!
//! The file may come from anyone: its size and the number of its elements are bounded, a document type, with which entities
//! could be declared, is refused, and nothing here recurses.

use super::report::{Kind, Place, Report};
use crate::error::{Error, Result};
use roxmltree::{Document, Node, ParsingOptions};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Bytes of a settings file at most: a hundred times the largest that is known.
pub const MOST_BYTES: usize = 16 << 20;
/// Elements and texts at most.
const MOST_NODES: u32 = 1 << 20;
/// Elements within each other at most; PhysiCell's are 8 deep.
const MOST_DEPTH: usize = 64;

/// A settings file that is being read.
pub struct Settings<'a> {
    /// Its name in messages.
    pub file: String,
    pub root: Node<'a, 'a>,
    /// Where lines begin.
    lines: Vec<usize>,
    seen: RefCell<BTreeSet<u32>>,
    pub report: RefCell<Report>,
}

/// Reads the text of a settings file.
///
/// # Errors
/// `Error::Input` where it is no XML, is too large, or declares a document type.
pub fn parse<'a>(file: &str, text: &'a str) -> Result<Document<'a>> {
    let refuse = |message: String, hint: &str| Err(Error::Input(format!("error: {file}: {message}\n\nhint: {hint}")));
    if text.len() > MOST_BYTES {
        let message = format!("the file has {} bytes; at most {MOST_BYTES} are read", text.len());
        return refuse(message, "give the settings file of a PhysiCell project");
    }
    if let Some(line) = too_deep(text) {
        let message = format!("line {line}: elements lie more than {MOST_DEPTH} deep within each other");
        return refuse(message, "give the settings file of a PhysiCell project");
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    match Document::parse_with_options(text, options) {
        Ok(document) => Ok(document),
        Err(roxmltree::Error::DtdDetected) => {
            refuse("the file declares a document type (DTD)".into(), "remove the declaration: settings have none")
        }
        Err(cause) => refuse(format!("this is not XML: {cause}"), "give a PhysiCell_settings.xml"),
    }
}

/// The line where elements lie too deep; remarks and texts may count too, as no settings file comes near the limit.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut line) = (0usize, 1);
    let bytes = text.as_bytes();
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' => line += 1,
            b'<' if bytes.get(place + 1) == Some(&b'/') => depth = depth.saturating_sub(1),
            b'<' if bytes.get(place + 1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'_') => depth += 1,
            b'/' if bytes.get(place + 1) == Some(&b'>') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MOST_DEPTH {
            return Some(line);
        }
    }
    None
}

impl<'a> Settings<'a> {
    /// The tree of a document whose root is `PhysiCell_settings`.
    ///
    /// # Errors
    /// `Error::Input` with another root.
    pub fn new(file: &str, document: &'a Document<'a>) -> Result<Settings<'a>> {
        let root = document.root_element();
        if root.tag_name().name() != "PhysiCell_settings" {
            return Err(Error::Input(format!(
                "error: {file}: the root element is `{}`; it must be `PhysiCell_settings`\n\nhint: a project keeps its settings \
                 in config/PhysiCell_settings.xml",
                root.tag_name().name()
            )));
        }
        let ends = document.input_text().bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(place, _)| place + 1)).collect();
        Ok(Settings { file: file.to_owned(), root, lines, seen: RefCell::default(), report: RefCell::default() })
    }

    /// The element at a path of names below another, which then counts as read.
    pub fn at(&self, from: Node<'a, 'a>, path: &str) -> Option<Node<'a, 'a>> {
        let step = |node: Node<'a, 'a>, name: &str| node.children().find(|it| it.has_tag_name(name));
        let found = path.split('/').try_fold(from, step)?;
        self.see(found);
        Some(found)
    }

    /// The children of a name, which then count as read.
    pub fn all(&self, from: Node<'a, 'a>, name: &'static str) -> Vec<Node<'a, 'a>> {
        let found: Vec<_> = from.children().filter(|it| it.has_tag_name(name)).collect();
        found.iter().for_each(|it| self.see(*it));
        found
    }

    /// Counts an element as read.
    pub fn see(&self, node: Node<'a, 'a>) {
        self.seen.borrow_mut().insert(node.id().get());
    }

    /// Counts an element and all below it as read.
    pub fn see_all(&self, node: Node<'a, 'a>) {
        self.seen.borrow_mut().extend(node.descendants().map(|it| it.id().get()));
    }

    /// Notes what would vary from cell to cell, and reads over what is switched off.
    pub fn see_distributions(&self) {
        for node in self.root.descendants().filter(|it| it.has_tag_name("initial_parameter_distributions")) {
            if is_enabled(node) {
                let reason =
                    "cells of a type start alike; a trait with a distribution can scale some of their behaviours";
                self.note(Kind::Lost, node, reason);
                self.see_all(node);
            }
        }
        for node in self.root.descendants().filter(|it| it.has_tag_name("intracellular")) {
            self.note(Kind::Lost, node, "there are no models within cells; rules can express how a cell responds");
            self.see_all(node);
        }
    }

    /// Innermost elements that have not been read.
    pub fn unseen(&self) -> Vec<Node<'a, 'a>> {
        let is_leaf = |it: &Node| it.is_element() && !it.children().any(|child| child.is_element());
        let seen = self.seen.borrow();
        self.root.descendants().filter(|it| is_leaf(it) && !seen.contains(&it.id().get())).collect()
    }

    /// The number in an element; a fault where there is none.
    pub fn number(&self, node: Node<'a, 'a>) -> Option<f64> {
        let text = text_of(node);
        let number = text.parse::<f64>().ok().filter(|it| it.is_finite());
        if number.is_none() {
            self.fault(node, format!("{} holds `{}`, which is not a number", key(node), shortened(text)));
        }
        number
    }

    /// The number in an element, which must not be negative.
    pub fn amount(&self, node: Node<'a, 'a>) -> Option<f64> {
        let number = self.number(node)?;
        if number < 0.0 {
            self.fault(node, format!("{} is {number}; it must be 0 or more", key(node)));
            return None;
        }
        Some(number)
    }

    /// The number at a path, if it is there.
    pub fn number_at(&self, from: Node<'a, 'a>, path: &str) -> Option<f64> {
        self.at(from, path).and_then(|it| self.number(it))
    }

    /// Whether the element at a path says `true`.
    pub fn is_true_at(&self, from: Node<'a, 'a>, path: &str) -> bool {
        self.at(from, path).is_some_and(|it| is_true(text_of(it)))
    }

    /// File and line of an element.
    pub fn place(&self, node: Node) -> Place {
        let line = self.lines.partition_point(|start| *start <= node.range().start);
        Place { file: self.file.clone(), line }
    }

    /// Where a value comes from, for a remark beside it.
    pub fn source(&self, node: Node) -> String {
        format!("{} (line {})", key_with_owner(node), self.place(node).line)
    }

    /// Notes a fault at an element.
    pub fn fault(&self, node: Node, message: String) {
        self.report.borrow_mut().fault(self.place(node), message);
    }

    /// Notes that an element is not carried over as it is.
    pub fn note(&self, kind: Kind, node: Node, reason: &str) {
        // What is lost names its cell type; the rest is brought together.
        let key = if kind == Kind::Lost { key_with_owner(node) } else { key(node) };
        self.report.borrow_mut().add(kind, &self.place(node), &key, reason);
    }

    /// Notes an amount that texpop has no counterpart for: lost where it is not 0.
    pub fn lose_unless_zero(&self, node: Node<'a, 'a>, reason: &str) {
        match self.number(node) {
            Some(0.0) | None => {}
            Some(number) => self.note(Kind::Lost, node, &format!("{number}: {reason}")),
        }
    }
}

/// The text in an element.
pub fn text_of<'a>(node: Node<'a, 'a>) -> &'a str {
    node.text().unwrap_or("").trim()
}

/// PhysiCell's reading of a boolean: by its first letter.
pub fn is_true(text: &str) -> bool {
    text.starts_with(['1', 't', 'T', 'y', 'Y'])
}

/// Whether the attribute `enabled` of an element says so.
pub fn is_enabled(node: Node) -> bool {
    node.attribute("enabled").is_some_and(is_true)
}

/// Path of an element below the cell definition or substrate that it belongs to, or below the root.
pub fn key(node: Node) -> String {
    let mut names: Vec<String> = node.ancestors().take_while(|it| !is_owner(it)).filter_map(named).collect();
    names.reverse();
    names.join("/")
}

/// The same behind the cell definition or substrate.
fn key_with_owner(node: Node) -> String {
    let owner = node.ancestors().find(is_owner).filter(|it| !it.has_tag_name("PhysiCell_settings"));
    let own = key(node);
    match owner.and_then(named) {
        Some(owner) if own.is_empty() => owner,
        Some(owner) => format!("{owner}: {own}"),
        None => own,
    }
}

fn is_owner(node: &Node) -> bool {
    ["cell_definition", "variable", "PhysiCell_settings"].iter().any(|name| node.has_tag_name(*name))
}

/// Name of an element, with what tells it from others.
fn named(node: Node) -> Option<String> {
    let name = node.is_element().then(|| node.tag_name().name())?;
    let attribute = ["name", "substrate", "ID", "index", "start_index"].iter().find_map(|it| node.attribute(*it));
    let text = attribute.map_or(name.to_owned(), |it| format!("{name} \"{}\"", shortened(it)));
    Some(text.replace(char::is_control, " "))
}

/// A text that a message can hold.
pub fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "<PhysiCell_settings>\n <domain>\n  <dx>20</dx><dy>wide</dy>\n </domain>\n \
        <cell_definition name=\"tumour\"><motility enabled=\"True\"/></cell_definition>\n</PhysiCell_settings>";

    #[test]
    fn elements_know_their_line_and_their_path() {
        let document = parse("a.xml", SMALL).unwrap();
        let settings = Settings::new("a.xml", &document).unwrap();
        assert_eq!(settings.number_at(settings.root, "domain/dx"), Some(20.0));
        assert_eq!(settings.number_at(settings.root, "domain/dz"), None);
        assert!(settings.report.borrow().faults().is_none());
        assert_eq!(settings.number_at(settings.root, "domain/dy"), None);
        let faults = settings.report.borrow().faults().unwrap();
        assert_eq!(faults, "error: a.xml:3: domain/dy holds `wide`, which is not a number\n");
        let unseen = settings.unseen();
        assert_eq!(
            unseen.iter().map(|it| settings.source(*it)).collect::<Vec<_>>(),
            ["cell_definition \"tumour\": motility (line 5)"]
        );
        assert!(is_enabled(unseen[0]));
    }

    #[test]
    fn what_could_harm_is_refused() {
        let refused = |text: &str| parse("a.xml", text).map(|_| ()).unwrap_err().to_string();
        let bomb =
            "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]>\n<PhysiCell_settings>&c;</PhysiCell_settings>";
        assert!(refused(bomb).contains("document type"), "{}", refused(bomb));
        assert!(refused(&"<a>".repeat(100_000)).contains("deep within each other"));
        assert!(refused(&" ".repeat(MOST_BYTES + 1)).contains("at most"));
        assert!(refused("<a>&unknown;</a>").contains("not XML"));
        assert!(refused("").contains("not XML"));
        let other = parse("a.xml", "<svg/>").unwrap();
        assert!(Settings::new("a.xml", &other).map(|_| ()).unwrap_err().to_string().contains("`svg`"));
    }
}
