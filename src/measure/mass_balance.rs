//! The ledger of substrates: before + secreted + supplied − taken up − decayed = after, for each tissue and substrate.
//!
//! Stage `balance` closes the equations of every step, so that only rounding sets the two sides apart: `TOLERANCE` of all that
//! was there, came and went is far more. A quasi-steady substrate has no before and after: what comes goes at once. Three
//! things leave less than can be counted: what is left of a substrate long after its last source (`TRACE` of all that ever
//! came and went); what goes to and fro at once across a boundary (`TO_AND_FRO` of that), of which only the difference,
//! which may be nearly nothing, is supplied; and levels that are 0 because they are less than `Substrate::least`.

use super::substrates::Stock;
use crate::error::{Error, Result};
use crate::plan::domain::{hours, minutes};
use crate::plan::{Grid, Plan, Substrate, SubstrateBoundary};
use std::ops::Range;

/// Part of what was there, came and went, that may be unaccounted for.
const TOLERANCE: f64 = 0.01;
/// Part of all that came and went since the start, that may be unaccounted for: sixteen times the precision of f32 (2^-24).
const TRACE: f64 = 1.0 / 1_048_576.0;

/// Part of what crosses a boundary to and fro, that may be unaccounted for: four times the precision of f32 (2^-24).
const TO_AND_FRO: f64 = 1.0 / 4_194_304.0;

/// Stocks of a batch at its last report.
#[derive(Clone, Debug, Default)]
pub struct MassBalance {
    last: Option<(u32, Vec<Stock>)>,
}

impl MassBalance {
    /// Balances the substrates since the last report, for the tissues of a batch, which are `tissues` of the study, and
    /// takes this report as the last. `Error::Tissue` names the arm, replicate, substrate and numbers that are off.
    pub fn check(&mut self, plan: &Plan, stocks: &[Stock], tick: u32, tissues: Range<u32>) -> Result<()> {
        let before = self.last.replace((tick, stocks.to_vec()));
        let (Some(substrates), Some((last, before))) = (&plan.substrates, before) else { return Ok(()) };
        let count = substrates.list.len();
        for (number, (before, after)) in before.iter().zip(stocks).enumerate() {
            let substrate = &substrates.list[number % count];
            let crossing = crossing_per_min(substrate, &substrates.grid, before, after);
            let nothing = nothing_per_min(substrate, &substrates.grid, minutes(plan.clocks.substrates_ticks));
            let uncounted = (TO_AND_FRO * crossing + nothing) * minutes(tick - last);
            balance(substrate, before, after, uncounted).map_err(|numbers| {
                let tissue = tissues.start as usize + number / count;
                let (arm, replicate) = plan.arm_and_replicate(tissue);
                let (arm, name, replicate) = (&plan.arms[arm].name, &substrate.name, replicate + 1);
                let (from, to) = (hours(last), hours(tick));
                let said = format!(
                    "arm {arm}, replicate {replicate}, substrate {name}: amounts do not balance between {from} h and {to} h: {numbers}\n\n\
                     hint: no scenario should bring this about, whatever its numbers: it is a fault of the program; please report it \
                     with the scenario"
                );
                Error::Tissue(tissue, said)
            })?;
        }
        Ok(())
    }
}

/// What goes to and fro across the boundary in a minute, at most, in levels × um³.
fn crossing_per_min(substrate: &Substrate, grid: &Grid, before: &Stock, after: &Stock) -> f64 {
    let volume_um3 = grid.voxel_count() as f64 * f64::from(grid.voxel_um3());
    let level = before.most.max(after.most);
    let across = |axis: usize| f64::from(substrate.diffusion_um2_per_min) / f64::from(grid.voxel_um[axis]).powi(2);
    match substrate.boundary {
        SubstrateBoundary::NoFlux | SubstrateBoundary::Periodic => 0.0,
        SubstrateBoundary::Fixed(faces) => faces
            .iter()
            .enumerate()
            .filter_map(|(face, value)| {
                let layer_um3 = volume_um3 / f64::from(grid.voxels[face / 2]);
                Some(2.0 * across(face / 2) * layer_um3 * level.max(f64::from((*value)?)))
            })
            .sum(),
        SubstrateBoundary::Held { value, .. } => {
            let all: f64 = (0..3).map(|axis| 2.0 * across(axis)).sum();
            all * volume_um3 * level.max(f64::from(value))
        }
    }
}

/// What moves in a minute, at most, by levels that are less than the least and hence 0, in levels × um³: all rates of a voxel's
/// equation together, in steps of so many minutes, times the least. Voxels may be twice as full as where cells are packed.
fn nothing_per_min(substrate: &Substrate, grid: &Grid, step_min: f64) -> f64 {
    let volume_um3 = grid.voxel_count() as f64 * f64::from(grid.voxel_um3());
    let across =
        grid.voxel_um.iter().map(|um| 4.0 * f64::from(substrate.diffusion_um2_per_min) / f64::from(*um).powi(2));
    let rates = across.sum::<f64>() + 2.0 * f64::from(substrate.settling_per_min) + 2.0 / step_min;
    f64::from(substrate.least()) * rates * volume_um3
}

