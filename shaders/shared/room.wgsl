// How much room there is, and whether the device has run out of it. Needs population.

struct Room {
    capacity: u32,
    movement_ticks: u32,
    chunk: u32,
    // Cells of one workgroup of `scan`.
    scan_block: u32,
}

// After a halt nothing changes, until the host has made room and goes on from there.
fn is_halted() -> bool {
    return population.needed > room.capacity;
}
