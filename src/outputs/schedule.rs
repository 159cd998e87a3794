//! What will come from outside, and when, as text.

use crate::plan::domain::hours;
use crate::plan::{Conditional, Plan};
use std::fmt::Write as _;

/// Lines of one arm at most, and arms.
const MOST_LINES: usize = 40;
const MOST_ARMS: usize = 16;

/// The schedule of each arm; empty where nothing comes.
pub fn schedule(plan: &Plan) -> String {
    let mut text = String::new();
    let arms: Vec<_> = plan.arms.iter().filter(|arm| arm.actions().next().is_some()).collect();
    for arm in arms.iter().take(MOST_ARMS) {
        let _ = writeln!(text, "\nschedule of {}", arm.name);
        for it in arm.interventions.iter().take(MOST_LINES) {
            let _ = writeln!(text, "  {:>9.2} h  {}: {}", hours(it.tick), it.name, it.what);
        }
        let left = arm.interventions.len().saturating_sub(MOST_LINES);
        if left > 0 {
            let _ = writeln!(text, "  and {left} more");
        }
        arm.conditional.iter().for_each(|it| text += &conditional(it));
    }
    if arms.len() > MOST_ARMS {
        let _ = writeln!(text, "\nand {} arms more", arms.len() - MOST_ARMS);
    }
    text
}

fn conditional(it: &Conditional) -> String {
    let mut text = String::new();
    for step in &it.course {
        let late_h = hours(it.delay_ticks + step.tick);
        let until = match it.until_tick {
            u32::MAX => String::new(),
            tick => format!(", judged until {} h", hours(tick)),
        };
        let often = format!("at most {} times{until}", it.at_most);
        let _ = writeln!(text, "  +{late_h:>8.2} h  {}: {}, {often}", step.name, step.what);
    }
    text
}
