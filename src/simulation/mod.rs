//! A batch of tissues from start to end: interventions, conditions and branches between steps.

pub mod batch;
pub mod branch;
pub mod history;
pub mod intervention_state;
pub mod interventions;
