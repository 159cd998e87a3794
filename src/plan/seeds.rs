//! Seeds of replicates: independent of the arm, so that the difference of two arms is a paired difference.

use crate::random::{Purpose, philox};

/// The Philox key of each replicate of a study with this seed.
pub fn seeds(seed: u64, replicates: u32) -> Vec<[u32; 2]> {
    let key = [seed as u32, (seed >> 32) as u32];
    let words = |replicate| philox(key, [replicate, 0, 0, Purpose::Placement as u32]);
    (0..replicates).map(|replicate| [words(replicate)[0], words(replicate)[1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicates_keep_their_seed_and_differ() {
        let few = seeds(7, 3);
        assert_eq!(few, seeds(7, 100)[..3]);
        assert!(few[0] != few[1] && few[1] != few[2]);
        assert_ne!(few, seeds(7 | 1 << 32, 3), "the upper half of the seed counts");
    }
}
