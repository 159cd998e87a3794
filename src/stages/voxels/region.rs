//! A part of the domain that an intervention acts in. Twin of `shaders/shared/region.wgsl`.

use crate::plan::Region;
use bytemuck::{Pod, Zeroable};

/// A region, whatever its kind.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Bounds {
    lower_um: [f32; 4],
    upper_um: [f32; 4],
    centre_um: [f32; 4],
    /// Below 0 for a ball.
    inner_um: f32,
    /// Infinite where there is no ball.
    outer_um: f32,
    spare: [u32; 2],
}

const EVERYWHERE: f32 = f32::INFINITY;

/// Of a target's tissue or cell type: all there are.
pub const ALL: u32 = u32::MAX;

impl From<&Region> for Bounds {
    fn from(region: &Region) -> Bounds {
        let mut bounds = Bounds {
            lower_um: [-EVERYWHERE; 4],
            upper_um: [EVERYWHERE; 4],
            centre_um: [0.0; 4],
            inner_um: -1.0,
            outer_um: EVERYWHERE,
            spare: [0; 2],
        };
        let four = |[x, y, z]: [f32; 3]| [x, y, z, 0.0];
        match *region {
            Region::Everywhere => {}
            Region::Ball { centre_um, radius_um } => {
                (bounds.centre_um, bounds.outer_um) = (four(centre_um), radius_um);
            }
            Region::Shell { centre_um, inner_um, outer_um } => {
                (bounds.centre_um, bounds.inner_um, bounds.outer_um) = (four(centre_um), inner_um, outer_um);
            }
            Region::Box { lower_um, upper_um } => {
                (bounds.lower_um, bounds.upper_um) = (four(lower_um), four(upper_um));
            }
        }
        bounds
    }
}

impl Bounds {
    /// Whether a point is inside.
    pub fn contains(&self, at: [f32; 4]) -> bool {
        let way = [0, 1, 2].map(|axis| at[axis] - self.centre_um[axis]);
        let squared = super::space::squared_length(way);
        let in_shell = squared <= self.outer_um * self.outer_um
            && (self.inner_um < 0.0 || squared >= self.inner_um * self.inner_um);
        in_shell && (0..3).all(|axis| at[axis] >= self.lower_um[axis] && at[axis] <= self.upper_um[axis])
    }
}
