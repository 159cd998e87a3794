//! Regions of the domain from the keys of a placement.

use super::diagnostics::Diagnostics;
use crate::plan::{Geometry, Region};
use crate::scenario::values::Coordinate;
use crate::scenario::{RegionKind, Rule};

/// The space that regions lie in: its kind and its edges in um (three in a tissue, two in a layer, none in a culture).
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    pub geometry: Geometry,
    pub edges_um: Vec<f64>,
}

impl Space {
    fn dimensions(&self) -> usize {
        self.edges_um.len()
    }
}

/// The region of a rule; None if it is faulty.
pub fn region(rule: &Rule, space: &Space, path: &str, diagnostics: &mut Diagnostics) -> Option<Region> {
    let keys = [
        ("centre", rule.centre.is_some(), &[RegionKind::Ball, RegionKind::Shell][..], false),
        ("radius", rule.radius.is_some(), &[RegionKind::Ball, RegionKind::Shell], true),
        ("inner_radius", rule.inner_radius.is_some(), &[RegionKind::Shell], true),
        ("lower", rule.lower.is_some(), &[RegionKind::Box], true),
        ("upper", rule.upper.is_some(), &[RegionKind::Box], true),
    ];
    let mut is_sound = true;
    for (key, is_given, owners, is_required) in keys {
        let is_owner = owners.contains(&rule.region);
        if is_given && !is_owner {
            diagnostics.add(format!("{path}.{key}"), format!("{key} does not belong to this region"), REGION_KEYS);
            is_sound = false;
        }
        if is_required && is_owner && !is_given {
            diagnostics.add(path, format!("the region needs {key}"), REGION_KEYS);
            is_sound = false;
        }
    }
    if space.geometry == Geometry::Culture && rule.region != RegionKind::Everywhere {
        diagnostics.add(
            format!("{path}.region"),
            "a culture has no regions, since its cells have no places",
            "leave it out",
        );
        return None;
    }
    let mut point =
        |key: &str, given: Option<&[Coordinate]>| point(given, space, &format!("{path}.{key}"), diagnostics);
    let centre_um = point("centre", rule.centre)?;
    let (lower_um, upper_um) = (point("lower", rule.lower)?, point("upper", rule.upper)?);
    if !is_sound {
        return None;
    }
    let radius_um = rule.radius.map_or(0.0, |it| it.0 as f32);
    let inner_um = rule.inner_radius.map_or(0.0, |it| it.0 as f32);
    let region = match rule.region {
        RegionKind::Everywhere => Region::Everywhere,
        RegionKind::Ball => Region::Ball { centre_um, radius_um },
        RegionKind::Shell => Region::Shell { centre_um, inner_um, outer_um: radius_um },
        RegionKind::Box => Region::Box { lower_um, upper_um },
    };
    check_extent(&region, space, path, diagnostics).then_some(region)
}

const REGION_KEYS: &str = "a ball takes radius and centre; a shell takes radius, inner_radius and centre; a box takes \
                           lower and upper; everywhere takes none";

/// A point with a coordinate for each dimension; the middle where none is given.
fn point(given: Option<&[Coordinate]>, space: &Space, path: &str, diagnostics: &mut Diagnostics) -> Option<[f32; 3]> {
    let Some(given) = given else { return Some([0.0; 3]) };
    let wanted = space.dimensions();
    if given.len() != wanted {
        let kind = if wanted == 2 { "a layer" } else { "a tissue" };
        let message = format!("there are {} coordinates; in {kind} there must be {wanted}", given.len());
        diagnostics.add(path, message, "coordinates are relative to the middle of the domain");
        return None;
    }
    Some([0, 1, 2].map(|axis| given.get(axis).map_or(0.0, |it| it.0 as f32)))
}

