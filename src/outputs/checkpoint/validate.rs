//! Whether what a checkpoint and its journal say can be so of a plan: whatever tells where something lies tells a place
//! that there is. A checksum keeps damage away, but anyone can make one.

use super::{Description, Entry};
use crate::cells::events::EVENT_COUNT;
use crate::engine::interface::Observation;
use crate::measure::Layout;
use crate::plan::Plan;
use std::ops::Range;

/// Whether ranges follow each other from 0 up to a number, none of them empty.
fn follow_each_other(ranges: &[Range<usize>], end: usize) -> bool {
    let starts = std::iter::once(0).chain(ranges.iter().map(|it| it.end));
    ranges.iter().zip(starts).all(|(it, start)| it.start == start && it.start < it.end && it.end <= end)
}

impl Description {
    /// Whether it can be of a plan.
    pub(crate) fn fits(&self, plan: &Plan) -> bool {
        let is_in_batch = self.batch < self.batches.len();
        let is_on_time = |tick: u32| tick <= plan.duration_ticks && tick.is_multiple_of(plan.clocks.movement_ticks);
        follow_each_other(&self.batches, plan.tissue_count())
            && (is_in_batch || self.batches.is_empty() && self.batch == 0)
            && self.at.as_ref().is_none_or(|at| is_in_batch && is_on_time(at.tick))
            && u32::try_from(self.parts).is_ok_and(|it| it > 0)
    }
}

impl Entry {
    /// Whether it can be a report of a batch with these tissues of a plan.
    pub fn fits(&self, plan: &Plan, layout: &Layout) -> bool {
        let (tissues, count, whole) = (layout.tissue_count, plan.tissue_count(), plan.arms.len() * plan.seeds.len());
        let is_on_time = |tick: u32| tick <= plan.duration_ticks;
        match self {
            Entry::Round { tissues, batches } => *batches <= tissues.len() && tissues.iter().all(|it| *it < whole),
            Entry::Failed(tissue, _) => *tissue < whole,
            Entry::Batch(tissues) => tissues.start < tissues.end && tissues.end <= count,
            Entry::Observed(it) => is_on_time(it.tick) && observation_fits(it, plan, layout),
            Entry::Happened(all) => all.iter().all(|it| it.tissue < count),
            Entry::Cells(tick, cells) => is_on_time(*tick) && cells.fit(plan, tissues),
            Entry::Levels(tick, levels) => {
                let each = plan.substrates.as_ref().map(|it| it.groups() * it.grid.voxel_count());
                plan.snapshots.contains(tick) && each.is_some_and(|each| levels.len() == tissues * each)
            }
        }
    }
}

fn observation_fits(it: &Observation, plan: &Plan, layout: &Layout) -> bool {
    let tissues = layout.tissue_count;
    it.words.len() == layout.words()
        && it.events.len() == tissues * layout.type_count * EVENT_COUNT
        && it.concentrations.len() == tissues
        && it.stocks.len() == tissues * plan.substrates.as_ref().map_or(0, |it| it.list.len())
}
