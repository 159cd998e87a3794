//! What cells of one type do to cells of another, as rows of the device.

use super::diagnostics::Diagnostics;
use super::types::BuiltType;
use crate::math::radius_of;
use crate::plan::{Geometry, PairParameters};
use crate::scenario::naming::quoted;
use crate::scenario::{CellType, Interaction, Mode};
use bytemuck::Zeroable;
use indexmap::IndexMap;

/// Contact in sums of radii where an interaction gives neither distance nor reach.
const DEFAULT_REACH: f64 = 1.1;

/// The rows of all ordered pairs. In a culture of `volume_um3`, attachment is left at the rate for one pair of cells
/// in the whole volume.
pub fn pairs(
    types: &[BuiltType],
    given: &IndexMap<String, CellType>,
    interactions: &[Interaction],
    geometry: Geometry,
    volume_um3: f64,
    diagnostics: &mut Diagnostics,
) -> Vec<PairParameters> {
    let given: Vec<&CellType> = types.iter().filter_map(|it| given.get(&it.name)).collect();
    let mut rows: Vec<PairParameters> = given.iter().flat_map(|a| given.iter().map(|b| forces(a, b))).collect();
    let names: Vec<&str> = types.iter().map(|it| it.name.as_str()).collect();
    let mut seen = Vec::new();
    for (number, interaction) in interactions.iter().enumerate() {
        let path = format!("interactions.{number}");
        let effector = diagnostics.number(format!("{path}.effector"), "cell type", &interaction.effector, &names);
        let target = diagnostics.number(format!("{path}.target"), "cell type", &interaction.target, &names);
        let Some((a, b)) = effector.zip(target) else { continue };
        let message = format!("a second interaction of {} with {}", interaction.effector, interaction.target);
        diagnostics.require(!seen.contains(&(a, b)), path.as_str(), message, "join the two");
        seen.push((a, b));
        let radii_um = f64::from(radius_of(types[a].row.volume_um3) + radius_of(types[b].row.volume_um3));
        let row = &mut rows[a * types.len() + b];
        attack(interaction, geometry, volume_um3, radii_um, row);
        check(interaction, &path, geometry, &types[b], row, diagnostics);
        check_killing(interaction, &path, &types[a], diagnostics);
    }
    share_bonds(&mut rows, types.len());
    transitions(&mut rows, types, &given, diagnostics);
    rows
}

/// What becomes of cells. Traits go over to the other type, which must have the same.
fn transitions(rows: &mut [PairParameters], types: &[BuiltType], given: &[&CellType], diagnostics: &mut Diagnostics) {
    let names: Vec<&str> = types.iter().map(|it| it.name.as_str()).collect();
    for (own, it) in given.iter().enumerate() {
        for (name, rate) in &it.transitions {
            let path = format!("cell_types.{}.transitions.{}", quoted(names[own]), quoted(name));
            let Some(other) = diagnostics.number(path.as_str(), "cell type", name, &names) else { continue };
            diagnostics.require(other != own, path.as_str(), format!("{name} cannot become {name}"), "");
            let message = format!("{} and {name} have different traits", names[own]);
            let hint = "a cell keeps its traits: give both types traits of the same names";
            diagnostics.require(types[own].trait_names == types[other].trait_names, path, message, hint);
            rows[own * types.len() + other].transition_per_min = rate.0 as f32;
        }
    }
}

/// A bond pulls at both cells, whichever holds it; where each type attaches to the other, with the stiffer spring.
fn share_bonds(rows: &mut [PairParameters], types: usize) {
    for (a, b) in (0..types).flat_map(|a| (0..types).map(move |b| (a, b))) {
        let stiffer = rows[a * types + b].elastic_per_min.max(rows[b * types + a].elastic_per_min);
        rows[a * types + b].elastic_per_min = stiffer;
        rows[b * types + a].elastic_per_min = stiffer;
    }
}

/// Repulsion and adhesion are geometric means, so that an inert type stays inert; adhesion reaches as far as the
/// farther of the two.
fn forces(a: &CellType, b: &CellType) -> PairParameters {
    let (a, b) = (&a.mechanics, &b.mechanics);
    let reach = a.adhesion_reach.0.max(b.adhesion_reach.0);
    PairParameters {
        repulsion_um_per_min: (a.repulsion.0 * b.repulsion.0).sqrt() as f32,
        adhesion_um_per_min: (a.adhesion.0 * b.adhesion.0).sqrt() as f32,
        adhesion_reach: reach as f32,
        inverse_adhesion_reach: (1.0 / reach) as f32,
        full_contact: 1.0,
        ..PairParameters::zeroed()
    }
}

