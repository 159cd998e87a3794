//! A number that tells plans apart: of everything that a run depends on, tables of cells and rules, and what was taken
//! from the library, included.

use super::Plan;
use std::fmt::{self, Write};

struct Hashed(blake3::Hasher);

impl Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

impl Plan {
    /// BLAKE3 of all that the plan holds, as 64 hexadecimal digits. Numbers are hashed by texts that read back as they
    /// were, bit by bit.
    pub fn fingerprint(&self) -> String {
        let mut hashed = Hashed(blake3::Hasher::new());
        // The hasher takes everything.
        let _ = write!(hashed, "{self:?}");
        hashed.0.finalize().to_hex().to_string()
    }
}
