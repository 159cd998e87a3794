//! The files of a cohort: `cohort.csv`, a row a patient and arm; `cohort_association.csv`, how the score goes with the
//! response in each arm; `cohort_roc.csv`, its ROC curves.

use super::RunFolder;
use super::series::number;
use super::study::tables::write_csv;
use crate::analysis::association::{area_under_roc, median, roc, spearman};
use crate::error::Result;
use crate::measure::StatisticRow;
use crate::plan::Plan;
use crate::plan::cohort::{Readout, Term};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const ASSOCIATION: [&str; 6] = ["arm", "patients", "responders", "response_cutoff", "spearman", "area_under_roc"];
const ROC: [&str; 4] = ["arm", "score_at_least", "false_positive_fraction", "true_positive_fraction"];

/// The statistics that are compared, as they are reported.
#[derive(Clone, Debug, Default)]
pub struct CohortTable {
    /// By tissue and place among the terms of the cohort.
    values: BTreeMap<(usize, usize), f64>,
}

/// Patients of an arm that have both a score and a response.
struct Compared {
    scores: Vec<f64>,
    responses: Vec<f64>,
    cutoff: Option<f64>,
}

impl CohortTable {
    /// Takes note of reports.
    pub fn append(&mut self, plan: &Plan, rows: &[StatisticRow]) {
        let terms: Vec<&Term> = plan.cohort.terms().collect();
        for row in rows {
            let is_it =
                |it: &&Term| it.tick == row.tick && it.cell_type == row.cell_type && it.statistic == *row.statistic;
            for (place, _) in terms.iter().enumerate().filter(|(_, it)| is_it(it)) {
                row.value.map(|value| self.values.insert((row.tissue as usize, place), value));
            }
        }
    }

    fn readout(&self, plan: &Plan, readout: &Readout, tissue: usize) -> Option<f64> {
        let value = |term: &Term| {
            let place = plan.cohort.terms().position(|it| it == term)?;
            self.values.get(&(tissue, place)).copied()
        };
        let over = match &readout.over {
            Some(over) => value(over)?,
            None => 1.0,
        };
        Some(value(&readout.term)? / over).filter(|it| it.is_finite())
    }

    fn compared(&self, plan: &Plan, arm: usize) -> Option<Compared> {
        let (score, response) = plan.cohort.score.as_ref().zip(plan.cohort.response.as_ref())?;
        let tissues = arm * plan.seeds.len()..(arm + 1) * plan.seeds.len();
        let both = tissues.filter_map(|it| self.readout(plan, score, it).zip(self.readout(plan, response, it)));
        let (scores, responses): (Vec<f64>, Vec<f64>) = both.unzip();
        let cutoff = plan.cohort.responders_above.or_else(|| median(&responses));
        Some(Compared { scores, responses, cutoff })
    }

    /// Writes the files, where there is a cohort, and says what came out.
    ///
    /// # Errors
    /// `Failed` if they cannot be written.
    pub fn finish(&self, plan: &Plan, folder: &RunFolder) -> Result<String> {
        if plan.cohort.parameters.is_empty() && plan.cohort.score.is_none() {
            return Ok(String::new());
        }
        let (heading, records) = self.patients(plan);
        write_csv(folder, "cohort.csv", heading, records.into_iter())?;
        if plan.cohort.score.is_none() {
            return Ok(String::new());
        }
        let (mut table, mut curves) = (Vec::new(), Vec::new());
        let mut text = String::from("\nScore before therapy and response\n\n");
        for (arm, name) in plan.arms.iter().map(|it| &it.name).enumerate() {
            let Some(Compared { scores, responses, cutoff }) = self.compared(plan, arm) else { continue };
            let responds: Vec<bool> = responses.iter().map(|it| cutoff.is_some_and(|cutoff| *it > cutoff)).collect();
            let (rho, area) = (spearman(&scores, &responses), area_under_roc(&scores, &responds));
            let yes = responds.iter().filter(|it| **it).count();
            let written = |it: Option<f64>| it.map(number).unwrap_or_default();
            let counts = [scores.len(), yes].map(|it| it.to_string());
            table.push([name.clone()].into_iter().chain(counts).chain([cutoff, rho, area].map(written)).collect());
            let shown = |it: Option<f64>| it.map_or("none".into(), |it| format!("{it:.2}"));
            let _ = writeln!(
                text,
                "{name}: {} patients, {yes} respond; Spearman {}, area under the ROC curve {}",
                scores.len(),
                shown(rho),
                shown(area)
            );
            for point in roc(&scores, &responds) {
                let row = [point.score, point.false_positive_fraction, point.true_positive_fraction].map(number);
                curves.push([name.clone()].into_iter().chain(row).collect());
            }
        }
        let heading = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect();
        write_csv(folder, "cohort_association.csv", heading(&ASSOCIATION), table.into_iter())?;
        write_csv(folder, "cohort_roc.csv", heading(&ROC), curves.into_iter())?;
        Ok(text)
    }

    /// Heading, and a row for each arm and patient: drawn values, score and response.
    fn patients(&self, plan: &Plan) -> (Vec<String>, Vec<Vec<String>>) {
        let cohort = &plan.cohort;
        let readouts: Vec<(&str, &Readout)> = [("score", &cohort.score), ("response", &cohort.response)]
            .into_iter()
            .filter_map(|(name, readout)| readout.as_ref().map(|readout| (name, readout)))
            .collect();
        let heads = cohort.parameters.iter().map(|it| it.name.as_str()).chain(readouts.iter().map(|it| it.0));
        let heading = ["arm", "replicate"].into_iter().chain(heads).map(str::to_owned).collect();
        let mut table = Vec::new();
        for tissue in 0..plan.tissue_count() {
            let (arm, patient) = plan.arm_and_replicate(tissue);
            let mut fields = vec![plan.arms[arm].name.clone(), (patient + 1).to_string()];
            fields.extend(cohort.parameters.iter().map(|it| number(it.values[patient] * it.scale)));
            let read = |(_, readout): &(&str, &Readout)| self.readout(plan, readout, tissue);
            fields.extend(readouts.iter().map(|it| read(it).map(number).unwrap_or_default()));
            table.push(fields);
        }
        (heading, table)
    }
}
