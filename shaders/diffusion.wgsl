// Stage diffusion (assemble, coarsen_loss, then V-cycles of smooth, restrict_residual, correct): diffusion, decay, and
// exchange with cells, unsplit and implicit, by geometric multigrid: see src/fields/mod.rs.
//   (rate + decay + loss - D laplace) c' = rate c + carry (c - c_previous) + source
// set_order of balance.wgsl goes before it.
//#include "shared/dispatch.wgsl"
//#include "shared/settings.wgsl"
//#include "shared/room.wgsl"

@group(0) @binding(0) var<uniform> sweep: Sweep;
@group(0) @binding(1) var<storage, read> stencils: array<Stencil>;
@group(0) @binding(2) var<storage, read> source: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> concentration: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> right_side: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> loss: array<vec4f>;
@group(0) @binding(6) var<uniform> room: Room;
@group(0) @binding(7) var<uniform> population: Population;
// What drugs add to the levels at the boundary, of each block.
@group(0) @binding(8) var<storage, read> drug_levels: array<vec4f>;
// Concentrations before the last step.
@group(0) @binding(9) var<storage, read_write> previous: array<vec4f>;

//#include "shared/substrates.wgsl"

// Voxel of an invocation among those of the sweep's colour; x may lie outside.
fn place_of(i: u32) -> Place {
    let across = (sweep.counts.x + sweep.step - 1u) / sweep.step;
    var place = place_in(i, vec3u(across, sweep.counts.yz));
    let shift = select(0u, (sweep.colour + place.at.y + place.at.z) % 2u, sweep.step == 2u);
    place.at.x = place.at.x * sweep.step + shift;
    return place;
}

// 0 instead of negative numbers.
fn at_least_zero(value: vec4f) -> vec4f {
    return select(vec4f(0.0), value, value > vec4f(0.0));
}

fn middle_um(i: u32, n: u32, width_um: f32) -> f32 {
    return (f32(i) + (0.5 - 0.5 * f32(n))) * width_um;
}

// Right sides of the finest grid, and first guesses: the last levels, or those that follow from the last two. Held voxels
// get their value.
@compute @workgroup_size(WORKGROUP)
fn assemble(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= sweep.blocks * sweep.counts.w || is_halted() { return; }
    let place = place_in(i, sweep.counts.xyz);
    let drug = drug_levels[place.block];
    let c = concentration[i];
    let change = c - previous[i];
    var sum = (source[i] + stencils[place.stencil].rate * c) + stencils[place.stencil].carry * change;
    for (var axis = 0u; axis < 3u; axis++) {
        let is_first = place.at[axis] == 0u;
        let is_last = place.at[axis] + 1u == sweep.counts[axis];
        let low = stencils[place.stencil].axes[axis].source_low + stencils[place.stencil].axes[axis].fixed_low * drug;
        let high = stencils[place.stencil].axes[axis].source_high + stencils[place.stencil].axes[axis].fixed_high * drug;
        sum += select(vec4f(0.0), low, is_first);
        sum += select(vec4f(0.0), high, is_last);
    }
    var guess = at_least_zero(c + stencils[place.stencil].order * change);
    if HAS_HELD == 1u {
        let x = middle_um(place.at.x, sweep.counts.x, sweep.width_um.x);
        let y = middle_um(place.at.y, sweep.counts.y, sweep.width_um.y);
        let z = middle_um(place.at.z, sweep.counts.z, sweep.width_um.z);
        let is_held = vec4f(x * x + y * y + z * z) > stencils[place.stencil].beyond_um2;
        let held = stencils[place.stencil].held + drug;
        loss[i] = select(loss[i], vec4f(HELD_PER_MIN), is_held);
        guess = select(guess, held, is_held);
        sum = select(sum, held * HELD_PER_MIN, is_held);
    }
    right_side[i] = at_least_zero(sum);
    concentration[i] = guess;
    previous[i] = c;
}

