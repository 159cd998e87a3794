//! Hash of the cells of each tissue and type, and what no cell may be: not finite, outside of the domain, attached to what
//! is no cell of its tissue, with the number of another. Twin of `shaders/audit.wgsl`.
//!
//! The hash is a sum over cells of mixed words of all their columns, so that it depends neither on slots nor on batches:
//! the tissue's number in its batch is left out, and a bond counts by the number of the cell that it leads to. What cells
//! keep for rules is left out too, since the next step of the rules makes it anew.

use super::layout::Layout;
use super::reduce::by_row;
use crate::cells::Cells;
use crate::cells::columns::{COLUMNS, Column, NO_BOND, Pack, Storage, packs};
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::plan::domain::hours;
use std::collections::HashMap;
use std::ops::Range;

/// Words of the audit in a row: two of the hash, then cells that are at fault.
pub const AUDIT_WORDS: usize = 6;
const NOT_FINITE: usize = 2;
const OUTSIDE: usize = 3;
const MISATTACHED: usize = 4;
const ALIKE: usize = 5;

const SEEDS: [u32; 2] = [0x9e37_79b9, 0x7f4a_7c15];
const FACE: f32 = 1.000_001;

/// The finaliser of MurmurHash3 (Appleby), of a word that enters a hash.
fn mixed(hash: u32, word: u32) -> u32 {
    let mut it = hash ^ word;
    it = (it ^ (it >> 16)).wrapping_mul(0x85eb_ca6b);
    it = (it ^ (it >> 13)).wrapping_mul(0xc2b2_ae35);
    it ^ (it >> 16)
}

/// A bit for each lane of a pack that holds a column; and for each that holds an f32.
pub fn lanes_of(pack: Pack) -> [u32; 2] {
    let bit = |it: &Column| 1 << it.lane;
    let own = || COLUMNS.iter().filter(move |it| it.pack == pack);
    let floats = own().filter(|it| it.storage == Storage::Float);
    [own().fold(0, |all, it| all | bit(it)), floats.fold(0, |all, it| all | bit(it))]
}

fn tissue(cells: &Cells, slot: usize) -> u32 {
    cells.identity[slot][2] >> 16
}

/// The lanes as the hash takes them.
fn hashed(cells: &Cells, slot: usize, pack: Pack, mask: u32) -> [u32; 4] {
    let lanes = cells.pack(pack)[slot];
    if pack != Pack::Identity {
        return std::array::from_fn(|lane| if mask >> lane & 1 == 1 { lanes[lane] } else { 0 });
    }
    let bond = lanes[3];
    let is_bond = bond != NO_BOND && cells.is_attached_well(slot);
    let [low, high] = if is_bond { [0, 1].map(|lane| cells.identity[bond as usize][lane]) } else { [NO_BOND; 2] };
    [lanes[2] & 0xffff, low, high, u32::from(bond == NO_BOND)]
}

fn is_not_finite(lanes: [u32; 4], floats: u32) -> bool {
    (0..4).any(|lane| floats >> lane & 1 == 1 && lanes[lane] & 0x7f80_0000 == 0x7f80_0000)
}

fn is_outside(size_um: [f32; 3], position: [f32; 4]) -> bool {
    (0..3).any(|axis| position[axis].abs() > 0.5 * FACE * size_um[axis])
}

/// The packs that cells have; some come when they enter an engine.
fn filled(plan: &Plan, cells: &Cells) -> impl Iterator<Item = Pack> {
    packs(plan).filter(|pack| cells.pack(*pack).len() == cells.len())
}

/// Adds the audit to the words of the buffer `statistics`.
pub fn audit(plan: &Plan, layout: &Layout, cells: &Cells, words: &mut [u32]) {
    let packs: Vec<(Pack, [u32; 2])> = filled(plan, cells).map(|pack| (pack, lanes_of(pack))).collect();
    let mut numbers: HashMap<(u64, u32), u32> = HashMap::with_capacity(cells.len());
    for slot in 0..cells.len() {
        *numbers.entry((cells.id(slot), tissue(cells, slot))).or_default() += 1;
    }
    let visit = |_: &[u32], _: usize, slot: usize, found: &mut [u32; AUDIT_WORDS]| {
        let id = cells.identity[slot];
        for &(pack, [mask, floats]) in &packs {
            let columns = hashed(cells, slot, pack, mask);
            for (word, seed) in SEEDS.into_iter().enumerate() {
                let own = mixed(mixed(mixed(seed, pack as u32), id[0]), id[1]);
                found[word] = found[word].wrapping_add(columns.into_iter().fold(own, mixed));
            }
            let is_not_finite = is_not_finite(cells.pack(pack)[slot], floats);
            found[NOT_FINITE] += u32::from(is_not_finite);
            let is_outside = pack == Pack::Position && is_outside(plan.domain.size_um, cells.position[slot]);
            found[OUTSIDE] += u32::from(is_outside && !is_not_finite);
        }
        found[MISATTACHED] += u32::from(!cells.is_attached_well(slot));
        found[ALIKE] += u32::from(numbers[&(cells.id(slot), tissue(cells, slot))] > 1);
    };
    by_row(layout, cells, words, visit, |row, found| {
        let words = row[layout.audit..].iter_mut().zip(found);
        words.for_each(|(word, it)| *word = word.wrapping_add(it));
    });
}

