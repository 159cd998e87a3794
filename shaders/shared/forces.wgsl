// Repulsion and adhesion of two cells: of their types, or, where rules change them, of the cells themselves: the geometric
// mean of what each has. Twin: src/stages/motion/forces.rs. Needs behaviours.wgsl.

// 0 where no rule changes them.
//#constant HAS_RULED_FORCES = 0

// Repulsion and adhesion in um/min that a cell given as (slot, kind) would share with its like.
fn forces_of(arm: u32, cell: vec2u) -> vec2f {
    if HAS_RULED_FORCES == 0u { return vec2f(0.0); }
    let own_type = cell_type_of(cell.y);
    let pair = pair_row(arm, own_type, own_type);
    return vec2f(ruled(pair + PAIR_REPULSION_UM_PER_MIN, cell.x), ruled(pair + PAIR_ADHESION_UM_PER_MIN, cell.x));
}

// Those between two cells. `pair` is the row of the two cell types, `own` what `forces_of` gives for the first cell.
fn forces_between(arm: u32, pair: u32, own: vec2f, other: vec2u) -> vec2f {
    if HAS_RULED_FORCES == 0u { return vec2f(pair_repulsion_um_per_min(pair), pair_adhesion_um_per_min(pair)); }
    return sqrt(own * forces_of(arm, other));
}
