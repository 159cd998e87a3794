// A trait multiplies behaviours by clip((trait - zero_at) * slope, 0, maximum). Twin: src/cells/traits.rs.

fn scaled(value: f32, zero_at: f32, slope: f32, maximum: f32) -> f32 {
    return min(max((value - zero_at) * slope, 0.0), maximum);
}

// Factor by which the traits of a cell (lanes z, w of its progress) change a behaviour.
fn trait_factor(own: u32, progress: vec4u, behaviour: u32) -> f32 {
    var factor = 1.0;
    if (type_trait_first_scales(own) & behaviour) != 0u {
        factor = scaled(bitcast<f32>(progress.z), type_trait_first_zero_at(own), type_trait_first_slope(own), type_trait_first_maximum(own));
    }
    if (type_trait_second_scales(own) & behaviour) != 0u {
        factor = factor * scaled(bitcast<f32>(progress.w), type_trait_second_zero_at(own), type_trait_second_slope(own), type_trait_second_maximum(own));
    }
    return factor;
}

// The largest factor that the traits of a cell type can give a behaviour.
fn trait_maximum(own: u32, behaviour: u32) -> f32 {
    var factor = 1.0;
    if (type_trait_first_scales(own) & behaviour) != 0u { factor = type_trait_first_maximum(own); }
    if (type_trait_second_scales(own) & behaviour) != 0u { factor = factor * type_trait_second_maximum(own); }
    return factor;
}
