//! The ledger of substrates: before + secreted + supplied − taken up − decayed = after, for each tissue and substrate.
//!
//! A fixed number of cycles leaves a little of each step's equation unsolved, so that the two sides differ a little: up
//! to `TOLERANCE` of all that was there, came and went. A quasi-steady substrate has no before and after: what comes
//! goes at once. What is left of a substrate long after its last source is below the resolution of levels and counters:
//! `TRACE` of all that ever came and went.

use super::substrates::Stock;
use crate::error::{Error, Result};
use crate::plan::domain::hours;
use crate::plan::{Plan, Substrate};
use std::ops::Range;

/// Part of what was there, came and went, that may be unaccounted for.
const TOLERANCE: f64 = 0.01;
/// Part of all that came and went since the start, that may be unaccounted for: sixteen times the precision of f32 (2^-24).
const TRACE: f64 = 1.0 / 1_048_576.0;

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
            balance(substrate, before, after).map_err(|numbers| {
                let tissue = tissues.start as usize + number / count;
                let (arm, replicate) = plan.arm_and_replicate(tissue);
                let (arm, name, replicate) = (&plan.arms[arm].name, &substrate.name, replicate + 1);
                let (from, to) = (hours(last), hours(tick));
                let said = format!(
                    "arm {arm}, replicate {replicate}, substrate {name}: amounts do not balance between {from} h and {to} h: {numbers}\n\n\
                     hint: set cycles higher in [diffusion], or shorten the clock substrates; if that does not help, it is a \
                     fault of the program: try --device cpu, and report it"
                );
                Error::Tissue(tissue, said)
            })?;
        }
        Ok(())
    }
}

/// Err has the numbers that are off.
fn balance(substrate: &Substrate, before: &Stock, after: &Stock) -> std::result::Result<(), String> {
    let (now, then) = (&after.turned_over, &before.turned_over);
    let [secreted, supplied] = [now.secreted - then.secreted, now.supplied - then.supplied];
    let [taken_up, decayed] = [now.taken_up - then.taken_up, now.decayed - then.decayed];
    let (start, end) = if substrate.is_quasi_steady { (0.0, 0.0) } else { (before.content, after.content) };
    let off = start + now.gain() - then.gain() - end;
    let whole = start + end + secreted + supplied.abs() + taken_up + decayed;
    let ever = now.secreted + now.supplied.abs() + now.taken_up + now.decayed;
    let is_finite = after.content.is_finite() && off.is_finite();
    if is_finite && off.abs() <= TOLERANCE * whole + TRACE * ever {
        return Ok(());
    }
    let unit = match substrate.kind.unit() {
        "" => "um^3".to_owned(),
        unit => format!("{unit} um^3"),
    };
    Err(format!(
        "{start:.4e} + {secreted:.4e} secreted + {supplied:.4e} supplied - {taken_up:.4e} taken up - {decayed:.4e} decayed is \
         off {end:.4e} by {off:.2e} {unit}, {:.1} % of what was there, came and went; at most {} % may be",
        100.0 * off.abs() / whole,
        100.0 * TOLERANCE
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::SubstrateBoundary;
    use crate::scenario::levels::LevelKind;
    use crate::statistics::substrates::Turnover;

    #[test]
    fn amounts_that_do_not_balance_are_told() {
        let substrate = |is_quasi_steady| Substrate {
            name: "oxygen".into(),
            kind: LevelKind::Pressure,
            diffusion_um2_per_min: 1e5,
            decay_per_min: 0.1,
            initial: 38.0,
            is_quasi_steady,
            settling_per_min: 0.0,
            boundary: SubstrateBoundary::NoFlux,
        };
        let before = Stock { content: 100.0, ..Stock::default() };
        let turned_over = Turnover { secreted: 30.0, supplied: -10.0, taken_up: 15.0, decayed: 5.0 };
        let after = |content| Stock { content, turned_over, ..Stock::default() };
        assert_eq!(balance(&substrate(false), &before, &after(100.0)), Ok(()));
        assert_eq!(balance(&substrate(false), &before, &after(102.5)), Ok(()), "2.5 of 262.5");
        let told = balance(&substrate(false), &before, &after(103.0)).unwrap_err();
        assert!(told.contains("by -3.00e0 mmHg um^3, 1.1 %"), "{told}");
        assert_eq!(balance(&substrate(true), &before, &after(500.0)), Ok(()), "no before and after");
        let leaking = Turnover { taken_up: 17.0, ..turned_over };
        assert!(balance(&substrate(true), &before, &Stock { turned_over: leaking, ..after(0.0) }).is_err());
        assert!(balance(&substrate(false), &before, &after(f64::NAN)).is_err());
        // Long after the last source: what decays is too little to be counted.
        let ever = |secreted| {
            let turned_over = Turnover { secreted, decayed: secreted, ..Turnover::default() };
            let stock = |content| Stock { content, turned_over, ..Stock::default() };
            balance(&substrate(false), &stock(1e-3), &stock(0.0))
        };
        assert_eq!(ever(1e4), Ok(()));
        assert!(ever(1e2).is_err(), "1e-3 of 200");
    }
}
