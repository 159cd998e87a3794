//! Voxels, the sorted order of cells, and the search for neighbours.

pub mod assign_voxels;
pub mod neighbours;
pub mod region;
pub mod scan;
pub(crate) mod scatter;
pub mod sort_voxels;
pub mod space;
