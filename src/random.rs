//! Random numbers: Philox4x32-10 (Salmon et al., SC 2011, "Parallel random numbers: as easy as 1, 2, 3").
//!
//! A draw is a pure function of (replicate seed, cell id, tick, purpose): never of slot, thread or arm,
//! so sorting the cells changes nothing and the arms of a study meet the same luck.
//! Twin of `shaders/shared/random.wgsl`.

/// What a draw decides. Two decisions of one cell at one tick never share a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Purpose {
    /// Parameter of a patient (host only); its number stands for the cell.
    Cohort = 0,
    /// Placement, traits and first phase of a cell that enters a tissue (host only).
    Placement = 1,
    /// Id of a newborn cell.
    Lineage = 2,
    /// Death and phase of a cell in a cycle step.
    Cycle = 3,
    /// Duration of a phase; the number of the transition is added.
    Phase = 16,
    /// Direction in which two daughters part.
    Division = 4,
    /// First four normal deviates of a motility step.
    MotilityFirst = 5,
    /// Last two normal deviates of a motility step.
    MotilitySecond = 6,
    /// Choice of a target by a free effector.
    Attach = 7,
    /// Detachment, killing and hits of a bound effector.
    Engage = 8,
    /// Repair of hits.
    Repair = 9,
    /// Bucket of a cell in a well-mixed culture.
    Mixing = 10,
    /// Death by damage.
    Damage = 11,
    /// Noise in how a cell differs from its type.
    Variation = 12,
    /// How a cell that enters differs from its type (host only); a number of the draw stands for the tick.
    FirstVariation = 13,
    /// Noise of the flow cytometer.
    Cytometry = 14,
    /// Loss of antigen by the two cells of a division.
    AntigenLoss = 15,
    /// Direction in which two cells at one point part; their ids stand for seed and cell.
    Parting = 128,
    /// Place of a point in a sample (host only).
    Sample = 255,
    /// Death by irradiation; the number of the intervention is added.
    Irradiation = 32_768,
    /// Removal by an intervention; the number of the intervention is added.
    Removal = 256,
}

/// Ten rounds of Philox4x32.
pub fn philox(key: [u32; 2], counter: [u32; 4]) -> [u32; 4] {
    // Multipliers and Weyl increments of the published generator.
    const M0: u64 = 0xD251_1F53;
    const M1: u64 = 0xCD9E_8D57;
    let [mut k0, mut k1] = key;
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    for _ in 0..10 {
        let p0 = M0 * u64::from(c0);
        let p1 = M1 * u64::from(c2);
        (c0, c1, c2, c3) = ((p1 >> 32) as u32 ^ c1 ^ k0, p1 as u32, (p0 >> 32) as u32 ^ c3 ^ k1, p0 as u32);
        k0 = k0.wrapping_add(0x9E37_79B9);
        k1 = k1.wrapping_add(0xBB67_AE85);
    }
    [c0, c1, c2, c3]
}

/// Four random words for one decision of one cell.
pub fn draw(seed: [u32; 2], id: [u32; 2], tick: u32, purpose: u32) -> [u32; 4] {
    philox(seed, [id[0], id[1], tick, purpose])
}

/// Uniform deviate in (0, 1): the upper 23 bits at the middle of their interval, so that it is never 0 or 1.
pub fn uniform(word: u32) -> f32 {
    ((word >> 9) as f32 + 0.5) * (1.0 / 8_388_608.0)
}

/// Threshold below which a random word falls with the given probability, which is in 0..=1.
pub fn threshold(probability: f32) -> u32 {
    // 4294967040 is the largest f32 below 2^32.
    (probability * 4_294_967_296.0).min(4_294_967_040.0) as u32
}

/// Two independent standard normal deviates by Box and Muller (1958).
pub fn normal_pair(a: u32, b: u32) -> [f32; 2] {
    let radius = (-2.0 * crate::math::log(uniform(a))).sqrt();
    let [sine, cosine] = crate::math::sin_cos_turns(uniform(b));
    [radius * cosine, radius * sine]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers published with Random123 (`kat_vectors`).
    #[test]
    fn philox_gives_the_published_answers() {
        assert_eq!(philox([0; 2], [0; 4]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
        assert_eq!(philox([!0; 2], [!0; 4]), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
        assert_eq!(
            philox([0xa4093822, 0x299f31d0], [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]),
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]
        );
    }

    #[test]
    fn thresholds_cover_the_unit_interval() {
        assert_eq!(threshold(0.0), 0);
        assert_eq!(threshold(0.5), 1 << 31);
        assert_eq!(threshold(1.0), 4_294_967_040);
    }

    #[test]
    fn normal_deviates_have_mean_zero_and_variance_one() {
        let n = 200_000;
        let (mut sum, mut squares) = (0.0f64, 0.0f64);
        for i in 0..n {
            let [a, b, ..] = philox([1, 2], [i, 0, 0, 0]);
            let [x, y] = normal_pair(a, b).map(f64::from);
            sum += x + y;
            squares += x * x + y * y;
        }
        let n = 2.0 * f64::from(n);
        assert!((sum / n).abs() < 5.0 / n.sqrt());
        assert!((squares / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt());
    }
}
