// Stage cytometry: sums over the live cells with proteostasis of each tissue and type of what a flow cytometer would show:
// chances of the gates, dye, and what is measured in each subset. Equations, symbols and marks: src/plan/cytometry.rs.
// Twin: src/measure/cytometry.rs. One invocation takes a chunk of slots and one cell type.

//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/math.wgsl"
//#include "shared/random.wgsl"
//#include <columns>
//#include <parameters>
//#include <cytometry>

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> population: Population;
@group(0) @binding(2) var<uniform> request: ColumnRequest;
@group(0) @binding(3) var<storage, read> parameters: array<u32>;
@group(0) @binding(4) var<storage, read> identity: array<vec4u>;
@group(0) @binding(5) var<storage, read> protein: array<vec4u>;
@group(0) @binding(6) var<storage, read> response: array<vec4u>;
@group(0) @binding(7) var<storage, read> programme: array<vec4u>;
@group(0) @binding(8) var<storage, read> capacity: array<vec4u>;
@group(0) @binding(9) var<storage, read> progress: array<vec4u>;
@group(0) @binding(10) var<storage, read_write> statistics: array<atomic<u32>>;

//#include "shared/statistics.wgsl"

struct Stained {
    found: u32,
    not_finite: u32,
    saturated: u32,
    // Each at most 64 · 2^20.
    sums: array<i32, SUM_COUNT>,
    // Of the gates of the cell that is seen.
    chances: array<f32, DYE>,
}

fn logistic(x: f32) -> f32 {
    return 1.0 / (1.0 + exact_exp(-x));
}

fn are_finite(lanes: vec4u) -> bool {
    return all((lanes & vec4u(0x7f800000u)) != vec4u(0x7f800000u));
}

// Nearest steps of what is measured, times the chance that the cell is seen; halves go up.
fn measured_steps(chance: f32, measured: vec4f) -> vec4i {
    let steps = clamp((chance * measured) * MEASURED_STEPS, vec4f(-MAX_STEPS), vec4f(MAX_STEPS));
    return vec4i(floor(steps + vec4f(0.5)));
}

fn add_subset(stained: ptr<function, Stained>, subset: u32, chance: f32, measured: vec4f) {
    let steps = measured_steps(chance, measured);
    let first = DYE + 1u + 4u * subset;
    (*stained).sums[first] += steps.x;
    (*stained).sums[first + 1u] += steps.y;
    (*stained).sums[first + 2u] += steps.z;
    (*stained).sums[first + 3u] += steps.w;
}

// Adds a part of a chance to a sum of the lineages. Small weights would be lost in rounding, so that the part of a step is
// kept by chance.
fn add_part(stained: ptr<function, Stained>, place: u32, weight: f32, number: f32, chance: f32) {
    (*stained).sums[LINEAGE + place] += i32(floor((weight * number) * FRACTION_STEPS + chance));
}

fn add_lineage(stained: ptr<function, Stained>, divisions: u32, measured: vec4f, exhaustion: f32, chance: f32) {
    let weight = power_of_two(-i32(min(divisions, MOST_DIVISIONS)));
    add_part(stained, 0u, weight, 1.0, chance);
    for (var fraction = 0u; fraction < DYE; fraction++) {
        add_part(stained, 1u + fraction, weight, (*stained).chances[fraction], chance);
    }
    let steps = clamp((weight * measured) * MEASURED_STEPS, vec4f(-MAX_STEPS), vec4f(MAX_STEPS));
    let whole = vec4i(floor(steps + vec4f(chance)));
    let exhausted = clamp((weight * exhaustion) * EXHAUSTION_STEPS, -MAX_STEPS, MAX_STEPS);
    let first = LINEAGE + 1u + DYE;
    (*stained).sums[first] += whole.x;
    (*stained).sums[first + 1u] += whole.y;
    (*stained).sums[first + 2u] += whole.z;
    (*stained).sums[first + 3u] += whole.w;
    (*stained).sums[first + 4u] += i32(floor(exhausted + chance));
}

