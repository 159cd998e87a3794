//! The statistics of a cell type: a name and the place in the words that its value comes from.

use super::fixed_point::unordered;
use super::histogram_column::{first_step, range};
use super::layout::{ATTACHED, BIN_COUNT, FIRST_PHASE, Layout, Observed, POSITIONS, block};
use super::summarise_column::wide;
use crate::cells::columns::Fate;
use crate::cells::events::{EVENTS, Event};
use crate::plan::AGE;
use crate::plan::{Plan, cytometry};
use std::sync::Arc;

/// Where a value comes from; `usize` is a place in `Layout::columns`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Source {
    /// Cells of every fate.
    Count,
    /// One word of the row.
    Word(usize),
    Event(Event),
    Mean(usize),
    Sum(usize),
    /// Standard deviation of a sample (n − 1); none of fewer than two cells.
    Deviation(usize),
    Min(usize),
    Max(usize),
    Quantile(usize, f64),
    /// Reported only where there are some.
    NotFinite(usize),
    /// Of live cells, by the panel of cytometry.
    Fraction(usize),
    /// Of the panel: subset, what is measured.
    SubsetMean(usize, usize),
    DyeMean,
    /// Of founder lineages: how many lines of descent live, and the mean of what follows in their sums.
    LineageCount,
    LineageMean(usize),
    CytometryNotFinite,
    /// Along an axis, of the common centre.
    Centre(usize),
    /// Root of the mean squared distance from the common centre.
    Gyration,
}

/// Names of the statistics of a cell type, and where they come from.
pub(crate) fn statistics(plan: &Plan, layout: &Layout, cell_type: usize) -> Vec<(Arc<str>, Source)> {
    let mut table: Vec<(String, Source)> = vec![
        ("count".into(), Source::Count),
        ("live_count".into(), Source::Word(Fate::Live as usize)),
        ("apoptotic_count".into(), Source::Word(Fate::Apoptotic as usize)),
        ("necrotic_count".into(), Source::Word(Fate::Necrotic as usize)),
        ("attached_count".into(), Source::Word(ATTACHED)),
    ];
    let phases = &plan.cell_types[cell_type].phases;
    if phases.len() > 1 {
        let counts = phases.iter().enumerate();
        table.extend(counts.map(|(phase, name)| (format!("phase_{name}_count"), Source::Word(FIRST_PHASE + phase))));
    }
    let is_reported = |event: Event| event != Event::DeathsIrradiation || plan.irradiates();
    table.extend(
        EVENTS
            .iter()
            .filter(|row| is_reported(row.0))
            .map(|(event, name, _)| ((*name).to_owned(), Source::Event(*event))),
    );
    let is_known = |it: &Observed| it.column.pack.group().is_of(plan, cell_type);
    for (column, observed) in layout.columns.iter().enumerate().filter(|(_, it)| it.wrap == 0.0 && is_known(it)) {
        table.extend(of_column(plan, column, observed));
    }
    if layout.stained_types >> cell_type & 1 == 1 {
        table.extend(of_cytometry());
    }
    table.extend(of_space(layout));
    table.into_iter().map(|(name, source)| (name.into(), source)).collect()
}

fn of_column(plan: &Plan, column: usize, observed: &Observed) -> Vec<(String, Source)> {
    let name = observed.name;
    let mut table = vec![(format!("{name}_not_finite_count"), Source::NotFinite(column))];
    if observed.is_reported {
        table.extend([
            (format!("{name}_mean"), Source::Mean(column)),
            (format!("{name}_sum"), Source::Sum(column)),
            (format!("{name}_sd"), Source::Deviation(column)),
            (format!("{name}_min"), Source::Min(column)),
            (format!("{name}_max"), Source::Max(column)),
        ]);
        let quantiles = plan.observe.quantiles.iter();
        table.extend(quantiles.map(|&q| (format!("{name}_q{}", percent(q)), Source::Quantile(column, q))));
    }
    table
}

fn of_cytometry() -> impl Iterator<Item = (String, Source)> {
    let fractions = (0..cytometry::FRACTIONS.len()).map(Source::Fraction);
    let measured = |subset| (0..cytometry::MEASURED.len()).map(move |measured| Source::SubsetMean(subset, measured));
    let of_subsets = (0..cytometry::SUBSETS.len()).flat_map(measured);
    let of_lineages = (cytometry::LINEAGE + 1..cytometry::SUM_COUNT).map(Source::LineageMean);
    let of_lineages = [Source::LineageCount].into_iter().chain(of_lineages);
    let sources = fractions.chain([Source::DyeMean]).chain(of_subsets).chain(of_lineages);
    let not_finite = ("cytometry_not_finite_count".to_owned(), Source::CytometryNotFinite);
    cytometry::statistics().zip(sources).chain([not_finite])
}

