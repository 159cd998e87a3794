//! Inference on results: bootstrap, paired comparison, sensitivity, survival and Pareto fronts.

pub mod association;
pub mod bootstrap;
pub mod comparison;
pub mod pareto;
pub mod sensitivity;
pub mod survival;
