// What a cell remembers of its proteostasis, and functions that all its processes share. Twin: src/stages/proteostasis/state.rs.
//
//   h(x, K, n) = x^n / (K^n + x^n)        phi1(z) = (1 - e^-z)/z        phi2(z) = (1 - phi1(z))/z
//
// | symbol | name | unit | meaning |
// |---|---|---|---|
// | A | akt_activity | 1 | phosphorylated AKT |
// | W | translation_capacity_percent_per_h | %/h | ribosomes |
// | M | misfolded_percent | % | soluble misfolded protein, in % of all protein of the cell |
// | G | aggregated_percent | % | aggregated protein |
// | C | activation_chaperones | 1 | folding capacity that activation brings (HSP90, TRiC) |
// | H | stress_chaperones | 1 | chaperones of the proteotoxic stress response (gp96, BiP, ERO1A) |
// | N | stimulation_history | 1 | stimulation remembered |
// | X | exhaustion | 1 | exhaustion programme (TOX, TIM-3) |
// | E | exhaustion_lock | 1 | exhaustion fixed in chromatin |
// | T | stemness | 1 | TCF1, SLAMF6 |
// | P | pd1 | 1 | PD-1 at the surface |
// | F | effector_programme | 1 | granzyme, perforin, interferon-gamma made |

struct State {
    akt_activity: f32,
    translation_capacity_percent_per_h: f32,
    misfolded_percent: f32,
    aggregated_percent: f32,
    activation_chaperones: f32,
    stress_chaperones: f32,
    stimulation_history: f32,
    exhaustion: f32,
    exhaustion_lock: f32,
    stemness: f32,
    pd1: f32,
    effector_programme: f32,
}

// What a cell meets: TCR occupancy S, costimulation q, IL-2 signal L2, PD-L1 L; each from 0 to 1.
struct Signals {
    tcr_occupancy: f32,
    costimulation: f32,
    il2: f32,
    pd_l1: f32,
}

// Factors by which parameters of one cell differ from those of its type: see variation.wgsl.
struct Variation {
    misfolding: f32,
    proteasome: f32,
    translation_by_akt: f32,
    autophagy_of_aggregates: f32,
    exhaustion_half_aggregated: f32,
    stress_chaperones_by_stress: f32,
    akt_by_tcr: f32,
    activation_chaperones_by_tcr: f32,
}

// Less than this is none (assumed), so that no power of it leaves the numbers that every device has.
const LEAST = 1e-8;

fn without_least(x: f32) -> f32 {
    return select(0.0, x, x > LEAST);
}

// h(x, half, 2)
fn hill_2(x: f32, half: f32) -> f32 {
    let y = without_least(x);
    let power = y * y;
    return power / (half * half + power);
}

// h(x, half, 4)
fn hill_4(x: f32, half: f32) -> f32 {
    let y = without_least(x);
    let square = y * y;
    let power = square * square;
    let half_square = half * half;
    return power / (half_square * half_square + power);
}

// phi1(z), from e^-z
fn mean_decay(z: f32, decay: f32) -> f32 {
    let series = 1.0 - z * (0.5 - z * (1.0f / 6.0f - z * (1.0f / 24.0f)));
    return select((1.0 - decay) / max(z, 0.05), series, z < 0.05);
}

// phi2(z), from phi1(z)
fn mean_gain(z: f32, mean: f32) -> f32 {
    let series = 0.5 - z * (1.0f / 6.0f - z * (1.0f / 24.0f - z * (1.0f / 120.0f - z * (1.0f / 720.0f))));
    return select((1.0 - mean) / max(z, 0.25), series, z < 0.25);
}
