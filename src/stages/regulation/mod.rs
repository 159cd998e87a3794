//! Rules of the scenario, and induced behaviour.

pub mod behaviours;
pub mod induce;
pub mod rules;
