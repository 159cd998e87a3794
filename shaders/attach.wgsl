// Stage attach: free effectors choose a target in contact, and contested targets are settled by integer priority.
//
// Hazard for each target in contact: attachment * falloff, full up to full_contact contact distances and falling
// linearly to 0 at one; targets with all attachment sites taken are passed over. In a culture every target in the same
// bucket is in contact. An effector acts with probability 1 - exp(-sum of hazards * dt), on one target drawn in proportion.
// Traits and antigen thin the outcome: hazards are those at the trait's maximum, and an attempt succeeds with factor / maximum
// times the antigen that the target presents.
// choose: draws the target; claim: gives up, or bids for it, or, as a kinapse, kills in passing; contend: counts equal best bids;
// bond: the winner attaches. Equal best bids (1 in 2^32) leave the target free until the next step.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/space.wgsl"
//#include "shared/math.wgsl"
//#include "shared/random.wgsl"
//#include "shared/traits.wgsl"
//#include "shared/behaviours.wgsl"
//#include "shared/contacts.wgsl"
//#include "shared/surface.wgsl"
//#include <columns>
//#include <parameters>
//#include <events>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<storage, read> effectors: array<u32>;
@group(0) @binding(3) var<storage, read> sorted_cell: array<vec2u>;
@group(0) @binding(4) var<storage, read> sorted_position: array<vec4f>;
@group(0) @binding(5) var<storage, read> voxel_start: array<u32>;
@group(0) @binding(6) var<storage, read> progress: array<vec4u>;
@group(0) @binding(7) var<storage, read> parameters: array<u32>;
@group(0) @binding(8) var<storage, read_write> identity: array<vec4u>;
@group(0) @binding(9) var<storage, read_write> contacts: array<atomic<u32>>;
@group(0) @binding(10) var<storage, read_write> events: array<atomic<u32>>;
@group(0) @binding(11) var<storage, read> behaviours: array<f32>;
@group(0) @binding(12) var<storage, read> surface: array<vec4f>;

//#include "shared/neighbours.wgsl"

// Hazard in 1/min with which the effector at place k attaches to the cell at place n.
fn hazard(arm: u32, k: u32, n: u32) -> f32 {
    let other = sorted_cell[n];
    let pair = pair_row(arm, cell_type_of(sorted_cell[k].y), cell_type_of(other.y));
    let rate = ruled(pair + PAIR_ATTACHMENT_PER_MIN, sorted_cell[k].x);
    if rate == 0.0 || fate_of(other.y) != LIVE || n == k { return 0.0; }
    var falloff = 1.0;
    if settings.dimensions > 0u {
        let a = sorted_position[k];
        let b = sorted_position[n];
        let contact = pair_contact_um(pair) + pair_contact_reach(pair) * (a.w + b.w);
        let ratio = sqrt(squared_length(separation(a.xyz, b.xyz))) / contact;
        if ratio >= 1.0 { return 0.0; }
        let full = pair_full_contact(pair);
        if ratio > full { falloff = (1.0 - ratio) / (1.0 - full); }
    }
    let target_row = type_row(arm, cell_type_of(other.y));
    if attached_in(atomicLoad(&contacts[INBOX_WORDS * other.x])) >= type_attachment_sites(target_row) { return 0.0; }
    return rate * falloff * trait_maximum(target_row, SCALES_ATTACHMENT_TO_SELF);
}

// Candidates of the effector at place k, `skip` of them passed over: neighbours, or in a culture the bucket's cells.
fn candidates(k: u32, first_voxel: u32, bucket: u32, skip: u32) -> u32 {
    if settings.dimensions > 0u { return sieve(k, first_voxel, skip); }
    let first = voxel_start[bucket];
    let found = voxel_start[bucket + 1u] - first;
    for (var i = 0u; i < in_round(found, skip); i++) { sieved[i] = first + skip + i; }
    return found;
}

