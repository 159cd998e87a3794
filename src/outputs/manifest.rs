//! `manifest.json`: what was run, with what, and how it ended.

use super::checkpoint::WarmUpRecord;
use super::reading::read_manifest;
use super::{RunFolder, contents};
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::plan::cohort::Drawn;
use crate::plan::domain::hours;
use crate::scenario::Given;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Its name in the run folder.
pub const NAME: &str = "manifest.json";

/// Name and version of the layout.
const SCHEMA: &str = "texpop/run/1";

const FINISHED: &str = "finished";

/// All that is needed to run the same again, and how the run went.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// Name and version of this layout.
    pub schema: &'static str,
    pub program: Program,
    pub title: String,
    /// The resolved scenario, as it was given to [`Manifest::new`].
    pub scenario: Value,
    /// The scenario as it was given, with overrides.
    pub source: Given,
    /// Of the plan: see `Plan::fingerprint`.
    pub plan_hash: String,
    /// Where the arms of a branch come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<WarmUpRecord>,
    /// BLAKE3 of the scenario: of its text, or of its compact JSON.
    pub scenario_hash: String,
    pub arms: Vec<String>,
    pub replicates: Vec<Replicate>,
    /// What was drawn of the replicates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cohort: Vec<DrawnParameter>,
    pub device: Value,
    /// Whether results are equal in every bit on all devices that promise it too.
    pub strict_numerics: bool,
    /// RFC 3339, UTC.
    pub started: String,
    /// When it went on after it had been stopped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resumed: Vec<String>,
    pub finished: Option<String>,
    pub duration_h: f64,
    /// Ticks simulated so far, in each tissue.
    pub ticks: u64,
    pub steps: u64,
    /// Sum over the steps of the number of cells.
    pub cell_steps: u64,
    pub wall_s: f64,
    /// `running`, `finished`, `interrupted` or `failed: …`.
    pub status: String,
    /// Tissues of a study that failed twice and were left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedTissue>,
    /// Complete files.
    pub files: Vec<String>,
    /// Files that the run may still write; none once it has finished.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<String>,
}

/// A tissue, and why it failed.
#[derive(Clone, Debug, Serialize)]
pub struct FailedTissue {
    pub arm: String,
    pub replicate: usize,
    pub reason: String,
}

/// Keys that tell how the run went, or where its scenario lay.
const OF_THE_COURSE: [&str; 12] = [
    "source",
    "branch",
    "started",
    "resumed",
    "finished",
    "ticks",
    "steps",
    "cell_steps",
    "wall_s",
    "status",
    "files",
    "pending",
];

/// Which program ran.
#[derive(Clone, Debug, Serialize)]
pub struct Program {
    pub name: &'static str,
    pub version: &'static str,
}

/// A replicate, counted from 1, and its seed as 16 hexadecimal digits (JSON numbers lose bits beyond 53).
#[derive(Clone, Debug, Serialize)]
pub struct Replicate {
    pub replicate: usize,
    pub seed: String,
}

/// A parameter, and its value in each replicate in the unit of its name.
#[derive(Clone, Debug, Serialize)]
pub struct DrawnParameter {
    pub parameter: String,
    pub values: Vec<f64>,
}

impl Manifest {
    /// Notes which tissues were left out, by their numbers in the study.
    pub fn leave_out(&mut self, plan: &Plan, failed: &BTreeMap<usize, String>) {
        let note = |(tissue, reason): (&usize, &String)| {
            let (arm, replicate) = plan.arm_and_replicate(*tissue);
            FailedTissue { arm: plan.arms[arm].name.clone(), replicate: replicate + 1, reason: reason.clone() }
        };
        self.failed = failed.iter().map(note).collect();
    }

