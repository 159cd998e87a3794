//! The step graph, and the engines that run it: CPU twins and GPU.

pub mod cpu;
pub(crate) mod dispatches;
pub mod gpu;
pub(crate) mod gpu_bindings;
pub(crate) mod gpu_queue;
pub(crate) mod gpu_state;
pub mod graph;
pub(crate) mod initial_state;
pub mod interface;
pub(crate) mod observation;
pub mod shaders;
pub mod state;
