//! Stage `scan`: exclusive prefix sum in place. Twin of `shaders/scan.wgsl` and `shaders/scan_serial.wgsl`.

/// Replaces each value by the sum of those before it.
pub fn scan(values: &mut [u32]) {
    let mut sum = 0u32;
    for value in values {
        (*value, sum) = (sum, sum.wrapping_add(*value));
    }
}