@compute @workgroup_size(WORKGROUP)
fn choose(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let e = invocation_of(global, groups);
    if e >= population.effector_count { return; }
    let k = effectors[e];
    let slot = sorted_cell[k].x;
    let cell = identity[slot];
    if cell.w != NO_BOND { return; }
    let tissue = tissue_of(cell.z);
    let arm = arm_of(tissue);
    let seed = seed_of(tissue);
    let first_voxel = tissue * settings.voxels.w;
    let bucket = first_voxel + draw(seed, cell.xy, population.tick, PURPOSE_MIXING).x % settings.voxels.w;
    var total = 0.0;
    var found = 0u;
    for (var skip = 0u; skip == 0u || skip < found; skip += SIEVE) {
        found = candidates(k, first_voxel, bucket, skip);
        for (var i = 0u; i < in_round(found, skip); i++) { total += hazard(arm, k, sieved[i]); }
    }
    let words = draw(seed, cell.xy, population.tick, PURPOSE_ATTACH);
    if words.x >= threshold_of(event_probability(total * settings.contacts_min)) { return; }
    let drawn = uniform_of(words.y) * total;
    var passed = 0.0;
    var chosen = NO_BOND;
    for (var skip = 0u; skip < found && passed <= drawn; skip += SIEVE) {
        // With one round, the sieve still holds what it found.
        if found > SIEVE { candidates(k, first_voxel, bucket, skip); }
        for (var i = 0u; i < in_round(found, skip) && passed <= drawn; i++) {
            let h = hazard(arm, k, sieved[i]);
            passed += h;
            if h > 0.0 { chosen = sorted_cell[sieved[i]].x; }
        }
    }
    if chosen != NO_BOND { identity[slot].w = chosen | TENTATIVE; }
}

// The target that effector e wishes for; NO_BOND for none.
fn wish(e: u32) -> u32 {
    if e >= population.effector_count { return NO_BOND; }
    let bond = identity[sorted_cell[effectors[e]].x].w;
    if bond == NO_BOND || (bond & TENTATIVE) == 0u { return NO_BOND; }
    return bond & ~TENTATIVE;
}

// The draw that chose the target.
fn words_of(e: u32) -> vec4u {
    let cell = identity[sorted_cell[effectors[e]].x];
    return draw(seed_of(tissue_of(cell.z)), cell.xy, population.tick, PURPOSE_ATTACH);
}

// Its bid: the fourth word.
fn bid(e: u32) -> u32 {
    return words_of(e).w;
}

// Whether the traits of the target, and the antigen that it presents, let an attempt succeed.
fn succeeds(e: u32, wished: u32) -> bool {
    let kind = identity[wished].z;
    let arm = arm_of(tissue_of(kind));
    let row = type_row(arm, cell_type_of(kind));
    let pair = pair_row(arm, cell_type_of(identity[sorted_cell[effectors[e]].x].z), cell_type_of(kind));
    let maximum = trait_maximum(row, SCALES_ATTACHMENT_TO_SELF);
    let factor = trait_factor(row, progress[wished], SCALES_ATTACHMENT_TO_SELF);
    return words_of(e).z < threshold_of(min(factor / maximum * presented(pair, wished), 1.0));
}

@compute @workgroup_size(WORKGROUP)
fn claim(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let e = invocation_of(global, groups);
    let wished = wish(e);
    if wished == NO_BOND { return; }
    let slot = sorted_cell[effectors[e]].x;
    if !succeeds(e, wished) {
        identity[slot].w = NO_BOND;
        return;
    }
    let kind = identity[slot].z;
    let own_type = cell_type_of(kind);
    let tissue = tissue_of(kind);
    let pair = pair_row(arm_of(tissue), own_type, cell_type_of(identity[wished].z));
    if pair_is_kinapse(pair) == 1u {
        atomicOr(&contacts[INBOX_WORDS * wished], IS_KILLED);
        atomicAdd(&events[event_row(tissue, own_type) + EVENT_KILLS], 1u);
        identity[slot].w = NO_BOND;
        return;
    }
    atomicMin(&contacts[INBOX_WORDS * wished + 1u], bid(e));
}

@compute @workgroup_size(WORKGROUP)
fn contend(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let e = invocation_of(global, groups);
    let wished = wish(e);
    if wished == NO_BOND { return; }
    if atomicLoad(&contacts[INBOX_WORDS * wished + 1u]) == bid(e) {
        atomicAdd(&contacts[INBOX_WORDS * wished], ONE_CONTENDER);
    }
}

@compute @workgroup_size(WORKGROUP)
fn bond(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let e = invocation_of(global, groups);
    let wished = wish(e);
    if wished == NO_BOND { return; }
    let slot = sorted_cell[effectors[e]].x;
    let kind = identity[slot].z;
    let is_best = atomicLoad(&contacts[INBOX_WORDS * wished + 1u]) == bid(e);
    if is_best && contenders_in(atomicLoad(&contacts[INBOX_WORDS * wished])) == 1u {
        identity[slot].w = wished;
        atomicAdd(&events[event_row(tissue_of(kind), cell_type_of(kind)) + EVENT_ATTACHMENTS], 1u);
    } else {
        identity[slot].w = NO_BOND;
    }
}
