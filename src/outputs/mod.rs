//! What a run leaves behind: a folder with its manifest, time series, snapshots of cells and a picture, and what it
//! says meanwhile.
//!
//! Every file grows under a hidden name and gets its own name when it is complete, so a run that is killed, or that
//! meets a full disk, leaves no half-written file that looks like a result.

pub(crate) mod batch_tables;
pub mod checkpoint;
mod cohort;
mod contents;
pub mod diff;
pub mod escape;
mod events;
mod fields;
mod figures;
mod folder;
mod history;
mod lock;
mod manifest;
mod parquet_reading;
mod pending;
pub mod picture;
mod progress;
pub(crate) mod reading;
pub mod render;
pub mod report;
mod schedule;
mod series;
mod snapshot;
pub(crate) mod study;
mod summary;
mod table;
pub mod vocabulary;

pub use cohort::CohortTable;
pub(crate) use contents::OF_PHASE_DIAGRAMS;
pub use events::Events;
pub use fields::Fields;
pub use folder::RunFolder;
pub use history::History;
pub use manifest::{Manifest, Program, Replicate, is_finished, now};
pub use pending::PendingFile;
pub use picture::Picture;
pub use progress::{LogFormat, Progress};
pub use schedule::schedule;
pub use series::Series;
pub use snapshot::Snapshots;
pub use study::{Study, question};
pub use summary::summary;
