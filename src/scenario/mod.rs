//! The scenario exactly as the user writes it.

pub mod units;
