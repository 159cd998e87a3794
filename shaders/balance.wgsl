// Stage balance: what goes in and out of the tissues' substrates, and what is there: see src/fields/balance.rs.
// set_order: before each solve. After each solve: add_up, what flows in every column of voxels along z; set_factor, what closes
// the sum of each block; close, levels by that factor, and what turned over in every column. At a report, take_stock: what is
// in every column, and sum_rows: sums over y for each x; what turned over counts from there again.
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

// What flows in a column in a minute: see src/fields/balance.rs.
struct PerMinute {
    secreted: vec4f,
    taken_up: vec4f,
    decayed: vec4f,
    supplied: vec4f,
    outflow: vec4f,
    gone: vec4f,
    comes: vec4f,
    open: vec4f,
}

// Part of the highest level that is a trace.
const TRACE = 1e-6;

@group(0) @binding(0) var<uniform> sweep: Sweep;
@group(0) @binding(1) var<storage, read_write> stencils: array<Stencil>;
@group(0) @binding(2) var<storage, read> source: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> concentration: array<vec4f>;
@group(0) @binding(4) var<storage, read> loss: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> turnover: array<Column>;
@group(0) @binding(6) var<storage, read_write> field_sums: array<Column>;
@group(0) @binding(7) var<uniform> room: Room;
@group(0) @binding(8) var<uniform> population: Population;
@group(0) @binding(9) var<storage, read> drug_levels: array<vec4f>;
@group(0) @binding(10) var<storage, read_write> flows: array<Flows>;
@group(0) @binding(11) var<storage, read> previous: array<vec4f>;
@group(0) @binding(12) var<storage, read_write> per_minute: array<PerMinute>;
// Of each block.
@group(0) @binding(13) var<storage, read_write> factors: array<vec4f>;

//#include "shared/substrates.wgsl"

// A level above all others.
const MOST = 1e30;

// The first voxel of a column.
fn column_in(i: u32) -> Place {
    return place_in(i, vec3u(sweep.counts.xy, 1u));
}

// The fixed faces of a voxel: what comes in through them, and the coupling to them.
struct Faces {
    source: vec4f,
    fixed: vec4f,
}

fn faces_of(place: Place) -> Faces {
    var faces = Faces(vec4f(0.0), vec4f(0.0));
    for (var axis = 0u; axis < 3u; axis++) {
        if place.at[axis] == 0u {
            faces.source += stencils[place.stencil].axes[axis].source_low;
            faces.fixed += stencils[place.stencil].axes[axis].fixed_low;
        }
        if place.at[axis] + 1u == sweep.counts[axis] {
            faces.source += stencils[place.stencil].axes[axis].source_high;
            faces.fixed += stencils[place.stencil].axes[axis].fixed_high;
        }
    }
    return faces;
}

// What a voxel exchanges with neighbours that are held: see src/fields/row.rs.
struct Held {
    inflow: vec4f,
    comes: vec4f,
    coupling: vec4f,
}

