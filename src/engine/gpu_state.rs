//! The state of the engine on a device, out and in.

use super::gpu::GpuEngine;
use super::interface::Engine;
use super::state::State;
use crate::error::Result;
use crate::fields::KEPT;

impl GpuEngine<'_> {
    /// Reads all that outlives a step, after all recorded steps.
    pub(crate) fn download_state(&mut self) -> Result<State> {
        let cells = self.cells()?;
        let mut fields = Vec::new();
        if let Some(substrates) = &self.plan.substrates {
            for it in KEPT {
                let words = self.tissues * (it.words_per_tissue)(substrates);
                fields.push(self.buffers.download_as(self.gpu, it.name, words)?);
            }
        }
        let events = self.buffers.download_as(self.gpu, "events", self.event_words())?;
        Ok(State { tick: self.population.tick, cells, events, fields, accounts: self.accounts.clone() })
    }

    /// Gives an engine without cells a state.
    pub(crate) fn upload_state(&mut self, state: &State) -> Result<()> {
        self.add(&state.cells, false)?;
        self.set_population(crate::cells::settings::Population { tick: state.tick, ..self.population })?;
        self.buffers.upload(self.gpu, "events", 0, bytemuck::cast_slice(&state.events))?;
        for (it, words) in KEPT.iter().zip(&state.fields) {
            self.buffers.upload(self.gpu, it.name, 0, bytemuck::cast_slice(words))?;
        }
        self.accounts = state.accounts.clone();
        Ok(())
    }
}
