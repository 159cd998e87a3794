// Elementary functions made of f32 operations alone. Twin: src/math.rs, the same operations in the same order.
// `exact_` keeps them apart from WGSL's own functions, whose bits differ from driver to driver.

// 2^exponent for whole exponents from -126 to 127.
fn power_of_two(exponent: i32) -> f32 {
    return bitcast<f32>(u32(exponent + 127) << 23u);
}

// e^x; 0 below -87, the largest power above 88. Twin: `exp`.
fn exact_exp(x: f32) -> f32 {
    if x < -87.0 {
        return 0.0;
    }
    let bounded = min(x, 88.0);
    let n = floor(bounded * 1.44269504088896340736 + 0.5);
    let r = (bounded - n * 0.6933594) - n * -2.1219444e-4;
    var p = 1.9875691e-4;
    p = p * r + 1.3982e-3;
    p = p * r + 8.333452e-3;
    p = p * r + 4.1665796e-2;
    p = p * r + 1.6666665e-1;
    p = p * r + 0.5;
    let fraction = (p * r * r + r) + 1.0;
    let half = floor(n * 0.5);
    return fraction * power_of_two(i32(half)) * power_of_two(i32(n - half));
}

// ln x for normal positive x. Twin: `log`.
fn exact_log(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    var exponent = f32(i32(bits >> 23u) - 126);
    var m = bitcast<f32>((bits & 0x007fffffu) | 0x3f000000u);
    if m < 0.70710678118654752440 {
        exponent -= 1.0;
        m = m + m - 1.0;
    } else {
        m -= 1.0;
    }
    let z = m * m;
    var p = 7.0376836e-2;
    p = p * m - 1.151461e-1;
    p = p * m + 1.1676999e-1;
    p = p * m - 1.2420141e-1;
    p = p * m + 1.4249323e-1;
    p = p * m - 1.6668057e-1;
    p = p * m + 2.0000715e-1;
    p = p * m - 2.4999994e-1;
    p = p * m + 3.333333e-1;
    var y = m * z * p;
    y += exponent * -2.1219444e-4;
    y -= 0.5 * z;
    return (m + y) + exponent * 0.6933594;
}

// (sin, cos) of 2 pi turns for turns in [0, 1).
fn sin_cos_turns(turns: f32) -> vec2f {
    let quadrant = floor(turns * 4.0 + 0.5);
    let angle = (turns - quadrant * 0.25) * 6.28318530717958647693;
    let z = angle * angle;
    var s = -1.9515296e-4;
    s = s * z + 8.332161e-3;
    s = s * z - 1.6666655e-1;
    let sine = s * z * angle + angle;
    var c = 2.4433157e-5;
    c = c * z - 1.3887316e-3;
    c = c * z + 4.1666646e-2;
    let cosine = c * z * z - 0.5 * z + 1.0;
    switch u32(quadrant) & 3u {
        case 0u: { return vec2f(sine, cosine); }
        case 1u: { return vec2f(cosine, -sine); }
        case 2u: { return vec2f(-sine, -cosine); }
        default: { return vec2f(-cosine, sine); }
    }
}

// x^(1/3) for x >= 0.
fn cube_root(x: f32) -> f32 {
    if x <= 0.0 {
        return 0.0;
    }
    var y = bitcast<f32>(bitcast<u32>(x) / 3u + 709921077u);
    for (var i = 0u; i < 3u; i++) {
        y = (y + y + x / (y * y)) * (1.0f / 3.0f);
    }
    return y;
}

// Radius in um of a ball of the given volume in um3.
fn radius_of(volume_um3: f32) -> f32 {
    return cube_root(volume_um3 * 0.23873241);
}

// Probability that an event with the given mean number happens at least once.
fn event_probability(x: f32) -> f32 {
    if x < 0.01 {
        return x * (1.0 - x * (0.5 - x * (1.0f / 6.0f)));
    }
    return 1.0 - exact_exp(-x);
}
