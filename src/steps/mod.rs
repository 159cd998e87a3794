//! A step: the graph of its stages, their twins, and the engines that run them.

pub mod age;
pub mod assign_voxels;
pub mod attach;
pub mod batch;
pub mod bonds;
pub mod contacts;
pub mod cpu;
pub mod cycle;
pub mod damage;
pub mod diffusion;
mod dispatches;
pub mod divide;
pub mod engage;
pub mod engine;
pub mod gpu;
mod gpu_queue;
pub mod graph;
pub mod kind;
pub mod mechanics;
pub mod motility;
pub mod neighbours;
mod observation;
pub mod phases;
pub mod rebuild;
pub mod relaxation;
pub mod remove;
pub mod respond;
pub mod scan;
mod scatter;
pub mod settings;
pub mod sort_voxels;
pub mod space;
pub mod traits;
mod world;

pub use world::{Tissue, World};
