// Stage motility: persistent biased random walk, exact at any step.
//
// Velocity is an Ornstein-Uhlenbeck process about the drift (Uhlenbeck and Ornstein, Phys Rev 1930, 36:823; Gillespie,
// Phys Rev E 1996, 54:2084), with persistence P, n dimensions, speed s, bias b along a unit vector:
//   drift = b s direction          sd of a component = s sqrt((1 - b^2) / n), so that the mean square speed is s^2
//   v' = drift + (v - drift) decay + sd kick xi1
//   dx = drift dt + (v - drift) travel + sd (shared xi1 + own xi2)
// decay = exp(-dt/P), kick^2 = 1 - decay^2, travel = P (1 - decay), shared kick = P (1 - decay)^2,
// shared^2 + own^2 = P (2 dt - P (3 - 4 decay + decay^2)); the plan computes them. An attached cell covers a fraction of dx.
// Mean square displacement at b = 0: 2 s^2 P (t - P (1 - exp(-t/P))).
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
//#include "shared/math.wgsl"
//#include "shared/random.wgsl"
//#include "shared/traits.wgsl"
//#include "shared/behaviours.wgsl"
//#include "shared/field_grid.wgsl"
//#include "shared/field.wgsl"
//#include <columns>
//#include <parameters>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read_write> position: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> motility: array<vec4f>;
@group(0) @binding(4) var<storage, read> identity: array<vec4u>;
@group(0) @binding(5) var<storage, read> progress: array<vec4u>;
@group(0) @binding(6) var<storage, read> parameters: array<u32>;
@group(0) @binding(7) var<storage, read> behaviours: array<f32>;
@group(0) @binding(8) var<storage, read> concentration: array<vec4f>;

//#constant SUBSTRATE_GROUPS = 0

// Unit vector of the bias; 0 where the gradient that the cell goes by has no direction.
fn heading(own: u32, tissue: u32, at: vec3f) -> vec3f {
    let substrate = type_gradient_substrate(own);
    if SUBSTRATE_GROUPS == 0u || substrate == 0u { return vec3f(type_bias_x(own), type_bias_y(own), type_bias_z(own)); }
    return direction_of(gradient_at(substrate - 1u, tissue, at)) * type_gradient_sign(own);
}

// Two vectors of normal deviates; in a layer their z is 0.
fn deviates(seed: vec2u, id: vec2u) -> array<vec3f, 2> {
    let words = draw(seed, id, population.tick, PURPOSE_MOTILITY_FIRST);
    let a = normal_pair(words.x, words.y);
    let b = normal_pair(words.z, words.w);
    if settings.dimensions == 2u {
        return array<vec3f, 2>(vec3f(a, 0.0), vec3f(b, 0.0));
    }
    let more = draw(seed, id, population.tick, PURPOSE_MOTILITY_SECOND);
    let c = normal_pair(more.x, more.y);
    return array<vec3f, 2>(vec3f(a, b.x), vec3f(b.y, c));
}

// 1 or -1 along each axis: -1 where a closed face was crossed.
fn bounce(to: vec3f) -> vec3f {
    if PERIODIC == 1u { return vec3f(1.0); }
    let lower = settings.lower_um.xyz;
    let upper = lower + settings.size_um.xyz;
    return select(vec3f(1.0), vec3f(-1.0), (to < lower) | (to > upper));
}

fn mirrored(to: vec3f) -> vec3f {
    if PERIODIC == 1u { return to; }
    let lower = settings.lower_um.xyz;
    let upper = lower + settings.size_um.xyz;
    return select(select(to, 2.0 * lower - to, to < lower), 2.0 * upper - to, to > upper);
}

@compute @workgroup_size(WORKGROUP)
fn move_cells(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= population.live_count { return; }
    let cell = identity[i];
    let tissue = tissue_of(cell.z);
    let own = type_row(arm_of(tissue), cell_type_of(cell.z));
    let type_speed = ruled(own + TYPE_SPEED_UM_PER_MIN, i);
    if fate_of(cell.z) != LIVE || type_speed == 0.0 { return; }
    let speed = type_speed * trait_factor(own, progress[i], SCALES_SPEED);
    let bias = ruled(own + TYPE_BIAS, i);
    let origin = position[i];
    let drift = heading(own, tissue, origin.xyz) * (bias * speed);
    let sd = speed * sqrt((1.0 - bias * bias) / f32(settings.dimensions));
    let covered = select(ruled(own + TYPE_ATTACHED_SPEED_FRACTION, i), 1.0, cell.w == NO_BOND);
    let xi = deviates(seed_of(tissue), cell.xy);
    let before = motility[i];
    let excess = before.xyz - drift;
    let v = drift + excess * type_walk_decay(own) + xi[0] * (sd * type_walk_kick(own));
    let path = drift * settings.movement_min + excess * type_walk_travel_min(own)
        + (xi[0] * type_walk_shared_min(own) + xi[1] * type_walk_own_min(own)) * sd;
    let to = origin.xyz + path * covered;
    motility[i] = vec4f(v * bounce(to), before.w);
    position[i] = vec4f(contained(mirrored(to)), origin.w);
}
