// Levels of substrates and their gradients at a place. Twin: src/stages/substrates/field.rs.
// Needs settings, concentration, and field_grid.wgsl.

const NO_DIRECTION = vec3f(0.0);

// Level of a substrate in a voxel of a tissue.
fn level_in(substrate: u32, tissue: u32, at: vec3u) -> f32 {
    let block = substrate / 4u * settings.tissue_count + tissue;
    return concentration[block * settings.field_voxels.w + field_place(at)][substrate % 4u];
}

fn level_at(substrate: u32, tissue: u32, at: vec3f) -> f32 {
    return level_in(substrate, tissue, field_voxel(at));
}

// Of two levels, the share of the higher by which rounding alone may set them apart.
const ROUNDING = 1.0 / 262144.0;

// How far one level is above another; 0 where only rounding sets them apart.
fn difference(high: f32, low: f32) -> f32 {
    let apart = high - low;
    return select(apart, 0.0, abs(apart) <= max(high, low) * ROUNDING);
}

fn slope_along(substrate: u32, tissue: u32, at: vec3u, axis: u32) -> f32 {
    let count = settings.field_voxels[axis];
    let i = at[axis];
    let is_joined = ((settings.joined_substrates >> substrate) & 1u) == 1u;
    let has_low = is_joined || i > 0u;
    let has_high = is_joined || i + 1u < count;
    var low = at;
    var high = at;
    low[axis] = select(i, select(i - 1u, count - 1u, i == 0u), has_low);
    high[axis] = select(i, select(i + 1u, 0u, i + 1u == count), has_high);
    let steps = max(u32(has_low) + u32(has_high), 1u);
    return difference(level_in(substrate, tissue, high), level_in(substrate, tissue, low))
        / (f32(steps) * settings.field_voxel_um[axis]);
}

// Gradient of a substrate at a place, in levels/um.
fn gradient_at(substrate: u32, tissue: u32, at: vec3f) -> vec3f {
    let voxel = field_voxel(at);
    return vec3f(
        slope_along(substrate, tissue, voxel, 0u),
        slope_along(substrate, tissue, voxel, 1u),
        slope_along(substrate, tissue, voxel, 2u),
    );
}

// The largest component of a gradient along any axis.
fn largest_of(gradient: vec3f) -> f32 {
    let size = abs(gradient);
    return max(max(size.x, size.y), size.z);
}

fn root_of_squares(ratio: vec3f) -> f32 {
    let squares = ratio * ratio;
    return sqrt((squares.x + squares.y) + squares.z);
}

// Length of a gradient. Its largest component is divided out first, so that squares stay in the range of numbers.
fn length_of(gradient: vec3f) -> f32 {
    let largest = largest_of(gradient);
    if largest <= 0.0 { return 0.0; }
    return largest * root_of_squares(gradient / largest);
}

// Unit vector along a gradient; 0 where it is 0 along every axis.
fn direction_of(gradient: vec3f) -> vec3f {
    let largest = largest_of(gradient);
    if largest <= 0.0 { return NO_DIRECTION; }
    let ratio = gradient / largest;
    return ratio / root_of_squares(ratio);
}
