// The cells of a voxel of the substrates, in the order of their ids, from a list in any order. Needs the buffers identity and
// next_cell. Twins: src/stages/substrates/exchange.rs, src/stages/substrates/secrete.rs.

// End of a list of cells.
const NOBODY = 0xffffffffu;

fn precedes(a: vec2u, b: vec2u) -> bool {
    return a.y < b.y || (a.y == b.y && a.x < b.x);
}

// The cell of a list whose id follows another; the first one for NOBODY.
fn follower(head: u32, last: u32) -> u32 {
    var found = NOBODY;
    for (var slot = head; slot != NOBODY; slot = next_cell[slot]) {
        let id = identity[slot].xy;
        if last != NOBODY && !precedes(identity[last].xy, id) { continue; }
        if found == NOBODY || precedes(id, identity[found].xy) { found = slot; }
    }
    return found;
}