fn of_space(layout: &Layout) -> Vec<(String, Source)> {
    let axes = POSITIONS.iter().enumerate().take(layout.dimensions as usize);
    let mut table: Vec<_> = axes.map(|(axis, name)| (format!("centre_{name}"), Source::Centre(axis))).collect();
    if layout.dimensions > 0 {
        table.push(("radius_of_gyration_um".to_owned(), Source::Gyration));
    }
    if let Some((count, width_um)) = layout.shells {
        let shells = (0..count as usize)
            .map(|shell| (radial_name((shell + 1) as f32 * width_um), Source::Word(layout.shell_offset + shell)));
        table.extend(shells);
    }
    table
}

/// `0.05` as `05`, `0.025` as `02_5`.
fn percent(quantile: f64) -> String {
    let tenths = (quantile * 1000.0).round() as u32;
    match tenths % 10 {
        0 => format!("{:02}", tenths / 10),
        rest => format!("{:02}_{rest}", tenths / 10),
    }
}

/// Name of the shell that ends at this distance: `radial_count_0020um`, `radial_count_0012_5um`.
fn radial_name(outer_um: f32) -> String {
    let tenths = (outer_um * 10.0).round() as u32;
    match tenths % 10 {
        0 => format!("radial_count_{:04}um", tenths / 10),
        rest => format!("radial_count_{:04}_{rest}um", tenths / 10),
    }
}

/// The words of one tissue and cell type.
pub(crate) struct Group<'a> {
    pub layout: &'a Layout,
    /// Its row of the buffer `statistics`.
    pub words: &'a [u32],
    /// Its row of the buffer `events`.
    pub events: &'a [u32],
    pub clock: AgeClock,
}

/// What ages are counted by: the time of the report and the unit of the times of birth, in h.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct AgeClock {
    pub now_h: f64,
    pub unit_h: f64,
}

