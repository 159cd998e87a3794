//! The cells: one table of columns, and the rules that place the first of them.

pub mod columns;
mod state;

pub use state::Cells;
