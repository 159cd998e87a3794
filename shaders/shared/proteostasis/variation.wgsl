// How a cell differs from its type, and forgets it. Twin: src/stages/proteostasis/variation.rs.
//
//   p    = p_type exp(SIG eta - SIG^2/2)                    of mean p_type
//   eta <- eta e + sqrt(1 - e^2) xi,  e = exp(-dt/TAU)      Ornstein-Uhlenbeck, exact at any step; daughters inherit eta
//
// for the eight parameters km, vP, rA, kaG, K_GX, h1, aS and cS. xi has mean 0 and variance 1; it is uniform, which
// leaves eta normal: with a memory of TAU/dt = 192 steps its excess kurtosis is -1.2 (1 - e^2)/(1 + e^2) = -0.006.
// Frozen differences would let resistant lineages outgrow the others.
//
// | symbol | name | unit | source |
// |---|---|---|---|
// | SIG, TAU | variability, variability_time_h | 1, h | calibrated; mixing over one to three generations: general knowledge |
//
// The eight eta of a cell are whole numbers of 1/4096 in 16 bits each: the noise of a step spans hundreds of them, so
// rounding adds no bias.

fn eta_of(word: u32) -> f32 {
    return (f32(word) - 32768.0) * (1.0 / 4096.0);
}

fn factor_of(word: u32, sd: f32) -> f32 {
    return exact_exp(sd * eta_of(word) - 0.5 * (sd * sd));
}

fn variation_of(row: u32, words: vec4u) -> Variation {
    let sd = proteostasis_variability(row);
    return Variation(
        factor_of(words.x & 0xffffu, sd),
        factor_of(words.x >> 16u, sd),
        factor_of(words.y & 0xffffu, sd),
        factor_of(words.y >> 16u, sd),
        factor_of(words.z & 0xffffu, sd),
        factor_of(words.z >> 16u, sd),
        factor_of(words.w & 0xffffu, sd),
        factor_of(words.w >> 16u, sd),
    );
}

fn moved_eta(word: u32, random: u32, decay: f32, kick: f32) -> u32 {
    let noise = kick * ((f32(random) + 0.5) * (1.0 / 65536.0) - 0.5);
    let eta = eta_of(word) * decay + noise;
    return u32(clamp(floor(eta * 4096.0 + 0.5) + 32768.0, 0.0, 65535.0));
}

// Two eta in a word.
fn moved_pair(words: u32, random: u32, decay: f32, kick: f32) -> u32 {
    let low = moved_eta(words & 0xffffu, random & 0xffffu, decay, kick);
    return low | moved_eta(words >> 16u, random >> 16u, decay, kick) << 16u;
}

// The eta of a cell after a step of `step_h`.
fn moved_variation(row: u32, words: vec4u, random: vec4u, step_h: f32) -> vec4u {
    let decay = exact_exp(-(step_h / proteostasis_variability_time_h(row)));
    // Root of 12: a uniform number from -1/2 to 1/2 has the variance 1/12.
    let kick = sqrt((1.0 - decay) * (1.0 + decay)) * 3.4641016;
    return vec4u(
        moved_pair(words.x, random.x, decay, kick),
        moved_pair(words.y, random.y, decay, kick),
        moved_pair(words.z, random.z, decay, kick),
        moved_pair(words.w, random.w, decay, kick),
    );
}
