//! The end of a run: its files are completed, and the user is told what happened.

use super::Recorder;
use crate::error::{Error, Result};
use crate::outputs::checkpoint;
use crate::outputs::{Events, Manifest, RunFolder, is_finished, report, summary};
use crate::plan;
use crate::simulation::batch::Ending;
use std::fmt::Write as _;

impl Recorder<'_> {
    /// Completes the files, and says what happened.
    ///
    /// # Errors
    /// What ended the run, or `Failed` where files cannot be written; `Interrupted` where the run can go on.
    pub(crate) fn finish(mut self, ended: Result<Ending>) -> Result<String> {
        self.manifest.steps = u64::from(self.last_tick / self.plan.clocks.movement_ticks);
        self.manifest.ticks = u64::from(self.last_tick);
        self.manifest.cell_steps = self.cell_steps;
        self.manifest.wall_s = self.wall_s();
        self.manifest.leave_out(self.plan, &self.failed);
        self.manifest.end(&status(&ended));
        let picture = self.picture.svg(self.plan, &self.history);
        let picture = self.folder.write("overview.svg", picture.as_bytes());
        let distributions = self.picture.distributions(self.plan);
        let distributions = distributions.map_or(Ok(()), |it| self.folder.write("distributions.svg", it.as_bytes()));
        let manifest = self.manifest.provenance()?;
        let ranking = self.study.as_ref().map(|study| study.finish(self.plan, &self.folder, &manifest)).transpose();
        let (ranking, ranked) = ranking.map_or_else(|error| (None, Err(error)), |text| (text, Ok(())));
        let events = self.events.map_or(Ok(()), Events::finish);
        let written = self.series.finish(self.plan, &manifest).and(picture).and(distributions).and(events).and(ranked);
        let (cohort, compared) = match self.cohort.finish(self.plan, &self.folder) {
            Ok(text) => (text, Ok(())),
            Err(error) => (String::new(), Err(error)),
        };
        // What failed first is what the user has to know of.
        let ended = ended.and_then(|ending| written.and(compared).map(|()| ending));
        self.manifest.end(&status(&ended));
        let reported = write_report(&mut self.manifest, &self.folder);
        // The manifest is last: a run is finished once it says so, and then nothing is missing.
        let ended = ended.and_then(|ending| reported.map(|()| ending));
        let status = status(&ended);
        self.manifest.end(&status);
        let noted = self.manifest.write(&self.folder);
        self.progress.finish(&status, self.last_tick, self.cell_count, self.cell_steps);
        let place = self.folder.path().display();
        match ended.and_then(|ending| noted.map(|()| ending)).map_err(|error| with_way_on(error, &self.folder))? {
            Ending::Stopped => Err(Error::Interrupted(format!(
                "interrupted at {:.2} h; what had been reported by then is in {place}\n\n\
                 hint: the same command goes on from there, and so does `texpop resume {place}`",
                plan::domain::hours(self.last_tick)
            ))),
            Ending::Finished => {
                self.folder.remove_working_files()?;
                if !self.failed.is_empty() {
                    return Err(Error::Invariant(left_out(&self.manifest, &place.to_string())));
                }
                let mut text = summary(self.plan, &self.history) + &cohort;
                let ranking = ranking.map(|ranking| text += &ranking);
                let study = if ranking.is_some() { ", study.svg; results, ranking" } else { "" };
                let _ = writeln!(
                    text,
                    "\nwritten to {place} (manifest, series, report.html, picture: overview.svg{study})"
                );
                Ok(text)
            }
        }
    }
}

/// Which tissues are not among the results.
fn left_out(manifest: &Manifest, place: &str) -> String {
    let mut text = String::from("the study is finished, but for tissues that failed twice:");
    for it in &manifest.failed {
        let _ = write!(text, "\n\narm {}, replicate {}: {}", it.arm, it.replicate, it.reason);
    }
    text + &format!("\n\nthe results of all others are in {place}, ranking.csv among them")
}

/// A failure leaves the last checkpoint as it was.
fn with_way_on(error: Error, folder: &RunFolder) -> Error {
    let is_whole = !is_finished(folder.path()) && checkpoint::describe(folder.path()).is_ok_and(|it| it.is_some());
    let place = folder.path().display();
    let hint =
        format!("hint: the last checkpoint in {place} is whole: once the cause is mended, the same command goes on");
    let again =
        format!("hint: `texpop resume {place} --checked` goes on from the last checkpoint, and names the stage");
    match error {
        Error::Failed(message) if is_whole => Error::Interrupted(format!("{message}\n\n{hint}")),
        Error::Device(message) if is_whole => Error::Device(format!("{message}\n{hint}")),
        Error::NoRoom(message) if is_whole => Error::NoRoom(format!("{message}\n{hint}")),
        Error::Tissue(tissue, message) if is_whole => Error::Tissue(tissue, format!("{message}\n{again}")),
        Error::Invariant(message) if is_whole => Error::Invariant(format!("{message}\n{again}")),
        other => other,
    }
}

fn write_report(manifest: &mut Manifest, folder: &RunFolder) -> Result<()> {
    manifest.list(folder, &["manifest.json"]);
    let value = serde_json::to_value(manifest).map_err(|error| Error::Failed(format!("report.html: {error}")))?;
    report::write(folder, &value)
}

/// The status in the manifest.
fn status(ended: &Result<Ending>) -> String {
    match ended {
        Ok(Ending::Finished) => "finished".to_owned(),
        Ok(Ending::Stopped) => "interrupted".to_owned(),
        Err(error) => format!("failed: {error}"),
    }
}
