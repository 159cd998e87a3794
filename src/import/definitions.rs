//! Cell definitions and what they inherit.
//!
//! A definition copies its `parent_type`, which stands before it, and then what it says itself. Without a parent it copies
//! the default definition (ID 0, or named `default`), but for motility, secretion, interactions and transformations.

use super::xml::{Settings, shortened};
use roxmltree::Node;
use std::collections::BTreeMap;

/// Cell definitions at most; a plan allows far fewer.
const MOST_DEFINITIONS: usize = 64;
/// What is not inherited from the default definition unless it is named as a parent.
const NOT_BY_DEFAULT: [&str; 4] = ["motility", "secretion", "cell_interactions", "cell_transformations"];

/// A cell definition with its parents.
#[derive(Clone, Debug)]
pub struct Definition<'a> {
    pub name: &'a str,
    /// Its number in tables of cells.
    pub id: usize,
    pub node: Node<'a, 'a>,
    /// The nearest first; whether it is named as a parent.
    parents: Vec<(Node<'a, 'a>, bool)>,
}

/// All definitions of a project, in the order of the file.
pub fn definitions<'a>(settings: &Settings<'a>) -> Vec<Definition<'a>> {
    let Some(section) = settings.at(settings.root, "cell_definitions") else {
        settings.fault(settings.root, "there is no cell_definitions, so that there are no cell types".into());
        return Vec::new();
    };
    let nodes = settings.all(section, "cell_definition");
    if nodes.is_empty() || nodes.len() > MOST_DEFINITIONS {
        let count = nodes.len();
        settings.fault(section, format!("there are {count} cell definitions; a project has 1 to {MOST_DEFINITIONS}"));
        return Vec::new();
    }
    let mut known: BTreeMap<&str, Definition> = BTreeMap::new();
    let mut all: Vec<Definition> = Vec::new();
    for node in nodes {
        let Some(definition) = definition(settings, node, &known, all.first()) else { continue };
        if known.insert(definition.name, definition.clone()).is_some() {
            settings.fault(node, format!("a second cell definition `{}`", shortened(definition.name)));
        }
        all.push(definition);
    }
    all
}

fn definition<'a>(
    settings: &Settings<'a>,
    node: Node<'a, 'a>,
    known: &BTreeMap<&str, Definition<'a>>,
    first: Option<&Definition<'a>>,
) -> Option<Definition<'a>> {
    let Some(name) = node.attribute("name").map(str::trim).filter(|it| !it.is_empty()) else {
        settings.fault(node, "the cell definition has no name".into());
        return None;
    };
    let Some(id) = node.attribute("ID").and_then(|it| it.trim().parse::<usize>().ok()) else {
        settings.fault(node, format!("the cell definition `{}` has no ID, a whole number", shortened(name)));
        return None;
    };
    let parent = node.attribute("parent_type").map(str::trim).filter(|it| !it.is_empty());
    let (parent, is_named) = match parent {
        Some(parent) => match known.get(parent) {
            Some(found) => (Some(found), true),
            None => {
                let message = format!("the parent_type `{}` is no cell definition before this one", shortened(parent));
                settings.fault(node, message);
                (None, true)
            }
        },
        None => (first.filter(|it| it.id == 0 || it.name == "default"), false),
    };
    let parents = parent.map_or_else(Vec::new, |parent| {
        let above = parent.parents.iter().map(|&(node, by_name)| (node, by_name && is_named));
        std::iter::once((parent.node, is_named)).chain(above).collect()
    });
    Some(Definition { name, id, node, parents })
}

impl<'a> Definition<'a> {
    /// The element at a path below `phenotype`, its own or inherited.
    pub fn at(&self, settings: &Settings<'a>, path: &str) -> Option<Node<'a, 'a>> {
        self.levels(path).find_map(|node| settings.at(node, &format!("phenotype/{path}")))
    }

    /// The number at a path below `phenotype`, which must not be negative.
    pub fn amount(&self, settings: &Settings<'a>, path: &str) -> Option<(f64, Node<'a, 'a>)> {
        let node = self.at(settings, path)?;
        settings.amount(node).map(|number| (number, node))
    }

    /// The child of a list below `phenotype` with this attribute, its own or inherited.
    pub fn entry(
        &self,
        settings: &Settings<'a>,
        path: &str,
        child: &'static str,
        attribute: (&str, &str),
    ) -> Option<Node<'a, 'a>> {
        let (key, value) = attribute;
        self.levels(path).find_map(|node| {
            let list = settings.at(node, &format!("phenotype/{path}"))?;
            let found =
                list.children().find(|it| it.has_tag_name(child) && it.attribute(key).map(str::trim) == Some(value));
            found.inspect(|it| settings.see(*it))
        })
    }

    /// Its own element and those of its parents that have a say in what stands at a path.
    pub fn levels(&self, path: &str) -> impl Iterator<Item = Node<'a, 'a>> {
        let section = path.split('/').next().unwrap_or("");
        let is_kept = !NOT_BY_DEFAULT.contains(&section);
        let parents = self.parents.iter().filter(move |(_, is_named)| is_kept || *is_named);
        std::iter::once(self.node).chain(parents.map(|(node, _)| *node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::xml::parse;

    const THREE: &str = "<PhysiCell_settings><cell_definitions>\
        <cell_definition name=\"a\" ID=\"0\"><phenotype><volume><total>100</total><nuclear>9</nuclear></volume>\
        <motility><speed>4</speed></motility></phenotype></cell_definition>\
        <cell_definition name=\"b\" ID=\"1\"><phenotype><volume><total>200</total></volume></phenotype></cell_definition>\
        <cell_definition name=\"c\" ID=\"2\" parent_type=\"a\"/>\
        <cell_definition name=\"d\" ID=\"3\" parent_type=\"b\"/>\
        </cell_definitions></PhysiCell_settings>";

    #[test]
    fn parents_are_inherited_and_the_default_in_part() {
        let document = parse("a.xml", THREE).unwrap();
        let settings = Settings::new("a.xml", &document).unwrap();
        let all = definitions(&settings);
        let amounts = |path: &str| -> Vec<Option<f64>> {
            all.iter().map(|it| it.amount(&settings, path).map(|(value, _)| value)).collect()
        };
        assert_eq!(amounts("volume/total"), [Some(100.0), Some(200.0), Some(100.0), Some(200.0)]);
        assert_eq!(amounts("volume/nuclear"), [Some(9.0); 4]);
        assert_eq!(amounts("motility/speed"), [Some(4.0), None, Some(4.0), None]);
        assert!(settings.report.borrow().faults().is_none());
    }

    #[test]
    fn faults_name_the_definition() {
        for (good, bad, part) in [
            ("parent_type=\"a\"", "parent_type=\"d\"", "the parent_type `d` is no cell definition before this one"),
            ("name=\"c\"", "name=\"b\"", "a second cell definition `b`"),
            ("ID=\"2\"", "ID=\"two\"", "the cell definition `c` has no ID"),
            ("name=\"a\"", "title=\"a\"", "has no name"),
        ] {
            let text = THREE.replace(good, bad);
            let document = parse("a.xml", &text).unwrap();
            let settings = Settings::new("a.xml", &document).unwrap();
            definitions(&settings);
            let said = settings.report.borrow().faults().unwrap();
            assert!(said.contains(part), "{said}");
        }
    }
}
