//! Forces between cells, and motility.

pub mod forces;
pub mod mechanics;
pub mod motility;
pub mod relaxation;
pub mod touching;
