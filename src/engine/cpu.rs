//! The engine on the CPU: the twins, in the order of the graph.

use super::graph::Stage;
use super::initial_state;
use super::interface::{Engine, Observation};
use super::state::State;
use crate::cells::Cells;
use crate::cells::events::Event;
use crate::cells::world::World;
use crate::error::Result;
use crate::fields::{Fields, KEPT};
use crate::measure::audit::audit;
use crate::measure::{Accounts, Layout, cytometry, measure};
use crate::plan::{Mechanics, Parameters, Plan};
use crate::stages::interactions::attach;
use crate::stages::interactions::count_contacts;
use crate::stages::interactions::engage;
use crate::stages::interactions::respond;
use crate::stages::interactions::stimulate;
use crate::stages::lifecycle::count_tissue;
use crate::stages::lifecycle::cycle;
use crate::stages::lifecycle::divide;
use crate::stages::lifecycle::irradiate;
use crate::stages::lifecycle::irradiate::Irradiation;
use crate::stages::lifecycle::rebuild;
use crate::stages::lifecycle::remove;
use crate::stages::lifecycle::remove::Removal;
use crate::stages::motion::mechanics;
use crate::stages::motion::motility;
use crate::stages::motion::relaxation;
use crate::stages::proteostasis;
use crate::stages::regulation::behaviours;
use crate::stages::regulation::induce;
use crate::stages::regulation::rules;
use crate::stages::substrates::secrete;
use crate::stages::substrates::sense_il2;
use crate::stages::substrates::{diffusion, exchange};
use crate::stages::voxels::assign_voxels;
use crate::stages::voxels::scan;
use crate::stages::voxels::sort_voxels;
use std::ops::Range;

/// Runs the twins.
pub struct CpuEngine<'a> {
    pub world: World<'a>,
    layout: Layout,
    taken: Vec<Observation>,
    /// What turned over of the substrates.
    accounts: Accounts,
}

impl<'a> CpuEngine<'a> {
    /// An engine without cells for a range of the plan's tissues.
    pub fn new(plan: &'a Plan, tissues: Range<usize>) -> Result<CpuEngine<'a>> {
        let layout = Layout::new(plan, tissues.len())?;
        let mut world = World::new(plan, tissues);
        world.make_room();
        Ok(CpuEngine { world, layout, taken: Vec::new(), accounts: Accounts::default() })
    }

    /// Runs one stage.
    pub fn run(&mut self, stage: Stage) {
        let world = &mut self.world;
        match stage {
            Stage::AssignVoxels => {
                world.make_room();
                assign_voxels::assign_voxels(world);
            }
            Stage::Scan => scan::scan(&mut world.voxel_start),
            Stage::Scatter => assign_voxels::scatter(world),
            Stage::SortVoxels => sort_voxels::sort_voxels(world),
            Stage::Exchange => exchange::exchange(world),
            Stage::Secrete => secrete::secrete(world),
            Stage::Diffusion => diffusion::diffusion(world),
            Stage::Balance => {
                if let Some(fields) = &mut world.fields {
                    fields.turn_over();
                }
            }
            Stage::Stimulate => stimulate::stimulate(world),
            Stage::Engage => engage::engage(world),
            Stage::Attach => attach::attach(world),
            Stage::Respond => respond::respond(world),
            Stage::Mechanics => mechanics::mechanics(world),
            Stage::Relaxation => {
                let Mechanics::Relaxation { iterations } = world.plan.mechanics else { return };
                relaxation::relaxation(world, iterations);
            }
            Stage::Motility => motility::motility(world),
            Stage::CountContacts => count_contacts::count_contacts(world),
            Stage::CountTissue => count_tissue::count_tissue(world),
            Stage::Rules => rules::rules(world),
            Stage::SenseIl2 => sense_il2::sense_il2(world),
            Stage::Proteostasis => proteostasis::proteostasis(world),
            Stage::Induce => induce::induce(world),
            Stage::Cycle => cycle::cycle(world),
            Stage::Rebuild => rebuild::rebuild(world),
            Stage::Divide => divide::divide(world),
            Stage::Advance => {
                world.population.tick += world.plan.clocks.movement_ticks;
                world.population.effector_count = 0;
            }
        }
    }
}

impl Engine for CpuEngine<'_> {
    fn add(&mut self, cells: &Cells, is_intervention: bool) -> Result<()> {
        let tissues = &self.world.tissues;
        let behaviours = behaviours::entering(self.world.plan, cells, |tissue| tissues[tissue as usize].arm);
        let more = initial_state::entering(self.world.plan, cells, |tissue| {
            let it = tissues[tissue as usize];
            (it.seed, it.arm)
        });
        let kept = self.world.cells.behaviours.len();
        self.world.cells.append(cells);
        self.world.cells.append(&more);
        self.world.cells.behaviours.truncate(kept);
        self.world.cells.behaviours.extend_from_slice(&behaviours);
        self.world.make_room();
        if is_intervention {
            for identity in &cells.identity {
                let event = self.world.event(identity[2], Event::Added as usize);
                self.world.events[event] += 1;
            }
        }
        Ok(())
    }

