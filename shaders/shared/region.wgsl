// A part of the domain that an intervention acts in. Twin: src/stages/voxels/region.rs.

// Everywhere: outer_um is infinite; ball: inner_um is below 0; a box has no radii but corners.
struct Bounds {
    lower_um: vec4f,
    upper_um: vec4f,
    centre_um: vec4f,
    inner_um: f32,
    outer_um: f32,
}

fn is_inside(bounds: Bounds, at: vec3f) -> bool {
    let way = at - bounds.centre_um.xyz;
    let squared = way.x * way.x + way.y * way.y + way.z * way.z;
    let in_shell = squared <= bounds.outer_um * bounds.outer_um
        && (bounds.inner_um < 0.0 || squared >= bounds.inner_um * bounds.inner_um);
    return in_shell && all(at >= bounds.lower_um.xyz) && all(at <= bounds.upper_um.xyz);
}
