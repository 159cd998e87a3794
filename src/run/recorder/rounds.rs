//! Rounds of a study, and the batches of each: which tissues run next, which are tried again, and which are left out.

use super::Recorder;
use crate::device::Device;
use crate::error::Result;
use crate::outputs::checkpoint::{self, Description, Entry, WarmUpRecord};
use crate::plan;
use crate::run::Order;
use crate::run::branch::WarmUp;
use crate::simulation::batch::Moment;
use std::ops::Range;

impl<'a> Recorder<'a> {
    /// Numbers of the tissues that run next; none at the end.
    pub(crate) fn next_round(&mut self) -> Option<Vec<usize>> {
        let tissues = match &mut self.study {
            Some(study) => study.next_round(self.plan),
            None => (!std::mem::replace(&mut self.has_begun, true)).then(|| (0..self.plan.tissue_count()).collect()),
        };
        tissues.map(|it: Vec<usize>| it.into_iter().filter(|tissue| !self.failed.contains_key(tissue)).collect())
    }

    /// The same as before the round under way, for another try at it.
    ///
    /// # Errors
    /// As [`Recorder::resume`].
    pub(crate) fn before_round(self, order: &'a Order, device: &Device) -> Result<Recorder<'a>> {
        let rest = self.description.clone();
        let journal = rest.before_round.clone();
        self.turned_back(order, device, Description { batches: Vec::new(), batch: 0, journal, ..rest })
    }

    /// The same as before the batch under way, with no more tissues than `most` in that batch and those that follow in
    /// its round.
    ///
    /// # Errors
    /// As [`Recorder::resume`].
    pub(crate) fn in_smaller_batches(self, most: usize, order: &'a Order, device: &Device) -> Result<Recorder<'a>> {
        let rest = self.description.clone();
        let (done, to_come) = rest.batches.split_at(self.batch);
        let parts = |it: &Range<usize>| {
            let end = it.end;
            it.clone().step_by(most).map(move |start| start..end.min(start + most)).collect::<Vec<_>>()
        };
        let batches: Vec<Range<usize>> = done.iter().cloned().chain(to_come.iter().flat_map(parts)).collect();
        let description = Description {
            parts: rest.parts + batches.len() - rest.batches.len(),
            batches,
            batch: self.batch,
            journal: rest.before_batch.clone(),
            most_tissues: Some(most),
            ..rest
        };
        self.turned_back(order, device, description)
    }

    /// Tissues of the batch under way.
    pub(crate) fn tissue_count(&self) -> usize {
        self.tissues.len()
    }

    /// The same at an earlier place of the journal, between two batches.
    fn turned_back(self, order: &'a Order, device: &Device, to: Description) -> Result<Recorder<'a>> {
        let description = Description { at: None, wall_s: self.wall_s(), cell_steps: self.cell_steps, ..to };
        let folder = self.folder.clone();
        // Its half-written files go before they are begun anew.
        drop(self);
        // Before the journal is cut, so that a checkpoint never says that it held more than it does.
        checkpoint::write(&folder, &description, None)?;
        Recorder::again(order, device, folder, description)
    }

    /// A tissue of the study is left out from now on.
    ///
    /// # Errors
    /// `Failed` where that cannot be written.
    pub(crate) fn leave_out(&mut self, tissue: usize, reason: String) -> Result<()> {
        self.report(Entry::Failed(tissue, reason))
    }

    /// Some tissues of the study begin, in these batches.
    ///
    /// # Errors
    /// `Failed` where that cannot be written.
    pub(crate) fn begin_round(&mut self, tissues: Vec<usize>, batches: Vec<Range<usize>>) -> Result<()> {
        let entry = Entry::Round { tissues, batches: batches.len() };
        self.description.before_round = self.journal.mark();
        (self.description.batches, self.batch) = (batches, 0);
        self.report(entry)
    }

    /// A batch begins from its start.
    ///
    /// # Errors
    /// `Failed` where the checkpoint cannot be written.
    pub(crate) fn begin_batch(&mut self, number: usize) -> Result<()> {
        self.batch = number;
        self.description.before_batch = self.journal.mark();
        self.note_batch();
        self.write_checkpoint(None)?;
        self.report(Entry::Batch(self.description.batches[number].clone()))
    }

    /// Says which arms come now, where they do not all run together.
    fn note_batch(&self) {
        let (number, batches) = (self.batch, &self.description.batches);
        if batches.len() < 2 {
            return;
        }
        let tissues = &batches[number];
        let arm = |tissue: usize| &self.plan.arms[self.part.arm_and_replicate(tissue).0].name;
        let (first, last) = (arm(tissues.start), arm(tissues.end - 1));
        let arms = if first == last { first.clone() } else { format!("{first} to {last}") };
        self.progress.note(&format!("batch {} of {}: {arms}", number + 1, batches.len()));
    }

    /// Lives through the warm-up of a branch; none where a signal stopped it.
    ///
    /// # Errors
    /// As [`WarmUp::moment`].
    pub(crate) fn warm_up(
        &mut self,
        trunk: &WarmUp,
        device: &Device,
        tissues: &Range<usize>,
    ) -> Result<Option<Moment>> {
        let WarmUpRecord { tick, arm, .. } = &trunk.warm_up;
        self.progress.note(&format!("warm-up: arm {arm} up to {:.2} h", plan::domain::hours(*tick)));
        let moment = trunk.moment(device, &self.part, tissues.clone(), &|| self.due.stops())?;
        self.last_tick = *tick;
        self.progress.goes_on(*tick, self.cell_steps);
        Ok(moment)
    }
}
