//! What a study found: the outcomes of all tissues, the arms ranked by each, as tables, text and a picture.

mod forest;
mod heat_map;
mod outcomes;
mod pareto;
mod picture;
mod question;
mod ranking;
mod response;
pub(crate) mod results;
mod rounds;
mod sensitivity;
mod survival;
pub(super) mod tables;
mod text;

use super::RunFolder;
use crate::error::Result;
use crate::measure::StatisticRow;
use crate::plan::Plan;
use crate::plan::study::Study as Question;
pub(crate) use outcomes::Courses;
pub use question::question;
use ranking::{Ranked, ranked};
use results::StudyResults;
use rounds::Rounds;

/// The courses of the statistics that a study asks for.
pub struct Study {
    question: Question,
    courses: Courses,
    rounds: Rounds,
    has_begun: bool,
}

impl Study {
    /// None where the plan has no study.
    pub fn new(plan: &Plan) -> Option<Study> {
        let mut question = plan.study.clone()?;
        // A run may be stopped earlier than its scenario says.
        question.outcomes.iter_mut().for_each(|it| it.until_tick = it.until_tick.min(plan.duration_ticks));
        let rounds = Rounds::new(plan, question.comparator);
        Some(Study { courses: Courses::new(&question), question, rounds, has_begun: false })
    }

    /// Takes note of reports; those of one tissue come in the order of time.
    pub fn append(&mut self, rows: &[StatisticRow]) {
        self.courses.append(rows);
    }

    /// Numbers of the tissues that run next, given what came of those before; none at the end.
    pub fn next_round(&mut self, plan: &Plan) -> Option<Vec<usize>> {
        let found = StudyResults { plan, study: &self.question, courses: &self.courses };
        let has_begun = std::mem::replace(&mut self.has_begun, true);
        match &self.question.rounds {
            Some(rule) => self.rounds.next(&found, rule),
            None => (!has_begun).then(|| (0..plan.tissue_count()).collect()),
        }
    }

    /// Writes the results, the ranking and all that was asked for besides, as tables and pictures, and gives the ranking
    /// as text.
    ///
    /// # Errors
    /// `Failed` if a file cannot be written.
    pub fn finish(&self, plan: &Plan, folder: &RunFolder, manifest_json: &str) -> Result<String> {
        let found = StudyResults { plan, study: &self.question, courses: &self.courses };
        let ranked: Vec<Ranked> = (0..self.question.outcomes.len()).map(|outcome| ranked(&found, outcome)).collect();
        tables::write_results(&found, folder, manifest_json)?;
        tables::write_ranking(&found, &ranked, folder)?;
        folder.write("study.svg", picture::svg(&found, &ranked).as_bytes())?;
        heat_map::write(&found, folder)?;
        survival::write(&found, folder)?;
        pareto::write(&found, folder)?;
        let for_sensitivity = self.question.sample.as_ref().is_some_and(|it| it.is_for_sensitivity());
        let mut text = if for_sensitivity { String::new() } else { text::ranking(plan, &self.question, &ranked) };
        text += &sensitivity::write(&found, folder)?;
        if self.question.rounds.is_some() {
            text += &self.rounds.write(&found, folder)?;
        }
        Ok(text)
    }
}