/// Hash of a tissue of a batch: a whole number below 2^52, which an f64 holds.
pub fn state_hash(layout: &Layout, words: &[u32], tissue: usize) -> u64 {
    let sum = |word: usize| {
        let of_type = |cell_type| words[layout.row(tissue, cell_type) + layout.audit + word];
        (0..layout.type_count).map(of_type).fold(0, u32::wrapping_add)
    };
    (u64::from(sum(0)) << 32 | u64::from(sum(1))) >> 12
}

/// Whether an audit found a cell that must not be, or room was lost: whether the cells counted are not those there are.
pub fn has_fault(layout: &Layout, words: &[u32], live_count: u32) -> bool {
    let mut rows = words.chunks_exact(layout.row_words);
    let counted: u32 =
        words.chunks_exact(layout.row_words).map(|row| row[..super::layout::ATTACHED].iter().sum::<u32>()).sum();
    counted != live_count
        || rows.any(|row| row[layout.audit + NOT_FINITE..layout.audit + AUDIT_WORDS].iter().any(|&it| it > 0))
}

/// The first fault among the cells of a batch, for the message: which cell, which column.
fn first_fault(plan: &Plan, cells: &Cells) -> Option<(usize, String)> {
    let mut numbers: HashMap<(u64, u32), usize> = HashMap::with_capacity(cells.len());
    let packs: Vec<Pack> = filled(plan, cells).collect();
    let is_float = |it: &&Column| it.storage == Storage::Float && packs.contains(&it.pack);
    let floats: Vec<&Column> = COLUMNS.iter().filter(is_float).collect();
    (0..cells.len()).find_map(|slot| {
        let not_finite = floats.iter().find(|it| !cells.value(it, slot).is_finite());
        if let Some(it) = not_finite {
            return Some((slot, format!("{} is {}", it.name, cells.value(it, slot))));
        }
        let size_um = plan.domain.size_um;
        if is_outside(size_um, cells.position[slot]) {
            let axis = (0..3).find(|&axis| cells.position[slot][axis].abs() > 0.5 * FACE * size_um[axis]).unwrap_or(0);
            let (name, place) = (["x_um", "y_um", "z_um"][axis], cells.position[slot][axis]);
            return Some((
                slot,
                format!("{name} is {place}, outside of the domain, which ends at ±{}", 0.5 * size_um[axis]),
            ));
        }
        if !cells.is_attached_well(slot) {
            let bond = cells.identity[slot][3];
            return Some((slot, format!("bond is {bond}, which is the slot of no other cell of the tissue")));
        }
        let before = numbers.insert((cells.id(slot), tissue(cells, slot)), slot)?;
        Some((slot, format!("id is that of another cell of the tissue, in slot {before}")))
    })
}

/// `Error::Tissue` with the first fault among the cells of a batch, which are `tissues` of the study; `when` says at
/// which time, and after what.
pub fn check_cells(plan: &Plan, cells: &Cells, tissues: &Range<usize>, when: &str) -> Result<()> {
    let Some((slot, what)) = first_fault(plan, cells) else { return Ok(()) };
    let tissue = tissues.start + tissue(cells, slot) as usize;
    let (of_arm, cell_type) = (name_of(plan, tissue, tissues), cells.identity[slot][2] >> 12 & 15);
    let cell_type = plan.cell_types.get(cell_type as usize).map_or("of no type", |it| it.name.as_str());
    Err(Error::Tissue(tissue, format!("{of_arm}, {when}: cell {:#018x} ({cell_type}): {what}{HINT}", cells.id(slot))))
}

const HINT: &str = "\n\nhint: values that are not finite mostly mean that a rate or a time step is too large; --checked names the \
                    stage; if the twins (--device cpu) do not show it, the device is at fault: run texpop verify";

fn name_of(plan: &Plan, tissue: usize, tissues: &Range<usize>) -> String {
    if !tissues.contains(&tissue) {
        return format!("tissue {tissue}, which the batch does not have");
    }
    let (arm, replicate) = plan.arm_and_replicate(tissue);
    format!("arm {}, replicate {}", plan.arms[arm].name, replicate + 1)
}

/// The error for words that have a fault: with the cell, if it is still among the cells there are by now.
pub fn refuse(plan: &Plan, layout: &Layout, words: &[u32], cells: &Cells, tissues: &Range<usize>, tick: u32) -> Error {
    let when = format!("at {} h", hours(tick));
    if let Err(error) = check_cells(plan, cells, tissues, &when) {
        return error;
    }
    const WHAT: [(usize, &str); 4] = [
        (NOT_FINITE, "are not finite"),
        (OUTSIDE, "lie outside of the domain"),
        (MISATTACHED, "are attached to no cell of their tissue"),
        (ALIKE, "share their id"),
    ];
    for row in 0..layout.tissue_count * layout.type_count {
        let (local, cell_type) = (row / layout.type_count, row % layout.type_count);
        let count = |word: usize| words[layout.row(local, cell_type) + layout.audit + word];
        if let Some((word, what)) = WHAT.iter().find(|(word, _)| count(*word) > 0) {
            let (of_arm, name) = (name_of(plan, tissues.start + local, tissues), &plan.cell_types[cell_type].name);
            let said = format!("{of_arm}, {when}: {} cells of {name} {what}{HINT}", count(*word));
            return Error::Tissue(tissues.start + local, said);
        }
    }
    Error::Invariant(format!("{when}: cells were lost: fewer or more are counted than there are{HINT}"))
}
