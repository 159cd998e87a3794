// Stage relaxation: overlaps removed by position-based iterations (Macklin et al., ACM Trans Graph 2014, 33:153),
// stable at any step. In one iteration a cell moves by the mean over its contacts of half the overlap, at most a
// quarter of its radius; a bond longer than the sum of radii counts as a contact that pulls.
// correct: displacement of every cell, kept in `velocity`; displace: applies it; settle: writes positions back.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read_write> sorted_position: array<vec4f>;
@group(0) @binding(3) var<storage, read> sorted_cell: array<vec2u>;
@group(0) @binding(4) var<storage, read> voxel_start: array<u32>;
@group(0) @binding(5) var<storage, read> identity: array<vec4u>;
@group(0) @binding(6) var<storage, read> parameters: array<u32>;
@group(0) @binding(7) var<storage, read_write> position: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> velocity: array<vec4f>;

//#include "shared/bonds.wgsl"

const COINCIDENT_UM = 1e-4;

@compute @workgroup_size(WORKGROUP)
fn correct(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count { return; }
    let own = sorted_position[k];
    let cell = sorted_cell[k];
    let tissue = tissue_of(cell.y);
    let arm = arm_of(tissue);
    let pairs = pair_row(arm, cell_type_of(cell.y), 0u);
    let first_voxel = tissue * settings.voxels.w;
    // Voxels were assigned before the iterations: look about the place where the cell was then.
    let near = neighbourhood_of(position[cell.x].xyz);
    var shift = vec3f(0.0);
    var contacts = 0.0;
    var pressure = 0.0;
    let parts = part_count();
    for (var part = 0u; part < parts; part++) {
        let range = voxels_of_part(near, part);
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
            let touches = distance < sum && pair_repulsion_um_per_min(pair) > 0.0;
            if touches {
                let overlap = 1.0 - distance / sum;
                pressure += overlap * overlap;
            }
            if touches || bond_elasticity(arm, cell, other_cell) > 0.0 {
                let half = 0.5 * (sum - distance);
                contacts += 1.0;
                if distance >= COINCIDENT_UM {
                    shift += way * (half / distance);
                } else {
                    shift.x += select(half, -half, k < n);
                }
            }
        }
    }
    shift = shift / max(contacts, 1.0);
    let length = sqrt(squared_length(shift));
    let limit = 0.25 * own.w;
    if length > limit { shift = shift * (limit / length); }
    velocity[cell.x] = vec4f(shift, pressure);
}

@compute @workgroup_size(WORKGROUP)
fn displace(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count { return; }
    let own = sorted_position[k];
    sorted_position[k] = vec4f(contained(own.xyz + velocity[sorted_cell[k].x].xyz), own.w);
}

@compute @workgroup_size(WORKGROUP)
fn settle(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let k = invocation_of(global, groups);
    if k >= population.live_count { return; }
    let slot = sorted_cell[k].x;
    let to = sorted_position[k].xyz;
    let before = position[slot];
    let moved = separation(to, before.xyz) / settings.movement_min;
    velocity[slot] = vec4f(moved, velocity[slot].w);
    position[slot] = vec4f(to, before.w);
}
