//! The shipped definitions, compiled into the program from `scenarios/library`, a file each.
//!
//! A file holds the keys of one section, such as those of `[cell_types.NAME]`; its first line says what it is. Every
//! number has a comment with its source and a mark that says how well it is known:
//!
//! | mark | the number was |
//! |---|---|
//! | `[R]` | read in the primary source |
//! | `[R2]` | read in a text that cites the primary source |
//! | `[GK]` | general knowledge, not looked up |
//! | `[D]` | derived from marked numbers |
//! | `[C]` | calibrated |
//! | `[A]` | assumed |
//!
//! A file may say `use = "NAME"` and nothing else: then it is another name for that definition, such as a cancer for the line
//! that stands for it.

use super::faults::nearest;
use crate::error::{Error, Result};

/// Marks of a number's source.
pub const MARKS: [&str; 6] = ["[R]", "[R2]", "[GK]", "[D]", "[C]", "[A]"];

/// A definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Name of the sections that may use it, and of its folder.
    pub section: &'static str,
    pub name: &'static str,
    pub text: &'static str,
}

macro_rules! entries {
    ($($section:ident: $($name:ident)+;)+) => {
        /// All definitions, in the order in which they are listed.
        pub const ENTRIES: &[Entry] = &[$($(Entry {
            section: stringify!($section),
            name: stringify!($name),
            text: include_str!(concat!(
                "../../scenarios/library/", stringify!($section), "/", stringify!($name), ".toml"
            )),
        },)+)+];
    };
}

entries! {
    cell_types: b16_tumour bladder_tumour car_t_cell cd8_t_cell colon_tumour leukaemia leukaemia_blast liver_tumour lung_tumour
        mb49_tumour mc38_tumour melanoma oncoprotein_tumour physicell_tumour tisagenlecleucel_effector tisagenlecleucel_memory;
    drugs: autophagy_inducer autophagy_inhibitor azetidine_carboxylic_acid capivasertib chaperone_booster dasatinib
        ganetespib mk_2206 mk_2206_in_vitro mouse_anti_pd_1 nivolumab pembrolizumab proteasome_activator
        proteasome_inhibitor rapamycin rapamycin_in_vitro stress_granule_inhibitor texpsr_inhibitor
        texpsr_inhibitor_in_vitro translation_inhibitor;
    genotypes: bip_knock_out cftr_df508 ero1a_knock_out g3bp1_knock_out gp96_heterozygous gp96_knock_out myr_akt;
    rule_sets: crowding epithelial_mesenchymal_transition tisagenlecleucel_kinetics;
    substrates: cxcl10 ifn_gamma il_2 immunostimulatory_factor oxygen;
}

/// Sections whose items may `use` an entry.
pub fn sections() -> impl Iterator<Item = &'static str> {
    let is_first = |number: usize| number == 0 || ENTRIES[number - 1].section != ENTRIES[number].section;
    ENTRIES.iter().enumerate().filter(move |(number, _)| is_first(*number)).map(|(_, entry)| entry.section)
}

/// Entries of a section.
pub fn of(section: &str) -> impl Iterator<Item = &'static Entry> {
    ENTRIES.iter().filter(move |entry| entry.section == section)
}

impl Entry {
    /// The definition that it is another name for, or itself.
    pub fn meant(&'static self) -> &'static Entry {
        let named = self.text.lines().find_map(|line| line.strip_prefix("use = \"")?.strip_suffix('"'));
        let found = named.and_then(|name| of(self.section).find(|entry| entry.name == name));
        found.unwrap_or(self)
    }

    /// What it is, in one line.
    pub fn summary(&self) -> &'static str {
        self.text.lines().next().unwrap_or("").trim_start_matches('#').trim()
    }
}

/// The list of all entries: section, name, summary.
pub fn list() -> String {
    let width = |of: fn(&Entry) -> usize| ENTRIES.iter().map(of).max().unwrap_or(0);
    let (section, name) = (width(|it| it.section.len()), width(|it| it.name.len()));
    ENTRIES.iter().map(|it| format!("{:section$}  {:name$}  {}\n", it.section, it.name, it.summary())).collect()
}

/// The text of an entry.
///
/// # Errors
/// `Error::Input` with the nearest name, or all names.
pub fn show(name: &str) -> Result<&'static str> {
    let names: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
    let found = ENTRIES.iter().find(|entry| entry.name == name);
    let refusal = || Error::Input(format!("error: {}\n\nhint: {}", unknown(name), way_out(name, &names)));
    found.map(|entry| entry.text).ok_or_else(refusal)
}

/// What to say about a name that no entry has.
pub(super) fn unknown(name: &str) -> String {
    format!("the library has no `{name}`")
}

/// The nearest known name, else those that say more than is given or share a word with it, else all of them.
pub(super) fn way_out(name: &str, known: &[&str]) -> String {
    if let Some(near) = nearest(name, known) {
        return format!("did you mean `{near}`?");
    }
    let that =
        |is_like: fn(&str, &str) -> bool| known.iter().copied().filter(|it| is_like(it, name)).collect::<Vec<_>>();
    let like = [that(says_more), that(shares_a_word)].into_iter().find(|found| !found.is_empty());
    match like.as_deref() {
        Some([one]) => format!("did you mean `{one}`?"),
        Some(several) => format!("did you mean one of {}?", several.join(", ")),
        None => format!("it has {}", known.join(", ")),
    }
}

