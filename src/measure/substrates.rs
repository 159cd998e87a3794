//! What there is of each substrate in each tissue, and what has turned over: from the sums of stage `balance`.

use super::StatisticRow;
use crate::fields::balance::Column;
use crate::plan::substrates::LANES;
use crate::plan::{Plan, Substrates};
use std::ops::Range;
use std::sync::Arc;

/// One substrate in one tissue, voxels that are held left out. Amounts are levels × um³, those that turned over since
/// the start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stock {
    pub content: f64,
    pub volume_um3: f64,
    pub least: f64,
    pub most: f64,
    pub turned_over: Turnover,
}

/// What cells secreted (S ρ) and took up ((S + U) c), what decayed, and what came through the boundary.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Turnover {
    pub secreted: f64,
    pub taken_up: f64,
    pub decayed: f64,
    pub supplied: f64,
}

impl Turnover {
    fn add(&mut self, other: &Turnover) {
        self.secreted += other.secreted;
        self.taken_up += other.taken_up;
        self.decayed += other.decayed;
        self.supplied += other.supplied;
    }

    /// What went in less what went out.
    pub fn gain(&self) -> f64 {
        self.secreted + self.supplied - self.taken_up - self.decayed
    }
}

/// Adds up what turned over from report to report, for a batch of tissues.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    /// Of \[tissue\]\[substrate\].
    turned_over: Vec<Turnover>,
}

impl Accounts {
    /// Sums by which \[tissue\]\[substrate\] begin again: secreted, taken up, decayed and supplied of each.
    pub fn from_sums(sums: &[[f64; 4]]) -> Accounts {
        let turnover =
            |&[secreted, taken_up, decayed, supplied]: &[f64; 4]| Turnover { secreted, taken_up, decayed, supplied };
        Accounts { turned_over: sums.iter().map(turnover).collect() }
    }

    /// The sums so far, as [`Accounts::from_sums`] takes them.
    pub fn sums(&self) -> Vec<[f64; 4]> {
        let sums = |it: &Turnover| [it.secreted, it.taken_up, it.decayed, it.supplied];
        self.turned_over.iter().map(sums).collect()
    }

    /// Stocks of \[tissue\]\[substrate\] from sums for each block and x.
    pub fn report(&mut self, substrates: &Substrates, tissues: usize, sums: &[Column]) -> Vec<Stock> {
        let (nx, count) = (substrates.grid.voxels[0] as usize, substrates.list.len());
        let voxel_um3 = f64::from(substrates.grid.voxel_um3());
        self.turned_over.resize(tissues * count, Turnover::default());
        let mut stocks = Vec::new();
        for tissue in 0..tissues {
            for number in 0..count {
                let block = number / LANES * tissues + tissue;
                let mut stock = Stock { least: f64::INFINITY, ..Stock::default() };
                let mut since = Turnover::default();
                for column in &sums[block * nx..][..nx] {
                    let amount = |lanes: &crate::fields::Lanes| f64::from(lanes.0[number % LANES]) * voxel_um3;
                    let level = |lanes: &crate::fields::Lanes| f64::from(lanes.0[number % LANES]);
                    stock.content += amount(&column.content);
                    stock.volume_um3 += amount(&column.free);
                    stock.least = stock.least.min(level(&column.least));
                    stock.most = stock.most.max(level(&column.most));
                    since.add(&Turnover {
                        secreted: amount(&column.secreted),
                        taken_up: amount(&column.taken_up),
                        decayed: amount(&column.decayed),
                        supplied: amount(&column.supplied),
                    });
                }
                let sum = &mut self.turned_over[tissue * count + number];
                sum.add(&since);
                stocks.push(Stock { turned_over: *sum, ..stock });
            }
        }
        stocks
    }
}

/// The statistics of the substrates as rows, for the tissues of a batch, which are `tissues` of the study.
pub fn substrate_rows(plan: &Plan, stocks: &[Stock], tick: u32, tissues: Range<u32>) -> Vec<StatisticRow> {
    let Some(substrates) = &plan.substrates else { return Vec::new() };
    let names: Vec<[Arc<str>; 7]> =
        substrates.list.iter().map(|it| substrate_statistics(&it.name).map(Into::into)).collect();
    let mut rows = Vec::new();
    for (tissue, stocks) in tissues.zip(stocks.chunks(substrates.list.len())) {
        for (stock, names) in stocks.iter().zip(&names) {
            let has_room = stock.volume_um3 > 0.0;
            let level = |value: f64| has_room.then_some(value);
            let Turnover { secreted, taken_up, decayed, supplied } = stock.turned_over;
            let values = [
                level(stock.content / stock.volume_um3),
                level(stock.least),
                level(stock.most),
                Some(secreted),
                Some(taken_up),
                Some(decayed),
                Some(supplied),
            ];
            let row = |(name, value): (&Arc<str>, Option<f64>)| StatisticRow {
                tissue,
                tick,
                cell_type: None,
                statistic: name.clone(),
                value,
            };
            rows.extend(names.iter().zip(values).map(row));
        }
    }
    rows
}

/// Names of a substrate's statistics.
pub fn substrate_statistics(substrate: &str) -> [String; 7] {
    ["mean", "min", "max", "secreted", "taken_up", "decayed", "supplied"].map(|it| format!("{substrate}_{it}"))
}