/// Err has the numbers that are off, where so much besides cannot be counted.
fn balance(substrate: &Substrate, before: &Stock, after: &Stock, uncounted: f64) -> std::result::Result<(), String> {
    let (now, then) = (&after.turned_over, &before.turned_over);
    let [secreted, supplied] = [now.secreted - then.secreted, now.supplied - then.supplied];
    let [taken_up, decayed] = [now.taken_up - then.taken_up, now.decayed - then.decayed];
    let (start, end) = if substrate.is_quasi_steady { (0.0, 0.0) } else { (before.content, after.content) };
    let off = start + now.gain() - then.gain() - end;
    let whole = start + end + secreted + supplied.abs() + taken_up + decayed;
    let ever = now.secreted + now.supplied.abs() + now.taken_up + now.decayed;
    let is_finite = after.content.is_finite() && off.is_finite();
    let allowed = TOLERANCE * whole + TRACE * ever + uncounted;
    if is_finite && off.abs() <= allowed {
        return Ok(());
    }
    let unit = match substrate.kind.unit() {
        "" => "um^3".to_owned(),
        unit => format!("{unit} um^3"),
    };
    let [off, allowed] = told_apart(off, allowed);
    Err(format!(
        "{start:.4e} + {secreted:.4e} secreted + {supplied:.4e} supplied - {taken_up:.4e} taken up - {decayed:.4e} decayed is \
         off {end:.4e} by {off} {unit}; at most {allowed} may be"
    ))
}

/// Two numbers with as many digits as it takes to see that their sizes differ.
fn told_apart(off: f64, allowed: f64) -> [String; 2] {
    let digits = (2..17).find(|&digits| format!("{:.digits$e}", off.abs()) != format!("{allowed:.digits$e}"));
    [off, allowed].map(|it| format!("{it:.*e}", digits.unwrap_or(17)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::substrates::Turnover;
    use crate::plan::SubstrateBoundary;
    use crate::scenario::levels::LevelKind;

    #[test]
    fn amounts_that_do_not_balance_are_told() {
        let substrate = |is_quasi_steady| Substrate {
            name: "oxygen".into(),
            kind: LevelKind::Pressure,
            diffusion_um2_per_min: 1e5,
            decay_per_min: 0.1,
            initial: 38.0,
            highest_given: 1.0,
            is_quasi_steady,
            settling_per_min: 0.0,
            boundary: SubstrateBoundary::NoFlux,
        };
        let before = Stock { content: 100.0, ..Stock::default() };
        let turned_over = Turnover { secreted: 30.0, supplied: -10.0, taken_up: 15.0, decayed: 5.0 };
        let after = |content| Stock { content, turned_over, ..Stock::default() };
        assert_eq!(balance(&substrate(false), &before, &after(100.0), 0.0), Ok(()));
        assert_eq!(balance(&substrate(false), &before, &after(102.5), 0.0), Ok(()), "2.5 of 262.5");
        let told = balance(&substrate(false), &before, &after(103.0), 0.0).unwrap_err();
        assert!(told.contains("by -3.00e0 mmHg um^3; at most 2.63e0 may be"), "{told}");
        assert_eq!(balance(&substrate(true), &before, &after(500.0), 0.0), Ok(()), "no before and after");
        let leaking = Turnover { taken_up: 17.0, ..turned_over };
        assert!(balance(&substrate(true), &before, &Stock { turned_over: leaking, ..after(0.0) }, 0.0).is_err());
        assert!(balance(&substrate(false), &before, &after(f64::NAN), 0.0).is_err());
        // What little is supplied may be the difference of much that goes to and fro.
        assert!(balance(&substrate(true), &before, &Stock { turned_over: leaking, ..after(0.0) }, 5.0).is_ok());
        // Long after the last source: what decays is too little to be counted.
        let ever = |secreted| {
            let turned_over = Turnover { secreted, decayed: secreted, ..Turnover::default() };
            let stock = |content| Stock { content, turned_over, ..Stock::default() };
            balance(&substrate(false), &stock(1e-3), &stock(0.0), 0.0)
        };
        assert_eq!(ever(1e4), Ok(()));
        assert!(ever(1e2).is_err(), "1e-3 of 200");
    }

    #[test]
    fn a_fault_never_shows_two_equal_numbers() {
        assert_eq!(told_apart(-5.441e6, 5.44e6), ["-5.441e6", "5.440e6"]);
        assert_eq!(told_apart(3.0, 1.0), ["3.00e0", "1.00e0"]);
        assert_eq!(told_apart(f64::NAN, 1.0)[0], "NaN");
    }
}
