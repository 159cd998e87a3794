// Elastic rate in 1/min of the bond between two cells given as (slot, kind); 0 where there is none.
// Twin: src/steps/bonds.rs.

fn bond_elasticity(arm: u32, a: vec2u, b: vec2u) -> f32 {
    var rate = 0.0;
    if ((settings.effector_types >> cell_type_of(a.y)) & 1u) == 1u && identity[a.x].w == b.x {
        rate = pair_elastic_per_min(pair_row(arm, cell_type_of(a.y), cell_type_of(b.y)));
    }
    if ((settings.effector_types >> cell_type_of(b.y)) & 1u) == 1u && identity[b.x].w == a.x {
        rate += pair_elastic_per_min(pair_row(arm, cell_type_of(b.y), cell_type_of(a.y)));
    }
    return rate;
}
