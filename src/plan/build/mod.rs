//! From a scenario to a plan.

pub mod space;
