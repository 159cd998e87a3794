// Stage mechanics: repulsion, adhesion, elastic bonds and attraction, second order in time.
//
// Velocity of cell i, in um/min, with R = r_i + r_j and S = adhesion_reach R, d the distance (PhysiCell's potentials,
// Ghaffarizadeh et al., PLoS Comput Biol 2018, 14:e1005991; Macklin et al., J Theor Biol 2012, 301:122):
//   v = sum_j (x_i - x_j)/d [ repulsion (1 - d/R)^2 for d < R  -  adhesion (1 - d/S)^2 for d < S ]
//       - elastic (x_i - x_j)  for bonded pairs  -  attraction (x_i - x_j)  for a < d < b, i live
//   pressure = sum_j (1 - d/R)^2 for d < R
// with repulsion and adhesion the geometric mean of those of the two cells.
// Position by Adams and Bashforth's two-step rule, x += dt (3/2 v - 1/2 v_before); the first step of a cell is Euler's.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
//#include "shared/random.wgsl"
//#include "shared/directions.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> sorted_position: array<vec4f>;
@group(0) @binding(3) var<storage, read> sorted_cell: array<vec2u>;
@group(0) @binding(4) var<storage, read> voxel_start: array<u32>;
@group(0) @binding(5) var<storage, read> identity: array<vec4u>;
@group(0) @binding(6) var<storage, read> parameters: array<u32>;
@group(0) @binding(7) var<storage, read_write> position: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> velocity: array<vec4f>;
@group(0) @binding(9) var<storage, read> behaviours: array<f32>;

//#include "shared/behaviours.wgsl"
//#include "shared/forces.wgsl"
//#include "shared/bonds.wgsl"
//#include "shared/neighbours.wgsl"

// What has been summed up so far: velocity and pressure.
struct Sum {
    velocity: vec3f,
    pressure: f32,
}

// The cell that neighbours act on: place, rows of its arm and of its pairs, and what it has of the forces.
struct Own {
    arm: u32,
    pairs: u32,
    forces: vec2f,
    position: vec4f,
    cell: vec2u,
    bond: u32,
}

fn with_neighbour(sum: Sum, own: Own, n: u32) -> Sum {
    let other = sorted_position[n];
    let other_cell = sorted_cell[n];
    let way = separation(own.position.xyz, other.xyz);
    let pair = own.pairs + cell_type_of(other_cell.y) * PAIR_WORDS;
    let distance = sqrt(squared_length(way));
    let ratio = distance / (own.position.w + other.w);
    let overlap = max(1.0 - ratio, 0.0);
    let gap = max(1.0 - ratio * pair_inverse_adhesion_reach(pair), 0.0);
    let forces = forces_between(own.arm, pair, own.forces, other_cell);
    let speed = forces.x * overlap * overlap - forces.y * gap * gap;
    let elastic = bond_elasticity(pair, own.cell, own.bond, other_cell);
    let drawn = attraction(pair, own.cell.y, distance);
    var added = way * ((speed / max(distance, COINCIDENT_UM) - elastic) - drawn);
    if distance < COINCIDENT_UM { added = parting(identity[own.cell.x].xy, identity[other_cell.x].xy) * speed; }
    return Sum(sum.velocity + added, sum.pressure + overlap * overlap);
}

@compute @workgroup_size(WORKGROUP)
fn mechanics(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count { return; }
    let cell = sorted_cell[k];
    let tissue = tissue_of(cell.y);
    let arm = arm_of(tissue);
    let pairs = pair_row(arm, cell_type_of(cell.y), 0u);
    let own = Own(arm, pairs, forces_of(arm, cell), sorted_position[k], cell, identity[cell.x].w);
    var sum = Sum(vec3f(0.0), 0.0);
    var skip = 0u;
    loop {
        let found = sieve(k, tissue * settings.voxels.w, skip);
        for (var i = 0u; i < in_round(found, skip); i++) { sum = with_neighbour(sum, own, sieved[i]); }
        skip += SIEVE;
        if skip >= found { break; }
    }
    let before = velocity[cell.x];
    let has_before = (bitcast<u32>(before.w) >> 31u) == 0u;
    let mean = select(sum.velocity, 1.5 * sum.velocity - 0.5 * before.xyz, has_before);
    let to = contained(own.position.xyz + mean * settings.movement_min);
    position[cell.x] = vec4f(to, position[cell.x].w);
    velocity[cell.x] = vec4f(sum.velocity, sum.pressure);
}
