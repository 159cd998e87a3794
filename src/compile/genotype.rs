//! Genotypes of a cell type: names of the library, checked, and the parameters of proteostasis that they set.

use super::diagnostics::Diagnostics;
use crate::scenario::genotype::{Genotype, changes, known};
use crate::scenario::proteostasis::PARAMETERS;

/// Parameters that the named genotypes set, with their values in h and %; faulty ones set none.
pub fn genotype(given: &Genotype, path: &str, diagnostics: &mut Diagnostics) -> Vec<(usize, f64)> {
    let mut set: Vec<(usize, f64)> = Vec::new();
    for name in &given.0 {
        let Some(own) = changes(name) else {
            diagnostics.number(path, "genotype", name, &known());
            continue;
        };
        for (number, value) in own {
            let key = PARAMETERS[number].key();
            let message = format!("{name} sets {key}, which another genotype of these sets too");
            let hint = format!("name one of them, and set proteostasis.{key} to what both make of it");
            diagnostics.require(set.iter().all(|it| it.0 != number), path, message, &hint);
            set.push((number, value));
        }
    }
    set
}
