//! The cells: one table of columns, and the rules that place the first of them.

pub mod columns;
pub mod placement;
mod state;

pub use state::Cells;
