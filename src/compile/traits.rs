//! Traits: their distribution, and how they scale behaviours.

use super::diagnostics::Diagnostics;
use crate::plan::parameters::Behaviour;
use crate::plan::{Distribution, TypeParameters};
use crate::scenario::naming::quoted;
use crate::scenario::{Scales, Trait, TraitDistribution};
use indexmap::IndexMap;

/// Traits of a cell type at most.
pub const MOST_TRAITS: usize = 2;

/// Writes the traits of a cell type into its row, and returns their distributions.
pub fn traits(
    given: &IndexMap<String, Trait>,
    path: &str,
    row: &mut TypeParameters,
    diagnostics: &mut Diagnostics,
) -> Vec<Distribution> {
    let message = format!("there are {} traits; a cell type has at most {MOST_TRAITS}", given.len());
    diagnostics.require(given.len() <= MOST_TRAITS, format!("{path}.traits"), message, "");
    let mut distributions = Vec::new();
    for (number, (name, it)) in given.iter().take(MOST_TRAITS).enumerate() {
        let path = format!("{path}.traits.{}", quoted(name));
        let scaling = scaling(it, &path, diagnostics);
        let (scales, zero_at, slope, maximum) = if number == 0 {
            let row = &mut *row;
            (
                &mut row.trait_first_scales,
                &mut row.trait_first_zero_at,
                &mut row.trait_first_slope,
                &mut row.trait_first_maximum,
            )
        } else {
            (
                &mut row.trait_second_scales,
                &mut row.trait_second_zero_at,
                &mut row.trait_second_slope,
                &mut row.trait_second_maximum,
            )
        };
        (*scales, *zero_at, *slope, *maximum) = scaling;
        distributions.extend(distribution(it, &path, diagnostics));
    }
    distributions
}

/// Bits of the behaviours, trait at which the factor is 0, slope, largest factor.
fn scaling(it: &Trait, path: &str, diagnostics: &mut Diagnostics) -> (u32, f32, f32, f32) {
    let bits = it.scales.iter().fold(0, |bits, scales| bits | behaviour(*scales) as u32);
    let span = it.one_at.0 - it.zero_at.0;
    let message = format!("one_at and zero_at are both {}; they must differ", it.one_at.0);
    diagnostics.require(
        span != 0.0,
        format!("{path}.one_at"),
        message,
        "the factor rises from 0 at zero_at to 1 at one_at",
    );
    if bits & Behaviour::AttachmentToSelf as u32 != 0 {
        let hint = "add maximum = 1.0: attachment is drawn at the largest rate first";
        diagnostics.require(
            it.maximum.is_some_and(|maximum| maximum.0 > 0.0),
            path,
            "a trait that scales attachment_to_self needs a maximum above 0",
            hint,
        );
    }
    let maximum = it.maximum.map_or(f32::INFINITY, |maximum| maximum.0 as f32);
    (bits, it.zero_at.0 as f32, if span == 0.0 { 0.0 } else { (1.0 / span) as f32 }, maximum)
}

/// The behaviour of a name in scenarios.
fn behaviour(scales: Scales) -> Behaviour {
    match scales {
        Scales::CycleRate => Behaviour::CycleRate,
        Scales::CycleDuration => Behaviour::CycleDuration,
        Scales::AttachmentToSelf => Behaviour::AttachmentToSelf,
        Scales::Susceptibility => Behaviour::Susceptibility,
        Scales::Killing => Behaviour::Killing,
        Scales::Speed => Behaviour::Speed,
    }
}

