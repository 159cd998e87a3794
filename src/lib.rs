//! texpop: populations of T cells and tumour cells, cell by cell, on any GPU.
//!
//! One path runs through the code, left to right:
//! [`scenario`] → [`plan`] → [`cells`] → [`steps`] → [`statistics`] → [`outputs`].
//! A module uses only modules to its left, and the leaves [`device`], [`random`], [`math`], [`error`].

pub mod branch;
pub mod cells;
pub mod cli;
pub mod device;
pub mod error;
pub mod import;
pub mod interventions;
pub mod math;
pub mod outputs;
pub mod phase_diagram;
pub mod plan;
pub mod random;
pub mod scenario;
pub mod statistics;

pub mod convergence;
mod recorder;
pub mod resume;
pub mod room;
pub mod run;
pub mod steps;
pub mod verify;
