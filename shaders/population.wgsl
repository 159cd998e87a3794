// Stage population: the numbers that the device keeps itself, and the sizes of its dispatches.
//
// resize: after place, the new number of cells; when it exceeds the room, nothing changes but `needed`, and every
// later dispatch of this submission is empty, until the host has made room and goes on from here.
// size_cells, size_effectors: workgroups for one invocation a cell (and one more), a chunk of cells, an effector.
// advance: the end of a step.
//#include "shared/settings.wgsl"
//#include "shared/dispatch.wgsl"
//#include "shared/room.wgsl"

struct Sizes {
    cells: vec4u,
    chunks: vec4u,
    scan_blocks: vec4u,
    effectors: vec4u,
}

@group(0) @binding(0) var<uniform> room: Room;
@group(0) @binding(1) var<uniform> settings: Settings;
@group(0) @binding(2) var<storage, read> first_slot: array<u32>;
@group(0) @binding(3) var<storage, read_write> population: Population;
@group(0) @binding(4) var<storage, read_write> sizes: Sizes;

fn ceiling(count: u32, size: u32) -> u32 {
    return (count + size - 1u) / size;
}

fn folded(groups: u32) -> vec4u {
    return vec4u(fold(groups), 0u);
}

// Sizes for the current number of cells; all empty after a halt.
fn size_now() {
    if is_halted() {
        sizes = Sizes(vec4u(0u), vec4u(0u), vec4u(0u), vec4u(0u));
        return;
    }
    let cells = population.live_count;
    sizes.cells = folded(ceiling(cells + 1u, WORKGROUP));
    sizes.chunks = folded(ceiling(ceiling(cells, room.chunk) * settings.cell_type_count, WORKGROUP));
    sizes.scan_blocks = folded(ceiling(cells + 1u, room.scan_block));
}

@compute @workgroup_size(1)
fn size_cells() {
    size_now();
}

@compute @workgroup_size(1)
fn resize() {
    if is_halted() { return; }
    population.needed = first_slot[population.live_count];
    if population.needed <= room.capacity { population.live_count = population.needed; }
    size_now();
}

@compute @workgroup_size(1)
fn size_effectors() {
    if is_halted() { return; }
    sizes.effectors = folded(ceiling(population.effector_count, WORKGROUP));
}

@compute @workgroup_size(1)
fn advance() {
    if is_halted() { return; }
    population.tick += room.movement_ticks;
    population.effector_count = 0u;
}
