// Stage balance: what goes in and out of the tissues' substrates, and what is there: see src/steps/balance.rs.
// set_order: before each solve. turn_over: after each solve, for every column of voxels along z. At a report, take_stock: what is in every column, and
// sum_rows: sums over y for each x; what turned over counts from there again.
//#include "shared/dispatch.wgsl"
//#include "shared/settings.wgsl"
//#include "shared/room.wgsl"

struct Column {
    secreted: vec4f,
    taken_up: vec4f,
    decayed: vec4f,
    supplied: vec4f,
    content: vec4f,
    free: vec4f,
    least: vec4f,
    most: vec4f,
}

// What turned over in a column in the last step.
struct Flows {
    secreted: vec4f,
    taken_up: vec4f,
    decayed: vec4f,
    supplied: vec4f,
    // The largest order that the column allows the next step.
    order: vec4f,
    // The highest level, held voxels left out.
    most: vec4f,
}

// Part of the highest level that is a trace.
const TRACE = 1e-6;

@group(0) @binding(0) var<uniform> sweep: Sweep;
@group(0) @binding(1) var<storage, read_write> stencils: array<Stencil>;
@group(0) @binding(2) var<storage, read> source: array<vec4f>;
@group(0) @binding(3) var<storage, read> concentration: array<vec4f>;
@group(0) @binding(4) var<storage, read> loss: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> turnover: array<Column>;
@group(0) @binding(6) var<storage, read_write> field_sums: array<Column>;
@group(0) @binding(7) var<uniform> room: Room;
@group(0) @binding(8) var<uniform> population: Population;
@group(0) @binding(9) var<storage, read> drug_levels: array<vec4f>;
@group(0) @binding(10) var<storage, read_write> flows: array<Flows>;
@group(0) @binding(11) var<storage, read> previous: array<vec4f>;

//#include "shared/substrates.wgsl"

// A level above all others.
const MOST = 1e30;

// The first voxel of a column.
fn column_in(i: u32) -> Place {
    return place_in(i, vec3u(sweep.counts.xy, 1u));
}

// What comes through fixed faces, in levels/min; c less what drugs add at the boundary.
fn from_faces(place: Place, c: vec4f) -> vec4f {
    var sum = vec4f(0.0);
    for (var axis = 0u; axis < 3u; axis++) {
        if place.at[axis] == 0u {
            sum += stencils[place.stencil].axes[axis].source_low - stencils[place.stencil].axes[axis].fixed_low * c;
        }
        if place.at[axis] + 1u == sweep.counts[axis] {
            sum += stencils[place.stencil].axes[axis].source_high - stencils[place.stencil].axes[axis].fixed_high * c;
        }
    }
    return sum;
}

// What comes from neighbours that are held, in levels/min.
fn from_held(place: Place, c: vec4f) -> vec4f {
    let near = surroundings_of(place);
    var sum = vec4f(0.0);
    for (var side = 0u; side < 6u; side++) {
        let flow = near.coupling[side] * (concentration[near.beside[side]] - c);
        sum += where_free(vec4f(0.0), loss[near.beside[side]], flow);
    }
    return sum;
}

// What turns over in a step by a flow in 1/min, after a step in which so much did.
fn in_step(stencil: u32, per_min: vec4f, before: vec4f) -> vec4f {
    return per_min * stencils[stencil].flow_min + stencils[stencil].kept * before;
}

// The largest order that leaves a level's right side half of it or more; 1 where it was a trace before.
fn largest_order(c: vec4f, before: vec4f, trace: vec4f) -> vec4f {
    let extrapolated = c + (c - before);
    let falls = (extrapolated < vec4f(0.0)) & (before > trace);
    return select(vec4f(1.0), c / (vec4f(0.0) - extrapolated), falls);
}

var<workgroup> limits: array<vec4f, WORKGROUP>;
var<workgroup> highest: array<vec4f, WORKGROUP>;

