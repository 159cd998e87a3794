// What the stages of statistics share: the request, rows, fixed point. Twin: src/measure/layout.rs.
// Needs settings, columns and the buffer `statistics`.

// Slots that one invocation reads, before it adds what it found to the row of a tissue and cell type.
const CHUNK = 64u;
const BIN_COUNT = 64u;

// Words of a row that come before its columns.
const ATTACHED = 5u;
const FIRST_PHASE = 6u;

// Words of a column's block.
const FOUND = 0u;
const NOT_FINITE = 1u;
const SATURATED = 2u;
const SUM = 3u;
const SQUARES = 5u;
const MIN = 7u;
const MAX = 8u;
const BINS = 9u;

// Values are summed exactly up to so many steps of their resolution.
const MAX_STEPS = 1048576.0;

struct ColumnRequest {
    // Of `audit`: number of the pack.
    lane: u32,
    is_bits: u32,
    // Of `audit`: a bit for each lane with an f32.
    shift: u32,
    // Of `audit`: a bit for each lane with a column.
    mask: u32,
    // Steps of resolution in one unit of the column.
    steps_per_unit: f32,
    // First word of the column's block, or of the shells, within a row.
    offset: u32,
    row_words: u32,
    phase_count: u32,
    shell_count: u32,
    shells_per_um: f32,
    // Numbers below 0 are taken as so much larger.
    wrap: f32,
    // A bit for each cell type that goes through the panel of cytometry.
    cell_types: u32,
}

// First word of the row of a tissue and cell type.
fn row_of(tissue: u32, cell_type: u32) -> u32 {
    return (tissue * settings.cell_type_count + cell_type) * request.row_words;
}

// The number in a lane.
fn number_of(lane: u32) -> f32 {
    if request.is_bits == 1u {
        return f32((lane >> request.shift) & request.mask);
    }
    return bitcast<f32>(lane);
}

// By the bits, since compilers may assume that no number is NaN.
fn is_finite(lane: u32) -> bool {
    return request.is_bits == 1u || (lane & 0x7f800000u) != 0x7f800000u;
}

// Nearest step; halves go up.
fn steps_of(number: f32) -> i32 {
    return i32(floor(clamp(number * request.steps_per_unit, -MAX_STEPS, MAX_STEPS) + 0.5));
}

fn is_saturated(number: f32) -> bool {
    return abs(number * request.steps_per_unit) > MAX_STEPS;
}

// A whole number that is ordered as floats are.
fn ordered(number: f32) -> u32 {
    let bits = bitcast<u32>(number);
    return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn unordered(word: u32) -> f32 {
    return bitcast<f32>(select(~word, word & 0x7fffffffu, word >= 0x80000000u));
}

// Adds a number of two words to one in `statistics`. Wraps of the low word are counted in the high one, whatever the order.
fn add_wide(at: u32, low: u32, high: u32) {
    let before = atomicAdd(&statistics[at], low);
    let carried = high + u32(before + low < low);
    if carried != 0u {
        atomicAdd(&statistics[at + 1u], carried);
    }
}