// Gauss and Seidel's method for the voxels of one colour: the value that makes the voxel's equation true.
@compute @workgroup_size(WORKGROUP)
fn smooth_colour(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let place = place_of(invocation_of(global, groups));
    if place.block >= sweep.blocks || place.at.x >= sweep.counts.x || is_halted() { return; }
    if colour_of(place.at) != sweep.colour { return; }
    let near = surroundings_of(place);
    var sum = right_side[near.index];
    sum += near.coupling[0] * concentration[near.beside[0]];
    sum += near.coupling[1] * concentration[near.beside[1]];
    sum += near.coupling[2] * concentration[near.beside[2]];
    sum += near.coupling[3] * concentration[near.beside[3]];
    sum += near.coupling[4] * concentration[near.beside[4]];
    sum += near.coupling[5] * concentration[near.beside[5]];
    let value = sum / (near.all + loss[near.index]);
    concentration[near.index] = without_less(value, stencils[place.stencil].least);
}

// Residual in differences, so that it is exact where neighbours are nearly equal.
fn residual_of(place: Place) -> vec4f {
    let near = surroundings_of(place);
    let own = concentration[near.index];
    let own_loss = loss[near.index];
    var sum = right_side[near.index] - (near.local + own_loss) * own;
    sum += near.coupling[0] * (concentration[near.beside[0]] - own);
    sum += near.coupling[1] * (concentration[near.beside[1]] - own);
    sum += near.coupling[2] * (concentration[near.beside[2]] - own);
    sum += near.coupling[3] * (concentration[near.beside[3]] - own);
    sum += near.coupling[4] * (concentration[near.beside[4]] - own);
    sum += near.coupling[5] * (concentration[near.beside[5]] - own);
    return where_free(sum, own_loss, vec4f(0.0));
}

// Voxels that a coarse one joins along an axis, and the shares of the two.
struct Children {
    first: u32,
    count: u32,
    shares: vec2f,
}

fn children(axis: u32, coarse: u32) -> Children {
    let count = sweep.counts[axis];
    if sweep.is_halved[axis] == 0u { return Children(coarse, 1u, vec2f(1.0, 0.0)); }
    if 2u * coarse + 1u == count { return Children(2u * coarse, 1u, vec2f(1.0, 0.0)); }
    let is_last = 2u * coarse + 2u == count;
    let last = vec2f(sweep.first_share[axis], sweep.second_share[axis]);
    return Children(2u * coarse, 2u, select(vec2f(0.5), last, is_last));
}

// Right side of a coarse voxel: the mean residual. Voxels of the last colour have just been smoothed and have none.
@compute @workgroup_size(WORKGROUP)
fn restrict_residual(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= sweep.blocks * sweep.coarse.w { return; }
    let place = place_in(i, sweep.coarse.xyz);
    let x = children(0u, place.at.x);
    let y = children(1u, place.at.y);
    let z = children(2u, place.at.z);
    var sum = vec4f(0.0);
    for (var dz = 0u; dz < z.count; dz++) {
        for (var dy = 0u; dy < y.count; dy++) {
            let share = z.shares[dz] * y.shares[dy];
            for (var dx = 0u; dx < x.count; dx++) {
                let at = vec3u(x.first + dx, y.first + dy, z.first + dz);
                if colour_of(at) == sweep.colours - 1u { continue; }
                sum += (share * x.shares[dx]) * residual_of(Place(at, place.block, place.stencil));
            }
        }
    }
    right_side[sweep.coarse_offset + i] = sum;
    concentration[sweep.coarse_offset + i] = vec4f(0.0);
}

// Couplings to neighbours that are held: what is lost to them, for coarser grids.
fn loss_to_held(place: Place) -> vec4f {
    let near = surroundings_of(place);
    var sum = vec4f(0.0);
    for (var side = 0u; side < 6u; side++) {
        sum += where_free(vec4f(0.0), loss[near.beside[side]], near.coupling[side]);
    }
    return sum;
}

