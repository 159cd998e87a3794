//! The cells: one table of columns, and the rules that place the first of them.

pub mod age;
pub mod cell_bits;
pub mod columns;
pub mod directions;
pub mod events;
pub mod inbox;
pub mod lists;
pub mod phases;
pub mod placement;
pub mod settings;
mod state;
pub mod traits;
pub mod world;

pub use state::Cells;
