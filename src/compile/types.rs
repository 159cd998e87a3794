//! Cell types as rows of the device.

use super::diagnostics::Diagnostics;
use super::genotype::genotype;
use super::phases::phases;
use super::substrates::gradient;
use super::traits::traits;
use crate::plan::walk::Walk;
use crate::plan::{Distribution, PhaseParameters, ProteostasisParameters, TypeParameters};
use crate::scenario::naming::quoted;
use crate::scenario::proteostasis::{PARAMETERS, Proteostasis};
use crate::scenario::{CellType, CycleModel, Damage, Death, DurationDistribution, Motility};
use bytemuck::Zeroable;

/// Effectors that may be attached to one cell at most: they are counted in 8 bits.
const MOST_SITES: u32 = 255;
/// Lethal hits at most: hits are counted in 6 bits, and what comes beyond is not.
const MOST_HITS: u32 = 63;
/// Power of the damage at most: damage of up to 1000 to this power is a float.
const LARGEST_POWER: u32 = 8;
/// Damage that fades more slowly than this, in 1/min, fades at this rate: by half in a million years.
const SLOWEST_DECAY_PER_MIN: f64 = 1e-12;
/// A volume that relaxes to twice its start never quite gets there.
const LARGEST_DIVISION_VOLUME: f64 = 2.0;

/// A cell type of one arm.
#[derive(Clone, Debug)]
pub struct BuiltType {
    pub name: String,
    /// Without `first_phase`, which depends on the types before it.
    pub row: TypeParameters,
    pub phases: Vec<(String, PhaseParameters)>,
    pub traits: Vec<Distribution>,
    pub trait_names: Vec<String>,
    pub proteostasis: Option<ProteostasisParameters>,
}

/// What cell types are made with.
#[derive(Clone, Copy, Debug)]
pub struct TypeContext<'a> {
    pub step_min: f64,
    pub dimensions: u32,
    /// Names of the substrates.
    pub substrates: &'a [&'a str],
}

/// Makes the rows of a cell type.
pub fn cell_type(name: &str, given: &CellType, setting: TypeContext<'_>, diagnostics: &mut Diagnostics) -> BuiltType {
    let TypeContext { step_min, dimensions, substrates } = setting;
    let path = format!("cell_types.{}", quoted(name));
    let mut row = TypeParameters {
        volume_um3: given.volume.0 as f32,
        volume_relaxation_per_min: given.volume_relaxation.0 as f32,
        crowding_pressure: given.crowding_pressure.map_or(f32::INFINITY, |pressure| pressure.0 as f32),
        division_volume_um3: division_volume(given, &path, diagnostics) as f32,
        attachment_sites: given.attachment_sites.0,
        ..TypeParameters::zeroed()
    };
    diagnostics.require(
        (1..=MOST_SITES).contains(&row.attachment_sites),
        format!("{path}.attachment_sites"),
        format!("attachment_sites is {}; it must be from 1 to {MOST_SITES}", row.attachment_sites),
        "to keep effectors away, leave the interaction out",
    );
    motility(&given.motility, &format!("{path}.motility"), step_min, dimensions, &mut row, diagnostics);
    (row.gradient_substrate, row.gradient_sign) = gradient(given, &path, substrates, diagnostics);
    if row.gradient_substrate > 0 {
        // Which way a gradient leads is not known where cells are placed: they start without drift.
        [row.bias_x, row.bias_y, row.bias_z] = [0.0; 3];
    }
    deaths(given, &path, &mut row, diagnostics);
    hits(given, &path, &mut row, diagnostics);
    if let Some(lifespan) = &given.lifespan {
        (row.lifespan_min, row.lifespan_shape) = (lifespan.maximum.0 as f32, lifespan.shape.0 as f32);
    }
    let phases = phases(&given.cycle, &format!("{path}.cycle"), diagnostics);
    row.phase_count = phases.len() as u32;
    row.divides_by_proteostasis = u32::from(given.cycle.model == CycleModel::Proteostasis);
    diagnostics.require(
        row.divides_by_proteostasis == 0 || given.proteostasis.is_some(),
        format!("{path}.cycle"),
        format!("{name} divides as its proteostasis allows, but has none"),
        &format!("add [{path}.proteostasis], or choose another model"),
    );
    let distributions = traits(&given.traits, &path, &mut row, diagnostics);
    let trait_names = given.traits.keys().cloned().collect();
    let proteostasis = proteostasis(given, &path, diagnostics);
    BuiltType { name: name.to_owned(), row, phases, traits: distributions, trait_names, proteostasis }
}

