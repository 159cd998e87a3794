//! What the summary and the picture need of the statistics: the course of the counts, and the ends of the rest.

use crate::measure::StatisticRow;
use crate::plan::Plan;
use crate::plan::domain::hours;
use std::collections::BTreeMap;

/// Statistics of each cell type that are kept; the first two with their whole course, the first and last value of
/// the others, which only ever grow.
const KEPT: [&str; 12] = [
    "live_count",
    "count",
    "births",
    "deaths_apoptosis",
    "deaths_necrosis",
    "deaths_killed",
    "deaths_irradiation",
    "removed",
    "added",
    "taken",
    "transitions_in",
    "transitions_out",
];
const COURSES: usize = 2;

/// The kept statistics of a study.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// By statistic (place in `KEPT`), tissue and cell type: tick and value, ascending in time.
    points: BTreeMap<(usize, u32, u32), Vec<(u32, f64)>>,
}

impl History {
    /// Takes note of reports; those of one tissue come in the order of time.
    pub fn append(&mut self, rows: &[StatisticRow]) {
        for row in rows {
            let kept = KEPT.iter().position(|name| **name == *row.statistic);
            if let (Some(statistic), Some(cell_type), Some(value)) = (kept, row.cell_type, row.value) {
                let points = self.points.entry((statistic, row.tissue, cell_type)).or_default();
                if statistic >= COURSES && points.len() > 1 {
                    points.pop();
                }
                points.push((row.tick, value));
            }
        }
    }

    /// Tick and value of a kept statistic of a cell type in a tissue.
    pub fn points(&self, statistic: &str, tissue: usize, cell_type: usize) -> &[(u32, f64)] {
        let kept = KEPT.iter().position(|name| *name == statistic);
        kept.and_then(|kept| self.points.get(&(kept, tissue as u32, cell_type as u32))).map_or(&[], Vec::as_slice)
    }

    /// Tick and number of live cells, or of all cells where live ones are not reported.
    pub fn counts(&self, tissue: usize, cell_type: usize) -> &[(u32, f64)] {
        let live = self.points("live_count", tissue, cell_type);
        if live.is_empty() { self.points("count", tissue, cell_type) } else { live }
    }

    /// Time in hours, least, mean and greatest count over the replicates of an arm, at the times that all have.
    pub fn band(&self, plan: &Plan, arm: usize, cell_type: usize) -> Vec<Spread> {
        let replicates = plan.seeds.len();
        let mut courses: Vec<_> = (0..replicates).map(|r| self.counts(arm * replicates + r, cell_type)).collect();
        // Rounds of a study do not come to all replicates.
        courses.retain(|it| !it.is_empty());
        let shortest = courses.iter().map(|course| course.len()).min().unwrap_or(0);
        (0..shortest)
            .map(|i| {
                let values = courses.iter().map(|course| course[i].1);
                Spread {
                    time_h: hours(courses[0][i].0),
                    least: values.clone().fold(f64::INFINITY, f64::min),
                    mean: values.clone().sum::<f64>() / courses.len() as f64,
                    greatest: values.fold(f64::NEG_INFINITY, f64::max),
                }
            })
            .collect()
    }
}

/// Replicates at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub time_h: f64,
    pub least: f64,
    pub mean: f64,
    pub greatest: f64,
}
