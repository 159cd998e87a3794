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

// What has been summed up so far: velocity, but for that by coincident neighbours; pressure; and how many of those there are.
struct Sum {
    velocity: vec3f,
    pressure: f32,
    coincident: u32,
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

// A neighbour: the way to the cell from it, its row of pairs, and the speed at which the two part.
struct Met {
    way: vec3f,
    distance: f32,
    cell: vec2u,
    pair: u32,
    overlap: f32,
    speed: f32,
}

fn meet(own: Own, n: u32) -> Met {
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
    return Met(way, distance, other_cell, pair, overlap, speed);
}

fn with_neighbour(sum: Sum, own: Own, n: u32) -> Sum {
    let met = meet(own, n);
    let elastic = bond_elasticity(met.pair, own.cell, own.bond, met.cell);
    let drawn = attraction(met.pair, own.cell.y, met.distance);
    let apart = met.way * ((met.speed / max(met.distance, COINCIDENT_UM) - elastic) - drawn);
    let is_coincident = met.distance < COINCIDENT_UM;
    return Sum(
        sum.velocity + select(apart, vec3f(0.0), is_coincident),
        sum.pressure + met.overlap * met.overlap,
        sum.coincident + select(0u, 1u, is_coincident),
    );
}

// Velocity by coincident neighbours, so many as there are. A loop of its own: it is rarely entered, and software adapters
// would run a parting for every neighbour.
fn parted(own: Own, k: u32, first_voxel: u32, count: u32) -> vec3f {
    var velocity = vec3f(0.0);
    var left = count;
    var skip = 0u;
    loop {
        if left == 0u { break; }
        let found = sieve(k, first_voxel, skip);
        for (var i = 0u; i < in_round(found, skip); i++) {
            let met = meet(own, sieved[i]);
            if met.distance >= COINCIDENT_UM { continue; }
            velocity += parting(identity[own.cell.x].xy, identity[met.cell.x].xy) * met.speed;
            left -= 1u;
        }
        skip += SIEVE;
        if skip >= found { break; }
    }
    return velocity;
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
    var sum = Sum(vec3f(0.0), 0.0, 0u);
    var skip = 0u;
    loop {
        let found = sieve(k, tissue * settings.voxels.w, skip);
        for (var i = 0u; i < in_round(found, skip); i++) { sum = with_neighbour(sum, own, sieved[i]); }
        skip += SIEVE;
        if skip >= found { break; }
    }
    let now = sum.velocity + parted(own, k, tissue * settings.voxels.w, sum.coincident);
    let before = velocity[cell.x];
    let has_before = (bitcast<u32>(before.w) >> 31u) == 0u;
    let mean = select(now, 1.5 * now - 0.5 * before.xyz, has_before);
    let to = contained(own.position.xyz + mean * settings.movement_min);
    position[cell.x] = vec4f(to, position[cell.x].w);
    velocity[cell.x] = vec4f(now, sum.pressure);
}
