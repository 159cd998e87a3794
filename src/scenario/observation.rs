//! `[statistics]` and `[snapshots]`: what is written, equal in all arms.

use super::values::{Count, Duration, Fraction, Size, Time};
use serde::{Deserialize, Serialize};

/// `[statistics]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Statistics {
    /// Time between reports.
    pub every: Duration,
    /// Columns of cells to summarise besides the counts.
    pub columns: Vec<String>,
    /// Quantiles of each column.
    pub quantiles: Vec<Fraction>,
    pub radial_profile: Option<RadialProfile>,
    /// Whether cells with proteostasis are stained as in the flow cytometer.
    pub cytometry: bool,
}

impl Default for Statistics {
    fn default() -> Statistics {
        Statistics {
            every: Duration(60.0),
            columns: vec!["volume_um3".into()],
            quantiles: [0.05, 0.5, 0.95].map(Fraction).to_vec(),
            radial_profile: None,
            cytometry: false,
        }
    }
}

/// `[statistics.radial_profile]`: cells in shells about the middle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RadialProfile {
    pub shells: Count,
    pub width: Size,
}

/// `[snapshots]`: all cells at certain times; absent: none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Snapshots {
    pub at: Vec<Time>,
    /// From the start on, besides `at`.
    pub every: Option<Duration>,
}