fn attack(given: &Interaction, geometry: Geometry, volume_um3: f64, radii_um: f64, row: &mut PairParameters) {
    let contact_um = given.contact_distance.map_or(0.0, |it| it.0);
    let has_neither = given.contact_distance.is_none() && given.contact_reach.is_none();
    let reach = given.contact_reach.map_or(if has_neither { DEFAULT_REACH } else { 0.0 }, |it| it.0);
    if geometry == Geometry::Culture {
        row.attachment_per_min = given.encounter_rate.map_or(0.0, |rate| rate.0 / volume_um3) as f32;
    } else {
        row.attachment_per_min = given.attachment_rate.map_or(0.0, |rate| rate.0) as f32;
        row.contact_um = contact_um as f32;
        row.contact_reach = reach as f32;
        let full = given.full_contact_distance.map(|full| full.0 / (contact_um + reach * radii_um));
        row.full_contact = full.unwrap_or(1.0) as f32;
    }
    row.elastic_per_min = given.elastic.0 as f32;
    row.attraction_per_min = given.attraction.0 as f32;
    row.attraction_from_um = given.attraction_from.map_or(0.0, |it| it.0) as f32;
    row.attraction_to_um = given.attraction_to.map_or(0.0, |it| it.0) as f32;
    row.detachment_per_min = given.detachment_rate.0 as f32;
    row.kill_per_min = given.kill_rate.0 as f32;
    row.hits_per_min = given.hit_rate.0 as f32;
    row.reference_killing = given.reference_killing.map_or(0.0, |it| it.0) as f32;
    row.arrests_cycle = u32::from(given.arrests_cycle);
    row.ignores_mhc1 = u32::from(!given.mhc_restricted);
    row.is_kinapse = u32::from(given.mode == Mode::Kinapse);
}

fn check(
    given: &Interaction,
    path: &str,
    geometry: Geometry,
    target: &BuiltType,
    row: &PairParameters,
    diagnostics: &mut Diagnostics,
) {
    let is_culture = geometry == Geometry::Culture;
    let spatial_keys = [
        ("attachment_rate", given.attachment_rate.is_some()),
        ("contact_distance", given.contact_distance.is_some()),
        ("contact_reach", given.contact_reach.is_some()),
        ("full_contact_distance", given.full_contact_distance.is_some()),
        ("attraction", given.attraction.0 > 0.0),
    ];
    for (key, is_given) in spatial_keys {
        let message = format!("{key} has no meaning in a culture, where cells have no places");
        diagnostics.require(!(is_culture && is_given), format!("{path}.{key}"), message, "give encounter_rate alone");
    }
    let (wanted, is_given, hint) = if is_culture {
        ("encounter_rate", given.encounter_rate.is_some(), "such as encounter_rate = \"2e4 um^3/min\"")
    } else {
        ("attachment_rate", given.attachment_rate.is_some(), "such as attachment_rate = \"0.2 /min\"")
    };
    diagnostics.require(is_given, path, format!("the interaction has no {wanted}"), hint);
    let message = "encounter_rate belongs to a culture";
    let hint = "in a tissue or layer give attachment_rate, for a pair in contact";
    diagnostics.require(is_culture || given.encounter_rate.is_none(), format!("{path}.encounter_rate"), message, hint);
    let message = "the contact distance is 0, so that the cells never meet";
    diagnostics.require(
        is_culture || row.contact_um + row.contact_reach > 0.0,
        path,
        message,
        "give contact_reach = 1.1",
    );
    // Written so that a division by zero fails.
    let message = "full_contact_distance is beyond the contact distance";
    diagnostics.require(
        row.contact_um + row.contact_reach == 0.0 || row.full_contact <= 1.0,
        format!("{path}.full_contact_distance"),
        message,
        "contact is up to contact_distance + contact_reach × sum of radii",
    );
    let message = format!("hits do nothing to {}, which dies of no number of hits and of no damage", target.name);
    let hint = format!("add [cell_types.{}.hits] lethal = 3, or [cell_types.{0}.damage]", quoted(&target.name));
    let is_hurt = target.row.lethal_hits > 0 || target.row.damage_power > 0;
    diagnostics.require(row.hits_per_min == 0.0 || is_hurt, format!("{path}.hit_rate"), message, &hint);
    let attracts = given.attraction.0 > 0.0;
    let has_distances = given.attraction_from.is_some() || given.attraction_to.is_some();
    let hint = "such as attraction = \"0.01 /min\", attraction_from = \"18 um\", attraction_to = \"21 um\"";
    let message = "attraction and attraction_to, the distance at which it ends, go together";
    let fits = attracts == given.attraction_to.is_some() && (attracts || !has_distances);
    diagnostics.require(fits, format!("{path}.attraction"), message, hint);
    let message = "attraction ends where it begins, or before";
    let is_far = row.attraction_to_um > row.attraction_from_um;
    diagnostics.require(!fits || !attracts || is_far, format!("{path}.attraction_to"), message, hint);
    if given.mode == Mode::Kinapse {
        for (key, rate) in
            [("kill_rate", given.kill_rate), ("hit_rate", given.hit_rate), ("detachment_rate", given.detachment_rate)]
        {
            let message = format!("{key} has no meaning for a kinapse, which kills in passing and never attaches");
            diagnostics.require(
                rate.0 == 0.0,
                format!("{path}.{key}"),
                message,
                "set mode = \"synapse\", or leave it out",
            );
        }
        let message = "arrests_cycle has no meaning for a kinapse, which kills in passing and holds nothing";
        let hint = "set mode = \"synapse\", or leave it out";
        diagnostics.require(!given.arrests_cycle, format!("{path}.arrests_cycle"), message, hint);
    }
}