fn stain(stained: ptr<function, Stained>, cell: u32) {
    let is_sound = are_finite(protein[cell]) && are_finite(response[cell]);
    if !(is_sound && are_finite(programme[cell]) && are_finite(capacity[cell])) {
        (*stained).not_finite += 1u;
        return;
    }
    let own = identity[cell];
    let random = draw(seed_of(tissue_of(own.z)), own.xy, population.tick, PURPOSE_CYTOMETRY);
    let noise = normal_pair(random.x, random.y);
    let proteins = bitcast<vec4f>(protein[cell]);
    let responses = bitcast<vec4f>(response[cell]);
    let programmes = bitcast<vec4f>(programme[cell]);
    let capacities = bitcast<vec4f>(capacity[cell]);
    let tim3 = logistic((responses.w + TIM3_NOISE * noise.x - TIM3_THRESHOLD) / TIM3_WIDTH);
    let slamf6 = logistic((programmes.y + SLAMF6_NOISE * noise.y - SLAMF6_THRESHOLD) / SLAMF6_WIDTH);
    let cytokine = logistic((capacities.z - CYTOKINE_THRESHOLD) / CYTOKINE_WIDTH);
    let progenitor = slamf6 * (1.0 - tim3);
    let terminal = (1.0 - slamf6) * tim3;
    let rest = max(1.0 - progenitor - terminal, 0.0);
    let intermediate = select(0.0, rest, programmes.w > INTERMEDIATE_EFFECTOR);
    let measured = vec4f(DYE_BACKGROUND + proteins.z + proteins.w, capacities.x, responses.y, proteins.x);
    (*stained).found += 1u;
    (*stained).saturated += u32(any(abs(measured * MEASURED_STEPS) > vec4f(MAX_STEPS)));
    let neither = (1.0 - slamf6) * (1.0 - tim3);
    (*stained).chances =
        array<f32, DYE>(progenitor, terminal, slamf6 * tim3, neither, slamf6, tim3, cytokine, intermediate);
    for (var fraction = 0u; fraction < DYE; fraction++) {
        (*stained).sums[fraction] += i32(floor((*stained).chances[fraction] * FRACTION_STEPS + 0.5));
    }
    (*stained).sums[DYE] += measured_steps(1.0, measured).x;
    add_subset(stained, 0u, progenitor, measured);
    add_subset(stained, 1u, intermediate, measured);
    add_subset(stained, 2u, terminal, measured);
    add_lineage(stained, divisions_of(progress[cell].y), measured, responses.w, uniform_of(random.z));
}

fn flush(block: u32, stained: ptr<function, Stained>) {
    if (*stained).not_finite > 0u {
        atomicAdd(&statistics[block + NOT_FINITE], (*stained).not_finite);
    }
    if (*stained).found > 0u {
        atomicAdd(&statistics[block + FOUND], (*stained).found);
        atomicAdd(&statistics[block + SATURATED], (*stained).saturated);
        for (var sum = 0u; sum < SUM_COUNT; sum++) {
            let steps = (*stained).sums[sum];
            add_wide(block + SUM + 2u * sum, bitcast<u32>(steps), select(0u, 0xffffffffu, steps < 0));
        }
    }
    *stained = Stained();
}

@compute @workgroup_size(WORKGROUP)
fn cytometry(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let invocation = invocation_of(global, groups);
    let start = invocation / settings.cell_type_count * CHUNK;
    let own = invocation % settings.cell_type_count;
    if start >= population.live_count || (request.cell_types >> own & 1u) == 0u {
        return;
    }
    let end = min(start + CHUNK, population.live_count);
    var tissue = tissue_of(identity[start].z);
    var stained = Stained();
    for (var cell = start; cell < end; cell++) {
        let kind = identity[cell].z;
        if cell_type_of(kind) != own || fate_of(kind) != LIVE {
            continue;
        }
        if tissue_of(kind) != tissue {
            flush(row_of(tissue, own) + request.offset, &stained);
            tissue = tissue_of(kind);
        }
        stain(&stained, cell);
    }
    flush(row_of(tissue, own) + request.offset, &stained);
}
