//! `kaplan_meier.csv` and `kaplan_meier.svg`: the part of the replicates that has not met a threshold, over time.

use super::results::StudyResults;
use super::tables::write_csv;
use super::text::heading;
use crate::analysis::survival::{Step, Time, kaplan_meier};
use crate::error::Result;
use crate::outputs::RunFolder;
use crate::outputs::picture::svg::{Anchor, Axes, Drawing, Frame, time_ticks};
use crate::outputs::picture::{ARM_COLOURS, colour};
use crate::outputs::series::number;
use crate::plan::domain::hours;
use crate::plan::study::Measure;

/// Arms that are drawn: as many as there are colours.
const MOST: usize = ARM_COLOURS.len();
const LEFT: f64 = 84.0;
const TOP: f64 = 52.0;
const FRAME: (f64, f64) = (470.0, 220.0);
const PITCH: f64 = 320.0;
const LEGEND: f64 = 28.0;

/// Writes the curves of the outcomes that are times; nothing where there is none.
///
/// # Errors
/// `Failed` if a file cannot be written.
pub fn write(found: &StudyResults, folder: &RunFolder) -> Result<()> {
    let is_time =
        |it: &usize| matches!(found.study.outcomes[*it].measure, Measure::TimeBelow(_) | Measure::TimeAbove(_));
    let outcomes: Vec<usize> = (0..found.study.outcomes.len()).filter(is_time).collect();
    if outcomes.is_empty() {
        return Ok(());
    }
    write_table(found, &outcomes, folder)?;
    folder.write("kaplan_meier.svg", svg(found, &outcomes).as_bytes())
}

fn steps(found: &StudyResults, outcome: usize, arm: usize) -> Vec<Step> {
    let values = found.values(outcome, arm).into_iter().flatten();
    let times: Vec<Time> = values.map(|it| Time { value: it.number, is_censored: it.is_censored }).collect();
    kaplan_meier(&times, found.study.confidence)
}

fn write_table(found: &StudyResults, outcomes: &[usize], folder: &RunFolder) -> Result<()> {
    let heading = ["outcome", "arm", "time_h", "at_risk", "events", "censored", "fraction", "low", "high"];
    let records = outcomes.iter().flat_map(|outcome| (0..found.plan.arms.len()).map(move |arm| (*outcome, arm)));
    let records = records.flat_map(|(outcome, arm)| {
        let names = [found.study.outcomes[outcome].name.clone(), found.plan.arms[arm].name.clone()];
        steps(found, outcome, arm).into_iter().map(move |it| {
            let counts = [it.at_risk, it.events, it.censored].map(|it| it.to_string());
            let mut record = names.to_vec();
            record.push(number(it.time));
            record.extend(counts);
            record.extend([it.fraction, it.low, it.high].map(number));
            record
        })
    });
    write_csv(folder, "kaplan_meier.csv", heading.map(str::to_owned).to_vec(), records)
}

fn svg(found: &StudyResults, outcomes: &[usize]) -> String {
    let arms = found.plan.arms.len().min(MOST);
    let pitch = PITCH + LEGEND * arms as f64 * 0.7;
    let mut drawing = Drawing::new(LEFT + FRAME.0 + 60.0, TOP + pitch * outcomes.len() as f64);
    drawing.title(28.0, 34.0, 20, &found.plan.title);
    for (place, &outcome) in outcomes.iter().enumerate() {
        let top = TOP + pitch * place as f64;
        drawing.title(28.0, top + 18.0, 13, &heading(&found.study.outcomes[outcome]));
        let frame = Frame { x: LEFT, y: top + 40.0, width: FRAME.0, height: FRAME.1 };
        let end = hours(found.study.outcomes[outcome].until_tick);
        let axes = Axes { frame, x: (0.0, end), y: (0.0, 1.0), x_ticks: time_ticks(end) };
        axes.draw(&mut drawing, "time (h)", "part without it yet");
        for arm in 0..arms {
            draw(&mut drawing, &axes, &steps(found, outcome, arm), colour(&ARM_COLOURS, arm), end);
            let y = frame.y + frame.height + 58.0 + 0.7 * LEGEND * arm as f64;
            drawing.key(LEFT + 5.0, y - 4.0, colour(&ARM_COLOURS, arm));
            drawing.text(LEFT + 16.0, y, 12, Anchor::Start, &found.plan.arms[arm].name);
        }
    }
    drawing.finish()
}

/// A curve that steps down, with the interval as a band and a mark where a replicate was censored.
fn draw(drawing: &mut Drawing, axes: &Axes, steps: &[Step], colour: &str, end: f64) {
    let course = |value: &dyn Fn(&Step) -> f64, start: f64| {
        let mut points = vec![axes.at(0.0, start)];
        let mut last = start;
        for step in steps {
            points.extend([axes.at(step.time, last), axes.at(step.time, value(step))]);
            last = value(step);
        }
        points.push(axes.at(end, last));
        points
    };
    let is_known = |it: &Step| it.high - it.low < 1.0;
    let bound = |it: &Step, value: f64| if is_known(it) { value } else { it.fraction };
    let upper = course(&|it| bound(it, it.high), 1.0);
    let lower = course(&|it| bound(it, it.low), 1.0);
    drawing.area("band", &upper.into_iter().chain(lower.into_iter().rev()).collect::<Vec<_>>(), colour, 0.12);
    drawing.polyline("survival", &course(&|it| it.fraction, 1.0), colour, 2.0);
    for step in steps.iter().filter(|it| it.censored > 0) {
        let (x, y) = axes.at(step.time, step.fraction);
        drawing.line((x, y - 5.0), (x, y + 5.0), colour, 1.5);
    }
}
