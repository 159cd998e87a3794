//! Placements from the keys that `[[place]]` and `[[add_cells]]` share.

use super::diagnostics::Diagnostics;
use super::regions::{Space, region};
use super::types::BuiltType;
use crate::math::radius_of;
use crate::plan::{Arrangement, Exposure, Geometry, Placement, table};
use crate::scenario::naming::quoted;
use crate::scenario::{self, Packing, RegionKind, Rule};
use std::path::PathBuf;

/// Days of a history at most.
const MOST_DAYS: f64 = 365.0;

/// What placements refer to.
#[derive(Clone, Debug)]
pub struct Surroundings<'a> {
    pub space: Space,
    pub types: &'a [BuiltType],
    /// Tables of cells are looked up here.
    pub folder: PathBuf,
}

/// The placements of a rule: one, or one for each cell type of its table; none if it is faulty.
pub fn placements(rule: &Rule, around: &Surroundings, path: &str, diagnostics: &mut Diagnostics) -> Vec<Placement> {
    match rule.table {
        Some(name) => from_table(name, rule, around, path, diagnostics),
        None => by_rule(rule, around, path, diagnostics).into_iter().collect(),
    }
}

fn by_rule(rule: &Rule, around: &Surroundings, path: &str, diagnostics: &mut Diagnostics) -> Option<Placement> {
    let names: Vec<&str> = around.types.iter().map(|it| it.name.as_str()).collect();
    let region = region(rule, &around.space, path, diagnostics);
    let Some(name) = rule.cell_type else {
        diagnostics.add(path, "it does not say which cells", "add cell_type, or table = \"cells.csv\"");
        return None;
    };
    let cell_type = diagnostics.number(format!("{path}.cell_type"), "cell type", name, &names)?;
    let own = &around.types[cell_type];
    let is_packed = rule.packing == Packing::Hexagonal;
    check_packing(rule, around, path, is_packed, diagnostics);
    let phase = phase(rule, own, path, diagnostics)?;
    let region = region?;
    let arrangement = if is_packed {
        let spacing_um = rule.spacing.map_or(2.0 * radius_of(own.row.volume_um3), |it| it.0 as f32);
        Arrangement::Packed { spacing_um, region }
    } else {
        Arrangement::Random { count: rule.count?.0, region }
    };
    let history = history(rule, own, path, diagnostics);
    Some(Placement { cell_type: cell_type as u32, arrangement, phase, traits: own.traits.clone(), history })
}

/// Spells before the cells enter, each with the parameters of the type but for those that it names.
fn history(rule: &Rule, own: &BuiltType, path: &str, diagnostics: &mut Diagnostics) -> Vec<Exposure> {
    if rule.history.is_empty() {
        return Vec::new();
    }
    let path = format!("{path}.history");
    let Some(row) = own.proteostasis else {
        let message = format!("{} has no proteostasis, to which a history could be known", own.name);
        diagnostics.add(path, message, &format!("add [cell_types.{}.proteostasis]", quoted(&own.name)));
        return Vec::new();
    };
    let days = rule.history.iter().map(|spell| spell.duration.0).sum::<f64>() / 1440.0;
    let message = format!("the history is {days:.0} d long; it may have {MOST_DAYS} d at most");
    diagnostics.require(days <= MOST_DAYS, path, message, "shorten it");
    let spell = |given: &scenario::Exposure| {
        let mut row = row;
        for (number, value) in &given.changes {
            *row.field(*number) = *value as f32;
        }
        Exposure { duration_min: given.duration.0, row }
    };
    rule.history.iter().map(spell).collect()
}

fn check_packing(rule: &Rule, around: &Surroundings, path: &str, is_packed: bool, diagnostics: &mut Diagnostics) {
    if is_packed {
        let message = "a packing is counted by its spacing; count does not belong to it";
        diagnostics.require(rule.count.is_none(), format!("{path}.count"), message, "leave count out");
        let message = "a culture has no packing, since its cells have no places";
        let is_culture = around.space.geometry == Geometry::Culture;
        diagnostics.require(!is_culture, format!("{path}.packing"), message, "give count");
        return;
    }
    let message = "spacing belongs to a packing";
    let hint = "set packing = \"hexagonal\", or leave spacing out";
    diagnostics.require(rule.spacing.is_none(), format!("{path}.spacing"), message, hint);
    diagnostics.require(rule.count.is_some(), path, "it does not say how many cells", "add count, such as count = 400");
}