    /// The manifest of a run that starts now. `scenario` is its resolved text (a JSON string) or structure.
    ///
    /// # Errors
    /// `Failed` if the description of the device is not JSON.
    pub fn new(plan: &Plan, scenario: Value, device: impl Serialize, strict_numerics: bool) -> Result<Manifest> {
        let device = serde_json::to_value(device).map_err(|cause| Error::Failed(format!("manifest.json: {cause}")))?;
        let hashed = scenario.as_str().map_or_else(|| scenario.to_string(), str::to_owned);
        let replicates = plan.seeds.iter().enumerate();
        Ok(Manifest {
            schema: SCHEMA,
            program: Program { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            title: plan.title.clone(),
            scenario_hash: blake3::hash(hashed.as_bytes()).to_hex().to_string(),
            scenario,
            source: Given::default(),
            plan_hash: plan.fingerprint(),
            branch: None,
            arms: plan.arms.iter().map(|arm| arm.name.clone()).collect(),
            replicates: replicates.map(|(r, seed)| Replicate { replicate: r + 1, seed: hex(*seed) }).collect(),
            cohort: plan.cohort.parameters.iter().map(drawn).collect(),
            device,
            strict_numerics,
            started: now(),
            resumed: Vec::new(),
            finished: None,
            duration_h: hours(plan.duration_ticks),
            ticks: 0,
            steps: 0,
            cell_steps: 0,
            wall_s: 0.0,
            status: "running".into(),
            failed: Vec::new(),
            files: Vec::new(),
            pending: contents::names_of(plan),
        })
    }

    /// Notes how and when the run ended.
    pub fn end(&mut self, status: &str) {
        self.status = status.into();
        self.finished = Some(now());
        if status == FINISHED {
            self.pending.clear();
        }
    }

    /// The manifest as indented JSON.
    ///
    /// # Errors
    /// `Failed` if a value has no JSON form.
    pub fn json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(|cause| Error::Failed(format!("manifest.json: {cause}")))
    }

    /// What was run, and with what, without how it went: runs that are equal have the same text.
    ///
    /// # Errors
    /// `Failed` if a value has no JSON form.
    pub fn provenance(&self) -> Result<String> {
        let failed = |cause| Error::Failed(format!("manifest.json: {cause}"));
        let mut all = serde_json::to_value(self).map_err(failed)?;
        if let Value::Object(all) = &mut all {
            all.retain(|key, _| !OF_THE_COURSE.contains(&key.as_str()));
        }
        serde_json::to_string_pretty(&all).map_err(failed)
    }

    /// Writes `manifest.json`, with the files that are complete by now, in place of an earlier one.
    ///
    /// # Errors
    /// `Failed` if it cannot be written.
    pub fn write(&mut self, folder: &RunFolder) -> Result<()> {
        self.list(folder, &[NAME]);
        folder.write(NAME, (self.json()? + "\n").as_bytes())
    }

    /// Notes the files that are complete by now, and those that soon will be.
    pub fn list(&mut self, folder: &RunFolder, soon: &[&str]) {
        self.files = folder.files();
        self.files.extend(soon.iter().map(|name| (*name).to_owned()));
        self.files.sort();
        self.files.dedup();
    }
}

/// The manifest in a folder; none where there is none of texpop.
pub fn of(folder: &Path) -> Option<Value> {
    read_manifest(folder).ok().filter(|it| it["schema"] == SCHEMA)
}

/// Whether a folder holds a run that has finished.
pub fn is_finished(folder: &Path) -> bool {
    of(folder).is_some_and(|it| it["status"] == FINISHED)
}

/// Notes that another run takes the place of the one that a manifest is of.
pub(super) fn replaced(manifest: &mut Value) {
    manifest["status"] = "replaced".into();
}

fn drawn(it: &Drawn) -> DrawnParameter {
    let values = it.values.iter().map(|value| value * it.scale).collect();
    DrawnParameter { parameter: it.name.clone(), values }
}

fn hex([low, high]: [u32; 2]) -> String {
    format!("{high:08x}{low:08x}")
}

/// The time now, RFC 3339 in UTC with whole seconds.
pub fn now() -> String {
    rfc_3339(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

/// Seconds since 1970 as a date of the Gregorian calendar.
fn rfc_3339(seconds: u64) -> String {
    // Years run from March so that the leap day comes last, and days count from 1 March of year 0, 719,468 days
    // before 1970; 146,097 days are 400 years.
    let days = seconds / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // From March on, five months have 153 days, again and again.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = 400 * era + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        let known = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ];
        for (seconds, text) in known {
            assert_eq!(rfc_3339(seconds), text);
        }
    }
}
