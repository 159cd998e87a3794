// Lists of the cells that may touch one during a step of relaxation. Twin: src/stages/motion/touching.rs, which says how they
// are used.

// Words of a list: places in the sorted order, and the state in the last word.
const LIST_WORDS = 16u;
// Cells that a list names at most; a cell with more of them searches.
const LISTED = 15u;
// In a place: the two cells are bonded.
const BONDED = 0x80000000u;
// In a state: the cell searches in each iteration.
const SEARCHES = 0x80000000u;
// In a state: the cell is bonded to one that it did not find.
const SEEKS_BONDED = 0x40000000u;
// How many cells a state says are listed.
const COUNT = 255u;
