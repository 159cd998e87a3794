//! The scenario exactly as the user writes it.

pub mod faults;
pub mod units;
