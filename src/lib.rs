//! texpop: populations of T cells and tumour cells, cell by cell, on any GPU.
//!
//! One path runs through the code, left to right:
//! [`scenario`] → [`compile`] → [`plan`] → [`fields`] → [`cells`] → [`stages`] → [`engine`] → [`simulation`] → [`outputs`] → [`run`].
//! No two folders use each other; a test reads the imports and fails on a circle.

pub mod analysis;
pub mod cells;
pub mod cli;
pub mod compile;
pub mod device;
pub mod engine;
pub mod error;
pub mod fields;
pub mod import;
pub mod math;
pub mod measure;
pub mod outputs;
pub mod phase_diagram;
pub mod plan;
pub mod random;
pub mod run;
pub mod scenario;
pub mod simulation;
pub mod stages;
pub mod verify;
