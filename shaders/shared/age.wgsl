// Times of birth and ages. Twin: src/cells/age.rs. Needs settings, population and columns.
//
// Survival to an age t is (1 - t/maximum)^shape, the hazard shape/(maximum - t).

fn movement_ticks() -> u32 {
    return u32(settings.movement_min * 100.0 + 0.5);
}

// Time of birth of a cell that comes at the end of this step, in units of settings.birth_ticks.
fn born_now() -> u32 {
    return min((population.tick + movement_ticks()) / settings.birth_ticks, 65535u);
}

// The second lane of progress of a cell that grows no older in this cycle step. A step shorter than the unit of the times
// of birth counts once in as many steps as the unit has.
fn born_later(lane: u32) -> u32 {
    let born = min(born_of(lane) + 1u, 65535u);
    return select(lane, with_born(lane, born), (population.tick + movement_ticks()) % settings.birth_ticks == 0u);
}

// Age in min at the end of this step, from the second lane of progress.
fn age_min(lane: u32) -> f32 {
    return f32(population.tick - min(born_of(lane) * settings.birth_ticks, population.tick)) * 0.01 + settings.movement_min;
}

// Integral of the hazard of ageing over the cycle step that ends at an age.
fn ageing(age: f32, maximum_min: f32, shape: f32) -> f32 {
    if maximum_min == 0.0 { return 0.0; }
    let before = max(age - settings.cycle_min, 0.0);
    if age >= maximum_min { return 100.0; }
    let x = (age - before) / (maximum_min - before);
    if x < 0.01 { return shape * (x * (1.0 + x * (0.5 + x * ((1.0f / 3.0f) + x * 0.25)))); }
    return shape * -exact_log(1.0 - x);
}