/// Its parameters, with what the genotype sets.
fn proteostasis(given: &CellType, path: &str, diagnostics: &mut Diagnostics) -> Option<ProteostasisParameters> {
    let (path, genes) = (format!("{path}.proteostasis"), format!("{path}.genotype"));
    let set = genotype(&given.genotype, &genes, diagnostics);
    let Some(mut own) = given.proteostasis.clone() else {
        let message = "the cells have no proteostasis, in which genes could act";
        diagnostics.require(given.genotype.0.is_empty(), genes, message, "add its section proteostasis");
        return None;
    };
    for (number, value) in set {
        own.values[number] = value;
    }
    doubt(&own, &path, diagnostics);
    Some(ProteostasisParameters::new(&own))
}

/// Warns of values outside their plausible ranges.
fn doubt(given: &Proteostasis, path: &str, diagnostics: &mut Diagnostics) {
    for (row, value) in PARAMETERS.iter().zip(&given.values) {
        if let Some((message, hint)) = row.doubt(*value) {
            diagnostics.warn(format!("{path}.{}", row.key()), message, &hint);
        }
    }
}

fn division_volume(given: &CellType, path: &str, diagnostics: &mut Diagnostics) -> f64 {
    let Some(multiple) = given.division_volume.map(|it| it.0) else { return 0.0 };
    diagnostics.require(
        multiple < LARGEST_DIVISION_VOLUME,
        format!("{path}.division_volume"),
        format!("division_volume is {multiple}; it must be below {LARGEST_DIVISION_VOLUME}"),
        "a growing cell approaches twice its volume and never quite reaches it; 1.9 is usual",
    );
    multiple * given.volume.0
}

/// Walk of one component of unit standard deviation; the device multiplies by speed · √((1 − bias²)/dimensions).
fn motility(
    given: &Motility,
    path: &str,
    step_min: f64,
    dimensions: u32,
    row: &mut TypeParameters,
    diagnostics: &mut Diagnostics,
) {
    let walk = Walk::new(given.persistence.0, step_min);
    row.speed_um_per_min = given.speed.0 as f32;
    row.attached_speed_fraction = given.attached_speed_fraction.0 as f32;
    row.bias = given.bias.0 as f32;
    row.walk_decay = walk.decay as f32;
    row.walk_kick = walk.kick as f32;
    row.walk_travel_min = walk.travel_min as f32;
    row.walk_shared_min = walk.shared_min as f32;
    row.walk_own_min = walk.own_min as f32;
    [row.bias_x, row.bias_y, row.bias_z] = direction(given, path, dimensions, diagnostics).map(|it| it as f32);
}

/// Unit vector of the bias.
fn direction(given: &Motility, path: &str, dimensions: u32, diagnostics: &mut Diagnostics) -> [f64; 3] {
    let path = format!("{path}.bias_direction");
    let components: Vec<f64> = given.bias_direction.iter().map(|it| it.0).collect();
    let is_right = match dimensions {
        2 => components.len() == 2 || (components.len() == 3 && components[2] == 0.0),
        _ => components.len() == 3,
    };
    let wanted = if dimensions == 2 { "two components in a layer" } else { "three components" };
    diagnostics.require(is_right, path.as_str(), format!("bias_direction must have {wanted}"), "");
    let vector = [0, 1, 2].map(|axis| components.get(axis).copied().unwrap_or(0.0));
    let length = vector.iter().map(|it| it * it).sum::<f64>().sqrt();
    if length == 0.0 {
        diagnostics.add(
            path,
            "bias_direction is 0 and points nowhere",
            "any other length will do: [0, 1, 0] points along y",
        );
        return [0.0; 3];
    }
    vector.map(|it| it / length)
}

