// Random directions. Twin: src/cells/directions.rs. Needs settings and random.

// Nearer than this, in um, the line between two cells says nothing: their coordinates are rounded.
const COINCIDENT_UM = 0.01;

// Unit vector, uniform on the sphere, or on the circle in a layer.
fn direction(words: vec4u) -> vec3f {
    let around = sin_cos_turns(uniform_of(words.x));
    if settings.dimensions == 2u { return vec3f(around.y, around.x, 0.0); }
    let z = 2.0 * uniform_of(words.y) - 1.0;
    let across = sqrt(1.0 - z * z);
    return vec3f(around.y * across, around.x * across, z);
}

// Unit vector along which the first of two coincident cells parts from the second: that of the two ids, whichever comes
// first, and opposite for the two cells.
fn parting(own: vec2u, other: vec2u) -> vec3f {
    let is_lower = own.y < other.y || (own.y == other.y && own.x < other.x);
    let lower = select(other, own, is_lower);
    let higher = select(own, other, is_lower);
    return direction(draw(lower, higher, 0u, PURPOSE_PARTING)) * select(-1.0, 1.0, is_lower);
}
