// Elastic rate in 1/min of the bond between two cells given as (slot, kind); 0 where there is none.
// Twin: src/steps/bonds.rs.

// 0 where no bond is elastic, and nothing needs to be looked up.
//#constant HAS_BONDS = 1

// `pair` is the row of the two cell types, `own_bond` the bond of the first cell.
fn bond_elasticity(pair: u32, own: vec2u, own_bond: u32, other: vec2u) -> f32 {
    if HAS_BONDS == 0u { return 0.0; }
    let is_bonded = own_bond == other.x || identity[other.x].w == own.x;
    return select(0.0, pair_elastic_per_min(pair), is_bonded);
}
