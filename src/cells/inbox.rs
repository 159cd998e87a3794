//! The inbox of a cell: two words in `contacts`. Twin of `shaders/shared/contacts.wgsl`.
//!
//! First word: effectors attached (bits 0 to 7), effectors that share the best claim (8 to 11), killed (12),
//! arrested (13), hits (16 to 31). Second word: the best claim, lowest first.

/// An empty inbox.
pub const AT_REST: [u32; 2] = [0, NO_CLAIM];
pub const ONE_ATTACHED: u32 = 1;
pub const ONE_CONTENDER: u32 = 1 << 8;
pub const IS_KILLED: u32 = 1 << 12;
pub const ARRESTS: u32 = 1 << 13;
pub const ONE_HIT: u32 = 1 << 16;
pub const NO_CLAIM: u32 = u32::MAX;
/// A bond that is wished for, until the claims are settled.
pub const TENTATIVE: u32 = 1 << 31;
pub use crate::plan::domain::BOND_STRETCH;

/// Effectors attached.
pub const fn attached(inbox: u32) -> u32 {
    inbox & 255
}

/// Effectors that share the best claim.
pub const fn contenders(inbox: u32) -> u32 {
    (inbox >> 8) & 15
}

/// Hits of this step.
pub const fn hits(inbox: u32) -> u32 {
    inbox >> 16
}