/// The first phase, if all cells start alike; outer None: no such phase.
fn phase(rule: &Rule, own: &BuiltType, path: &str, diagnostics: &mut Diagnostics) -> Option<Option<u32>> {
    let Some(name) = rule.phase else { return Some(None) };
    let known: Vec<&str> = own.phases.iter().map(|(name, _)| name.as_str()).collect();
    let number = diagnostics.number(format!("{path}.phase"), "phase", name, &known)?;
    Some(Some(number as u32))
}

fn from_table(
    name: &str,
    rule: &Rule,
    around: &Surroundings,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<Placement> {
    let others = [
        ("cell_type", rule.cell_type.is_some()),
        ("count", rule.count.is_some()),
        ("packing", rule.packing != Packing::Random),
        ("spacing", rule.spacing.is_some()),
        ("region", rule.region != RegionKind::Everywhere),
        ("centre", rule.centre.is_some()),
        ("radius", rule.radius.is_some()),
        ("inner_radius", rule.inner_radius.is_some()),
        ("lower", rule.lower.is_some()),
        ("upper", rule.upper.is_some()),
        ("phase", rule.phase.is_some()),
        ("history", !rule.history.is_empty()),
    ];
    for (key, is_given) in others {
        let message = format!("{key} does not belong to a table, which names types and places");
        diagnostics.require(!is_given, format!("{path}.{key}"), message, "leave it out");
    }
    let file = around.folder.join(name);
    let known: Vec<table::Known> =
        around.types.iter().map(|it| table::Known { name: &it.name, traits: &it.trait_names }).collect();
    let table::Table { rows, warnings } = match table::read(&file, &known, around.space.geometry) {
        Ok(table) => table,
        Err(fault) => {
            diagnostics.add_text(fault.to_string());
            return Vec::new();
        }
    };
    for (message, hint) in warnings {
        diagnostics.warn(format!("{path}.table"), message, &hint);
    }
    if let Err(fault) = table::finish(&file.display().to_string(), outside(&rows, &around.space, &file)) {
        diagnostics.add_text(fault.to_string());
    }
    let of_type = |(number, it): (usize, &BuiltType)| {
        let own = rows.iter().filter(|row| row.cell_type == number).map(|row| row.cell);
        let arrangement = Arrangement::At(own.collect());
        Placement { cell_type: number as u32, arrangement, phase: None, traits: it.traits.clone(), history: vec![] }
    };
    let is_there = |it: &Placement| matches!(&it.arrangement, Arrangement::At(listed) if !listed.is_empty());
    around.types.iter().enumerate().map(of_type).filter(is_there).collect()
}

/// A fault for each cell beyond the faces of the domain.
fn outside(rows: &[table::TableRow], space: &Space, file: &std::path::Path) -> Vec<String> {
    let mut faults = Vec::new();
    for row in rows {
        for (axis, edge) in space.edges_um.iter().enumerate() {
            let (at, half) = (row.cell.position_um[axis], 0.5 * *edge as f32);
            if !(-half..=half).contains(&at) {
                let name = ["x", "y", "z"][axis];
                let (file, line) = (file.display(), row.line);
                faults.push(format!(
                    "error: {file}:{line}: column {name} holds {at}, outside the domain, where it is from {} to {half}\n",
                    -half
                ));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::types::{TypeContext, cell_type};
    use crate::plan::{Listed, Region};
    use crate::scenario::Place;

    fn read(text: &str, geometry: Geometry) -> (Vec<Placement>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let tumour = "volume = \"4188.79 um^3\"\ncycle = { model = \"ki67_advanced\" }";
        let types: Vec<_> = [("t_cell", "volume = \"500 um^3\""), ("tumour", tumour)]
            .map(|(name, text)| {
                cell_type(
                    name,
                    &toml::from_str(text).unwrap(),
                    TypeContext { step_min: 0.1, dimensions: 3, substrates: &[] },
                    &mut diagnostics,
                )
            })
            .to_vec();
        let edges_um = if geometry == Geometry::Culture { vec![] } else { vec![200.0; 3] };
        let folder = std::env::temp_dir();
        let around = Surroundings { space: Space { geometry, edges_um }, types: &types, folder };
        let place: Place = toml::from_str(text).unwrap();
        let got = placements(&place.rule(), &around, "place.0", &mut diagnostics);
        (got, diagnostics)
    }

    #[test]
    fn rules_become_placements() {
        let (got, diagnostics) =
            read("cell_type = \"tumour\"\ncount = 1e3\nphase = \"ki67_positive_premitotic\"", Geometry::Tissue);
        assert!(diagnostics.is_empty());
        assert_eq!(got[0].arrangement, Arrangement::Random { count: 1000, region: Region::Everywhere });
        assert_eq!((got[0].cell_type, got[0].phase), (1, Some(1)));
        let (got, _) = read("cell_type = \"tumour\"\npacking = \"hexagonal\"", Geometry::Tissue);
        let Arrangement::Packed { spacing_um, .. } = got[0].arrangement else { panic!("{got:?}") };
        assert!((spacing_um - 20.0).abs() < 1e-4, "twice the radius, not {spacing_um}");
    }

    #[test]
    fn faults_name_the_key() {
        for (text, geometry, path) in [
            ("count = 5", Geometry::Tissue, "place.0"),
            ("cell_type = \"tumour\"", Geometry::Tissue, "place.0"),
            ("cell_type = \"tumor\"\ncount = 5", Geometry::Tissue, "place.0.cell_type"),
            ("cell_type = \"tumour\"\ncount = 5\nspacing = \"9 um\"", Geometry::Tissue, "place.0.spacing"),
            ("cell_type = \"tumour\"\ncount = 5\npacking = \"hexagonal\"", Geometry::Tissue, "place.0.count"),
            ("cell_type = \"tumour\"\npacking = \"hexagonal\"", Geometry::Culture, "place.0.packing"),
            ("cell_type = \"tumour\"\ncount = 5\nphase = \"ki67_negativ\"", Geometry::Tissue, "place.0.phase"),
            (
                "cell_type = \"tumour\"\ncount = 5\nhistory = [{ duration = \"1 d\" }]",
                Geometry::Tissue,
                "place.0.history",
            ),
        ] {
            let (_, mut diagnostics) = read(text, geometry);
            assert_eq!(diagnostics.take().into_iter().map(|it| it.path).collect::<Vec<_>>(), [path], "{text}");
        }
    }

    #[test]
    fn a_table_is_split_by_type_and_kept_inside_the_domain() {
        let name = format!("texpop-placements-{}.csv", std::process::id());
        let file = std::env::temp_dir().join(&name);
        std::fs::write(&file, "x,y,z,type\n1,2,3,tumour\n4,5,6,t_cell\n7,8,9,tumour\n").unwrap();
        let (got, diagnostics) = read(&format!("table = \"{name}\""), Geometry::Tissue);
        assert!(diagnostics.is_empty());
        let positions: Vec<_> = got.iter().map(|it| (it.cell_type, it.arrangement.clone())).collect();
        let at = |position_um| Listed { position_um, volume_um3: None, traits: [None; 2] };
        let tumour = Arrangement::At(vec![at([1.0, 2.0, 3.0]), at([7.0, 8.0, 9.0])]);
        assert_eq!(positions, [(0, Arrangement::At(vec![at([4.0, 5.0, 6.0])])), (1, tumour)]);
        std::fs::write(&file, "x,y,z,type\n1,2,3,tumour\n4,-101,6,t_cell\n").unwrap();
        let (_, mut diagnostics) = read(&format!("table = \"{name}\"\ncount = 3"), Geometry::Tissue);
        std::fs::remove_file(&file).unwrap();
        let text = diagnostics.take_texts().join("");
        assert!(text.contains(":3: column y holds -101, outside the domain, where it is from -100 to 100"), "{text}");
        assert_eq!(diagnostics.take()[0].path, "place.0.count");
    }
}
