// Grids of substrates: couplings of a voxel, its neighbours, its colour. Twins: src/fields/stencil.rs, row.rs.

// A voxel whose loss is this large is held.
const HELD_PER_MIN = 1208925819614629200000000.0;
// 1: some substrate is held somewhere.
//#constant HAS_HELD = 0

// Couplings along one axis: see src/fields/stencil.rs.
struct AxisStencil {
    inner: vec4f,
    toward_last: vec4f,
    from_last: vec4f,
    wrap_low: vec4f,
    wrap_high: vec4f,
    fixed_low: vec4f,
    fixed_high: vec4f,
    source_low: vec4f,
    source_high: vec4f,
    own_low: vec4f,
    far_low: vec4f,
    own_high: vec4f,
    far_high: vec4f,
}

struct Stencil {
    base: vec4f,
    rate: vec4f,
    carry: vec4f,
    order: vec4f,
    decay: vec4f,
    flow_min: vec4f,
    kept: vec4f,
    trace: vec4f,
    least: vec4f,
    per_step: vec4f,
    step_min: vec4f,
    most_order: vec4f,
    held: vec4f,
    beyond_um2: vec4f,
    axes: array<AxisStencil, 3>,
}

// What a dispatch works on: a grid, the next coarser one, and a colour. Twin: src/fields/device.rs.
struct Sweep {
    // Voxels along x, y, z, and all of a block.
    counts: vec4u,
    coarse: vec4u,
    is_halved: vec4u,
    is_joined: vec4u,
    has_seam: vec4u,
    // Shares of the last two voxels of each axis in what joins them.
    first_share: vec4f,
    second_share: vec4f,
    width_um: vec4f,
    offset: u32,
    coarse_offset: u32,
    blocks: u32,
    // Grids there are.
    levels: u32,
    // First of the grid's stencils.
    table: u32,
    colour: u32,
    colours: u32,
    // 2: every other voxel along x; 1: all of them.
    step: u32,
}

fn below(i: u32, count: u32, is_joined: u32) -> u32 {
    if i > 0u { return i - 1u; }
    return select(0u, count - 1u, is_joined == 1u);
}

fn above(i: u32, count: u32, is_joined: u32) -> u32 {
    if i + 1u < count { return i + 1u; }
    return select(i, 0u, is_joined == 1u);
}

fn colour_of(at: vec3u) -> u32 {
    let ends = sweep.has_seam.xyz * vec3u(at + 1u == sweep.counts.xyz);
    return (at.x + at.y + at.z) % 2u + 2u * (ends.x + ends.y + ends.z);
}

// A voxel and its block.
struct Place {
    at: vec3u,
    block: u32,
    // Its stencil in the table.
    stencil: u32,
}

// Voxel number i of a grid of such counts, over all blocks.
fn place_in(i: u32, counts: vec3u) -> Place {
    let row = i / counts.x;
    let plane = row / counts.y;
    let block = plane / counts.z;
    return Place(vec3u(i % counts.x, row % counts.y, plane % counts.z), block, sweep.table + block);
}

// Place in the buffers of a voxel of the same grid and block.
fn index_of(block: u32, at: vec3u) -> u32 {
    return sweep.offset + block * sweep.counts.w + (at.z * sweep.counts.y + at.y) * sweep.counts.x + at.x;
}

fn coarse_index_of(block: u32, at: vec3u) -> u32 {
    return sweep.coarse_offset + block * sweep.coarse.w + (at.z * sweep.coarse.y + at.y) * sweep.coarse.x + at.x;
}

// Couplings to the lower and the higher neighbour along an axis, and to fixed faces there.
struct Sides {
    low: vec4f,
    high: vec4f,
    fixed_low: vec4f,
    fixed_high: vec4f,
}

fn sides(stencil: u32, axis: u32, i: u32, n: u32) -> Sides {
    let inner = stencils[stencil].axes[axis].inner;
    let is_first = i == 0u;
    let is_last = i + 1u == n;
    let from_below = select(inner, stencils[stencil].axes[axis].from_last, is_last);
    let from_above = select(inner, stencils[stencil].axes[axis].toward_last, i + 2u == n);
    return Sides(
        select(from_below, stencils[stencil].axes[axis].wrap_low, is_first),
        select(from_above, stencils[stencil].axes[axis].wrap_high, is_last),
        select(vec4f(0.0), stencils[stencil].axes[axis].fixed_low, is_first),
        select(vec4f(0.0), stencils[stencil].axes[axis].fixed_high, is_last),
    );
}

// Everything about a voxel's surroundings: neighbours in the buffers, low and high along x, y and z, their couplings,
// and the sums of all couplings and `base`, and of those that do not lead to neighbours.
struct Surroundings {
    index: u32,
    beside: array<u32, 6>,
    coupling: array<vec4f, 6>,
    all: vec4f,
    local: vec4f,
}

fn surroundings_of(place: Place) -> Surroundings {
    let at = place.at;
    let n = sweep.counts.xyz;
    let x = sides(place.stencil, 0u, at.x, n.x);
    let y = sides(place.stencil, 1u, at.y, n.y);
    let z = sides(place.stencil, 2u, at.z, n.z);
    let base = stencils[place.stencil].base;
    let along_x = (((base + x.low) + x.fixed_low) + x.high) + x.fixed_high;
    let along_y = (((along_x + y.low) + y.fixed_low) + y.high) + y.fixed_high;
    let all = (((along_y + z.low) + z.fixed_low) + z.high) + z.fixed_high;
    let fixed = ((base + x.fixed_low) + x.fixed_high) + y.fixed_low;
    let local = ((fixed + y.fixed_high) + z.fixed_low) + z.fixed_high;
    return Surroundings(
        index_of(place.block, at),
        array<u32, 6>(
            index_of(place.block, vec3u(below(at.x, n.x, sweep.is_joined.x), at.y, at.z)),
            index_of(place.block, vec3u(above(at.x, n.x, sweep.is_joined.x), at.y, at.z)),
            index_of(place.block, vec3u(at.x, below(at.y, n.y, sweep.is_joined.y), at.z)),
            index_of(place.block, vec3u(at.x, above(at.y, n.y, sweep.is_joined.y), at.z)),
            index_of(place.block, vec3u(at.x, at.y, below(at.z, n.z, sweep.is_joined.z))),
            index_of(place.block, vec3u(at.x, at.y, above(at.z, n.z, sweep.is_joined.z))),
        ),
        array<vec4f, 6>(x.low, x.high, y.low, y.high, z.low, z.high),
        all,
        local,
    );
}

// 0 instead of numbers that are smaller.
fn without_less(value: vec4f, least: vec4f) -> vec4f {
    return select(value, vec4f(0.0), abs(value) < least);
}

// The value where a loss says that the voxel is free, `held` where it is not.
fn where_free(value: vec4f, loss_per_min: vec4f, held: vec4f) -> vec4f {
    return select(held, value, loss_per_min < vec4f(HELD_PER_MIN));
}
