// Stage mechanics: repulsion, adhesion and elastic bonds, second order in time.
//
// Velocity of cell i, in um/min, with R = r_i + r_j and S = adhesion_reach R, d the distance (PhysiCell's potentials,
// Ghaffarizadeh et al., PLoS Comput Biol 2018, 14:e1005991; Macklin et al., J Theor Biol 2012, 301:122):
//   v = sum_j (x_i - x_j)/d [ repulsion (1 - d/R)^2 for d < R  -  adhesion (1 - d/S)^2 for d < S ]
//       - elastic (x_i - x_j)  for bonded pairs
//   pressure = sum_j (1 - d/R)^2 for d < R
// Position by Adams and Bashforth's two-step rule, x += dt (3/2 v - 1/2 v_before); the first step of a cell is Euler's.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
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

//#include "shared/bonds.wgsl"

// Below this distance in um two cells part along x, the one that comes first in the voxel order to the left.
const COINCIDENT_UM = 1e-4;

@compute @workgroup_size(WORKGROUP)
fn mechanics(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count { return; }
    let own = sorted_position[k];
    let cell = sorted_cell[k];
    let tissue = tissue_of(cell.y);
    let own_type = cell_type_of(cell.y);
    let arm = arm_of(tissue);
    let pairs = pair_row(arm, own_type, 0u);
    let first_voxel = tissue * settings.voxels.w;
    let at = voxel_at(own.xyz);
    var v = vec3f(0.0);
    var pressure = 0.0;
    let parts = part_count();
    for (var part = 0u; part < parts; part++) {
        let range = part_of_neighbourhood(at, part);
        let end = voxel_start[first_voxel + range.y];
        for (var n = voxel_start[first_voxel + range.x]; n < end; n++) {
            let other = sorted_position[n];
            let way = separation(own.xyz, other.xyz);
            let squared = squared_length(way);
            let sum = own.w + other.w;
            let widest = sum * settings.widest_reach + settings.widest_um;
            if squared >= widest * widest || n == k { continue; }
            let other_cell = sorted_cell[n];
            let pair = pairs + cell_type_of(other_cell.y) * PAIR_WORDS;
            let distance = sqrt(squared);
            var speed = 0.0;
            if distance < sum {
                let overlap = 1.0 - distance / sum;
                speed = pair_repulsion_um_per_min(pair) * overlap * overlap;
                pressure += overlap * overlap;
            }
            let reach = sum * pair_adhesion_reach(pair);
            if distance < reach {
                let gap = 1.0 - distance / reach;
                speed -= pair_adhesion_um_per_min(pair) * gap * gap;
            }
            if distance >= COINCIDENT_UM {
                v += way * (speed / distance);
            } else {
                v.x += select(speed, -speed, k < n);
            }
            v -= way * bond_elasticity(arm, cell, other_cell);
        }
    }
    let before = velocity[cell.x];
    let has_before = (bitcast<u32>(before.w) >> 31u) == 0u;
    let mean = select(v, 1.5 * v - 0.5 * before.xyz, has_before);
    let to = contained(own.xyz + mean * settings.movement_min);
    position[cell.x] = vec4f(to, position[cell.x].w);
    velocity[cell.x] = vec4f(v, pressure);
}