// Stencils of a step in which the change of the one before counts as far as all columns of a block allow. One workgroup a
// block.
@compute @workgroup_size(WORKGROUP)
fn set_order(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let block = group_of(group, groups);
    let columns = sweep.counts.x * sweep.counts.y;
    var limit = vec4f(1.0);
    var most = vec4f(0.0);
    if block < sweep.blocks {
        for (var i = thread; i < columns; i += WORKGROUP) {
            limit = min(limit, flows[block * columns + i].order);
            most = max(most, flows[block * columns + i].most);
        }
    }
    limits[thread] = limit;
    highest[thread] = most;
    workgroupBarrier();
    for (var reach = WORKGROUP / 2u; reach > 0u; reach /= 2u) {
        if thread < reach {
            limits[thread] = min(limits[thread], limits[thread + reach]);
            highest[thread] = max(highest[thread], highest[thread + reach]);
        }
        workgroupBarrier();
    }
    if block >= sweep.blocks || is_halted() { return; }
    for (var level = thread; level < sweep.levels; level += WORKGROUP) {
        let i = level * sweep.blocks + block;
        let order = limits[0] * stencils[i].most_order;
        let half = order * vec4f(0.5);
        let whole = vec4f(1.0) + half;
        let rate = stencils[i].per_step * whole;
        stencils[i].base = rate + stencils[i].decay;
        stencils[i].rate = rate;
        stencils[i].carry = stencils[i].per_step * half;
        stencils[i].order = order;
        stencils[i].flow_min = stencils[i].step_min / whole;
        stencils[i].kept = half / whole;
        stencils[i].trace = highest[0] * vec4f(TRACE);
    }
}

@compute @workgroup_size(WORKGROUP)
fn turn_over(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= sweep.blocks * sweep.counts.x * sweep.counts.y || is_halted() { return; }
    var place = column_in(i);
    let decay = stencils[place.stencil].decay;
    let trace = stencils[place.stencil].trace;
    var now = Flows(vec4f(0.0), vec4f(0.0), vec4f(0.0), vec4f(0.0), vec4f(1.0), vec4f(0.0));
    for (var z = 0u; z < sweep.counts.z; z++) {
        place.at.z = z;
        let index = index_of(place.block, place.at);
        let c = concentration[index];
        let lost = loss[index];
        now.secreted += where_free(source[index], lost, vec4f(0.0));
        now.taken_up += where_free(lost * c, lost, vec4f(0.0));
        now.decayed += where_free(decay * c, lost, vec4f(0.0));
        var inflow = from_faces(place, c - drug_levels[place.block]);
        if HAS_HELD == 1u { inflow += from_held(place, c); }
        now.supplied += where_free(inflow, lost, vec4f(0.0));
        now.order = min(now.order, largest_order(c, previous[index], trace));
        now.most = max(now.most, where_free(c, lost, vec4f(0.0)));
    }
    let before = flows[i];
    now.secreted = in_step(place.stencil, now.secreted, before.secreted);
    now.taken_up = in_step(place.stencil, now.taken_up, before.taken_up);
    now.decayed = in_step(place.stencil, now.decayed, before.decayed);
    now.supplied = in_step(place.stencil, now.supplied, before.supplied);
    flows[i] = now;
    turnover[i].secreted += now.secreted;
    turnover[i].taken_up += now.taken_up;
    turnover[i].decayed += now.decayed;
    turnover[i].supplied += now.supplied;
}

@compute @workgroup_size(WORKGROUP)
fn take_stock(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= sweep.blocks * sweep.counts.x * sweep.counts.y { return; }
    var place = column_in(i);
    var content = vec4f(0.0);
    var free = vec4f(0.0);
    var least = vec4f(MOST);
    var most = vec4f(0.0);
    for (var z = 0u; z < sweep.counts.z; z++) {
        place.at.z = z;
        let index = index_of(place.block, place.at);
        let c = concentration[index];
        let lost = loss[index];
        content += where_free(c, lost, vec4f(0.0));
        free += where_free(vec4f(1.0), lost, vec4f(0.0));
        least = min(least, where_free(c, lost, vec4f(MOST)));
        most = max(most, where_free(c, lost, vec4f(0.0)));
    }
    turnover[i].content = content;
    turnover[i].free = free;
    turnover[i].least = least;
    turnover[i].most = most;
}

@compute @workgroup_size(WORKGROUP)
fn sum_rows(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= sweep.blocks * sweep.counts.x { return; }
    let nothing = vec4f(0.0);
    var sum = Column(nothing, nothing, nothing, nothing, nothing, nothing, vec4f(MOST), nothing);
    for (var y = 0u; y < sweep.counts.y; y++) {
        let place = (i / sweep.counts.x * sweep.counts.y + y) * sweep.counts.x + i % sweep.counts.x;
        let column = turnover[place];
        sum.secreted += column.secreted;
        sum.taken_up += column.taken_up;
        sum.decayed += column.decayed;
        sum.supplied += column.supplied;
        sum.content += column.content;
        sum.free += column.free;
        sum.least = min(sum.least, column.least);
        sum.most = max(sum.most, column.most);
        turnover[place] = Column(nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing);
    }
    field_sums[i] = sum;
}
