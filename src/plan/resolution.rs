//! How well grid and clock resolve the substrates of a plan, before it runs.
//!
//! Among packed cells a substrate is lost at λ = decay + packing · largest uptake, reaches as far as
//! √(D/λ), and settles in 1/λ.

use super::domain::minutes;
use super::substrates::PACKING;
use super::{Plan, Substrate, Substrates};
use std::fmt::Write as _;

/// Voxels in √(D/λ) below which a gradient is not resolved.
const FEW_VOXELS: f64 = 2.0;

/// What grid and clock make of a substrate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolution {
    /// √(D/λ) in um; infinite where nothing is lost.
    pub depth_um: f64,
    /// Edge of a voxel.
    pub voxel_um: f64,
    /// Relative error of the depth on the grid.
    pub depth_error: f64,
    /// Largest error of a change of 1 by the clock, as it settles from the first step on.
    pub clock_error: f64,
    /// 1/λ in min.
    pub settles_min: f64,
}

/// The resolution of a substrate by number.
pub fn resolution(plan: &Plan, substrates: &Substrates, number: usize) -> Resolution {
    let it: &Substrate = &substrates.list[number];
    let voxel_um = f64::from(substrates.grid.voxel_um[0]);
    let columns = substrates.columns();
    let rows = plan.arms.iter().flat_map(|arm| arm.parameters.exchange.iter().skip(number).step_by(columns));
    let by_cells = rows.map(|row| f64::from(row.uptake_per_min)).fold(0.0, f64::max);
    let loss_per_min = f64::from(it.decay_per_min) + PACKING * by_cells;
    let depth_um = (f64::from(it.diffusion_um2_per_min) / loss_per_min).sqrt();
    // A steady profile on the grid falls by z from voxel to voxel, z + 1/z = 2 + (h/l)².
    let half = 1.0 + 0.5 * (voxel_um / depth_um).powi(2);
    let on_grid_um = voxel_um / (half + (half * half - 1.0).sqrt()).ln();
    let depth_error = (on_grid_um / depth_um - 1.0).abs();
    let depth_error = if depth_error.is_finite() { depth_error } else { 0.0 };
    let step_min = minutes(plan.clocks.substrates_ticks);
    let clock_error = match it.is_quasi_steady {
        true => 0.0,
        false => clock_error(loss_per_min * step_min, it.has_second_order(step_min)),
    };
    Resolution { depth_um, voxel_um, depth_error, clock_error, settles_min: 1.0 / loss_per_min }
}

/// Largest difference to e^(−nx) over whole n of what a clock leaves of 1 after n steps (see `fields`): by
/// backward Euler (1 + x)^−n, by steps of second order 1/(1 + x) after the first and ((1 + θ/2) b + θ/2 (b − a))/(1 + θ/2 + x)
/// after any other, where b was there before it, and a before that.
fn clock_error(x: f64, is_second_order: bool) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    // It is largest before n x = 2; of clocks that are finer still it is less than 1e-6.
    let (mut before, mut left, mut largest) = (1.0, 1.0 / (1.0 + x), 0.0f64);
    for n in 1..=(2.0 / x).ceil().min(1e6) as u32 {
        largest = largest.max((left - (-f64::from(n) * x).exp()).abs());
        let beyond = before - 2.0 * left;
        let order = if beyond > 0.0 { (left / beyond).min(1.0) } else { 1.0 };
        let half = if is_second_order { 0.5 * order } else { 0.0 };
        let next = ((1.0 + half) * left + half * (left - before)) / (1.0 + half + x);
        (before, left) = (left, next);
    }
    largest
}

/// The resolution of all substrates as text; empty without any.
pub fn text(plan: &Plan) -> String {
    let Some(substrates) = &plan.substrates else { return String::new() };
    let step_min = minutes(plan.clocks.substrates_ticks);
    let mut text = String::from("\nsubstrates, among packed cells\n");
    for (number, it) in substrates.list.iter().enumerate() {
        let found = resolution(plan, substrates, number);
        let Resolution { depth_um, voxel_um, depth_error, clock_error, settles_min } = found;
        let _ = write!(text, "  {}: ", it.name);
        if it.diffusion_um2_per_min == 0.0 {
            let _ = writeln!(text, "does not diffuse");
            continue;
        }
        if !depth_um.is_finite() {
            let _ = writeln!(text, "is lost nowhere but through its boundary");
            continue;
        }
        let _ = write!(text, "reaches {depth_um:.0} um, {:.1} voxels, which the grid ", depth_um / voxel_um);
        let _ = write!(text, "puts off by {:.1} %; settles in {settles_min:.2} min, ", 100.0 * depth_error);
        if it.is_quasi_steady {
            let left = 100.0 * (-step_min / settles_min).exp();
            let _ = writeln!(text, "taken to be at once: after a clock of {step_min:.2} min {left:.1} % would be left");
        } else {
            let _ = writeln!(text, "which a clock of {step_min:.2} min puts off by up to {:.1} %", 100.0 * clock_error);
        }
        if depth_um < FEW_VOXELS * voxel_um {
            let wanted = depth_um / FEW_VOXELS;
            let way_out = if wanted < 0.5 {
                "no voxel is small enough: its level is that of where it comes from".to_owned()
            } else {
                format!("set voxel = \"{wanted:.0} um\" in [diffusion]")
            };
            let _ = writeln!(text, "    its gradients are not resolved: {way_out}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_a_clock_is_of_its_order() {
        for x in [1e-3, 0.1, 1.0, 7.0] {
            let over_time = (1..10_000).map(|n| (1.0f64 + x).powi(-n) - (-f64::from(n) * x).exp());
            assert!((clock_error(x, false) / over_time.fold(0.0, f64::max) - 1.0).abs() < 1e-9, "{x}");
        }
        for (is_second_order, order) in [(false, 1.0), (true, 2.0)] {
            let found = (clock_error(0.02, is_second_order) / clock_error(0.01, is_second_order)).log2();
            assert!((found - order).abs() < 0.1, "order {found}");
            assert_eq!(clock_error(0.0, is_second_order), 0.0);
        }
        // Closed form: roots of (3/2 + x) z² − 2 z + 1/2.
        let (x, start) = (0.2f64, 1.0 / 1.2);
        let root = (4.0 - 2.0 * (1.5 + x)).sqrt();
        let (slow, fast) = ((2.0 + root) / (2.0 * (1.5 + x)), (2.0 - root) / (2.0 * (1.5 + x)));
        let part = (start - fast) / (slow - fast);
        let left = |n: i32| part * slow.powi(n) + (1.0 - part) * fast.powi(n);
        let largest = (1..100).map(|n| (left(n) - (-f64::from(n) * x).exp()).abs()).fold(0.0, f64::max);
        assert!((clock_error(x, true) - largest).abs() < 1e-12, "{} {largest}", clock_error(x, true));
    }
}