    fn remove(&mut self, removal: &Removal) -> Result<()> {
        remove::remove(&mut self.world, removal);
        Ok(())
    }

    fn irradiate(&mut self, irradiation: &Irradiation) -> Result<()> {
        irradiate::irradiate(&mut self.world, irradiation);
        Ok(())
    }

    fn set_parameters(&mut self, set: usize, rows: &Parameters) -> Result<()> {
        self.world.rows[set] = rows.clone();
        Ok(())
    }

    fn set_drug_levels(&mut self, levels: &[[f32; 4]]) -> Result<()> {
        if let Some(fields) = &mut self.world.fields {
            fields.drug_levels.copy_from_slice(levels);
        }
        Ok(())
    }

    fn step(&mut self, _tick: u32, stages: &[Stage]) -> Result<()> {
        for &stage in stages {
            self.run(stage);
        }
        Ok(())
    }

    fn observe(&mut self, tick: u32) -> Result<()> {
        let mut words = measure(&self.layout, &self.world.cells);
        let seed = |tissue| self.world.seed(tissue);
        cytometry(&self.layout, &self.world.cells, seed, self.world.population.tick, &mut words);
        audit(self.world.plan, &self.layout, &self.world.cells, &mut words);
        let (population, events) = (self.world.population, self.world.events.clone());
        let sums = self.world.fields.as_mut().map(Fields::take_stock);
        let stocks = self.world.plan.substrates.as_ref().zip(sums).map_or_else(Vec::new, |(substrates, sums)| {
            self.accounts.report(substrates, self.world.tissues.len(), &sums)
        });
        self.taken.push(Observation { tick, population, words, events, concentrations: Vec::new(), stocks });
        Ok(())
    }

    fn observations(&mut self, _wait: bool) -> Result<Vec<Observation>> {
        Ok(std::mem::take(&mut self.taken))
    }

    fn cells(&mut self) -> Result<Cells> {
        Ok(self.world.cells.clone())
    }

    fn concentration(&mut self) -> Result<Vec<[f32; 4]>> {
        let fine = |it: &Fields| it.concentration[..it.source.len()].to_vec();
        Ok(self.world.fields.as_ref().map_or_else(Vec::new, fine))
    }

    fn set_levels(&mut self, levels: &[[f32; 4]]) -> Result<()> {
        if let Some(fields) = &mut self.world.fields {
            fields.set_levels(levels);
        }
        Ok(())
    }

    fn set_exchange(&mut self, source: &[[f32; 4]], loss: &[[f32; 4]]) -> Result<()> {
        if let Some(fields) = &mut self.world.fields {
            fields.source.copy_from_slice(source);
            fields.loss[..loss.len()].copy_from_slice(loss);
        }
        Ok(())
    }

    fn state(&mut self) -> Result<State> {
        let fields = match &mut self.world.fields {
            Some(fields) => KEPT.iter().map(|it| (it.words)(fields).to_vec()).collect(),
            None => Vec::new(),
        };
        Ok(State {
            tick: self.world.population.tick,
            cells: self.world.cells.clone(),
            events: self.world.events.clone(),
            fields,
            accounts: self.accounts.clone(),
        })
    }

    fn restore(&mut self, state: &State) -> Result<()> {
        self.add(&state.cells, false)?;
        self.world.population.tick = state.tick;
        self.world.events.copy_from_slice(&state.events);
        if let Some(fields) = &mut self.world.fields {
            KEPT.iter().zip(&state.fields).for_each(|(it, words)| (it.words)(fields).copy_from_slice(words));
        }
        self.accounts = state.accounts.clone();
        Ok(())
    }

    fn cell_count(&self) -> u32 {
        self.world.population.live_count
    }
}
