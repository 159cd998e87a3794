//! `pareto.csv` and `pareto.svg`: arms by two outcomes, and those that no other betters in both.

use super::results::StudyResults;
use super::tables::write_csv;
use crate::analysis::pareto::front;
use crate::error::Result;
use crate::outputs::RunFolder;
use crate::outputs::picture::svg::{Anchor, Axes, Drawing, Frame, GREY, ticks};
use crate::outputs::series::number;

const FRAME: Frame = Frame { x: 90.0, y: 84.0, width: 520.0, height: 380.0 };
const ON_FRONT: &str = "#b45309";
/// Letters of a name beside a point.
const MOST_LETTERS: usize = 40;

/// An arm with both outcomes.
struct Point {
    arm: usize,
    means: [f64; 2],
    is_on_front: bool,
}

/// Writes both files; nothing where no two outcomes are asked for.
///
/// # Errors
/// `Failed` if a file cannot be written.
pub fn write(found: &StudyResults, folder: &RunFolder) -> Result<()> {
    let Some(outcomes) = found.study.pareto else { return Ok(()) };
    let points = points(found, outcomes);
    let names = outcomes.map(|it| found.study.outcomes[it].name.clone());
    let mut heading = vec!["arm".to_owned()];
    heading.extend(found.study.sweeps.iter().map(|it| it.name.clone()));
    heading.extend(names.clone());
    heading.push("is_on_front".into());
    let records = points.iter().map(|it| {
        let mut record = vec![found.plan.arms[it.arm].name.clone()];
        record.extend(found.levels(it.arm));
        record.extend(it.means.map(number));
        record.push(u32::from(it.is_on_front).to_string());
        record
    });
    write_csv(folder, "pareto.csv", heading, records)?;
    folder.write("pareto.svg", svg(found, &names, &points).as_bytes())
}

fn points(found: &StudyResults, outcomes: [usize; 2]) -> Vec<Point> {
    let means = |arm: usize| Some([found.mean(outcomes[0], arm)?, found.mean(outcomes[1], arm)?]);
    let known: Vec<(usize, [f64; 2])> = (0..found.plan.arms.len()).filter_map(|arm| Some((arm, means(arm)?))).collect();
    let sign = outcomes.map(|it| if found.study.outcomes[it].low_is_better { 1.0 } else { -1.0 });
    let on_front = front(&known.iter().map(|it| [sign[0] * it.1[0], sign[1] * it.1[1]]).collect::<Vec<_>>());
    known.into_iter().zip(on_front).map(|((arm, means), is_on_front)| Point { arm, means, is_on_front }).collect()
}

fn svg(found: &StudyResults, names: &[String; 2], points: &[Point]) -> String {
    let mut drawing = Drawing::new(FRAME.x + FRAME.width + 260.0, FRAME.y + FRAME.height + 70.0);
    drawing.title(28.0, 34.0, 20, &found.plan.title);
    let what = "Means of the arms; orange: no other arm is better in one outcome and as good in the other";
    drawing.styled_text(28.0, 58.0, 12, Anchor::Start, GREY, what);
    let range = |axis: usize| {
        let values = points.iter().map(|it| it.means[axis]);
        let (low, high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (low.min(it), high.max(it)));
        let margin = if high > low { 0.06 * (high - low) } else { 1.0 };
        if low <= high { (low - margin, high + margin) } else { (0.0, 1.0) }
    };
    let (x, y) = (range(0), range(1));
    let axes = Axes { frame: FRAME, x, y, x_ticks: ticks(x.0, x.1, 5) };
    axes.draw(&mut drawing, &names[0], &names[1]);
    let mut on_front: Vec<&Point> = points.iter().filter(|it| it.is_on_front).collect();
    on_front.sort_by(|a, b| a.means[0].total_cmp(&b.means[0]));
    let line: Vec<_> = on_front.iter().map(|it| axes.at(it.means[0], it.means[1])).collect();
    drawing.polyline("front", &line, ON_FRONT, 1.5);
    for it in points {
        let (x, y) = axes.at(it.means[0], it.means[1]);
        drawing.disc(x, y, 4.5, if it.is_on_front { ON_FRONT } else { GREY });
    }
    // Names that would lie on the one before are left to the table.
    let mut last = f64::NEG_INFINITY;
    let mut labelled: Vec<(f64, f64, &str)> = on_front
        .iter()
        .map(|it| (axes.at(it.means[0], it.means[1]), found.plan.arms[it.arm].name.as_str()))
        .map(|((x, y), name)| (x, y, name))
        .collect();
    labelled.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (x, y, name) in labelled.into_iter().filter(|it| it.2.chars().count() <= MOST_LETTERS) {
        if y - last > 12.0 {
            drawing.text(x + 9.0, y + 4.0, 11, Anchor::Start, name);
            last = y;
        }
    }
    drawing.finish()
}