// Loss of a coarse voxel: the mean over free voxels, with their couplings to held ones; held where all of them are.
@compute @workgroup_size(WORKGROUP)
fn coarsen_loss(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= sweep.blocks * sweep.coarse.w { return; }
    let place = place_in(i, sweep.coarse.xyz);
    let x = children(0u, place.at.x);
    let y = children(1u, place.at.y);
    let z = children(2u, place.at.z);
    var sum = vec4f(0.0);
    var free = vec4f(0.0);
    for (var dz = 0u; dz < z.count; dz++) {
        for (var dy = 0u; dy < y.count; dy++) {
            let share = z.shares[dz] * y.shares[dy];
            for (var dx = 0u; dx < x.count; dx++) {
                let child = Place(vec3u(x.first + dx, y.first + dy, z.first + dz), place.block, place.stencil);
                let own = loss[index_of(child.block, child.at)];
                let weight = vec4f(share * x.shares[dx]);
                var lost = own;
                if HAS_HELD == 1u { lost += loss_to_held(child); }
                sum += where_free(weight * lost, own, vec4f(0.0));
                free += where_free(weight, own, vec4f(0.0));
            }
        }
    }
    if HAS_HELD == 1u { sum = select(vec4f(HELD_PER_MIN), sum, free > vec4f(0.0)); }
    loss[sweep.coarse_offset + i] = sum;
}

// Where a voxel lies among coarse ones along an axis: its own, the one next to it, and their weights.
struct Between {
    own: u32,
    far: u32,
    own_weight: vec4f,
    far_weight: vec4f,
}

fn between(stencil: u32, axis: u32, i: u32) -> Between {
    if sweep.is_halved[axis] == 0u { return Between(i, i, vec4f(1.0), vec4f(0.0)); }
    let own = i / 2u;
    let lower = below(own, sweep.coarse[axis], sweep.is_joined[axis]);
    let far = select(above(own, sweep.coarse[axis], sweep.is_joined[axis]), lower, i % 2u == 0u);
    if i == 0u {
        return Between(own, far, stencils[stencil].axes[axis].own_low, stencils[stencil].axes[axis].far_low);
    }
    if i + 1u == sweep.counts[axis] {
        return Between(own, far, stencils[stencil].axes[axis].own_high, stencils[stencil].axes[axis].far_high);
    }
    return Between(own, far, vec4f(0.75), vec4f(0.25));
}

// Mean over coarse voxels along y and z at coarse x.
fn mean_across(block: u32, x: u32, y: Between, z: Between) -> vec4f {
    let near = concentration[coarse_index_of(block, vec3u(x, y.own, z.own))] * y.own_weight
        + concentration[coarse_index_of(block, vec3u(x, y.far, z.own))] * y.far_weight;
    let far = concentration[coarse_index_of(block, vec3u(x, y.own, z.far))] * y.own_weight
        + concentration[coarse_index_of(block, vec3u(x, y.far, z.far))] * y.far_weight;
    return near * z.own_weight + far * z.far_weight;
}

// Adds interpolated corrections. On the finest grid a value does not fall below 0: the solution is nowhere negative, so
// that this brings every voxel nearer to it. Voxels of the first colour are smoothed next, from their neighbours alone.
@compute @workgroup_size(WORKGROUP)
fn correct(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let place = place_of(invocation_of(global, groups));
    if place.block >= sweep.blocks || place.at.x >= sweep.counts.x || is_halted() { return; }
    if colour_of(place.at) == 0u { return; }
    let x = between(place.stencil, 0u, place.at.x);
    let y = between(place.stencil, 1u, place.at.y);
    let z = between(place.stencil, 2u, place.at.z);
    let own = mean_across(place.block, x.own, y, z);
    let far = mean_across(place.block, x.far, y, z);
    var correction = own * x.own_weight + far * x.far_weight;
    let index = index_of(place.block, place.at);
    if HAS_HELD == 1u { correction = where_free(correction, loss[index], vec4f(0.0)); }
    let sum = concentration[index] + correction;
    concentration[index] = select(sum, at_least_zero(sum), sweep.offset == 0u);
}
