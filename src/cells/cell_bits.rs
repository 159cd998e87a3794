//! The lane `kind` of a cell: phase, fate, cell type and tissue, read and written by their rows in the table of columns.

use super::columns::{Column, Fate, Storage, mask};

const fn place(name: &str) -> (u32, u32) {
    let mut row = 0;
    while row < super::columns::COLUMNS.len() {
        let Column { name: found, storage, .. } = super::columns::COLUMNS[row];
        if let Storage::Bits { shift, width } = storage
            && same(found, name)
        {
            return (shift, width);
        }
        row += 1;
    }
    panic!("no such column of bits");
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn get(lane: u32, (shift, width): (u32, u32)) -> u32 {
    (lane >> shift) & mask(width)
}

const fn set(lane: u32, value: u32, (shift, width): (u32, u32)) -> u32 {
    (lane & !(mask(width) << shift)) | (value << shift)
}

const PHASE: (u32, u32) = place("phase");
const FATE: (u32, u32) = place("fate");
const IS_ARRESTED: (u32, u32) = place("is_arrested");
const CELL_TYPE: (u32, u32) = place("cell_type");
const TISSUE: (u32, u32) = place("tissue");
const HITS: (u32, u32) = place("hits");
const DIVISIONS: (u32, u32) = place("divisions");
const BORN: (u32, u32) = place("born");
const PD_L1_MET: (u32, u32) = place("pd_l1_met");
const IL2_MET: (u32, u32) = place("il2_met");
/// More hits are counted as this many.
pub const MOST_HITS: u32 = mask(HITS.1);

/// Phase of the cycle.
pub const fn phase(kind: u32) -> u32 {
    get(kind, PHASE)
}

/// Whether an effector holds the cell that arrests its cycle.
pub const fn is_arrested(kind: u32) -> bool {
    get(kind, IS_ARRESTED) == 1
}

/// The kind of a cell whose cycle is arrested, or not.
pub const fn with_is_arrested(kind: u32, is_arrested: bool) -> u32 {
    set(kind, is_arrested as u32, IS_ARRESTED)
}

/// Number of the cell type.
pub const fn cell_type(kind: u32) -> u32 {
    get(kind, CELL_TYPE)
}

/// The kind with another cell type.
pub const fn with_cell_type(kind: u32, cell_type: u32) -> u32 {
    set(kind, cell_type, CELL_TYPE)
}

/// Number of the tissue in its batch.
pub const fn tissue(kind: u32) -> u32 {
    get(kind, TISSUE)
}

/// The kind with another tissue.
pub const fn with_tissue(kind: u32, tissue: u32) -> u32 {
    set(kind, tissue, TISSUE)
}

/// The fate, as a number.
pub const fn fate(kind: u32) -> u32 {
    get(kind, FATE)
}

/// Whether the fate is the given one.
pub const fn is(kind: u32, fate: Fate) -> bool {
    get(kind, FATE) == fate as u32
}

/// The kind with another fate.
pub const fn with_fate(kind: u32, fate: Fate) -> u32 {
    set(kind, fate as u32, FATE)
}

/// The kind with another phase.
pub const fn with_phase(kind: u32, phase: u32) -> u32 {
    set(kind, phase, PHASE)
}

/// Hits, from the second lane of `progress`.
pub const fn hits(lane: u32) -> u32 {
    get(lane, HITS)
}

/// The lane with another number of hits.
pub const fn with_hits(lane: u32, hits: u32) -> u32 {
    set(lane, hits, HITS)
}

/// Divisions, from the second lane of `progress`.
pub const fn divisions(lane: u32) -> u32 {
    get(lane, DIVISIONS)
}

/// The lane with another number of divisions, of which the lowest bits are kept.
pub const fn with_divisions(lane: u32, divisions: u32) -> u32 {
    set(lane, divisions & mask(DIVISIONS.1), DIVISIONS)
}

/// When the cell was born, in units of `Clocks::birth_ticks`, from the second lane of `progress`.
pub const fn born(lane: u32) -> u32 {
    get(lane, BORN)
}

/// The lane with another time of birth, at most the last that can be counted.
pub const fn with_born(lane: u32, born: u32) -> u32 {
    set(lane, if born < mask(BORN.1) { born } else { mask(BORN.1) }, BORN)
}

/// The first lane of `signal` with another PD-L1 of the target held, × 65535.
pub const fn with_pd_l1_met(lane: u32, met: u32) -> u32 {
    set(lane, met, PD_L1_MET)
}

/// The first lane of `signal` with another IL-2 signal, × 65535.
pub const fn with_il2_met(lane: u32, met: u32) -> u32 {
    set(lane, met, IL2_MET)
}
