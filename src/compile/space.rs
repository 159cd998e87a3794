//! The space of a plan: how far cells reach, the voxels that follow from it, and the buckets of a culture.

use crate::math::radius_of;
use crate::plan::domain::{BOND_STRETCH, Boundary, Domain, Geometry, voxels};
use crate::plan::{Parameters, TypeParameters};

/// Cells in a bucket of a culture at the start, in the mean. Few make a contact step cheap, many keep the chance of a
/// contact in one step small.
pub const CELLS_IN_BUCKET: f64 = 8.0;
/// Room for rounding: a cell that grows to a volume may pass it by the last bit.
const MARGIN: f32 = 1.000_01;

/// Largest radius in um that a cell of a type comes to have, alive or dead.
fn largest_radius_um(parameters: &Parameters, own: &TypeParameters) -> f32 {
    let phases = &parameters.phases[own.first_phase as usize..][..own.phase_count as usize];
    let grown: f32 = if phases.iter().any(|phase| phase.grows == 1) { 2.0 } else { 1.0 };
    // Nothing but its rate makes a cell necrotic, while apoptosis also follows from being killed.
    let swelling = if own.necrosis_per_min > 0.0 { own.necrosis_volume_fraction } else { 0.0 };
    let multiple = grown.max(own.apoptosis_volume_fraction).max(swelling);
    radius_of(own.volume_um3 * multiple)
}

/// Largest distance in um at which any two cells act on each other in any of the arms. `listed_um3` is the largest volume
/// that a table gives to a cell of each type.
pub fn reach_um<'a>(arms: impl IntoIterator<Item = &'a Parameters>, listed_um3: &[f32]) -> f32 {
    let mut reach = 0.0f32;
    for parameters in arms {
        let listed = listed_um3.iter().copied().chain(std::iter::repeat(0.0)).map(radius_of);
        let types = parameters.types.iter().zip(listed);
        let radii: Vec<f32> = types.map(|(own, listed)| largest_radius_um(parameters, own).max(listed)).collect();
        for (a, &first) in radii.iter().enumerate() {
            for (b, &second) in radii.iter().enumerate() {
                let (pair, sum) = (parameters.pair(a, b), first + second);
                let bond = BOND_STRETCH * (pair.contact_um + pair.contact_reach * sum);
                reach = reach.max(sum).max(pair.adhesion_reach * sum).max(bond).max(pair.attraction_to_um);
            }
        }
    }
    reach * MARGIN
}

/// A tissue or layer of the given edges; a layer is as high as its cells reach.
pub fn spatial(geometry: Geometry, boundary: Boundary, edges_um: &[f64], reach_um: f32) -> Domain {
    let size_um = [0, 1, 2].map(|axis| match edges_um.get(axis) {
        Some(&edge) if axis < 2 || geometry == Geometry::Tissue => edge as f32,
        _ => reach_um,
    });
    Domain { geometry, boundary, size_um, voxels: voxels(size_um, reach_um, geometry), reach_um }
}

/// A culture of the given volume whose largest tissue starts with `cells` cells.
pub fn culture(volume_um3: f64, cells: f64) -> Domain {
    let edge = volume_um3.cbrt() as f32;
    Domain {
        geometry: Geometry::Culture,
        boundary: Boundary::Closed,
        size_um: [edge; 3],
        voxels: [buckets(cells), 1, 1],
        reach_um: edge,
    }
}

/// Buckets for a number of cells.
pub fn buckets(cells: f64) -> u32 {
    ((cells / CELLS_IN_BUCKET).round() as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{PairParameters, PhaseParameters};
    use bytemuck::Zeroable;

    /// One type of radius 10 um, with a phase that grows or not.
    fn parameters(grows: u32, pair: PairParameters, necrosis: (f32, f32)) -> Parameters {
        let own = TypeParameters {
            volume_um3: 4188.79,
            phase_count: 1,
            necrosis_per_min: necrosis.0,
            necrosis_volume_fraction: necrosis.1,
            ..TypeParameters::zeroed()
        };
        let phase = PhaseParameters { grows, ..PhaseParameters::zeroed() };
        Parameters { types: vec![own], pairs: vec![pair], phases: vec![phase], ..Parameters::default() }
    }

    #[test]
    fn reach_is_that_of_the_widest_pair_of_the_largest_cells() {
        let zero = PairParameters::zeroed();
        let sticky = PairParameters { adhesion_reach: 1.5, ..zero };
        let bound = PairParameters { contact_um: 4.0, contact_reach: 1.1, ..zero };
        for (grows, pair, necrosis, expected) in [
            (0, zero, (0.0, 3.0), 20.0),
            (0, sticky, (0.0, 0.0), 30.0),
            (0, bound, (0.0, 0.0), 1.25 * 26.0),
            // 2^(1/3) = 1.259921 and 3^(1/3) = 1.442250
            (1, zero, (0.0, 0.0), 25.19842),
            (1, zero, (0.1, 3.0), 28.84499),
        ] {
            let got = reach_um(&[parameters(grows, pair, necrosis)], &[]);
            assert!((got / expected - 1.0).abs() <= 2e-5 && got >= expected, "{got} against {expected}");
        }
        let wide = parameters(0, sticky, (0.0, 0.0));
        let narrow = parameters(0, zero, (0.0, 0.0));
        assert_eq!(reach_um([&narrow, &wide], &[]), reach_um([&wide], &[]), "the widest arm counts");
        // A cell of eight times the volume has twice the radius.
        assert!((reach_um([&narrow], &[8.0 * 4188.79]) / 40.0 - 1.0).abs() <= 2e-5);
    }

    #[test]
    fn voxels_are_as_wide_as_cells_reach() {
        let tissue = spatial(Geometry::Tissue, Boundary::Closed, &[100.0, 110.0, 59.0], 20.0);
        assert_eq!((tissue.size_um, tissue.voxels), ([100.0, 110.0, 59.0], [20, 5, 2]));
        let layer = spatial(Geometry::Layer, Boundary::Periodic, &[100.0, 110.0], 20.0);
        assert_eq!((layer.size_um, layer.voxels), ([100.0, 110.0, 20.0], [20, 5, 1]));
    }

    #[test]
    fn a_bucket_holds_eight_cells() {
        let culture = culture(1e12, 1.2e6);
        assert_eq!((culture.voxels, culture.size_um, culture.reach_um), ([150_000, 1, 1], [1e4; 3], 1e4));
        assert_eq!(buckets(3.0), 1);
    }
}