fn deaths(given: &CellType, path: &str, row: &mut TypeParameters, diagnostics: &mut Diagnostics) {
    let (apoptosis, necrosis) = (&given.apoptosis, &given.necrosis);
    row.apoptosis_per_min = apoptosis.rate.0 as f32;
    row.apoptosis_removal_per_min = (1.0 / apoptosis.duration.0) as f32;
    row.apoptosis_is_fixed = is_fixed(apoptosis, &format!("{path}.apoptosis"), diagnostics);
    row.apoptosis_volume_fraction = apoptosis.volume_fraction.0 as f32;
    row.apoptosis_volume_relaxation_per_min = apoptosis.volume_relaxation.0 as f32;
    row.necrosis_per_min = necrosis.rate.0 as f32;
    row.necrosis_removal_per_min = (1.0 / necrosis.duration.0) as f32;
    row.necrosis_is_fixed = is_fixed(necrosis, &format!("{path}.necrosis"), diagnostics);
    row.necrosis_volume_fraction = necrosis.volume_fraction.0 as f32;
    row.necrosis_volume_relaxation_per_min = necrosis.volume_relaxation.0 as f32;
}

/// Death by hits: at a number of them, or by damage that fades.
fn hits(given: &CellType, path: &str, row: &mut TypeParameters, diagnostics: &mut Diagnostics) {
    if let Some(hits) = &given.hits {
        row.lethal_hits = hits.lethal.0;
        row.hit_repair_per_min = hits.repair_rate.0 as f32;
        let message = format!("lethal is {}; it must be at most {MOST_HITS}", hits.lethal.0);
        diagnostics.require(hits.lethal.0 <= MOST_HITS, format!("{path}.hits.lethal"), message, "");
    }
    let Some(damage) = &given.damage else { return };
    diagnostics.require(
        given.hits.is_none(),
        format!("{path}.damage"),
        "hits and damage are two laws of the same death; a cell type has one of them",
        "leave out hits, where death comes at a number of hits, or damage, where it comes at a rate",
    );
    fading(damage, &format!("{path}.damage"), row, diagnostics);
}

fn fading(damage: &Damage, path: &str, row: &mut TypeParameters, diagnostics: &mut Diagnostics) {
    let power = damage.power.0;
    let decay_per_min = std::f64::consts::LN_2 / damage.half_life.0;
    row.damage_decay_per_min = decay_per_min.max(SLOWEST_DECAY_PER_MIN) as f32;
    row.damage_hazard_per_min = damage.hazard.0 as f32;
    row.damage_power = power;
    diagnostics.require(
        (1..=LARGEST_POWER).contains(&power),
        format!("{path}.power"),
        format!("power is {power}; it must be a whole number from 1 to {LARGEST_POWER}"),
        "1 lets the hazard grow with the damage, 5 lets three quick hits kill where one does not",
    );
}

