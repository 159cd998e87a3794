// Random numbers: Philox4x32-10. Twin: src/random.rs, the same operations in the same order.
//#include "shared/math.wgsl"

// What a draw decides: see `Purpose` in the twin.
const PURPOSE_PLACEMENT = 1u;
const PURPOSE_LINEAGE = 2u;
const PURPOSE_CYCLE = 3u;
const PURPOSE_PHASE = 16u;
const PURPOSE_DIVISION = 4u;
const PURPOSE_MOTILITY_FIRST = 5u;
const PURPOSE_MOTILITY_SECOND = 6u;
const PURPOSE_ATTACH = 7u;
const PURPOSE_ENGAGE = 8u;
const PURPOSE_REPAIR = 9u;
const PURPOSE_MIXING = 10u;
const PURPOSE_DAMAGE = 11u;
const PURPOSE_VARIATION = 12u;
const PURPOSE_FIRST_VARIATION = 13u;
const PURPOSE_CYTOMETRY = 14u;
const PURPOSE_ANTIGEN_LOSS = 15u;
const PURPOSE_PARTING = 128u;
const PURPOSE_REMOVAL = 256u;
const PURPOSE_IRRADIATION = 32768u;

// Upper half of a 64-bit product, in 16-bit limbs, since WGSL has no wider integers.
fn multiply_high(a: u32, b: u32) -> u32 {
    let a_low = a & 0xffffu;
    let a_high = a >> 16u;
    let b_low = b & 0xffffu;
    let b_high = b >> 16u;
    let first = a_high * b_low + ((a_low * b_low) >> 16u);
    let second = a_low * b_high + (first & 0xffffu);
    return a_high * b_high + (first >> 16u) + (second >> 16u);
}

// Ten rounds of Philox4x32.
fn philox(key: vec2u, counter: vec4u) -> vec4u {
    var k = key;
    var c = counter;
    for (var round = 0u; round < 10u; round++) {
        let high_0 = multiply_high(0xD2511F53u, c.x);
        let high_1 = multiply_high(0xCD9E8D57u, c.z);
        c = vec4u(high_1 ^ c.y ^ k.x, 0xCD9E8D57u * c.z, high_0 ^ c.w ^ k.y, 0xD2511F53u * c.x);
        k += vec2u(0x9E3779B9u, 0xBB67AE85u);
    }
    return c;
}

// Four random words for one decision of one cell.
fn draw(seed: vec2u, id: vec2u, tick: u32, purpose: u32) -> vec4u {
    return philox(seed, vec4u(id, tick, purpose));
}

// Uniform deviate in (0, 1). Twin: `uniform`.
fn uniform_of(word: u32) -> f32 {
    return (f32(word >> 9u) + 0.5) * (1.0 / 8388608.0);
}

// Threshold below which a random word falls with the given probability. Twin: `threshold`.
fn threshold_of(probability: f32) -> u32 {
    return u32(min(probability * 4294967296.0, 4294967040.0));
}

// Two independent standard normal deviates by Box and Muller.
fn normal_pair(a: u32, b: u32) -> vec2f {
    let radius = sqrt(-2.0 * exact_log(uniform_of(a)));
    let sine_cosine = sin_cos_turns(uniform_of(b));
    return vec2f(radius * sine_cosine.y, radius * sine_cosine.x);
}
