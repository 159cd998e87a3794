//! `genotype = "gp96_knock_out"`: what is edited in the genes of cells, by names of the library's section `genotypes`.
//! Each sets parameters of proteostasis, and comes before what `[cell_types.NAME.proteostasis]` says of them.

use super::library::{self, Entry};
use super::proteostasis::{KEYS, Proteostasis};
use serde::de::{Error, IntoDeserializer, SeqAccess, Visitor, value::SeqAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Section of the library.
const SECTION: &str = "genotypes";

/// One name, or several in brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Genotype(pub Vec<String>);

impl<'de> Deserialize<'de> for Genotype {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Names).map(Genotype)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name in quotes, such as \"gp96_knock_out\", or several in brackets")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Vec<String>, E> {
        Ok(vec![String::deserialize(name.into_deserializer())?])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, names: A) -> Result<Vec<String>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(names))
    }
}

/// All names of the library.
pub fn known() -> Vec<&'static str> {
    library::of(SECTION).map(|entry| entry.name).collect()
}

/// Parameters that a genotype sets: number in the table of proteostasis, and value in h and %. None: no such genotype.
pub fn changes(name: &str) -> Option<Vec<(usize, f64)>> {
    library::of(SECTION).find(|entry| entry.name == name).map(read)
}

/// An entry, which is TOML with parameters of proteostasis: a test reads them all.
fn read(entry: &Entry) -> Vec<(usize, f64)> {
    let keys: toml::Table = entry.text.parse().unwrap_or_default();
    let Ok(Proteostasis { values }) = toml::from_str(entry.text) else { return Vec::new() };
    let is_set = |&number: &usize| keys.contains_key(KEYS[number]);
    (0..values.len()).filter(is_set).map(|number| (number, values[number])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_genotype_sets_what_its_entry_says() {
        for entry in library::of(SECTION) {
            let keys: toml::Table = entry.text.parse().unwrap();
            let set = changes(entry.name).unwrap();
            assert!(!set.is_empty() && set.len() == keys.len(), "{}", entry.name);
        }
        let of = |name: &str| changes(name).map(|set| set.iter().map(|it| (KEYS[it.0], it.1)).collect::<Vec<_>>());
        assert_eq!(of("gp96_knock_out").unwrap(), [("stress_chaperone_genes", 0.45)]);
        assert_eq!(of("cftr_df508").unwrap(), [("misfolded_load", 0.65)]);
        assert_eq!(of("gp97_knock_out"), None);
    }

    #[test]
    fn one_or_several_are_named() {
        #[derive(Deserialize)]
        struct Cell {
            genotype: Genotype,
        }
        let read = |text: &str| toml::from_str::<Cell>(&format!("genotype = {text}")).map(|it| it.genotype.0);
        assert_eq!(read("\"myr_akt\"").unwrap(), ["myr_akt"]);
        assert_eq!(read("[\"myr_akt\", \"bip_knock_out\"]").unwrap(), ["myr_akt", "bip_knock_out"]);
        assert!(read("3").is_err());
    }
}
