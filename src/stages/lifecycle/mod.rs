//! Cycle, division, damage and death.

pub mod count_tissue;
pub mod cycle;
pub mod damage;
pub mod divide;
pub mod irradiate;
pub mod rebuild;
pub mod remove;
pub mod transitions;