/// Shorter ones are in too many names.
const LEAST_LETTERS: usize = 3;

fn says_more(known: &str, name: &str) -> bool {
    name.len() >= LEAST_LETTERS && known.contains(name)
}

fn shares_a_word(known: &str, name: &str) -> bool {
    name.split('_').any(|word| word.len() >= LEAST_LETTERS && known.split('_').any(|other| other == word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;
    use toml::Spanned;
    use toml::de::{DeTable, DeValue};

    #[test]
    fn every_file_of_the_folder_is_an_entry() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/library");
        let mut files = BTreeSet::new();
        for section in std::fs::read_dir(folder).unwrap().flatten() {
            for file in std::fs::read_dir(section.path()).unwrap().flatten() {
                files.insert(format!("{}/{}", section.file_name().display(), file.file_name().display()));
            }
        }
        let entries: BTreeSet<String> =
            ENTRIES.iter().map(|entry| format!("{}/{}.toml", entry.section, entry.name)).collect();
        assert_eq!(files, entries);
        let names: BTreeSet<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), ENTRIES.len(), "names are unique, so that one is enough to show an entry");
    }

    /// Positions of the numbers in a table, those in texts included.
    fn numbers(value: &Spanned<DeValue>, into: &mut Vec<usize>) {
        match value.get_ref() {
            DeValue::Table(table) => table.values().for_each(|inner| numbers(inner, into)),
            DeValue::Array(items) => items.iter().for_each(|inner| numbers(inner, into)),
            DeValue::String(text) if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {}
            DeValue::Boolean(_) => {}
            _ => into.push(value.span().end),
        }
    }

    /// Lines with a number that lack a source or its mark.
    fn unmarked(text: &str) -> Vec<&str> {
        let table = DeTable::parse(text).unwrap();
        let mut ends = Vec::new();
        table.get_ref().values().for_each(|value| numbers(value, &mut ends));
        let lacks = |end: &&usize| {
            let comment = text[**end..].lines().next().unwrap().split_once('#').map_or("", |it| it.1);
            let words = comment.split_whitespace().filter(|word| !MARKS.contains(word)).count();
            words < 2 || !MARKS.iter().any(|mark| comment.contains(mark))
        };
        let line = |end: &usize| text[..*end].rsplit('\n').next().unwrap();
        ends.iter().filter(lacks).map(line).collect()
    }

    #[test]
    fn every_number_has_its_source_and_mark() {
        for entry in ENTRIES {
            assert_eq!(unmarked(entry.text), Vec::<&str>::new(), "{}", entry.name);
            let summary = entry.summary();
            assert!((20..110).contains(&summary.len()) && entry.text.starts_with("# "), "{}: {summary}", entry.name);
        }
        let bad =
            "# a\nvolume = \"1 pL\" # [R]\nrate = 3\nsites = 4 # Miller 2003 [R]\nlist = [\n  1.0,\n] # a b [A]\n";
        assert_eq!(unmarked(bad), ["volume = \"1 pL\"", "rate = 3", "  1.0"]);
    }

    #[test]
    fn other_names_say_nothing_else() {
        let others: Vec<&Entry> = ENTRIES.iter().filter(|entry| entry.text.contains("\nuse = ")).collect();
        assert!(others.iter().any(|entry| (entry.name, entry.meant().name) == ("bladder_tumour", "mb49_tumour")));
        for entry in others {
            let keys = DeTable::parse(entry.text).unwrap();
            assert!(keys.get_ref().len() == 1 && !std::ptr::eq(entry.meant(), entry), "{}", entry.name);
            assert!(std::ptr::eq(entry.meant().meant(), entry.meant()), "{} names another name", entry.name);
        }
    }

    #[test]
    fn entries_are_listed_and_shown() {
        assert_eq!(list().lines().count(), ENTRIES.len());
        assert!(list().contains("cell_types  cd8_t_cell          "), "{}", list());
        assert!(show("cd8_t_cell").unwrap().contains("[motility]"));
        let refused = show("cd8_tcell").unwrap_err();
        assert_eq!(refused.exit_code(), 2);
        assert!(refused.to_string().contains("did you mean `cd8_t_cell`?"), "{refused}");
        let known = ["anti_pd_1", "bladder_tumour", "lung_tumour", "mouse_anti_pd_1"];
        for (name, hint) in [
            ("bladder", "did you mean `bladder_tumour`?"),
            ("lung_cancer", "did you mean `lung_tumour`?"),
            ("anti", "did you mean one of anti_pd_1, mouse_anti_pd_1?"),
            ("pd", "it has anti_pd_1, bladder_tumour, lung_tumour, mouse_anti_pd_1"),
            ("", "it has anti_pd_1, bladder_tumour, lung_tumour, mouse_anti_pd_1"),
        ] {
            assert_eq!(way_out(name, &known), hint, "{name}");
        }
    }
}