/// Hits in proportion to the killing that an effector realises.
fn check_killing(given: &Interaction, path: &str, effector: &BuiltType, diagnostics: &mut Diagnostics) {
    if given.reference_killing.is_none() {
        return;
    }
    let (path, name) = (format!("{path}.reference_killing"), &effector.name);
    let message = format!("{name} has no proteostasis, which says how well a cell kills");
    let hint = format!("add [cell_types.{}.proteostasis], or leave reference_killing out", quoted(name));
    diagnostics.require(effector.proteostasis.is_some(), path.as_str(), message, &hint);
    let message = "there is no hit_rate, which reference_killing refers to";
    diagnostics.require(given.hit_rate.0 > 0.0, path, message, "such as hit_rate = \"4 /h\"");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::types::{TypeContext, cell_type};

    const TISSUE: Geometry = Geometry::Tissue;

    /// A tumour and a T cell, both of radius 10 um, with these interactions.
    fn read(interactions: &str, geometry: Geometry) -> (Vec<PairParameters>, Vec<String>) {
        let text = "[a_tumour]\nvolume = \"4188.79 um^3\"\n[t_cell]\nvolume = \"4188.79 um^3\"\n\
                    mechanics = { repulsion = \"40 um/min\", adhesion = \"0 um/min\", adhesion_reach = 1.5 }\n";
        let given: IndexMap<String, CellType> = toml::from_str(text).unwrap();
        let list: IndexMap<String, Vec<Interaction>> = toml::from_str(interactions).unwrap();
        let mut diagnostics = Diagnostics::default();
        let types: Vec<_> = given
            .iter()
            .map(|(name, it)| {
                cell_type(name, it, TypeContext { step_min: 0.1, dimensions: 3, substrates: &[] }, &mut diagnostics)
            })
            .collect();
        let rows = pairs(&types, &given, &list["it"], geometry, 1e12, &mut diagnostics);
        (rows, diagnostics.take().into_iter().map(|it| it.path).collect())
    }

    const BOTH: &str = "[[it]]\neffector = \"t_cell\"\ntarget = \"a_tumour\"\n";

    #[test]
    fn forces_are_means_and_reach_the_farther() {
        let (rows, paths) = read(&format!("{BOTH}attachment_rate = \"0.2 /min\""), TISSUE);
        assert_eq!(paths, [""; 0]);
        let forces: Vec<_> = rows.iter().map(|it| (it.repulsion_um_per_min, it.adhesion_um_per_min)).collect();
        assert_eq!(forces, [(10.0, 0.4), (20.0, 0.0), (20.0, 0.0), (40.0, 0.0)]);
        let reach: Vec<_> = rows.iter().map(|it| it.adhesion_reach).collect();
        assert_eq!(reach, [1.25, 1.5, 1.5, 1.5]);
        assert_eq!(rows[0].inverse_adhesion_reach, 0.8);
    }

    #[test]
    fn an_interaction_fills_its_pair_alone() {
        let text = "arrests_cycle = true\nattachment_rate = \"0.2 /min\"\ncontact_distance = \"4 um\"\ncontact_reach = 0.8\n\
                    full_contact_distance = \"15 um\"\nkill_rate = \"6 /h\"\ndetachment_rate = \"1 /h\"";
        let (rows, paths) = read(&format!("{BOTH}{text}"), TISSUE);
        assert_eq!(paths, [""; 0]);
        let row = rows[2];
        assert_eq!((row.attachment_per_min, row.contact_um, row.contact_reach), (0.2, 4.0, 0.8));
        assert!((row.full_contact - 0.75).abs() < 1e-6 && (row.kill_per_min - 0.1).abs() < 1e-7);
        assert_eq!((row.elastic_per_min, row.is_kinapse, row.arrests_cycle), (0.01, 0, 1));
        assert!([0, 1, 3].iter().all(|&other| rows[other].attachment_per_min == 0.0));
        let (rows, _) = read(&format!("{BOTH}attachment_rate = \"0.2 /min\""), TISSUE);
        assert_eq!((rows[2].contact_reach, rows[2].contact_um, rows[2].full_contact), (1.1, 0.0, 1.0));
        assert_eq!(rows[2].arrests_cycle, 0);
    }

    #[test]
    fn encounters_of_a_culture_are_shared_by_its_volume() {
        let (rows, paths) = read(&format!("{BOTH}encounter_rate = \"2e4 um^3/min\""), Geometry::Culture);
        assert_eq!((paths, rows[2].attachment_per_min), (vec![], 2e-8));
    }

    #[test]
    fn faults_name_the_key() {
        let rate = "attachment_rate = \"0.2 /min\"\n";
        let typo = format!("[[it]]\neffector = \"tcell\"\ntarget = \"a_tumour\"\n{rate}");
        for (text, geometry, path) in [
            (typo, TISSUE, "interactions.0.effector"),
            (BOTH.to_owned(), TISSUE, "interactions.0"),
            (BOTH.to_owned(), Geometry::Culture, "interactions.0"),
            (format!("{BOTH}{rate}{BOTH}{rate}"), TISSUE, "interactions.1"),
            (format!("{BOTH}{rate}encounter_rate = \"1 um^3/min\""), TISSUE, "interactions.0.encounter_rate"),
            (format!("{BOTH}{rate}contact_reach = 0"), TISSUE, "interactions.0"),
            (format!("{BOTH}{rate}full_contact_distance = \"23 um\""), TISSUE, "interactions.0.full_contact_distance"),
            (format!("{BOTH}{rate}hit_rate = \"1 /h\""), TISSUE, "interactions.0.hit_rate"),
            (format!("{BOTH}{rate}attraction = \"1 /h\""), TISSUE, "interactions.0.attraction"),
            (format!("{BOTH}{rate}attraction_from = \"9 um\""), TISSUE, "interactions.0.attraction"),
            (
                format!("{BOTH}{rate}attraction = \"1 /h\"\nattraction_from = \"9 um\"\nattraction_to = \"9 um\""),
                TISSUE,
                "interactions.0.attraction_to",
            ),
            (format!("{BOTH}{rate}mode = \"kinapse\"\nkill_rate = \"1 /h\""), TISSUE, "interactions.0.kill_rate"),
            (format!("{BOTH}{rate}mode = \"kinapse\"\narrests_cycle = true"), TISSUE, "interactions.0.arrests_cycle"),
            (
                format!("{BOTH}{rate}kill_rate = \"1 /h\"\nreference_killing = 0.6"),
                TISSUE,
                "interactions.0.reference_killing",
            ),
            (
                format!("{BOTH}encounter_rate = \"1 um^3/min\"\n{rate}"),
                Geometry::Culture,
                "interactions.0.attachment_rate",
            ),
        ] {
            let (_, mut paths) = read(&text, geometry);
            paths.dedup();
            assert_eq!(paths, [path], "{text}");
        }
    }
}