fn is_fixed(death: &Death, path: &str, diagnostics: &mut Diagnostics) -> u32 {
    diagnostics.require(
        matches!(death.duration_distribution, DurationDistribution::Fixed | DurationDistribution::Exponential),
        format!("{path}.duration_distribution"),
        "the time that a dead cell stays is fixed or exponential",
        "",
    );
    u32::from(death.duration_distribution == DurationDistribution::Fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, dimensions: u32) -> (BuiltType, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let built = {
            let setting = TypeContext { step_min: 0.1, dimensions, substrates: &[] };
            cell_type("t_cell", &toml::from_str(text).unwrap(), setting, &mut diagnostics)
        };
        (built, diagnostics.take().into_iter().map(|it| it.path).collect())
    }

    #[test]
    fn a_motile_type_has_the_coefficients_of_its_walk() {
        let (built, paths) = read(
            "volume = \"500 um^3\"\nmotility = { speed = \"8 um/min\", persistence = \"2 min\", bias = 0.5, \
             bias_direction = [0, 3, 4] }",
            3,
        );
        assert_eq!(paths, [""; 0]);
        let (row, walk) = (built.row, Walk::new(2.0, 0.1));
        let got = [row.walk_decay, row.walk_kick, row.walk_travel_min, row.walk_shared_min, row.walk_own_min];
        let expected = [walk.decay, walk.kick, walk.travel_min, walk.shared_min, walk.own_min].map(|it| it as f32);
        assert_eq!(got, expected);
        assert_eq!([row.bias_x, row.bias_y, row.bias_z], [0.0, 0.6, 0.8]);
        assert_eq!((row.speed_um_per_min, row.bias), (8.0, 0.5));
    }

    #[test]
    fn defaults_are_those_documented() {
        let (built, paths) = read("volume = \"2494 um^3\"", 3);
        let row = built.row;
        assert_eq!(paths, [""; 0]);
        assert_eq!(row.crowding_pressure, f32::INFINITY);
        assert_eq!((row.attachment_sites, row.lethal_hits, row.division_volume_um3), (1, 0, 0.0));
        assert!((row.volume_relaxation_per_min - 0.005).abs() < 1e-9);
        assert!((row.apoptosis_removal_per_min * 516.0 - 1.0).abs() < 1e-6);
        assert_eq!((row.apoptosis_is_fixed, row.phase_count, built.phases[0].1.exit_per_min), (1, 1, 0.0));
    }

    #[test]
    fn damage_fades_with_its_half_life() {
        let text = "volume = \"500 um^3\"\ndamage = { half_life = \"1 h\", hazard = \"0.216 /h\", power = 5 }";
        let (built, paths) = read(text, 3);
        let row = built.row;
        assert_eq!((paths, row.damage_power, row.lethal_hits), (vec![], 5, 0));
        assert!((row.damage_decay_per_min * 60.0 - 2f32.ln()).abs() < 1e-6);
        assert!((row.damage_hazard_per_min - 0.0036).abs() < 1e-9);
    }

    #[test]
    fn faults_name_the_key() {
        for (text, dimensions, path) in [
            ("division_volume = 2.0", 3, "cell_types.t_cell.division_volume"),
            ("attachment_sites = 0", 3, "cell_types.t_cell.attachment_sites"),
            ("hits = { lethal = 64 }", 3, "cell_types.t_cell.hits.lethal"),
            (
                "hits = { lethal = 3 }\ndamage = { half_life = \"49 min\", hazard = \"0.2 /h\", power = 5 }",
                3,
                "cell_types.t_cell.damage",
            ),
            (
                "damage = { half_life = \"49 min\", hazard = \"0.2 /h\", power = 9 }",
                3,
                "cell_types.t_cell.damage.power",
            ),
            (
                "damage = { half_life = \"49 min\", hazard = \"0.2 /h\", power = 0 }",
                3,
                "cell_types.t_cell.damage.power",
            ),
            ("motility = { bias_direction = [0, 0, 0] }", 3, "cell_types.t_cell.motility.bias_direction"),
            ("motility = { bias_direction = [0, 1] }", 3, "cell_types.t_cell.motility.bias_direction"),
            ("motility = { bias_direction = [0, 0, 1] }", 2, "cell_types.t_cell.motility.bias_direction"),
            (
                "apoptosis = { duration_distribution = \"erlang\" }",
                3,
                "cell_types.t_cell.apoptosis.duration_distribution",
            ),
        ] {
            let (_, paths) = read(&format!("volume = \"500 um^3\"\n{text}"), dimensions);
            assert_eq!(paths, [path], "{text}");
        }
    }
}