/// The distribution; None if a key is missing.
fn distribution(it: &Trait, path: &str, diagnostics: &mut Diagnostics) -> Option<Distribution> {
    let law = it.distribution;
    let keys = [
        ("value", it.value.is_some(), TraitDistribution::Fixed),
        ("mean", it.mean.is_some(), TraitDistribution::Normal),
        ("sd", it.sd.is_some(), TraitDistribution::Normal),
        ("median", it.median.is_some(), TraitDistribution::Lognormal),
        ("sigma", it.sigma.is_some(), TraitDistribution::Lognormal),
    ];
    for (key, is_given, owner) in keys {
        if is_given && owner != law {
            diagnostics.add(format!("{path}.{key}"), format!("{key} does not belong to this distribution"), OWNERS);
        }
        if !is_given && owner == law {
            diagnostics.add(path, format!("the distribution needs {key}"), OWNERS);
        }
    }
    let lower = it.min.map_or(f64::NEG_INFINITY, |min| min.0);
    let upper = it.max.map_or(f64::INFINITY, |max| max.0);
    if lower > upper {
        diagnostics.add(format!("{path}.max"), format!("max is {upper}, below min, which is {lower}"), "");
        return None;
    }
    match law {
        TraitDistribution::Fixed => it.value.map(|value| Distribution::Fixed(value.0.clamp(lower, upper))),
        TraitDistribution::Normal => {
            it.mean.zip(it.sd).map(|(mean, sd)| Distribution::Normal { mean: mean.0, sd: sd.0, lower, upper })
        }
        TraitDistribution::Lognormal => it.median.zip(it.sigma).map(|(median, sigma)| Distribution::Lognormal {
            median: median.0,
            sigma: sigma.0,
            lower,
            upper,
        }),
    }
}

const OWNERS: &str = "fixed takes value; normal takes mean and sd; lognormal takes median and sigma";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::parameters::BEHAVIOURS;
    use bytemuck::Zeroable;

    fn read(text: &str) -> (TypeParameters, Vec<Distribution>, Vec<crate::compile::diagnostics::Diagnostic>) {
        let given = IndexMap::from([("a".to_owned(), toml::from_str(text).unwrap())]);
        let (mut row, mut diagnostics) = (TypeParameters::zeroed(), Diagnostics::default());
        let distributions = traits(&given, "cell_types.x", &mut row, &mut diagnostics);
        (row, distributions, diagnostics.take())
    }

    #[test]
    fn every_behaviour_has_its_name() {
        for (name, expected) in BEHAVIOURS {
            let scales: Trait = toml::from_str(&format!("distribution = \"fixed\"\nscales = [\"{name}\"]")).unwrap();
            assert_eq!(behaviour(scales.scales[0]), *expected);
        }
    }

    #[test]
    fn a_trait_scales_by_its_slope() {
        let (row, distributions, found) = read(
            "distribution = \"normal\"\nmean = 1\nsd = 0.25\nmin = 0\n\
             scales = [\"attachment_to_self\", \"susceptibility\"]\nzero_at = 0.5\none_at = 2.0\nmaximum = 1.0",
        );
        assert_eq!(found, []);
        assert_eq!(row.trait_first_scales, 12);
        assert_eq!((row.trait_first_zero_at, row.trait_first_maximum), (0.5, 1.0));
        assert!((row.trait_first_slope - 1.0 / 1.5).abs() < 1e-7);
        assert_eq!(distributions, [Distribution::Normal { mean: 1.0, sd: 0.25, lower: 0.0, upper: f64::INFINITY }]);
    }

    #[test]
    fn faults_name_the_key() {
        for (text, path) in [
            ("distribution = \"fixed\"\nvalue = 1\none_at = 0", "cell_types.x.traits.a.one_at"),
            ("distribution = \"fixed\"\nvalue = 1\nmean = 1", "cell_types.x.traits.a.mean"),
            ("distribution = \"normal\"\nmean = 1", "cell_types.x.traits.a"),
            ("distribution = \"fixed\"\nvalue = 1\nmin = 2\nmax = 1", "cell_types.x.traits.a.max"),
            ("distribution = \"fixed\"\nvalue = 1\nscales = [\"attachment_to_self\"]", "cell_types.x.traits.a"),
        ] {
            let (_, _, found) = read(text);
            assert_eq!(found.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), [path], "{text}");
        }
    }
}
