// What a cell presents to effectors. Needs the buffer surface, and the parameters. Twin: `presented` in src/stages/regulation/induce.rs.

// 0 where no cell type has immunogenicity, and all cells present all antigen.
//#constant HAS_SURFACE = 0

// Antigen that the cell in a slot presents to an effector of the pair: on MHC-I, or, to one that ignores it, all of it.
fn presented(pair: u32, slot: u32) -> f32 {
    if HAS_SURFACE == 0u { return 1.0; }
    let own = surface[slot];
    return own.x * select(own.y, 1.0, pair_ignores_mhc1(pair) == 1u);
}
