//! Words from the device as rows of a report.

use super::StatisticRow;
use super::audit::state_hash;
use super::layout::{Layout, block};
use super::table::{AgeClock, Group, Source, statistics};
use crate::cells::columns::Fate;
use crate::cells::events::{EVENT_COUNT, event_row};
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::plan::domain::hours;
use std::ops::Range;
use std::sync::Arc;

/// Name of the hash of all cells of a tissue, a whole number below 2^52.
pub const STATE_HASH: &str = "state_hash";

/// All statistics at a tick of the tissues of a batch, which are `tissues` of the study. `words` and `events` are the
/// buffers `statistics` and `events` of the batch. `Error::Tissue` if a value was too large to be summed up.
pub fn rows(
    plan: &Plan,
    layout: &Layout,
    words: &[u32],
    events: &[u32],
    tick: u32,
    tissues: Range<u32>,
) -> Result<Vec<StatisticRow>> {
    let tables: Vec<_> = (0..layout.type_count).map(|cell_type| statistics(plan, layout, cell_type)).collect();
    let clock = AgeClock { now_h: hours(tick), unit_h: hours(plan.clocks.birth_ticks()) };
    let [ratio, hash]: [Arc<str>; 2] = ["effector_target_ratio", STATE_HASH].map(Into::into);
    let mut rows = Vec::new();
    for (local, tissue) in tissues.enumerate() {
        for (cell_type, table) in tables.iter().enumerate() {
            let group = group(layout, words, events, local, cell_type, clock);
            check_range(plan, &group, tissue, cell_type)?;
            for (statistic, source) in table {
                let value = group.value(*source);
                if !(matches!(source, Source::NotFinite(_) | Source::CytometryNotFinite) && value == Some(0.0)) {
                    let statistic = statistic.clone();
                    rows.push(StatisticRow { tissue, tick, cell_type: Some(cell_type as u32), statistic, value });
                }
            }
        }
        if plan.cell_types.iter().any(|it| it.is_effector) {
            let value = effector_target_ratio(plan, layout, words, local);
            rows.push(StatisticRow { tissue, tick, cell_type: None, statistic: ratio.clone(), value });
        }
        let value = Some(state_hash(layout, words, local) as f64);
        rows.push(StatisticRow { tissue, tick, cell_type: None, statistic: hash.clone(), value });
    }
    Ok(rows)
}

/// Adds the concentrations of drugs to rows of [`rows`], behind those of each tissue, given the concentration of each drug
/// of its arm in plasma or medium.
pub fn with_concentrations(plan: &Plan, rows: Vec<StatisticRow>, concentrations: &[Vec<f64>]) -> Vec<StatisticRow> {
    let mut all = Vec::with_capacity(rows.len());
    for (of_tissue, concentrations) in rows.chunk_by(|a, b| a.tissue == b.tissue).zip(concentrations) {
        let StatisticRow { tissue, tick, .. } = of_tissue[0];
        all.extend_from_slice(of_tissue);
        let drugs = &plan.arms[plan.arm_and_replicate(tissue as usize).0].treatment.drugs;
        for (drug, concentration) in drugs.iter().zip(concentrations) {
            let row = |(name, scale): (String, f64)| StatisticRow {
                tissue,
                tick,
                cell_type: None,
                statistic: name.into(),
                value: Some(concentration * scale),
            };
            all.extend(drug.reported().into_iter().map(row));
        }
    }
    all
}

fn group<'a>(
    layout: &'a Layout,
    words: &'a [u32],
    events: &'a [u32],
    tissue: usize,
    cell_type: usize,
    clock: AgeClock,
) -> Group<'a> {
    let row = layout.row(tissue, cell_type);
    let event = event_row(layout.type_count, tissue, cell_type);
    let (words, events) = (&words[row..row + layout.row_words], &events[event..event + EVENT_COUNT]);
    Group { layout, words, events, clock }
}

/// Live effectors per live cell of the other types; None where there is none of those.
fn effector_target_ratio(plan: &Plan, layout: &Layout, words: &[u32], tissue: usize) -> Option<f64> {
    let live = |effectors: bool| -> f64 {
        let types = plan.cell_types.iter().enumerate().filter(|(_, it)| it.is_effector == effectors);
        types.map(|(cell_type, _)| f64::from(words[layout.row(tissue, cell_type) + Fate::Live as usize])).sum()
    };
    Some(live(false)).filter(|&targets| targets > 0.0).map(|targets| live(true) / targets)
}

fn check_range(plan: &Plan, group: &Group, tissue: u32, cell_type: usize) -> Result<()> {
    let layout = group.layout;
    let is_beyond = |offset: usize| group.words[offset + block::SATURATED] > 0;
    if layout.cytometry.is_some_and(is_beyond) {
        let said = format!(
            "cell type {}: aggregate_dye, translation_percent_per_h, stress_chaperones or akt_activity of {} cells is too \
             large to be summed up\n\n\
             hint: values as large as this mostly mean that a rate or a time step is too large; \
             to run on nevertheless, take cytometry out of the statistics",
            plan.cell_types[cell_type].name,
            group.words[layout.cytometry.unwrap_or_default() + block::SATURATED],
        );
        return Err(Error::Tissue(tissue as usize, said));
    }
    let Some(observed) = layout.columns.iter().find(|it| is_beyond(it.offset)) else {
        return Ok(());
    };
    let (arm, replicate) = plan.arm_and_replicate(tissue as usize);
    let limit = f64::from(observed.resolution) * f64::from(super::fixed_point::MAX_STEPS);
    let said = format!(
        "arm {}, replicate {}, cell type {}: {} of {} cells is beyond ±{limit} {}, up to which it is summed exactly\n\n\
         hint: values as large as this mostly mean that a rate or a time step is too large; \
         to run on nevertheless, take {} out of the observed columns",
        plan.arms[arm].name,
        replicate + 1,
        plan.cell_types[cell_type].name,
        observed.name,
        group.words[observed.offset + block::SATURATED],
        observed.column.unit,
        observed.name,
    );
    Err(Error::Tissue(tissue as usize, said))
}