fn held_beside(place: Place, c: vec4f) -> Held {
    let near = surroundings_of(place);
    var sum = Held(vec4f(0.0), vec4f(0.0), vec4f(0.0));
    for (var side = 0u; side < 6u; side++) {
        let coupling = near.coupling[side];
        let beside = concentration[near.beside[side]];
        let flow = coupling * (beside - c);
        sum.inflow += where_free(vec4f(0.0), loss[near.beside[side]], flow);
        sum.comes += where_free(vec4f(0.0), loss[near.beside[side]], coupling * beside);
        sum.coupling += where_free(vec4f(0.0), loss[near.beside[side]], coupling);
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

// What a workgroup reduces: limits of the order and the highest levels; what is open, what is gone and what comes.
var<workgroup> first_of: array<vec4f, WORKGROUP>;
var<workgroup> second_of: array<vec4f, WORKGROUP>;
var<workgroup> third_of: array<vec4f, WORKGROUP>;

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
    first_of[thread] = limit;
    second_of[thread] = most;
    workgroupBarrier();
    for (var reach = WORKGROUP / 2u; reach > 0u; reach /= 2u) {
        if thread < reach {
            first_of[thread] = min(first_of[thread], first_of[thread + reach]);
            second_of[thread] = max(second_of[thread], second_of[thread + reach]);
        }
        workgroupBarrier();
    }
    if block >= sweep.blocks || is_halted() { return; }
    for (var level = thread; level < sweep.levels; level += WORKGROUP) {
        let i = level * sweep.blocks + block;
        let order = first_of[0] * stencils[i].most_order;
        let half = order * vec4f(0.5);
        let whole = vec4f(1.0) + half;
        let rate = stencils[i].per_step * whole;
        stencils[i].base = rate + stencils[i].decay;
        stencils[i].rate = rate;
        stencils[i].carry = stencils[i].per_step * half;
        stencils[i].order = order;
        stencils[i].flow_min = stencils[i].step_min / whole;
        stencils[i].kept = half / whole;
        stencils[i].trace = second_of[0] * vec4f(TRACE);
    }
}

@compute @workgroup_size(WORKGROUP)
fn add_up(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= sweep.blocks * sweep.counts.x * sweep.counts.y || is_halted() { return; }
    let nothing = vec4f(0.0);
    var place = column_in(i);
    let base = stencils[place.stencil].base;
    let decay = stencils[place.stencil].decay;
    let rate = stencils[place.stencil].rate;
    let drug = drug_levels[place.block];
    var now = PerMinute(nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing);
    for (var z = 0u; z < sweep.counts.z; z++) {
        place.at.z = z;
        let index = index_of(place.block, place.at);
        let c = concentration[index];
        let lost = loss[index];
        let faces = faces_of(place);
        let outflow = faces.fixed * c;
        let gone = (base + lost) * c + outflow;
        let inflow = faces.source - faces.fixed * (c - drug);
        var held = Held(nothing, nothing, nothing);
        if HAS_HELD == 1u { held = held_beside(place, c); }
        let to_held = held.coupling * c;
        let comes = (source[index] + rate * previous[index]) + faces.fixed * drug;
        now.secreted += where_free(source[index], lost, nothing);
        now.taken_up += where_free(lost * c, lost, nothing);
        now.decayed += where_free(decay * c, lost, nothing);
        now.supplied += where_free(inflow + held.inflow, lost, nothing);
        now.outflow += where_free(outflow + to_held, lost, nothing);
        now.gone += where_free(gone + to_held, lost, nothing);
        now.comes += where_free((comes + faces.source) + held.comes, lost, nothing);
        now.open += where_free(rate * (previous[index] - c), lost, nothing);
    }
    let before = flows[i];
    let flow = (now.secreted + now.supplied) - (now.taken_up + now.decayed);
    let net_before = (before.secreted + before.supplied) - (before.taken_up + before.decayed);
    let carried = stencils[place.stencil].carry * net_before;
    now.open = (flow + now.open) + carried;
    now.comes += carried;
    per_minute[i] = now;
}

// The factor on all levels of a block that closes the sum over its columns. One workgroup a block.
@compute @workgroup_size(WORKGROUP)
fn set_factor(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let block = group_of(group, groups);
    let columns = sweep.counts.x * sweep.counts.y;
    var open = vec4f(0.0);
    var gone = vec4f(0.0);
    var comes = vec4f(0.0);
    if block < sweep.blocks {
        for (var i = thread; i < columns; i += WORKGROUP) {
            open += per_minute[block * columns + i].open;
            gone += per_minute[block * columns + i].gone;
            comes += per_minute[block * columns + i].comes;
        }
    }
    first_of[thread] = open;
    second_of[thread] = gone;
    third_of[thread] = comes;
    workgroupBarrier();
    for (var reach = WORKGROUP / 2u; reach > 0u; reach /= 2u) {
        if thread < reach {
            first_of[thread] += first_of[thread + reach];
            second_of[thread] += second_of[thread + reach];
            third_of[thread] += third_of[thread + reach];
        }
        workgroupBarrier();
    }
    if thread != 0u || block >= sweep.blocks || is_halted() { return; }
    let near_one = vec4f(1.0) + first_of[0] / second_of[0];
    let ratio = third_of[0] / second_of[0];
    let low = select(vec4f(0.0), ratio, ratio > vec4f(0.0));
    factors[block] = select(vec4f(1.0), select(near_one, low, near_one < vec4f(0.5)), second_of[0] > vec4f(0.0));
}

@compute @workgroup_size(WORKGROUP)
fn close(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = invocation_of(global, groups);
    if i >= sweep.blocks * sweep.counts.x * sweep.counts.y || is_halted() { return; }
    var place = column_in(i);
    let trace = stencils[place.stencil].trace;
    let least = stencils[place.stencil].least;
    let factor = factors[place.block];
    let flow = per_minute[i];
    let supplied = flow.supplied - (factor - vec4f(1.0)) * flow.outflow;
    let before = flows[i];
    var now = Flows(
        in_step(place.stencil, flow.secreted, before.secreted),
        in_step(place.stencil, flow.taken_up * factor, before.taken_up),
        in_step(place.stencil, flow.decayed * factor, before.decayed),
        in_step(place.stencil, supplied, before.supplied),
        vec4f(1.0),
        vec4f(0.0),
    );
    for (var z = 0u; z < sweep.counts.z; z++) {
        place.at.z = z;
        let index = index_of(place.block, place.at);
        let c = concentration[index];
        let lost = loss[index];
        let closed = where_free(without_less(c * factor, least), lost, c);
        concentration[index] = closed;
        now.order = min(now.order, largest_order(closed, previous[index], trace));
        now.most = max(now.most, where_free(closed, lost, vec4f(0.0)));
    }
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
