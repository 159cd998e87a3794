//! Substrates: exchange with cells, diffusion, and their balance.

pub mod diffusion;
pub mod exchange;
pub mod field;
pub mod secrete;
pub mod sense_il2;