impl Group<'_> {
    /// The value of a statistic; None where there is nothing to report.
    pub fn value(&self, source: Source) -> Option<f64> {
        let AgeClock { now_h, unit_h } = self.clock;
        let of_age = |column: usize| self.layout.columns[column].name == AGE;
        let age_h = |born: f64| now_h - unit_h * born;
        // The oldest were born first.
        match source {
            Source::Mean(column) if of_age(column) => self.plain(source).map(age_h),
            Source::Sum(column) if of_age(column) => {
                let found = f64::from(self.block(column)[block::FOUND]);
                self.plain(source).map(|sum| found * now_h - unit_h * sum)
            }
            Source::Deviation(column) if of_age(column) => self.plain(source).map(|sd| sd * unit_h),
            Source::Min(column) if of_age(column) => self.plain(Source::Max(column)).map(age_h),
            Source::Max(column) if of_age(column) => self.plain(Source::Min(column)).map(age_h),
            Source::Quantile(column, quantile) if of_age(column) => {
                self.plain(Source::Quantile(column, 1.0 - quantile)).map(age_h)
            }
            _ => self.plain(source),
        }
    }

    /// The value in the unit of the column.
    fn plain(&self, source: Source) -> Option<f64> {
        match source {
            Source::Count => Some(self.words[..ATTACHED].iter().map(|&count| f64::from(count)).sum()),
            Source::Word(word) => Some(f64::from(self.words[word])),
            Source::Event(event) => Some(f64::from(self.events[event as usize])),
            Source::Mean(column) => self.mean(column),
            Source::Sum(column) => Some(self.sum(column) as f64 * self.resolution(column)),
            Source::Deviation(column) => self.deviation(column),
            Source::Min(column) => self.extreme(column, !self.block(column)[block::MIN]),
            Source::Max(column) => self.extreme(column, self.block(column)[block::MAX]),
            Source::Quantile(column, quantile) => self.quantile(column, quantile),
            Source::NotFinite(column) => Some(f64::from(self.block(column)[block::NOT_FINITE])),
            Source::Fraction(fraction) => self.stained_mean(fraction),
            Source::SubsetMean(subset, measured) => self.subset_mean(subset, measured),
            Source::DyeMean => self.stained_mean(cytometry::DYE),
            Source::LineageCount => Some(self.stained(cytometry::LINEAGE).0),
            Source::LineageMean(sum) => self.lineage_mean(sum),
            Source::CytometryNotFinite => Some(f64::from(self.panel()[block::NOT_FINITE])),
            Source::Centre(axis) => self.place(axis).map(|place| place.0),
            Source::Gyration => self.gyration_um(),
        }
    }

    /// The block of the panel of cytometry, which is there wherever it is asked for.
    fn panel(&self) -> &[u32] {
        &self.words[self.layout.cytometry.unwrap_or_default()..]
    }

    /// A sum of the panel, and the number of cells in it.
    fn stained(&self, sum: usize) -> (f64, f64) {
        let steps = wide(self.panel(), block::SUM + 2 * sum) as i64;
        (steps as f64 * f64::from(cytometry::resolution(sum)), f64::from(self.panel()[block::FOUND]))
    }

    fn stained_mean(&self, sum: usize) -> Option<f64> {
        let (sum, found) = self.stained(sum);
        Some(sum / found).filter(|_| found > 0.0)
    }

    /// Mean over a subset, each cell with its chance to be in it; none of less than half a cell, or of one cell in a
    /// thousand, of which fixed point leaves too little.
    fn subset_mean(&self, subset: usize, measured: usize) -> Option<f64> {
        let (inside, found) = self.stained(cytometry::SUBSETS[subset].1);
        let (sum, _) = self.stained(cytometry::subset_sum(subset, measured));
        Some(sum / inside).filter(|_| inside >= f64::max(0.5, 1e-3 * found))
    }

    /// Mean over founder lineages; none where not a hundredth of a line of descent lives, of which fixed point leaves too
    /// little.
    fn lineage_mean(&self, sum: usize) -> Option<f64> {
        let (weight, _) = self.stained(cytometry::LINEAGE);
        Some(self.stained(sum).0 / weight).filter(|_| weight >= 0.01)
    }

    fn block(&self, column: usize) -> &[u32] {
        &self.words[self.layout.columns[column].offset..]
    }

    fn resolution(&self, column: usize) -> f64 {
        f64::from(self.layout.columns[column].resolution)
    }

    fn found(&self, column: usize) -> Option<f64> {
        Some(self.block(column)[block::FOUND]).filter(|&found| found > 0).map(f64::from)
    }

    fn sum(&self, column: usize) -> i64 {
        wide(self.block(column), block::SUM) as i64
    }

    fn mean(&self, column: usize) -> Option<f64> {
        self.found(column).map(|found| self.sum(column) as f64 / found * self.resolution(column))
    }

    /// Sum of squared deviations from the mean times the number of cells, in steps²: whole numbers, so nothing cancels.
    fn spread(&self, column: usize) -> f64 {
        let block = self.block(column);
        let sum = i128::from(self.sum(column));
        (i128::from(block[block::FOUND]) * i128::from(wide(block, block::SQUARES)) - sum * sum) as f64
    }

    fn deviation(&self, column: usize) -> Option<f64> {
        let found = self.found(column).filter(|&found| found > 1.0)?;
        Some((self.spread(column) / (found * (found - 1.0))).sqrt() * self.resolution(column))
    }

    fn extreme(&self, column: usize, word: u32) -> Option<f64> {
        // 0 is added since a report of −0 helps nobody.
        self.found(column).map(|_| f64::from(unordered(word)) + 0.0)
    }

    fn gyration_um(&self) -> Option<f64> {
        let variances: Option<f64> = (0..POSITIONS.len()).map(|axis| Some(self.place(axis)?.1)).sum();
        variances.map(f64::sqrt)
    }

    /// Mean and variance along an axis; in a periodic domain of the places as they are or across its faces, whichever
    /// are less spread.
    fn place(&self, axis: usize) -> Option<(f64, f64)> {
        let columns = self.layout.columns.iter().enumerate();
        let ways = columns.filter(|(_, it)| it.column.name == POSITIONS[axis]).map(|(column, observed)| {
            let (found, wrap) = (self.found(column)?, f64::from(observed.wrap));
            let mean = self.mean(column)?;
            let inside = if wrap > 0.0 && mean >= 0.5 * wrap { mean - wrap } else { mean };
            Some((inside, self.spread(column) / (found * found) * self.resolution(column).powi(2)))
        });
        ways.flatten().min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The value below which this fraction of cells lies, linear within a bin.
    fn quantile(&self, column: usize, quantile: f64) -> Option<f64> {
        let found = self.found(column)?;
        let bins = &self.block(column)[block::BINS..block::BINS + BIN_COUNT];
        let mut below = 0.0;
        for (bin, &count) in bins.iter().enumerate() {
            let count = f64::from(count);
            if count > 0.0 && below + count >= quantile * found {
                return self.within(column, bin, (quantile * found - below) / count);
            }
            below += count;
        }
        self.plain(Source::Max(column))
    }

    /// The value a fraction of the way through a bin; a bin of one step holds one value.
    fn within(&self, column: usize, bin: usize, fraction: f64) -> Option<f64> {
        let resolution = self.resolution(column);
        let (lowest, width) = range(self.block(column), 1.0 / self.layout.columns[column].resolution);
        let (first, next) = (f64::from(first_step(bin, width)), f64::from(first_step(bin + 1, width)));
        let step = if next - first > 1.0 { first - 0.5 + (next - first) * fraction } else { first };
        let (min, max) = (self.plain(Source::Min(column))?, self.plain(Source::Max(column))?);
        Some(((f64::from(lowest) + step) * resolution).max(min).min(max))
    }
}
