// Damage of a cell by hits, and the death that it brings: D' = -D/tau, D + 1 at each hit, hazard of death h D^p.
// Over a time t without hits: D exp(-t/tau), and the cumulative hazard h D^p (tau/p) (1 - exp(-p t/tau)).
// The hits of a step fall in its middle. Twin: src/stages/lifecycle/damage.rs.

// Less damage than this is none, more than that counts as that much.
const LEAST_DAMAGE = 1e-6;
const MOST_DAMAGE = 1000.0;

// x^n by multiplication.
fn whole_power(x: f32, n: u32) -> f32 {
    var product = 1.0;
    for (var i = 0u; i < n; i++) { product = product * x; }
    return product;
}

// Damage after a step of `minutes` in which so many hits fell, and the cumulative hazard of the step.
fn faded(own: u32, damage: f32, hits: u32, minutes: f32) -> vec2f {
    let half_min = 0.5 * minutes;
    let kept = exact_exp(-(type_damage_decay_per_min(own) * half_min));
    let steepness_per_min = f32(type_damage_power(own)) * type_damage_decay_per_min(own);
    let weight = type_damage_hazard_per_min(own)
        * (event_probability(steepness_per_min * half_min) / steepness_per_min);
    let struck = min(damage * kept + f32(hits), MOST_DAMAGE);
    let hazard = weight * (whole_power(damage, type_damage_power(own)) + whole_power(struck, type_damage_power(own)));
    let left = struck * kept;
    return vec2f(select(left, 0.0, left < LEAST_DAMAGE), hazard);
}
