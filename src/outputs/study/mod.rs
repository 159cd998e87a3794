//! What a study found: the outcomes of all tissues, the arms ranked by each, as tables, text and a picture.

mod forest;
mod outcomes;
mod picture;
mod ranking;
mod response;
mod tables;
mod text;

use super::RunFolder;
use crate::error::Result;
use crate::plan::Plan;
use crate::plan::study::Study as Question;
use crate::statistics::Row;
use outcomes::Courses;
use ranking::{Ranked, ranked};
pub(super) use text::figures;

/// The courses of the statistics that a study asks for.
pub struct Study {
    question: Question,
    courses: Courses,
}

impl Study {
    /// None where the plan has no study.
    pub fn new(plan: &Plan) -> Option<Study> {
        let mut question = plan.study.clone()?;
        // A run may be stopped earlier than its scenario says.
        question.outcomes.iter_mut().for_each(|it| it.until_tick = it.until_tick.min(plan.duration_ticks));
        Some(Study { courses: Courses::new(&question), question })
    }

    /// Takes note of reports; those of one tissue come in the order of time.
    pub fn append(&mut self, rows: &[Row]) {
        self.courses.append(&self.question, rows);
    }

    /// Writes `results.csv`, `results.parquet`, `ranking.csv` and `study.svg`, and gives the ranking as text.
    ///
    /// # Errors
    /// `Failed` if a file cannot be written.
    pub fn finish(&self, plan: &Plan, folder: &RunFolder, manifest_json: &str) -> Result<String> {
        let ranked: Vec<Ranked> = (0..self.question.outcomes.len())
            .map(|outcome| ranked(plan, &self.question, outcome, |tissue| self.courses.value(outcome, tissue)))
            .collect();
        tables::write_results(plan, &self.question, &self.courses, folder, manifest_json)?;
        tables::write_ranking(plan, &self.question, &ranked, folder)?;
        let picture = picture::svg(plan, &self.question, &ranked, &self.courses);
        folder.write("study.svg", picture.as_bytes())?;
        Ok(text::ranking(plan, &self.question, &ranked))
    }
}
