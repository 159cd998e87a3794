//! A trait multiplies behaviours by clip((trait − zero_at) · slope, 0, maximum). Twin of `shaders/shared/traits.wgsl`.

use crate::plan::TypeParameters;
use crate::plan::parameters::Behaviour;

fn scaled(value: f32, zero_at: f32, slope: f32, maximum: f32) -> f32 {
    ((value - zero_at) * slope).max(0.0).min(maximum)
}

/// Factor by which the traits of a cell, in its lanes of `progress`, change a behaviour.
pub fn trait_factor(own: &TypeParameters, progress: [u32; 4], behaviour: Behaviour) -> f32 {
    let mut factor = 1.0;
    if own.trait_first_scales & behaviour as u32 != 0 {
        let value = f32::from_bits(progress[2]);
        factor = scaled(value, own.trait_first_zero_at, own.trait_first_slope, own.trait_first_maximum);
    }
    if own.trait_second_scales & behaviour as u32 != 0 {
        let value = f32::from_bits(progress[3]);
        factor *= scaled(value, own.trait_second_zero_at, own.trait_second_slope, own.trait_second_maximum);
    }
    factor
}

/// The largest factor that the traits of a cell type can give a behaviour.
pub fn trait_maximum(own: &TypeParameters, behaviour: Behaviour) -> f32 {
    let mut factor = 1.0;
    if own.trait_first_scales & behaviour as u32 != 0 {
        factor = own.trait_first_maximum;
    }
    if own.trait_second_scales & behaviour as u32 != 0 {
        factor *= own.trait_second_maximum;
    }
    factor
}
