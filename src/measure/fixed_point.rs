//! Fixed-point numbers, and floats as ordered whole numbers. Twin of `shaders/shared/statistics.wgsl`.

use crate::cells::columns::Storage;

/// Values are summed exactly up to so many steps of their resolution.
pub const MAX_STEPS: f32 = 1_048_576.0;

/// The number in a lane; None if it is not finite.
pub fn number_of(storage: Storage, lane: u32) -> Option<f32> {
    match storage {
        Storage::Float => Some(f32::from_bits(lane)).filter(|number| number.is_finite()),
        Storage::Bits { shift, width } => Some(((lane >> shift) & crate::cells::columns::mask(width)) as f32),
    }
}

/// Nearest step; halves go up.
pub fn steps_of(number: f32, steps_per_unit: f32) -> i32 {
    ((number * steps_per_unit).clamp(-MAX_STEPS, MAX_STEPS) + 0.5).floor() as i32
}

/// Whether a number has more steps than sums hold.
pub fn is_saturated(number: f32, steps_per_unit: f32) -> bool {
    (number * steps_per_unit).abs() > MAX_STEPS
}

/// A whole number that is ordered as floats are; never 0 or `u32::MAX` for a finite one.
pub fn ordered(number: f32) -> u32 {
    let bits = number.to_bits();
    if bits >= 1 << 31 { !bits } else { bits | 1 << 31 }
}

/// The float of an ordered number.
pub fn unordered(word: u32) -> f32 {
    f32::from_bits(if word >= 1 << 31 { word & !(1 << 31) } else { !word })
}