/// Whether a region is not empty and shares a part with the domain.
fn check_extent(region: &Region, space: &Space, path: &str, diagnostics: &mut Diagnostics) -> bool {
    let axes = 0..space.dimensions();
    let half = |axis: usize| 0.5 * space.edges_um[axis] as f32;
    let (inner, outer, centre) = match region {
        Region::Everywhere => return true,
        Region::Box { lower_um, upper_um } => {
            let is_open = axes.clone().all(|axis| lower_um[axis] < upper_um[axis]);
            diagnostics.require(is_open, format!("{path}.upper"), "upper must be above lower along every axis", "");
            let meets = axes.clone().all(|axis| lower_um[axis] < half(axis) && upper_um[axis] > -half(axis));
            return is_open && is_inside(meets, path, diagnostics);
        }
        Region::Ball { centre_um, radius_um } => (0.0, *radius_um, centre_um),
        Region::Shell { centre_um, inner_um, outer_um } => (*inner_um, *outer_um, centre_um),
    };
    let message = format!("inner_radius is {inner} um; it must be below radius, {outer} um");
    diagnostics.require(inner < outer, format!("{path}.inner_radius"), message, "");
    let distance = |offset: fn(f32, f32) -> f32| {
        axes.clone().map(|axis| offset(centre[axis].abs(), half(axis)).powi(2)).sum::<f32>().sqrt()
    };
    let nearest = distance(|from_middle, half| (from_middle - half).max(0.0));
    let farthest = distance(|from_middle, half| from_middle + half);
    inner < outer && is_inside(nearest < outer && farthest > inner, path, diagnostics)
}

fn is_inside(meets: bool, path: &str, diagnostics: &mut Diagnostics) -> bool {
    let hint = "the domain reaches from -size/2 to size/2 about its middle";
    diagnostics.require(meets, format!("{path}.region"), "the region lies outside the domain", hint);
    meets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Place;

    fn read(text: &str, edges_um: &[f64]) -> (Option<Region>, Vec<String>) {
        let geometry = [Geometry::Culture, Geometry::Culture, Geometry::Layer, Geometry::Tissue][edges_um.len()];
        let (place, mut diagnostics): (Place, _) = (toml::from_str(text).unwrap(), Diagnostics::default());
        let space = Space { geometry, edges_um: edges_um.to_vec() };
        let got = region(&place.rule(), &space, "place.0", &mut diagnostics);
        (got, diagnostics.take().into_iter().map(|it| it.path).collect())
    }

    #[test]
    fn regions_are_read() {
        let cube = [200.0; 3];
        assert_eq!(read("", &cube).0, Some(Region::Everywhere));
        let ball = read("region = \"ball\"\nradius = \"50 um\"\ncentre = [\"10 um\", \"-20 um\", \"0 um\"]", &cube);
        assert_eq!(ball.0, Some(Region::Ball { centre_um: [10.0, -20.0, 0.0], radius_um: 50.0 }));
        let shell = read("region = \"shell\"\nradius = \"50 um\"\ninner_radius = \"30 um\"", &cube[..2]);
        assert_eq!(shell.0, Some(Region::Shell { centre_um: [0.0; 3], inner_um: 30.0, outer_um: 50.0 }));
        let block = read("region = \"box\"\nlower = [\"-10 um\", \"0 um\"]\nupper = [\"10 um\", \"5 um\"]", &cube[..2]);
        assert_eq!(block.0, Some(Region::Box { lower_um: [-10.0, 0.0, 0.0], upper_um: [10.0, 5.0, 0.0] }));
    }

    #[test]
    fn faults_name_the_key() {
        let cube = &[200.0; 3][..];
        for (text, edges, path) in [
            ("region = \"ball\"", cube, "place.0"),
            ("radius = \"5 um\"", cube, "place.0.radius"),
            ("region = \"ball\"\nradius = \"5 um\"\ncentre = [\"0 um\", \"0 um\"]", cube, "place.0.centre"),
            ("region = \"ball\"\nradius = \"5 um\"\ncentre = [\"0 um\", \"0 um\", \"105 um\"]", cube, "place.0.region"),
            ("region = \"shell\"\nradius = \"500 um\"\ninner_radius = \"180 um\"", cube, "place.0.region"),
            ("region = \"shell\"\nradius = \"5 um\"\ninner_radius = \"5 um\"", cube, "place.0.inner_radius"),
            (
                "region = \"box\"\nlower = [\"0 um\", \"0 um\"]\nupper = [\"9 um\", \"0 um\"]",
                &cube[..2],
                "place.0.upper",
            ),
            ("region = \"ball\"\nradius = \"5 um\"", &[], "place.0.region"),
        ] {
            let (region, paths) = read(text, edges);
            assert_eq!((region, paths), (None, vec![path.to_owned()]), "{text}");
        }
    }
}
