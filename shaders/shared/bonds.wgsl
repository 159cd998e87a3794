// Elastic bonds, and attraction to cells nearby. Twin: src/stages/interactions/bonds.rs.

// 0 where no bond is elastic, and nothing needs to be looked up.
//#constant HAS_BONDS = 1

// 0 where nothing is attracted.
//#constant HAS_ATTRACTION = 1

// Elastic rate in 1/min of the bond between two cells given as (slot, kind); 0 where there is none. `pair` is the row of the two cell types, `own_bond` the bond of the first cell.
fn bond_elasticity(pair: u32, own: vec2u, own_bond: u32, other: vec2u) -> f32 {
    if HAS_BONDS == 0u { return 0.0; }
    let is_bonded = own_bond == other.x || identity[other.x].w == own.x;
    return select(0.0, pair_elastic_per_min(pair), is_bonded);
}

// Rate in 1/min at which a cell of a kind is drawn toward another at a distance; 0 where it is not.
fn attraction(pair: u32, own_kind: u32, distance_um: f32) -> f32 {
    if HAS_ATTRACTION == 0u { return 0.0; }
    let is_near = distance_um > pair_attraction_from_um(pair) && distance_um < pair_attraction_to_um(pair);
    return select(0.0, pair_attraction_per_min(pair), is_near && fate_of(own_kind) == LIVE);
}
